"""Events of a group's own: added, changed, moved, called off. Every change plans their reminders again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from bot.clock import Clock
from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import Deadline, DeadlineKind, NoteKind
from bot.domain.errors import NotFound, Overtaken, PostbagError, Refused
from bot.domain.group_event_checks import checked, checked_days, moved, read_when, under_another_rule, when_words
from bot.domain.group_events import (
    NEWS,
    OFF,
    GroupEvent,
    GroupEventKind,
    Occurrence,
)
from bot.domain.identity import GroupEventId, GuildId, PersonId
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.reminders import (
    LAST_RUNG_USE,
    PlannedReminder,
    ReminderKind,
)
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.event_reminders import EventLadder, EventLadders, EventReminders
from bot.services.ports.groups import GuildStore
from bot.services.turns import Turns

log = logging.getLogger(__name__)

MOST_OPEN = 200
MOST_HELD = 1_000
"""Events that one group may hold, those that are over among them."""

CHOICES = 25
OCCURRENCES_OFFERED = 10


class GroupEventStore(Protocol):
    """A group's events."""

    async def add(
        self,
        event: GroupEvent,
        planned: Sequence[PlannedReminder],
        now: datetime,
        *,
        draft: str | None = None,
        instead_of: Deadline | None = None,
    ) -> tuple[GroupEvent, bool]: ...
    async def save(
        self, event: GroupEvent, planned: Sequence[PlannedReminder], now: datetime, *, same: bool = False
    ) -> tuple[GroupEvent, int]: ...
    async def get(self, guild_id: GuildId, group_event_id: GroupEventId) -> GroupEvent | None: ...
    async def of_guild(self, guild_id: GuildId) -> Sequence[GroupEvent]: ...
    async def everyone(self) -> Sequence[GroupEvent]: ...
    async def scheduled_id_of(self, event: GroupEvent) -> int | None: ...
    async def note_scheduled(self, event: GroupEvent, scheduled_id: int | None) -> None: ...


class EventPlans(Protocol):
    """What is asked of the plans that are worked back from events."""

    async def event_changed(self, known: GroupEvent, changed: GroupEvent, *, by: PersonId | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class TypedEvent:
    """An event as an organiser typed it."""

    kind: GroupEventKind
    title: str
    when: str
    place: str = ""
    url: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class EventChange:
    """An event after a change: whether the group is told, what was assumed, and how many reminders were going out just then."""

    event: GroupEvent
    announced: bool = False
    sending: int = 0
    assumed: tuple[str, ...] = ()


class GroupEventService:
    """Keep a group's events and their reminders. ``wake`` tells the alarm clock that something was planned."""

    def __init__(
        self,
        store: GroupEventStore,
        guilds: GuildStore,
        clock: Clock,
        wake: Callable[[], None],
        *,
        reminders: EventReminders,
        bank_holidays: Callable[[str], Collection[date]] = lambda division: (),
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._store = store
        self._guilds = guilds
        self._clock = clock
        self._wake = wake
        self._ladders = EventLadders(reminders, clock, bank_holidays)
        self._audit = audit
        # Whoever looks and then writes does so alone in its group: two organisers' forms never read the same revision.
        self._turns = Turns()
        self._plans: EventPlans | None = None

    def attach(self, plans: EventPlans) -> None:
        """Let plans that are worked back from an event follow it."""
        self._plans = plans

    # Reading

    async def list(self, guild_id: GuildId) -> Sequence[GroupEvent]:
        """List a group's events: those to come by their next time, then those that are over, the latest first."""
        now = self._clock.now()
        held = await self._store.of_guild(guild_id)
        to_come = [event for event in held if event.state(now).is_open]
        past = [event for event in held if not event.state(now).is_open]
        to_come.sort(key=lambda event: event.coming(now)[0].starts)
        past.sort(key=lambda event: event.last().on, reverse=True)
        return (*to_come, *past)

    async def get(self, guild_id: GuildId, group_event_id: GroupEventId) -> GroupEvent:
        """Give one event of a group. NotFound: this group has none of that number."""
        found = await self._store.get(guild_id, group_event_id)
        if found is None:
            raise NotFound("Your group doesn't have that event.", "Use /deadlines list to see them all.")
        return found

    async def complete(self, guild_id: GuildId, text: str) -> Sequence[GroupEvent]:
        """Offer up to 25 events whose title holds every word typed."""
        wanted = text.casefold().split()
        found = [e for e in await self.list(guild_id) if all(word in e.title.casefold() for word in wanted)]
        return found[:CHOICES]

    async def ladder(self, event: GroupEvent) -> EventLadder:
        """Show the reminders of an event: those to come, and those that were due."""
        return await self._ladders.show(event, await self._guilds.get(event.guild_id))

    def upcoming(self, event: GroupEvent) -> Sequence[Occurrence]:
        """Give the next occurrences, to move one of them or leave it out."""
        return event.coming(self._clock.now(), OCCURRENCES_OFFERED)

    async def listed_as(self, event: GroupEvent) -> int | None:
        """Give the number of what was made of it in Discord's own list of events, or None."""
        return await self._store.scheduled_id_of(event)

    async def listed(self, event: GroupEvent, scheduled_id: int) -> None:
        """Note what was made of it in Discord's own list of events."""
        await self._store.note_scheduled(event, scheduled_id)

    # Changing

    async def add(
        self, guild_id: GuildId, person_id: PersonId | None, typed: TypedEvent, *, draft: str | None = None
    ) -> EventChange:
        """Add an event. The same form a second time gives the event that it made. Refused: nonsense, or too many."""
        settings = await self._guilds.get(guild_id)
        now = self._clock.now()
        when = read_when(typed.when, now, settings.zone)
        event = checked(
            GroupEvent(
                GroupEventId(0),
                guild_id,
                typed.kind,
                typed.title,
                when.on,
                when.at,
                settings.zone,
                when.minutes,
                typed.place,
                typed.url,
                typed.words,
                when.repeat,
                when.until,
                by_clock=when.by_clock,
                set_by=person_id,
            )
        )
        stored = await self.take(event, person_id, draft=draft)
        return EventChange(stored, assumed=when.assumed)

    async def take(
        self,
        event: GroupEvent,
        person_id: PersonId | None,
        *,
        draft: str | None = None,
        instead_of: Deadline | None = None,
    ) -> GroupEvent:
        """Keep an event that was read already: from a form, from a file, or in place of a date."""
        async with self._turns.of(event.guild_id):
            settings = await self._guilds.get(event.guild_id)
            held = await self._store.of_guild(event.guild_id)
            now = self._clock.now()
            if len(held) >= MOST_HELD or sum(other.state(now).is_open for other in held) >= MOST_OPEN:
                raise Refused(
                    f"This group already has {len(held)} events.",
                    "Call off events that no longer matter, then add this one.",
                )
            planned = self._ladders.planned(event, settings)
            stored, new = await self._store.add(event, planned, now, draft=draft, instead_of=instead_of)
        if new:
            await self._audit.note(event.guild_id, person_id, f"Event “{stored.title}” added: {stored.headline(now)}")
            self._wake()
        return stored

    async def instead_of(
        self, deadline: Deadline, person_id: PersonId | None, *, revision: int | None = None
    ) -> GroupEvent:
        """Make a date of the group's own an event. Overtaken: it changed since ``revision``."""
        became = deadline.note_kind is NoteKind.BECAME_EVENT
        if not deadline.is_unsaid:
            raise Refused("That isn't one of your group's own events.", "Use /deadlines add to add an event.")
        if not became and revision is not None and revision != deadline.revision:
            now = self._clock.now()
            raise Overtaken(f"“{deadline.title}”", deadline.headline(now.date()), deadline.revision)
        settings = await self._guilds.get(deadline.guild_id)
        own = tuple(day for day in deadline.ladder.days if day <= 0) if deadline.ladder is not None else ()
        kind = GroupEventKind.DEBATE if deadline.kind is DeadlineKind.BILL_STAGE else GroupEventKind.OTHER
        event = GroupEvent(
            GroupEventId(0),
            deadline.guild_id,
            kind,
            deadline.title,
            deadline.watch_on,
            zone=settings.zone,
            url=deadline.source_url,
            days=own or None,
            set_by=person_id,
        )
        return await self.take(event, person_id, draft=f"deadline {deadline.deadline_id}", instead_of=deadline)

    async def edit(
        self,
        guild_id: GuildId,
        group_event_id: GroupEventId,
        person_id: PersonId | None,
        typed: TypedEvent,
        *,
        revision: int | None = None,
    ) -> EventChange:
        """Change an event to what was typed; another time or place is announced once where the group was reminded of it.

        Overtaken, here and below: it changed since ``revision``.
        """
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, group_event_id)
            assumed: tuple[str, ...] = ()
            changed = replace(
                known, kind=typed.kind, title=typed.title, place=typed.place, url=typed.url, words=typed.words
            )
            if typed.when.strip() != when_words(known):
                when = read_when(typed.when, self._clock.now(), known.zone)
                assumed = when.assumed
                changed = replace(
                    changed,
                    on=when.on,
                    at=when.at,
                    minutes=when.minutes,
                    by_clock=when.by_clock,
                    repeat=when.repeat,
                    until=when.until,
                )
                if (known.on, known.repeat, known.until) != (changed.on, changed.repeat, changed.until):
                    changed = replace(changed, moved=under_another_rule(known, changed, self._clock.now()))
            changed = checked(changed)
            if changed == known:
                return EventChange(known)
            self._unchanged(known, revision)
            news = _when(changed) != _when(known) or changed.place != known.place
            done = await self._save(known, replace(changed, set_by=person_id), news=NEWS if news else "", by=person_id)
            return replace(done, assumed=assumed)

    async def move(
        self,
        guild_id: GuildId,
        group_event_id: GroupEventId,
        person_id: PersonId | None,
        for_day: date,
        when: str,
        *,
        revision: int | None = None,
    ) -> EventChange:
        """Move one occurrence of an event that repeats; ``when`` empty: leave it out."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, group_event_id)
            now = self._clock.now()
            here = next((o for o in known.coming(now, 60) if o.for_day == for_day), None)
            on, at = None, None
            assumed: tuple[str, ...] = ()
            if when.strip():
                read = read_when(when, now, known.zone)
                if read.repeat is not Repeat.ONCE:
                    raise Refused(
                        "Move one occurrence at a time, to one day.", "Give a day and a time: 9 December 7pm."
                    )
                on, at, assumed = read.on, read.at if read.at is not None else known.at, read.assumed
            if here is None:
                left_out = any(move.for_day == for_day and move.on is None for move in known.moved)
                if left_out and on is None:
                    return EventChange(known)
                raise Refused(
                    "That one is over, or you've already skipped it.", "Open the event to see what's to come."
                )
            if not known.repeats:
                raise Refused("This event takes place once.", "Change its date, or call it off.")
            if (here.on, here.at) == (on, at):
                return EventChange(known)
            self._unchanged(known, revision)
            changed = replace(moved(known, here, on, at, now), set_by=person_id)
            done = await self._save(
                known,
                changed,
                news=NEWS if on is not None else OFF,
                day=on or here.on,
                outdated=(here.on, on or here.on),
                by=person_id,
            )
            return replace(done, assumed=assumed)

    async def remind(
        self,
        guild_id: GuildId,
        group_event_id: GroupEventId,
        person_id: PersonId | None,
        days: Sequence[int] | None,
        *,
        aloud: bool,
        revision: int | None = None,
    ) -> EventChange:
        """Choose the days before an event on which the group is reminded (None: the usual ones), and whether they notify people."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, group_event_id)
            own = checked_days(days) if days is not None else None
            if (own, aloud) == (known.days, known.aloud):
                return EventChange(known)
            self._open(known)
            self._unchanged(known, revision)
            return await self._save(known, replace(known, days=own, aloud=aloud, set_by=person_id), by=person_id)

    async def call_off(
        self,
        guild_id: GuildId,
        group_event_id: GroupEventId,
        person_id: PersonId | None,
        *,
        revision: int | None = None,
    ) -> EventChange:
        """Call an event off: its reminders are cancelled, and the group is told where it was reminded before. Again without harm."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, group_event_id)
            if known.off_on is not None:
                return EventChange(known)
            self._open(known)
            self._unchanged(known, revision)
            now = self._clock.now()
            changed = replace(known, off_on=known.local_day(now), set_by=person_id)
            return await self._save(known, changed, news=OFF, by=person_id)

    # By itself

    async def recompute(self) -> int:
        """Plan on what every event calls for now; give the number changed. Meant for once a day and at start."""
        return await self._again(await self._store.everyone())

    async def replan(self, guild_id: GuildId) -> int:
        """Plan a group's events again after its settings changed; give the number planned."""
        return await self._again(await self._store.of_guild(guild_id))

    async def _again(self, events: Sequence[GroupEvent]) -> int:
        count, now = 0, self._clock.now()
        for event in events:
            if not event.state(now).is_open:
                continue
            try:
                settings = await self._guilds.get(event.guild_id)
                if not await self._ladders.settled(event, settings):
                    await self._store.save(event, await self._ladders.wanted(event, settings), now, same=True)
                    count += 1
            except PostbagError as error:
                log.warning("event %d was left as it is: %s", event.group_event_id, error.message)
        if count:
            self._wake()
        return count

    async def _save(
        self,
        known: GroupEvent,
        changed: GroupEvent,
        *,
        news: str = "",
        day: date | None = None,
        outdated: Collection[date] | None = None,
        by: PersonId | None = None,
    ) -> EventChange:
        """Keep a change. ``news``: it is told as that, of ``day``, in place of what waits to be told of ``outdated`` days."""
        settings = await self._guilds.get(known.guild_id)
        now = self._clock.now()
        is_open = known.state(now).is_open
        told = bool(news) and is_open and known.kind is not GroupEventKind.POST and await self._ladders.was_told(known)
        rows = list(await self._ladders.wanted(changed, settings, outdated=outdated if told else ()))
        if told:
            civil = out_of_quiet(now, settings)
            coming = changed.coming(now)
            about = day or (coming[0].on if coming else None)
            rows.append(
                PlannedReminder(
                    ReminderKind.EVENT_NEWS,
                    news,
                    civil,
                    civil.instant() + LAST_RUNG_USE,
                    for_day=about,
                    generation=known.revision + 1,
                )
            )
        stored, sending = await self._store.save(changed, rows, now)
        if self._plans is not None:
            try:
                await self._plans.event_changed(known, stored, by=by)
            except PostbagError as error:
                log.warning("a plan on event %d did not follow it: %s", known.group_event_id, error.message)
        await self._audit.note(known.guild_id, by, f"Event “{known.title}”: {_what_changed(known, stored, now)}")
        self._wake()
        return EventChange(stored, told, sending)

    # Checks

    def _open(self, event: GroupEvent) -> GroupEvent:
        state = event.state(self._clock.now())
        if not state.is_open:
            raise Refused(f"This event is {state.value}.", "Use /deadlines add to add another.")
        return event

    def _unchanged(self, known: GroupEvent, revision: int | None) -> None:
        if revision is not None and revision != known.revision:
            raise Overtaken(f"“{known.title}”", known.headline(self._clock.now()), known.revision)


def _when(event: GroupEvent) -> tuple[object, ...]:
    return event.on, event.at, event.minutes, event.by_clock, event.repeat, event.until


def _what_changed(known: GroupEvent, changed: GroupEvent, now: datetime) -> str:
    """Say in a line what a change makes of an event."""
    said = []
    if changed.off_on is not None and known.off_on is None:
        return "called off"
    if changed.title != known.title:
        said.append(f"title “{changed.title}”")
    if _when(changed) != _when(known) or changed.moved != known.moved:
        said.append(changed.headline(now))
    if changed.place != known.place:
        said.append("its place")
    if (changed.days, changed.aloud) != (known.days, known.aloud):
        said.append("its reminder days")
    return ", ".join(said) or "its words"
