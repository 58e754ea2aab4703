"""Reminders that come again: what is meant by ``every weekday 8am``, and when the next one is.

The next time is worked out from the civil time of the first, never by adding hours: it stays at the same hour across a
clock change, and on the 31st of a month that has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.deadlines import add_months
from bot.domain.errors import Refused
from bot.domain.plain_dates import WEEKDAYS, fold
from bot.domain.reminders import CivilTime


class Repeat(StrEnum):
    """How often a reminder comes again."""

    ONCE = "once"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Repeat.ONCE: "Once",
    Repeat.DAILY: "Every day",
    Repeat.WEEKDAYS: "Every weekday, Monday to Friday",
    Repeat.WEEKLY: "Every week",
    Repeat.MONTHLY: "Every month",
}
_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_EVERY = (
    (Repeat.WEEKDAYS, re.compile(r"(?:every|each) (?:weekday|working day)|(?:on )?weekdays")),
    (Repeat.DAILY, re.compile(r"(?:every|each) day|daily|(?:every|each) (?=morning|afternoon|evening|night)")),
    (Repeat.WEEKLY, re.compile(rf"(?:every|each) week|weekly|(?:every|each) (?=(?:{_WEEKDAY})\b)")),
    (Repeat.MONTHLY, re.compile(r"(?:every|each) month|monthly")),
)
_OTHERS = re.compile(r"\b(?:every|each|fortnightly|hourly|yearly|annually)\b")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text taken apart: how often, the words for the first time, and the words for the last day, if any."""

    repeat: Repeat
    first: str
    until: str = ""


def read_repeat(text: str) -> Wording:
    """Take "every Friday 6pm until 1 June" apart. Refused: it comes again in a way that is not offered."""
    words = fold(text)
    words, _, until = words.partition(" until ")
    for repeat, pattern in _EVERY:
        found = pattern.search(words)
        if found is not None:
            first = " ".join(f"{words[: found.start()]} {words[found.end() :]}".split())
            return Wording(repeat, re.sub(r"^on (?!the)", "", first) or "tomorrow", until.strip())
    if _OTHERS.search(words):
        raise Refused(
            "Postbag repeats reminders every day, every weekday, every week or every month.",
            "For example: every weekday 8am, every Friday 6pm until 1 June, every month on the 5th.",
        )
    return Wording(Repeat.ONCE, words if until else text, until.strip())


def first_time(civil: CivilTime, repeat: Repeat) -> CivilTime:
    """Move a first time to the Monday where it should come on weekdays only."""
    if repeat is Repeat.WEEKDAYS and civil.on.weekday() >= 5:
        return CivilTime(civil.on + timedelta(days=7 - civil.on.weekday()), civil.at, civil.zone)
    return civil


def next_time(first: CivilTime, repeat: Repeat, after: datetime, until: date | None = None) -> CivilTime | None:
    """Give the first repetition later than an instant, or None where there is none: it comes once, or has ended."""
    if repeat is Repeat.ONCE:
        return None
    day = max(first.on, after.astimezone(ZoneInfo(first.zone)).date() - timedelta(days=1))
    for _ in range(400):
        day = _on_or_after(first.on, repeat, day)
        if until is not None and day > until:
            return None
        civil = CivilTime(day, first.at, first.zone)
        if civil.instant() > after and day > first.on:
            return civil
        day += timedelta(days=1)
    return None


def missed(first: CivilTime, repeat: Repeat, since: datetime, until_now: datetime, until: date | None = None) -> int:
    """Count the repetitions later than one instant and not later than another: 99 at most."""
    count, at = 0, since
    while count < 99 and (civil := next_time(first, repeat, at, until)) is not None and civil.instant() <= until_now:
        count, at = count + 1, civil.instant()
    return count


def _on_or_after(first: date, repeat: Repeat, day: date) -> date:
    match repeat:
        case Repeat.WEEKDAYS:
            return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
        case Repeat.WEEKLY:
            return day + timedelta(days=(first.weekday() - day.weekday()) % 7)
        case Repeat.MONTHLY:
            months = (day.year - first.year) * 12 + day.month - first.month
            found = add_months(first, months)
            return found if found >= day else add_months(first, months + 1)
    return day
