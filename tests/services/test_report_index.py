"""Reports as one group sees them: what it imported and recorded lies over what everybody holds, and nobody else sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.domain.errors import NotFound
from bot.domain.identity import GuildId, ItemKey, RecordId, ReportSlug
from bot.domain.records import Overlay, Record, RecordKind, RecordState
from bot.domain.reports import AnswerStatus, Report
from bot.search import RecommendationIndex
from bot.services.reports import ReportService
from storage.packs import read_pack, shipped_packs
from tests.services.test_reports import Store

GROUP, OTHER = GuildId(77), GuildId(78)


def recorded(item: str = "T-12") -> Record:
    return Record(
        RecordId(5),
        GROUP,
        ReportSlug("never-again"),
        ItemKey(item),
        RecordKind.ANSWER,
        "agreed",
        "the Government of 2021",
        date(2021, 11, 1),
        "Lighthouses were promised.",
        "https://example.org/x",
        state=RecordState.CONFIRMED,
    )


@pytest.fixture(scope="module")
def never_again() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


@pytest.fixture
def harbours(never_again: Report) -> Report:
    (first, *_) = never_again.recommendations
    item = replace(first, theme="Harbour walls", summary="Mend the sea walls of every harbour.", keywords=())
    return replace(
        never_again, slug=ReportSlug("harbours"), title="Harbours", short_title="Harbours", recommendations=(item,)
    )


@pytest.fixture
def store(never_again: Report) -> Store:
    return Store(never_again)


@pytest_asyncio.fixture
async def service(store: Store) -> ReportService:
    service = ReportService(store, MovableClock(datetime(2026, 3, 2, 9, tzinfo=UTC)), RecommendationIndex)
    await service.load()
    return service


@pytest.mark.asyncio
async def test_an_imported_report_is_found_in_its_group_and_nowhere_else(
    service: ReportService, store: Store, harbours: Report
) -> None:
    store.own[GROUP] = Overlay((harbours,))
    await service.reload(GROUP)
    seen = service.for_group(GROUP)
    assert [r.slug for r in seen.reports()] == ["harbours", "never-again"]
    assert seen.find("harbours/1").item.theme == "Harbour walls"
    assert seen.search("sea walls")[0].report.slug == "harbours"
    assert seen.search("cotton")[0].item.key == "T-18"
    assert {f.report.slug for f in seen.search("1")} == {"harbours", "never-again"}
    assert seen.complete("harbor wal")[0][1] == "harbours/1"
    for outside in (OTHER, None):
        seen = service.for_group(outside)
        assert [r.slug for r in seen.reports()] == ["never-again"]
        assert not [f for f in seen.search("harbour walls") if f.report.slug == "harbours"]
        with pytest.raises(NotFound):
            seen.report("harbours")


@pytest.mark.asyncio
async def test_a_groups_own_version_stands_in_place_of_everybodys(
    service: ReportService, store: Store, never_again: Report
) -> None:
    items = tuple(
        replace(item, official="The lanterns of every pier must burn.") if item.key == "1" else item
        for item in never_again.recommendations
    )
    store.own[GROUP] = Overlay((replace(never_again, recommendations=items),), (recorded("1"),))
    await service.reload(GROUP)
    seen = service.for_group(GROUP)
    assert len(seen.reports()) == 1
    (found, *_) = seen.search("lanterns pier")
    assert (found.item.key, found.item.answer.status) == ("1", AnswerStatus.AGREED)
    assert len(seen.search("1")) == len({f.value for f in seen.search("1")})
    assert service.for_group(None).find("1").item.answer.status is AnswerStatus.NOT_AGREED
    assert (
        not service.for_group(None).search("lanterns pier", limit=25)[:1]
        or service.for_group(None).find("1").item.official == ""
    )


@pytest.mark.asyncio
async def test_what_was_recorded_can_be_searched_and_browsed_by(service: ReportService, store: Store) -> None:
    store.own[GROUP] = Overlay(records=(recorded(),))
    await service.reload(GROUP)
    seen = service.for_group(GROUP)
    assert [f.item.key for f in seen.search("lighthouses promised")] == ["T-12"]
    assert "T-12" in [f.item.key for f in seen.browse(answer="agreed")]
    assert "T-12" not in [f.item.key for f in service.for_group(None).browse(answer="agreed")]


@pytest.mark.asyncio
async def test_a_key_stroke_in_a_group_reads_nothing(service: ReportService, store: Store, harbours: Report) -> None:
    store.own[GROUP] = Overlay((harbours,), (recorded(),))
    await service.reload(GROUP)
    reads = store.reads
    seen = service.for_group(GROUP)
    for text in ("h", "har", "genocde", "", "3", "para 13"):
        seen.complete(text)
        seen.complete_report(text)
        seen.complete_theme(text)
    assert store.reads == reads


@pytest.mark.asyncio
async def test_an_overlay_that_went_gives_the_shared_view_again(
    service: ReportService, store: Store, harbours: Report
) -> None:
    store.own[GROUP] = Overlay((harbours,))
    await service.reload(GROUP)
    seen = service.for_group(GROUP)
    assert len(seen.reports()) == 2
    store.own.clear()
    await service.reload(GROUP)
    seen = service.for_group(GROUP)
    assert len(seen.reports()) == 1
    assert service.base(GROUP, "harbours") is None
    assert service.base(GROUP, "never-again") is not None
