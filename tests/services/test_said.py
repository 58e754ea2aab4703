"""Shared searches in what Parliament says: what they find, how far they looked, and how few calls they make."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import App, open_app
from bot.clock import MovableClock, london_today
from bot.config import Settings, SourcesSection
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.look_words import LookWords
from bot.domain.references import Found
from bot.domain.said import SaidKind
from bot.domain.searches import MOST_SEARCHES
from bot.rehearsal.parliament import ParliamentStandIn, Weather, invented_report
from bot.services.said import SaidService
from bot.sources import said as opened
from bot.sources.paced import Paced

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
    assert await said.look_if_due() == len(SaidKind)
    counting = await said.on(ONE, row(app, "1"))
    published = row(app).report.published_on
    assert [(item.kind, item.member) for item in counting.items] == [(SaidKind.SPEECH, "Ms Amina Thackwell")]
    assert all(item.newest >= published for item in counting.items)
    assert counting.reach.is_whole
    schools = await said.on(ONE, row(app, "5"))
    assert [item.heading for item in schools.items] == ["Lit paths to schools"]


async def test_groups_share_every_search_and_each_is_made_once_a_day(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    for number in range(100):
        await app.services.said._reports._store.follow(GuildId(1000 + number), SLUG, clock.now())
    await app.services.reports.load()
    await said.look_if_due()
    assert len(parliament.searched) == len(SaidKind)
    clock.advance(timedelta(hours=8))
    assert await said.look_if_due() == 0
    clock.advance(timedelta(hours=16))
    assert await said.look_if_due() == len(SaidKind)
    assert len(parliament.searched) == 2 * len(SaidKind)


async def test_however_many_words_there_are_a_look_makes_so_many_searches_and_the_next_goes_on(
    app: App, said: SaidService, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await follow(app, ONE)
    for number in range(60):
        group = GuildId(2000 + number)
        await follow(app, group)
        await said._store.put_words(group, SLUG, "", (f"word{number:03}",))
    assert await said.look_if_due() == MOST_SEARCHES
    clock.advance(timedelta(hours=8))
    assert await said.look_if_due() == MOST_SEARCHES
    clock.advance(timedelta(hours=8))
    assert await said.look_if_due() == 61 * len(SaidKind) - 2 * MOST_SEARCHES
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
    assert await said.look_if_due() == len(SaidKind) - 1
    after = await said.on(ONE, row(app, "5"))
    assert after.items == before.items
    assert after.reach.failed == (SaidKind.MOTION,)
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
    asked = parliament.said.ask("Towns: Records", "To ask what progress was made.", on=london_today(clock))
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
    tried = await said.try_words(row(app), LookWords(("street lamps",), ("path to every school",)))
    assert tried.items[0].heading == "Lit paths to schools"
    new = LookWords(("theatres",), ("stage",))
    assert not (await said.try_words(row(app), new)).reach.is_whole
    await said.save_words(ONE, row(app), new, person)
    assert (await said.words(ONE, row(app)))[0] == new
    assert (await said.words(TWO, row(app)))[0].must == ("street lamps",)
    assert await said.terms() == ("street lamps", "theatres")
    await said.look_if_due()
    assert [item.heading for item in (await said.try_words(row(app), new)).items] in (["Theatres: Grants"], [])
    await said.reset_words(ONE, row(app), person)
    assert await said.terms() == ("street lamps",)


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
