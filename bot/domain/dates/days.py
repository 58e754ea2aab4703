"""Days to come as people type them, with every reading that British usage allows: ``next Friday``, ``Tuesday week``, ``the 5th``.

Built on ``exact``, which reads the plain ones; what is added here may have more than one answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.dates.exact import Lean, coming, read_date
from bot.domain.dates.folding import fold
from bot.domain.dates.holidays import bank_holidays, named_day, working_days_from
from bot.domain.dates.words import (
    ANY_COUNT,
    ANY_MONTH,
    ANY_NAMED,
    ANY_WEEKDAY,
    COMMENCING,
    COUNTS,
    DAYS_IN,
    MONTHS,
    NAMED_DAYS,
    WEEKDAYS,
)
from bot.domain.errors import Refused, Unreadable
from bot.domain.reports import long_date
from bot.domain.rules import add_months

_A_DAY_NAMED = re.compile(
    rf"\b(?:{ANY_WEEKDAY}|{ANY_MONTH}|{ANY_NAMED}|today|tomorrow|next|weeks?|months?|years?|[0-9]{{1,2}}/[0-9])\b"
)
WORKING_DAYS = "Weekends and the usual bank holidays of England and Wales are left out."
_NAMED = re.compile(rf"(?P<name>{ANY_NAMED})(?: (?P<year>20[0-9]{{2}}|'[0-9]{{2}}))?")
_WORKING = re.compile(
    r"(?:in |within )?(?P<count>[0-9]{1,3}) (?:working|business) days?(?: from now| from today| hence| later)?"
    r"|(?:the |on the )?next working day"
)
_WHICH_MONTH = rf"(?:(?P<next>next )|the |this )?(?P<month>month|{ANY_MONTH})(?: (?P<year>[0-9]{{4}}))?"
_WORKING_OF = re.compile(rf"(?:the )?(?P<edge>1th|first|last) (?:working|business) day (?:of|in) {_WHICH_MONTH}")
_AFTER_NEXT = re.compile(
    rf"(?P<named>{ANY_WEEKDAY}) (?:of |in )?(?:the )?week after next|(?:the )?(?P<weekday>{ANY_WEEKDAY}) after next"
)
_RELATIVE = re.compile(
    rf"(?:(?:the )?(?:(?P<count>{ANY_COUNT}) )?(?P<working>working |business )?(?P<unit>day|week|fortnight|month)s?"
    rf"|(?:the )?(?:last (?=[a-z]+ before)|1th (?=[a-z]+ after))?(?P<weekday>{ANY_WEEKDAY})) (?P<side>before|after|from) "
    r"(?P<rest>[0-9a-z][^\n]{1,60})"
)
_COMMENCING = re.compile(COMMENCING)
_LEADING = re.compile(r"^(?:on|by|for) ")
_NUMBERS = re.compile(r"(?P<day>[0-9]{1,2})(?P<sep>[/.-])(?P<month>[0-9]{1,2})(?:(?:(?P=sep)| )(?:[0-9]{4}|[0-9]{2}))?")
_WHICH_WEEKDAY = re.compile(rf"(?:(?P<which>this|this coming|coming|next) )?(?P<weekday>{ANY_WEEKDAY})")
_WEEKS_AFTER = re.compile(
    rf"(?:(?P<wait>{ANY_COUNT}) (?P<unit>week|fortnight)s?|(?P<one>week|fortnight)) (?:on |from |after |this )?"
    rf"(?P<from>{ANY_WEEKDAY}|today|tomorrow)"
)
_WEEKDAYS_ON = re.compile(rf"(?P<count>[0-9]{{1,2}}) (?P<weekday>{ANY_WEEKDAY})s (?:from now|from today|hence|later)")
_WEEKDAY_WEEK = re.compile(rf"(?P<from>{ANY_WEEKDAY}|today|tomorrow) (?P<unit>week|fortnight)")
_OF_WEEK = re.compile(
    rf"(?P<before>{ANY_WEEKDAY})(?: of)? (?P<which>this|next) week|(?P<when>this|next) week(?: on)? (?P<after>{ANY_WEEKDAY})"
)
_NTH_WEEKDAY = re.compile(
    rf"(?P<coming>coming )?(?:the )?(?:(?P<nth>[1-4])(?:st|nd|rd|th)|(?P<last>last)) (?P<weekday>{ANY_WEEKDAY}) (?:of|in) "
    rf"{_WHICH_MONTH}"
)
_NTH_OF_MONTH = re.compile(
    r"(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th) of (?:(?P<next>next )|the |this )(?P<month>month)"
)
_DAY_ALONE = re.compile(
    rf"(?:(?P<weekday>{ANY_WEEKDAY}) (?:the )?(?P<bare>[0-9]{{1,2}})"
    rf"|(?:(?P<named>{ANY_WEEKDAY}) )?(?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th))"
)
_EDGE = re.compile(
    rf"(?P<coming>coming )?(?:the )?(?P<edge>end|last day|start|beginning|1th day)(?: of)?(?P<which> the| this| next)?"
    rf"(?: (?P<unit>month|week|year|{ANY_MONTH})(?: (?P<year>[0-9]{{4}}))?)?"
)
_DUE = r"(?:(?:the )?(?:answer|response|reply|it)(?: is|'s) (?:due|expected)|it's (?:due|expected))"
_DEADLINE = rf"(?:(?:the )?(?:deadline|due date|date|day|clock)|{_DUE})"
_FROM_DEADLINE = re.compile(
    rf"(?:(?:(?P<count>{ANY_COUNT}|(?:the )?last(?= working)) (?P<working>working |business |week)?"
    rf"(?P<unit>day|week|fortnight|month|hour)s?|(?:the )?(?P<one>day|week|weekend|fortnight)|"
    rf"(?:the )?(?P<weekday>{ANY_WEEKDAY})) (?P<side>before|after|ahead of)|the (?P<eve>eve) of)(?: {_DEADLINE})?"
)
_BEFORE_DEADLINE = re.compile(rf"before {_DEADLINE}")
_ON_DEADLINE = re.compile(
    rf"(?:on )?(?:the )?(?:deadline(?: day| itself)?|due date|day of the deadline|day itself)|(?:on )?the day"
    rf"|(?:when|once|(?:on )?the day) {_DUE}"
)


@dataclass(frozen=True, slots=True)
class Day:
    """One reading of a day, with what was assumed for it in a sentence, or nothing."""

    on: date
    note: str = ""


def days_in(words: str, today: date, *, deadline_on: date | None, lead: int) -> Sequence[Day]:
    """List the days that folded words can mean; none where they are no day at all.

    Refused: they name a day that does not exist, has gone by, or counts from a deadline where there is none. ``lead``:
    days meant by "before the deadline" alone.
    """
    words = _LEADING.sub("", words)
    if not words:
        return ()
    if found := _from_deadline(words, deadline_on, lead):
        return found
    if found := _plain(words, today) or _relative(words, today):
        return found
    return ()


def _plain(words: str, today: date) -> Sequence[Day]:
    """Read a day that stands for itself."""
    for reader in (_weekdays, _weeks_after, _weekdays_on, _of_week, _of_month, _alone, _edges, _vague):
        if found := reader(words, today):
            return found
    try:
        day = read_date(words, today, lean=Lean.FORWARD)
    except Unreadable:
        return ()
    return (Day(day, _note(words, day, today)),)


def _relative(words: str, today: date) -> Sequence[Day]:
    """Read a day that counts from another: ``two days before Christmas``, ``the Monday after 8 March``."""
    if begun := _COMMENCING.fullmatch(words):
        return tuple(day for day in _plain(_LEADING.sub("", begun["rest"]), today) if day.on.weekday() == 0)
    found = _RELATIVE.fullmatch(words)
    if found is None or (found["side"] == "from" and not found["count"]):
        return ()
    return tuple(
        Day(day_beside(other.on, found), WORKING_DAYS if found["working"] else "")
        for other in _plain(found["rest"], today)
    )


def day_beside(day: date, found: re.Match[str]) -> date:
    """Give the day that "two working days before" or "the Monday after" means, seen from a day."""
    sign = -1 if found["side"] == "before" else 1
    if found["weekday"]:
        return day + sign * timedelta(days=sign * (WEEKDAYS[found["weekday"]] - day.weekday()) % 7 or 7)
    count = sign * (COUNTS.get(found["count"] or "a") or int(found["count"]))
    if found["working"]:
        return working_days_from(day, count)
    if found["unit"] == "month":
        return add_months(day, count)
    return day + timedelta(days=count * DAYS_IN[found["unit"]])


def _weekdays(words: str, today: date) -> Sequence[Day]:
    found = _WHICH_WEEKDAY.fullmatch(words)
    if found is None:
        return ()
    weekday = WEEKDAYS[found["weekday"]]
    nearest = coming(today, weekday)
    if found["which"] == "this" and today.weekday() == weekday:
        return (Day(today),)
    if found["which"] != "next":
        return (Day(today), Day(nearest)) if today.weekday() == weekday else (Day(nearest),)
    next_week = today - timedelta(days=today.weekday()) + timedelta(days=7 + weekday)
    if nearest == next_week and nearest != today + timedelta(days=1):
        return (Day(nearest),)
    return (Day(nearest), Day(nearest + timedelta(days=7)))


def _weeks_after(words: str, today: date) -> Sequence[Day]:
    found = _WEEKS_AFTER.fullmatch(words) or _WEEKDAY_WEEK.fullmatch(words)
    if found is None:
        return ()
    wait = found.groupdict().get("wait")
    count = 1 if wait is None else COUNTS.get(wait) or int(wait)
    fortnight = "fortnight" in (found["unit"], found.groupdict().get("one"))
    weeks = timedelta(weeks=count * (2 if fortnight else 1))
    if found["from"] in NAMED_DAYS:
        return (Day(today + timedelta(days=NAMED_DAYS[found["from"]]) + weeks),)
    weekday = WEEKDAYS[found["from"]]
    days = [Day(coming(today, weekday) + weeks)]
    return (Day(today + weeks), *days) if today.weekday() == weekday else days


def _weekdays_on(words: str, today: date) -> Sequence[Day]:
    """Read "3 Fridays from now" as the third Friday to come."""
    found = _WEEKDAYS_ON.fullmatch(words)
    if found is None or int(found["count"]) == 0:
        return ()
    return (Day(coming(today, WEEKDAYS[found["weekday"]]) + timedelta(weeks=int(found["count"]) - 1)),)


def _of_week(words: str, today: date) -> Sequence[Day]:
    found = _OF_WEEK.fullmatch(words)
    if found is None:
        return ()
    weeks = 1 if "next" in (found["which"], found["when"]) else 0
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return (Day(monday + timedelta(days=WEEKDAYS[found["before"] or found["after"]])),)


def _of_month(words: str, today: date) -> Sequence[Day]:
    """Read "the first Monday of June", "the last Friday of the month" and "the 5th of next month"."""
    found = _NTH_WEEKDAY.fullmatch(words) or _NTH_OF_MONTH.fullmatch(words)
    if found is None:
        return ()
    number = MONTHS.get(found["month"])
    here = add_months(today.replace(day=1), int(bool(found["next"])))
    named = found.groupdict()
    if number is None and named.get("year"):
        return ()
    month = date(int(named.get("year") or today.year), number, 1) if number is not None else here
    day = day_in_month(month, named)
    if day < today and number is None and "this " not in words and not named.get("next"):
        day = day_in_month(add_months(month, 1), named)
    if day < today and number is not None and not named.get("year"):
        day = day_in_month(add_months(month, 12), named)
    if day < today and named.get("coming"):
        day = day_in_month(add_months(month, 1), named)
    return (Day(day),)


def day_in_month(month: date, named: Mapping[str, str | None]) -> date:
    """Give a day of a month (its first day): by its number, or as its second or ``last`` such weekday."""
    last = add_months(month, 1) - timedelta(days=1)
    if named.get("weekday") is None:
        if int(named["day"] or 0) > last.day:
            raise Refused(f"{last:%B} {last.year} has {last.day} days.", "Check the number of the day.")
        return month.replace(day=max(1, int(named["day"] or 0)))
    weekday = WEEKDAYS[named["weekday"] or ""]
    if named.get("last"):
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (int(named["nth"] or 1) - 1))


def _alone(words: str, today: date) -> Sequence[Day]:
    """Read "the 5th" as the next 5th, and "Friday 13th" as the next 13th that is a Friday."""
    found = _DAY_ALONE.fullmatch(words)
    if found is None:
        return ()
    number = int(found["day"] or found["bare"])
    if not 1 <= number <= 31:
        raise Refused(f"No month has a day {number}.", "Check the number of the day.")
    weekday = found["weekday"] or found["named"]
    wanted = WEEKDAYS[weekday] if weekday else None
    if found["bare"] and number <= 24 and not _within_weeks(today, number, WEEKDAYS[weekday]):
        return ()  # "Friday 6" is an hour unless a Friday the 6th is near
    first = today.replace(day=1)
    for months in range(61):
        month = add_months(first, months)
        last = (add_months(first, months + 1) - timedelta(days=1)).day
        if number > last:
            continue
        day = month.replace(day=number)
        if day == today and wanted is None:
            following = next(later for n in range(1, 9) if (later := add_months(today, n)).day == number)
            return (Day(today), Day(following, f"The next {_nth(number)}."))
        proverbial = (wanted, number) == (4, 13)  # Friday the 13th is meant, however far ahead
        if (
            day >= today
            and wanted == day.weekday()
            and not proverbial
            and not _within_weeks(today, number, day.weekday())
        ):
            return (Day(_next_number(today, number)), Day(day))  # a far Friday 28th: perhaps the weekday is a slip
        if day >= today and wanted in (None, day.weekday()):
            return (Day(day, f"The next {_nth(number)}{f' that is a {day:%A}' if wanted is not None else ''}."),)
    return ()


def _next_number(today: date, number: int) -> date:
    return next(day for ahead in range(62) if (day := today + timedelta(days=ahead)).day == number)


def _within_weeks(today: date, number: int, weekday: int) -> bool:
    near = (today + timedelta(days=ahead) for ahead in range(60))
    return any(day.day == number and day.weekday() == weekday for day in near)


def _edges(words: str, today: date) -> Sequence[Day]:
    """Read the first or last day of a month, week or year."""
    found = _EDGE.fullmatch(words)
    if found is None or found["unit"] is None:
        return ()
    unit, following = found["unit"], (found["which"] or "").strip() == "next"
    ending = found["edge"] in ("end", "last day")
    if found["year"] and unit not in MONTHS:
        return ()
    this = (found["which"] or "").strip() == "this"
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 if following else 0)
        if not ending and monday < today and not this:
            monday += timedelta(days=7)
        if not ending:
            return (Day(monday, "A week begins on Monday."),)
        return (Day(monday + timedelta(days=4)), Day(monday + timedelta(days=6)))
    if unit == "year":
        year = today.year + int(following or (not ending and not this and today > date(today.year, 1, 1)))
        return (Day(date(year, 12, 31) if ending else date(year, 1, 1)),)
    if unit == "month":
        ahead = following or (not ending and not this and today.day > 1)
        month = add_months(today.replace(day=1), int(ahead))
    else:
        number = MONTHS[unit]
        month = date(int(found["year"] or today.year + int(number < today.month)), number, 1)
        if not ending and month < today and not found["year"]:
            month = date(today.year + 1, number, 1)
    return (Day(add_months(month, 1) - timedelta(days=1) if ending else month),)


def _vague(words: str, today: date) -> Sequence[Day]:
    if found := _NAMED.fullmatch(words):
        year = (found["year"] or "").removeprefix("'")
        return (Day(named_day(found["name"], today, int(year) + (2000 if len(year) == 2 else 0) if year else None)),)
    if found := _WORKING_OF.fullmatch(words):
        return (Day(_working_of(found, today), WORKING_DAYS),)
    if found := _WORKING.fullmatch(words):
        day = working_days_from(today, int(found["count"] or 1))
        return (Day(day, WORKING_DAYS if found["count"] else ""),)
    if words in ("next bank holiday", "the next bank holiday"):
        ahead = sorted(day for year in (today.year, today.year + 1) for day in bank_holidays(year) if day > today)
        return (Day(ahead[0]),)
    if words == "next week":
        monday = today + timedelta(days=7 - today.weekday())
        return tuple(Day(monday + timedelta(days=n)) for n in range(5))
    if words == "next month":
        return (Day(add_months(today.replace(day=1), 1)), Day(add_months(today, 1)))
    if words == "next day":
        return (Day(today + timedelta(days=1)),)
    if found := _AFTER_NEXT.fullmatch(words):
        monday = today + timedelta(days=14 - today.weekday())
        weekday = WEEKDAYS[found["named"] or found["weekday"]]
        if found["named"]:
            return (Day(monday + timedelta(days=weekday)),)
        nearest = coming(today, weekday)
        return tuple(Day(nearest + timedelta(weeks=weeks)) for weeks in (1, 2))
    if words in ("the week after next", "week after next", "in the week after next"):
        monday = today + timedelta(days=14 - today.weekday())
        return tuple(Day(monday + timedelta(days=n)) for n in range(5))
    if words in ("next weekend", "at next weekend"):
        saturday = today if today.weekday() == 5 else coming(today, 5)
        pairs = (saturday, saturday + timedelta(days=7)) if today.weekday() < 5 else (saturday + timedelta(days=7),)
        return tuple(Day(first + timedelta(days=n)) for first in pairs for n in (0, 1))
    if words in ("this weekend", "the weekend", "weekend", "at the weekend"):
        saturday = today if today.weekday() == 5 else coming(today, 5)
        return (Day(saturday), Day(saturday + timedelta(days=1))) if today.weekday() != 6 else (Day(today),)
    return ()


def _working_of(found: re.Match[str], today: date) -> date:
    """Give the first or last working day of a month; of one that has gone by, the next such month's."""
    number = MONTHS.get(found["month"])
    month = add_months(today.replace(day=1), int(bool(found["next"])))
    if number is not None:
        month = date(int(found["year"] or today.year), number, 1)

    def edge(of: date) -> date:
        last = found["edge"] == "last"
        return working_days_from(add_months(of, 1), -1) if last else working_days_from(of - timedelta(days=1), 1)

    if edge(month) < today and not found["year"] and "this " not in found[0]:
        return edge(add_months(month, 12 if number is not None else 1))
    return edge(month)


def _from_deadline(words: str, deadline_on: date | None, lead: int) -> Sequence[Day]:
    found = _FROM_DEADLINE.fullmatch(words)
    if found is None and not _BEFORE_DEADLINE.fullmatch(words) and not _ON_DEADLINE.fullmatch(words):
        return ()
    if deadline_on is None:
        raise Refused(
            "Postbag doesn't know which deadline you mean.",
            "Open it with /deadlines list and press Remind me, or choose it as the deadline in /remind me.",
        )
    expected = f"Counted from the date now expected, {long_date(deadline_on)}."
    if found is None:
        back = 0 if _ON_DEADLINE.fullmatch(words) else lead
        said = f"{expected} {lead} days before is your usual setting." if back else expected
        return (Day(deadline_on - timedelta(days=back), said),)
    sign = 1 if found["side"] == "after" else -1
    if found["weekday"]:
        ahead = sign * (WEEKDAYS[found["weekday"]] - deadline_on.weekday()) % 7 or 7
        return (Day(deadline_on + sign * timedelta(days=ahead), expected),)
    if found["one"] == "weekend":
        before = deadline_on - timedelta(days=(deadline_on.weekday() - 7) % 7 + 2)
        saturday = coming(deadline_on, 5) if sign > 0 else before
        return (Day(saturday, expected), Day(saturday + timedelta(days=1), expected))
    once = found["one"] or found["eve"] or (found["count"] or "").endswith("last")
    count = 1 if once else COUNTS.get(found["count"] or "") or int(found["count"])
    if found["working"]:
        if found["unit"] != "day":
            return ()
        return (Day(working_days_from(deadline_on, sign * count), f"{expected} {WORKING_DAYS}"),)
    if found["unit"] == "hour":
        if count % 24:
            return ()
        return (Day(deadline_on + sign * timedelta(days=count // 24), expected),)
    unit = found["one"] or found["unit"]
    match unit:
        case "month":
            day = add_months(deadline_on, sign * count)
        case "week" | "fortnight":
            day = deadline_on + sign * timedelta(weeks=count * (2 if unit == "fortnight" else 1))
        case _:
            day = deadline_on + sign * timedelta(days=count)
    return (Day(day, expected),)


def _note(words: str, day: date, today: date) -> str:
    numbers = _NUMBERS.fullmatch(words)
    if numbers and int(numbers["day"]) <= 12 and numbers["day"].lstrip("0") != numbers["month"].lstrip("0"):
        return f"Read with the day before the month: {long_date(day)}."
    if day.year != today.year and str(day.year) not in words and re.search(rf"\b(?:{ANY_MONTH})\b|/", words):
        return f"The next one is in {day.year}."
    return ""


def counts_from_deadline(words: str) -> bool:
    """Tell whether words count from a deadline that they do not name: ``3 days before``, ``when it's due``."""
    folded = _LEADING.sub(
        "", re.sub(r"\b(?:the )?(?:morning|afternoon|evening|night) (?=before|after|of)", "the day ", fold(words))
    )
    for tail in range(len(split := folded.split()) + 1):
        for part, other in (
            (" ".join(split[: len(split) - tail]), " ".join(split[len(split) - tail :])),
            (" ".join(split[tail:]), " ".join(split[:tail])),
        ):
            if (
                part
                and not _A_DAY_NAMED.search(other)
                and any(p.fullmatch(part) for p in (_FROM_DEADLINE, _BEFORE_DEADLINE, _ON_DEADLINE))
            ):
                return True
    return False


def _nth(number: int) -> str:
    tail = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"
