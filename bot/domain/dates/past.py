"""Days gone by as people type them: ``the 20th``, ``last Tuesday of January``, ``a fortnight ago``, ``Tuesday before last``.

The mirror of ``days``: without a year or a month the latest that has come is meant, today's among them. What could mean two
days gives both, so that whoever typed it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.domain.dates.days import Day, day_beside, day_in_month
from bot.domain.dates.exact import Lean, coming, moved_by, read_date, spans_in
from bot.domain.dates.holidays import bank_holidays, named_day, working_days_from
from bot.domain.dates.words import (
    ANY_COUNT,
    ANY_MONTH,
    ANY_NAMED,
    ANY_WEEKDAY,
    COMMENCING,
    COUNTS,
    MONTHS,
    NAMED_DAYS,
    WEEKDAYS,
)
from bot.domain.errors import Refused, Unreadable
from bot.domain.rules import add_months

_LEADING = re.compile(r"^(?:(?:on|by|from|since|dated) )+")
_PART = re.compile(r"(?:,? (?:in the |at )?(?:early |late )?(?:morning|afternoon|evening|night|lunchtime))$")
_TODAY = (
    "now", "just now", "today", "earlier today", "earlier", "this morning", "this afternoon", "this evening", "tonight",
)  # fmt: skip
_YESTERDAY = ("last night", "yesterday")
_BEFORE = r"(?:the )?day before yesterday"
_WEEKDAY = re.compile(
    rf"(?:the )?(?:(?P<which>last|past|this past|this) )?(?P<weekday>{ANY_WEEKDAY})(?P<tail> last| just gone| gone| past)?"
)
_OF_WEEK = re.compile(
    rf"(?P<before>{ANY_WEEKDAY})(?: of| in)? (?P<which>this|last) week"
    rf"|(?P<when>this|last) week(?: on)?(?: the)? (?P<after>{ANY_WEEKDAY})"
)
_BEFORE_LAST = re.compile(rf"(?:the )?(?P<weekday>{ANY_WEEKDAY}|week) before last")
_WEEKDAYS_AGO = re.compile(rf"(?P<count>{ANY_COUNT}) (?P<weekday>{ANY_WEEKDAY})s? ago")
_WEEKS_BEFORE = re.compile(
    rf"(?P<count>{ANY_COUNT}) (?P<unit>week|fortnight)s?(?: ago)?,? (?:on |this )?(?P<last>last )?(?P<from>{ANY_WEEKDAY}|today|yesterday)"
)
_WORKING = re.compile(
    r"(?P<count>[0-9]{1,3}|a|1) (?:working|business) days? (?:ago|back|before today|earlier)"
    r"|(?:the |on the )?(?P<last>last|previous) (?:working|business) day"
)
_AGO = re.compile(r"(?P<spans>[0-9a-z][0-9a-z ]{2,50}) (?:ago|back|earlier|before today|before now)(?: today)?")
_WHICH_MONTH = rf"(?:(?P<last>last )|the |this )?(?P<month>month|{ANY_MONTH})(?: (?P<year>[0-9]{{4}}))?"
_NTH_WEEKDAY = re.compile(
    rf"(?:the )?(?:(?P<nth>[1-4])(?:st|nd|rd|th)|(?P<final>last)) (?P<weekday>{ANY_WEEKDAY}) (?:of|in) {_WHICH_MONTH}"
)
_NTH_OF_MONTH = re.compile(
    r"(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)(?: of| in)? (?:(?P<last>last )|the |this )(?P<month>month)"
)
_ALONE = re.compile(
    rf"(?:(?P<weekday>{ANY_WEEKDAY}) )?(?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)"
    rf"|(?P<named>{ANY_WEEKDAY}) (?:the )?(?P<bare>[0-9]{{1,2}})"
)
_EDGE = re.compile(
    rf"(?:at )?(?:the )?(?P<edge>end|last day|start|beginning|1th day|first day)(?: of| in)?"
    rf"(?P<which> the| this| last)? (?P<unit>month|week|year|{ANY_MONTH})(?: (?P<year>[0-9]{{4}}))?"
)
_NAMED = re.compile(rf"(?P<which>last |this )?(?P<name>{ANY_NAMED})(?: (?P<year>20[0-9]{{2}}|'[0-9]{{2}}))?")
_RELATIVE = re.compile(
    rf"(?:(?:the )?(?:(?P<count>{ANY_COUNT}) )?(?P<working>working |business )?(?P<unit>day|week|fortnight|month)s?"
    rf"|(?:the )?(?P<weekday>{ANY_WEEKDAY})) (?P<side>before|after) (?P<rest>[0-9a-z][^\n]{{1,60}})"
)
_COMMENCING = re.compile(COMMENCING)
_A_YEAR = re.compile(r"(?P<rest>[0-9a-z][^\n]{0,70}) (?P<which>last|this) year")
_DAY_LAST = re.compile(rf"(?:{ANY_MONTH}|{ANY_NAMED}|[0-9](?:st|nd|rd|th)?)\Z")
"""A day that a year follows ends so."""
_WEEK = timedelta(weeks=1)
_FAR = 60
"""Days after which a weekday with the number of a day is asked about, as it is for days to come."""
_PROVERBIAL = (13, WEEKDAYS["friday"])


def days_gone(words: str, today: date) -> Sequence[Day]:
    """List the days gone by that folded words can mean, the day itself among them; none where they are no such day.

    Refused: they name a day that does not exist.
    """
    words = _LEADING.sub("", words).replace("a couple of ", "2 ")
    if words in _TODAY or words in _YESTERDAY:
        return (Day(today - timedelta(days=words in _YESTERDAY)),)
    words = _PART.sub("", words)
    if (found := _A_YEAR.fullmatch(words)) and _DAY_LAST.search(found["rest"]):
        words = f"{found['rest']} {today.year - (found['which'] == 'last')}"
    if not words:
        return ()
    if words in _TODAY or words in _YESTERDAY:
        return (Day(today - timedelta(days=words in _YESTERDAY)),)
    if re.fullmatch(_BEFORE, words):
        return (Day(today - timedelta(days=2)),)
    return _plain(words, today) or _relative(words, today)


def _plain(words: str, today: date) -> Sequence[Day]:
    for reader in (_weekday, _of_week, _before_last, _weeks_before, _ago, _of_month, _alone, _edge, _named, _vague):
        if found := reader(words, today):
            return tuple(dict.fromkeys(Day(day) for day in found))
    try:
        return (Day(read_date(words, today, lean=Lean.BACK)),)
    except Unreadable:
        return ()


def _relative(words: str, today: date) -> Sequence[Day]:
    if begun := _COMMENCING.fullmatch(words):
        return tuple(day for day in _plain(_LEADING.sub("", begun["rest"]), today) if day.on.weekday() == 0)
    found = _RELATIVE.fullmatch(words)
    if found is None:
        return ()
    days = _beside(found, today)
    if any(day > today for day in days):  # the Tuesday after Easter, typed on Easter Monday, is last year's
        days = _beside(found, min(today, *(other.on for other in _plain(found["rest"], today))) - timedelta(days=1))
    return tuple(map(Day, days))


def _beside(found: re.Match[str], today: date) -> Sequence[date]:
    return tuple(day_beside(other.on, found) for other in _plain(found["rest"], today))


def _latest(today: date, weekday: int) -> date:
    """Give the last day before today that is such a weekday."""
    return coming(today, weekday) - (_WEEK if today.weekday() != weekday else 2 * _WEEK)


def _last(today: date, weekday: int) -> tuple[date, ...]:
    """Read "last Monday": the one just gone, or, where that is in this week or was yesterday, perhaps last week's."""
    latest = _latest(today, weekday)
    last_week = today - timedelta(days=today.weekday() + 7 - weekday)
    if latest == last_week and latest != today - timedelta(days=1):
        return (latest,)
    return (latest, latest - _WEEK)


def _weekday(words: str, today: date) -> Sequence[date]:
    found = _WEEKDAY.fullmatch(words)
    if found is None:
        return ()
    weekday = WEEKDAYS[found["weekday"]]
    tail = (found["tail"] or "").strip()
    if found["which"] == "last" or tail == "last":
        return _last(today, weekday)
    if found["which"] in ("past", "this past") or tail:
        return (_latest(today, weekday),)
    if found["which"] == "this":
        return (today - timedelta(days=today.weekday() - weekday),)
    latest = _latest(today, weekday)
    return (today, latest) if today.weekday() == weekday else (latest,)


def _of_week(words: str, today: date) -> Sequence[date]:
    found = _OF_WEEK.fullmatch(words)
    if found is None:
        return ()
    monday = (
        today - timedelta(days=today.weekday()) - (_WEEK if "last" in (found["which"], found["when"]) else timedelta())
    )
    return (monday + timedelta(days=WEEKDAYS[found["before"] or found["after"]]),)


def _before_last(words: str, today: date) -> Sequence[date]:
    found = _BEFORE_LAST.fullmatch(words)
    if found is None:
        return ()
    if found["weekday"] == "week":
        return _weekdays_of(today - timedelta(days=today.weekday()) - 2 * _WEEK)
    return tuple(day - _WEEK for day in _last(today, WEEKDAYS[found["weekday"]]))


def _weeks_before(words: str, today: date) -> Sequence[date]:
    if found := _WEEKDAYS_AGO.fullmatch(words):
        weeks = _counted(found["count"]) - 1
        return (_latest(today, WEEKDAYS[found["weekday"]]) - weeks * _WEEK,) if weeks >= 0 else ()
    found = _WEEKS_BEFORE.fullmatch(words)
    if found is None:
        return ()
    back = _counted(found["count"]) * (2 if found["unit"] == "fortnight" else 1) * _WEEK
    if found["from"] in NAMED_DAYS:
        return (today + timedelta(days=NAMED_DAYS[found["from"]]) - back,)
    weekday = WEEKDAYS[found["from"]]
    if found["last"]:
        return (_latest(today, weekday) - back,)
    of_that_week = today - back - timedelta(days=today.weekday() - weekday)
    days = (_latest(today, weekday) - back, of_that_week)
    return (today - back, _latest(today, weekday) - back) if today.weekday() == weekday else days


def _ago(words: str, today: date) -> Sequence[date]:
    if found := _WORKING.fullmatch(words):
        return (working_days_from(today, -1 if found["last"] else -_counted(found["count"])),)
    found = _AGO.fullmatch(words)
    spans = spans_in(f"in {found['spans']}") if found else None
    if not spans:
        return ()
    day = moved_by(today, [(-count, unit) for count, unit in spans])
    return (day,) if day is not None else ()


def _of_month(words: str, today: date) -> Sequence[date]:
    found = _NTH_WEEKDAY.fullmatch(words) or _NTH_OF_MONTH.fullmatch(words)
    if found is None:
        return ()
    named = found.groupdict()
    place = {
        "weekday": named.get("weekday"),
        "last": named.get("final"),
        "nth": named.get("nth"),
        "day": named.get("day"),
    }
    if named["month"] == "month":
        if named.get("year"):
            return ()
        month = add_months(today.replace(day=1), -1 if named["last"] else 0)
        day = day_in_month(month, place)
        return (day,) if day <= today or "this " in words else (day_in_month(add_months(month, -1), place),)
    number = MONTHS[named["month"]]
    if named.get("year"):
        return (day_in_month(date(int(named["year"]), number, 1), place),)
    month = date(today.year, number, 1)
    day = day_in_month(month, place)
    return (day if day <= today else day_in_month(add_months(month, -12), place),)


def _alone(words: str, today: date) -> Sequence[date]:
    found = _ALONE.fullmatch(words)
    if found is None:
        return ()
    number = int(found["day"] or found["bare"])
    if not 1 <= number <= 31:
        raise Refused(f"No month has a day {number}.", "Check the number of the day.")
    weekday = found["weekday"] or found["named"]
    for months in range(61):
        month = add_months(today.replace(day=1), -months)
        if number > (add_months(month, 1) - timedelta(days=1)).day:
            continue
        day = month.replace(day=number)
        if day == today and weekday is None:
            before = next(e for n in range(1, 9) if (e := add_months(today, -n)).day == number)
            return (today, before)
        is_far = (today - day).days > _FAR and (number, day.weekday()) != _PROVERBIAL
        if weekday is not None and is_far and day.weekday() == WEEKDAYS[weekday]:
            return (_latest_number(today, number), day)  # a Tuesday 23rd long ago: perhaps the weekday is a slip
        if day <= today and (weekday is None or day.weekday() == WEEKDAYS[weekday]):
            return (day,)
    return ()


def _latest_number(today: date, number: int) -> date:
    return next(day for back in range(62) if (day := today - timedelta(days=back)).day == number)


def _edge(words: str, today: date) -> Sequence[date]:
    found = _EDGE.fullmatch(words)
    if found is None or (found["year"] and found["unit"] not in MONTHS):
        return ()
    unit, ending = found["unit"], found["edge"] in ("end", "last day")
    which = (found["which"] or "").strip()
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) - (_WEEK if which == "last" else timedelta())
        return (monday + timedelta(days=4), monday + timedelta(days=6)) if ending else (monday,)
    if unit == "year":
        year = today.year - (which == "last" or (ending and which != "this"))
        return (date(year, 12, 31) if ending else date(year, 1, 1),)
    if unit in MONTHS:
        firsts = [date(year, MONTHS[unit], 1) for year in (today.year, today.year - 1)]
        firsts = [date(int(found["year"]), MONTHS[unit], 1)] if found["year"] else firsts
    else:
        here = today.replace(day=1)
        firsts = (
            [add_months(here, -1)] if which == "last" else [here] if which == "this" else [here, add_months(here, -1)]
        )
    days = [add_months(first, 1) - timedelta(days=1) if ending else first for first in firsts]
    return (next((day for day in days if day <= today), days[0]),)


def _named(words: str, today: date) -> Sequence[date]:
    found = _NAMED.fullmatch(words)
    if found is None:
        return ()
    year = (found["year"] or "").removeprefix("'")
    if year:
        return (named_day(found["name"], today, int(year) + (2000 if len(year) == 2 else 0)),)
    this_year = named_day(found["name"], today, today.year)
    if this_year <= today or (found["which"] or "").strip() == "this":
        return (this_year,)
    return (named_day(found["name"], today, today.year - 1),)


def _vague(words: str, today: date) -> Sequence[date]:
    monday = today - timedelta(days=today.weekday())
    if words in ("last week", "in the last week", "the previous week"):
        return _weekdays_of(monday - _WEEK)
    if words in ("last month", "the previous month"):
        return (add_months(today, -1), add_months(today.replace(day=1), -1))
    if words in ("last weekend", "the weekend", "at the weekend", "over the weekend", "weekend", "this weekend"):
        if today.weekday() == 6 and "last" not in words:
            return (today - timedelta(days=1), today)
        return (monday - timedelta(days=2), monday - timedelta(days=1))
    if words in ("last bank holiday", "the last bank holiday"):
        return (max(day for year in (today.year, today.year - 1) for day in bank_holidays(year) if day < today),)
    return ()


def _weekdays_of(monday: date) -> tuple[date, ...]:
    return tuple(monday + timedelta(days=n) for n in range(5))


def _counted(word: str) -> int:
    return COUNTS.get(word) or int(word)
