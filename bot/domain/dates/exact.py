"""A small strict grammar for the dates people type: day before month, never a guess.

Understood: ``8 September 2021``, ``8 Sept``, ``September 8``, ``08/09/2027``, ``2027-01-05``, ``today``, ``in 3 weeks``,
``2 days ago``, ``Friday``, ``next Friday``, ``a week on Friday``. Anything else is refused with an example.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum

from bot.domain.dates.folding import LONGEST, as_typed, fold
from bot.domain.dates.words import (
    ANY_COUNT,
    ANY_MONTH,
    ANY_WEEKDAY,
    COUNTS,
    DAYS_IN,
    MONTHS,
    NAMED_DAYS,
    UNITS,
    WEEKDAYS,
)
from bot.domain.errors import Refused, Unreadable
from bot.domain.reports import long_date
from bot.domain.rules import add_months

EXAMPLES = "Write the day before the month, for example: 8 September 2027, 08/09/2027, in 3 weeks, next Friday."
PAST_EXAMPLES = "Write the day before the month, for example: 8 September 2021, 08/09/2021, last Friday, 3 weeks ago."
EARLIEST = date(1900, 1, 1)
LATEST_YEARS_AHEAD = 50


class Lean(Enum):
    """Which year is meant where a date is typed without one: the nearest to come, or the latest gone by."""

    FORWARD = "forward"
    BACK = "back"


_SOON = timedelta(days=61)
"""What lies nearer ahead may be named with its weekday where a day gone by is asked for, to be told that it is to come."""
_SPAN = rf"(?P<count>{ANY_COUNT}) (?:more )?{UNITS}"

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_NUMBERS = re.compile(
    rf"(?:(?P<weekday>{ANY_WEEKDAY}) )?"
    r"(?P<day>[0-9]{1,2})(?P<sep>[/.-])(?P<month>[0-9]{1,2})(?:(?:(?P=sep)| (?=[0-9]{4}))(?P<year>[0-9]{4}|[0-9]{2}))?"
)
_YEAR = r"(?:(?: |-| in | of )(?P<year>[0-9]{4}|'?[2-9][0-9]|(?:this|next) year))?"
_DAY_MONTH = re.compile(
    rf"(?:(?P<weekday>{ANY_WEEKDAY}) )?(?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of|-)? ?(?P<month>{ANY_MONTH}){_YEAR}"
)
_MONTH_DAY = re.compile(
    rf"(?:(?P<weekday>{ANY_WEEKDAY}) )?(?P<month>{ANY_MONTH})[ -](?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?{_YEAR}"
)
_IN = re.compile(rf"(?:in|within) {_SPAN}")
_COUNTED = re.compile(rf"(?P<count>{ANY_COUNT}) (?:more )?{UNITS}(?:$|(?: and)? (?=[0-9a]))")
_AGO = re.compile(rf"{_SPAN} ago")
_FROM_NOW = re.compile(
    rf"{_SPAN} (?:from (?:now|today|(?P<from>tomorrow))|hence|later|today|(?:after|from) (?P<after>tomorrow))"
)
_ON_WEEKDAY = re.compile(rf"(?:(?P<which>this|on|next|last) )?(?P<weekday>{ANY_WEEKDAY})")
_LATER_WEEKDAY = re.compile(rf"(?P<wait>a week|a fortnight|fortnight|2 weeks) (?:on )?(?P<weekday>{ANY_WEEKDAY})")


def read_date(text: str, today: date, *, lean: Lean = Lean.FORWARD) -> date:
    """Read the date that a person typed. Refused: it is not one, it does not exist, or it could mean two days."""
    words = fold(text[: 4 * LONGEST])
    examples = EXAMPLES if lean is Lean.FORWARD else PAST_EXAMPLES
    if not words:
        raise Unreadable("You haven't given a date.", examples)
    if len(words) > LONGEST:
        raise Unreadable("That's too long for a date.", examples)
    try:
        found = _read(words, today, lean)
    except OverflowError:
        found = None
    if found is None:
        raise Unreadable(f"Postbag couldn't read a date in that: {as_typed(text)}.", examples)
    if not EARLIEST <= found <= _years_on(today, LATEST_YEARS_AHEAD):
        raise Refused(f"{long_date(found)} is too far away to be right.", examples)
    return found


def day_and_date(day: date) -> str:
    """Write a date with its weekday, so that a slip shows: ``Friday 8 January 2027``."""
    return f"{day:%A} {long_date(day)}"


def _read(words: str, today: date, lean: Lean) -> date | None:
    if words in NAMED_DAYS:
        return today + timedelta(days=NAMED_DAYS[words])
    if found := _ISO.fullmatch(words):
        return _day(int(found["year"]), int(found["month"]), int(found["day"]))
    if found := _NUMBERS.fullmatch(words):
        return _with_weekday(found, int(found["month"]), today, lean)
    if found := _DAY_MONTH.fullmatch(words) or _MONTH_DAY.fullmatch(words):
        return _with_weekday(found, MONTHS[found["month"]], today, lean)
    if found := _IN.fullmatch(words) or _FROM_NOW.fullmatch(words):
        tomorrow = "tomorrow" in (found.groupdict().get("from"), found.groupdict().get("after"))
        return _moved(today + timedelta(days=tomorrow), found, 1)
    if (spans := spans_in(words)) is not None:
        return moved_by(today, spans)
    if found := _AGO.fullmatch(words):
        return _moved(today, found, -1)
    if found := _LATER_WEEKDAY.fullmatch(words):
        weeks = 1 if found["wait"] == "a week" else 2
        return coming(today, WEEKDAYS[found["weekday"]]) + timedelta(weeks=weeks)
    if found := _ON_WEEKDAY.fullmatch(words):
        return _weekday(today, WEEKDAYS[found["weekday"]], found["which"] or "")
    return None


def _with_weekday(found: re.Match[str], month: int, today: date, lean: Lean) -> date:
    """Read a day and month, perhaps with year and weekday. A weekday that fits on today's other side alone,
    and nearer, says which year is meant."""
    number, year = int(found["day"]), _year(found["year"], today)
    day = _placed(number, month, year, today, lean)
    if found["weekday"] and year is None and day.weekday() != WEEKDAYS[found["weekday"]]:
        other = _placed(number, month, year, today, Lean.BACK if lean is Lean.FORWARD else Lean.FORWARD)
        is_nearer = abs(other - today) < (abs(day - today) if lean is Lean.FORWARD else _SOON)
        day = other if is_nearer and other.weekday() == WEEKDAYS[found["weekday"]] else day
    return _agreeing(day, found["weekday"])


def _agreeing(day: date, weekday: str | None) -> date:
    if weekday and day.weekday() != WEEKDAYS[weekday]:
        raise Refused(f"{long_date(day)} is a {day:%A}.", "Check the day and the date, and give one that agree.")
    return day


def _weekday(today: date, weekday: int, which: str) -> date:
    """Read "Friday" and "this Friday" as the coming one, "next Friday" as the one in next week (weeks begin on Monday)."""
    # Half of Britain means the coming Friday, half the one after. A form for one date takes the calendar's next week.
    if which == "next":
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=7 + weekday)
    if which == "last":
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    if today.weekday() == weekday:
        raise Refused(
            f"Today is {today:%A}: that could mean today or in a week.",
            f'Write "today", "in a week" or the date, for example {long_date(today + timedelta(days=7))}.',
        )
    return coming(today, weekday)


def coming(today: date, weekday: int) -> date:
    """Give the first day after today that is such a weekday."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def spans_in(words: str) -> list[tuple[int, str]] | None:
    """Read a wait of days and more, one count behind another: ``in 1 month and 2 days``, ``3 days``."""
    began = re.match(r"(?:in|within) ", words)
    ended = re.search(r" (?:from now|from today|hence|later)$", words)
    rest = words[began.end() if began else 0 : ended.start() if ended else len(words)]
    found: list[tuple[int, str]] = []
    place = 0
    while place < len(rest):
        part = _COUNTED.match(rest, place)
        if part is None:
            return None
        count = COUNTS.get(part["count"]) or int(part["count"])
        if len(part["count"]) < 3 and not (began or ended) and not found and count < 2:
            return None  # "one day", "a week": without "in" no time that can be meant
        found.append((count, part["unit"]))
        place = part.end()
    return found or None


def moved_by(day: date, spans: Sequence[tuple[int, str]]) -> date | None:
    """Move a day on by counts of units."""
    for count, unit in spans:
        try:
            if unit in ("month", "year"):
                day = add_months(day, count * (12 if unit == "year" else 1))
            else:
                day += timedelta(days=count * DAYS_IN[unit])
        except ValueError:
            return None
    return day


def _moved(today: date, found: re.Match[str], sign: int) -> date | None:
    count = COUNTS.get(found["count"]) or int(found["count"])
    return moved_by(today, [(sign * count, found["unit"])])


def _placed(day: int, month: int, year: int | None, today: date, lean: Lean) -> date:
    """Give a day and month their year: the one typed, else the nearest that has such a day and suits."""
    if year is not None:
        return _day(year, month, day)
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(2024, month)[1]:
        _day(today.year, month, day)
    years = range(today.year, today.year + 9) if lean is Lean.FORWARD else range(today.year, today.year - 9, -1)
    for candidate in years:
        if day <= monthrange(candidate, month)[1]:
            found = date(candidate, month, day)
            if (found >= today) if lean is Lean.FORWARD else (found <= today):
                return found
    raise Refused(f"Postbag couldn't make sense of day {day} of month {month}.", EXAMPLES)


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        swapped = f" Did you mean {long_date(date(year, day, month))}?" if _exists(year, day, month) else ""
        raise Refused(f"There's no month {month}.{swapped}", EXAMPLES)
    if not _exists(year, month, day):
        last = monthrange(year, month)[1] if 1 <= year <= 9999 else 31
        raise Refused(f"There's no day {day} in {date(2024, month, 1):%B} {year}: it has {last} days.", EXAMPLES)
    return date(year, month, day)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _year(typed: str | None, today: date) -> int | None:
    if typed is None:
        return None
    if typed.endswith("year"):
        return today.year + typed.startswith("next")
    typed = typed.removeprefix("'")
    return 2000 + int(typed) if len(typed) == 2 else int(typed)


def _years_on(day: date, years: int) -> date:
    return add_months(day, 12 * min(years, 9998 - day.year))
