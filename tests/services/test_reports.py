"""Finding, browsing and completing recommendations, as known on the clock's day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.domain.errors import Ambiguous, NotFound, UnknownNumber
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.records import Overlay
from bot.domain.reports import AnswerStatus, Report
from bot.search import RecommendationIndex
from bot.services.reports import ReportService, ReportView
from storage.packs import read_pack, shipped_packs

GROUP = GuildId(77)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Store:
    """Reports and follows in memory, in the shape of the port; counts what would be disk."""

    def __init__(self, *reports: Report) -> None:
        self.reports = reports
        self.following: dict[GuildId, list[ReportSlug]] = {}
        self.own: dict[GuildId, Overlay] = {}
        self.reads = 0

    async def all(self) -> Sequence[Report]:
        self.reads += 1
        return self.reports

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        self.following.setdefault(guild_id, []).append(report)
        return True

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool:
        self.following[guild_id].remove(report)
        return True

    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]:
        self.reads += 1
        return self.following.get(guild_id, [])

    async def responses_read(self) -> dict[ReportSlug, tuple[()]]:
        return {}

    async def overlays(self) -> Mapping[GuildId, Overlay]:
        self.reads += 1
        return self.own

    async def overlay(self, guild_id: GuildId) -> Overlay:
        self.reads += 1
        return self.own.get(guild_id, Overlay())

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]:
        self.reads += 1
        return [guild for guild, slugs in self.following.items() if report in slugs]


@pytest.fixture(scope="module")
def never_again() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


@pytest.fixture
def other(never_again: Report) -> Report:
    kept = [i for i in never_again.recommendations if i.key in ("1", "2", "T-18")]
    return replace(never_again, slug=ReportSlug("harbours"), short_title="Harbours", recommendations=tuple(kept))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest_asyncio.fixture
async def one(never_again: Report, clock: MovableClock) -> ReportView:
    return await everybodys(Store(never_again), clock)


@pytest_asyncio.fixture
async def two(never_again: Report, other: Report, clock: MovableClock) -> ReportView:
    return await everybodys(Store(never_again, other), clock)


async def everybodys(store: Store, clock: MovableClock) -> ReportView:
    service = ReportService(store, clock, RecommendationIndex)
    await service.load()
    return service.for_group(None)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("3", "3"),
        (" recommendation 3", "3"),
        ("t12", "T-12"),
        ("T-12", "T-12"),
        ("para 13", "1"),
        ("never-again/T-02", "T-02"),
        ("solar panels", "T-21"),
        ("solar/panels", "T-21"),
    ],
)
async def test_one_is_found_however_it_is_named(one: ReportView, text: str, key: str) -> None:
    assert one.find(text).item.key == key


@pytest.mark.asyncio
async def test_every_suggestion_leads_back_to_its_row(two: ReportView) -> None:
    for report in two.reports():
        for item in report.recommendations:
            suggested = two.complete(str(item.key), report.slug)
            value = next(value for _, value in suggested if value == f"{report.slug}/{item.key}")
            found = two.find(value)
            assert (found.report.slug, found.item.key) == (report.slug, item.key)


@pytest.mark.asyncio
async def test_an_unknown_number_says_which_are_confirmed(one: ReportView) -> None:
    with pytest.raises(UnknownNumber) as caught:
        one.find("9")
    assert caught.value.message == "There's no recommendation with the number 9 in Never Again."
    assert "1–6 (Never Again)" in caught.value.next_step
    assert "31 more have no confirmed number" in caught.value.next_step
    assert "T-09 is Postbag's own key" in caught.value.next_step
    assert "/recommendations browse" in caught.value.next_step
    assert caught.value.report == "never-again"


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["", "   ", "para 99", "zzqqxx", "T-27", "T-33", "@everyone", "x" * 4000])
async def test_what_is_not_held_is_a_kind_refusal(one: ReportView, text: str) -> None:
    with pytest.raises(NotFound) as caught:
        one.find(text)
    assert caught.value.next_step
    assert len(str(caught.value)) < 600


@pytest.mark.asyncio
async def test_two_reports_that_match_are_asked_about(two: ReportView) -> None:
    with pytest.raises(Ambiguous) as caught:
        two.find("1")
    assert [choice.value for choice in caught.value.choices] == ["never-again/1", "harbours/1"]
    assert two.find("1", "harbours").report.slug == "harbours"
    assert two.find("3").report.slug == "never-again"


@pytest.mark.asyncio
async def test_a_paragraph_or_words_that_fit_several_are_asked_about(one: ReportView) -> None:
    with pytest.raises(Ambiguous) as caught:
        one.find("para 54")
    assert [c.item.key for c in caught.value.choices] == ["T-25", "T-26"]
    with pytest.raises(Ambiguous):
        one.find("olympics")
    with pytest.raises(Ambiguous, match="Did you mean") as near:
        one.find("cotton zzqqxx")
    assert near.value.choices[0].item.key == "T-18"


@pytest.mark.asyncio
async def test_suggestions_fit_and_never_wait_for_storage(
    one: ReportView, never_again: Report, clock: MovableClock
) -> None:
    long = replace(never_again.recommendations[0], theme="ئۇيغۇر" * 60)
    store = Store(replace(never_again, recommendations=(long, *never_again.recommendations[1:])))
    service = await everybodys(store, clock)
    reads = store.reads
    for text in ("", "g", "gen", "genocde", "1", "para 13", "x" * 500):
        for label, value in service.complete(text):
            assert 1 <= len(label) <= 100
            assert 1 <= len(value) <= 100
    assert len(service.complete("")) == 25
    assert service.complete_theme("olym")[0][0].startswith("Winter Olympics")
    assert service.complete("x", "no such report") == []
    assert service.in_view_now()
    assert store.reads == reads
    assert "number not confirmed" in {v: k for k, v in service.complete("T-12")}["never-again/T-12"]


@pytest.mark.asyncio
async def test_browsing_by_door_theme_and_answer(one: ReportView) -> None:
    assert len(one.browse()) == 37
    doors = one.report("never-again").doors
    assert sum(len(one.browse("never-again", door=door.key)) for door in doors) == 37
    assert [f.item.key for f in one.browse(answer="Not agreed")] == ["1", "T-18", "T-19", "T-28"]
    assert [f.item.key for f in one.browse(answer=AnswerStatus.PARTLY_AGREED)] == ["T-09"]
    assert [f.item.key for f in one.browse(theme="asylum")] == ["T-10"]
    assert one.browse(theme="asylum", answer="agreed") == ()
    with pytest.raises(NotFound, match="Choose one of: Agreed"):
        one.browse(answer="maybe")
    with pytest.raises(NotFound, match="Never Again"):
        one.browse("nothing")


@pytest.mark.asyncio
async def test_reports_are_found_by_name_and_suggested_by_words(two: ReportView) -> None:
    assert two.report("NEVER-AGAIN").slug == "never-again"
    assert two.report("harbours").slug == "harbours"
    assert [slug for _, slug in two.complete_report("again")] == ["never-again", "harbours"]
    assert [slug for _, slug in two.complete_report("harb")] == ["harbours"]
    assert two.complete_report("zzz") == []


@pytest.mark.asyncio
async def test_the_clock_decides_what_is_known(one: ReportView, clock: MovableClock) -> None:
    clock.move_to(datetime(2021, 7, 7, 12, tzinfo=UTC))
    assert one.reports() == ()
    assert one.search("genocide") == ()
    clock.move_to(datetime(2021, 7, 7, 23, 30, tzinfo=UTC))
    assert one.find("1").item.answer.status is AnswerStatus.NOT_YET_ANSWERED, "in London it is 8 July"
    assert one.search("competent court") == () or "competent" not in one.find("1").item.answer.text
    assert one.browse(answer="unknown") == ()
    clock.move_to(datetime(2021, 11, 1, 12, tzinfo=UTC))
    assert one.find("1").item.answer.status is AnswerStatus.UNKNOWN, "received, and read by nobody outside"
    clock.move_to(datetime(2021, 11, 14, 12, tzinfo=UTC))
    assert one.find("1").item.answer.status is AnswerStatus.NOT_AGREED
    assert one.find("T-22").item.since is None
    clock.move_to(NOW)
    assert one.find("T-22").item.since is not None


@pytest.mark.asyncio
async def test_what_a_group_follows_is_in_view(
    two: ReportView, never_again: Report, other: Report, clock: MovableClock
) -> None:
    store = Store(never_again, other)
    service = ReportService(store, clock, RecommendationIndex)
    await service.load()
    theirs = service.for_group(GROUP)
    assert len(await service.for_group(None).in_view()) == 2
    assert len(await theirs.in_view()) == 2
    assert await theirs.default() is None
    await store.follow(GROUP, other.slug, NOW)
    assert await theirs.default() == "harbours"
    assert theirs.default_now() == "harbours"
    assert await theirs.follows("harbours")
    assert not await theirs.follows("never-again")
    again = ReportService(store, clock, RecommendationIndex)
    await again.load()
    assert again.for_group(GROUP).default_now() == "harbours", "known from the start, without waiting"
    await store.unfollow(GROUP, other.slug)
    assert len(await again.for_group(GROUP).in_view()) == 2


@pytest.mark.asyncio
async def test_no_report_held_is_said(clock: MovableClock) -> None:
    service = await everybodys(Store(), clock)
    assert service.reports() == ()
    assert service.complete("x") == []
    with pytest.raises(NotFound, match="Postbag has no reports"):
        service.report("never-again")
    with pytest.raises(NotFound):
        service.find("1")
