"""What the use cases need from the world, as Protocols. Storage, sources, documents and chat fit them by shape alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from bot.domain.actions import Action
from bot.domain.counts import Care, Figures, Reported
from bot.domain.deadlines import Deadline, Recorded
from bot.domain.drafts import DraftAnswers, DraftReport, SavedPage
from bot.domain.follow_ups import FollowUp
from bot.domain.group_events import GroupEvent
from bot.domain.guilds import GuildSettings, WaitingChange
from bot.domain.identity import (
    ActionId,
    ChannelId,
    DeadlineId,
    DeliveryId,
    FollowUpId,
    GuildId,
    MessageId,
    PersonId,
    ReminderId,
    ReportSlug,
    RoleId,
    UserId,
)
from bot.domain.members import Directory, Member
from bot.domain.messages import OutgoingMessage
from bot.domain.moving import GroupFile
from bot.domain.records import Overlay
from bot.domain.reminders import PlannedReminder, Reminder, ReminderState, Target
from bot.domain.reports import Report
from bot.domain.restored import Restored

# Storage ---------------------------------------------------------------------------------------------------------


class GuildStore(Protocol):
    """Settings of groups."""

    async def get(self, guild_id: GuildId) -> GuildSettings:
        """Give a group's settings; defaults (revision 0) where none are stored."""
        ...

    async def save(self, settings: GuildSettings, now: datetime) -> GuildSettings:
        """Store settings whose ``revision`` is the stored one; give them with the next. Refused: somebody saved meanwhile."""
        ...

    async def ask(self, change: WaitingChange) -> bool:
        """Keep that an organiser wants a protection off. False: that was asked already."""
        ...

    async def drop(self, guild_id: GuildId, name: str) -> bool: ...
    async def waiting(self, guild_id: GuildId | None = None) -> Sequence[WaitingChange]:
        """List what waits in one group; or in every group that the bot is still in, the oldest first."""
        ...

    async def everyone(self) -> Sequence[GuildSettings]: ...


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change that an organiser made. ``by`` is None once that is forgotten."""

    number: int
    at: datetime
    what: str
    by: PersonId | None


class AuditStore(Protocol):
    """What organisers changed."""

    async def add(self, guild_id: GuildId, person_id: PersonId | None, what: Sequence[str], now: datetime) -> None: ...
    async def lines(self, guild_id: GuildId, *, before: int | None = None, limit: int = 10) -> Sequence[AuditLine]:
        """List a group's lines, newest first; ``before`` is the number of the line above them."""
        ...

    async def tidy(self, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class MachineHealth:
    """How the machine stands: the kind of database, its size and what is wrong with it, and room left (bytes).

    ``backed_up_at`` is None where no backup is held, or backups are made elsewhere (PostgreSQL). ``stuck_at``: when Postbag
    last noticed that it had stood still. ``days_off_end``: the last bank holiday that is known, where that is near or past.
    """

    database: str
    size: int
    problems: tuple[str, ...]
    disk_free: int
    backed_up_at: datetime | None
    stuck_at: datetime | None = None
    restored: Restored | None = None
    days_off_end: date | None = None


class RemovedGroupStore(Protocol):
    """Groups whose server removed the bot."""

    async def left(self, guild_id: GuildId, now: datetime) -> bool:
        """Hold back everything of a group. True: its data is to go at once (high-risk, or it was never set up)."""
        ...

    async def back(self, guild_id: GuildId) -> bool:
        """Take a group up again where it was left. False: it was not away."""
        ...

    async def known(self) -> tuple[frozenset[int], frozenset[int]]:
        """Give the groups that are held as here, and those held as departed."""
        ...

    async def forget(self, guild_id: GuildId) -> int: ...
    async def forget_departed(self, now: datetime) -> int: ...


class ReportStore(Protocol):
    """Reports held: shipped packs and, later, imported ones; and which group follows which."""

    async def all(self) -> Sequence[Report]: ...
    async def overlays(self) -> Mapping[GuildId, Overlay]:
        """Give what groups imported and recorded themselves, confirmed. A group that has nothing is left out."""
        ...

    async def overlay(self, guild_id: GuildId) -> Overlay:
        """Give what one group imported and recorded itself, confirmed; maybe nothing."""
        ...

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        """Follow a report. False: it was followed already."""
        ...

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool: ...
    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]: ...
    async def followers(self, report: ReportSlug) -> Sequence[GuildId]: ...


class MemberStore(Protocol):
    """The directory of Members: replaced as a whole or not at all."""

    async def load(self) -> Directory: ...
    async def replace(self, directory: Directory, news: Callable[[Directory], Sequence[str]]) -> None:
        """Put a directory in place of the stored one, which ``news`` is given. What is new waits, in the same transaction, to be told."""
        ...

    async def news(self) -> MemberNews | None:
        """Give the news that was last stored, told or not."""
        ...

    async def tell(self, news: MemberNews, guild_id: GuildId, word: Reminder, now: datetime) -> bool:
        """Plan the word that tells a group, and note that it was told, in one transaction. False: it was told already."""
        ...


class PostcodeTable(Protocol):
    """An operator's own table of postcodes, asked before any service is. It may not be there."""

    async def as_of(self) -> date | None: ...
    async def seats(self, postcode: str) -> Sequence[str]:
        """List the constituencies that a postcode touches, by name; none where it is not in the table."""
        ...


@dataclass(frozen=True, slots=True)
class MemberNews:
    """What changed in the House at a refresh, in lines, and which groups were told."""

    as_of: datetime
    lines: tuple[str, ...]
    told: tuple[GuildId, ...] = ()


class PageStage(Protocol):
    """Pages of a list that is being fetched, kept until the list is published, so that a stopped fetch goes on."""

    async def pages(self, name: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """Give the pages of a list in their order, each with the time at which it came; none where one is older than ``since``."""
        ...

    async def add(self, name: str, number: int, at: datetime, page: str) -> None: ...
    async def clear(self) -> None: ...


class DeadlineStore(Protocol):
    """A group's deadlines."""

    async def add(self, deadline: Deadline, reminders: Sequence[PlannedReminder], now: datetime) -> Deadline:
        """Store a new deadline with its ladder in one transaction; give it with its id."""
        ...

    async def save(
        self,
        deadline: Deadline,
        reminders: Sequence[PlannedReminder],
        now: datetime,
        *,
        own: bool = True,
        same: bool = False,
    ) -> tuple[Deadline, int]:
        """Store a changed deadline and put ``reminders`` in place of those still to come, in one transaction.

        ``same``: only the reminders are planned again, so that the revision stays.

        Gives the deadline with its new revision, and how many reminders were being sent at that moment. Refused:
        somebody saved meanwhile.
        """
        ...

    async def recorded(self, guild_id: GuildId, deadline_id: DeadlineId) -> Sequence[Recorded]:
        """List what was recorded of a deadline, by whom and when, oldest first."""
        ...

    async def get(self, guild_id: GuildId, deadline_id: DeadlineId) -> Deadline | None: ...
    async def of_guild(self, guild_id: GuildId) -> Sequence[Deadline]: ...
    async def of_report(self, guild_id: GuildId, report: ReportSlug) -> Deadline | None: ...
    async def everyone(self) -> Sequence[Deadline]:
        """List every deadline that is neither answered, withdrawn nor lapsed, of every group."""
        ...


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder as claimed, with what its text needs. ``missed``: later times of a repeated one that it stands for."""

    reminder: Reminder
    deadline: Deadline | None = None
    missed: int = 0
    event: GroupEvent | None = None

    @property
    def is_silent(self) -> bool:
        """Tell whether it is to be shown without notifying anybody."""
        return self.event is not None and self.event.is_silent(self.reminder.rung)


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """The reminders that become one message: same target. ``expired`` ones are only listed as missed.

    ``may_ping`` False: the group's role was mentioned as often lately as its organisers allow.
    """

    target: Target
    due: tuple[DueReminder, ...]
    settings: GuildSettings | None
    expired: tuple[DueReminder, ...] = ()
    key: str = ""
    may_ping: bool = True

    @property
    def calls_people(self) -> bool:
        """Tell whether its message mentions the group's role, where there is one and it may be mentioned."""
        return self.target.person_id is None and any(
            found.reminder.kind.calls_people and not found.is_silent for found in self.due
        )

    @property
    def is_silent(self) -> bool:
        """Tell whether Discord is to show its message without notifying anybody: all that it tells of is silent."""
        return bool(self.due) and all(found.is_silent for found in self.due)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way. ``key`` (20 characters) gives its nonce and its *Why this message?* custom_id.

    ``attempted_at`` is the first attempt since which Discord may have the message; None: it surely has not. ``route`` says
    where it now goes: ``channel`` (or a person) or ``notice``. ``attempts`` counts the failed ones so far, since
    ``first_failed_at``. ``target`` without a channel and without a person: the group has chosen no channel. ``changed``: what
    it tells of, or how its group wants to be told, has changed since it was frozen.
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


class ReminderStore(Protocol):
    """Reminders, deliveries and the ledger. Each method is one transaction."""

    async def add(self, reminder: Reminder, now: datetime) -> Reminder: ...
    async def get(self, reminder_id: ReminderId) -> Reminder | None: ...
    async def strangers(self, keys: Collection[str]) -> frozenset[str]:
        """Give those keys that no delivery here has."""
        ...

    async def of_deadline(self, deadline_id: DeadlineId) -> Sequence[Reminder]: ...
    async def of_person(self, person_id: PersonId) -> Sequence[Reminder]: ...
    async def cancel(self, reminder_id: ReminderId, now: datetime) -> bool:
        """Cancel a scheduled reminder. False: it was no longer scheduled."""
        ...

    async def claim(
        self, now: datetime, *, limit: int, token: str, freeze: Freeze, skip: Collection[Target] = ()
    ) -> Sequence[Delivery]:
        """Claim what is due as at most ``limit`` deliveries under a lease, one for each target, none for those of ``skip``.

        The due reminders of a target join one delivery (25 at most); those past their use are marked expired and listed
        in it. Deliveries waiting for another try whose time has come are claimed as they were frozen; one whose
        reminders were all changed or cancelled meanwhile is cancelled.
        """
        ...

    async def take_over(self, now: datetime, *, token: str, every_lease: bool) -> Sequence[Delivery]:
        """Claim deliveries whose lease ran out; every leased one where ``every_lease`` (the only process, at start)."""
        ...

    async def attempting(self, delivery_id: DeliveryId, token: str, now: datetime, *, afresh: bool = False) -> bool:
        """Renew the lease and record that an attempt begins. False: the token no longer matches; do not send.

        ``afresh``: Discord surely has nothing of it, so ``attempted_at`` starts again from now.
        """
        ...

    async def mark_sent(
        self,
        delivery_id: DeliveryId,
        token: str,
        message_id: MessageId | None,
        now: datetime,
        *,
        detail: str = "",
        notice: str = "",
    ) -> Marked:
        """Record that a delivery was posted. ``notice`` is told to the organisers where a reminder was changed meanwhile."""
        ...

    async def retry_later(
        self,
        delivery_id: DeliveryId,
        token: str,
        retry_at: datetime,
        reason: str,
        now: datetime,
        *,
        maybe_posted: bool,
        counts: bool = True,
    ) -> bool:
        """Release a delivery for another try of the same message. ``maybe_posted`` False clears ``attempted_at``.

        ``counts`` False: it was not its own failure, so neither its attempts nor its time to give up begin.
        """
        ...

    async def reroute(
        self,
        delivery_id: DeliveryId,
        token: str,
        route: str,
        target: Target,
        message: OutgoingMessage,
        reason: str,
        now: datetime,
    ) -> bool:
        """Point a delivery at its fallback with the message that goes there; the lease stays, no attempt was made there."""
        ...

    async def give_up(
        self,
        delivery_id: DeliveryId,
        token: str,
        state: ReminderState,
        reason: str,
        now: datetime,
        *,
        notice: str = "",
    ) -> bool:
        """End a delivery as undeliverable or unknown, with its reason.

        ``notice`` is told to the settings' owner privately, once until the group's channel works again.
        """
        ...

    async def hold(self, delivery_id: DeliveryId, token: str, reason: str, now: datetime) -> bool:
        """End a word to an organiser who no longer is one; its words wait for one who is."""
        ...

    async def held_words(self, guild_id: GuildId) -> Sequence[Reminder]:
        """List the words to organisers that wait for one."""
        ...

    async def saw_held_words(self, guild_id: GuildId, ids: Sequence[ReminderId], now: datetime) -> None: ...

    async def next_due(self) -> datetime | None:
        """Give the earliest time at which something is due, waiting for a retry, or past its lease."""
        ...

    async def swept(self, now: datetime, began: datetime | None = None) -> None: ...
    async def outage(self, since: datetime, until: datetime, why: str) -> None: ...
    async def health(self, guild_id: GuildId | None = None, now: datetime | None = None) -> ReminderHealth: ...
    async def ledger(self, guild_id: GuildId | None = None, *, limit: int = 50) -> Sequence[LedgerEntry]: ...
    async def decide(self, delivery_id: DeliveryId, guild_id: GuildId, *, posted: bool, now: datetime) -> int:
        """Settle what ended as unknown or undeliverable: it is there, or it is to be sent again. 0: nothing to settle."""
        ...

    async def delivery(self, key: str) -> DeliveryRecord | None:
        """Find a delivery by its key, with its reminders and ledger lines, for *Why this message?*."""
        ...

    async def tidy(self, now: datetime) -> int:
        """Apply retention to reminders, deliveries and ledger; give the number of rows changed."""
        ...


class PeopleStore(Protocol):
    """The only place that holds a Discord user id."""

    async def person(self, user_id: UserId, now: datetime) -> PersonId:
        """Give the person id of a user, creating it."""
        ...

    async def find(self, user_id: UserId) -> PersonId | None: ...
    async def user_id(self, person_id: PersonId) -> UserId | None: ...
    async def held(self, person_id: PersonId) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """List every row that refers to a person, by table."""
        ...

    async def forget(self, person_id: PersonId, now: datetime) -> int:
        """Delete or unlink every row of a person, and the person. Gives the number of rows touched."""
        ...


class FollowUpStore(Protocol):
    """Letters that people say they sent, each with its checks, which are reminders. Each method is one transaction."""

    async def add(self, letter: FollowUp, checks: Sequence[PlannedReminder], now: datetime) -> FollowUp:
        """Store a letter with its checks; give it with its id. One told of twice is given as it is."""
        ...

    async def save(self, letter: FollowUp, checks: Sequence[PlannedReminder], now: datetime) -> bool:
        """Store a changed letter and put its checks in place of those not asked yet. False: it is no longer held."""
        ...

    async def remove(self, letter: FollowUp, now: datetime) -> bool: ...
    async def get(self, follow_up_id: FollowUpId, person_id: PersonId) -> FollowUp | None: ...
    async def of_person(self, person_id: PersonId) -> Sequence[FollowUp]: ...
    async def of_group(self, guild_id: GuildId) -> Sequence[FollowUp]: ...
    async def missed(self, person_id: PersonId) -> Sequence[FollowUp]:
        """List a person's letters of which a check could not be delivered."""
        ...

    async def put(self, follow_up_id: FollowUpId) -> None:
        """Note that an undelivered check was put to its person at a visit instead."""
        ...

    async def tidy(self, today: date) -> int: ...


class CountStore(Protocol):
    """Counts of a group's letters, released in batches."""

    async def released(
        self,
        guild_id: GuildId,
        care: Care,
        now: datetime,
        count: Callable[[Sequence[Reported], Care, datetime], Figures],
    ) -> Figures | None:
        """Give what is released, releasing anew where it is time and enough people reported something new. None: nothing is."""
        ...


class SketchStore(Protocol):
    """Sketches of a group's drafts: no text, no author, four weeks."""

    async def others(self, guild_id: GuildId, draft: bytes, today: date, most: int) -> Sequence[bytes]: ...
    async def keep(self, guild_id: GuildId, draft: bytes, pieces: bytes, today: date) -> None: ...
    async def forget(self, guild_id: GuildId) -> int: ...
    async def tidy(self, today: date) -> int: ...


class FactStore(Protocol):
    """Small facts about the installation itself, by name: the hash of synced commands, the last refresh."""

    async def get(self, name: str) -> str | None: ...
    async def put(self, name: str, value: str) -> None: ...


class ActionStore(Protocol):
    """Actions with their steps, the reminders that post them, and who joined: always changed together."""

    async def add(self, action: Action, now: datetime) -> Action: ...
    async def save(
        self,
        action: Action,
        now: datetime,
        *,
        public: Sequence[PlannedReminder] = (),
        private: Sequence[PlannedReminder] = (),
        news: PlannedReminder | None = None,
        private_news: PlannedReminder | None = None,
        same: bool = False,
    ) -> Action:
        """Store a changed action, and put its posts in place of those still to come. Refused: somebody saved meanwhile."""
        ...

    async def join(self, action: Action, person_id: PersonId, posts: Sequence[PlannedReminder], now: datetime) -> bool:
        """Let a person join, with the private posts that follow. False: they had joined."""
        ...

    async def leave(self, action: Action, person_id: PersonId, now: datetime) -> bool: ...
    async def has_joined(self, action_id: ActionId, person_id: PersonId) -> bool: ...
    async def get(self, guild_id: GuildId, action_id: ActionId) -> Action | None: ...
    async def any(self, action_id: ActionId) -> Action | None: ...
    async def of_guild(self, guild_id: GuildId) -> Sequence[Action]: ...
    async def on_deadline(self, deadline_id: DeadlineId) -> Sequence[Action]: ...
    async def unarchived(self) -> Sequence[Action]: ...
    async def planned_days(self, action_id: ActionId) -> Mapping[str, date]:
        """Give the day of every step that was ever planned to be posted, by its key, those taken out since too."""
        ...

    async def posted(self, action_id: ActionId) -> int: ...


# Discord ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """Discord has the message."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Transient:
    """Not now. ``maybe_posted``: the request may have reached Discord, so the message may be there."""

    reason: str
    maybe_posted: bool
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The target is gone or closed to us (404, 403, closed direct messages): not to be tried again as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Discord refused the message itself (400): our bug."""

    reason: str


SendResult = Sent | Transient | Unreachable | Rejected


@dataclass(frozen=True, slots=True)
class Looked:
    """What a search of a channel for an earlier message found. ``sure`` False: the channel could not be read."""

    message_id: MessageId | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """What was found in a channel. ``sure`` False: there may be more that could not be read."""

    custom_ids: frozenset[str]
    sure: bool


class MessageSender(Protocol):
    """The one door to Discord for messages that Postbag posts by itself. It never raises for what Discord answers."""

    @property
    def is_ready(self) -> bool: ...

    async def send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, *, nonce: str) -> SendResult:
        """Post a message; ``user_id`` is the person of a private target. The same nonce is never posted twice within two minutes."""
        ...

    async def organises(self, guild_id: GuildId, user_id: UserId, role_id: RoleId | None) -> bool | Transient:
        """Tell whether somebody organises a group now: with Manage Server, or with its organisers' role."""
        ...

    async def find(self, target: Target, user_id: UserId | None, custom_id: str, since: datetime) -> Looked | Transient:
        """Look for our own message that carries a button of that custom_id, posted since a time. Transient: look again later."""
        ...

    async def posted_since(
        self, target: Target, user_id: UserId | None, prefix: str, since: datetime
    ) -> Posted | Transient:
        """List the custom_ids that begin so, of buttons on our own messages there since a time."""
        ...


# Outside services ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostcodeAnswer:
    """The seats that a postcode may lie in, best first. More than one: the person must choose. ``warning`` says why."""

    constituencies: tuple[str, ...]
    warning: str = ""


class MemberSource(Protocol):
    """Where the directory of Members comes from (the Members API, or an operator's file)."""

    async def directory(self, progress: Callable[[int, int], None] | None = None) -> Directory:
        """Fetch every seat of the House. Unavailable: it could not be read whole."""
        ...

    async def published(self) -> None:
        """Hear that the directory was taken over: nothing that was fetched for it is needed any more."""
        ...

    async def contact(self, member: Member) -> Member:
        """Give the member with the contacts that the source states."""
        ...

    async def by_postcode(self, postcode: str) -> PostcodeAnswer:
        """Find the seats of a valid full postcode. NotFound: unknown, withdrawn or outside the House's seats."""
        ...


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """What the Committees API says of one publication.

    ``description`` is as it stands there, "First Report - Street trees"; ``title``, ``ordinal`` and ``session`` are taken
    from it and from the paper's entry. ``paper`` is "HC 429", "HL Paper 12", or both for a committee of both Houses.
    """

    publication_id: int
    description: str
    published_on: date | None
    committee: str
    committee_id: int | None
    house: str
    paper: str
    response_expected: bool
    response_due_on: date | None
    responses: tuple[tuple[int, date | None, str], ...] = ()
    url: str = ""
    documents: tuple[tuple[int, tuple[str, ...]], ...] = ()
    type_id: int | None = None
    title: str = ""
    ordinal: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class CommitteeFacts:
    """A select committee as the Committees API names it. ``house`` is "Commons", "Lords" or "Joint"."""

    committee_id: int
    name: str
    house: str


class CommitteeRecord(Protocol):
    """What the Committees API lists. Every method: Unavailable where it could not be read whole, which is never "none"."""

    async def publication(self, publication_id: int) -> PublicationFacts:
        """Give one publication, with what responds to it. NotFound: there is none of that number."""
        ...

    async def committees(self) -> Sequence[CommitteeFacts]: ...
    async def reports_of(self, committee_id: int, since: date) -> Sequence[PublicationFacts]:
        """List a committee's reports published since a day, newest first."""
        ...


class ReportSource(Protocol):
    """The Committees API, for one report's text. Every method: Unavailable where it could not be read whole, which is never "none"."""

    async def publication(self, publication_id: int) -> PublicationFacts:
        """Give one publication, with what responds to it. NotFound: there is none of that number."""
        ...

    async def pages(self, facts: PublicationFacts) -> Sequence[SavedPage]:
        """Fetch the documents of a publication, one page each, in the best format listed: Html before Pdf.

        NotFound: it lists no document that can be read. Unavailable: the service does not answer.
        """
        ...


class PageReader(Protocol):
    """Reads pages that a person saved, pasted, or that the Committees API gave: apart from the bot, so that nothing else
    waits, and one at a time for each group. ``group`` is None where Postbag reads for itself. Refused by both: the group's
    last file is still being read, or this one takes too much time or memory. Unavailable: too many wait."""

    async def report(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftReport:
        """Read one report from all its pages. Refused: not a report, no numbered items, too large, or not to be read."""
        ...

    async def answers(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftAnswers:
        """Read one Government response from all its pages. Refused: as above."""
        ...


class GroupFileReader(Protocol):
    """Reads the file of a group's set-up, apart from the bot as pages are."""

    async def group_file(self, group: GuildId | None, content: bytes) -> GroupFile:
        """Read it. Refused: it is no such file, something in it cannot be right, or it takes too much time or memory."""
        ...


# Templates and documents -----------------------------------------------------------------------------------------


class Templates(Protocol):
    """Texts under ``templates/``. Every method renders with strict undefined fields: a missing one is an error."""

    def message(self, name: str, fields: Mapping[str, Any]) -> str:
        """Render ``templates/messages/<name>.md.j2``."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    """A file for a person, in memory. ``alt`` says in words what a picture shows."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    alt: str = ""


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """What a look at a channel found: the permissions missing there, by the names Discord shows to people."""

    channel_id: ChannelId
    exists: bool
    missing: tuple[str, ...] = ()
