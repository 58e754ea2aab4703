"""Events of a group's own: a vote, a meeting, a lobby day. They come and are over; nobody owes them, and none is ever late.

Kept apart from ``deadlines``, where an answer is waited for: nothing here knows of "overdue". What repeats is one event with
many occurrences; one of them can be moved, or left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.dates.exact import day_and_date
from bot.domain.dates.repeats import Repeat, next_time
from bot.domain.dates.times import say_time
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GroupEventId, GuildId, PersonId
from bot.domain.reminders import CivilTime, PlannedReminder, ReminderKind, within_quiet, working_day
from bot.domain.reports import long_date

PLACE_LIMIT = 200
WORDS_LIMIT = 1000
"""Characters of a plain post to the channel."""

LONGEST_MINUTES = 14 * 24 * 60
DAYS_BEFORE = (-7, -1, 0)
SHORT_NOTICE = timedelta(hours=1)
"""How long before it begins the group is reminded where its usual hour on the day would be too late."""

WAKING = time(6)
"""Nothing is posted before this hour only because an event begins early."""

# A group's own words of Monday morning (who is on today?) are wrong on Tuesday.
POST_USE = timedelta(hours=12)
MOVES_KEPT = timedelta(days=60)
EVENT_BACK = timedelta(days=31)
EVENTS_AHEAD = 30
"""Of an event that repeats: how far back its times are in a calendar file, and how many."""

SINGLE = date.min + timedelta(days=1)
"""Stands in ``moved`` for the one time of an event from before it repeated: calendars that have it are told that it has gone."""

NEWS = "news"
OFF = "off"
"""The rungs of what is said once: that a date changed, and that it was called off."""

_NOON = time(12)
_DAY = timedelta(days=1)


class GroupEventKind(StrEnum):
    """What kind of event it is. A post is words of the group's own that Postbag posts at that time."""

    MEETING = "meeting"
    VOTE = "vote"
    LOBBY_DAY = "lobby day"
    DEBATE = "debate"
    CONSULTATION = "consultation closes"
    OTHER = "other"
    POST = "post"

    @property
    def label(self) -> str:
        return "Post to the channel" if self is GroupEventKind.POST else self.value.capitalize()


class GroupEventState(StrEnum):
    """Where an event stands at a moment."""

    COMING = "coming up"
    TODAY = "today"
    ON_NOW = "on now"
    OVER = "over"
    CALLED_OFF = "called off"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def is_open(self) -> bool:
        """Tell whether there is still something to come."""
        return self not in (GroupEventState.OVER, GroupEventState.CALLED_OFF)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an event takes place. ``for_day`` is the day that its rule gave; ``on`` where it is now."""

    for_day: date
    on: date
    at: time | None
    zone: str
    minutes: int = 0
    by_clock: bool = False

    @property
    def starts(self) -> datetime:
        return CivilTime(self.on, self.at or time(0), self.zone).instant()

    @property
    def ends(self) -> datetime:
        """Give the moment from which it is over: after its length where that is known, else with its day.

        Where an end was typed (``by_clock``) that is what the clock shows, also in a night in which the clocks change.
        """
        if self.at is not None and self.minutes and self.by_clock:
            shown = datetime.combine(self.on, self.at) + timedelta(minutes=self.minutes)
            return _when_shown(shown, self.zone, self.starts) or self.starts + timedelta(minutes=self.minutes)
        if self.at is not None and self.minutes:
            return self.starts + timedelta(minutes=self.minutes)
        return CivilTime(self.last_day + _DAY, time(0), self.zone).instant()

    @property
    def last_day(self) -> date:
        """Give the last of the days that it takes where no time of day is said."""
        return self.on + timedelta(days=max(0, self.minutes // (24 * 60) - 1)) if self.at is None else self.on

    @property
    def is_moved(self) -> bool:
        return self.on != self.for_day

    @property
    def when(self) -> str:
        """Say when it is: ``Tuesday 8 December 2026, 7pm to 9pm``."""
        said = day_and_date(self.on)
        if self.at is None:
            return said if self.last_day == self.on else f"{said} to {day_and_date(self.last_day)}"
        said += f", {say_time(self.at)}"
        if self.minutes:
            end = self.ends.astimezone(ZoneInfo(self.zone))
            same = end.date() == self.on
            said += f" to {say_time(end.time())}" + ("" if same else f" on {day_and_date(end.date())}")
        return said

    @property
    def change_note(self) -> str:
        """Say what a clock change does to its time, or nothing."""
        return CivilTime(self.on, self.at, self.zone).change_note if self.at is not None else ""


@dataclass(frozen=True, slots=True)
class Moved:
    """That the occurrence of a day takes place at another time, or (``on`` is None) not at all.

    A day that the rule no longer gives is kept as not taking place, so that calendars which have it let it go.
    """

    for_day: date
    on: date | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class GroupEvent:
    """An event of a group's own. ``on``, ``at`` and ``zone`` are civil; without ``at`` it takes the whole day.

    ``minutes`` is its length, 0 where nobody said: time that passes, or (``by_clock``) what lies between two times that the
    clock shows, where its end was typed. ``days`` are the days before it (0: the day itself) on which the group is
    reminded, None: the usual ones. ``aloud``: reminders before the day notify people, too. ``off_on``: the day on which
    it was called off. ``words`` are those of a post. ``group_event_id`` is 0 until it is stored.
    """

    group_event_id: GroupEventId
    guild_id: GuildId
    kind: GroupEventKind
    title: str
    on: date
    at: time | None = None
    zone: str = "Europe/London"
    minutes: int = 0
    place: str = ""
    url: str = ""
    words: str = ""
    repeat: Repeat = Repeat.ONCE
    until: date | None = None
    moved: tuple[Moved, ...] = ()
    days: tuple[int, ...] | None = None
    aloud: bool = False
    off_on: date | None = None
    by_clock: bool = False
    revision: int = 1
    set_by: PersonId | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def repeats(self) -> bool:
        return self.repeat is not Repeat.ONCE

    @property
    def ladder(self) -> tuple[int, ...]:
        """Give the days before it on which the group is reminded."""
        if self.kind is GroupEventKind.POST:
            return (0,)
        if self.days is not None:
            return self.days
        if self.repeat in (Repeat.DAILY, Repeat.WEEKDAYS):
            return (0,)
        return (-1, 0) if self.repeat in (Repeat.WEEKLY, Repeat.FORTNIGHTLY) else DAYS_BEFORE

    def is_silent(self, rung: str) -> bool:
        """Tell whether a reminder is shown without notifying anybody: one before the day, unless chosen otherwise."""
        return rung.startswith("-") and not self.aloud

    def local_day(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def occurrences(self, since: date, most: int) -> tuple[Occurrence, ...]:
        """Give the first occurrences on or after a day, by the time at which they take place now."""
        moved = self.moved if self.repeats else ()
        found = [self._occurrence(move.for_day, move.on, move.at) for move in moved if move.on is not None]
        changed = {move.for_day for move in moved}
        rule_days = 0
        for day in self._rule_days(since):
            if rule_days == most:
                break
            if day not in changed:
                found.append(self._occurrence(day, day, self.at))
                rule_days += 1
        shown = [occurrence for occurrence in found if occurrence.on >= since]
        return tuple(sorted(shown, key=lambda occurrence: (occurrence.starts, occurrence.for_day))[:most])

    def coming(self, now: datetime, most: int = 1) -> tuple[Occurrence, ...]:
        """Give the next occurrences that are not over; none of what was called off."""
        if self.off_on is not None:
            return ()
        days_long = timedelta(minutes=self.minutes).days + 1
        since = self.local_day(now) - timedelta(days=days_long)
        found = self.occurrences(since, most + days_long + 2)
        return tuple(occurrence for occurrence in found if occurrence.ends > now)[:most]

    def last(self) -> Occurrence:
        """Give the last occurrence; of what never ends, or ended with nothing left of it, its first."""
        if not self.repeats:
            return (self.occurrences(date.min + _DAY, 1) or (self._occurrence(self.on, self.on, self.at),))[0]
        if self.until is None:
            return self._occurrence(self.on, self.on, self.at)
        back = 1
        while back < 5000:
            found = self.occurrences(max(self.on, self.until - timedelta(days=back)), 400)
            if found:
                return found[-1]
            back *= 4
        return self._occurrence(self.on, self.on, self.at)

    def occurrence_on(self, day: date) -> Occurrence | None:
        """Give the occurrence that takes place on a day now, or None."""
        return next((occurrence for occurrence in self.occurrences(day, 1) if occurrence.on == day), None)

    def time_of(self, for_day: date) -> Occurrence | None:
        """Give the occurrence that its rule has for a day, where it is now; None where it was left out or all was called off.

        Of an event that takes place once that one, whatever the day.
        """
        if self.off_on is not None:
            return None
        if not self.repeats:
            return self.last()
        move = next((move for move in self.moved if move.for_day == for_day), None)
        if move is not None:
            return self._occurrence(for_day, move.on, move.at) if move.on is not None else None
        return self._occurrence(for_day, for_day, self.at) if self.takes_place_by_rule(for_day) else None

    def takes_place_by_rule(self, day: date) -> bool:
        """Tell whether the rule gives a day, whatever became of that occurrence."""
        return next(self._rule_days(day), None) == day

    def state(self, now: datetime) -> GroupEventState:
        if self.off_on is not None:
            return GroupEventState.CALLED_OFF
        coming = self.coming(now)
        if not coming:
            return GroupEventState.OVER
        if coming[0].at is not None and coming[0].minutes and coming[0].starts <= now:
            return GroupEventState.ON_NOW
        return GroupEventState.TODAY if coming[0].on <= self.local_day(now) else GroupEventState.COMING

    def headline(self, now: datetime) -> str:
        """Say in one short line when it is, and how far off."""
        if self.off_on is not None:
            return f"Called off on {long_date(self.off_on)}"
        coming = self.coming(now)
        if not coming:
            return f"Over: it was on {self.last().when}"
        first, away = coming[0], (coming[0].on - self.local_day(now)).days
        if self.state(now) is GroupEventState.ON_NOW:
            return f"On now: {first.when}"
        how_far = "today" if away <= 0 else "tomorrow" if away == 1 else f"in {away} days"
        again = f", {repeat_words(self)}" if self.repeats else ""
        return f"{'Next: ' if self.repeats else ''}{first.when}, {how_far}{again}"

    def _occurrence(self, for_day: date, on: date, at: time | None) -> Occurrence:
        return Occurrence(for_day, on, at, self.zone, self.minutes, self.by_clock)

    def _rule_days(self, since: date) -> Iterator[date]:
        """Give the days of the rule from one on. Counted at noon, which no change of the clocks skips or doubles."""
        first = CivilTime(self.on, _NOON, self.zone)
        if self.until is not None and self.until < self.on:
            return
        if self.on >= since:
            yield self.on
        after = CivilTime(max(since - _DAY, self.on), _NOON, self.zone).instant()
        while (civil := next_time(first, self.repeat, after, self.until)) is not None:
            yield civil.on
            after = civil.instant()


def _when_shown(shown: datetime, zone: str, since: datetime) -> datetime | None:
    """Give the first moment behind another at which a zone's clock shows a time, or None where a change of the clocks skips it."""
    first = CivilTime(shown.date(), shown.time(), zone).instant()
    again = shown.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    return next((moment for moment in (first, again) if moment > since), None)


def repeat_words(event: GroupEvent) -> str:
    """Say how often an event comes: ``on the first Tuesday of every month``."""
    day = event.on
    name = f"{day:%A}"
    nth = ("first", "second", "third", "fourth", "last")[(day.day - 1) // 7]
    said = {
        Repeat.ONCE: "once",
        Repeat.DAILY: "every day",
        Repeat.WEEKDAYS: "every weekday, Monday to Friday",
        Repeat.WEEKLY: f"every {name}",
        Repeat.FORTNIGHTLY: f"every other {name}",
        Repeat.MONTHLY: f"every month on the {day.day}{_ordinal(day.day)}",
        Repeat.NTH_WEEKDAY: f"on the {nth} {name} of every month",
        Repeat.LAST_WEEKDAY: f"on the last {name} of every month",
        Repeat.MONTH_END: "on the last day of every month",
        Repeat.QUARTERLY: "every three months",
        Repeat.YEARLY: "every year",
    }[event.repeat]
    return f"{said} until {long_date(event.until)}" if event.until is not None and event.repeats else said


def plan_event(
    event: GroupEvent, settings: GuildSettings, now: datetime, days_off: Collection[date] | None = None
) -> tuple[PlannedReminder, ...]:
    """Work out the next reminder of each rung. What repeats plans on when one is claimed, so that none is held for years ahead.

    A rung of an occurrence is of use until that occurrence's next rung, or until it begins; one for the day itself until it is
    over. With ``days_off`` a reminder before the day moves to the working day before, and never comes on Christmas Day.
    """
    if event.off_on is not None:
        return ()
    planned = []
    for offset in event.ladder:
        since = event.local_day(now) - timedelta(days=offset) - timedelta(days=1)
        for occurrence in event.occurrences(since, 8):
            moment = _moment(event, occurrence, offset, settings, days_off)
            if moment is None or moment.instant() <= now or occurrence.ends <= now:
                continue
            later = [_moment(event, occurrence, other, settings, days_off) for other in event.ladder if other > offset]
            nexts = [civil.instant() for civil in later if civil is not None and civil.instant() > moment.instant()]
            if any(civil is not None and civil.instant() == moment.instant() for civil in later):
                continue  # both moved to one working day: the later rung says what this one would
            until = min([occurrence.starts, *nexts]) if offset < 0 else occurrence.ends
            if event.kind is GroupEventKind.POST:
                until = moment.instant() + POST_USE
            elif until <= moment.instant():
                continue
            planned.append(
                PlannedReminder(
                    ReminderKind.EVENT, rung_of(offset), moment, until, for_day=occurrence.on + timedelta(days=offset)
                )
            )
            break
    return tuple(sorted(planned, key=lambda plan: plan.civil.instant()))


def rung_of(offset: int) -> str:
    return f"{offset:+d}" if offset else "0"


def day_of(rung: str, for_day: date) -> date:
    """Give the day of the occurrence that a rung is for."""
    return for_day - timedelta(days=int(rung)) if rung.lstrip("+-").isdecimal() else for_day


def event_rung_words(rung: str) -> str:
    """Name a rung of an event as people read it."""
    if rung in (NEWS, OFF):
        return "News of a change"
    offset = int(rung)
    if not offset:
        return "On the day"
    return f"{-offset} {'day' if offset == -1 else 'days'} before"


def night_note(event: GroupEvent, settings: GuildSettings, now: datetime) -> str:
    """Say of an event or a post whose own time is in the night what becomes of it; empty where it isn't."""
    here = next(iter(event.coming(now)), None)
    if here is None or here.at is None:
        return ""
    if event.kind is GroupEventKind.POST:
        moment = _out_of_quiet(CivilTime(here.on, here.at, here.zone), settings)
        if moment.instant() == here.starts:
            return ""
        return (
            f"{say_time(here.at)} is in your group's quiet hours, so Postbag posts it at {say_time(moment.at)} instead."
        )
    if here.at >= WAKING:
        return ""
    return f"It starts at {say_time(here.at)}, in the night. If you meant another time, press *Change*."


def _moment(
    event: GroupEvent,
    occurrence: Occurrence,
    offset: int,
    settings: GuildSettings,
    days_off: Collection[date] | None,
) -> CivilTime | None:
    """Give the moment of one rung of one occurrence, or None where another says the same."""
    if event.kind is GroupEventKind.POST:
        return _out_of_quiet(CivilTime(occurrence.on, occurrence.at or settings.time_of_day, occurrence.zone), settings)
    day = occurrence.on + timedelta(days=offset)
    if offset < 0:
        return CivilTime(working_day(day, occurrence.on, days_off), settings.time_of_day, settings.zone)
    usual = CivilTime(day, settings.time_of_day, settings.zone)
    if occurrence.at is None or usual.instant() <= occurrence.starts - SHORT_NOTICE:
        return usual
    local = (occurrence.starts - SHORT_NOTICE).astimezone(ZoneInfo(settings.zone))
    early = CivilTime(local.date(), local.time().replace(second=0, microsecond=0), settings.zone)
    is_night = early.at < WAKING or within_quiet(early.at, settings.quiet_from, settings.quiet_until)
    if early.instant() == occurrence.starts - SHORT_NOTICE and not is_night:
        return early
    if -1 in event.ladder:
        return None
    return CivilTime(working_day(day - _DAY, occurrence.on, None), settings.time_of_day, settings.zone)


def _out_of_quiet(civil: CivilTime, settings: GuildSettings) -> CivilTime:
    """Give the moment, or the end of the group's quiet hours where it lies within them."""
    local = civil.instant().astimezone(ZoneInfo(settings.zone))
    if settings.quiet_until is None or not within_quiet(local.time(), settings.quiet_from, settings.quiet_until):
        return civil
    day = local.date() if settings.quiet_until > local.time() else local.date() + _DAY
    return CivilTime(day, settings.quiet_until, settings.zone)


def _ordinal(number: int) -> str:
    return "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
