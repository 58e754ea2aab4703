"""Records and imported reports, over both databases: one group's are never another's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import BrokenPack, Refused
from bot.domain.identity import GuildId, ItemKey, PersonId, RecordId, ReportSlug, UserId
from bot.domain.records import Record, RecordEvent, RecordKind, RecordState
from bot.domain.reports import Report
from bot.sealing import Sealer
from storage import records as module
from storage import reports as reports_module
from storage.database import Database
from storage.packs import read_pack, shipped_packs
from storage.people import People
from storage.records import Records
from storage.reports import Reports

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
GROUP, OTHER = GuildId(901), GuildId(902)
REPORT, ITEM = ReportSlug("never-again"), ItemKey("T-12")


def typed(group: GuildId = GROUP, **changes: object) -> Record:
    record = Record(
        RecordId(0),
        group,
        REPORT,
        ITEM,
        RecordKind.ANSWER,
        "noted",
        "the Government of 2021",
        date(2021, 11, 1),
        "It “said” so — ئۇيغۇر.",
        "https://example.org/answer",
        "Unknown",
    )
    return replace(record, **changes)  # type: ignore[arg-type]


async def person(database: Database, number: int = 1) -> PersonId:
    return await People(database, Sealer(bytes(range(32)))).person(UserId(number), NOW)


@pytest.mark.asyncio
async def test_a_record_goes_from_draft_to_confirmed_to_undone_with_its_history(database: Database) -> None:
    store, one, two = Records(database), await person(database, 1), await person(database, 2)
    draft = await store.draft(typed(), NOW)
    assert await store.get(GROUP, draft.record_id) == draft
    assert await store.of_guild(GROUP) == []
    assert await store.confirm(GROUP, draft.record_id, two, NOW) is False
    later = NOW + timedelta(minutes=5)
    assert await store.keep(GROUP, draft.record_id, RecordState.PROPOSED, "Unknown", one, NOW) is True
    assert await store.keep(GROUP, draft.record_id, RecordState.CONFIRMED, "Unknown", one, NOW) is False
    assert await store.confirmed() == []
    assert await store.confirm(GROUP, draft.record_id, two, later) is True
    assert [r.record_id for r in await store.confirmed(GROUP)] == [draft.record_id]
    assert await store.undo(GROUP, draft.record_id, one, later) is True
    assert await store.undo(GROUP, draft.record_id, one, later) is False
    assert await store.confirmed() == []
    (kept,) = await store.of_guild(GROUP, REPORT, ITEM)
    assert kept.state is RecordState.UNDONE
    assert [(s.event, s.at, s.person_id) for s in kept.steps] == [
        (RecordEvent.RECORDED, NOW, one),
        (RecordEvent.CONFIRMED, later, two),
        (RecordEvent.UNDONE, later, one),
    ]
    assert replace(kept, steps=(), state=RecordState.DRAFT) == draft


@pytest.mark.asyncio
async def test_nothing_of_one_group_is_given_to_or_changed_by_another(database: Database) -> None:
    store, one = Records(database), await person(database)
    draft = await store.draft(typed(), NOW)
    assert await store.get(OTHER, draft.record_id) is None
    assert await store.drop(OTHER, draft.record_id) is False
    assert await store.keep(OTHER, draft.record_id, RecordState.CONFIRMED, "", one, NOW) is False
    assert await store.keep(GROUP, draft.record_id, RecordState.PROPOSED, "", one, NOW) is True
    assert await store.confirm(OTHER, draft.record_id, one, NOW) is False
    assert await store.undo(OTHER, draft.record_id, one, NOW) is False
    assert await store.of_guild(OTHER) == []
    (kept,) = await store.of_guild(GROUP)
    assert len(kept.steps) == 1


@pytest.mark.asyncio
async def test_two_organisers_at_once_decide_once(database: Database) -> None:
    store, one, two = Records(database), await person(database, 1), await person(database, 2)
    draft = await store.draft(typed(), NOW)
    await store.keep(GROUP, draft.record_id, RecordState.PROPOSED, "", one, NOW)
    done = await asyncio.gather(
        store.confirm(GROUP, draft.record_id, two, NOW), store.confirm(GROUP, draft.record_id, one, NOW)
    )
    assert sorted(done) == [False, True]
    (kept,) = await store.of_guild(GROUP)
    assert [s.event for s in kept.steps] == [RecordEvent.RECORDED, RecordEvent.CONFIRMED]


@pytest.mark.asyncio
async def test_a_forgotten_person_goes_and_what_they_recorded_stays(database: Database) -> None:
    people = People(database, Sealer(bytes(range(32))))
    store, one = Records(database), await person(database)
    draft = await store.draft(typed(), NOW)
    await store.keep(GROUP, draft.record_id, RecordState.CONFIRMED, "", one, NOW)
    assert "record_steps" in await people.held(one)
    await people.forget(one, NOW)
    (kept,) = await store.of_guild(GROUP)
    assert kept.state is RecordState.CONFIRMED
    assert kept.recorded_by is None
    second = await store.draft(typed(), NOW)
    assert await store.keep(GROUP, second.record_id, RecordState.CONFIRMED, "", one, NOW) is True


@pytest.mark.asyncio
async def test_drafts_go_after_a_day_and_what_was_kept_does_not(database: Database) -> None:
    store, one = Records(database), await person(database)
    kept, old, new = [await store.draft(typed(), NOW + timedelta(hours=h)) for h in (0, 0, 12)]
    await store.keep(GROUP, kept.record_id, RecordState.CONFIRMED, "", one, NOW)
    assert await store.tidy(NOW + timedelta(hours=24, minutes=1)) == 1
    assert await store.get(GROUP, old.record_id) is None
    assert await store.get(GROUP, new.record_id) is not None
    assert await store.get(GROUP, kept.record_id) is not None


@pytest.mark.asyncio
async def test_a_group_cannot_fill_the_memory_of_all(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DRAFTS", 2)
    store = Records(database)
    for _ in range(2):
        await store.draft(typed(), NOW)
    with pytest.raises(Refused, match="previews"):
        await store.draft(typed(), NOW)
    await store.draft(typed(OTHER), NOW)


@pytest.fixture(scope="module")
def never_again() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


@pytest.mark.asyncio
async def test_an_imported_report_is_held_for_its_group_and_replaced(
    database: Database, never_again: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, one = Reports(database), await person(database)
    mine = replace(never_again, slug=ReportSlug("harbours"), short_title="Harbours")
    assert await reports.keep_imported(GROUP, mine, one, NOW) is False
    assert (await reports.overlay(GROUP)).reports == (mine,)
    assert (await reports.overlay(OTHER)).reports == ()
    changed = replace(mine, title="Harbours again")
    assert await reports.keep_imported(GROUP, changed, one, NOW) is True
    assert dict(await reports.overlays())[GROUP].reports == (changed,)
    assert "imported_reports" in await People(database, Sealer(bytes(range(32)))).held(one)
    with pytest.raises(BrokenPack):
        await reports.keep_imported(GROUP, replace(mine, slug=ReportSlug("NOT a slug")), one, NOW)
    monkeypatch.setattr(reports_module, "MOST_IMPORTED", 1)
    with pytest.raises(Refused, match="the most one group can"):
        await reports.keep_imported(GROUP, replace(mine, slug=ReportSlug("piers")), one, NOW)
    assert len((await reports.overlay(GROUP)).reports) == 1


@pytest.mark.asyncio
async def test_records_and_imports_come_together_for_each_group(database: Database, never_again: Report) -> None:
    reports, store, one = Reports(database), Records(database), await person(database)
    for group in (GROUP, OTHER):
        draft = await store.draft(typed(group), NOW)
        await store.keep(group, draft.record_id, RecordState.CONFIRMED, "", one, NOW)
    await reports.keep_imported(OTHER, replace(never_again, slug=ReportSlug("harbours")), one, NOW)
    held = await reports.overlays()
    assert {g: (len(o.reports), len(o.records)) for g, o in held.items()} == {GROUP: (0, 1), OTHER: (1, 1)}
