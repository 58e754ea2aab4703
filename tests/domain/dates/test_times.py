"""Times of day as people type them."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates.times import read_time, say_time
from bot.domain.errors import Refused

UNDERSTOOD = [
    ("9am", time(9)),
    ("9 AM", time(9)),
    ("09:00", time(9)),
    ("6.30pm", time(18, 30)),
    ("6:30 p.m.", time(18, 30)),
    ("18:30", time(18, 30)),
    ("12am", time(0)),
    ("12pm", time(12)),
    ("noon", time(12)),
    ("midnight", time(0)),
    ("0:05", time(0, 5)),
    ("15", time(15)),
    ("9:30", time(9, 30)),
    ("1830", time(18, 30)),
    ("1830 hours", time(18, 30)),
    ("half past six in the evening", time(18, 30)),
    ("half six pm", time(18, 30)),
    ("seven thirty am", time(7, 30)),
    ("six o'clock in the morning", time(6)),
    ("quarter to nine at night", time(20, 45)),
    ("12 noon", time(12)),
]


@pytest.mark.parametrize(("typed", "meant"), UNDERSTOOD)
def test_it_is_understood(typed: str, meant: time) -> None:
    assert read_time(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "6", "12", "25:00", "13pm", "0am", "9:60", "9:5", "nine", "half six", "9am 10am", "morning", "-1", "9" * 40],
)
def test_it_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_time(typed)
    assert refusal.value.next_step


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_what_is_said_can_be_read_again(at: time) -> None:
    assert read_time(say_time(at)) == at
    assert read_time(f"{at:%H:%M}") == at
