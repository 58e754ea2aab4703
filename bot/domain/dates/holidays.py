"""Days that have a name: Christmas, Good Friday; and the bank holidays of England and Wales, which are no working days.

They are worked out by rule. A bank holiday that is given once, such as for a coronation, is not among them.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from bot.domain.dates.words import BY_WEEKDAY, FIXED, MOVABLE
from bot.domain.rules import add_months


def named_day(name: str, today: date, year: int | None = None) -> date:
    """Give a named day: in the year that was typed, else the next one."""
    found = _in_year(name, year or today.year)
    return found if year is not None or found >= today else _in_year(name, today.year + 1)


def _in_year(name: str, year: int) -> date:
    if name in BY_WEEKDAY or name == "1th may bank holiday":
        number, weekday, nth = BY_WEEKDAY[name.replace("1th", "first")]
        month = date(year, number, 1) if nth else add_months(date(year, number, 1), 1) - timedelta(days=7)
        return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * max(0, nth - 1))
    if name in MOVABLE:
        return easter(year) + timedelta(days=MOVABLE[name])
    return date(year, *FIXED[name])


def easter(year: int) -> date:
    """Give Easter Sunday, by the Gregorian reckoning of the moon."""
    century, moon = year // 100, year % 19
    lag = century - century // 4 - (8 * century + 13) // 25
    full = (lag + 19 * moon + 15) % 30
    full -= full // 28 * (1 - full // 28 * (29 // (full + 1)) * ((21 - moon) // 11))
    ahead = full - (year + year // 4 + full + 2 - century + century // 4) % 7
    month = 3 + (ahead + 40) // 44
    return date(year, month, ahead + 28 - 31 * (month // 4))


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """List the bank holidays of a year in England and Wales; one at a weekend is kept on the next day that is free for it."""
    sunday = easter(year)
    found = {sunday - timedelta(days=2), sunday + timedelta(days=1), _monday(date(year, 5, 1))}
    found |= {_monday(date(year, 5, 25)), _monday(date(year, 8, 25))}
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() >= 5 or day in found:
            day += timedelta(days=1)
        found.add(day)
    return frozenset(found)


def is_working(day: date) -> bool:
    """Tell whether a day is neither at a weekend nor a bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def working_days_from(day: date, count: int) -> date:
    """Count working days onward, or back where the count is below nought."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(min(abs(count), 400)):
        day += step
        while not is_working(day):
            day += step
    return day


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
