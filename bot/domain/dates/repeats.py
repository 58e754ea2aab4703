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

from bot.domain.dates.folding import fold
from bot.domain.dates.words import (
    ANY_COUNT,
    ANY_MONTH,
    ANY_PART,
    ANY_WEEKDAY,
    FIXED,
    MONDAY_TO_FRIDAY,
    MOVABLE,
    PLURAL_WEEKDAY,
)
from bot.domain.errors import Refused
from bot.domain.reminders import CivilTime
from bot.domain.rules import add_months

MOST_READ = 400
"""Characters that are read at all; a person's own words for a time are far shorter."""


class Repeat(StrEnum):
    """How often a reminder comes again. What else a rule needs (which weekday, the how-manieth) is that of its first day."""

    ONCE = "once"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    FORTNIGHTLY = "2-weekly"
    MONTHLY = "monthly"
    NTH_WEEKDAY = "nth-day"
    LAST_WEEKDAY = "last-day"
    MONTH_END = "end"
    QUARTERLY = "quarter"
    YEARLY = "yearly"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Repeat.ONCE: "Once",
    Repeat.DAILY: "Every day",
    Repeat.WEEKDAYS: "Every weekday, Monday to Friday",
    Repeat.WEEKLY: "Every week",
    Repeat.FORTNIGHTLY: "Every two weeks",
    Repeat.MONTHLY: "Every month",
    Repeat.NTH_WEEKDAY: "Every month on the same weekday, such as the first Monday",
    Repeat.LAST_WEEKDAY: "Every month on the last such weekday, such as the last Friday",
    Repeat.MONTH_END: "On the last day of every month",
    Repeat.QUARTERLY: "Every three months",
    Repeat.YEARLY: "Every year",
}
_EACH = r"(?:every|each)"
_OF_MONTH = r" (?:of|in) (?:the|each|every) month"
_NTH = r"(?P<nth>[1-4](?:st|nd|rd|th)|last)"
_NTH_DAY = rf"{_NTH} (?P<day>{ANY_WEEKDAY}|day)"
_BY_WEEKDAY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:on )?(?:the )?{_NTH_DAY} (?:of|in) {_EACH} month\b",
        rf"\b(?:{_EACH} month|monthly) (?:on )?(?:the )?{_NTH_DAY}(?:{_OF_MONTH})?\b(?! of)",
        rf"\b{_EACH} {_NTH_DAY}{_OF_MONTH}\b",
        rf"\b(?:on )?(?:the )?{_NTH_DAY} (?:of|in) the month {_EACH} month\b",
        rf"\b{_EACH} (?P<nth>1st|1th|last) (?P<day>{ANY_WEEKDAY}|day)\b(?! of)",
    )
)
"""The first Monday, the last Friday, the last day of every month."""
_MONTHS_END = re.compile(rf"\b(?:at )?(?:the )?end of {_EACH} month\b|\b{_EACH} month(?:'s)? end\b")
_PLURAL_PART = r"(?:morning|afternoon|evening|night|lunchtime|teatime)s"
_FIXED = "|".join(sorted(FIXED, key=len, reverse=True))
_ON_DATE = (
    rf"(?:the )?(?:[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{ANY_MONTH})|(?:{ANY_MONTH}) (?:the )?[0-9]|(?:{_FIXED}))\b"
)
_EVERY = (
    (
        Repeat.FORTNIGHTLY,
        re.compile(
            rf"\b{_EACH} (?:other|alternate|2nd|2th) week\b|\b(?:{_EACH}|once every) (?:2 weeks|fortnight)\b"
            r"|\bfortnightly\b|\bonce a fortnight (?=(?:on|from|at) )"
        ),
    ),
    (
        Repeat.FORTNIGHTLY,
        re.compile(rf"\b(?:{_EACH} (?:other|alternate)|alternate) (?=(?:{ANY_WEEKDAY}|{PLURAL_WEEKDAY})\b)"),
    ),
    (Repeat.QUARTERLY, re.compile(rf"\b{_EACH} (?:quarter|3 months)\b|\bquarterly\b|\bonce a quarter\b")),
    (
        Repeat.YEARLY,
        re.compile(rf"\b{_EACH} (?={_ON_DATE})|\b{_EACH} (?:1 )?year\b|\b(?:yearly|annually|once a year)\b"),
    ),
    (
        Repeat.WEEKDAYS,
        re.compile(
            rf"\b(?:{_EACH} )?{MONDAY_TO_FRIDAY}|\b(?:{_EACH} )?weekday (?={_PLURAL_PART}\b)"
            rf"|\b{_EACH} (?:weekday|working day|workday|week day)\b|\b(?:on )?(?:weekdays|workdays)\b"
        ),
    ),
    (
        Repeat.DAILY,
        re.compile(
            rf"\b{_EACH} (?:1 )?day\b|\b(?:daily|everyday|once a day)\b|^(?:in the )?(?={_PLURAL_PART}\b)"
            rf"|\b{_EACH} (?=(?:{ANY_PART})\b)"
        ),
    ),
    (
        Repeat.WEEKLY,
        re.compile(
            rf"\b{_EACH} (?:1 )?week\b|\b(?:weekly|once a week)\b|\b{_EACH} (?=(?:{ANY_WEEKDAY})\b)"
            rf"|^(?:on )?(?=(?:{PLURAL_WEEKDAY}|(?:{ANY_WEEKDAY}) {_PLURAL_PART})\b)"
        ),
    ),
    (Repeat.MONTHLY, re.compile(rf"\b{_EACH} (?:1 )?month\b|\b(?:monthly|once a month)\b")),
)
_NUMBERED = re.compile(
    rf"\b(?:{_EACH} (?P<every>[0-9]{{1,2}}(?:st|nd|rd|th))(?:{_OF_MONTH})?"
    rf"(?! (?:of )?(?:{ANY_WEEKDAY}|{ANY_MONTH}|days?|weeks?|years?|hours?)\b)|"
    rf"(?:on )?(?:the )?(?P<of>[0-9]{{1,2}}(?:st|nd|rd|th)) of {_EACH} month)\b"
)
_OTHERS = re.compile(
    r"\b(?:every|each|other|alternate|fortnightly|hourly|yearly|annually|biweekly|bi-weekly|bimonthly|twice|weekends|"
    rf"(?<![0-9] )(?:{PLURAL_WEEKDAY}))\b|(?:^| )(?:and|&) (?:{ANY_WEEKDAY})s?\b"
)
_NO_RULE = r"\blast\b|\bend\b|\bworking\b|\bmonth\b"
_BARE_NTH = rf"\b[0-9]{{1,2}}(?:st|nd|rd|th)\b(?! (?:of )?(?:{ANY_MONTH})\b)"
_ANOTHER_RULE = {
    Repeat.DAILY: re.compile(rf"\b(?:{ANY_WEEKDAY}|{ANY_MONTH}|week)\b|{_NO_RULE}|{_BARE_NTH}"),
    Repeat.WEEKDAYS: re.compile(rf"\b(?:{ANY_WEEKDAY}|{ANY_MONTH}|week)\b|{_NO_RULE}|{_BARE_NTH}"),
    Repeat.WEEKLY: re.compile(rf"{_NO_RULE}|{_BARE_NTH}"),
    Repeat.FORTNIGHTLY: re.compile(rf"{_NO_RULE}|{_BARE_NTH}"),
    Repeat.MONTHLY: re.compile(rf"\b(?:{ANY_WEEKDAY}|{ANY_MONTH})\b|{_NO_RULE}"),
    Repeat.QUARTERLY: re.compile(rf"\b(?:{ANY_WEEKDAY}|{ANY_MONTH})\b|{_NO_RULE}"),
    Repeat.YEARLY: re.compile(rf"\b(?:{ANY_WEEKDAY}|{'|'.join(MOVABLE)})\b|{_NO_RULE}|{_BARE_NTH}"),
}
"""What may not stand behind "every month": a rule that ends in a date is no date. With "from" it is the first day."""
_SECOND = re.compile(rf"\b{_EACH} second\b(?! (?:week\b|(?:{ANY_WEEKDAY}|day) (?:of|in) ))")
_FROM = re.compile(r"\b(?:from|starting(?: on| from)?|beginning(?: on)?) ")
_LASTING = re.compile(
    rf"\bfor (?:the )?(?:next |coming |following )?(?:(?:{ANY_COUNT}|several|a few|a couple of) )(?:more )?"
    r"(?:days?|weeks?|fortnights?|months?|years?|times)\b|\bfor the (?:next|coming|following|rest of the) "
    r"(?:day|week|fortnight|month|year)\b"
)
"""For how long it comes again, which could be read as when it first comes, or as how long each lasts."""
_FIRST = {
    Repeat.WEEKLY: "in 1 week",
    Repeat.FORTNIGHTLY: "in 2 weeks",
    Repeat.MONTHLY: "in 1 month",
    Repeat.QUARTERLY: "in 3 months",
    Repeat.YEARLY: "in 1 year",
}
"""When the first is, where nothing but how often was said."""
OFFERED = (
    "Postbag can repeat a reminder every day, weekday, week, two weeks, month, three months or "
    "year. It can also repeat on days such as the first Monday, the last Friday or the last day of the month."
)
OFFERED_EXAMPLES = (
    "For example: every weekday 8am, every other Tuesday 6pm, the first Monday of every month, every month on the 5th."
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text taken apart: how often, the words for the first time, and the words for the last day, if any."""

    repeat: Repeat
    first: str
    until: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether nothing but how often was said, so that the first time is the usual one."""
        return self.repeat is not Repeat.ONCE and self.first == _FIRST.get(self.repeat, "tomorrow")


def read_repeat(text: str) -> Wording:
    """Take "every Friday 6pm until 1 June" apart. Refused: it comes again in a way that is not offered."""
    words = fold(text[:MOST_READ])
    if _SECOND.search(text[:MOST_READ].casefold()):
        raise Refused(
            "“Every second” can mean two things.", "Write every other Tuesday, or the second Tuesday of every month."
        )
    words, _, until = words.partition(" until ")
    until = until.strip()
    for pattern in _BY_WEEKDAY:
        if found := pattern.search(words):
            if found["day"] == "day" and found["nth"] != "last":
                return _wording(Repeat.MONTHLY, words, found, f"on the {found['nth'][:-2]}th", until)
            which = "last" if found["nth"] == "last" else f"{found['nth'][0]}th"
            repeat = Repeat.LAST_WEEKDAY if which == "last" else Repeat.NTH_WEEKDAY
            if found["day"] == "day":
                repeat = Repeat.MONTH_END
            return _wording(repeat, words, found, f"coming {which} {found['day']} of the month", until)
    if found := _MONTHS_END.search(words):
        return _wording(Repeat.MONTH_END, words, found, "coming last day of the month", until)
    if found := _NUMBERED.search(words):
        return _wording(Repeat.MONTHLY, words, found, f"on the {found['every'] or found['of']}", until)
    for repeat, pattern in _EVERY:
        if found := pattern.search(words):
            wording = _wording(repeat, words, found, "", until)
            another = wording.first != _FIRST.get(repeat) and _ANOTHER_RULE[repeat].search(wording.first)
            if another and not _FROM.search(words):
                raise Refused(OFFERED, OFFERED_EXAMPLES)
            return wording
    if _OTHERS.search(words) or re.search(r"\bhourly\b", words):
        raise Refused(OFFERED, OFFERED_EXAMPLES)
    return Wording(Repeat.ONCE, words if until else text, until)


def needs_last_day() -> Refused:
    """Refuse "every day for 3 days": the first of them, and so the last, would be a guess."""
    return Refused(
        "Postbag needs the last day, not how long it repeats for.",
        "Write until and the last day, for example every Monday until 1 June.",
    )


def _wording(repeat: Repeat, words: str, found: re.Match[str], day: str, until: str) -> Wording:
    """Give the words for the first time: what is left of them, with the day that the rule names."""
    if _LASTING.search(words):
        raise needs_last_day()
    left = _FROM.sub("", f"{words[: found.start()]} {words[found.end() :]}")
    if repeat in (Repeat.WEEKLY, Repeat.FORTNIGHTLY):
        left = re.sub(rf"\b({PLURAL_WEEKDAY})\b", lambda plural: plural[1][:-1], left)
    left = re.sub(rf"\b({_PLURAL_PART})\b", lambda plural: plural[1][:-1], left)
    if _OTHERS.search(left):
        raise Refused(OFFERED, OFFERED_EXAMPLES)
    first = " ".join(f"{left} {day}".split() if left.strip().startswith(("at ", "by ")) else f"{day} {left}".split())
    return Wording(repeat, re.sub(r"^on (?!the)", "", first) or _FIRST.get(repeat, "tomorrow"), until)


def first_time(civil: CivilTime, repeat: Repeat) -> CivilTime:
    """Move a first time to the first day that its rule allows: a Monday, the last such weekday, the last day of a month."""
    if repeat in (Repeat.WEEKDAYS, Repeat.LAST_WEEKDAY, Repeat.MONTH_END):
        return CivilTime(_on_or_after(civil.on, repeat, civil.on), civil.at, civil.zone)
    return civil


def next_time(first: CivilTime, repeat: Repeat, after: datetime, until: date | None = None) -> CivilTime | None:
    """Give the first repetition later than an instant, or None where there is none: it comes once, or has ended."""
    if repeat is Repeat.ONCE:
        return None
    # A day back, so that no change of the clocks around midnight passes one over: what is too early is dropped below.
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


def count_missed(
    first: CivilTime, repeat: Repeat, since: datetime, until_now: datetime, until: date | None = None
) -> int:
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
        case Repeat.FORTNIGHTLY:
            return day + timedelta(days=(first - day).days % 14)
        case Repeat.NTH_WEEKDAY | Repeat.LAST_WEEKDAY | Repeat.MONTH_END:
            month = day.replace(day=1)
            found = _of_month(first, repeat, month)
            return found if found >= day else _of_month(first, repeat, add_months(month, 1))
        case Repeat.MONTHLY | Repeat.QUARTERLY | Repeat.YEARLY:
            step = _MONTHS[repeat]
            months = (day.year - first.year) * 12 + day.month - first.month
            months -= months % step
            found = add_months(first, months)
            return found if found >= day else add_months(first, months + step)
    return day


_MONTHS = {Repeat.MONTHLY: 1, Repeat.QUARTERLY: 3, Repeat.YEARLY: 12}


def _of_month(first: date, repeat: Repeat, month: date) -> date:
    """Give the day in a month (its first day) that is placed as the first time is in its own; a fifth is the last."""
    last = add_months(month, 1) - timedelta(days=1)
    if repeat is Repeat.MONTH_END:
        return last
    nth = (first.day - 1) // 7
    if repeat is Repeat.LAST_WEEKDAY or nth == 4:
        return last - timedelta(days=(last.weekday() - first.weekday()) % 7)
    return month + timedelta(days=(first.weekday() - month.weekday()) % 7 + 7 * nth)
