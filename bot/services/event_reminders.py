"""The reminders that an event calls for now, set beside those that are stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.clock import Clock
from bot.domain.group_events import GroupEvent, day_of, plan_event
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GroupEventId
from bot.domain.reminders import ENDED_UNSENT, PlannedReminder, Reminder, ReminderKind, ReminderState

UNDER_WAY = (ReminderState.SCHEDULED, ReminderState.SENDING)
TOLD = (ReminderState.SENT, ReminderState.SENDING, ReminderState.UNKNOWN)


class EventReminders(Protocol):
    """What is asked of the reminders: those of one event."""

    async def of_group_event(self, group_event_id: GroupEventId) -> Sequence[Reminder]: ...


@dataclass(frozen=True, slots=True)
class EventLadder:
    """An event's reminders as people see them: those to come, and those that were due, with what became of them."""

    settings: GuildSettings
    to_come: tuple[PlannedReminder, ...]
    past: tuple[Reminder, ...] = ()


class EventLadders:
    """Work out the reminders of events. ``bank_holidays`` gives those of a division, or none."""

    def __init__(
        self, reminders: EventReminders, clock: Clock, bank_holidays: Callable[[str], Collection[date]]
    ) -> None:
        self._reminders = reminders
        self._clock = clock
        self._bank_holidays = bank_holidays

    def planned(self, event: GroupEvent, settings: GuildSettings) -> tuple[PlannedReminder, ...]:
        off = self._bank_holidays(settings.days_off) if settings.days_off else None
        return plan_event(event, settings, self._clock.now(), off)

    async def wanted(
        self, event: GroupEvent, settings: GuildSettings, *, outdated: Collection[date] | None = ()
    ) -> tuple[PlannedReminder, ...]:
        """Give what is planned, and what has come due of it and still waits to go out.

        News of the ``outdated`` days (None: all news) is outdated, and gives way unless it is just being posted.
        """
        now = self._clock.now()
        planned = self.planned(event, settings)
        slots = {plan.slot for plan in planned}
        stored = await self._reminders.of_group_event(event.group_event_id)
        standing = [
            PlannedReminder(
                r.kind, r.rung, r.civil, r.expires_at, for_day=r.for_day, generation=r.generation, standing=True
            )
            for r in stored
            if r.state in UNDER_WAY
            and r.slot not in slots
            and (
                (r.state is ReminderState.SENDING or not (outdated is None or r.for_day in outdated))
                if r.kind is ReminderKind.EVENT_NEWS
                else r.due_at <= now and _still_held(event, r)
            )
        ]
        return (*standing, *planned)

    async def settled(self, event: GroupEvent, settings: GuildSettings) -> bool:
        stored = {
            r.slot: r
            for r in sorted(
                await self._reminders.of_group_event(event.group_event_id), key=lambda reminder: reminder.generation
            )
        }
        planned = {plan.slot: plan.civil.instant() for plan in self.planned(event, settings)}
        for slot, due_at in planned.items():
            held = stored.get(slot)
            if held is None or held.state in ENDED_UNSENT:
                return False
            if held.state is ReminderState.SCHEDULED and held.due_at != due_at:
                return False
        now = self._clock.now()
        return not any(
            r.kind is ReminderKind.EVENT
            and r.state is ReminderState.SCHEDULED
            and r.due_at > now
            and r.slot not in planned
            for r in stored.values()
        )

    async def was_told(self, event: GroupEvent) -> bool:
        stored = await self._reminders.of_group_event(event.group_event_id)
        return any(reminder.state in TOLD for reminder in stored)

    async def show(self, event: GroupEvent, settings: GuildSettings) -> EventLadder:
        """Give the reminders to come and those that were due."""
        stored = await self._reminders.of_group_event(event.group_event_id)
        past = tuple(r for r in stored if r.state not in (ReminderState.SCHEDULED, ReminderState.CANCELLED))
        return EventLadder(settings, self.planned(event, settings), past)


def _still_held(event: GroupEvent, reminder: Reminder) -> bool:
    """Tell whether the occurrence that a waiting reminder is for still takes place on that day."""
    if event.off_on is not None or reminder.for_day is None:
        return False
    offset = reminder.rung.lstrip("+-").isdecimal() and int(reminder.rung) in event.ladder
    return bool(offset is not False and event.occurrence_on(day_of(reminder.rung, reminder.for_day)) is not None)
