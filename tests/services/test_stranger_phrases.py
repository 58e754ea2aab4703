"""Times as a stranger to the grammar types them, through the door that ``/remind me`` uses, with the wider reader.

Nothing may be wrong without a question. What is not understood is asked or refused, and seldom where a reader would know.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.domain.dates.days import counts_from_deadline
from bot.domain.dates.repeats import Repeat
from bot.domain.dates.words import MONTHS, WEEKDAYS
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import Refused
from bot.domain.identity import DeadlineId
from bot.domain.rules import GIVEN
from bot.services.private_reminders import Asked, PrivateReminderService, Typed, Understood
from bot.wider_dates import read_widely
from storage.guilds import Guilds
from storage.private_reminders import PrivateReminders
from tests.builders import GUILD, MEMBER, SEALER, Desk

pytestmark = pytest.mark.asyncio

LONDON = ZoneInfo("Europe/London")
USUAL_NOW = "2026-11-25T10:20"
DUE = date(2027, 1, 8)
TABLE = Path(__file__).parents[1] / "domain" / "dates" / "stranger_phrases.tsv"


@dataclass(frozen=True, slots=True)
class Row:
    phrase: str
    now: datetime
    expected: str
    reason: str

    @property
    def also(self) -> str:
        return self.reason.partition("also: ")[2]


def rows(table: Path = TABLE) -> list[Row]:
    """Read a table; its first line without a hash names the columns."""
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = []
    for line in lines[1:]:
        phrase, now, expected, reason = (*line.split("\t"), "", "")[:4]
        found.append(Row(phrase, datetime.fromisoformat(now or USUAL_NOW).replace(tzinfo=LONDON), expected, reason))
    return found


async def answer(service: PrivateReminderService, row: Row) -> Sequence[Understood] | None:
    """Give what a phrase is understood as, the choices of a question, or None where it is refused."""
    deadline = Deadline(DeadlineId(1), GUILD, DeadlineKind.OWN_DATE, "The answer", DUE, GIVEN)
    try:
        found = await service.understand(
            MEMBER,
            None,
            Typed("Ring", row.phrase),
            deadline=deadline if counts_from_deadline(row.phrase) else None,
        )
    except Refused:
        return None
    return found.choices if isinstance(found, Asked) else (found,)


def follows(rule: str, found: Understood) -> bool:
    """Tell whether a reminder comes again by a rule as the table writes it."""
    on, words = found.first.on, rule.split()
    named = [WEEKDAYS[word.casefold()] for word in words if word.casefold() in WEEKDAYS]
    match words[0]:
        case "daily":
            return found.repeat is Repeat.DAILY
        case "weekdays":
            return found.repeat is Repeat.WEEKDAYS
        case "weekly":
            return found.repeat is Repeat.WEEKLY and named == [on.weekday()]
        case "every" if words[1] == "other":
            return found.repeat is Repeat.FORTNIGHTLY and named == [on.weekday()]
        case "monthly":
            if words[1] == "last":
                if words[2] == "day":
                    return found.repeat is Repeat.MONTH_END
                return found.repeat is Repeat.LAST_WEEKDAY and named == [on.weekday()]
            if named:
                nth = ["first", "second", "third", "fourth"].index(words[1])
                return found.repeat is Repeat.NTH_WEEKDAY and named == [on.weekday()] and (on.day - 1) // 7 == nth
            return found.repeat is Repeat.MONTHLY and on.day == int(words[1])
        case "quarterly":
            return found.repeat is Repeat.QUARTERLY
        case "yearly":
            right = (int(words[1]), MONTHS[words[2].casefold()])
            return found.repeat is Repeat.YEARLY and (on.day, on.month) == right
    return False


def fits(part: str, found: Understood) -> bool:
    """Tell whether a reminder is as one expectation says."""
    rule, _, first = part.removeprefix("repeat ").partition("; ")
    if part.startswith("repeat "):
        if not follows(rule, found):
            return False
        part = first.replace("first-day", "day").replace("first", "at")
    elif found.repeat is not Repeat.ONCE:
        return False
    local = found.first.instant().astimezone(LONDON)
    kind, on, *times = part.split()
    same_day = local.date() == date.fromisoformat(on)
    clock = f"{local:%H:%M}"
    if kind == "at":
        return same_day and clock == times[0]
    if kind == "between":
        return same_day and times[0] <= clock <= times[1]
    return same_day


def named_in(also: str, expected: str) -> list[str]:
    """List the further right answers that a reason writes as the table does."""
    kind = re.match(r"(?:ok-or-ask |ask )?(repeat [^;|]+; )?(first-day|first|at|day)?", expected)
    found = [f"{day[1]} {day[2]}" for day in re.finditer(r"\b(at|day) ([0-9-]{10}(?: [0-9:]{5})?)", also)]
    if kind and kind[1]:
        found += [
            f"{kind[1]}{'first' if day[2] else 'first-day'} {day[1]}{day[2] or ''}"
            for day in re.finditer(r"([0-9]{4}-[0-9-]{5})( [0-9:]{5})?", also)
        ]
    return found


def verdict(row: Row, found: Sequence[Understood] | None) -> str:
    """Judge an answer: right, asked, asked wrongly, refused rightly or not, or wrong."""
    kind = re.match(r"ok-or-ask |ask |refuse", row.expected)
    how = (kind[0] if kind else "").strip()
    parts = [] if how == "refuse" else re.sub(r"^(?:ok-or-ask|ask) ", "", row.expected).split(" | ")
    if "judged:" in row.reason:
        return "judged"
    if found is None:
        allowed = how == "refuse" or "refuse" in row.also
        return "rightly refused" if allowed else "refused"
    if len(found) > 1:
        if how == "refuse":
            return "rightly asked" if "ask" in row.also else "wrong"
        if any(fits(part, each) for part in (*parts, *named_in(row.also, row.expected)) for each in found):
            return "rightly asked" if how == "ask" else "asked"
        return "asked wrongly"
    if how == "refuse" and (clock := re.search(r"([0-9]{2}:[0-9]{2}) outright", row.also)):
        return "right" if f"{found[0].first.instant().astimezone(LONDON):%H:%M}" == clock[1] else "wrong"
    outright = [*named_in(row.also, row.expected), *([] if how == "ask" else parts)]
    if how == "ask" and "outright" in row.also:
        outright += [
            part
            for part in parts
            if "either" in row.also or any(c in part for c in re.findall(r"[0-9]{2}:[0-9]{2}", row.also))
        ]
    return "right" if any(fits(part, found[0]) for part in outright) else "wrong"


@pytest_asyncio.fixture
async def service(postbag: Desk) -> PrivateReminderService:
    """The service as the program makes it: with the wider reader."""
    return PrivateReminderService(
        PrivateReminders(postbag.database, SEALER),
        postbag.people,
        Guilds(postbag.database),
        postbag.clock,
        lambda: None,
        read_widely,
    )


async def judged(service: PrivateReminderService, postbag: Desk, table: Path = TABLE) -> dict[str, list[str]]:
    """Judge every row: the rows of each verdict, with what they gave."""
    found: dict[str, list[str]] = {}
    for row in rows(table):
        postbag.clock.move_to(row.now)
        given = await answer(service, row)
        said = "refused" if given is None else " ? ".join(f"{g.repeat} {g.first.on} {g.first.at:%H:%M}" for g in given)
        line = f"{row.phrase} @ {row.now:%m-%dT%H:%M}: {said}; expected {row.expected} ({row.reason})"
        found.setdefault(verdict(row, given), []).append(line)
    return found


async def test_what_strangers_type_is_understood_asked_or_refused_and_never_wrong(
    service: PrivateReminderService, postbag: Desk
) -> None:
    found = await judged(service, postbag)
    total = sum(map(len, found.values()))
    count = Counter({name: len(lines) for name, lines in found.items()})
    assert total > 1000
    assert not found.get("wrong"), "\n".join(found["wrong"])
    assert count["asked wrongly"] == 0, "\n".join(found["asked wrongly"])
    assert count["refused"] <= total * 0.05, "\n".join(found["refused"])
    assert count["judged"] <= total * 0.02
    assert count["asked"] + count["rightly asked"] <= total / 8, "\n".join(found["asked"])


async def test_further_examples_are_all_read_asked_or_rightly_refused(
    service: PrivateReminderService, postbag: Desk
) -> None:
    found = await judged(service, postbag, TABLE.with_name("more_phrases.tsv"))
    for bad in ("wrong", "asked wrongly", "refused"):
        assert not found.get(bad), "\n".join(found[bad])
