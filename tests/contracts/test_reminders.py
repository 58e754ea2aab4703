from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import Unavailable
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeadlineId, GuildId, MessageId, ReminderId, UserId
from bot.domain.messages import MessageButton, OutgoingMessage
from bot.domain.reminders import (
    LEASE,
    WAITS_FOR_MORNING,
    CivilTime,
    PlannedReminder,
    Reminder,
    ReminderKind,
    ReminderState,
    Target,
    may_become,
)
from bot.domain.rules import GIVEN
from bot.sealing import Sealer
from bot.services.ports.deliveries import Delivery, DeliveryPlan
from storage.database import Database, open_database
from storage.deadlines import Deadlines
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.store import Reminders
from storage.schema import deadlines, deliveries, ledger, reminders

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
GUILD = GuildId(4_000_000_000_000_000_001)
OTHER = GuildId(4_000_000_000_000_000_002)
CHANNEL = ChannelId(5_000_000_000_000_000_001)
ELSEWHERE = ChannelId(5_000_000_000_000_000_002)
NOTICES = ChannelId(5_000_000_000_000_000_009)
USER = UserId(6_000_000_000_000_000_001)
SEALER = Sealer(bytes(range(32)))
MINE, THEIRS = "token-of-mine", "token-of-theirs"


def freeze(plan: DeliveryPlan) -> OutgoingMessage:
    told = ", ".join(found.reminder.rung for found in plan.due)
    missed = ", ".join(found.reminder.rung for found in plan.expired)
    return OutgoingMessage(f"due: {told}; missed: {missed}", (MessageButton("Why", action=f"pb:why:{plan.key}"),))


def reminder(rung: str = "one", *, due_at: datetime = NOW, **changes: Any) -> Reminder:
    civil = CivilTime(due_at.date(), due_at.time().replace(second=0, microsecond=0), "UTC")
    base = Reminder(ReminderId(0), ReminderKind.TEST, rung, due_at, civil, guild_id=GUILD, channel_id=CHANNEL)
    return replace(base, **changes)


@pytest.fixture
def store(database: Database) -> Reminders:
    return Reminders(database, SEALER)


async def claim(
    store: Reminders, now: datetime = NOW, limit: int = 90, token: str = MINE, **more: Any
) -> list[Delivery]:
    return list(await store.claim(now, limit=limit, token=token, freeze=freeze, **more))


async def state(store: Reminders, found: Reminder) -> ReminderState:
    held = await store.get(found.reminder_id)
    assert held is not None
    return held.state


async def value(database: Database, query: Any) -> Any:
    async with database.reading() as connection:
        return (await connection.execute(query)).scalar_one()


async def save_guild(database: Database, **changes: Any) -> GuildSettings:
    settings = replace(GuildSettings(GUILD, channel_id=CHANNEL), **changes)
    return await Guilds(database).save(settings, NOW)


# Claiming


@pytest.mark.asyncio
async def test_what_is_due_is_frozen_under_a_lease_and_nothing_else_is(store: Reminders) -> None:
    due = await store.add(reminder("due"), NOW)
    later = await store.add(reminder("later", due_at=NOW + timedelta(seconds=1)), NOW)
    (delivery,) = await claim(store)
    assert delivery.message.text == "due: due; missed: "
    assert delivery.target == Target(GUILD, CHANNEL)
    assert delivery.reminders == ((due.reminder_id, 1),)
    assert delivery.message.buttons[0].action == f"pb:why:{delivery.key}"
    assert 16 <= len(delivery.key) <= 23
    assert delivery.digest == delivery.message.digest
    assert await state(store, due) is ReminderState.SENDING
    assert await state(store, later) is ReminderState.SCHEDULED
    assert await claim(store, token=THEIRS) == []


@pytest.mark.asyncio
async def test_the_frozen_message_is_sealed_and_dropped_once_sent(database: Database, store: Reminders) -> None:
    await store.add(reminder("secret words", person_id=None), NOW)
    (delivery,) = await claim(store)
    sealed = await value(database, select(deliveries.c.sealed_message))
    assert b"secret words" not in sealed
    assert OutgoingMessage.from_bytes(SEALER.open(sealed)) == delivery.message
    assert (await store.mark_sent(delivery.delivery_id, MINE, MessageId(77), NOW)).done
    assert await value(database, select(deliveries.c.sealed_message)) is None


@pytest.mark.claim("P-29")
@pytest.mark.asyncio
async def test_a_notices_words_go_once_it_is_delivered_and_after_14_days_where_it_cannot_be(
    database: Database, store: Reminders
) -> None:
    notice = {"kind": ReminderKind.NOTICE, "text": "Somebody's words", "expires_at": NOW + timedelta(days=2)}
    told = await store.add(reminder("told", **notice), NOW)
    (delivery,) = await claim(store)
    kept = await store.add(reminder("kept", due_at=NOW + timedelta(hours=1), **notice), NOW)
    words = select(reminders.c.sealed_text).where(reminders.c.id == told.reminder_id)
    assert await value(database, words) is not None
    await store.mark_sent(delivery.delivery_id, MINE, MessageId(77), NOW)
    assert await value(database, words) is None
    async with database.writing() as connection:
        await connection.execute(
            update(reminders).where(reminders.c.id == kept.reminder_id).values(state="undeliverable", updated_at=NOW)
        )
    words = select(reminders.c.sealed_text).where(reminders.c.id == kept.reminder_id)
    await store.tidy(NOW + timedelta(days=13))
    assert await value(database, words) is not None
    await store.tidy(NOW + timedelta(days=15))
    assert await value(database, words) is None


@pytest.mark.asyncio
async def test_one_target_gets_one_message_of_at_most_25(store: Reminders) -> None:
    for number in range(30):
        await store.add(reminder(f"r{number}", due_at=NOW - timedelta(minutes=30 - number)), NOW)
    await store.add(reminder("elsewhere", channel_id=ELSEWHERE), NOW)
    deliveries_made = await claim(store)
    assert sorted(len(d.reminders) for d in deliveries_made) == [1, 25]
    assert deliveries_made[0].due_at == NOW - timedelta(minutes=30)
    (rest,) = await claim(store)
    assert len(rest.reminders) == 5


@pytest.mark.asyncio
async def test_targets_take_turns_so_that_a_small_group_never_waits_behind_a_big_one(store: Reminders) -> None:
    for number in range(60):
        await store.add(reminder(f"big{number}", due_at=NOW - timedelta(hours=1)), NOW)
    for number in range(5):
        await store.add(reminder("small", guild_id=OTHER, channel_id=ChannelId(100 + number)), NOW)
    first = await claim(store, limit=6)
    assert {d.target.channel_id for d in first} == {CHANNEL, *(100 + n for n in range(5))}


@pytest.mark.asyncio
async def test_a_target_that_is_skipped_leaves_its_turn_to_others(store: Reminders) -> None:
    await store.add(reminder("here", due_at=NOW - timedelta(hours=1)), NOW)
    await store.add(reminder("there", channel_id=ELSEWHERE), NOW)
    found = await claim(store, limit=1, skip=[Target(GUILD, CHANNEL)])
    assert [d.target.channel_id for d in found] == [ELSEWHERE]


@pytest.mark.asyncio
async def test_a_claim_is_small_however_much_is_due(store: Reminders, database: Database) -> None:
    for channel in range(20):
        await asyncio.gather(
            *(store.add(reminder(f"s{n}", channel_id=ChannelId(1000 + channel)), NOW) for n in range(25))
        )
    found = await claim(store, limit=90)
    assert sum(len(d.reminders) for d in found) == 200


@pytest.mark.asyncio
async def test_the_groups_channel_is_read_when_the_time_comes(database: Database, store: Reminders) -> None:
    await store.add(reminder(channel_id=None), NOW)
    await save_guild(database, channel_id=ELSEWHERE)
    (delivery,) = await claim(store)
    assert delivery.target == Target(GUILD, ELSEWHERE)


@pytest.mark.asyncio
async def test_a_group_without_a_channel_is_claimed_too_so_that_it_is_heard_of(store: Reminders) -> None:
    await store.add(reminder(channel_id=None), NOW)
    (delivery,) = await claim(store)
    assert delivery.target == Target(GUILD, None)


@pytest.mark.asyncio
async def test_the_plan_has_the_deadline_and_the_settings(database: Database, store: Reminders) -> None:
    await save_guild(database, high_risk=False)
    civil = CivilTime(date(2027, 3, 1), time(8, 0), "UTC")
    rung = PlannedReminder(ReminderKind.DUE, "0", civil, NOW + timedelta(days=1))
    held = Deadline(DeadlineId(0), GUILD, DeadlineKind.OWN_DATE, "Lobby day", date(2027, 3, 1), GIVEN)
    await Deadlines(database).add(held, [rung], NOW)
    seen: list[DeliveryPlan] = []

    def look(plan: DeliveryPlan) -> OutgoingMessage:
        seen.append(plan)
        return freeze(plan)

    await store.claim(NOW, limit=9, token=MINE, freeze=look)
    assert seen[0].due[0].deadline is not None
    assert seen[0].due[0].deadline.title == "Lobby day"
    assert seen[0].settings is not None
    assert not seen[0].settings.high_risk


@pytest.mark.claim("P-24")
@pytest.mark.asyncio
async def test_private_reminders_go_to_the_person_with_their_words_sealed(database: Database, store: Reminders) -> None:
    person = await People(database, SEALER).person(USER, NOW)
    kept = await store.add(
        reminder("mine", guild_id=GUILD, channel_id=None, person_id=person, text="Ring the office"), NOW
    )
    assert kept.text == "Ring the office"
    assert b"Ring" not in await value(database, select(reminders.c.sealed_text))
    (delivery,) = await claim(store)
    assert delivery.target == Target(None, None, person)
    assert [r.text for r in await store.of_person(person)] == ["Ring the office"]


@pytest.mark.asyncio
async def test_what_is_past_its_use_expires_and_is_listed_in_the_next_message(store: Reminders) -> None:
    old = await store.add(reminder("old", due_at=NOW - timedelta(days=9), expires_at=NOW), NOW)
    fresh = await store.add(reminder("fresh", expires_at=NOW + timedelta(microseconds=1)), NOW)
    (delivery,) = await claim(store)
    assert delivery.message.text == "due: fresh; missed: old"
    assert delivery.due_at == NOW
    assert await state(store, old) is ReminderState.EXPIRED
    assert await state(store, fresh) is ReminderState.SENDING
    await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)
    assert await state(store, old) is ReminderState.EXPIRED
    assert await state(store, fresh) is ReminderState.SENT
    assert [e.event for e in await store.ledger(GUILD)] == ["sent", "expired"]


@pytest.mark.asyncio
async def test_what_is_only_missed_is_still_told(store: Reminders) -> None:
    await store.add(reminder("old", due_at=NOW - timedelta(days=9), expires_at=NOW - timedelta(days=1)), NOW)
    (delivery,) = await claim(store)
    assert delivery.message.text == "due: ; missed: old"
    assert delivery.due_at == NOW


@pytest.mark.asyncio
async def test_a_claim_that_fails_halfway_leaves_everything_as_it_was(database: Database, store: Reminders) -> None:
    held = await store.add(reminder(), NOW)
    await store.add(reminder("two", channel_id=ELSEWHERE), NOW)
    calls: list[str] = []

    def broken(plan: DeliveryPlan) -> OutgoingMessage:
        calls.append(plan.key)
        if len(calls) == 2:
            raise RuntimeError("the power went")
        return freeze(plan)

    with pytest.raises(RuntimeError):
        await store.claim(NOW, limit=9, token=MINE, freeze=broken)
    assert await state(store, held) is ReminderState.SCHEDULED
    assert await value(database, select(func.count()).select_from(deliveries)) == 0
    assert len(await claim(store)) == 2


@pytest.mark.asyncio
async def test_two_processes_never_claim_the_same(database: Database, store: Reminders) -> None:
    for number in range(40):
        await store.add(reminder(f"r{number}", channel_id=ChannelId(10 + number)), NOW)
    other = Reminders(database, SEALER)
    found = await asyncio.gather(*(claim(s, limit=7, token=str(n)) for n, s in enumerate([store, other] * 5)))
    claimed = [pair for batch in found for d in batch for pair in d.reminders]
    assert len(claimed) == len(set(claimed))
    left = await claim(store)
    assert len(claimed) + len(left) == 40


# Marking


@pytest.mark.asyncio
async def test_sent_is_recorded_with_its_message_and_lateness(store: Reminders) -> None:
    held = await store.add(reminder(due_at=NOW - timedelta(minutes=7)), NOW)
    (delivery,) = await claim(store)
    assert await store.attempting(delivery.delivery_id, MINE, NOW)
    assert (await store.mark_sent(delivery.delivery_id, MINE, MessageId(77), NOW, detail="in passing")).done
    found = await store.get(held.reminder_id)
    assert found is not None
    assert (found.state, found.sent_at, found.message_id) == (ReminderState.SENT, NOW, 77)
    (line,) = await store.ledger(GUILD)
    assert (line.event, line.late_seconds, line.detail, line.attempt) == ("sent", 420, "in passing", 1)
    assert line.reminder_ids == (held.reminder_id,)
    assert await store.ledger(OTHER) == []


@pytest.mark.asyncio
async def test_nothing_is_marked_with_a_token_that_was_taken_over(store: Reminders) -> None:
    held = await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    (taken,) = await store.take_over(NOW, token=THEIRS, every_lease=True)
    assert taken.delivery_id == delivery.delivery_id
    assert not await store.attempting(delivery.delivery_id, MINE, NOW)
    assert not (await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)).done
    assert not await store.retry_later(delivery.delivery_id, MINE, NOW, "no", NOW, maybe_posted=False)
    assert not await store.give_up(delivery.delivery_id, MINE, ReminderState.UNKNOWN, "no", NOW)
    moved = Target(GUILD, NOTICES)
    assert not await store.reroute(delivery.delivery_id, MINE, "notice", moved, delivery.message, "no", NOW)
    assert await state(store, held) is ReminderState.SENDING
    assert (await store.mark_sent(delivery.delivery_id, THEIRS, MessageId(1), NOW)).done


@pytest.mark.asyncio
async def test_many_marks_at_once_each_get_their_own_answer(store: Reminders) -> None:
    for number in range(150):
        await store.add(reminder(f"r{number}", channel_id=ChannelId(10 + number)), NOW)
    claimed = await claim(store, limit=150)
    attempts = await asyncio.gather(
        *(store.attempting(d.delivery_id, MINE if d.delivery_id % 3 else THEIRS, NOW) for d in claimed)
    )
    assert attempts == [bool(d.delivery_id % 3) for d in claimed]
    marks = await asyncio.gather(
        *(
            store.mark_sent(d.delivery_id, MINE if d.delivery_id % 2 else THEIRS, MessageId(d.delivery_id), NOW)
            for d in claimed
        )
    )
    assert [m.done for m in marks] == [bool(d.delivery_id % 2) for d in claimed]
    counts = (await store.health()).counts
    assert counts == {
        ReminderState.SENT: sum(m.done for m in marks),
        ReminderState.SENDING: sum(not m.done for m in marks),
    }


@pytest.mark.asyncio
async def test_a_retry_is_the_same_message_with_the_same_key(store: Reminders) -> None:
    held = await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    await store.attempting(delivery.delivery_id, MINE, NOW)
    again_at = NOW + timedelta(minutes=2)
    assert await store.retry_later(delivery.delivery_id, MINE, again_at, "Discord said 503", NOW, maybe_posted=True)
    assert await state(store, held) is ReminderState.SCHEDULED
    assert await claim(store, again_at - timedelta(seconds=1)) == []
    assert await store.next_due() == again_at
    (again,) = await claim(store, again_at)
    assert (again.key, again.message, again.digest) == (delivery.key, delivery.message, delivery.digest)
    assert (again.attempts, again.attempted_at, again.first_failed_at) == (1, NOW, NOW)
    assert again.due_at == delivery.due_at
    assert await state(store, held) is ReminderState.SENDING


@pytest.mark.asyncio
async def test_an_attempt_counts_from_the_first_that_may_have_arrived(store: Reminders) -> None:
    await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    for minute in (0, 1):
        await store.attempting(delivery.delivery_id, MINE, NOW + timedelta(minutes=minute))
    (again,) = await store.take_over(NOW + timedelta(minutes=3), token=MINE, every_lease=True)
    assert again.attempted_at == NOW
    await store.attempting(delivery.delivery_id, MINE, NOW + timedelta(minutes=4), afresh=True)
    (again,) = await store.take_over(NOW + timedelta(minutes=5), token=MINE, every_lease=True)
    assert again.attempted_at == NOW + timedelta(minutes=4)


@pytest.mark.asyncio
async def test_a_failure_that_surely_posted_nothing_clears_the_attempt(store: Reminders) -> None:
    await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    await store.attempting(delivery.delivery_id, MINE, NOW)
    await store.retry_later(delivery.delivery_id, MINE, NOW, "wait", NOW, maybe_posted=False, counts=False)
    (again,) = await claim(store)
    assert (again.attempted_at, again.attempts, again.first_failed_at) == (None, 0, None)


@pytest.mark.asyncio
async def test_a_fallback_carries_its_own_message_and_begins_afresh(store: Reminders) -> None:
    await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    await store.attempting(delivery.delivery_id, MINE, NOW)
    there = Target(GUILD, NOTICES)
    message = OutgoingMessage("meant for elsewhere")
    assert await store.reroute(delivery.delivery_id, MINE, "notice", there, message, "it was deleted", NOW)
    (again,) = await store.take_over(NOW + LEASE, token=THEIRS, every_lease=False)
    assert (again.route, again.target, again.message, again.attempted_at) == ("notice", there, message, None)
    assert again.key == delivery.key


@pytest.mark.parametrize("ending", [ReminderState.UNDELIVERABLE, ReminderState.UNKNOWN])
@pytest.mark.asyncio
async def test_what_cannot_be_delivered_stays_listed_with_its_reason(store: Reminders, ending: ReminderState) -> None:
    held = await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    assert await store.give_up(delivery.delivery_id, MINE, ending, "the channel was deleted", NOW)
    health = await store.health(GUILD)
    assert health.counts == {ending: 1}
    assert [(p.reminder_id, p.reason) for p in health.problems] == [(held.reminder_id, "the channel was deleted")]
    assert (await store.ledger())[0].event == ending.value
    assert await claim(store, NOW + timedelta(days=400)) == []
    assert await store.take_over(NOW + timedelta(days=400), token=THEIRS, every_lease=True) == []


@pytest.mark.asyncio
async def test_a_delivery_ends_in_no_other_state(store: Reminders) -> None:
    await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    with pytest.raises(ValueError, match="cannot end"):
        await store.give_up(delivery.delivery_id, MINE, ReminderState.SENT, "", NOW)


@pytest.mark.asyncio
async def test_the_owner_is_told_once_until_the_channel_works_or_is_chosen_again(
    database: Database, store: Reminders
) -> None:
    owner = await People(database, SEALER).person(USER, NOW)
    settings = await save_guild(database, owner=owner)
    later = NOW + timedelta(hours=1)

    async def due(rung: str) -> Delivery:
        await store.add(reminder(rung), NOW)
        return next(d for d in await claim(store, later) if d.target.guild_id == GUILD and d.target.person_id is None)

    async def fails(rung: str, notice: str) -> None:
        found = await due(rung)
        await store.give_up(found.delivery_id, MINE, ReminderState.UNDELIVERABLE, "gone", NOW, notice=notice)

    await fails("one", "First")
    await fails("two", "not told")
    told = await store.of_person(owner)
    assert [(t.kind, t.text, t.guild_id) for t in told] == [(ReminderKind.NOTICE, "First", GUILD)]

    await Guilds(database).save(settings, later)
    await fails("three", "Second")
    await store.mark_sent((await due("four")).delivery_id, MINE, MessageId(5), later)
    await fails("five", "Third")
    assert [t.text for t in await store.of_person(owner)] == ["First", "Second", "Third"]


@pytest.mark.asyncio
async def test_without_an_owner_nobody_is_told_and_the_row_stays(database: Database, store: Reminders) -> None:
    await save_guild(database, owner=None)
    await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    assert await store.give_up(delivery.delivery_id, MINE, ReminderState.UNDELIVERABLE, "gone", NOW, notice="Look")
    assert await value(database, select(func.count()).select_from(reminders)) == 1


# Changes while a message is on its way


@pytest.fixture
def ladder() -> tuple[PlannedReminder, ...]:
    civil = CivilTime(date(2027, 3, 1), time(9, 0), "UTC")
    return (PlannedReminder(ReminderKind.DUE, "0", civil, NOW + timedelta(days=30)),)


async def planned(database: Database, ladder: tuple[PlannedReminder, ...]) -> Deadline:
    await save_guild(database, notice_channel_id=NOTICES)
    held = Deadline(DeadlineId(0), GUILD, DeadlineKind.OWN_DATE, "Lobby day", date(2027, 3, 1), GIVEN)
    return await Deadlines(database).add(held, ladder, NOW)


@pytest.mark.asyncio
async def test_a_change_while_sending_is_told_and_the_message_counts_as_sent(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...]
) -> None:
    held = await planned(database, ladder)
    (delivery,) = await claim(store)
    _, sending = await Deadlines(database).save(replace(held, title="Lobby day, moved"), [], NOW)
    assert sending == 1
    marked = await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW, notice="It had just gone out")
    assert marked.done
    assert len(marked.changed) == 1
    (row,) = await store.of_deadline(held.deadline_id)
    assert row.state is ReminderState.SENT
    (notice,) = await claim(store)
    assert notice.target == Target(GUILD, NOTICES)


@pytest.mark.asyncio
async def test_what_surely_was_not_posted_is_written_anew_after_a_change(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...]
) -> None:
    held = await planned(database, ladder)
    other = await store.add(reminder("other", channel_id=None), NOW)
    (delivery,) = await claim(store)
    assert len(delivery.reminders) == 2
    await store.retry_later(delivery.delivery_id, MINE, NOW, "wait", NOW, maybe_posted=False)
    await Deadlines(database).save(held, [], NOW)
    (again,) = await claim(store)
    assert again.key != delivery.key
    assert again.reminders == ((other.reminder_id, 1),)
    (row,) = await store.of_deadline(held.deadline_id)
    assert row.state is ReminderState.CANCELLED


@pytest.mark.asyncio
async def test_what_may_have_been_posted_goes_out_as_it_was_never_regrouped(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...]
) -> None:
    held = await planned(database, ladder)
    await store.add(reminder("other", channel_id=None), NOW)
    (delivery,) = await claim(store)
    await store.attempting(delivery.delivery_id, MINE, NOW)
    await store.retry_later(delivery.delivery_id, MINE, NOW, "lost", NOW, maybe_posted=True)
    await Deadlines(database).save(held, [], NOW)
    (again,) = await claim(store)
    assert (again.key, again.message) == (delivery.key, delivery.message)
    marked = await store.mark_sent(again.delivery_id, MINE, MessageId(1), NOW)
    assert len(marked.changed) == 1
    (row,) = await store.of_deadline(held.deadline_id)
    assert row.state is ReminderState.CANCELLED


@pytest.mark.parametrize("maybe_posted", [True, False])
@pytest.mark.asyncio
async def test_a_delivery_of_nothing_but_cancelled_reminders_is_not_sent(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...], maybe_posted: bool
) -> None:
    held = await planned(database, ladder)
    (delivery,) = await claim(store)
    await store.attempting(delivery.delivery_id, MINE, NOW)
    await store.retry_later(delivery.delivery_id, MINE, NOW, "wait", NOW, maybe_posted=maybe_posted)
    await Deadlines(database).save(held, [], NOW)
    assert await claim(store) == []
    assert (await store.ledger(GUILD))[0].event == "cancelled"
    assert await value(database, select(deliveries.c.state)) == "cancelled"


@pytest.mark.asyncio
async def test_a_rung_moved_while_it_waits_goes_out_at_its_new_time_only(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...]
) -> None:
    held = await planned(database, ladder)
    (delivery,) = await claim(store)
    await store.attempting(delivery.delivery_id, MINE, NOW)
    await store.retry_later(delivery.delivery_id, MINE, NOW, "lost", NOW, maybe_posted=True)
    moved = replace(ladder[0], civil=replace(ladder[0].civil, on=date(2027, 3, 8)))
    await Deadlines(database).save(held, [moved], NOW)
    assert await claim(store) == []
    (again,) = await claim(store, NOW + timedelta(days=7))
    assert again.key != delivery.key


@pytest.mark.asyncio
async def test_a_rung_overtaken_while_sending_is_not_sent_again_after_a_crash(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...]
) -> None:
    held = await planned(database, ladder)
    await claim(store)
    await Deadlines(database).save(held, [], NOW)
    assert await store.take_over(NOW, token=THEIRS, every_lease=True) == []
    (row,) = await store.of_deadline(held.deadline_id)
    assert row.state is ReminderState.CANCELLED
    assert await claim(store) == []


@pytest.mark.asyncio
async def test_a_person_who_is_forgotten_takes_their_message_along(database: Database, store: Reminders) -> None:
    people = People(database, SEALER)
    person = await people.person(USER, NOW)
    await store.add(reminder("mine", guild_id=None, channel_id=None, person_id=person, text="Ring"), NOW)
    (delivery,) = await claim(store)
    await store.retry_later(delivery.delivery_id, MINE, NOW, "wait", NOW, maybe_posted=True)
    await people.forget(person, NOW)
    assert await claim(store) == []
    assert not (await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)).done


@pytest.mark.asyncio
async def test_a_message_that_can_no_longer_be_read_is_written_anew(database: Database, store: Reminders) -> None:
    held = await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    async with database.writing() as connection:
        await connection.execute(update(deliveries).values(sealed_message=b"\x01damaged"))
    assert await store.take_over(NOW, token=THEIRS, every_lease=True) == []
    (again,) = await claim(store)
    assert again.key != delivery.key
    assert again.reminders == ((held.reminder_id, 1),)


# Leases


@pytest.mark.asyncio
async def test_a_lease_is_taken_over_when_it_runs_out_and_not_before(store: Reminders) -> None:
    await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    assert await store.take_over(NOW + LEASE - timedelta(seconds=1), token=THEIRS, every_lease=False) == []
    assert await store.next_due() == NOW + LEASE
    await store.attempting(delivery.delivery_id, MINE, NOW + timedelta(seconds=30))
    assert await store.take_over(NOW + LEASE, token=THEIRS, every_lease=False) == []
    (taken,) = await store.take_over(NOW + LEASE + timedelta(seconds=30), token=THEIRS, every_lease=False)
    assert (taken.key, taken.message, taken.attempted_at) == (
        delivery.key,
        delivery.message,
        NOW + timedelta(seconds=30),
    )
    assert "picked up after an interruption" in [line.event for line in await store.ledger()]


# Asking


@pytest.mark.asyncio
async def test_next_due_is_the_earliest_of_all_there_is_to_do(store: Reminders) -> None:
    assert await store.next_due() is None
    far = NOW + timedelta(days=61)
    held = await store.add(reminder(due_at=far), NOW)
    assert await store.next_due() == far
    await store.add(reminder("sooner", due_at=far - timedelta(microseconds=1)), NOW)
    assert await store.next_due() == far - timedelta(microseconds=1)
    assert await claim(store, far - timedelta(seconds=1)) == []
    assert await store.cancel(held.reminder_id, NOW)
    assert not await store.cancel(held.reminder_id, NOW)
    (delivery,) = await claim(store, far)
    await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), far)
    assert await store.next_due() is None


@pytest.mark.asyncio
async def test_one_being_sent_cannot_be_cancelled(store: Reminders) -> None:
    held = await store.add(reminder(), NOW)
    await claim(store)
    assert not await store.cancel(held.reminder_id, NOW)
    assert await state(store, held) is ReminderState.SENDING


@pytest.mark.asyncio
async def test_why_finds_the_delivery_its_reminders_and_its_lines(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...]
) -> None:
    await planned(database, ladder)
    (delivery,) = await claim(store)
    await store.retry_later(delivery.delivery_id, MINE, NOW, "Discord said 503", NOW, maybe_posted=True)
    (delivery,) = await claim(store)
    await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW + timedelta(minutes=1))
    record = await store.delivery(delivery.key)
    assert record is not None
    assert (record.state, record.sent_at) == ("sent", NOW + timedelta(minutes=1))
    assert [found.deadline.title for found in record.due if found.deadline] == ["Lobby day"]
    assert [line.event for line in record.ledger] == ["to be tried again", "sent"]
    assert record.ledger[0].detail == "Discord said 503"
    assert await store.delivery("nobody knows this") is None


@pytest.mark.asyncio
async def test_health_counts_doubles_and_remembers_the_last_sweep(database: Database, store: Reminders) -> None:
    assert (await store.health()).last_sweep is None
    await store.note_sweep(NOW)
    await store.note_sweep(NOW + timedelta(minutes=1))
    held = await store.add(reminder(), NOW)
    (delivery,) = await claim(store)
    await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)
    health = await store.health()
    assert (health.last_sweep, health.duplicates, health.next_due) == (NOW + timedelta(minutes=1), 0, None)
    async with database.writing() as connection:  # what must never happen, done by hand
        await connection.execute(
            update(reminders).where(reminders.c.id == held.reminder_id).values(state="scheduled", delivery_id=None)
        )
    (delivery,) = await claim(store)
    await store.mark_sent(delivery.delivery_id, MINE, MessageId(2), NOW)
    assert (await store.health(GUILD)).duplicates == 1
    assert (await store.health(OTHER)).duplicates == 0


@pytest.mark.asyncio
async def test_retention_takes_people_first_and_the_ledger_last(database: Database, store: Reminders) -> None:
    person = await People(database, SEALER).person(USER, NOW)
    await store.add(reminder("mine", guild_id=None, channel_id=None, person_id=person, text="Ring"), NOW)
    await store.add(reminder("ours"), NOW)
    for delivery in await claim(store):
        await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)
    await store.add(reminder("to come", guild_id=None, channel_id=None, person_id=person, text="Later"), NOW)

    assert await store.tidy(NOW + timedelta(days=7)) == 0
    assert await store.tidy(NOW + timedelta(days=7, seconds=1)) == 1
    assert [r.rung for r in await store.of_person(person)] == ["to come"]
    assert await store.tidy(NOW + timedelta(days=31)) == 2
    assert await value(database, select(func.count()).where(ledger.c.person_id.is_not(None))) == 0
    assert await store.tidy(NOW + timedelta(days=399)) == 0
    assert await store.tidy(NOW + timedelta(days=401)) == 4
    assert await store.ledger() == []
    assert await value(database, select(func.count()).select_from(reminders)) == 2


# Every change of state


@pytest.mark.asyncio
async def test_the_store_makes_no_change_of_state_that_is_not_allowed(database: Database, store: Reminders) -> None:
    """From each state, try everything there is; whatever changes must be in the table."""
    attempts: list[Callable[[Reminder, DeliveryIdHolder], Any]] = [
        lambda r, d: store.cancel(r.reminder_id, NOW),
        lambda r, d: claim(store, NOW),
        lambda r, d: store.take_over(NOW, token=MINE, every_lease=True),
        lambda r, d: store.mark_sent(d.value, MINE, MessageId(1), NOW),
        lambda r, d: store.retry_later(d.value, MINE, NOW, "x", NOW, maybe_posted=False),
        lambda r, d: store.give_up(d.value, MINE, ReminderState.UNDELIVERABLE, "x", NOW),
        lambda r, d: store.give_up(d.value, MINE, ReminderState.UNKNOWN, "x", NOW),
        lambda r, d: store.tidy(NOW),
    ]
    for number, begin in enumerate(ReminderState):
        for index, attempt in enumerate(attempts):
            held = await store.add(reminder(f"{number}-{index}"), NOW)
            holder = DeliveryIdHolder(0)
            if begin is ReminderState.EXPIRED:
                async with database.writing() as connection:
                    await connection.execute(
                        update(reminders).where(reminders.c.id == held.reminder_id).values(expires_at=NOW)
                    )
            if begin is ReminderState.CANCELLED:
                await store.cancel(held.reminder_id, NOW)
            elif begin is not ReminderState.SCHEDULED:
                (delivery,) = await claim(store)
                holder = DeliveryIdHolder(delivery.delivery_id)
                if begin is ReminderState.SENT:
                    await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)
                elif begin in (ReminderState.UNDELIVERABLE, ReminderState.UNKNOWN):
                    await store.give_up(delivery.delivery_id, MINE, begin, "x", NOW)
            assert await state(store, held) is begin
            await attempt(held, holder)
            after = await state(store, held)
            assert after is begin or may_become(begin, after), (begin, after, index)
            for leftover in [*await store.take_over(NOW, token=MINE, every_lease=True), *await claim(store)]:
                await store.mark_sent(leftover.delivery_id, MINE, MessageId(1), NOW)


class DeliveryIdHolder:
    def __init__(self, value: int) -> None:
        self.value: Any = value


# What the disk may do


@pytest.fixture
def path(tmp_path: Path, prepared_file: Path) -> Path:
    return copied(prepared_file, tmp_path / "postbag.db")


def copied(database: Path, to: Path) -> Path:
    to.parent.mkdir(exist_ok=True)
    for part in ("", "-wal"):
        if Path(f"{database}{part}").exists():
            shutil.copyfile(f"{database}{part}", f"{to}{part}")
    return to


@pytest.mark.asyncio
async def test_a_locked_database_loses_no_mark(path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{path}", busy_seconds=0.05) as database:
        store = Reminders(database, SEALER)
        held = await store.add(reminder(), NOW)
        (delivery,) = await claim(store)
        with sqlite3.connect(path) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)
            with pytest.raises(Unavailable):
                await claim(store)
            other.rollback()
        other.close()
        assert await state(store, held) is ReminderState.SENDING
        assert (await store.mark_sent(delivery.delivery_id, MINE, MessageId(1), NOW)).done


@pytest.mark.asyncio
async def test_a_copy_made_after_the_claim_still_knows_the_delivery(path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{path}") as database:
        store = Reminders(database, SEALER)
        await store.add(reminder(), NOW)
        (delivery,) = await claim(store)
        await store.attempting(delivery.delivery_id, MINE, NOW)
        copy = copied(path, path.parent / "after" / "postbag.db")
    async with open_database(f"sqlite+aiosqlite:///{copy}") as database:
        (again,) = await Reminders(database, SEALER).take_over(NOW, token=THEIRS, every_lease=True)
    assert (again.key, again.message, again.attempted_at) == (delivery.key, delivery.message, NOW)


@pytest.mark.asyncio
async def test_a_date_that_cannot_be_read_holds_up_nobodys_reminders(
    database: Database, store: Reminders, ladder: tuple[PlannedReminder, ...]
) -> None:
    watched = await planned(database, ladder)
    await store.add(reminder("other", channel_id=ELSEWHERE), NOW)
    async with database.writing() as connection:
        await connection.execute(
            update(deadlines).where(deadlines.c.id == watched.deadline_id).values(rule="a rule that nobody knows")
        )
    claimed = await claim(store)
    assert sum(len(delivery.reminders) for delivery in claimed) == 2


# Waiting for the morning


@pytest.mark.asyncio
async def test_what_waits_is_not_marked_and_is_claimed_anew_in_its_time(store: Reminders) -> None:
    due = await store.add(reminder("due"), NOW)
    gone = await store.add(reminder("gone", due_at=NOW - timedelta(hours=2), expires_at=NOW - timedelta(hours=1)), NOW)
    morning = NOW + timedelta(hours=6)
    assert await claim(store, waits=lambda plan: morning) == []
    assert await state(store, due) is ReminderState.SCHEDULED
    assert await state(store, gone) is ReminderState.SCHEDULED, "it is told as missed in the morning, not forgotten"
    assert await store.next_due() == morning
    assert await claim(store, morning - timedelta(minutes=1)) == []
    (delivery,) = await claim(store, morning)
    assert delivery.message.text == "due: due; missed: gone"
    assert await state(store, due) is ReminderState.SENDING
    assert await state(store, gone) is ReminderState.EXPIRED
    assert (await store.mark_sent(delivery.delivery_id, MINE, MessageId(77), morning)).done
    assert await claim(store, morning + timedelta(hours=1)) == []


@pytest.mark.asyncio
async def test_only_what_was_missed_waits_as_well(store: Reminders) -> None:
    gone = await store.add(reminder("gone", due_at=NOW - timedelta(hours=2), expires_at=NOW - timedelta(hours=1)), NOW)
    morning = NOW + timedelta(hours=6)
    assert await claim(store, waits=lambda plan: morning) == []
    (delivery,) = await claim(store, morning)
    assert delivery.message.text == "due: ; missed: gone"
    assert await state(store, gone) is ReminderState.EXPIRED


@pytest.mark.asyncio
async def test_what_is_taken_up_says_what_it_tells_of(store: Reminders) -> None:
    ends = NOW + timedelta(hours=9)
    await store.add(reminder("due", kind=ReminderKind.EVENT_NEWS, expires_at=ends), NOW)
    (fresh,) = await claim(store)
    assert fresh.told == ()
    (again,) = await store.take_over(NOW + LEASE, token=THEIRS, every_lease=False)
    (moment,) = again.told
    assert (moment.kind, moment.due_at, moment.zone, moment.ends) == (ReminderKind.EVENT_NEWS, NOW, "UTC", ends)


@pytest.mark.asyncio
async def test_tries_are_counted_on_after_a_night(store: Reminders) -> None:
    await store.add(reminder("due"), NOW)
    (first,) = await claim(store)
    await store.retry_later(first.delivery_id, MINE, NOW, "down", NOW, maybe_posted=False)
    (again,) = await claim(store)
    await store.retry_later(
        again.delivery_id, MINE, NOW + timedelta(hours=6), WAITS_FOR_MORNING, NOW, maybe_posted=False, counts=False
    )
    (anew,) = await claim(store, NOW + timedelta(hours=6))
    assert anew.delivery_id != first.delivery_id
    assert (anew.attempts, anew.first_failed_at) == (1, NOW)
