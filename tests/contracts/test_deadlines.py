from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.deadlines import Deadline, DeadlineKind, Fact
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import DeadlineId, GuildId, PersonId, ReportSlug, UserId
from bot.domain.reminders import CivilTime, PlannedReminder, ReminderKind, ReminderState
from bot.domain.rules import GIVEN, PRINTED
from bot.sealing import Sealer
from storage.database import Database
from storage.deadlines import Deadlines
from storage.people import People
from storage.schema import reminders

NOW = datetime(2027, 3, 1, 9, 0, 0, 7, tzinfo=UTC)
GUILD = GuildId(4_000_000_000_000_000_001)
OTHER = GuildId(4_000_000_000_000_000_002)


def own_date(**changes: Any) -> Deadline:
    base = Deadline(DeadlineId(0), GUILD, DeadlineKind.OWN_DATE, "Lobby day", date(2027, 5, 4), GIVEN)
    return replace(base, **changes)


def clock(guild: GuildId = GUILD, slug: str = "salt-marshes") -> Deadline:
    return own_date(guild_id=guild, kind=DeadlineKind.GOVERNMENT_RESPONSE, report=ReportSlug(slug))


def rung(name: str, day: date, at: time = time(9, 0), kind: ReminderKind = ReminderKind.BEFORE) -> PlannedReminder:
    civil = CivilTime(day, at, "Europe/London")
    return PlannedReminder(kind, name, civil, civil.instant() + timedelta(days=3), for_day=day)


EARLY = rung("-14", date(2027, 4, 20))
LATE = rung("-3", date(2027, 5, 1))
LADDER = (EARLY, LATE)


async def rows(database: Database) -> Sequence[Any]:
    async with database.reading() as connection:
        return (await connection.execute(select(reminders).order_by(reminders.c.id))).all()


async def become(database: Database, name: str, state: ReminderState) -> None:
    async with database.writing() as connection:
        await connection.execute(update(reminders).where(reminders.c.rung == name).values(state=state.value))


def summary(found: Sequence[Any]) -> list[tuple[str, str, int]]:
    return [(row.rung, row.state, row.revision) for row in found]


@pytest.mark.asyncio
async def test_every_field_comes_back(database: Database) -> None:
    store = Deadlines(database)
    full = own_date(
        kind=DeadlineKind.WRITTEN_QUESTION,
        rule=PRINTED,
        title="Réponse – 回答",
        started_on=date(2027, 1, 2),
        report=ReportSlug("salt-marshes"),
        source_title="Second Report",
        source_url="https://example.org/report",
        promised_on=date(2027, 6, 1),
        promised_url="https://example.org/promise",
        partly_on=date(2027, 2, 3),
        partly_url="https://example.org/part",
        received_on=date(2027, 2, 4),
        received_url="https://example.org/whole",
        withdrawn_on=date(2027, 2, 5),
        lapsed_on=date(2027, 2, 6),
        note="A note",
    )
    stored = await store.add(full, (), NOW)
    assert stored == replace(full, deadline_id=stored.deadline_id, created_at=NOW, updated_at=NOW)
    assert stored.deadline_id > 0
    assert await store.get(GUILD, stored.deadline_id) == stored
    assert await store.get(OTHER, stored.deadline_id) is None


@pytest.mark.asyncio
async def test_the_ladder_is_stored_with_the_deadline(database: Database) -> None:
    stored = await Deadlines(database).add(own_date(), LADDER, NOW)
    first, second = await rows(database)
    assert summary([first, second]) == [(EARLY.rung, "scheduled", 1), (LATE.rung, "scheduled", 1)]
    assert first.due_at == datetime(2027, 4, 20, 8, 0, tzinfo=UTC)
    assert (first.local_date, first.local_time, first.zone, first.utc_offset) == (
        "2027-04-20",
        "09:00",
        "Europe/London",
        60,
    )
    assert (first.guild_id, first.deadline_id, first.kind) == (GUILD, stored.deadline_id, "before")
    assert (first.channel_id, first.person_id, first.sealed_text, first.expires_at) == (
        None,
        None,
        None,
        EARLY.expires_at,
    )


@pytest.mark.asyncio
async def test_a_ladder_that_cannot_be_stored_leaves_no_deadline(database: Database) -> None:
    store = Deadlines(database)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.add(own_date(), (EARLY, EARLY), NOW)
    assert await store.of_guild(GUILD) == []


@pytest.mark.asyncio
async def test_one_clock_of_a_kind_for_each_report_and_group(database: Database) -> None:
    store = Deadlines(database)
    stored = await store.add(clock(), (), NOW)
    with pytest.raises(Refused, match="already"):
        await store.add(clock(), LADDER, NOW)
    await store.add(clock(OTHER), (), NOW)
    await store.add(own_date(), (), NOW)
    await store.add(own_date(), (), NOW)
    await store.add(replace(clock(), kind=DeadlineKind.BILL_STAGE), (), NOW)
    assert await store.of_report(GUILD, ReportSlug("salt-marshes")) == stored
    assert await store.of_report(GUILD, ReportSlug("other")) is None
    assert len(await store.of_guild(GUILD)) == 4
    assert await rows(database) == []


@pytest.mark.asyncio
async def test_lists_are_by_date_and_everyone_means_open_ones(database: Database) -> None:
    store = Deadlines(database)
    later = await store.add(own_date(due_on=date(2027, 9, 1)), (), NOW)
    sooner = await store.add(own_date(due_on=date(2027, 4, 1)), (), NOW)
    other = await store.add(own_date(guild_id=OTHER), (), NOW)
    for closed in ("received_on", "withdrawn_on", "lapsed_on"):
        await store.add(own_date(**{closed: date(2027, 2, 1)}), (), NOW)
    part = await store.add(own_date(partly_on=date(2027, 2, 1), promised_on=date(2027, 2, 2)), (), NOW)
    listed = await store.of_guild(GUILD)
    assert (listed[0], listed[-1]) == (sooner, later)
    assert other not in listed
    assert await store.everyone() == [later, sooner, other, part]


@pytest.mark.asyncio
async def test_a_change_needs_the_revision_it_was_made_on(database: Database) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), LADDER, NOW)
    changed, sending = await store.save(replace(known, title="Lobby week"), LADDER, NOW)
    assert (changed.revision, changed.title, changed.created_at, sending) == (2, "Lobby week", NOW, 0)
    assert await store.get(GUILD, known.deadline_id) == changed
    with pytest.raises(Refused, match="nothing was overwritten"):
        await store.save(replace(known, title="Lost"), (), NOW)
    with pytest.raises(NotFound):
        await store.save(replace(changed, guild_id=OTHER), (), NOW)
    assert await store.get(GUILD, known.deadline_id) == changed
    assert summary(await rows(database)) == [(EARLY.rung, "scheduled", 1), (LATE.rung, "scheduled", 1)]


@pytest.mark.asyncio
async def test_dropped_rungs_are_cancelled_moved_ones_get_a_new_revision_new_ones_are_added(database: Database) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), LADDER, NOW)
    at_six = rung(LATE.rung, date(2027, 5, 1), time(18, 0))
    fresh = rung("0", date(2027, 5, 4), kind=ReminderKind.DUE)
    await store.save(known, (at_six, fresh), NOW + timedelta(hours=1))
    found = await rows(database)
    assert summary(found) == [(EARLY.rung, "cancelled", 2), (LATE.rung, "scheduled", 2), (fresh.rung, "scheduled", 1)]
    assert (found[1].due_at, found[1].local_time) == (datetime(2027, 5, 1, 17, 0, tzinfo=UTC), "18:00")
    assert found[1].expires_at == at_six.expires_at


@pytest.mark.asyncio
async def test_a_longer_use_alone_is_no_new_revision(database: Database) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), (EARLY,), NOW)
    longer = replace(EARLY, expires_at=EARLY.expires_at + timedelta(days=5))
    await store.save(known, (longer,), NOW)
    (row,) = await rows(database)
    assert (row.revision, row.expires_at) == (1, longer.expires_at)


@pytest.mark.asyncio
@pytest.mark.parametrize("state", [ReminderState.SENT, ReminderState.UNKNOWN])
async def test_what_went_out_or_may_have_is_never_planned_again(database: Database, state: ReminderState) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), LADDER, NOW)
    await become(database, EARLY.rung, state)
    evening = rung(EARLY.rung, date(2027, 4, 20), time(18, 0))
    changed, _ = await store.save(known, (evening, LATE), NOW)
    assert summary(await rows(database)) == [(EARLY.rung, state.value, 1), (LATE.rung, "scheduled", 1)]
    await store.save(changed, (), NOW)
    assert summary(await rows(database)) == [(EARLY.rung, state.value, 1), (LATE.rung, "cancelled", 2)]


@pytest.mark.asyncio
async def test_what_is_going_out_is_counted_and_learns_that_it_was_overtaken(database: Database) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), LADDER, NOW)
    await become(database, EARLY.rung, ReminderState.SENDING)
    changed, sending = await store.save(known, LADDER, NOW)
    assert (sending, summary(await rows(database))[0]) == (1, (EARLY.rung, "sending", 1))
    _, sending = await store.save(changed, (LATE,), NOW)
    found = await rows(database)
    assert (sending, summary(found)[0]) == (1, (EARLY.rung, "sending", 2))
    assert found[0].expires_at == NOW


@pytest.mark.asyncio
@pytest.mark.parametrize("state", [ReminderState.CANCELLED, ReminderState.EXPIRED, ReminderState.UNDELIVERABLE])
async def test_an_ended_rung_planned_again_is_a_new_row(database: Database, state: ReminderState) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), LADDER, NOW)
    await become(database, EARLY.rung, state)
    changed, _ = await store.save(known, LADDER, NOW)
    found = await rows(database)
    assert summary(found) == [
        (EARLY.rung, state.value, 1),
        (LATE.rung, "scheduled", 1),
        (EARLY.rung, "scheduled", 1),
    ]
    changed, _ = await store.save(changed, (LATE,), NOW)
    await store.save(changed, LADDER, NOW)
    assert summary(await rows(database))[2:] == [(EARLY.rung, "cancelled", 2), (EARLY.rung, "scheduled", 1)]
    assert [row.generation for row in await rows(database)] == [1, 1, 2, 3]


@pytest.mark.asyncio
async def test_an_ended_rung_whose_time_has_passed_stays_as_it_is(database: Database) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), (EARLY,), NOW)
    await become(database, EARLY.rung, ReminderState.EXPIRED)
    await store.save(known, (replace(EARLY, standing=True),), EARLY.civil.instant())
    assert summary(await rows(database)) == [(EARLY.rung, "expired", 1)]


@pytest.mark.asyncio
async def test_announcements_are_added_in_the_same_transaction(database: Database) -> None:
    store = Deadlines(database)
    known = await store.add(own_date(), LADDER, NOW)
    told = replace(rung("answered", date(2027, 3, 1), kind=ReminderKind.ANSWERED), for_day=None, generation=2)
    await store.save(replace(known, received_on=date(2027, 3, 1)), (told,), NOW)
    assert summary(await rows(database)) == [
        (EARLY.rung, "cancelled", 2),
        (LATE.rung, "cancelled", 2),
        ("answered", "scheduled", 1),
    ]


@pytest.mark.asyncio
async def test_who_set_it_is_left_out_once_forgotten(database: Database) -> None:
    store = Deadlines(database)
    stored = await store.add(own_date(set_by=PersonId(404)), (), NOW)
    assert (await store.of_guild(GUILD))[0].set_by is None
    await store.save(stored, (), NOW)
    assert (await store.of_guild(GUILD))[0].set_by is None


@pytest.mark.asyncio
async def test_each_fact_is_noted_with_who_recorded_it(database: Database) -> None:
    store, person = Deadlines(database), await People(database, Sealer(bytes(32))).person(UserId(77), NOW)
    added = await store.add(own_date(set_by=person), (), NOW)
    later = NOW + timedelta(days=1)
    promised = replace(added, promised_on=added.due_on + timedelta(days=9), set_by=person)
    promised, _ = await store.save(promised, (), later)
    found, _ = await store.save(replace(promised, received_on=added.due_on), (), later, own=False)
    await store.save(replace(found, promised_on=None), (), later)
    noted = await store.recorded(added.guild_id, added.deadline_id)
    assert [(n.fact, n.on, n.by, n.own) for n in noted] == [
        (Fact.DUE, added.due_on, person, True),
        (Fact.PROMISED, promised.promised_on, person, True),
        (Fact.RECEIVED, added.due_on, None, False),
        (Fact.PROMISED, None, person, True),
    ]
    assert [n.at for n in noted] == [NOW, later, later, later]
    assert await store.recorded(GuildId(404), added.deadline_id) == []
    await People(database, Sealer(bytes(32))).forget(person, later)
    assert {n.by for n in await store.recorded(added.guild_id, added.deadline_id)} == {None}
