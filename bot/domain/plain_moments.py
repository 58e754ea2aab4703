"""A moment to come as people type it: a day, a time, or both. One meaning is given, several are asked about, none is guessed.

British usage: the day before the month, ``half six`` for half past six, ``Tuesday week``. What was assumed is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import Refused, Unreadable
from bot.domain.plain_dates import COUNTS, day_and_date, fold
from bot.domain.plain_days import Day, days_in
from bot.domain.plain_times import PARTS, say_time, times_in
from bot.domain.reminders import CivilTime
from bot.domain.reports import long_date

LONGEST = 100
YEARS_AHEAD = 5
MOST_CHOICES = 5
EXAMPLES = (
    "For example: next Friday 6pm, in a fortnight, 8 September, 08/09/2027 at noon, a week on Tuesday, tomorrow 18:30, "
    "in 90 minutes."
)

_PART = re.compile(
    r"\b(?:(?P<this>this )|in the |at (?=night|lunchtime))?(?P<part>morning|lunchtime|afternoon|evening|night)\b"
)
_COUNT = rf"[0-9]{{1,5}}|{'|'.join(sorted((*COUNTS, 'twenty', 'thirty', 'forty', 'forty-five', 'ninety'), key=len, reverse=True))}"
_WORDS = {**COUNTS, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "ninety": 90}
_MINUTES = r"(?:minutes?|mins?|m)"
_HOURS = r"(?:hours?|hrs?|h)"
_IN_HOURS = re.compile(
    rf"(?:in )?(?P<hours>{_COUNT}) ?{_HOURS}(?: and)?(?: (?P<half>a half)| ?(?P<minutes>{_COUNT}) ?{_MINUTES})?"
    r"(?: from now)?"
)
_IN_MINUTES = re.compile(rf"(?:in )?(?P<minutes>{_COUNT}) ?{_MINUTES}(?: from now)?")
_NAMED_WAITS = {
    "half an hour": 30,
    "a half hour": 30,
    "half hour": 30,
    "a quarter of an hour": 15,
    "quarter of an hour": 15,
    "three quarters of an hour": 45,
    "an hour and a half": 90,
    "one and a half hours": 90,
}
_LOOKS_BACK = re.compile(r"\b(?:ago|yesterday|last)\b(?! day)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that was understood: its civil time, and what was assumed, a sentence each."""

    civil: CivilTime
    assumed: tuple[str, ...] = ()

    @property
    def instant(self) -> datetime:
        return self.civil.instant()


@dataclass(frozen=True, slots=True)
class Which:
    """What was typed can mean several moments, or one that has gone by: a question, and moments to choose from."""

    question: str
    choices: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    day: Day | None
    at: time | None
    part: str = ""


def read_moment(
    text: str, now: datetime, zone: str, *, usual: time, deadline_on: date | None = None, lead: int = 3
) -> Moment | Which:
    """Read a moment to come in a zone. ``usual``: the time of day where none is given.

    Refused: it is no moment, it does not exist, or its day has gone by. ``deadline_on`` is what "before the deadline"
    counts from, ``lead`` how many days where no number is given.
    """
    local = now.astimezone(ZoneInfo(zone))
    words = _folded(text, local)
    if not words:
        raise Refused("No time was given.", EXAMPLES)
    if len(words) > LONGEST:
        raise Refused("That is too long for a day and a time.", EXAMPLES)
    waited = _wait(words)
    if waited is not None:
        return _after(now, waited, zone)
    try:
        readings = list(_readings(words, local.date(), deadline_on, lead))
        found = _moments(readings, now, zone, usual)
        gone = any(_is_gone(r, now, zone) for r in readings)
    except (OverflowError, ValueError):
        raise Refused("That is too far away to be right.", EXAMPLES) from None
    if not readings:
        if _LOOKS_BACK.search(words):
            raise Refused("That has gone by.", "Give a time to come, for example tomorrow 9am.")
        raise Unreadable(f"I could not read a time in that: {_quoted(words)}.", EXAMPLES)
    if not found:
        return _gone_by(readings, now, zone, usual)
    limit = now + timedelta(days=366 * YEARS_AHEAD)
    near = [moment for moment in found if moment.instant <= limit]
    if not near:
        raise Refused(
            f"{long_date(found[0].civil.on)} is too far away.",
            f"A reminder can be set up to {YEARS_AHEAD} years ahead.",
        )
    if len(near) == 1:
        return _noted(near[0], "The other meaning of it has gone by.") if gone else near[0]
    near.sort(key=lambda moment: moment.instant)
    return Which("That can mean more than one time. Which one?", tuple(near[:MOST_CHOICES]))


def say_moment(civil: CivilTime) -> str:
    """Write a moment so that it can be read again: ``6pm on Friday 8 January 2027``. Midnight is written 00:00."""
    at = "00:00" if (civil.at.hour, civil.at.minute) == (0, 0) else say_time(civil.at)
    return f"{at} on {day_and_date(civil.on)}"


def civil_at(instant: datetime, zone: str) -> CivilTime:
    """Give the civil time of an instant, to the minute and never before it; in UTC where the zone's clock says it twice."""
    whole = instant.astimezone(UTC)
    if whole.second or whole.microsecond:
        whole = whole.replace(second=0, microsecond=0) + timedelta(minutes=1)
    local = whole.astimezone(ZoneInfo(zone))
    civil = CivilTime(local.date(), local.time().replace(fold=0), zone)
    return civil if civil.instant() == whole else CivilTime(whole.date(), whole.time(), "UTC")


def _folded(text: str, local: datetime) -> str:
    words = fold(text[: 4 * LONGEST].replace("@", " at ")).rstrip(".!?;: ").replace("o clock", "o'clock")
    words = re.sub(r"^(?:please )?(?:remind me )?|(?: please)$", "", words)
    words = re.sub(r"(?<=[0-9]) (?=[ap]m\b)", "", words)
    words = re.sub(r"\b(?:tmrw|tmr)\b", "tomorrow", words).replace("a couple of ", "2 ")
    words = re.sub(r"^(?:at|on|by)? ?tonight\b|\btonight\b", "today night", words)
    words = re.sub(r"^(?:at )?(?:this|the same|same) time (?=.)", f"{local:%H:%M} ", words)
    return re.sub(r"\b(?:end of (?:the )?day|close of play)\b", "5pm", words)


def _wait(words: str) -> int | None:
    """Read a wait in minutes, where it is one."""
    if (named := _NAMED_WAITS.get(words.removeprefix("in ").removesuffix(" from now"))) is not None:
        return named
    if found := _IN_HOURS.fullmatch(words):
        minutes = 30 if found["half"] else _counted(found["minutes"]) if found["minutes"] else 0
        return 60 * _counted(found["hours"]) + minutes
    if found := _IN_MINUTES.fullmatch(words):
        return _counted(found["minutes"])
    return None


def _after(now: datetime, minutes: int, zone: str) -> Moment:
    if minutes == 0:
        raise Refused("That is now.", "Give a time to come, for example in 10 minutes.")
    if minutes > YEARS_AHEAD * 366 * 24 * 60:
        raise Refused("That is too far away.", f"A reminder can be set up to {YEARS_AHEAD} years ahead.")
    return Moment(civil_at(now + timedelta(minutes=minutes), zone))


def _readings(words: str, today: date, deadline_on: date | None, lead: int) -> Iterator[_Reading]:
    """Split the words into a time and a day in every way that reads, each reading once."""
    seen: set[_Reading] = set()
    refusal: Refused | None = None
    for rest, part, is_today in _without_part(words):
        split = rest.split()
        for cut in range(len(split) + 1):
            left, right = " ".join(split[:cut]), " ".join(split[cut:])
            for clock, day in {(left, right), (right, left)}:
                try:
                    for reading in _joined(clock, day, part, is_today, today, deadline_on, lead):
                        if reading not in seen:
                            seen.add(reading)
                            yield reading
                except Refused as error:
                    refusal = refusal or error
    if not seen and refusal is not None:
        raise refusal


def _times(clock: str) -> Sequence[time]:
    try:
        return times_in(clock)
    except Refused:
        return ()


def _without_part(words: str) -> Iterator[tuple[str, str, bool]]:
    """Take a part of the day out of the words, where one is named: the rest, the part, whether it is today's."""
    found = _PART.search(words)
    if found is None:
        yield words, "", False
        return
    rest = f"{words[: found.start()]} {words[found.end() :]}"
    yield " ".join(rest.split()), found["part"], bool(found["this"])


def _joined(
    clock: str, day: str, part: str, is_today: bool, today: date, deadline_on: date | None, lead: int
) -> Iterator[_Reading]:
    day, clock = re.sub(r" (?:at|by)$", "", day), clock.removesuffix(" on")
    try:
        days: Sequence[Day | None] = days_in(day, today, deadline_on=deadline_on, lead=lead) if day else (None,)
    except Refused:
        if clock and not _times(clock):
            return  # the words were cut at the wrong place
        raise
    if not days:
        return
    if is_today:
        days = [Day(today)] if day in ("", "today") else []
    times: Sequence[time | None] = times_in(clock) if clock else (None,)
    if part:
        _, first, last = PARTS[part]
        times = [at for at in times if at is None or first <= at <= last]
    if not clock and not day and not part:
        return
    for on in days:
        for at in times:
            yield _Reading(on, at, part)


def _moments(readings: Sequence[_Reading], now: datetime, zone: str, usual: time) -> list[Moment]:
    found: dict[datetime, Moment] = {}
    for reading in readings:
        for moment in _placed(reading, now, zone, usual):
            held = found.get(moment.instant)
            if moment.instant > now and (held is None or len(moment.assumed) < len(held.assumed)):
                found[moment.instant] = moment
    return list(found.values())


def _placed(reading: _Reading, now: datetime, zone: str, usual: time) -> Iterator[Moment]:
    """Give a reading its day and time where one was not named."""
    today = now.astimezone(ZoneInfo(zone)).date()
    notes = [reading.day.note] if reading.day is not None and reading.day.note else []
    at = reading.at
    if at is None and reading.part:
        at = PARTS[reading.part][0]
        notes.append(f"{reading.part.capitalize()} is taken as {say_time(at)}.")
    elif at is None:
        at = usual
        notes.append(f"No time was given, so it is {say_time(at)}.")
    if reading.day is not None:
        days = [reading.day.on]
        if at == time(0) and reading.at is not None:
            days.append(reading.day.on + timedelta(days=1))  # midnight begins a day, and ends one
    else:
        later = CivilTime(today, at, zone).instant() <= now
        days = [today + timedelta(days=1)] if later else [today]
        notes.append(f"No day was given, so it is {'tomorrow' if later else 'today'}.")
    for day in days:
        civil = CivilTime(day, at, zone)
        yield Moment(civil, (*notes, civil.change_note) if civil.change_note else tuple(notes))


def _is_gone(reading: _Reading, now: datetime, zone: str) -> bool:
    if reading.day is None or reading.at is None:
        return False
    return CivilTime(reading.day.on, reading.at, zone).instant() <= now and reading.at != time(0)


def _gone_by(readings: Sequence[_Reading], now: datetime, zone: str, usual: time) -> Which:
    """Offer what may have been meant where the moment is just past. Refused: its day is past."""
    today = now.astimezone(ZoneInfo(zone)).date()
    latest = max(reading.day.on for reading in readings if reading.day is not None)
    if latest < today:
        raise Refused(f"{day_and_date(latest)} has gone by.", "Give a time to come, for example tomorrow 9am.")
    tomorrow = dict.fromkeys(
        (reading.at or (PARTS[reading.part][0] if reading.part else usual)) for reading in readings
    )
    offered = [Moment(CivilTime(today + timedelta(days=1), at, zone)) for at in tomorrow]
    soon = Moment(civil_at(now + timedelta(hours=1), zone))
    choices = [m for m in (soon, *offered) if m.instant > now]
    return Which("That time has gone by today. When instead?", tuple(choices[:MOST_CHOICES]))


def _noted(moment: Moment, note: str) -> Moment:
    return Moment(moment.civil, (*moment.assumed, note))


def _counted(word: str) -> int:
    return int(word) if word.isdigit() else _WORDS[word]


def _quoted(words: str) -> str:
    shown = "".join(ch for ch in words if ch.isalnum() or ch in " /.-':")
    return f'"{shown}"' if shown.strip() else "what was typed"
