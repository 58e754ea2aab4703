"""Rules as data: a new one is one row and one test, and its code never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.identity import DeadlineId, GuildId
from bot.domain.rules import GIVEN, PRINTED, RULES, TWO_MONTHS, TWO_MONTHS_LORDS, Rule, counting_rules, rule_of

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
    assert list(RULES) == ["two-months", "two-months-lords", "printed", "given"]
    assert all(rule_of(code) is rule for code, rule in RULES.items())
    with pytest.raises(ValueError, match="no rule"):
        rule_of("two calendar months")


def test_what_an_organiser_can_pick_says_what_it_counts_and_where_that_is_written() -> None:
    assert counting_rules() == (TWO_MONTHS, TWO_MONTHS_LORDS)
    for rule in counting_rules():
        assert rule.label
        assert rule.counted
        assert rule.source_title.startswith("Erskine May")
        assert rule.source_url.startswith("https://erskinemay.parliament.uk/")
        assert len(rule.label) <= 100, "a choice of a command"
    assert replace(TWO_MONTHS, code="x") != TWO_MONTHS
