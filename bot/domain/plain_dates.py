"""A small strict grammar for the dates people type: day before month, never a guess.

Understood: ``8 September 2021``, ``8 Sept``, ``September 8``, ``08/09/2027``, ``2027-01-05``, ``today``, ``in 3 weeks``,
``2 days ago``, ``Friday``, ``next Friday``, ``a week on Friday``. Anything else is refused with an example.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from enum import Enum

from bot.domain.deadlines import add_months
from bot.domain.errors import Refused, Unreadable
from bot.domain.reports import long_date

EXAMPLES = "Write the day before the month, for example: 8 September 2027, 08/09/2027, in 3 weeks, next Friday."
EARLIEST = date(1900, 1, 1)
LATEST_YEARS_AHEAD = 50
LONGEST = 60


class Lean(Enum):
    """Which year is meant where a date is typed without one: the nearest to come, or the latest gone by."""

    FORWARD = "forward"
    BACK = "back"


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("mon", "monday"),
            ("tue", "tues", "tuesday"),
            ("wed", "weds", "wednesday"),
            ("thu", "thur", "thurs", "thursday"),
            ("fri", "friday"),
            ("sat", "saturday"),
            ("sun", "sunday"),
        )
    )
    for name in names
}
COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}
NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2, "the day after tomorrow": 2}

_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_COUNT = rf"[0-9]{{1,4}}|{'|'.join(sorted(COUNTS, key=len, reverse=True))}"
_SPAN = rf"(?P<count>{_COUNT}) (?P<unit>day|week|fortnight|month|year)s?"

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_NUMBERS = re.compile(r"(?P<day>[0-9]{1,2})(?P<sep>[/.-])(?P<month>[0-9]{1,2})(?:(?P=sep)(?P<year>[0-9]{4}|[0-9]{2}))?")
_DAY_MONTH = re.compile(
    rf"(?:(?P<weekday>{_WEEKDAY}) )?(?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})"
    r"(?: (?P<year>[0-9]{4}))?"
)
_MONTH_DAY = re.compile(
    rf"(?:(?P<weekday>{_WEEKDAY}) )?(?P<month>{_MONTH}) (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: (?P<year>[0-9]{{4}}))?"
)
_IN = re.compile(rf"in {_SPAN}")
_AGO = re.compile(rf"{_SPAN} ago")
_FROM_NOW = re.compile(rf"{_SPAN} (?:from (?:now|today)|today)")
_ON_WEEKDAY = re.compile(rf"(?:(?P<which>this|on|next|last) )?(?P<weekday>{_WEEKDAY})")
_LATER_WEEKDAY = re.compile(rf"(?P<wait>a week|a fortnight|two weeks) (?:on )?(?P<weekday>{_WEEKDAY})")


def read_date(text: str, today: date, *, lean: Lean = Lean.FORWARD) -> date:
    """Read the date that a person typed. Refused: it is not one, it does not exist, or it could mean two days."""
    words = fold(text)
    if not words:
        raise Unreadable("No date was given.", EXAMPLES)
    if len(words) > LONGEST:
        raise Unreadable("That is too long for a date.", EXAMPLES)
    try:
        found = _read(words, today, lean)
    except OverflowError:
        found = None
    if found is None:
        raise Unreadable(f"I could not read a date in that: {_quoted(words)}.", EXAMPLES)
    if not EARLIEST <= found <= _years_on(today, LATEST_YEARS_AHEAD):
        raise Refused(f"{long_date(found)} is too far away to be right.", EXAMPLES)
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
        year = _year(found["year"])
        return _placed(int(found["day"]), int(found["month"]), year, today, lean)
    if found := _DAY_MONTH.fullmatch(words) or _MONTH_DAY.fullmatch(words):
        day = _placed(int(found["day"]), MONTHS[found["month"]], _year(found["year"]), today, lean)
        if found["weekday"] and day.weekday() != WEEKDAYS[found["weekday"]]:
            raise Refused(f"{long_date(day)} is a {day:%A}.", "Check the day and the date, and give one that agree.")
        return day
    if found := _IN.fullmatch(words) or _FROM_NOW.fullmatch(words):
        return _moved(today, found, 1)
    if found := _AGO.fullmatch(words):
        return _moved(today, found, -1)
    if found := _LATER_WEEKDAY.fullmatch(words):
        weeks = 1 if found["wait"] == "a week" else 2
        return coming(today, WEEKDAYS[found["weekday"]]) + timedelta(weeks=weeks)
    if found := _ON_WEEKDAY.fullmatch(words):
        return _weekday(today, WEEKDAYS[found["weekday"]], found["which"] or "")
    return None


def _weekday(today: date, weekday: int, which: str) -> date:
    """Read "Friday" and "this Friday" as the coming one, "next Friday" as the one in next week (weeks begin on Monday)."""
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


def _moved(today: date, found: re.Match[str], sign: int) -> date | None:
    count = int(found["count"]) if found["count"].isdigit() else COUNTS[found["count"]]
    count *= sign
    try:
        match found["unit"]:
            case "day":
                return today + timedelta(days=count)
            case "week":
                return today + timedelta(weeks=count)
            case "fortnight":
                return today + timedelta(weeks=2 * count)
            case "month":
                return add_months(today, count)
            case _:
                return add_months(today, 12 * count)
    except ValueError:
        return None


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
    raise Refused(f"I could not place day {day} of month {month}.", EXAMPLES)


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        swapped = f" Did you mean {long_date(date(year, day, month))}?" if _exists(year, day, month) else ""
        raise Refused(f"There is no month {month}.{swapped}", EXAMPLES)
    if not _exists(year, month, day):
        last = monthrange(year, month)[1] if 1 <= year <= 9999 else 31
        raise Refused(f"There is no day {day} in {date(2024, month, 1):%B} {year}: it has {last} days.", EXAMPLES)
    return date(year, month, day)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _year(typed: str | None) -> int | None:
    if typed is None:
        return None
    return 2000 + int(typed) if len(typed) == 2 else int(typed)


def _years_on(day: date, years: int) -> date:
    return add_months(day, 12 * min(years, 9998 - day.year))


def fold(text: str) -> str:
    """Write what was typed in the one form that is read: lower case, single spaces, no commas."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace(",", " ")
    plain = plain.replace("–", "-").replace("−", "-")
    plain = re.sub(rf"\b({_MONTH}|{_WEEKDAY})\.", r"\1", plain)
    plain = re.sub(r"\b(day|week|fortnight|month|year)(?:'s|s'|s)? time\b", r"\1s", plain)
    return " ".join(plain.split())


def _quoted(words: str) -> str:
    shown = "".join(ch for ch in words if ch.isalnum() or ch in " /.-'")
    return f'"{shown}"' if shown.strip() else "what was typed"
