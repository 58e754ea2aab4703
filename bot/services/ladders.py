"""The ladder of reminders that a deadline calls for now, set beside the reminders that are stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.deadlines import Deadline, DeadlineState
from bot.domain.guilds import GuildSettings
from bot.domain.identity import DeadlineId
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.reminders import (
    ENDED_UNSENT,
    LAST_RUNG_USE,
    PlannedReminder,
    Reminder,
    ReminderKind,
    ReminderState,
    Slot,
    plan_ladder,
)

RUNGS = frozenset({ReminderKind.BEFORE, ReminderKind.DUE, ReminderKind.OVERDUE})
LOOK_BACK = timedelta(days=5)
"""How far a change of hour, zone or days off may put a rung back, at most: over a long weekend."""

ANNOUNCEMENTS = frozenset({ReminderKind.ANSWERED, ReminderKind.PROMISED, ReminderKind.CORRECTED})


class Rungs(Protocol):
    """What is asked of the reminders: those of one deadline."""

    async def of_deadline(self, deadline_id: DeadlineId) -> Sequence[Reminder]: ...


Replaced = Callable[[DeadlineId], Awaitable[bool]]
"""Tells whether something else reminds of a clock in its group: an action that was approved on it."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A deadline's reminders as people see them: those to come, and those that were due, with what became of them."""

    settings: GuildSettings
    to_come: tuple[PlannedReminder, ...]
    past: tuple[Reminder, ...] = ()
    plan: str = ""
    """The plan that speaks for the clock, so that its own reminders are silent."""


class Ladders:
    """Work out ladders against what is stored, so that a change neither loses nor repeats a reminder.

    ``replaced`` tells whether a plan speaks for a clock, whose own ladder is silent then. ``bank_holidays`` gives those of a
    division, or none.
    """

    def __init__(
        self,
        reminders: Rungs,
        clock: Clock,
        replaced: Replaced,
        *,
        bank_holidays: Callable[[str], Collection[date]] = lambda division: (),
    ) -> None:
        self._reminders = reminders
        self._clock = clock
        self._replaced = replaced
        self._bank_holidays = bank_holidays

    def rungs_of_new(self, deadline: Deadline, settings: GuildSettings) -> tuple[PlannedReminder, ...]:
        """Plan the rungs still to come."""
        return self._rungs(deadline, settings, self._clock.now())

    async def rungs_of_stored(
        self, deadline: Deadline, settings: GuildSettings, announce: ReminderKind | None = None
    ) -> tuple[PlannedReminder, ...]:
        """Plan a stored deadline again.

        A rung whose time has come but which has not gone out yet stays while the ladder still holds it, and so does one that
        a change of hour or of days off would have put into the past: it keeps the time it had. An announcement
        that is waiting stays too, unless a newer one takes its place: each says how the clock stands when it goes out.
        """
        now = self._clock.now()
        stored = await self._reminders.of_deadline(deadline.deadline_id)
        replaced = await self._replaced(deadline.deadline_id)
        rungs = () if replaced else self._rungs(deadline, settings, now)
        slots = {rung.slot for rung in rungs}
        under_way = (ReminderState.SCHEDULED, ReminderState.SENDING)
        waiting = [r for r in stored if r.state in under_way and r.slot not in slots]
        kept = [
            PlannedReminder(
                r.kind, r.rung, r.civil, r.expires_at, for_day=r.for_day, generation=r.generation, standing=True
            )
            for r in waiting
            if (r.kind in ANNOUNCEMENTS and (announce is None or r.state is ReminderState.SENDING))
            or (r.kind in RUNGS and (not replaced or r.due_at <= now) and self._still_held(deadline, settings, r))
        ]
        return (*kept, *rungs)

    async def is_up_to_date(self, deadline: Deadline, settings: GuildSettings) -> bool:
        """Tell whether the stored reminders are those that the ladder calls for, so that nothing needs writing."""
        stored = _latest(await self._reminders.of_deadline(deadline.deadline_id))
        replaced = await self._replaced(deadline.deadline_id)
        rungs = () if replaced else self._rungs(deadline, settings, self._clock.now())
        planned = {rung.slot: rung.civil.instant() for rung in rungs}
        for slot, due_at in planned.items():
            held = stored.get(slot)
            if held is None or held.state in ENDED_UNSENT:
                return False
            if held.state is ReminderState.SCHEDULED and held.due_at != due_at:
                return False
        now = self._clock.now()
        return not any(
            r.kind in RUNGS and r.state is ReminderState.SCHEDULED and r.due_at > now and r.slot not in planned
            for r in stored.values()
        )

    async def announcement_for(self, deadline: Deadline, announce: ReminderKind | None) -> ReminderKind | None:
        """Give the announcement to plan: nobody is told that an answer was corrected who was not told of the answer."""
        if announce is not ReminderKind.CORRECTED:
            return announce
        stored = await self._reminders.of_deadline(deadline.deadline_id)
        untold = any(r.kind is ReminderKind.ANSWERED and r.state is ReminderState.SCHEDULED for r in stored)
        return ReminderKind.ANSWERED if untold else announce

    async def was_told(self, deadline: Deadline) -> bool:
        """Tell whether anything about a deadline was posted, or is just being posted."""
        stored = await self._reminders.of_deadline(deadline.deadline_id)
        told = (ReminderState.SENT, ReminderState.SENDING, ReminderState.UNKNOWN)
        return any(reminder.state in told for reminder in stored)

    async def show(self, deadline: Deadline, settings: GuildSettings) -> Ladder:
        """Give the reminders to come and those that were due."""
        stored = await self._reminders.of_deadline(deadline.deadline_id)
        past = [r for r in stored if r.state not in (ReminderState.SCHEDULED, ReminderState.CANCELLED)]
        replaced = await self._replaced(deadline.deadline_id)
        rungs = () if replaced else self._rungs(deadline, settings, self._clock.now())
        over = {slot for slot, r in _latest(stored).items() if r in past}
        to_come = [rung for rung in rungs if rung.slot not in over]
        return Ladder(settings, tuple(to_come), tuple(sorted(past, key=lambda r: r.due_at)))

    def announcement(self, kind: ReminderKind, revision: int, settings: GuildSettings) -> PlannedReminder:
        """Plan a message for now, or for the end of the group's quiet hours. It is said once, at that revision."""
        civil = out_of_quiet(self._clock.now(), settings)
        return PlannedReminder(kind, kind.value, civil, civil.instant() + LAST_RUNG_USE, generation=revision)

    def _rungs(self, deadline: Deadline, settings: GuildSettings, now: datetime) -> tuple[PlannedReminder, ...]:
        own = deadline.ladder
        return plan_ladder(
            deadline,
            own.days if own is not None else settings.ladder,
            monthly=own.monthly if own is not None else settings.monthly,
            at=settings.time_of_day,
            zone=settings.zone,
            now=now,
            days_off=self._bank_holidays(settings.days_off) if settings.days_off else None,
        )

    def _still_held(self, deadline: Deadline, settings: GuildSettings, reminder: Reminder) -> bool:
        state = deadline.state(london_today(self._clock))
        if not state.is_open or state is DeadlineState.PARTLY_ANSWERED:
            return False
        then = self._rungs(deadline, settings, min(reminder.due_at, self._clock.now()) - LOOK_BACK)
        return any(rung.slot == reminder.slot for rung in then)


def _latest(stored: Sequence[Reminder]) -> dict[Slot, Reminder]:
    """Give of each slot the reminder that was planned last: what became of those before it is over."""
    return {reminder.slot: reminder for reminder in sorted(stored, key=lambda r: r.generation)}
