"""What a delivery is on its way from claim to ledger, as storage gives it to the sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.deadlines import Deadline
from bot.domain.group_events import GroupEvent
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeliveryId, GuildId, MessageId, ReminderId
from bot.domain.messages import OutgoingMessage
from bot.domain.quiet_hours import DueMoment
from bot.domain.reminders import THIS_WEEK, Reminder, ReminderKind, ReminderState, Target


@dataclass(frozen=True, slots=True)
class PlanStep:
    """The plan that a post is a step of, and the step; "" where the post is about the whole plan. ``by_clock``: its day is a clock's."""

    title: str
    centre_on: date
    step: str = ""
    on: date | None = None
    by_clock: bool = False


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder as claimed, with what its text needs. ``missed``: later times of a repeated one that it stands for.

    ``step`` is known where somebody asks why it was posted.
    ``asked`` is what the plan of a step is about: recommendations ("never-again/3"), else its clock's report ("never-again").
    """

    reminder: Reminder
    deadline: Deadline | None = None
    missed: int = 0
    event: GroupEvent | None = None
    step: PlanStep | None = None
    asked: tuple[str, ...] = ()
    set_on: tuple[str, str] | None = None
    """The title of the event that a private reminder was set on, and when that is now."""
    hushed: bool = False
    """Its plan's group could be targeted as things are now: whenever it was written, it names nothing."""
    ends: datetime | None = None
    """From when it is of no use, as far as is known: its event begins."""

    @property
    def moment(self) -> DueMoment:
        return DueMoment(self.reminder.kind, self.reminder.due_at, self.reminder.civil.zone, self.ends)


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """The reminders that become one message: same target. ``expired`` ones are only listed as missed.

    ``at_risk``: as things are now, members of the group could be targeted, so that a notification's first line names nothing.
    ``may_ping`` False: the group's role was mentioned as often lately as its organisers allow.
    """

    target: Target
    due: tuple[DueReminder, ...]
    settings: GuildSettings | None
    expired: tuple[DueReminder, ...] = ()
    key: str = ""
    may_ping: bool = True
    at_risk: bool = True

    @property
    def calls_people(self) -> bool:
        """Tell whether its message mentions the group's role, where there is one and it may be mentioned."""
        return self.target.person_id is None and any(
            found.reminder.kind.calls_people and not self._silently(found) for found in self.due
        )

    @property
    def is_silent(self) -> bool:
        """Tell whether Discord is to show its message without notifying anybody: all that it tells of is silent."""
        return bool(self.due) and all(self._silently(found) for found in self.due)

    def _silently(self, found: DueReminder) -> bool:
        """Tell whether one is only shown: a day before an event or an answer, unless organisers chose otherwise."""
        if found.event is not None:
            return found.event.is_silent(found.reminder.rung)
        if found.reminder.kind is ReminderKind.NOTICE:
            return found.reminder.rung == THIS_WEEK
        if (
            found.reminder.kind is not ReminderKind.BEFORE
            or self.target.person_id is not None
            or found.deadline is None
        ):
            return False
        own = found.deadline.ladder
        return not (own.aloud if own is not None else self.settings is not None and self.settings.aloud)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way. ``key`` (20 characters) gives its nonce and its *Why this message?* custom_id.

    ``attempted_at`` is the first attempt since which Discord may have the message; None: it surely has not. ``route`` says
    where it now goes: ``channel`` (or a person) or ``notice``. ``attempts`` counts the failed ones so far, since
    ``first_failed_at``. ``target`` without a channel and without a person: the group has chosen no channel. ``changed``: what
    it tells of, or how its group wants to be told, has changed since it was frozen. ``told``: what it tells of, where it was
    claimed before, so that the hour may be another by now.
    """

    delivery_id: DeliveryId
    key: str
    target: Target
    message: OutgoingMessage
    reminders: tuple[tuple[ReminderId, int], ...]
    due_at: datetime
    created_at: datetime
    token: str
    route: str = "channel"
    attempts: int = 0
    attempted_at: datetime | None = None
    first_failed_at: datetime | None = None
    reason: str = ""
    digest: str = ""
    changed: bool = False
    told: tuple[DueMoment, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What became of one delivery, for *Why this message?*: what it told of, and its lines in the ledger."""

    delivery_id: DeliveryId
    key: str
    state: str
    route: str
    target: Target
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None
    reason: str
    due: tuple[DueReminder, ...]
    expired: tuple[DueReminder, ...]
    ledger: tuple[LedgerEntry, ...]


Write = Callable[[DeliveryPlan], OutgoingMessage]
"""Put a delivery into words, as the engine does."""

Waits = Callable[[DeliveryPlan], datetime | None]
"""Say until when a plan waits before it is sent, or None. It is asked inside the claim's transaction, too."""

Freeze = Callable[[DeliveryPlan], OutgoingMessage]
"""Render a plan to the message that will be sent. It must not wait: it runs inside the claim's transaction."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark found: ``done`` False where the token no longer matched; ``changed`` reminders were edited or cancelled
    while the message was on its way."""

    done: bool
    changed: tuple[ReminderId, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the delivery ledger."""

    at: datetime
    event: str
    delivery_id: DeliveryId | None
    reminder_ids: tuple[ReminderId, ...]
    guild_id: GuildId | None
    detail: str = ""
    late_seconds: int | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What one reminder of a line of the ledger was: of which clock, plan (with its step) or event, and where it went.

    ``channel_id`` None: a direct message to somebody, of whom and of whose words nothing is said.
    """

    kind: ReminderKind
    rung: str
    title: str = ""
    step: str = ""
    channel_id: ChannelId | None = None
    guild_id: GuildId | None = None
    message_id: MessageId | None = None


@dataclass(frozen=True, slots=True)
class ReminderHealth:
    """Counts and times for `/admin health`: per state, the next due time, what was late and why, outages.

    ``sent_lately``, ``late_lately`` and ``worst_late`` (seconds) are of the last seven days. ``waiting_since``: the oldest
    time of what is due and not yet taken up.
    """

    counts: Mapping[ReminderState, int]
    next_due: datetime | None
    last_sweep: datetime | None
    problems: Sequence[Reminder] = ()
    duplicates: int = 0
    sent_lately: int = 0
    late_lately: int = 0
    worst_late: int = 0
    waiting_since: datetime | None = None
    late: Sequence[LedgerEntry] = ()
    outages: Sequence[LedgerEntry] = ()
