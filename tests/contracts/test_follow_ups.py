"""What is kept of letters, on both databases: the row and its checks together, a person's own and nobody else's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.follow_ups import FollowUp, Outcome, check_time, first_checks, later_checks, planned_checks
from bot.domain.identity import FollowUpId, GuildId, PersonId, UserId
from bot.domain.reminders import ReminderState
from bot.sealing import Sealer
from storage.database import Database
from storage.follow_ups import FollowUps
from storage.people import People
from storage.reminders.store import Reminders
from storage.schema import reminders, sketches
from storage.sketches import Sketches

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SEALER = Sealer(bytes(range(32)))
GROUP = GuildId(800_000_000_000_000_001)


async def person(database: Database, number: int = 1) -> PersonId:
    return await People(database, SEALER).person(UserId(900_000_000_000_000_000 + number), NOW)


def letter(person_id: PersonId, sent_on: date = TODAY, about: str = "never-again/3", seat: int | None = 4) -> FollowUp:
    return FollowUp(FollowUpId(0), person_id, about, sent_on, seat, GROUP, first_checks(sent_on, NOW))


async def add(store: FollowUps, wanted: FollowUp) -> FollowUp:
    return await store.add(wanted, planned_checks(wanted, NOW), NOW)


async def states(database: Database, person_id: PersonId, of: FollowUp | None = None) -> list[tuple[str, str, date]]:
    held = await Reminders(database, SEALER).of_person(person_id)
    held = [r for r in held if of is None or r.follow_up_id == of.follow_up_id]
    return sorted((r.rung, r.state.value, r.civil.on) for r in held)


async def test_a_letter_comes_back_as_it_was_with_its_two_checks(database: Database) -> None:
    store, me = FollowUps(database, SEALER), await person(database)
    stored = await add(store, letter(me))
    assert await store.of_person(me) == [stored]
    assert stored == replace(letter(me), follow_up_id=stored.follow_up_id)
    assert await states(database, me) == [
        ("check-1", "scheduled", date(2026, 3, 16)),
        ("check-2", "scheduled", date(2026, 3, 30)),
    ]
    check = (await Reminders(database, SEALER).of_person(me))[0]
    assert "2 March 2026" in check.text
    assert check.guild_id is None, "a private check names no group"


async def test_one_letter_told_of_twice_is_one(database: Database) -> None:
    store, me = FollowUps(database, SEALER), await person(database)
    found = await asyncio.gather(*(add(store, letter(me, seat=None)) for _ in range(4)))
    assert len({one.follow_up_id for one in found}) == 1
    assert len(await states(database, me)) == 2 * len(await store.of_person(me))
    await add(store, letter(me, date(2026, 3, 1), seat=None))
    assert len({one.sent_on for one in await store.of_person(me)}) == 2


async def test_an_answer_puts_new_checks_in_place_of_the_old(database: Database) -> None:
    store, me = FollowUps(database, SEALER), await person(database)
    stored = await add(store, letter(me))
    other = await add(store, letter(me, about="never-again/4"))
    promised = date(2026, 4, 20)
    changed = replace(
        stored,
        outcome=Outcome.PROMISED,
        outcome_on=TODAY,
        promised_on=promised,
        checks=later_checks(stored, Outcome.PROMISED, NOW, promised),
    )
    assert await store.save(changed, planned_checks(changed, NOW), NOW)
    assert await store.get(stored.follow_up_id, me) == changed
    mine = await states(database, me, stored)
    assert [row for row in mine if row[1] == "scheduled"] == [
        ("check-1", "scheduled", date(2026, 4, 21)),
        ("check-2", "scheduled", date(2026, 5, 5)),
    ]
    assert sum(row[1] == "cancelled" for row in mine) == 2
    assert {row[1] for row in await states(database, me, other)} == {"scheduled"}, "another letter is untouched"


async def test_nobody_reads_or_changes_anothers_letter(database: Database) -> None:
    store, me, they = FollowUps(database, SEALER), await person(database), await person(database, 2)
    stored = await add(store, letter(me))
    assert await store.get(stored.follow_up_id, they) is None
    assert await store.of_person(they) == []
    assert not await store.save(replace(stored, person_id=they), (), NOW)
    assert not await store.remove(replace(stored, person_id=they), NOW)
    assert await store.of_person(me) == [stored]
    assert {row[1] for row in await states(database, me)} == {"scheduled"}


async def test_what_is_removed_is_asked_after_no_more(database: Database) -> None:
    store, me = FollowUps(database, SEALER), await person(database)
    stored = await add(store, letter(me))
    assert await store.remove(stored, NOW)
    assert not await store.remove(stored, NOW)
    assert {row[1] for row in await states(database, me)} == {"cancelled"}


async def test_forgetting_a_person_takes_letters_and_checks(database: Database) -> None:
    store, me = FollowUps(database, SEALER), await person(database)
    await add(store, letter(me))
    await People(database, SEALER).forget(me, NOW)
    assert await store.of_person(me) == []
    assert await states(database, me) == []


async def test_a_check_that_could_not_be_delivered_waits_beyond_its_reminder(database: Database) -> None:
    store, me = FollowUps(database, SEALER), await person(database)
    stored = await add(store, letter(me))
    assert await store.missed_letters(me) == []
    late = check_time(stored.checks[0]).instant()
    async with database.writing() as connection:
        await connection.execute(
            update(reminders)
            .where(reminders.c.follow_up_id == stored.follow_up_id, reminders.c.rung == "check-1")
            .values(state=ReminderState.UNDELIVERABLE.value, updated_at=late)
        )
    assert [one.follow_up_id for one in await store.missed_letters(me)] == [stored.follow_up_id]
    await store.tidy(TODAY + timedelta(days=20))
    await Reminders(database, SEALER).tidy(late + timedelta(days=8))
    assert len(await states(database, me)) == 1
    assert [one.follow_up_id for one in await store.missed_letters(me)] == [stored.follow_up_id]
    await store.put(stored.follow_up_id)
    assert await store.missed_letters(me) == []


async def test_letters_go_ninety_days_after_the_last_check(database: Database) -> None:
    store, me = FollowUps(database, SEALER), await person(database)
    stored = await add(store, letter(me))
    assert await store.tidy(stored.keep_until) == 0
    assert await store.tidy(stored.keep_until + timedelta(days=1)) == 1
    assert await store.of_person(me) == []


async def test_sketches_are_of_one_group_and_four_weeks(database: Database) -> None:
    store = Sketches(database)
    await store.keep(GROUP, b"draft-a", b"11111111", TODAY)
    await store.keep(GROUP, b"draft-b", b"22222222", TODAY)
    await store.keep(GuildId(GROUP + 1), b"draft-c", b"33333333", TODAY)
    assert list(await store.sketches_of_others(GROUP, b"draft-a", TODAY, 10)) == [b"22222222"]
    assert set(await store.sketches_of_others(GROUP, b"draft-z", TODAY, 10)) == {b"11111111", b"22222222"}
    assert list(await store.sketches_of_others(GROUP, b"draft-z", TODAY, 1)) == [b"22222222"]
    await store.keep(GROUP, b"draft-b", b"44444444", TODAY + timedelta(days=1))
    assert list(await store.sketches_of_others(GROUP, b"draft-a", TODAY, 10)) == [b"44444444"]
    assert await store.forget(GuildId(GROUP + 1)) == 1
    assert await store.forget(GuildId(GROUP + 1)) == 0
    later = TODAY + timedelta(days=29)
    assert list(await store.sketches_of_others(GROUP, b"draft-z", later, 10)) == [b"44444444"]
    assert await store.tidy(later) == 1
    async with database.reading() as connection:
        assert [row.pieces for row in await connection.execute(select(sketches))] == [b"44444444"]
