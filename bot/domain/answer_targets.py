"""The day by which a Government says that something will be done, read from its own words, to be confirmed by a person."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from bot.domain.dates.words import MONTHS

_SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "winter": 2}
"""The last month of each season. No Government defines them: the latest day that the word allows is proposed."""
_MONTH = re.compile(
    r"^(?:(?:by |in )?(?:the )?(?:end of |end |early |mid-|late )?)?(?:(\d{1,2}) )?([a-z]{3,9}) (\d{4})$"
)
_SEASON = re.compile(
    r"^(?:by |in )?(?:the )?(?:end of |early |late )?(spring|summer|autumn|winter),? (\d{4})(?:[-–/](\d{2,4}))?$"
)
_QUARTER = re.compile(r"^(?:by |in )?(?:the )?(?:end of )?(?:q([1-4])|quarter ([1-4])),? (?:of )?(\d{4})$")
_YEAR = re.compile(r"^(?:by |in )?(?:the )?(?:end of )?(\d{4})$")


def last_day(said: str) -> date | None:
    """Give the last day that a target allows: "Spring 2027" is 31 May 2027. None: it names none that can be read."""
    text = " ".join(said[:80].casefold().split()).strip(" .")
    if found := _SEASON.match(text):
        year = int(found[2]) + (1 if found[1] == "winter" else 0)
        return _end(year, _SEASONS[found[1]])
    if found := _QUARTER.match(text):
        return _end(int(found[3]), 3 * int(found[1] or found[2]))
    if found := _YEAR.match(text):
        return _end(int(found[1]), 12)
    found = _MONTH.match(text)
    month = MONTHS.get(found[2]) if found else None
    if found is None or month is None:
        return None
    try:
        return date(int(found[3]), month, int(found[1])) if found[1] else _end(int(found[3]), month)
    except ValueError:
        return None


def _end(year: int, month: int) -> date | None:
    return date(year, month, monthrange(year, month)[1]) if 1990 <= year <= 2100 else None
