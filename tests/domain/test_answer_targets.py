"""Target dates as departments write them: the last day that the words allow, or none."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.answer_targets import last_day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Spring 2027", date(2027, 5, 31)),
        ("Winter 2025-26", date(2026, 2, 28)),
        ("Winter 2027", date(2028, 2, 29)),
        ("December 2026", date(2026, 12, 31)),
        ("end of March 2027", date(2027, 3, 31)),
        ("31 March 2027.", date(2027, 3, 31)),
        ("Q2 2027", date(2027, 6, 30)),
        ("by the end of 2027", date(2027, 12, 31)),
        ("autumn 2026", date(2026, 11, 30)),
        ("31 February 2027", None),
        ("to be confirmed", None),
        ("Parliament 2027", None),
        ("", None),
        ("spring " * 40, None),
    ],
)
def test_the_last_day_that_a_target_allows(said: str, day: date | None) -> None:
    assert last_day(said) == day
