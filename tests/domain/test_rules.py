"""Rules as data: a new one is one row and one test, and its code never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.correspondence import record_of
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.identity import DeadlineId, GuildId
from bot.domain.rules import (
    GIVEN,
    MEMBERS_LETTERS,
    PRINTED,
    RULES,
    TWO_MONTHS,
    TWO_MONTHS_LORDS,
    Rule,
    counting_rules,
    rule_of,
)

FOUR_WEEKS = Rule(
    "28-days", "28 days after it was laid", "A paper laid: 28 days", "An invented rule", counted="28 days", days=28
)
"""What a new rule looks like: one row."""


@pytest.mark.parametrize(
    ("rule", "start", "due"),
    [
        (TWO_MONTHS, date(2021, 7, 8), date(2021, 9, 8)),
        (TWO_MONTHS, date(2020, 12, 31), date(2021, 2, 28)),
        (TWO_MONTHS_LORDS, date(2023, 12, 31), date(2024, 2, 29)),
        (FOUR_WEEKS, date(2026, 2, 1), date(2026, 3, 1)),
    ],
)
def test_each_rule_leads_to_its_day(rule: Rule, start: date, due: date) -> None:
    assert rule.due(start) == due


def test_the_working_says_how_and_where_it_is_written() -> None:
    assert TWO_MONTHS.working(date(2021, 7, 8), date(2021, 9, 8)) == (
        "8 July 2021 + 2 calendar months = 8 September 2021",
        "Rule: Erskine May, paragraph 38.54. Recess, weekends and bank holidays do not move the day",
    )
    (short, source) = TWO_MONTHS_LORDS.working(date(2020, 12, 31), date(2021, 2, 28))
    assert short == (
        "31 December 2020 + 2 calendar months = 28 February 2021 (February 2021 has no day 31, so its last day counts)"
    )
    assert "40.41" in source
    assert TWO_MONTHS.working(None, date(2021, 9, 8)) == ()


def test_a_new_rule_needs_nothing_but_its_row() -> None:
    clock = Deadline(
        DeadlineId(1),
        GuildId(7),
        DeadlineKind.OWN_DATE,
        "Paper on piers",
        date(2026, 3, 1),
        FOUR_WEEKS,
        date(2026, 2, 1),
    )
    assert clock.working(date(2026, 2, 2))[:3] == (
        "Published: 1 February 2026",
        "Expected by: 1 March 2026, 28 days after it was laid",
        "1 February 2026 + 28 days = 1 March 2026",
    )


def test_a_day_that_is_given_is_not_counted() -> None:
    for rule in (GIVEN, PRINTED):
        assert not rule.counts
        assert rule.working(date(2021, 7, 8), date(2021, 9, 8)) == ()
        with pytest.raises(ValueError, match="counts from nothing"):
            rule.due(date(2021, 7, 8))


def test_codes_are_stored_and_stay_for_ever() -> None:
    assert set(RULES) >= {"two-months", "two-months-lords", "printed", "given"}
    assert all(rule_of(code) is rule for code, rule in RULES.items())
    with pytest.raises(ValueError, match="no rule"):
        rule_of("two calendar months")


def test_what_an_organiser_can_pick_says_what_it_counts_and_where_that_is_written() -> None:
    assert counting_rules()[:2] == (TWO_MONTHS, TWO_MONTHS_LORDS)
    assert not {PRINTED, GIVEN} & set(counting_rules())
    for rule in counting_rules():
        assert rule.label
        assert rule.counted
        assert rule.source_title
        assert rule.source_url.startswith("https://")
        assert len(rule.label) <= 100, "a choice of a command"
    assert replace(TWO_MONTHS, code="x") != TWO_MONTHS


def test_working_days_pass_over_weekends_and_bank_holidays() -> None:
    assert MEMBERS_LETTERS.due(date(2026, 11, 27)) == date(2026, 12, 25)
    christmas = {date(2026, 12, 25), date(2026, 12, 28)}
    assert MEMBERS_LETTERS.due(date(2026, 11, 27), christmas) == date(2026, 12, 29)
    assert MEMBERS_LETTERS.code not in RULES, "a private clock, which no group can choose"
    assert MEMBERS_LETTERS.source_url.startswith("https://www.gov.uk/")
    assert "owed" not in MEMBERS_LETTERS.words
    assert "target" in MEMBERS_LETTERS.words


def test_how_often_letters_are_answered_in_time_is_said_for_a_department_or_for_all() -> None:
    assert record_of("DFE", "Department for Education").startswith(
        "In April to June 2023 the Department for Education answered 69%"
    )
    assert record_of("", "") == record_of("XX", "Department for Lanterns")
    assert "departments together answered 61%" in record_of("", "")
