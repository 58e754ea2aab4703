"""The readers of what is said in Parliament, against the stand-in on loopback: fair weather, and everything else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from bot.clock import MovableClock, london_today
from bot.domain.errors import NotFound, Unavailable
from bot.domain.said import AnswerState, SaidKind, plain, question_named
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.sources.hansard import HansardApi
from bot.sources.http import Http
from bot.sources.motions import MotionsApi
from bot.sources.questions import QuestionsApi
from bot.sources.whats_on import WhatsOnApi

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
LONG_AGO = date(2024, 1, 1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Doors:
    questions: QuestionsApi
    motions: MotionsApi
    hansard: HansardApi
    whats_on: WhatsOnApi


def doors_of(http: Http, parliament: ParliamentStandIn) -> Doors:
    urls = parliament.urls
    return Doors(
        QuestionsApi(http, urls.questions_api, pause_seconds=0),
        MotionsApi(http, urls.motions_api, pause_seconds=0),
        HansardApi(http, urls.hansard_api, pause_seconds=0),
        WhatsOnApi(http, urls.whats_on_api, pause_seconds=0),
    )


@pytest.fixture
def doors(http: Http, parliament: ParliamentStandIn) -> Doors:
    return doors_of(http, parliament)


async def test_a_question_is_read_with_who_asked_and_what_became_of_it(doors: Doors, clock: MovableClock) -> None:
    found = await doors.questions.questions("street lamps", LONG_AGO)
    (question,) = found.items
    today = london_today(clock)
    assert found.is_whole
    assert not found.missed
    assert (question.kind, question.number, question.house) == (SaidKind.QUESTION, "90001", "Commons")
    assert (question.member, question.member_id) == ("Elif Huxtable-Demir", 990123)
    assert (question.on, question.due_on) == (today - 200 * DAY, today - 193 * DAY)
    assert (question.state, question.answered_on) == (AnswerState.ANSWERED, today - 193 * DAY)
    assert question.body == "Department for Lanterns"
    assert question.answer.startswith("The Department counts")
    assert question.url == f"https://questions-statements.parliament.uk/written-questions/detail/{question.on}/90001"


async def test_the_other_services_are_read_too(doors: Doors, clock: MovableClock) -> None:
    today = london_today(clock)
    (statement,) = (await doors.questions.statements("street lamp", LONG_AGO)).items
    assert (statement.kind, statement.number, statement.member) == (SaidKind.STATEMENT, "HCWS901", "Hester Longstaple")
    (motion,) = (await doors.motions.motions("street lamps", LONG_AGO)).items
    assert (motion.kind, motion.number, motion.url) == (
        SaidKind.MOTION,
        "9001",
        f"https://edm.parliament.uk/early-day-motion/{motion.key}",
    )
    (speech,) = (await doors.hansard.speeches("street lamps", LONG_AGO)).items
    assert (speech.kind, speech.member, speech.heading) == (SaidKind.SPEECH, "Ms Amina Thackwell", "Rural Roads")
    assert speech.url.startswith(f"https://hansard.parliament.uk/Commons/{speech.on}/debates/BBBB0000")
    (event,) = await doors.whats_on.events(today, today + 14 * DAY)
    assert (event.title, event.on, event.time) == ("Cost of street lamps", today + 5 * DAY, "14:30")
    (time,) = await doors.motions.question_times(today, today + 14 * DAY)
    assert (time.on, time.closes_on, time.closes) == (today + 12 * DAY, today + 7 * DAY, "12:30")


async def test_no_search_names_a_member(doors: Doors, parliament: ParliamentStandIn) -> None:
    await doors.questions.questions("street lamps", LONG_AGO)
    await doors.questions.statements("street lamps", LONG_AGO)
    await doors.motions.motions("street lamps", LONG_AGO)
    await doors.hansard.speeches("street lamps", LONG_AGO)
    assert len(parliament.searched) == 4
    for query in parliament.searched:
        assert not [name for name in query if "member" in name and name != "expandmember"]
        assert "street lamps" in {value.strip('"') for value in query.values()}


async def test_a_question_goes_through_its_states(
    doors: Doors, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    today, said = london_today(clock), parliament.said
    row = said.ask("Lamps", "To ask when.", uin="77001")
    key = str(row["id"])
    assert (await doors.questions.question(key)).state is AnswerState.OPEN
    said.answer(row, "It has not proved possible to respond in the time available.", today, holding=True)
    held = await doors.questions.question(key)
    assert (held.state, held.answered_on) == (AnswerState.HOLDING, today)
    said.answer(row, "In March.", today + DAY)
    assert (await doors.questions.question(key)).state is AnswerState.ANSWERED
    said.correct(row, "In April.", today + 2 * DAY)
    corrected = await doors.questions.question(key)
    assert (corrected.state, corrected.corrected_on, corrected.answer) == (
        AnswerState.CORRECTED,
        today + 2 * DAY,
        "In April.",
    )
    row["isWithdrawn"] = True
    assert (await doors.questions.question(key)).state is AnswerState.WITHDRAWN


async def test_an_answer_that_a_search_cut_off_is_known_as_such_and_can_be_read_whole(
    doors: Doors, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    row = parliament.said.ask("Gates", "To ask about gates at the harbour.")
    parliament.said.answer(row, "word " * 200 + "harbourmaster", london_today(clock))
    (found,) = (await doors.questions.questions("harbour", LONG_AGO)).items
    assert found.is_cut
    assert "harbourmaster" not in found.answer
    whole = await doors.questions.question(found.key)
    assert not whole.is_cut
    assert whole.answer.endswith("harbourmaster")


async def test_a_number_of_two_sessions_gives_both_and_the_day_tells_them_apart(
    doors: Doors, parliament: ParliamentStandIn
) -> None:
    for year in (2025, 2026):
        parliament.said.ask(f"Of {year}", "To ask.", on=date(year, 6, 1), uin="424242")
    found = await doors.questions.numbered("424242")
    assert [question.heading for question in found] == ["Of 2026", "Of 2025"]
    assert [q.heading for q in await doors.questions.numbered("424242", date(2025, 6, 1))] == ["Of 2025"]
    assert await doors.questions.numbered("1") == ()
    with pytest.raises(NotFound):
        await doors.questions.question("1")


async def test_withdrawn_questions_lords_and_members_who_left_are_read(
    doors: Doors, parliament: ParliamentStandIn
) -> None:
    row = parliament.said.ask("Peers", "To ask about lighthouses.", house="Lords", uin="HL77")
    row |= {"isWithdrawn": True, "askingMember": None}
    (found,) = (await doors.questions.questions("lighthouses", LONG_AGO)).items
    assert (found.house, found.number, found.state, found.member) == ("Lords", "HL77", AnswerState.WITHDRAWN, "")


async def test_ten_thousand_hits_are_one_call_and_said_to_be_more(doors: Doors, parliament: ParliamentStandIn) -> None:
    for number in range(10_000):
        parliament.said.ask("Drains", "To ask about drains.", uin=str(100_000 + number))
    found = await doors.questions.questions("drains", LONG_AGO)
    assert (len(found.items), found.total, found.is_whole) == (50, 10_000, False)
    assert doors.questions.calls == 1


@pytest.mark.parametrize("weather", [Weather.DOWN, Weather.BUSY, Weather.BROKEN, Weather.WRONG_SHAPE, Weather.NOT_JSON])
async def test_a_search_that_fails_is_never_none(doors: Doors, parliament: ParliamentStandIn, weather: Weather) -> None:
    parliament.set_weather(weather)
    for search in (
        doors.questions.questions("street lamps", LONG_AGO),
        doors.questions.statements("street lamps", LONG_AGO),
        doors.motions.motions("street lamps", LONG_AGO),
        doors.hansard.speeches("street lamps", LONG_AGO),
        doors.whats_on.events(LONG_AGO, LONG_AGO),
    ):
        with pytest.raises(Unavailable):
            await search


async def test_a_service_that_failed_is_left_alone_for_a_while(doors: Doors, parliament: ParliamentStandIn) -> None:
    parliament.set_weather(Weather.DOWN)
    with pytest.raises(Unavailable):
        await doors.hansard.speeches("street lamps", LONG_AGO)
    before = len(parliament.asked)
    parliament.set_weather(Weather.FAIR)
    with pytest.raises(Unavailable, match="leaving it alone"):
        await doors.hansard.speeches("street lamps", LONG_AGO)
    assert len(parliament.asked) == before
    assert (await doors.motions.motions("street lamps", LONG_AGO)).items


async def test_the_same_search_twice_is_one_call(doors: Doors, parliament: ParliamentStandIn) -> None:
    await asyncio.gather(*(doors.questions.questions("street lamps", LONG_AGO) for _ in range(5)))
    assert doors.questions.calls == len(parliament.searched) == 1


async def test_a_service_that_says_it_failed_is_believed(
    doors: Doors, parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = {"PagingInfo": None, "StatusCode": "Error", "Success": False, "Errors": ["down"], "Response": []}
    monkeypatch.setattr(type(parliament.said), "search_motions", lambda self, query: failed)
    with pytest.raises(Unavailable):
        await doors.motions.motions("street lamps", LONG_AGO)


def _shaken(row: dict[str, Any], how: str) -> dict[str, Any]:
    """Change every field but those without which a row is nothing: null, left out, or written in another case."""
    kept = {"id", "dateTabled", "dateMade", "Id", "DateTabled", "ContributionExtId", "SittingDate"}
    if how == "null":
        return {name: value if name in kept else None for name, value in row.items()}
    if how == "missing":
        return {name: value for name, value in row.items() if name in kept}
    return {name.upper(): value for name, value in row.items()}


@pytest.mark.parametrize("how", ["null", "missing", "renamed"])
async def test_null_missing_and_renamed_fields_are_borne_and_named(
    doors: Doors, parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    said = parliament.said
    shaken = {
        "search_questions": {
            "totalResults": 1,
            "results": [{"value": _shaken(said.questions[0], how), "links": None}],
        },
        "search_statements": {
            "totalResults": 1,
            "results": [{"value": _shaken(said.statements[0], how), "links": None}],
        },
        "search_motions": {"PagingInfo": None, "Success": True, "Response": [_shaken(said.motions[0], how)]},
        "search_speeches": {"Results": [_shaken(said.speeches[0], how)]},
    }
    for name, answer in shaken.items():
        monkeypatch.setattr(type(said), name, lambda self, query, answer=answer: answer)
    found = [
        await doors.questions.questions("x", LONG_AGO),
        await doors.questions.statements("x", LONG_AGO),
        await doors.motions.motions("x", LONG_AGO),
        await doors.hansard.speeches("x", LONG_AGO),
    ]
    assert [len(one.items) for one in found] == [1, 1, 1, 1]
    if how == "missing":
        assert {"questionText", "askingMemberId"} <= found[0].missed
        assert "MotionText" in found[2].missed
    if how == "renamed":
        assert [one.items[0].member for one in found] == [
            "Elif Huxtable-Demir",
            "Hester Longstaple",
            "Elif Huxtable-Demir",
            "Ms Amina Thackwell",
        ]


async def test_rows_without_a_number_or_a_day_are_left_out_and_said_so(
    doors: Doors, parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = parliament.said.questions[0]
    rows: list[Any] = [{"value": good}, {"value": good | {"id": None}}, {"value": good | {"dateTabled": "soon"}}, 7]
    monkeypatch.setattr(
        type(parliament.said), "search_questions", lambda self, query: {"results": rows, "totalResults": 4}
    )
    found = await doors.questions.questions("x", LONG_AGO)
    assert len(found.items) == 1
    assert "rows without a number or a day" in found.missed
    del rows[0]
    with pytest.raises(Unavailable):
        await doors.questions.statements("unread", LONG_AGO) if False else await doors.questions.questions(
            "y", LONG_AGO
        )


async def test_markup_becomes_words_and_runs_nowhere() -> None:
    text = plain("<p>One &amp; <b>two</b></p><script>alert(1)</script><p>three\u202e\u200b <img src=x onerror=y></p>")
    assert text == "One & two\nthree"
    assert len(plain("<p>" + "x " * 50_000)) <= 4000


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12345", ("12345", None)),
        (" UIN 12345 ", ("12345", None)),
        ("hl77", ("HL77", None)),
        (
            "https://questions-statements.parliament.uk/written-questions/detail/2026-03-03/12345",
            ("12345", date(2026, 3, 3)),
        ),
        ("https://questions-statements.parliament.uk/written-questions/detail/2026-13-03/12345", None),
        ("https://example.org/written-questions/detail/2026-03-03/12345", None),
        ("twelve", None),
        ("", None),
    ],
)
async def test_a_question_is_named_by_its_number_or_its_link(typed: str, read: object) -> None:
    assert question_named(typed) == read


async def test_who_signs_a_motion_is_read_without_names_taken_off_and_whatever_is_null(
    doors: Doors, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    today, (motion,) = london_today(clock), parliament.said.motions
    parliament.said.sign(motion, today, seat="Tarning")
    gone = parliament.said.sign(motion, today, seat="Ravelstoke")
    parliament.said.unsign(motion, gone, today)
    only_dated = parliament.said.sign(motion, today, seat="Skarwick")
    only_dated["WithdrawnDate"] = f"{today.isoformat()}T00:00:00"
    only_dated["IsWithdrawn"] = None
    bare = parliament.said.sign(motion, today, seat="Tarningham")
    bare |= {"MemberId": None, "CreatedWhen": None}
    nameless = parliament.said.sign(motion, today, seat="Tarningham")
    nameless |= {"MemberId": None, "Member": None}
    names = await doors.motions.signatures(str(motion["Id"]))
    assert [name.member_id for name in names[:1]] == [motion["MemberId"]]
    assert len(names) == 3, "two withdrawn in either way are no signatures, and one without a Member cannot be told"
    assert names[-1].on is None
    assert names[-1].member_id == bare["Member"]["MnisId"]
    (found,) = (await doors.motions.motions("street lamps", LONG_AGO)).items
    assert found.sponsors == motion["SponsorsCount"]
    with pytest.raises(NotFound):
        await doors.motions.signatures("1")


@pytest.mark.parametrize("weather", [Weather.DOWN, Weather.WRONG_SHAPE, Weather.NOT_JSON, Weather.BROKEN, Weather.BUSY])
async def test_signatures_and_oral_questions_that_cannot_be_read_are_never_none(
    doors: Doors, parliament: ParliamentStandIn, clock: MovableClock, weather: Weather
) -> None:
    parliament.set_weather(weather)
    with pytest.raises(Unavailable):
        await doors.motions.signatures(str(parliament.said.motions[0]["Id"]))
    doors.motions._rests_until = 0.0
    with pytest.raises(Unavailable):
        await doors.motions.oral_questions(london_today(clock), london_today(clock))


async def test_oral_questions_are_read_page_by_page_with_who_tabled_them_and_for_when(
    doors: Doors, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    today = london_today(clock)
    for number in range(130):
        parliament.said.ask_aloud(f"If she will mend street lamp {number}.", today + 3 * DAY, tabled=today - DAY)
    parliament.said.ask_aloud("What she will do later.", today + 40 * DAY)
    first = parliament.said.orals[0]
    first |= {"Status": "Withdrawn", "HansardLink": "https://evil.example/x"}
    second = parliament.said.orals[1]
    second |= {"HansardLink": "https://hansard.parliament.uk/Commons/2027-01-18/debates/A/B", "AskingMemberId": None}
    parliament.said.orals[2] |= {"TabledWhen": None, "AnsweringBody": None, "Status": None}
    parliament.said.orals[3] |= {"Status": "Draft"}
    parliament.said.orals[4] |= {"AnsweringWhen": f"{(today + 3 * DAY).isoformat()}T99:00:00"}
    found = await doors.motions.oral_questions(today, today + 14 * DAY)
    assert len(found.items) == 129
    assert found.is_whole is False, "one could not be read"
    assert len(parliament.searched) == 2
    withdrawn, linked, bare, draft = found.items[:4]
    assert (withdrawn.state, withdrawn.url) == (AnswerState.WITHDRAWN, "")
    assert (linked.kind, linked.number, linked.member) == (SaidKind.ORAL, "905001", "Elif Huxtable-Demir")
    assert linked.member_id == second["AskingMember"]["MnisId"]
    assert (linked.on, linked.due_on, linked.url) == (today - DAY, today + 3 * DAY, second["HansardLink"])
    assert (bare.on, bare.due_on) == (today + 3 * DAY, today + 3 * DAY)
    assert draft.state is AnswerState.WITHDRAWN, "what is not tabled yet counts for nobody"
