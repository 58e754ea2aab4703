"""A moment to come as people type it: a day, a time, or both. One meaning is given, several are asked about, none is guessed.

British usage: the day before the month, ``half six`` for half past six, ``Tuesday week``. What was assumed is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dates.days import Day, days_in
from bot.domain.dates.exact import day_and_date, moved_by, spans_in
from bot.domain.dates.folding import as_typed, fold
from bot.domain.dates.repeats import Repeat
from bot.domain.dates.times import say_time, times_in
from bot.domain.dates.words import ANY_MONTH, ANY_NAMED, ANY_PART, ANY_WEEKDAY, COUNTS, MONTHS, PARTS
from bot.domain.errors import Refused, Unreadable
from bot.domain.reminders import CivilTime
from bot.domain.reports import long_date

LONGEST = 100
YEARS_AHEAD = 5
MOST_CHOICES = 5
NO_TIME_GIVEN = "You gave no time, so it's"
NO_DAY_GIVEN = "You gave no day, so it's"
"""How the notes on a time or a day that was assumed begin: who assumes none leaves them out by it."""
OTHER_PASSED = "The other meaning has passed."
EXAMPLES = (
    "For example: next Friday 6pm, in a fortnight, 8 September, 08/09/2027 at noon, a week on Tuesday, tomorrow 18:30, "
    "in 90 minutes."
)

_PART = re.compile(
    rf"\b(?:(?:on|by|at) (?=the |this ))?(?:(?P<this>this )|(?:in |at |for |by )?the |in |at (?=night|lunch|first))?"
    rf"(?P<part>{ANY_PART})\b(?: of\b)?"
)
_DAYS_END = re.compile(r"\b(?P<unit>(?:day|week|fortnight|month|year)s?)(?: and)? (?=[0-9a])")
# One figure more than a count of days: a wait may be given in minutes, and a month has 44,640 of them.
_COUNT = r"[0-9]{1,5}|an?"
_MINUTES = r"(?:minutes?|mins?|m)"
_HOURS = r"(?:hours?|hrs?|h)"
_AFTER = r"(?P<after> (?:from now|hence|later))?"
_IN_HOURS = re.compile(
    rf"(?P<in>(?:in|within) )?(?P<hours>{_COUNT}) ?(?:more )?(?P<inner> ?and a half ?| ?1/2 ?)?{_HOURS}"
    rf"(?: and)?(?: (?P<half>a half|half)| (?P<quarter>a quarter|3 quarters)| ?(?P<minutes>{_COUNT}) ?{_MINUTES}|"
    rf"(?P<tight>[0-5][0-9]))?{_AFTER}"
)
_IN_MINUTES = re.compile(rf"(?P<in>(?:in|within) )?(?P<minutes>{_COUNT}) ?(?:more )?{_MINUTES}{_AFTER}")
_DECIMAL_HOURS = re.compile(
    r"(?:in |within )?(?P<hours>[0-9]{1,2}\.[0-9]{1,2}) ?(?:hours?|hrs?)(?: from now| hence| later)?"
)
_QUARTERS = {"a quarter": 15, "3 quarters": 45}
_NAMED_WAITS = {
    "half an hour": 30,
    "a half hour": 30,
    "half hour": 30,
    "a quarter of an hour": 15,
    "quarter of an hour": 15,
    "3 quarters of an hour": 45,
    "1 and a half hours": 90,
}
_ABOUT = re.compile(r"\b(?:about|around|approximately|approx|roughly|circa|exactly|precisely|sharp|on the dot|or so)\b")
_A_COUNT = re.compile(r"(?:^| )[0-9]+$")
_MONTH_DASHED = re.compile(rf"(?:{ANY_MONTH})-[0-9]")
_OF_UNITS = re.compile(r"(?:working |business )?(?:day|week|weekend|fortnight|month|year)s?\b")
_IN_THE_MIDDLE = re.compile(r"[ap]m$|^at [0-9]|:[0-9]|^noon$|^midday$|^at noon$|^at midday$")
"""What is a time beyond doubt, so that it may stand between a weekday and its date."""
_A_DAY = f"tomorrow|today|{ANY_WEEKDAY}"
_NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_WITH_YEAR = re.compile(
    rf"(?:(?:{ANY_WEEKDAY}) )?(?:{_NUMBER}(?: of)? (?:{ANY_MONTH})|(?:{ANY_MONTH}) {_NUMBER}) (?:2[5-9]|[3-9][0-9]|(?:19|20)[0-9]{{2}})"
)
"""A date whole with its year, in which no figure is an hour: 22 feb 28."""
_END_OF_DAY = "end of (?:the |this )?(?:working |business )?day|close of (?:play|business)|end of business|cob|eob|eod"
_POLITE = re.compile(
    r"^(?:hi |hello )?(?:please |pls |plz )?(?:(?:could|can|would|will) you )?(?:please |pls )?"
    r"(?:(?:remind|ping|nudge|tell|prompt) me )?(?:some ?time )?"
)
_THANKS = re.compile(r" (?:please|pls|plz|thanks|thank you|cheers|ta|if you can)$")
_ZONE_SAID = re.compile(r"\b(?:uk|british|london|(?P<gmt>gmt)|(?P<bst>bst))(?: time)?(?= |$)")
_OWN_ZONE = "Europe/London"
_LOOKS_BACK = re.compile(
    rf"\b(?:ago|yesterday)\b|\blast (?:night|week|weekend|month|year|{ANY_WEEKDAY}|{ANY_MONTH})\b(?! (?:of|in|before)\b)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that was understood: its civil time, and what was assumed, a sentence each."""

    civil: CivilTime
    assumed: tuple[str, ...] = ()

    @property
    def instant(self) -> datetime:
        return self.civil.instant()

    @property
    def offset(self) -> timedelta | None:
        """How far its zone's clock is from Greenwich then."""
        return self.instant.astimezone(ZoneInfo(self.civil.zone)).utcoffset()


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
    words, said_zone = _own_zone(_plain_words(text, local), zone)
    if not words:
        raise Refused("You haven't given a time.", EXAMPLES)
    if len(words) > LONGEST:
        raise Refused("That's too long for a day and a time.", EXAMPLES)
    waited = _wait(words)
    if waited is not None:
        return _after(now, waited, zone)
    if (longer := _longer_wait(words, now, zone)) is not None:
        return longer
    try:
        readings = list(_readings(words, local.date(), deadline_on, lead))
        read = _moments(readings, now, zone, usual)
        found = [moment for moment in read if said_zone in (None, moment.offset)]
        gone = any(_is_gone(r, now, zone) for r in readings)
    except (OverflowError, ValueError):
        raise Refused("That's too far away to be right.", EXAMPLES) from None
    if not readings:
        if _LOOKS_BACK.search(words):
            raise Refused("That time has passed.", "Give a time in the future, for example tomorrow 9am.")
        raise Unreadable(f"Postbag couldn't read a time in that: {as_typed(text)}.", EXAMPLES)
    if read and not found:
        raise Refused(
            f"The clocks say {'GMT' if said_zone else 'BST'} on {day_and_date(read[0].civil.on)}.",
            "Give the time as the clocks show it on that day, without a time zone.",
        )
    if not found:
        return _gone_by(readings, now, zone, usual, whole=bool(re.search(r"\b20[0-9]{2}\b", words)))
    limit = now + timedelta(days=366 * YEARS_AHEAD)
    near = [moment for moment in found if moment.instant <= limit]
    if not near:
        raise Refused(
            f"{long_date(found[0].civil.on)} is too far away.",
            f"Give a day within the next {YEARS_AHEAD} years.",
        )
    if len(near) == 1:
        return _noted(near[0], OTHER_PASSED) if gone else near[0]
    near.sort(key=lambda moment: moment.instant)
    return Which("That can mean more than one time. Which one?", tuple(near[:MOST_CHOICES]))


def begin_of_series(found: Moment | Which, repeat: Repeat) -> Moment | Which:
    """Give what comes every week its first time: typed on a Wednesday, "every Wednesday 6pm" begins today and asks nothing."""
    if repeat is not Repeat.WEEKLY:
        return found
    if isinstance(found, Moment):
        return Moment(found.civil, tuple(note for note in found.assumed if note != OTHER_PASSED))
    first: dict[tuple[int, time], Moment] = {}
    for moment in sorted(found.choices, key=lambda choice: choice.instant):
        first.setdefault((moment.civil.on.weekday(), moment.civil.at), moment)
    left = tuple(first.values())
    return left[0] if len(left) == 1 else Which(found.question, left)


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


def _plain_words(text: str, local: datetime) -> str:
    words = fold(re.sub(r"[()]| - ", " ", text[: 4 * LONGEST].replace("@", " at "))).rstrip(".!?;: ")
    words = _THANKS.sub("", _POLITE.sub("", words.replace("o clock", "o'clock"))).rstrip(".!?;: ")
    words = re.sub(r"(?<=[0-9]) ?\b([ap])\.? ?m\b\.?", r"\1m", words)
    words = _ABOUT.sub(" ", words)
    words = re.sub(r"\b([0-9]{1,2}(?:[:.][0-9]{2})?(?:[ap]m)?) ?-?ish\b", r"\1", words)
    words = re.sub(r"\b(?:tmrw|tmr|tomoz|2moro)\b", "tomorrow", words).replace("a couple of ", "2 ")
    words = re.sub(r"\b(?:last thing|late on) tonight\b", "today last thing", words)
    words = re.sub(r"\bbang on (?=[0-9]|noon|midday|midnight)", "", words)
    words = re.sub(r"^(?:at|on|by)? ?(late )?tonight\b|\b(late )?tonight\b", _tonight, words)
    words = re.sub(rf"\b(early|late) (?:on )?({_A_DAY}) (afternoon|evening|night)\b", r"\2 \1 \3", words)
    words = re.sub(rf"\blate (?:on )?({_A_DAY}) morning\b", r"\1 late morning", words)
    words = re.sub(rf"\bearly (?:on )?({_A_DAY})(?: morning)?\b", r"\1 early morning", words)
    words = re.sub(r"\bearly in the (morning|evening)\b", r"early \1", words)
    words = re.sub(r"\bfirst thing(?: (?:in the|on) morning)\b", "first thing", words)
    words = re.sub(rf"\bfirst thing (?:on )?({_A_DAY}) morning\b", r"first thing \1", words)
    words = re.sub(r"\bmid (morning|afternoon)\b", r"mid-\1", words)
    words = re.sub(r"\b(?:the )?(morning|afternoon|evening|night) (before|after)\b", r"\1 the day \2", words)
    words = re.sub(r"^(?:at )?(?:this|the same|same) time next week$", f"{local:%H:%M} in 1 week", words)
    words = re.sub(r"^(?:at )?(?:this|the same|same) time (?=.)", f"{local:%H:%M} ", words)
    words = re.sub(rf"\b(?:(?:by |at )?(?:the )?(?:{_END_OF_DAY}))\b", "5pm", words)
    words = re.sub(r"\beom\b", "end of month", words)
    words = re.sub(r"\beoy\b", "end of year", words)
    words = re.sub(r"\beow\b", "end of week", words)
    return " ".join(words.split())


def _tonight(found: re.Match[str]) -> str:
    return "today late night" if found[1] or found[2] else "today night"


def _wait(words: str) -> int | None:
    """Read a wait in minutes, where it is one."""
    if (named := _NAMED_WAITS.get(words.removeprefix("in ").removesuffix(" from now"))) is not None:
        return named
    if found := _DECIMAL_HOURS.fullmatch(words):
        return round(float(found["hours"]) * 60)
    for pattern in (_IN_HOURS, _IN_MINUTES):
        found = pattern.fullmatch(words)
        if found is None:
            continue
        first = found.groupdict().get("hours") or found["minutes"]
        if found.groupdict().get("tight") and len(first) == 2 and not (found["in"] or found["after"]):
            return None  # 14h30 is a time of day
        if not (found["in"] or found["after"]) and (len(first) > 3 or (len(first) > 1 and first.startswith("0"))):
            return None  # 1400 hours is two in the afternoon
        if pattern is _IN_MINUTES:
            return _counted(first)
        minutes = 30 if found["half"] or found["inner"] else _QUARTERS.get(found["quarter"], 0)
        minutes += _counted(found["minutes"] or found["tight"] or "0")
        return 60 * _counted(found["hours"]) + minutes
    return None


def _longer_wait(words: str, now: datetime, zone: str) -> Moment | None:
    """Read a wait of days with hours or minutes behind them: the days by the calendar, the rest as time that passes."""
    for found in _DAYS_END.finditer(words):
        days, rest = words[: found.end("unit")], words[found.end() :]
        spans = spans_in(days if days.startswith(("in ", "within ")) else f"in {days}")
        minutes = _wait(rest)
        if spans is None or minutes is None:
            continue
        local = now.astimezone(ZoneInfo(zone))
        try:
            day = moved_by(local.date(), spans)
            if day is None or day > local.date() + timedelta(days=366 * YEARS_AHEAD):
                raise Refused("That's too far away.", f"A reminder can be set up to {YEARS_AHEAD} years ahead.")
            at = CivilTime(day, local.time().replace(fold=0), zone).instant()
        except (OverflowError, ValueError):
            raise Refused("That's too far away to be right.", EXAMPLES) from None
        return _after(at, minutes, zone)
    return None


def _own_zone(words: str, zone: str) -> tuple[str, timedelta | None]:
    """Take "UK time", "GMT" or "BST" out of the words where it is their own zone: the words, and the offset that it names."""
    found = _ZONE_SAID.search(words)
    if found is None or zone != _OWN_ZONE:
        return words, None
    offset = timedelta(hours=1) if found["bst"] else timedelta(0) if found["gmt"] else None
    return " ".join(f"{words[: found.start()]} {words[found.end() :]}".split()), offset


def _after(now: datetime, minutes: int, zone: str) -> Moment:
    if minutes == 0:
        raise Refused("That's now.", "Give a time in the future, for example in 10 minutes.")
    if minutes > YEARS_AHEAD * 366 * 24 * 60:
        raise Refused("That's too far away.", f"Give a day within the next {YEARS_AHEAD} years.")
    return Moment(civil_at(now + timedelta(minutes=minutes), zone))


def _readings(words: str, today: date, deadline_on: date | None, lead: int) -> Iterator[_Reading]:
    """Split the words into a time and a day in every way that reads, each reading once."""
    seen: set[_Reading] = set()
    refusal: Refused | None = None
    for rest, part, is_today in _without_part(words):
        split = rest.split()
        whole_year = bool(_WITH_YEAR.fullmatch(rest))
        for clock, day, before in _cuts(split):
            if _A_COUNT.search(clock) and _OF_UNITS.match(day):
                continue  # "1 day before": its figure counts, and is no hour
            if _A_COUNT.search(clock) and _MONTH_DASHED.match(day):
                continue  # "8 December-7 in the evening" is no 7 December at eight
            if clock and (whole_year or _is_year(clock, day, before=before)):
                continue
            try:
                for reading in _pairings(clock, day, part, is_today, today, deadline_on, lead):
                    if reading not in seen:
                        seen.add(reading)
                        yield reading
            except Refused as error:
                refusal = refusal or error
    if not seen and refusal is not None:
        raise refusal


def _cuts(split: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Cut words into a time and a day in each way: the time, the day, whether the time stands first."""
    for cut in range(len(split) + 1):
        left, right = " ".join(split[:cut]), " ".join(split[cut:])
        yield left, right, bool(right)
        if left != right:
            yield right, left, right == left
    for begin in range(1, len(split)):
        for end in range(begin + 1, min(begin + 4, len(split))):
            clock = " ".join(split[begin:end])
            if _IN_THE_MIDDLE.search(clock):
                yield clock, " ".join((*split[:begin], *split[end:])), False


def _is_year(clock: str, day: str, *, before: bool) -> bool:
    """Tell whether four figures are a year and no time: alone, or behind a month's name as in 8 September 2030."""
    if not day:
        return bool(re.fullmatch(r"20[2-9][0-9]", clock))
    return (
        not before
        and bool(re.fullmatch(r"(?:19|20)[0-9]{2}", clock))
        and (
            re.sub(r" [0-9]{1,2}(?:st|nd|rd|th)?$", "", day).rpartition(" ")[2] in MONTHS
            or bool(re.search(rf"\b(?:{ANY_NAMED})$", day))
        )
    )


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


def _pairings(
    clock: str, day: str, part: str, is_today: bool, today: date, deadline_on: date | None, lead: int
) -> Iterator[_Reading]:
    day, clock = re.sub(r" (?:at|by|for)$", "", day), re.sub(r" (?:on|of)$", "", clock)
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
        late = part in ("night", "late night", "late evening", "evening", "last thing")
        if late and any(at == time(0) for at in times):
            days, times = [Day(on.on + timedelta(days=1), on.note) for on in days if on is not None], [time(0)]
        times = [at for at in times if at is None or first <= at <= last or (late and at == time(0))]
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
        notes.append(f"{reading.part.capitalize()} means {say_time(at)}.")
    elif at is None:
        at = usual
        notes.append(f"{NO_TIME_GIVEN} {say_time(at)}.")
    if reading.day is not None:
        days = [reading.day.on]
        if at == time(0) and reading.at is not None and not reading.part:
            days.append(reading.day.on + timedelta(days=1))  # midnight begins a day, and ends one
    else:
        later = CivilTime(today, at, zone).instant() <= now
        days = [today + timedelta(days=1)] if later else [today]
        notes.append(f"{NO_DAY_GIVEN} {'tomorrow' if later else 'today'}.")
    for day in days:
        civil = CivilTime(day, at, zone)
        yield Moment(civil, (*notes, civil.change_note) if civil.change_note else tuple(notes))


def _is_gone(reading: _Reading, now: datetime, zone: str) -> bool:
    if reading.day is None or reading.at is None:
        return False
    return CivilTime(reading.day.on, reading.at, zone).instant() <= now and reading.at != time(0)


def _gone_by(readings: Sequence[_Reading], now: datetime, zone: str, usual: time, *, whole: bool = False) -> Which:
    """Offer what may have been meant where the moment is just past. Refused: its day has passed."""
    today = now.astimezone(ZoneInfo(zone)).date()
    latest = max(reading.day.on for reading in readings if reading.day is not None)
    if latest < today or (whole and all(reading.at is not None for reading in readings)):
        raise Refused(f"{day_and_date(latest)} has passed.", "Give a time in the future, for example tomorrow 9am.")
    tomorrow = dict.fromkeys(
        (reading.at or (PARTS[reading.part][0] if reading.part else usual)) for reading in readings
    )
    offered = [Moment(CivilTime(today + timedelta(days=1), at, zone)) for at in tomorrow]
    soon = Moment(civil_at(now + timedelta(hours=1), zone))
    choices = [m for m in (soon, *offered) if m.instant > now]
    return Which("That time has passed today. When instead?", tuple(choices[:MOST_CHOICES]))


def _noted(moment: Moment, note: str) -> Moment:
    return Moment(moment.civil, (*moment.assumed, note))


def _counted(word: str) -> int:
    return int(word) if word.isdigit() else COUNTS[word]
