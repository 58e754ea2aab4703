"""A private reminder as its owner set it, and the owner's own settings. Each time it comes is a ``Reminder`` of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.domain.dates.exact import day_and_date
from bot.domain.dates.repeats import Repeat
from bot.domain.group_events import GroupEvent, Occurrence
from bot.domain.identity import DeadlineId, GroupEventId, GuildId, PersonalId, PersonId
from bot.domain.reminders import CivilTime, PlannedReminder, ReminderKind, ReminderState

TEXT_LIMIT = 1000
MOST_ACTIVE = 100
"""Private reminders that one person may have at a time."""

TIME = "time"
SNOOZE = "snooze"
"""The rungs of a private reminder: a time that its owner set, and one more that they asked for when it came."""

DEFAULT_LEAD = 3
LEADS = (14, 7, 3, 1)
"""Days before a date that are offered."""


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """What a person chose for their own reminders; None: as in the group, else Europe/London, 9am, three days before.

    ``neutral``: no private message may say what it is about, wherever the reminder was set.
    """

    zone: str | None = None
    time_of_day: time | None = None
    lead_days: int | None = None
    neutral: bool = False

    @property
    def lead(self) -> int:
        return DEFAULT_LEAD if self.lead_days is None else self.lead_days


@dataclass(frozen=True, slots=True)
class EventMark:
    """The time of an event that a private reminder was set on: the day by the event's rule, and when it was to begin then."""

    group_event_id: GroupEventId
    for_day: date
    on: date
    at: time | None = None


@dataclass(frozen=True, slots=True)
class PrivateReminder:
    """A private reminder.

    ``first`` is the civil time from which repetitions are counted, ``until`` the last day of one that repeats. ``about``
    names what it was set on ("recommendation never-again/3", "deadline 12"). ``lead_days`` before the date of
    ``deadline_id`` it comes, and moves with that date; one that was set on an ``event`` moves with that. ``guild_id`` is the
    group in which it was set. ``neutral``: as things are now, its messages don't say what it is about, since its group or its
    owner chose so. ``next_time`` is the time that is planned, perhaps a ``snoozed`` one, ``state`` and ``state_at`` what became
    of the latest one.
    """

    personal_id: PersonalId
    person_id: PersonId
    text: str
    first: CivilTime
    repeat: Repeat = Repeat.ONCE
    until: date | None = None
    about: str = ""
    guild_id: GuildId | None = None
    deadline_id: DeadlineId | None = None
    lead_days: int | None = None
    event: EventMark | None = None
    neutral: bool = False
    snoozes: int = 0
    done_at: datetime | None = None
    revision: int = 1
    next_time: CivilTime | None = None
    snoozed: bool = False
    state: ReminderState | None = None
    state_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Tell whether it will come (again)."""
        return self.next_time is not None


@dataclass(frozen=True, slots=True)
class Missed:
    """A private message that did not reach its person: its words, when it was due and why. ``may_have_come``: not sure."""

    reminder_id: int
    personal_id: PersonalId | None
    text: str
    due_at: datetime
    reason: str
    may_have_come: bool


def planned_time(reminder: PrivateReminder, civil: CivilTime, rung: str = TIME) -> PlannedReminder:
    """Plan one time of a private reminder: its own for the revision that set it, or for the snooze that asked for it."""
    return PlannedReminder(
        ReminderKind.PERSONAL,
        rung,
        civil,
        for_day=civil.on,
        generation=reminder.revision if rung == TIME else reminder.snoozes,
        text=reminder.text,
        neutral=reminder.neutral,
    )


def mark_of(event: GroupEvent, here: Occurrence) -> EventMark:
    """Note on which time of an event a reminder is set."""
    return EventMark(event.group_event_id, here.for_day, here.on, here.at)


def moved_with(reminder: PrivateReminder, event: GroupEvent) -> PrivateReminder:
    """Give a reminder as far from the beginning of its event as it was set, where that has moved; the same where it has not.

    One of an event that was called off, or of a time that was left out, stays where it is and says so when it comes.
    """
    mark = reminder.event
    here = event.time_of(mark.for_day) if mark is not None else None
    if mark is None or here is None or (here.on, here.at) == (mark.on, mark.at):
        return reminder
    first = datetime.combine(reminder.first.on, reminder.first.at)
    if mark.at is None or here.at is None:
        first += here.on - mark.on
    else:
        first += datetime.combine(here.on, here.at) - datetime.combine(mark.on, mark.at)
    return replace(
        reminder, first=replace(reminder.first, on=first.date(), at=first.time()), event=mark_of(event, here)
    )


def event_words(mark: EventMark, event: GroupEvent, now: datetime) -> str:
    """Say when the event of a reminder is now: ``Tuesday 8 December 2026, 7pm to 9pm``, or that it does not take place."""
    if event.off_on is not None:
        return event.headline(now)
    here = event.time_of(mark.for_day)
    return here.when if here is not None else f"It won't take place on {day_and_date(mark.on)}"
