"""A ladder as it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refused
from bot.domain.ladders import LADDER_REACH, MOST_RUNGS, ladder_words, read_ladder, write_ladder


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("-21, -7, 0, +1", (-21, -7, 0, 1)),
        ("-21 -7 0 +1", (-21, -7, 0, 1)),
        ("+1; 0; -7", (-7, 0, 1)),
        ("−14, –3, 0", (-14, -3, 0)),
        ("21 days before, 7 before, on the day, 1 day after", (-21, -7, 0, 1)),
        ("7 before and 14 after", (-7, 14)),
        ("0", (0,)),
        ("-3, -3, +3", (-3, 3)),
        ("- 3, + 3", (-3, 3)),
        ("-14, the day", (-14, 0)),
    ],
)
def test_ladders_are_read_as_people_type_them(typed: str, days: tuple[int, ...]) -> None:
    assert read_ladder(typed) == days


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "1 to 12 days"),
        ("7", "before the date, or after"),
        ("-7, 3", "3 days before the date, or after"),
        ("soon", "couldn't read"),
        ("-7 after", "couldn't read"),
        ("-400", "within 366"),
        (", ".join(f"+{n}" for n in range(1, 14)), "1 to 12 days"),
        ("-7.5", "couldn't read"),
        ("-14 * 2", "couldn't read"),
    ],
)
def test_what_is_unclear_is_asked_about(typed: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        read_ladder(typed)
    assert refused.value.next_step


@given(st.sets(st.integers(-LADDER_REACH, LADDER_REACH), min_size=1, max_size=MOST_RUNGS))
def test_what_is_written_is_read_again(days: set[int]) -> None:
    ladder = tuple(sorted(days))
    assert read_ladder(write_ladder(ladder)) == ladder
    assert read_ladder(write_ladder(ladder).replace(" ", "")) == ladder
    assert len(write_ladder(ladder).replace(" ", "")) < 70, "it travels in a button"


def test_a_ladder_in_words() -> None:
    assert ladder_words((-14, 0, 1), monthly=True) == (
        "14 days before, on the day, 1 day after; then monthly while overdue"
    )
    assert ladder_words((-1,), monthly=False) == "1 day before"
