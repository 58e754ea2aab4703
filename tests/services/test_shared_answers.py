"""A response gone through once for every group: shown to all, beneath what a group recorded itself, told once, undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.app import open_app
from bot.clock import MovableClock
from bot.config import Settings
from bot.domain.drafts import DraftAnswer, DraftAnswers, SavedPage
from bot.domain.errors import NotFound, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId, ItemKey
from bot.domain.records import RecordKind
from bot.domain.reports import Answer, AnswerStatus, Confidence, FurtherItem, Report
from bot.domain.shared_answers import ReadResponse, Verdict, as_text, from_text, with_responses
from bot.jobs import App
from bot.services.records import Typed
from storage.guilds import Guilds
from storage.schema import reminders
from tests.builders import CHANNEL, GUILD, MARSHES, NOW, ORGANISER, OTHER, recommendation, report

pytestmark = pytest.mark.asyncio
ON = date(2027, 2, 20)
LINK = "https://government.example/response"
WORDS = ("The Government agrees.", "We note this.", "Not agreed.", "The sea will decide.")
PACK = report(
    recommendations=tuple(
        recommendation(n, official=f"We recommend that dyke {n} at {place} be mended.", paragraphs=str(n + 10))
        for n, place in enumerate(("Marle", "Salt Quay", "Thornmere", "Great Harwell"), 1)
    ),
    sources=(),
)


def page(words: Sequence[str] = WORDS) -> list[SavedPage]:
    said = "".join(
        f"<h3>Recommendation {item.number}</h3><p>{item.official} (Paragraph {item.paragraphs})</p><p>{text} So be it.</p>"
        for item, text in zip(PACK.recommendations, words, strict=False)
    )
    text = (
        f"<html><body><h1>Government response to {PACK.title}</h1><p>Published 20 February 2027</p>{said}</body></html>"
    )
    return [SavedPage("response.html", text.encode())]


def opened(folder: Path) -> Any:
    return open_app(Settings(data=folder), clock=MovableClock(NOW), reports=[PACK])


async def set_up(app: App, group: GuildId = GUILD) -> Any:
    person = await app.services.people.person_for(ORGANISER)
    await Guilds(app.database).save(GuildSettings(group, channel_id=CHANNEL, high_risk=False, owner=person), NOW)
    return person


def statuses(app: App, group: GuildId | None = None) -> list[str]:
    found = app.services.reports.for_group(group).report(MARSHES)
    return [item.answer.status.value for item in found.recommendations]


async def test_what_is_said_once_is_shown_to_every_group_and_stays_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        service = app.services.shared_answers
        found = await service.begin(MARSHES, page(), ON, LINK)
        assert [p.keys[0] for p in found.proposed] == ["1", "2", "3", "4"]
        assert [p.answer.verdict for p in found.proposed] == [
            AnswerStatus.AGREED, AnswerStatus.NOTED, AnswerStatus.NOT_AGREED, None,
        ]  # fmt: skip
        await service.say(MARSHES, 0, "1", AnswerStatus.AGREED)
        await service.say(MARSHES, 2, "3", AnswerStatus.NOT_AGREED)
        found = await service.none(MARSHES, 3)
        assert found.open == (1,)
        await service.finish(MARSHES, tells=False)
        assert statuses(app) == ["agreed", "unknown", "not agreed", "unknown"]
    async with opened(tmp_path) as app:
        assert statuses(app, GUILD) == ["agreed", "unknown", "not agreed", "unknown"]
        item = app.services.reports.for_group(None).find("1", MARSHES).item
        assert item.answer.said == "Agreed, by the Government of 2027, 20 February 2027"
        assert item.answer.text == "The Government agrees. So be it."
        assert item.answer.confidence is Confidence.READ
        shown = app.services.reports.for_group(None).report(MARSHES)
        source = shown.source(item.answer.sources[0])
        assert source is not None
        assert source.url == LINK
        again = await app.services.shared_answers.begin(MARSHES, page(), ON, LINK)
        assert again.open == (1,), "the same response goes on where it was left"
        base = app.services.reports.base(None, MARSHES)
        assert base is not None
        assert base.recommendations == PACK.recommendations, "what is imported over it is compared with the pack"


async def test_a_groups_own_confirmed_answer_is_never_overwritten(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        person = await set_up(app)
        typed = Typed("noted", ON, "They only noted it.", LINK)
        drafted = await app.services.records.draft(GUILD, f"{MARSHES}/1", RecordKind.ANSWER, typed)
        await app.services.records.keep(GUILD, drafted.record.record_id, person)
        service = app.services.shared_answers
        await service.begin(MARSHES, page(), ON, LINK)
        for place, key in enumerate(("1", "2", "3", "4")):
            await service.say(MARSHES, place, key, AnswerStatus.AGREED)
        await service.finish(MARSHES, tells=False)
        assert statuses(app, GUILD) == ["noted", "agreed", "agreed", "agreed"]
        assert statuses(app, OTHER) == ["agreed"] * 4


async def test_a_group_that_imported_the_report_itself_sees_them_where_it_has_no_answer(tmp_path: Path) -> None:
    own = replace(
        PACK,
        title="Salt marshes, as imported",
        recommendations=(
            replace(PACK.recommendations[0], answer=Answer(AnswerStatus.NOTED, "the Government of 2027", ON)),
            *PACK.recommendations[1:],
        ),
    )
    response = ReadResponse(
        MARSHES, DraftAnswers((DraftAnswer("1", "Yes."), DraftAnswer("2", "Yes."))), ON, LINK,
        {0: Verdict((ItemKey("1"),), AnswerStatus.AGREED), 1: Verdict((ItemKey("2"),), AnswerStatus.AGREED)},
    )  # fmt: skip
    laid = with_responses(own, [response], only_open=True)
    assert [item.answer.status.value for item in laid.recommendations[:2]] == ["noted", "agreed"]
    everybody = with_responses(PACK, [response])
    assert [item.answer.status.value for item in everybody.recommendations[:2]] == ["agreed", "agreed"]


async def test_all_of_it_can_be_undone_and_one_word_taken_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        service = app.services.shared_answers
        await service.begin(MARSHES, page(), ON, LINK)
        await service.say(MARSHES, 0, "1", AnswerStatus.AGREED)
        found = await service.take_back(MARSHES, 0)
        assert found.open == (0, 1, 2, 3)
        await service.say(MARSHES, 0, "2", AnswerStatus.NOTED)
        await service.finish(MARSHES, tells=False)
        assert statuses(app) == ["unknown", "noted", "unknown", "unknown"]
        assert await service.undo(MARSHES) == 1
        assert statuses(app) == ["unknown"] * 4
        with pytest.raises(NotFound):
            await service.resume(MARSHES)


async def test_organisers_who_follow_it_are_told_once_for_each_response(tmp_path: Path) -> None:
    async def waiting(app: App) -> int:
        async with app.database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(reminders))).scalar_one())

    async with opened(tmp_path) as app:
        await set_up(app)
        await app.services.reports._store.follow(GUILD, MARSHES, NOW)
        service = app.services.shared_answers
        await service.begin(MARSHES, page(), ON, LINK)
        assert await service.finish(MARSHES, tells=True) == 0, "nothing was said yet"
        await service.say(MARSHES, 0, "1", AnswerStatus.AGREED)
        before = await waiting(app)
        assert await service.finish(MARSHES, tells=True) == 1
        assert await service.finish(MARSHES, tells=True) == 0
        assert await waiting(app) == before + 1
        later = page(("The Government agrees.", "We note this.", "Not agreed.", "The sea has decided."))
        await service.begin(MARSHES, later, date(2027, 2, 25), LINK)
        await service.say(MARSHES, 3, "4", AnswerStatus.NOTED)
        assert await service.finish(MARSHES, tells=True) == 1
        assert statuses(app) == ["agreed", "unknown", "unknown", "noted"], "the earlier response still stands"


async def test_what_the_pages_do_not_say_is_asked_for_and_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        service = app.services.shared_answers
        with pytest.raises(Refused, match="web address"):
            await service.begin(MARSHES, page(), ON)
        with pytest.raises(Refused, match="can't be the day"):
            await service.begin(MARSHES, page(), date(2027, 1, 1), LINK)
        await service.begin(MARSHES, page(), ON, LINK)
        with pytest.raises(NotFound, match="no recommendation 99"):
            await service.say(MARSHES, 0, "99", AnswerStatus.AGREED)
        with pytest.raises(Refused):
            await service.say(MARSHES, 0, "1", AnswerStatus.UNKNOWN)


async def test_a_response_is_written_and_read_whole_and_answers_to_either_number_of_a_row() -> None:
    both: Report = replace(
        PACK, recommendations=(replace(PACK.recommendations[0], further=(FurtherItem("9", "30", "Mend the dam."),)),)
    )
    draft = DraftAnswers((DraftAnswer("9", "Yes."),), title="The response")
    read = ReadResponse(MARSHES, draft, ON, LINK, {0: Verdict((ItemKey("9"),), AnswerStatus.AGREED), 1: None})
    assert from_text(as_text([read])) == (read,)
    with pytest.raises(Refused):
        from_text('[{"staged": "{}"}]')
    assert with_responses(both, [read]).recommendations[0].answer.status is AnswerStatus.AGREED


async def test_an_answer_to_several_together_is_recorded_for_all_of_them(tmp_path: Path) -> None:
    text = (
        "<html><body><h1>Response</h1><h3>Recommendation 1</h3><p>Yes, we agree with it.</p>"
        "<h3>Recommendations 2 and 3</h3><p>No.</p></body></html>"
    )
    async with opened(tmp_path) as app:
        service = app.services.shared_answers
        found = await service.begin(MARSHES, [SavedPage("r.html", text.encode())], ON, LINK)
        assert found.proposed[1].together == ("2", "3")
        await service.say(MARSHES, 1, "2", AnswerStatus.NOT_AGREED)
        await service.finish(MARSHES, tells=False)
        assert statuses(app) == ["unknown", "not agreed", "not agreed", "unknown"]


async def test_a_row_of_two_items_shows_the_answer_to_each_with_its_number() -> None:
    first = replace(PACK.recommendations[0], further=(FurtherItem("2", "12", "Mend the second dyke."),))
    both = replace(PACK, recommendations=(first, *PACK.recommendations[2:]))
    answers = (
        DraftAnswer("1", "We will mend it.", labels=("1",)),
        DraftAnswer("2", "It would cost too much.", labels=("2",)),
        DraftAnswer("2", "We will do both.", labels=("1", "2")),
    )
    keys = (first.key,)
    said = {0: Verdict(keys, AnswerStatus.AGREED), 1: Verdict(keys, AnswerStatus.NOT_AGREED)}
    response = ReadResponse(PACK.slug, DraftAnswers(answers), ON, LINK, said)
    shown = with_responses(both, [response]).recommendations[0].answer
    assert shown.status is AnswerStatus.PARTLY_AGREED
    assert shown.text == "1: Agreed. We will mend it.\n2: Not agreed. It would cost too much."
    assert shown.sources == ("response-read-1",)
    alike = with_responses(both, [response.with_word(1, Verdict(keys, AnswerStatus.AGREED))]).recommendations[0].answer
    assert alike.status is AnswerStatus.AGREED
    assert alike.text.count("Agreed") == 2
    one = with_responses(both, [response.without_word(1)]).recommendations[0].answer
    assert (one.status, one.text) == (AnswerStatus.AGREED, "We will mend it.")
    other = replace(both, recommendations=(PACK.recommendations[0], *PACK.recommendations[2:]))
    joined = with_responses(other, [response]).recommendations[0].answer
    assert joined == shown, "two answers that a person gave to one row are both shown"
    newer = ReadResponse(
        PACK.slug,
        DraftAnswers((DraftAnswer("1", "We have mended it."),)),
        ON,
        LINK,
        {0: Verdict(keys, AnswerStatus.AGREED)},
    )
    last = with_responses(other, [response, newer]).recommendations[0].answer
    assert (last.status, last.text) == (AnswerStatus.AGREED, "We have mended it."), "a later response stands alone"
