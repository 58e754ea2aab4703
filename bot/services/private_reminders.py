"""Private reminders: understood before they are kept, changed only by their owner, and never lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.dates.exact import Lean, day_and_date
from bot.domain.dates.folding import as_typed
from bot.domain.dates.moments import Moment, Which, begin_of_series, civil_at, read_moment
from bot.domain.dates.one_day import read_day
from bot.domain.dates.repeats import Repeat, first_time, next_time, read_repeat
from bot.domain.dates.times import say_time
from bot.domain.deadlines import Deadline
from bot.domain.editions import edition, require_edition
from bot.domain.errors import NotFound, Refused, Unreadable
from bot.domain.group_events import GroupEvent
from bot.domain.guilds import DEFAULT_TIME, DEFAULT_ZONE
from bot.domain.identity import DeadlineId, GroupEventId, GuildId, PersonalId, PersonId, UserId
from bot.domain.plain_text import without_invisible_signs
from bot.domain.private_reminders import (
    TEXT_LIMIT,
    EventMark,
    Missed,
    PersonSettings,
    PrivateReminder,
    mark_of,
)
from bot.domain.reminders import CivilTime
from bot.services.people import PeopleService
from bot.services.ports.groups import GuildStore

LOOK_AGAIN = timedelta(minutes=10)
SHOWN_AHEAD = 3
ABOUT_EVENT = re.compile(r"e (?P<number>[0-9]{1,18}) (?P<day>[0-9]{8})")
"""What a reminder says it is about where it was set on an event: which, and the day that its rule gave."""

WiderReading = Callable[[str, datetime, str, time], Moment | None]
GroupEventRead = Callable[[GuildId, GroupEventId], Awaitable[GroupEvent | None]]
"""How an event of a group is read."""


class PrivateReminderStore(Protocol):
    """Where private reminders are kept. Every method that names one is its owner's: NotFound for anybody else."""

    async def add(self, wanted: PrivateReminder, now: datetime, draft: str | None = None) -> PrivateReminder: ...
    async def of_person(self, person_id: PersonId) -> Sequence[PrivateReminder]: ...
    async def get(self, person_id: PersonId, personal_id: PersonalId) -> PrivateReminder: ...
    async def change(self, changed: PrivateReminder, now: datetime) -> tuple[PrivateReminder, bool]: ...
    async def done(
        self, person_id: PersonId, personal_id: PersonalId, now: datetime, *, stop: bool
    ) -> PrivateReminder: ...
    async def snooze(
        self, person_id: PersonId, personal_id: PersonalId, again: CivilTime, now: datetime
    ) -> PrivateReminder: ...
    async def not_seen_by_anyone_yet(self) -> frozenset[PersonId]: ...
    async def not_seen(self, person_id: PersonId) -> Sequence[Missed]: ...
    async def shown(self, person_id: PersonId, reminder_ids: Sequence[int], now: datetime) -> None: ...
    async def settings(self, person_id: PersonId) -> PersonSettings: ...
    async def save_settings(self, person_id: PersonId, chosen: PersonSettings, now: datetime) -> None: ...
    async def follow_dates(self, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Habits:
    """What counts where a person says nothing else: zone, time of day, days before a date."""

    zone: str
    usual: time
    lead: int


@dataclass(frozen=True, slots=True)
class Understood:
    """A reminder as it was understood, before it is kept. ``assumed`` says what was added to what was typed."""

    text: str
    first: CivilTime
    repeat: Repeat = Repeat.ONCE
    until: date | None = None
    about: str = ""
    deadline_id: DeadlineId | None = None
    lead_days: int | None = None
    assumed: tuple[str, ...] = ()

    @property
    def ahead(self) -> tuple[CivilTime, ...]:
        """Give the first times of one that repeats."""
        found = [self.first]
        while len(found) < SHOWN_AHEAD:
            following = next_time(self.first, self.repeat, found[-1].instant(), self.until)
            if following is None:
                break
            found.append(following)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed can mean several moments: a question, and the reminder each would be."""

    question: str
    choices: tuple[Understood, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed: what for, when, how often ("": said in ``when``), and until which day."""

    what: str = ""
    when: str = ""
    repeat: str = ""
    until: str = ""


@dataclass(slots=True)
class _Waiting:
    people: frozenset[PersonId] = field(default_factory=frozenset)
    looked_at: datetime | None = None


class PrivateReminderService:
    """Keep private reminders. ``widely`` reads times that the grammar does not know; ``wake`` pokes the alarm clock."""

    def __init__(
        self,
        store: PrivateReminderStore,
        people: PeopleService,
        guilds: GuildStore,
        clock: Clock,
        wake: Callable[[], None],
        widely: WiderReading | None = None,
        event: GroupEventRead | None = None,
    ) -> None:
        self._store = store
        self._people = people
        self._guilds = guilds
        self._clock = clock
        self._wake = wake
        self._widely = widely
        self._event = event
        self._waiting = _Waiting()
        self._dates_changed = True

    # Understanding

    async def habits(self, user_id: UserId, group: GuildId | None) -> Habits:
        """Give what counts for a person here: their own choice, else the group's, else London at 9am."""
        own = await self.own_settings(user_id)
        held = await self._guilds.get(group) if group is not None else None
        zone = own.zone or (held.zone if held is not None else DEFAULT_ZONE)
        usual = own.time_of_day or (held.time_of_day if held is not None else DEFAULT_TIME)
        return Habits(zone, usual, own.lead)

    async def understand(
        self,
        user_id: UserId,
        group: GuildId | None,
        typed: Typed,
        *,
        deadline: Deadline | None = None,
        about: str = "",
    ) -> Understood | Asked:
        """Read what was typed; nothing is kept, and nobody becomes known. Refused: it is not clear, and why."""
        text = _clean(typed.what)
        habits = await self.habits(user_id, group)
        wording = read_repeat(typed.when)
        repeat = Repeat(typed.repeat) if typed.repeat and typed.repeat != Repeat.ONCE else wording.repeat
        now = self._clock.now()
        day = deadline.watch_on if deadline is not None else None
        try:
            found = await self._read(wording.first, now, habits, day)
        except Unreadable as refusal:
            # quoted as it was typed: the words for the first time alone are ours
            raise Unreadable(
                f"Postbag couldn't read a time in that: {as_typed(typed.when)}.", refusal.next_step
            ) from None
        counted = day is not None and await self._counts_from_date(wording.first, now, habits)
        if counted and repeat is not Repeat.ONCE:
            raise Refused(
                "A reminder that counts from a date can't repeat.", "Set one for each day, or give the day itself."
            )
        until = self._until(typed.until or wording.until, now, habits)

        def as_understood(moment: Moment) -> Understood:
            first = first_time(moment.civil, repeat)
            if until is not None and until < first.on:
                raise Refused(
                    f"The last day, {day_and_date(until)}, is before the first, {day_and_date(first.on)}.",
                    "Give a later last day, or none.",
                )
            assumed = moment.assumed
            if first != moment.civil:
                assumed = (*assumed, f"That's a weekend, so the reminder starts on {day_and_date(first.on)}.")
            return Understood(
                text,
                first,
                repeat,
                until if repeat is not Repeat.ONCE else None,
                about,
                deadline.deadline_id if counted and deadline is not None and deadline.deadline_id else None,
                (day - first.on).days if counted and day is not None else None,
                assumed,
            )

        found = begin_of_series(found, repeat)
        if isinstance(found, Which):
            return Asked(found.question, tuple(as_understood(moment) for moment in found.choices))
        return as_understood(found)

    async def _read(self, when: str, now: datetime, habits: Habits, day: date | None) -> Moment | Which:
        try:
            return read_moment(when, now, habits.zone, usual=habits.usual, deadline_on=day, lead=habits.lead)
        except Unreadable:
            if self._widely is None:
                raise
            found = await asyncio.to_thread(self._widely, when, now, habits.zone, habits.usual)
            if found is None:
                raise
            return found

    async def _counts_from_date(self, when: str, now: datetime, habits: Habits) -> bool:
        try:
            await self._read(when, now, habits, None)
        except Refused:
            return True
        return False

    def _until(self, words: str, now: datetime, habits: Habits) -> date | None:
        if not words.strip():
            return None
        return read_day(words, now.astimezone(ZoneInfo(habits.zone)).date(), lean=Lean.FORWARD)

    # Keeping and changing

    async def keep(
        self, user_id: UserId, group: GuildId | None, wanted: Understood, draft: str | None = None
    ) -> PrivateReminder:
        """Keep a reminder as it was shown; one ``draft`` is kept once. Refused: its time has passed, or there are too many.

        The group in which it is set is kept with it: whether its message may say what it is about is what the group says by then.
        """
        self._require_to_come(wanted)
        person_id = await self._people.person_for(user_id)
        own = await self._store.settings(person_id)
        neutral = own.neutral or (group is not None and (await self._guilds.get(group)).high_risk)
        event = await self._mark(group, wanted)
        kept = await self._store.add(
            _merged(
                PrivateReminder(
                    PersonalId(0), person_id, "", wanted.first, guild_id=group, event=event, neutral=neutral
                ),
                wanted,
            ),
            self._clock.now(),
            draft,
        )
        self._wake()
        return kept

    async def change(
        self, user_id: UserId, personal_id: PersonalId, revision: int, wanted: Understood
    ) -> tuple[PrivateReminder, bool]:
        """Put a reminder as it was shown in place of what was kept. True: it was just going out as it was."""
        self._require_to_come(wanted)
        held = await self.get(user_id, personal_id)
        about = wanted.about or held.about
        event = held.event if wanted.repeat is Repeat.ONCE else None
        changed = _merged(replace(held, revision=revision, event=event), replace(wanted, about=about))
        kept, sending = await self._store.change(changed, self._clock.now())
        self._wake()
        return kept, sending

    async def _mark(self, group: GuildId | None, wanted: Understood) -> EventMark | None:
        """Note on which time of an event a reminder is set, so that it moves along. One that repeats goes its own way."""
        found = ABOUT_EVENT.fullmatch(wanted.about)
        if found is None or group is None or self._event is None or wanted.repeat is not Repeat.ONCE:
            return None
        event = await self._event(group, GroupEventId(int(found["number"])))
        here = event.time_of(date.fromisoformat(found["day"])) if event is not None else None
        return mark_of(event, here) if event is not None and here is not None else None

    async def mine(self, user_id: UserId) -> Sequence[PrivateReminder]:
        """List a person's reminders: those to come, then those that are over."""
        person_id = await self._people.find(user_id)
        return await self._store.of_person(person_id) if person_id is not None else ()

    async def get(self, user_id: UserId, personal_id: PersonalId) -> PrivateReminder:
        """Give one reminder of a person. NotFound: there is none of theirs."""
        return await self._store.get(await self._owner(user_id), personal_id)

    async def done(self, user_id: UserId, personal_id: PersonalId) -> PrivateReminder:
        """Note that it is done; one that repeats comes again at its next time."""
        return await self._store.done(await self._owner(user_id), personal_id, self._clock.now(), stop=False)

    async def cancel(self, user_id: UserId, personal_id: PersonalId) -> PrivateReminder:
        """Let a reminder never come (again)."""
        return await self._store.done(await self._owner(user_id), personal_id, self._clock.now(), stop=True)

    def snooze_times(self, held: PrivateReminder) -> Sequence[tuple[str, CivilTime]]:
        """Offer times to come again: in an hour, tomorrow, in a week."""
        now = self._clock.now()
        today = now.astimezone(ZoneInfo(held.first.zone)).date()
        return (
            ("In an hour", civil_at(now + timedelta(hours=1), held.first.zone)),
            ("Tomorrow", replace(held.first, on=today + timedelta(days=1))),
            ("Next week", replace(held.first, on=today + timedelta(days=7))),
        )

    async def read_snooze(self, user_id: UserId, personal_id: PersonalId, when: str) -> Moment | Which:
        """Read the time at which a reminder is to come again."""
        held = await self.get(user_id, personal_id)
        own = await self.own_settings(user_id)
        return await self._read(when, self._clock.now(), Habits(held.first.zone, held.first.at, own.lead), None)

    async def snooze(self, user_id: UserId, personal_id: PersonalId, again: CivilTime) -> PrivateReminder:
        """Let a reminder come once more. Refused: that time has gone by."""
        if again.instant() <= self._clock.now():
            raise Refused("That time has passed.", "Choose a later one.")
        held = await self._store.snooze(await self._owner(user_id), personal_id, again, self._clock.now())
        self._wake()
        return held

    def _require_to_come(self, wanted: Understood) -> None:
        _clean(wanted.text)
        if wanted.first.instant() <= self._clock.now():
            raise Refused("That time has passed.", "Press Change and give a later one.")

    async def _owner(self, user_id: UserId) -> PersonId:
        person_id = await self._people.find(user_id)
        if person_id is None:
            raise NotFound("You have no reminders.", "Set one with /remind me.")
        return person_id

    # A person's own settings

    async def own_settings(self, user_id: UserId) -> PersonSettings:
        """Give what a person chose for their reminders."""
        person_id = await self._people.find(user_id)
        return await self._store.settings(person_id) if person_id is not None else PersonSettings()

    async def save_settings(self, user_id: UserId, chosen: PersonSettings, opened: str = "") -> None:
        """Keep what a person chose. Reminders that are set stay at their times. Overtaken: they chose otherwise since ``opened``."""
        if chosen.lead_days is not None and not 0 <= chosen.lead_days <= 365:
            raise Refused("Give a number of days from 0 to 365.", "For example 3.")
        person_id = await self._people.person_for(user_id)
        known = await self._store.settings(person_id)
        if known != chosen:
            at = say_time(known.time_of_day) if known.time_of_day is not None else "as usual"
            wording = "never what they are about" if known.neutral else "your own words"
            says = f"time zone {known.zone or 'as usual'}; time of day {at}; {known.lead} days before; {wording}"
            require_edition(opened, edition(known), "Your settings", says)
        await self._store.save_settings(person_id, chosen, self._clock.now())

    # Dates that moved, and what did not arrive

    def dates_changed(self) -> None:
        """Note that a deadline or event was changed: reminders that count from it are moved at the next sweep, which comes soon."""
        self._dates_changed = True
        self._wake()

    async def follow_dates(self) -> int:
        """Move the reminders whose date or event has moved, where any may have."""
        if not self._dates_changed:
            return 0
        self._dates_changed = False
        try:
            return await self._store.follow_dates(self._clock.now())
        except BaseException:
            self._dates_changed = True
            raise

    def look_again(self) -> None:
        """Note that something did not reach its person, so that the next visit is looked at."""
        self._waiting.looked_at = None

    async def look_who_waits(self) -> None:
        """Learn for whom something waits to be shown."""
        self._waiting.looked_at = self._clock.now()
        self._waiting.people = await self._store.not_seen_by_anyone_yet()

    async def not_seen(self, user_id: UserId) -> Sequence[Missed]:
        """List what did not reach a person. Mostly answered from memory: nobody waits."""
        looked_at = self._waiting.looked_at
        if looked_at is None or not timedelta(0) <= self._clock.now() - looked_at < LOOK_AGAIN:
            await self.look_who_waits()
        if not self._waiting.people:
            return ()
        person_id = await self._people.find(user_id)
        return await self._store.not_seen(person_id) if person_id in self._waiting.people and person_id else ()

    async def shown(self, user_id: UserId, missed: Sequence[Missed]) -> None:
        """Note that a person has now seen what had not reached them."""
        person_id = await self._people.find(user_id)
        if person_id is not None:
            await self._store.shown(person_id, [m.reminder_id for m in missed], self._clock.now())
        await self.look_who_waits()


def _merged(held: PrivateReminder, wanted: Understood) -> PrivateReminder:
    return replace(
        held,
        text=wanted.text,
        first=wanted.first,
        repeat=wanted.repeat,
        until=wanted.until,
        about=wanted.about,
        deadline_id=wanted.deadline_id,
        lead_days=wanted.lead_days,
    )


def _clean(text: str) -> str:
    words = without_invisible_signs(text).strip()
    if not words:
        raise Refused("What should Postbag remind you about?", "Write a few words, for example: ring the MP's office.")
    if len(words) > TEXT_LIMIT:
        raise Refused(f"That is {len(words):,} characters long. The limit is {TEXT_LIMIT:,}.", "Shorten it a little.")
    return words
