"""Events of a group's own: what is kept of them, and that what repeats plans on in the transaction that claims it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.clock import MovableClock
from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import BECAME_EVENT, Deadline, DeadlineKind
from bot.domain.errors import NotFound, Overtaken, Refused
from bot.domain.group_events import GroupEvent, GroupEventKind, GroupEventState, Moved
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeadlineId, GroupEventId, GuildId, MessageId, UserId
from bot.domain.messages import MessageButton, OutgoingMessage
from bot.domain.reminders import CivilTime, PlannedReminder, ReminderKind, ReminderState
from bot.domain.rules import GIVEN
from bot.sealing import Sealer
from bot.services.group_events import GroupEventService, TypedEvent
from bot.services.ports.deliveries import Delivery, DeliveryPlan
from storage.database import Database
from storage.deadlines import Deadlines
from storage.group_events import GroupEvents
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.store import Reminders
from storage.schema import reminders

pytestmark = pytest.mark.asyncio

START = datetime(2026, 11, 28, 10, tzinfo=UTC)
GUILD = GuildId(4_000_000_000_000_000_001)
OTHER = GuildId(4_000_000_000_000_000_002)
CHANNEL = ChannelId(5_000_000_000_000_000_001)
SEALER = Sealer(bytes(range(32)))
MEETING = TypedEvent(GroupEventKind.MEETING, "Branch meeting", "8 December 7pm to 9pm", "Town hall")
WEEKLY = replace(MEETING, when="every Tuesday 7pm to 9pm")


def freeze(plan: DeliveryPlan) -> OutgoingMessage:
    told = ", ".join(f"{found.reminder.kind} {found.reminder.rung}" for found in plan.due)
    return OutgoingMessage(told, (MessageButton("Why", action=f"pb:why:{plan.key}"),), None, "", plan.is_silent)


@dataclass
class Desk:
    database: Database
    clock: MovableClock
    store: GroupEvents
    reminders: Reminders
    service: GroupEventService

    async def claim(self) -> list[Delivery]:
        now = self.clock.now()
        return list(await self.reminders.claim(now, limit=90, token="mine", freeze=freeze))

    async def post(self) -> list[str]:
        """Claim what is due until nothing is, and mark it as posted."""
        found: list[Delivery] = []
        while claimed := await self.claim():
            found += claimed
        for number, delivery in enumerate(found, 1):
            await self.reminders.mark_sent(delivery.delivery_id, "mine", MessageId(number), self.clock.now())
        return [f"{'(silent) ' if d.message.silent else ''}{d.message.text}" for d in found]

    async def rows(self, *states: ReminderState) -> Sequence[Any]:
        wanted = [state.value for state in states or (ReminderState.SCHEDULED,)]
        query = select(reminders).where(reminders.c.state.in_(wanted)).order_by(reminders.c.due_at)
        async with self.database.reading() as connection:
            return (await connection.execute(query)).all()

    async def to_come(self) -> list[tuple[str, str]]:
        return [(row.rung, row.local_date) for row in await self.rows()]

    def at(self, year: int, month: int, day: int, hour: int = 9) -> None:
        self.clock.move_to(datetime(year, month, day, hour, 1, tzinfo=UTC))

    async def add(self, typed: TypedEvent = MEETING, **more: Any) -> GroupEvent:
        return (await self.service.add(GUILD, None, typed, **more)).event


@pytest_asyncio.fixture
async def desk(database: Database) -> Desk:
    await Guilds(database).save(GuildSettings(GUILD, channel_id=CHANNEL, high_risk=False), START)
    clock = MovableClock(START)
    store, held = GroupEvents(database), Reminders(database, SEALER)
    service = GroupEventService(store, Guilds(database), clock, lambda: None, reminders=held)
    return Desk(database, clock, store, held, service)


async def test_every_field_comes_back(desk: Desk) -> None:
    person = await People(desk.database, SEALER).person(UserId(1), START)
    full = GroupEvent(
        GroupEventId(0),
        GUILD,
        GroupEventKind.LOBBY_DAY,
        "Lobby day – 回答",
        date(2026, 12, 8),
        time(19, 30),
        "Europe/Paris",
        90,
        "Westminster",
        "https://example.org/x",
        "Words",
        Repeat.NTH_WEEKDAY,
        date(2030, 1, 1),
        (Moved(date(2027, 1, 5), date(2027, 1, 6), time(18)), Moved(date(2027, 2, 2))),
        (-14, 0),
        True,
        date(2026, 12, 1),
        set_by=person,
    )
    stored, new = await desk.store.add(full, (), START)
    assert new
    assert stored == replace(full, group_event_id=stored.group_event_id, created_at=START, updated_at=START)
    assert await desk.store.get(GUILD, stored.group_event_id) == stored
    assert await desk.store.get(OTHER, stored.group_event_id) is None
    assert list(await desk.store.of_guild(GUILD)) == [stored]
    assert list(await desk.store.everyone()) == []


async def test_one_event_is_reminded_of_and_then_over(desk: Desk) -> None:
    event = await desk.add()
    assert await desk.to_come() == [("-7", "2026-12-01"), ("-1", "2026-12-07"), ("0", "2026-12-08")]
    desk.at(2026, 12, 1)
    assert await desk.post() == ["(silent) event -7"]
    desk.at(2026, 12, 8)
    assert await desk.post() == ["event 0"]  # the eve was slept through, and the day says what it would have said
    assert await desk.to_come() == []
    assert event.state(datetime(2026, 12, 9, tzinfo=UTC)) is GroupEventState.OVER
    assert await desk.service.recompute() == 0
    assert await desk.to_come() == []


async def test_what_repeats_plans_on_with_each_claim_over_both_clock_changes(desk: Desk) -> None:
    await desk.add(WEEKLY)
    said = []
    day = START.replace(hour=12)
    for _ in range(400):
        day += timedelta(days=1)
        desk.clock.move_to(day)
        said += await desk.post()
    assert said.count("(silent) event -1") == said.count("event 0") == 57
    rows = await desk.rows(ReminderState.SENT)
    assert len(rows) == 114
    assert {row.local_time for row in rows} == {"09:00"}
    assert {row.utc_offset for row in rows} == {0, 60}
    assert len(await desk.to_come()) == 2


async def test_a_claim_that_is_lost_neither_loses_nor_doubles_what_comes_next(desk: Desk) -> None:
    await desk.add(WEEKLY)
    desk.at(2026, 11, 30)
    await desk.claim()  # the process dies here
    assert await desk.to_come() == [("0", "2026-12-01"), ("-1", "2026-12-07")]
    await desk.service.recompute()
    await desk.service.replan(GUILD)
    assert await desk.to_come() == [("0", "2026-12-01"), ("-1", "2026-12-07")]


async def test_after_weeks_away_it_says_what_comes_and_not_what_is_over(desk: Desk) -> None:
    await desk.add(WEEKLY)
    desk.at(2027, 1, 15)
    assert [text for text in await desk.post() if text] == []
    assert await desk.to_come() == [("-1", "2027-01-18"), ("0", "2027-01-19")]


async def test_what_has_lost_its_next_reminder_is_planned_again_at_start(desk: Desk) -> None:
    await desk.add(WEEKLY)
    async with desk.database.writing() as connection:
        await connection.execute(update(reminders).values(state=ReminderState.CANCELLED.value))
    assert await desk.service.recompute() == 1
    assert len(await desk.to_come()) == 2


async def test_one_form_is_kept_once(desk: Desk) -> None:
    first = await desk.add(draft="form")
    again = await desk.add(draft="form")
    assert again == first
    assert len(await desk.store.of_guild(GUILD)) == 1
    both = await asyncio.gather(desk.add(draft="other"), desk.add(draft="other"))
    assert both[0] == both[1]
    assert (await desk.add(draft=None)).group_event_id != (await desk.add(draft=None)).group_event_id


async def test_an_event_is_changed_once_and_the_later_form_is_told(desk: Desk) -> None:
    event = await desk.add()
    key = (GUILD, event.group_event_id, None)
    change = await desk.service.edit(*key, replace(MEETING, when="10 December 7pm"), revision=1)
    assert change.event.revision == 2
    assert not change.announced  # nobody had heard of it
    assert await desk.to_come() == [("-7", "2026-12-03"), ("-1", "2026-12-09"), ("0", "2026-12-10")]
    with pytest.raises(Overtaken, match="Branch meeting"):
        await desk.service.edit(*key, replace(MEETING, when="11 December"), revision=1)
    same = await desk.service.edit(*key, replace(MEETING, when="10 December 7pm"), revision=1)
    assert same.event == change.event
    with pytest.raises(NotFound):
        await desk.service.edit(OTHER, event.group_event_id, None, MEETING)


async def test_a_change_is_told_once_where_the_group_was_reminded(desk: Desk) -> None:
    event = await desk.add()
    desk.at(2026, 12, 1)
    await desk.post()
    key = (GUILD, event.group_event_id, None)
    assert (await desk.service.edit(*key, replace(MEETING, when="9 December 7pm"))).announced
    assert (await desk.service.edit(*key, replace(MEETING, when="10 December 7pm"))).announced
    desk.at(2026, 12, 1, 10)
    assert await desk.post() == ["event-news news"]
    assert not (await desk.service.edit(*key, replace(MEETING, when="10 December 7pm", title="AGM"))).announced
    assert (await desk.service.call_off(*key)).announced
    assert not (await desk.service.call_off(*key)).announced
    assert await desk.post() == ["event-news off"]
    assert await desk.to_come() == []
    with pytest.raises(Refused, match="called off"):
        await desk.service.remind(*key, (-1,), aloud=False)


async def test_one_occurrence_is_moved_and_another_left_out(desk: Desk) -> None:
    event = await desk.add(WEEKLY)
    key = (GUILD, event.group_event_id, None)
    desk.at(2026, 11, 30)
    await desk.post()
    change = await desk.service.move(*key, date(2026, 12, 8), "9 December 6pm", revision=1)
    assert change.announced
    await desk.service.move(*key, date(2026, 12, 15), "")
    assert ("-1", "2026-12-08") in await desk.to_come()
    assert await desk.post() == ["event-news news, event-news off"]
    again = await desk.service.move(*key, date(2026, 12, 15), "")
    assert again.event.revision == 3
    with pytest.raises(Overtaken):
        await desk.service.move(*key, date(2026, 12, 22), "", revision=1)
    said: list[str] = []
    days = []
    for day in range(1, 28):
        desk.at(2026, 12, day)
        for text in await desk.post():
            said.append(text)
            days.append((text.rpartition(" ")[2], day))
    assert [day for rung, day in days if rung == "0"] == [1, 9, 22]
    assert [day for rung, day in days if rung == "-1"] == [8, 21]


async def test_its_own_days_and_whether_they_are_heard(desk: Desk) -> None:
    event = await desk.add()
    key = (GUILD, event.group_event_id, None)
    await desk.service.remind(*key, (-3, 0), aloud=True, revision=1)
    assert await desk.to_come() == [("-3", "2026-12-05"), ("0", "2026-12-08")]
    desk.at(2026, 12, 5)
    assert await desk.post() == ["event -3"]
    await desk.service.remind(*key, None, aloud=False)
    assert await desk.to_come() == [("-1", "2026-12-07"), ("0", "2026-12-08")]


async def test_a_reminder_that_is_due_and_not_sent_yet_survives_a_change_of_something_else(desk: Desk) -> None:
    event = await desk.add()
    desk.at(2026, 12, 1)
    await desk.service.edit(GUILD, event.group_event_id, None, replace(MEETING, place="Library"))
    assert await desk.post() == ["(silent) event -7"]


async def test_what_is_just_being_posted_and_changes_is_overtaken(desk: Desk) -> None:
    event = await desk.add()
    desk.at(2026, 12, 8)
    (delivery,) = await desk.claim()
    change = await desk.service.edit(GUILD, event.group_event_id, None, replace(MEETING, when="10 December 7pm"))
    assert change.sending == 1
    assert change.announced
    assert delivery.message.text == "event 0"
    assert ("0", "2026-12-10") in await desk.to_come()


def own_date(**changes: Any) -> Deadline:
    base = Deadline(DeadlineId(0), GUILD, DeadlineKind.OWN_DATE, "Council vote", date(2026, 12, 16), GIVEN)
    return replace(base, **changes)


async def test_a_date_becomes_an_event_with_what_hung_on_it(desk: Desk) -> None:
    dates = Deadlines(desk.database)
    civil = CivilTime(date(2026, 12, 13), time(9), "Europe/London")
    held = await dates.add(own_date(), (PlannedReminder(ReminderKind.BEFORE, "-3", civil, for_day=civil.on),), START)
    event = await desk.service.instead_of(held, None, revision=1)
    assert (event.title, event.on, event.kind) == ("Council vote", date(2026, 12, 16), GroupEventKind.OTHER)
    gone = await dates.get(GUILD, held.deadline_id)
    assert gone is not None
    assert (gone.note, gone.withdrawn_on) == (BECAME_EVENT, START.date())
    assert {row.kind for row in await desk.rows()} == {"event"}
    assert await desk.service.instead_of(held, None, revision=1) == event
    assert await desk.service.instead_of(gone, None, revision=1) == event
    with pytest.raises(Overtaken):
        await desk.service.instead_of(held, None, revision=7)
    with pytest.raises(Refused, match="changed a moment ago"):
        await desk.store.add(replace(event, title="x"), (), START, draft="y", instead_of=held)


async def test_two_at_once_leave_one_change_and_one_told(desk: Desk) -> None:
    event = await desk.add()
    key = (GUILD, event.group_event_id, None)
    wanted = (replace(MEETING, when="10 December"), replace(MEETING, when="11 December"))
    done = await asyncio.gather(
        *(desk.service.edit(*key, typed, revision=1) for typed in wanted), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in done) == ["EventChange", "Overtaken"]


async def test_settings_move_the_hour(desk: Desk) -> None:
    await desk.add()
    held = await Guilds(desk.database).get(GUILD)
    await Guilds(desk.database).save(replace(held, time_of_day=time(18)), START)
    assert await desk.service.replan(GUILD) == 1
    assert {row.local_time for row in await desk.rows()} == {"18:00"}
    assert await desk.service.replan(GUILD) == 0
