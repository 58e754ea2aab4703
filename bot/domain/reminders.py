"""Reminders: their states and the table of allowed changes, ladders, local time, lateness, back-off.

The rows are the reminders; whatever wakes Postbag is only an alarm clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.christmas import is_christmas
from bot.domain.deadlines import Deadline, DeadlineState, days
from bot.domain.identity import (
    ActionId,
    ChannelId,
    DeadlineId,
    DeliveryId,
    FollowUpId,
    GroupEventId,
    GuildId,
    MessageId,
    PersonalId,
    PersonId,
    ReminderId,
)
from bot.domain.reports import long_date
from bot.domain.rules import add_months


class ReminderState(StrEnum):
    """Where a reminder stands."""

    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return "Unknown: please check" if self is ReminderState.UNKNOWN else self.value.capitalize()


TRANSITIONS: frozenset[tuple[ReminderState, ReminderState]] = frozenset(
    {
        (ReminderState.SCHEDULED, ReminderState.SENDING),
        (ReminderState.SCHEDULED, ReminderState.CANCELLED),
        (ReminderState.SCHEDULED, ReminderState.EXPIRED),
        (ReminderState.SENDING, ReminderState.SENT),
        (ReminderState.SENDING, ReminderState.SCHEDULED),
        (ReminderState.SENDING, ReminderState.CANCELLED),
        (ReminderState.SENDING, ReminderState.UNDELIVERABLE),
        (ReminderState.SENDING, ReminderState.UNKNOWN),
        (ReminderState.UNKNOWN, ReminderState.SENT),
        (ReminderState.UNKNOWN, ReminderState.SCHEDULED),
        (ReminderState.UNDELIVERABLE, ReminderState.SCHEDULED),
    }
)
"""Every change of state there is. Anything else is a bug and is refused where states are written.

What is being sent is cancelled only where it was changed meanwhile and surely was not posted. The last three are an
organiser's to make.
"""

ENDED_UNSENT = frozenset({ReminderState.CANCELLED, ReminderState.EXPIRED, ReminderState.UNDELIVERABLE})
"""A reminder that ended like this may be planned again, as a new row: it never comes back to life itself."""


def may_become(now: ReminderState, then: ReminderState) -> bool:
    """Tell whether a reminder in one state may pass to another."""
    return (now, then) in TRANSITIONS


class ReminderKind(StrEnum):
    """What a reminder is about; each kind has its template in ``templates/messages``."""

    BEFORE = "before"
    DUE = "due"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    PROMISED = "promised"
    CORRECTED = "corrected"
    PERSONAL = "personal"
    FOLLOW_UP = "follow-up"
    ACTION = "action"
    EVENT = "event"
    EVENT_NEWS = "event-news"
    NOTICE = "notice"
    TEST = "test"

    @property
    def calls_people(self) -> bool:
        """Tell whether a group's role may be mentioned above it."""
        return self not in (ReminderKind.NOTICE, ReminderKind.TEST)


DEFAULT_LADDER: tuple[int, ...] = (-14, -3, 0, 1, 14)
"""Days from the date on which a group is reminded; then monthly while overdue."""

LATE_AFTER = timedelta(minutes=5)
"""A message sent later than this after its time says when it was due."""

# Well within NONCE_TRUSTED: what a stopped process left is taken over while Discord still knows the message by its nonce.
LEASE = timedelta(seconds=60)
NONCE_TRUSTED = timedelta(seconds=120)
"""How long after an attempt Discord is trusted to recognise the same nonce again."""

# An outage of an evening or a night must lose nothing; two days late, a reminder of a day is hardly one.
GIVE_UP_AFTER = timedelta(hours=48)
SATURDAY = 5
"""``date.weekday()`` of the first day that is not a working day."""

THIS_WEEK = "this-week"
"""The rung of the post that says each Monday what the week holds: shown without notifying anybody."""

MONTHLY = "monthly"
"""The rung that comes every month while a date is overdue. Each other rung of a ladder is its days from it: ``-14``, ``0``, ``+1``."""

LAST_RUNG_USE = timedelta(days=30)
"""A rung with no later rung is of use for this long."""


def back_off(attempts: int) -> timedelta:
    """Give the wait before the next try after ``attempts`` failed ones: 1, 2, 4 … minutes, 60 at most."""
    return timedelta(minutes=60 if attempts > 6 else 2 ** max(0, attempts - 1))


@dataclass(frozen=True, slots=True)
class CivilTime:
    """A date and time as people say it, in a named zone. The intent is kept, so that a clock change can be worked out again."""

    on: date
    at: time
    zone: str

    def instant(self) -> datetime:
        """Give the instant in UTC. A time that a clock change skips moves forward by the gap; one that comes twice is the first."""
        local = datetime.combine(self.on, self.at, tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC)

    @property
    def change_note(self) -> str:
        """Say what a clock change did to this time, or nothing."""
        zone = ZoneInfo(self.zone)
        local = datetime.combine(self.on, self.at, tzinfo=zone)
        back = local.astimezone(UTC).astimezone(zone)
        if back.replace(tzinfo=None) != local.replace(tzinfo=None):
            return f"The clocks go forward that night: {self.at:%H:%M} does not exist, so it is {back:%H:%M}."
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            return f"The clocks go back that night: {self.at:%H:%M} comes twice, and this is the first."
        return ""

    @property
    def utc_offset_minutes(self) -> int:
        offset = self.instant().astimezone(ZoneInfo(self.zone)).utcoffset()
        return int((offset or timedelta(0)).total_seconds() // 60)


LATE_AT_NIGHT = timedelta(minutes=15)
"""What is later than this when its group's quiet hours have begun waits for their end."""

WAITS_FOR_MORNING = "it was late, so it's waiting for the quiet hours to end"
"""Why such a delivery waits. It is written anew then, because what it says may count from the day."""


def within_quiet(at: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Tell whether a local time falls into quiet hours, which may run over midnight."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until


@dataclass(frozen=True, slots=True)
class Target:
    """Where a delivery goes: a channel of a server, or a person's direct messages."""

    guild_id: GuildId | None = None
    channel_id: ChannelId | None = None
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """What a reminder belongs to: a date, a plan, a letter that was sent, a private reminder, or an event. One, or none."""

    deadline_id: DeadlineId | None = None
    action_id: ActionId | None = None
    follow_up_id: FollowUpId | None = None
    personal_id: PersonalId | None = None
    group_event_id: GroupEventId | None = None

    def __post_init__(self) -> None:
        if len(self.columns) > 1:
            raise ValueError("a reminder has one owner at most")

    @property
    def columns(self) -> dict[str, int]:
        """Give the owner by the name of its column; empty where there is none."""
        held = {
            "deadline_id": self.deadline_id,
            "action_id": self.action_id,
            "follow_up_id": self.follow_up_id,
            "personal_id": self.personal_id,
            "group_event_id": self.group_event_id,
        }
        return {name: number for name, number in held.items() if number is not None}


Slot = tuple[str, date | None]
"""A rung and the day it is for: one that was sent for an earlier day does not stand for the same rung of a new day."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to be said at one time.

    Owner, person, ``rung``, ``for_day`` and ``generation`` together are unique: the rung names its place among its owner's
    reminders (a ladder's days from the date, a step of a plan, a check of a letter), ``for_day`` the day it is for, which
    its moment may have moved away from, ``generation`` tells those of one slot apart that were planned again. ``due_at`` is
    the UTC instant of ``civil``. From ``expires_at`` on it is no longer of use. ``text`` is a private reminder's own words or a notice's
    text. A group's reminder with no channel of its own goes to the channel in the group's settings. ``neutral``: its
    message may not say what it is about; of a plan's post, that it is written so, or as an organiser typed it.
    """

    reminder_id: ReminderId
    kind: ReminderKind
    rung: str
    due_at: datetime
    civil: CivilTime
    state: ReminderState = ReminderState.SCHEDULED
    guild_id: GuildId | None = None
    channel_id: ChannelId | None = None
    person_id: PersonId | None = None
    deadline_id: DeadlineId | None = None
    action_id: ActionId | None = None
    follow_up_id: FollowUpId | None = None
    personal_id: PersonalId | None = None
    for_day: date | None = None
    generation: int = 1
    text: str = ""
    expires_at: datetime | None = None
    revision: int = 1
    attempts: int = 0
    delivery_id: DeliveryId | None = None
    sent_at: datetime | None = None
    message_id: MessageId | None = None
    reason: str = ""
    neutral: bool = False
    group_event_id: GroupEventId | None = None

    @property
    def owner(self) -> Owner:
        return Owner(self.deadline_id, self.action_id, self.follow_up_id, self.personal_id, self.group_event_id)

    @property
    def slot(self) -> Slot:
        return self.rung, self.for_day


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """A reminder that its owner wants, before it is stored.

    ``generation`` None: it is one with whatever is stored of its slot, and comes again only after that ended unsent. A
    given one is its own: what is said once at one revision. ``standing``: what of it still waits to go out stays, at its own
    moment and with these words; where nothing waits, nothing is planned.
    """

    kind: ReminderKind
    rung: str
    civil: CivilTime
    expires_at: datetime | None = None
    for_day: date | None = None
    generation: int | None = None
    text: str = ""
    neutral: bool = False
    standing: bool = False

    @property
    def slot(self) -> Slot:
        return self.rung, self.for_day

    @property
    def moved_note(self) -> str:
        """Say that the moment was moved to a working day, or nothing."""
        if self.for_day is None or self.for_day == self.civil.on:
            return ""
        if self.rung == "0" and self.kind is ReminderKind.EVENT:  # for an early event, or a post out of the quiet hours
            early = "It comes before the day, because the event starts early."
            return early if self.civil.on < self.for_day else ""
        return f"Moved from {self.for_day:%A} {long_date(self.for_day)}, which is not a working day."

    def as_reminder(
        self, owner: Owner, *, guild_id: GuildId | None = None, person_id: PersonId | None = None, generation: int = 1
    ) -> Reminder:
        """Give the reminder that it becomes, as it is before it is stored."""
        return Reminder(
            reminder_id=ReminderId(0),
            kind=self.kind,
            rung=self.rung,
            due_at=self.civil.instant(),
            civil=self.civil,
            guild_id=guild_id,
            person_id=person_id,
            deadline_id=owner.deadline_id,
            action_id=owner.action_id,
            follow_up_id=owner.follow_up_id,
            personal_id=owner.personal_id,
            group_event_id=owner.group_event_id,
            for_day=self.for_day,
            generation=self.generation or generation,
            text=self.text,
            expires_at=self.expires_at,
            neutral=self.neutral,
        )


def plan_ladder(
    deadline: Deadline,
    ladder: Sequence[int],
    *,
    monthly: bool,
    at: time,
    zone: str,
    now: datetime,
    days_off: Collection[date] | None = None,
) -> tuple[PlannedReminder, ...]:
    """Work out the reminders that a deadline still calls for, oldest first.

    Rungs whose time has passed are left out, and so is everything once the duty is answered, withdrawn or lapsed. A rung is of use
    until the next one's time. Days count from the promised date where there is one. While overdue a monthly rung follows
    the last day given; only the next one is planned, the daily job plans on.

    With ``days_off`` (bank holidays, may be empty) the moment of a rung moves to a working day, without them off Christmas Day;
    the date itself never does, and a rung keeps the name of the day that it was meant for.
    """
    today = now.astimezone(ZoneInfo("Europe/London")).date()
    state = deadline.state(today)
    if not state.is_open or state is DeadlineState.PARTLY_ANSWERED:
        return ()
    centre = deadline.watch_on

    def posted(day: date) -> CivilTime:
        return CivilTime(working_day(day, centre, days_off), at, zone)

    rungs = [(_kind(offset), _rung(offset), centre + timedelta(days=offset)) for offset in sorted(set(ladder))]
    if monthly:
        last = max([centre, *(day for _, _, day in rungs)])
        months = 1
        while posted(add_months(last, months)).instant() <= now:
            months += 1
        for day in (add_months(last, months), add_months(last, months + 1)):
            rungs.append((ReminderKind.OVERDUE, MONTHLY, day))
    moments = [posted(day) for _, _, day in rungs]
    instants = [moment.instant() for moment in moments]
    planned = []
    for index, (kind, rung, day) in enumerate(rungs):
        if instants[index] <= now:
            continue
        if rung == MONTHLY and index == len(rungs) - 1:
            continue  # only to know until when the one before it is of use
        until = instants[index + 1] if index + 1 < len(rungs) else instants[index] + LAST_RUNG_USE
        if until <= instants[index]:
            continue  # both moved to the same working day: the later rung says what the earlier one would
        planned.append(PlannedReminder(kind, rung, moments[index], until, for_day=day))
    return tuple(planned)


def working_day(day: date, centre: date, days_off: Collection[date] | None) -> date:
    """Give the working day on which a rung is posted: the day itself, or an earlier one. None: any day but Christmas Day is one.

    A rung that comes after the date would say nothing new on or before it, so it moves to a later working day then.
    """
    earlier = later = day
    while _is_off(earlier, days_off):
        earlier -= timedelta(days=1)
    if day <= centre or earlier > centre:
        return earlier
    while _is_off(later, days_off):
        later += timedelta(days=1)
    return later


def _is_off(day: date, days_off: Collection[date] | None) -> bool:
    return is_christmas(day) or (days_off is not None and (day.weekday() >= SATURDAY or day in days_off))


_NEWS = {
    ReminderKind.ANSWERED: "News of an answer",
    ReminderKind.PROMISED: "News of a promise",
    ReminderKind.CORRECTED: "A correction",
}


def rung_words(kind: ReminderKind, rung: str) -> str:
    """Name a rung as people read it: ``14 days before``, ``On the day``, ``1 day after``, ``Monthly, while overdue``."""
    if kind not in (ReminderKind.BEFORE, ReminderKind.DUE, ReminderKind.OVERDUE):
        return _NEWS.get(kind, "A reminder")
    if rung == MONTHLY:
        return "Monthly, while overdue"
    offset = int(rung)
    return f"{days(abs(offset))} {'before' if offset < 0 else 'after'}" if offset else "On the day"


def _kind(offset: int) -> ReminderKind:
    if offset < 0:
        return ReminderKind.BEFORE
    return ReminderKind.DUE if offset == 0 else ReminderKind.OVERDUE


def _rung(offset: int) -> str:
    return f"{offset:+d}" if offset else "0"
