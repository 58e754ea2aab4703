"""Private reminders on both databases: only their owner touches them, and what repeats is planned once, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import DeadlineId, GuildId, MessageId, PersonalId, PersonId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.private_reminders import MOST_ACTIVE, PersonSettings, PrivateReminder
from bot.domain.reminders import CivilTime, ReminderState
from bot.domain.rules import GIVEN
from bot.sealing import Sealer
from bot.services.ports.deliveries import Delivery, DeliveryPlan
from storage.database import Database
from storage.deadlines import Deadlines
from storage.people import People
from storage.private_reminders import PrivateReminders
from storage.reminders.store import Reminders
from storage.schema import personal_reminders, reminders

NOW = datetime(2027, 10, 29, 7, 0, tzinfo=UTC)  # a Friday, two days before the clocks go back
LONDON = "Europe/London"
AT_NINE = CivilTime(date(2027, 10, 29), time(9), LONDON)
SEALER = Sealer(bytes(range(32)))
TOKEN = "a-token"


class House:
    """The stores and one person."""

    def __init__(self, database: Database, me: PersonId, other: PersonId) -> None:
        self.database, self.me, self.other = database, me, other
        self.personal = PrivateReminders(database, SEALER)
        self.engine = Reminders(database, SEALER)
        self.plans: list[DeliveryPlan] = []

    def wanted(self, first: CivilTime = AT_NINE, **changes: Any) -> PrivateReminder:
        return replace(PrivateReminder(PersonalId(0), self.me, "Ring the office", first), **changes)

    async def claim(self, now: datetime, token: str = TOKEN) -> Sequence[Delivery]:
        def freeze(plan: DeliveryPlan) -> OutgoingMessage:
            self.plans.append(plan)
            return OutgoingMessage("; ".join(found.reminder.text for found in plan.due))

        return await self.engine.claim(now, limit=10, token=token, freeze=freeze)

    async def deliver(self, now: datetime) -> int:
        claimed = await self.claim(now)
        for delivery in claimed:
            assert await self.engine.attempting(delivery.delivery_id, TOKEN, now)
            assert (await self.engine.mark_sent(delivery.delivery_id, TOKEN, MessageId(7), now)).done
        return len(claimed)

    async def fail(self, now: datetime, state: ReminderState = ReminderState.UNDELIVERABLE) -> None:
        for delivery in await self.claim(now):
            assert await self.engine.give_up(delivery.delivery_id, TOKEN, state, "closed", now)

    async def states(self) -> list[tuple[str, str]]:
        async with self.database.reading() as connection:
            rows = await connection.execute(select(reminders).order_by(reminders.c.due_at))
            return [(f"r{row.generation}@{row.local_date}T{row.local_time}", row.state) for row in rows]

    async def count(self, table: Any) -> int:
        async with self.database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


@pytest_asyncio.fixture
async def house(database: Database) -> House:
    people = People(database, SEALER)
    return House(database, await people.person(UserId(1), NOW), await people.person(UserId(2), NOW))


@pytest.mark.asyncio
async def test_one_draft_is_kept_once_however_often_and_at_once(house: House) -> None:
    kept = await asyncio.gather(*(house.personal.add(house.wanted(), NOW, "k1") for _ in range(5)))
    assert len({one.personal_id for one in kept}) == 1
    assert await house.count(reminders) == 1
    again = await house.personal.add(house.wanted(text="Something else"), NOW, "k1")
    assert (again.personal_id, again.text) == (kept[0].personal_id, "Ring the office")
    await house.personal.add(house.wanted(), NOW, "k2")
    await house.personal.add(house.wanted(), NOW)
    await house.personal.add(house.wanted(), NOW)
    await house.personal.add(house.wanted(person_id=house.other), NOW, "k1")
    assert await house.count(personal_reminders) == 5


@pytest.mark.asyncio
async def test_one_change_made_twice_is_one_change(house: House) -> None:
    kept = await house.personal.add(house.wanted(), NOW)
    changed = replace(kept, text="Ring again", first=replace(AT_NINE, at=time(15)))
    first, _ = await house.personal.change(changed, NOW)
    second, _ = await house.personal.change(changed, NOW)
    assert first.revision == second.revision == 2
    with pytest.raises(Refused, match="has changed since you opened it"):
        await house.personal.change(replace(changed, text="Another"), NOW)


@pytest.mark.asyncio
async def test_it_is_kept_with_its_time_and_its_words_are_sealed(house: House) -> None:
    kept = await house.personal.add(house.wanted(about="recommendation never-again/3"), NOW)
    assert kept == await house.personal.get(house.me, kept.personal_id)
    assert (kept.next_time, kept.text, kept.repeat) == (AT_NINE, "Ring the office", Repeat.ONCE)
    async with house.database.reading() as connection:
        sealed = (await connection.execute(select(personal_reminders.c.sealed_text))).scalar_one()
        again = (await connection.execute(select(reminders.c.sealed_text))).scalar_one()
    assert b"Ring" not in bytes(sealed) + bytes(again)
    assert await house.engine.next_due() == AT_NINE.instant()


@pytest.mark.asyncio
async def test_nobody_else_sees_or_changes_it(house: House) -> None:
    kept = await house.personal.add(house.wanted(), NOW)
    theirs = replace(kept, person_id=house.other)
    assert await house.personal.of_person(house.other) == []
    attempts = (
        house.personal.get(house.other, kept.personal_id),
        house.personal.change(theirs, NOW),
        house.personal.done(house.other, kept.personal_id, NOW, stop=True),
        house.personal.snooze(house.other, kept.personal_id, AT_NINE, NOW),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            await attempt
    assert await house.personal.get(house.me, kept.personal_id) == kept
    assert await house.states() == [("r1@2027-10-29T09:00", "scheduled")]


@pytest.mark.asyncio
async def test_there_is_a_limit_for_each_person_with_a_kind_word(house: House) -> None:
    for _ in range(MOST_ACTIVE):
        await house.personal.add(house.wanted(), NOW)
    with pytest.raises(Refused, match="100 reminders") as refusal:
        await house.personal.add(house.wanted(), NOW)
    assert "/remind list" in refusal.value.next_step
    await house.personal.add(house.wanted(person_id=house.other), NOW)
    assert await house.count(personal_reminders) == MOST_ACTIVE + 1


@pytest.mark.asyncio
async def test_a_change_takes_the_place_of_the_old_time(house: House) -> None:
    kept = await house.personal.add(house.wanted(), NOW)
    noon = replace(AT_NINE, at=time(12))
    changed, sending = await house.personal.change(replace(kept, text="Write instead", first=noon), NOW)
    assert (changed.text, changed.next_time, changed.revision, sending) == ("Write instead", noon, 2, False)
    assert await house.states() == [("r1@2027-10-29T09:00", "cancelled"), ("r2@2027-10-29T12:00", "scheduled")]
    with pytest.raises(Refused, match="has changed since you opened it"):
        await house.personal.change(kept, NOW)
    back, _ = await house.personal.change(replace(changed, first=AT_NINE), NOW)
    assert await house.personal.get(house.me, kept.personal_id) == back
    assert await house.deliver(AT_NINE.instant()) == 1
    assert [found.reminder.text for found in house.plans[0].due] == ["Write instead"]


@pytest.mark.asyncio
async def test_a_change_while_it_goes_out_is_said(house: House) -> None:
    kept = await house.personal.add(house.wanted(), NOW)
    (delivery,) = await house.claim(AT_NINE.instant())
    noon = replace(AT_NINE, at=time(12))
    _, sending = await house.personal.change(replace(kept, first=noon), AT_NINE.instant())
    assert sending
    await house.engine.attempting(delivery.delivery_id, TOKEN, AT_NINE.instant())
    assert (await house.engine.mark_sent(delivery.delivery_id, TOKEN, MessageId(7), AT_NINE.instant())).done
    assert await house.states() == [("r1@2027-10-29T09:00", "sent"), ("r2@2027-10-29T12:00", "scheduled")]


@pytest.mark.asyncio
async def test_snooze_and_done_work_after_it_was_sent_and_twice_changes_nothing(house: House) -> None:
    kept = await house.personal.add(house.wanted(), NOW)
    now = AT_NINE.instant()
    await house.deliver(now)
    evening = replace(AT_NINE, at=time(18))
    snoozed = await house.personal.snooze(house.me, kept.personal_id, evening, now)
    snoozed = await house.personal.snooze(house.me, kept.personal_id, replace(evening, at=time(19)), now)
    assert (snoozed.snoozes, snoozed.next_time) == (2, replace(evening, at=time(19)))
    assert [state for _, state in await house.states()] == ["sent", "cancelled", "scheduled"]
    done = await house.personal.done(house.me, kept.personal_id, now, stop=False)
    assert (done.done_at, done.next_time) == (now, None)
    assert await house.personal.done(house.me, kept.personal_id, now, stop=False) == done
    later = await house.personal.snooze(house.me, kept.personal_id, replace(evening, at=time(20)), now)
    assert later.done_at is None
    assert await house.deliver(replace(evening, at=time(20)).instant()) == 1


@pytest.mark.asyncio
async def test_what_repeats_keeps_its_hour_over_the_october_change(house: House) -> None:
    await house.personal.add(house.wanted(repeat=Repeat.DAILY), NOW)
    instants = []
    for _ in range(4):
        due = await house.engine.next_due()
        assert due is not None
        instants.append(due)
        assert await house.deliver(due) == 1
        assert await house.deliver(due) == 0
    assert [(at.day, at.hour) for at in instants] == [(29, 8), (30, 8), (31, 9), (1, 9)]


@pytest.mark.asyncio
async def test_the_next_time_is_there_as_soon_as_the_one_before_is_claimed_and_once_only(house: House) -> None:
    await house.personal.add(house.wanted(repeat=Repeat.DAILY), NOW)
    now = AT_NINE.instant()
    await house.claim(now)  # and then the process dies
    planned = [("r1@2027-10-29T09:00", "sending"), ("r1@2027-10-30T09:00", "scheduled")]
    assert await house.states() == planned
    (again,) = await house.engine.take_over(now + timedelta(minutes=3), token="another", every_lease=True)
    assert await house.states() == planned
    assert await house.engine.retry_later(again.delivery_id, "another", now, "not now", now, maybe_posted=False)
    await house.claim(now + timedelta(minutes=4))
    assert await house.states() == planned


@pytest.mark.asyncio
async def test_after_days_away_one_message_stands_for_those_that_were_missed(house: House) -> None:
    await house.personal.add(house.wanted(repeat=Repeat.DAILY), NOW)
    back = datetime(2027, 11, 4, 12, tzinfo=UTC)
    assert await house.deliver(back) == 1
    (found,) = house.plans[0].due
    assert (found.reminder.due_at, found.missed) == (AT_NINE.instant(), 6)
    due = await house.engine.next_due()
    assert due == datetime(2027, 11, 5, 9, tzinfo=UTC)


@pytest.mark.asyncio
async def test_a_repeat_ends_with_its_last_day_or_when_it_is_stopped(house: House) -> None:
    ending = await house.personal.add(house.wanted(repeat=Repeat.DAILY, until=date(2027, 10, 30)), NOW)
    stopped = await house.personal.add(house.wanted(repeat=Repeat.DAILY), NOW)
    await house.deliver(AT_NINE.instant())
    ended = await house.personal.done(house.me, stopped.personal_id, NOW, stop=True)
    assert ended.next_time is None
    going = await house.personal.done(house.me, ending.personal_id, NOW, stop=False)
    assert going.next_time is not None
    await house.deliver(going.next_time.instant())
    assert await house.engine.next_due() is None
    assert not (await house.personal.get(house.me, ending.personal_id)).is_active


@pytest.mark.asyncio
async def test_what_did_not_arrive_waits_to_be_shown_and_is_noted_once_shown(house: House) -> None:
    kept = await house.personal.add(house.wanted(), NOW)
    await house.fail(AT_NINE.instant())
    assert await house.personal.not_seen_by_anyone_yet() == {house.me}
    (waiting,) = await house.personal.not_seen(house.me)
    assert (waiting.text, waiting.personal_id, waiting.reason) == ("Ring the office", kept.personal_id, "closed")
    assert not waiting.may_have_come
    assert await house.personal.not_seen(house.other) == []
    await house.personal.shown(house.other, [waiting.reminder_id], NOW)
    assert await house.personal.not_seen(house.me) == [waiting]
    await house.personal.shown(house.me, [waiting.reminder_id], NOW)
    assert await house.personal.not_seen(house.me) == []
    assert await house.personal.not_seen_by_anyone_yet() == frozenset()


@pytest.mark.claim("C-19")
@pytest.mark.asyncio
async def test_a_week_after_it_is_done_nothing_is_left_but_what_was_not_seen_stays_longer(house: House) -> None:
    await house.personal.add(house.wanted(), NOW)
    repeated = await house.personal.add(house.wanted(repeat=Repeat.WEEKLY), NOW)
    now = AT_NINE.instant()
    await house.deliver(now)
    unseen = await house.personal.add(house.wanted(replace(AT_NINE, at=time(11))), NOW)
    await house.fail(replace(AT_NINE, at=time(11)).instant())
    await house.engine.tidy(now + timedelta(days=6))
    assert await house.count(personal_reminders) == 3
    await house.engine.tidy(now + timedelta(days=8))
    assert {r.personal_id for r in await house.personal.of_person(house.me)} == {
        repeated.personal_id,
        unseen.personal_id,
    }
    assert len(await house.personal.not_seen(house.me)) == 1
    await house.engine.tidy(now + timedelta(days=91))
    assert [r.personal_id for r in await house.personal.of_person(house.me)] == [repeated.personal_id]


@pytest.mark.asyncio
async def test_own_settings_are_kept_and_changed(house: House) -> None:
    assert await house.personal.settings(house.me) == PersonSettings()
    for chosen in (PersonSettings("Asia/Almaty", time(7, 30), 14, neutral=True), PersonSettings(None, None, 0)):
        await house.personal.save_settings(house.me, chosen, NOW)
        assert await house.personal.settings(house.me) == chosen
    assert await house.personal.settings(house.other) == PersonSettings()


@pytest.mark.asyncio
async def test_it_moves_with_the_date_it_counts_from_and_is_not_lost_with_it(house: House) -> None:
    dates = Deadlines(house.database)
    deadline = await dates.add(
        Deadline(DeadlineId(0), GuildId(9), DeadlineKind.OWN_DATE, "Vote", date(2027, 12, 10), GIVEN), (), NOW
    )
    first = CivilTime(date(2027, 12, 7), time(9), LONDON)
    kept = await house.personal.add(house.wanted(first, deadline_id=deadline.deadline_id, lead_days=3), NOW)
    assert await house.personal.follow_dates(NOW) == 0
    moved, _ = await dates.save(replace(deadline, due_on=date(2027, 12, 20)), (), NOW)
    assert await house.personal.follow_dates(NOW) == 1
    assert await house.personal.follow_dates(NOW) == 0
    now_at = await house.personal.get(house.me, kept.personal_id)
    assert now_at.next_time == now_at.first == replace(first, on=date(2027, 12, 17))
    assert await house.engine.of_deadline(deadline.deadline_id) == [], (
        "a private reminder is no part of the group's clock"
    )
    await dates.save(replace(moved, withdrawn_on=date(2027, 11, 1)), (), NOW)
    assert await house.personal.follow_dates(NOW) == 0
    assert await house.deliver(now_at.first.instant()) == 1
    (found,) = house.plans[0].due
    assert found.deadline is not None
    assert found.deadline.withdrawn_on == date(2027, 11, 1), "its message can say how the date stands"


@pytest.mark.asyncio
async def test_cancelled_at_the_moment_it_is_claimed_nothing_is_left_planned(house: House) -> None:
    now = AT_NINE.instant()
    for _ in range(8):
        kept = await house.personal.add(house.wanted(repeat=Repeat.DAILY), NOW)
        claimed, cancelled = await asyncio.gather(
            house.claim(now), house.personal.done(house.me, kept.personal_id, now, stop=True)
        )
        assert cancelled.done_at == now
        assert not (await house.personal.get(house.me, kept.personal_id)).is_active
        for delivery in claimed:
            await house.engine.mark_sent(delivery.delivery_id, TOKEN, MessageId(7), now)
    assert await house.engine.next_due() is None
