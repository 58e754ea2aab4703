"""Shared searches in what Parliament says: what they find, how far they looked, and how few calls they make."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.app import App, open_app
from bot.clock import MovableClock, london_today
from bot.config import Settings, SourcesSection
from bot.domain.identity import GuildId, ReportSlug, UserId
from bot.domain.look_words import LookWords, OwnWords
from bot.domain.references import Found
from bot.domain.said import SEARCHED, SaidKind
from bot.domain.searches import MOST_SEARCHES
from bot.rehearsal.parliament import ParliamentStandIn, Weather, invented_report
from bot.services.said import SaidService
from bot.services.said_motions import MOST_MOTIONS
from bot.sources import said as opened
from bot.sources.paced import Paced
from storage.schema import said_looks, said_terms

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
START = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)
ONE, TWO = GuildId(11), GuildId(12)
SLUG = ReportSlug("lights-out")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(START)


@pytest_asyncio.fixture
async def parliament(clock: MovableClock) -> AsyncIterator[ParliamentStandIn]:
    async with ParliamentStandIn(clock) as standing:
        yield standing


@pytest_asyncio.fixture
async def app(
    parliament: ParliamentStandIn, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[App]:
    monkeypatch.setattr("bot.sources.paced.PAUSE_SECONDS", 0)
    for name in ("QuestionsApi", "MotionsApi", "HansardApi"):
        kind = getattr(opened, name)
        monkeypatch.setattr(opened, name, lambda http, url, kind=kind: kind(http, url, pause_seconds=0))
    monkeypatch.setattr(Paced, "_keep", lambda self, asked, now, reply: None)
    monkeypatch.setattr("bot.sources.paced.FIRST_REST", 0.0)
    monkeypatch.setattr("bot.sources.http.ATTEMPTS", 1)
    settings = Settings(data=tmp_path, sources=SourcesSection(**asdict(parliament.urls)))
    async with open_app(settings, clock=clock, reports=[invented_report(london_today(clock))]) as opened_app:
        yield opened_app


async def follow(app: App, group: GuildId) -> None:
    await app.services.said._reports._store.follow(group, SLUG, app.clock.now())
    await app.services.reports.load()


def row(app: App, key: str = "1") -> Found:
    return app.services.reports.for_group(ONE).find(f"lights-out/{key}")


@pytest.fixture
def said(app: App) -> SaidService:
    return app.services.said


async def test_nothing_is_searched_for_while_nobody_follows_a_report(
    app: App, said: SaidService, parliament: ParliamentStandIn
) -> None:
    assert await said.look_if_due() == 0
    assert not parliament.searched
    result = await said.on(ONE, row(app))
    assert result.items == ()
    assert not result.reach.is_whole


async def test_what_was_said_on_a_row_is_found_and_what_only_seems_so_is_not(app: App, said: SaidService) -> None:
    await follow(app, ONE)
    assert await said.look_if_due() == len(SEARCHED)
    counting = await said.on(ONE, row(app, "1"))
    published = row(app).report.published_on
    assert [(item.kind, item.member) for item in counting.items] == [(SaidKind.SPEECH, "Ms Amina Thackwell")]
    assert all(item.newest >= published for item in counting.items)
    assert counting.reach.is_whole
    schools = await said.on(ONE, row(app, "5"))
    assert [item.heading for item in schools.items] == ["Lit paths to schools"]


@pytest.mark.claim("P-56", "P-57")
async def test_groups_share_every_search_and_each_is_made_once_a_day(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    for number in range(100):
        await app.services.said._reports._store.follow(GuildId(1000 + number), SLUG, clock.now())
    await app.services.reports.load()
    await said.look_if_due()
    aside = 2  # the oral questions of some weeks, and who signed the one motion
    assert len(parliament.searched) == len(SEARCHED) + aside
    clock.advance(timedelta(hours=8))
    assert await said.look_if_due() == 0
    assert len(parliament.searched) == len(SEARCHED) + aside
    clock.advance(timedelta(hours=16))
    assert await said.look_if_due() == len(SEARCHED)
    assert len(parliament.searched) == 2 * len(SEARCHED) + aside + 1, "who signed is not asked again each day"


async def test_however_many_words_there_are_a_look_makes_so_many_searches_and_the_next_goes_on(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    for number in range(60):
        group = GuildId(2000 + number)
        await follow(app, group)
        await said._store.put_words(group, SLUG, "", OwnWords((f"word{number:03}",), (clock.now(),)))
    assert await said.look_if_due() == MOST_SEARCHES
    clock.advance(timedelta(hours=8))
    assert await said.look_if_due() == MOST_SEARCHES
    clock.advance(timedelta(hours=8))
    assert await said.look_if_due() == 61 * len(SEARCHED) - 2 * MOST_SEARCHES
    terms = {v.strip('"') for q in parliament.searched for k, v in q.items() if "searchterm" in k}
    assert len(terms) == 61


async def test_a_failed_look_is_said_and_what_was_found_before_stays(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    await said.look_if_due()
    before = await said.on(ONE, row(app, "5"))
    clock.advance(timedelta(days=1))
    parliament.set_weather(Weather.NOT_JSON, "motions_api")
    assert await said.look_if_due() == len(SEARCHED) - 1
    after = await said.on(ONE, row(app, "5"))
    assert after.items == before.items
    assert after.reach.failed == (SaidKind.MOTION, SaidKind.ORAL)
    assert not after.reach.is_whole
    health = await said.health()
    assert health.problems
    parliament.set_weather(Weather.FAIR)
    clock.advance(timedelta(hours=8))
    assert await said.look_if_due() == 1
    assert (await said.on(ONE, row(app, "5"))).reach.is_whole


async def test_an_answer_that_comes_later_replaces_the_question(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    asked = parliament.said.ask(
        "Street lamps: Count", "To ask when the count of street lamps is published.", on=london_today(clock)
    )
    await said.look_if_due()
    assert "open" in {str(item.state) for item in (await said.on(ONE, row(app))).items}
    clock.advance(timedelta(days=9))
    parliament.said.answer(asked, "In March.", london_today(clock))
    await said.look_if_due()
    newest = (await said.on(ONE, row(app))).items[0]
    assert (newest.state, newest.answered_on) == ("answered", london_today(clock))
    clock.advance(timedelta(days=1))
    parliament.said.correct(asked, "In April.", london_today(clock))
    await said.look_if_due()
    assert (await said.on(ONE, row(app))).items[0].state == "corrected"
    asked["isWithdrawn"] = True
    clock.advance(timedelta(days=1))
    await said.look_if_due()
    assert asked["heading"] not in {item.heading for item in (await said.on(ONE, row(app))).items}


async def test_an_answer_cut_off_before_the_word_is_read_whole(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    asked = parliament.said.ask("Towns: Records", "To ask what progress a count made.", on=london_today(clock))
    parliament.said.answer(asked, "word " * 80 + "a count of street lamps is being made", london_today(clock))
    await said.look_if_due()
    assert "Towns: Records" in {item.heading for item in (await said.on(ONE, row(app))).items}


async def test_the_same_answer_to_grouped_questions_is_listed_once(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    for number in range(3):
        asked = parliament.said.ask(
            "Street lamps", f"To ask about count {number} of street lamps.", on=london_today(clock)
        )
        parliament.said.answer(asked, "One answer to all three.", london_today(clock))
    await said.look_if_due()
    assert len([i for i in (await said.on(ONE, row(app))).items if "One answer" in i.answer]) == 1


async def test_words_are_a_groups_own_and_new_ones_wait_for_the_next_look(app: App, said: SaidService) -> None:
    await follow(app, ONE)
    await follow(app, TWO)
    await said.look_if_due()
    person = await app.services.people.person_for(5)  # type: ignore[arg-type]
    await app.services.guilds.change(ONE, person, high_risk=False)
    tried = await said.try_words(ONE, row(app), LookWords(("street lamps",), ("path to every school",)))
    assert tried.items[0].heading == "Lit paths to schools"
    new = LookWords(("theatres",), ("stage",))
    assert not (await said.try_words(ONE, row(app), new)).reach.is_whole
    await said.save_words(ONE, row(app), new, person)
    assert (await said.words(ONE, row(app)))[0] == new
    assert (await said.words(TWO, row(app)))[0].must == ("street lamps",)
    assert await said.terms() == ("street lamps", "theatres")
    await said.look_if_due()
    assert [item.heading for item in (await said.on(ONE, row(app))).items] in (["Theatres: Grants"], [])
    await said.reset_words(ONE, row(app), person)
    assert await said.terms() == ("street lamps",)


THEATRES = LookWords(("theatres",), ("stage",))


async def searched_words(said: SaidService) -> set[str]:
    """Give every term of which something is held: how far it looked, or what it found."""
    async with said._store._database.reading() as connection:  # type: ignore[attr-defined]
        looks = (await connection.execute(select(said_looks.c.term))).scalars()
        return {*looks, *(await connection.execute(select(said_terms.c.term))).scalars()}


async def with_own_words(app: App, group: GuildId, words: LookWords = THEATRES, **settings: bool) -> None:
    """Let a group follow the report, choose words of its own, and let them be searched for."""
    await follow(app, group)
    person = await app.services.people.person_for(UserId(5))
    await app.services.guilds.change(group, person, **settings)
    await app.services.said.save_words(group, row(app), words, person, search=True)
    await app.services.said.look_if_due()
    assert "theatres" in await searched_words(app.services.said)


@pytest.mark.claim("P-61")
@pytest.mark.parametrize("after", ["at once", "after seven days"])
async def test_a_group_that_goes_takes_its_words_along(
    app: App, said: SaidService, clock: MovableClock, after: str
) -> None:
    await follow(app, TWO)
    await with_own_words(app, ONE, high_risk=after == "at once", risk_answered=True)
    await app.services.departures.left(ONE)
    assert await searched_words(said) == {"street lamps"}, "nothing is sent for a group that left"
    clock.advance(timedelta(days=8))
    await app.services.departures.tidy()
    assert await searched_words(said) == {"street lamps"}
    assert await said._store.words(ONE, SLUG) == {}
    assert b"theatres" not in b"".join(path.read_bytes() for path in app.settings.data.glob("postbag.sqlite3*"))


@pytest.mark.claim("P-61")
async def test_where_searching_is_turned_off_nobodys_words_outlast_their_group(app: App, said: SaidService) -> None:
    await with_own_words(app, ONE, high_risk=False)
    said._sources = None
    await said._store.put_words(ONE, SLUG, "", None)
    await said.look_if_due()
    assert await searched_words(said) == set()


@pytest.mark.claim("P-60")
async def test_a_group_at_risk_sends_its_own_words_only_once_an_organiser_says_so(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    person = await app.services.people.person_for(UserId(5))
    assert await said.asks_first(ONE, row(app), THEATRES), "nobody has answered the question yet"
    await said.save_words(ONE, row(app), THEATRES, person)
    await said.look_if_due()
    assert not [asked for asked in parliament.searched if "theatres" in str(asked).casefold()]
    held = await said.on(ONE, row(app))
    assert not held.is_asked
    assert held.words == THEATRES
    assert held.reach.is_whole, "the report's own words are searched for"
    await said.save_words(ONE, row(app), THEATRES, person, search=True)
    assert not await said.asks_first(ONE, row(app), THEATRES)
    clock.advance(timedelta(days=1))
    await said.look_if_due()
    assert [asked for asked in parliament.searched if "theatres" in str(asked).casefold()]
    assert (await said.on(ONE, row(app))).is_asked


async def test_a_group_that_turns_out_to_be_at_risk_searches_for_its_own_words_no_longer(
    app: App, said: SaidService, clock: MovableClock
) -> None:
    await with_own_words(app, ONE, high_risk=False)
    person = await app.services.people.person_for(UserId(5))
    await app.services.guilds.change(ONE, person, high_risk=True)
    assert await searched_words(said) == set()
    assert await said.terms() == ("street lamps",)
    assert (await said.words(ONE, row(app)))[0] == THEATRES, "the words themselves are the group's, and stay"
    assert await said.asks_first(ONE, row(app), THEATRES)


@pytest.mark.claim("P-62")
async def test_nobody_finds_out_by_trying_which_words_another_group_searches_for(
    app: App, said: SaidService, clock: MovableClock
) -> None:
    lamps = LookWords(("amina thackwell", "lit paths"), ("schools", "counting"))
    await with_own_words(app, ONE, LookWords(("theatres", "lit paths"), ("schools",)), high_risk=False)
    await follow(app, TWO)
    person = await app.services.people.person_for(UserId(6))
    await app.services.guilds.change(TWO, person, high_risk=False)
    (theirs,) = {
        item.key for item in (await said.on(ONE, row(app, "1"))).items if item.heading == "Lit paths to schools"
    }
    never = LookWords(("orchards", "lit lamps"), lamps.terms)
    for words in (LookWords(("lit paths",), lamps.terms), never):
        clock.advance(timedelta(seconds=1))
        await said.save_words(TWO, row(app, "1"), words, person)
        shown = await said.on(TWO, row(app, "1"))
        assert shown.items == ()
        assert shown.reach.looked_at is None
        assert shown.reach.waits
        assert await said.one(TWO, row(app, "1"), "motion", "nothing") is None
    assert theirs
    clock.advance(timedelta(days=1))
    await said.save_words(TWO, row(app, "1"), LookWords(("lit paths",), ("schools",)), person)
    await said.look_if_due()
    clock.advance(timedelta(days=1))
    await said.look_if_due()
    assert theirs in {item.key for item in (await said.on(TWO, row(app, "1"))).items}


async def test_what_a_member_said_is_found_by_their_number_and_nothing_goes_out(
    app: App, said: SaidService, parliament: ParliamentStandIn
) -> None:
    await follow(app, ONE)
    await said.look_if_due()
    before = len(parliament.asked)
    hers = await said.by_member(ONE, 990123)
    assert {item.heading for item, _ in hers.items} == {"Street Lamps: Counting", "Lit paths to schools"}
    nobody = await said.by_member(ONE, 990101 + 7)
    assert nobody.items == ()
    assert nobody.reach.is_whole
    assert len(parliament.asked) == before


async def test_turned_off_nothing_is_asked_and_that_is_said(
    parliament: ParliamentStandIn, clock: MovableClock, tmp_path: Path
) -> None:
    sources = SourcesSection(**asdict(parliament.urls), search_parliament=False)
    settings = Settings(data=tmp_path / "off", sources=sources)
    async with open_app(settings, clock=clock, reports=[invented_report(london_today(clock))]) as off:
        await follow(off, ONE)
        assert await off.services.said.look_if_due() == 0
        assert not parliament.asked
        assert not (await off.services.said.on(ONE, row(off))).is_on
        assert not (await off.services.said.health()).is_on
        assert not {parliament.urls.questions_api, parliament.urls.hansard_api} & set(sources.asked)


async def test_what_no_report_needs_is_let_go(app: App, said: SaidService, clock: MovableClock) -> None:
    await follow(app, ONE)
    await said.look_if_due()
    assert (await said.by_member(None, 990123)).items
    await app.services.said._reports._store.unfollow(ONE, SLUG)
    await app.services.reports.load()
    await said.look_if_due()
    assert not await said._store.by_terms(["street lamps"])
    assert replace(row(app).report, look_for=()).look_for == ()


@pytest.mark.claim("P-63", "P-90")
async def test_a_followed_question_is_asked_about_by_its_number_alone(
    app: App, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    asked = parliament.said.ask("Street lamps", "To ask.", on=london_today(clock), uin="77001")
    person = await app.services.people.person_for(5)  # type: ignore[arg-type]
    for group in (ONE, TWO):
        await app.services.followed_questions.follow(group, str(asked["id"]), person)
    parliament.asked.clear()
    assert (await app.services.followed_questions.look()).read == 1
    assert len(parliament.asked) == 1, "one look for all who follow it"
    assert list(parliament.asked) == [("questions_api", "/api/writtenquestions/questions/{id}")]


async def test_an_answer_that_cannot_be_read_whole_keeps_nothing_else_from_people(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(app, ONE)
    today = london_today(clock)
    parliament.said.ask("Street lamps count fine", "To ask about a count of street lamps.", on=today)
    asked = parliament.said.ask("Towns: Records", "To ask what progress a count made.", on=today)
    parliament.said.answer(asked, "word " * 80 + "a count of street lamps is being made", today)
    kind, gone = type(parliament.said), {str(asked["id"])}
    read = kind.question
    monkeypatch.setattr(kind, "question", lambda self, key: None if str(key) in gone else read(self, key))
    await said.look_if_due()
    result = await said.on(ONE, row(app))
    assert any(item.heading.startswith("Street lamps count fine") for item in result.items)
    assert not result.reach.is_whole, "of one answer only a part is known"
    assert (await said.health()).problems == ("Only part of one answer could be read.",)
    gone.clear()
    clock.advance(timedelta(hours=9))
    await said.look_if_due()
    assert (await said.on(ONE, row(app))).reach.is_whole
    gone.add(str(asked["id"]))
    clock.advance(timedelta(days=1))
    await said.look_if_due()
    held = await said._store.by_terms(await said.terms())
    (answer,) = [item for item in held if item.heading == "Towns: Records"]
    assert "a count of street lamps" in answer.answer, "what was read whole before stays"


async def test_questions_of_every_session_are_asked_for(
    app: App, said: SaidService, parliament: ParliamentStandIn
) -> None:
    await follow(app, ONE)
    await said.look_if_due()
    asked = [query for query in parliament.searched if "searchterm" in query and "tabledwhenfrom" in query]
    assert asked
    assert all(query.get("sessionstatus") == "Any" for query in asked)


async def test_the_signatures_of_more_motions_than_one_look_reads_are_read_by_the_next(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    today = london_today(clock)
    for number in range(MOST_MOTIONS + 5):
        parliament.said.move(
            f"Street lamps {number}", "That this House likes street lamps.", on=today - timedelta(days=300)
        )
    await said.look_if_due()
    read = sum(route == "/EarlyDayMotion/{id}" for _, route in parliament.asked)
    assert read == MOST_MOTIONS
    clock.advance(timedelta(hours=8))
    await said.look_if_due()
    read = sum(route == "/EarlyDayMotion/{id}" for _, route in parliament.asked)
    assert read == len(parliament.said.motions), "though that look makes no search"
    clock.advance(timedelta(hours=8))
    await said.look_if_due()
    assert sum(route == "/EarlyDayMotion/{id}" for _, route in parliament.asked) == read


async def test_a_name_taken_off_a_motion_that_searches_no_longer_list_goes_too(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    today = london_today(clock)
    motion = parliament.said.move("Street lamps", "That this House likes street lamps.", on=today - timedelta(days=125))
    signed = parliament.said.sign(motion, today, seat="Tarning")
    key = str(motion["Id"])
    await said.look_if_due()
    assert signed["MemberId"] in [one.member_id for one in (await said._store.signatures([key]))[key]]
    parliament.said.unsign(motion, signed, today)
    clock.advance(timedelta(days=8))
    await said.look_if_due()
    held = (await said._store.signatures([key])).get(key, ())
    assert signed["MemberId"] not in [one.member_id for one in held]


async def test_motions_that_can_never_be_read_keep_no_other_from_being_read(
    app: App,
    said: SaidService,
    parliament: ParliamentStandIn,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await follow(app, ONE)
    today = london_today(clock)
    for number in range(MOST_MOTIONS):
        parliament.said.move(f"Street lamps {number}", "That this House likes street lamps.", on=today)
    late = parliament.said.move("Street lamps late", "That this House likes street lamps.", on=today)
    parliament.said.sign(late, today, seat="Tarning")
    whole, key = parliament.said.motion, str(late["Id"])

    def broken(_: object, wanted: str) -> Any:
        found = whole(wanted)
        return found if wanted == key else {**found, "Success": False}

    monkeypatch.setattr(type(parliament.said), "motion", broken)
    for _ in range(2):
        clock.advance(timedelta(days=1))
        await said.look_if_due()
    assert (await said._store.signatures([key]))[key]
