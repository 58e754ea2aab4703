"""The only import of dateparser: a wider reading of plain-language times, for what the strict grammar does not know.

It is imported on first use. What it reads counts only where every word and figure typed is accounted for in the result, where
reading the month first gives the same, and where it is still to come; whoever typed it is always shown what was understood.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.dates.folding import fold
from bot.domain.dates.moments import LONGEST, YEARS_AHEAD, Moment
from bot.domain.dates.words import MONTHS, WEEKDAYS
from bot.domain.reminders import CivilTime

log = logging.getLogger(__name__)

WIDER = "Postbag isn't sure it understood that, so please check the day and the time."


def read_widely(text: str, now: datetime, zone: str, usual: time) -> Moment | None:
    """Read a moment to come, or None where there is none that is beyond doubt."""
    words = " ".join(text.split())
    if not words or len(words) > LONGEST or not any(character.isdigit() for character in words):
        return None
    base = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
    readings = {_read(words, base, order) for order in ("DMY", "MDY")}
    if len(readings) != 1:
        return None
    found = readings.pop()
    if found is None:
        return None
    on, timed = found
    if not _accounted_for(words, on, timed):
        return None
    if any(WEEKDAYS.get(word, on.weekday()) != on.weekday() for word in fold(words).split()):
        return None
    at = on.time().replace(second=0, microsecond=0) if timed else usual
    civil = CivilTime(on.date(), at, zone)
    if not now < civil.instant() <= now + timedelta(days=366 * YEARS_AHEAD):
        return None
    return Moment(civil, tuple(note for note in (WIDER, civil.change_note) if note))


_JOINING = frozenset(["at", "on", "the", "of", "by", "in", "am", "pm", "a", "m", "p", "t", "h", "st", "nd", "rd", "th"])


def _accounted_for(words: str, on: datetime, timed: bool) -> bool:
    """Tell whether each figure is a part of the moment, used once, and each word one that only joins or names its parts.

    The library skips what it does not know, and an answer from a part of the words is worse than none.
    """
    tokens = re.findall(r"[0-9]+|[^\W\d_]+", fold(words))
    parts = [str(on.year), f"{on.year % 100:02}", str(on.day), str(on.month)]
    if timed:
        hours = [str(on.hour), str(on.hour % 12 or 12)]
        parts += [
            hours[0] if not re.search(r"\b[ap]\.? ?m\b|[0-9][ap]m", fold(words)) else hours[1],
            str(on.minute),
            str(on.second),
        ]
    left = Counter(part.lstrip("0") or "0" for part in dict.fromkeys(parts))
    left.update(part.lstrip("0") or "0" for part in parts[len(dict.fromkeys(parts)) :])
    months = {name for name, number in MONTHS.items() if number == on.month}
    days = {name for name, number in WEEKDAYS.items() if number == on.weekday()}
    for token in tokens:
        if token.isdecimal():
            key = token.lstrip("0") or "0"
            if left[key] <= 0:
                return False
            left[key] -= 1
        elif token not in months and token not in days and token not in _JOINING:
            return False
    figures = sum(token.isdecimal() for token in tokens)
    return bool(figures >= (3 if timed and ":" in words else 2))


def _read(words: str, base: datetime, order: str) -> tuple[datetime, bool] | None:
    from dateparser.date import DateDataParser

    settings: dict[str, Any] = {
        "DATE_ORDER": order,
        "PREFER_LOCALE_DATE_ORDER": False,
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": base,
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month"],
        "RETURN_TIME_AS_PERIOD": True,
        "NORMALIZE": True,
    }
    try:
        data = DateDataParser(languages=["en"], settings=settings).get_date_data(words)
    except Exception as error:
        log.info("the wider reading of a time failed: %s", type(error).__name__)
        return None
    if data.date_obj is None or data.date_obj.tzinfo is not None:
        return None
    return data.date_obj, data.period == "time"
