"""Rules by which a day is expected, as data: a new rule is one row of ``RULES`` and one test.

What is stored of a rule is its code alone, so that a new one changes no table. Codes stay for ever; words may be mended.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.reports import long_date

WHITEHALL = "england-and-wales"
"""Whose bank holidays are no working days of the Government's."""

SATURDAY = 5
"""``date.weekday()`` of the first day that is no working day."""
UNMOVED = "Recess, weekends and bank holidays do not move the day"


def add_months(day: date, months: int) -> date:
    """Add calendar months in one step, keeping the day number and clamping it to the month's end.

    31 December 2026 and two months give 28 February 2027.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Rule:
    """How a due date comes about: a short ``code`` that is stored, ``words`` for people, where it is written, and the counting.

    ``months`` and ``days``, or ``working_days``, lead from the start to the day; without them the day is given, by Parliament or
    by a group.
    ``counted`` says so in two or three words, and ``label`` is what an organiser picks the rule by.
    """

    code: str
    words: str
    label: str = ""
    source_title: str = ""
    source_url: str = ""
    counted: str = ""
    months: int = 0
    days: int = 0
    working_days: int = 0

    @property
    def counts(self) -> bool:
        """Tell whether the day is counted from a start."""
        return bool(self.months or self.days or self.working_days)

    def due(self, start: date, days_off: Collection[date] = ()) -> date:
        """Give the day that the rule leads to from a start; ``days_off`` are no working days. ValueError: it counts from nothing."""
        if not self.counts:
            raise ValueError(f"the rule {self.code} counts from nothing")
        day = add_months(start, self.months) + timedelta(days=self.days)
        left = self.working_days
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < SATURDAY and day not in days_off
        return day

    def working(self, start: date | None, due_on: date) -> tuple[str, ...]:
        """Show how the rule leads from the start to the day, where it can be counted, and where it is written."""
        if start is None or not self.counts:
            return ()
        line = f"{long_date(start)} + {self.counted} = {long_date(due_on)}"
        month = add_months(start, self.months)
        if month.day != start.day:
            line += f" ({month:%B %Y} has no day {start.day}, so its last day counts)"
        return line, f"Rule: {self.source_title}. {UNMOVED}"


TWO_MONTHS = Rule(
    "two-months",
    "2 calendar months after publication (an undertaking, not a law)",
    "A Commons or joint committee's report: 2 calendar months",
    "Erskine May, paragraph 38.54",
    "https://erskinemay.parliament.uk/section/5937/government-replies-to-reports",
    "2 calendar months",
    months=2,
)
TWO_MONTHS_LORDS = Rule(
    "two-months-lords",
    "a response in writing, if possible within two months of publication (an undertaking, not a law)",
    "A Lords committee's report: if possible 2 calendar months",
    "Erskine May, paragraph 40.41",
    "https://erskinemay.parliament.uk/section/6146/government-responses-to-reports/",
    "2 calendar months",
    months=2,
)
MEMBERS_LETTERS = Rule(
    "members-letters",
    "20 working days, the Government's target for answering an MP's letter (a target, not a duty)",
    source_title="Data on responses to correspondence from MPs and Peers, Cabinet Office, April to June 2023",
    source_url="https://www.gov.uk/government/publications/data-on-responses-to-correspondence-from-mps-and-peers-2023/"
    "data-on-responses-to-correspondence-from-mps-and-peers-in-q2-2023-html",
    counted="20 working days",
    working_days=20,
)
"""When to ask after a letter that an MP passed to a minister: a private clock of one person, and no deadline of a group."""
PRINTED = Rule("printed", "the date that Parliament's own record gives")
GIVEN = Rule("given", "the date this group gave")

RULES: dict[str, Rule] = {rule.code: rule for rule in (TWO_MONTHS, TWO_MONTHS_LORDS, PRINTED, GIVEN)}


def rule_of(code: str) -> Rule:
    """Give the rule of a code. ValueError: there is none of that code."""
    if code not in RULES:
        raise ValueError(f"there is no rule “{code}”")
    return RULES[code]


def counting_rules() -> tuple[Rule, ...]:
    """List the rules that count from a day of publication, for an organiser to pick from."""
    return tuple(rule for rule in RULES.values() if rule.counts)
