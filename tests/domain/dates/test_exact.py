"""Dates as people type them: what each means on a Wednesday, and what is refused."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates.exact import Lean, day_and_date, read_date
from bot.domain.errors import Refused
from bot.domain.reports import long_date

TODAY = date(2026, 11, 25)  # a Wednesday

UNDERSTOOD = [
    ("8 September 2021", date(2021, 9, 8)),
    ("8th of September 2021", date(2021, 9, 8)),
    ("the 8th September, 2021", date(2021, 9, 8)),
    ("8 SEPT", date(2027, 9, 8)),
    ("8 sept.", date(2027, 9, 8)),
    ("September 8", date(2027, 9, 8)),
    ("Sept 8th 2027", date(2027, 9, 8)),
    ("08/09/2027", date(2027, 9, 8)),
    ("8.9.2027", date(2027, 9, 8)),
    ("8-9-2027", date(2027, 9, 8)),
    ("8/9/27", date(2027, 9, 8)),
    ("03/04/2027", date(2027, 4, 3)),
    ("25/11", date(2026, 11, 25)),
    ("24/11", date(2027, 11, 24)),
    ("2027-01-05", date(2027, 1, 5)),
    ("29 February", date(2028, 2, 29)),
    ("Friday 8 January 2027", date(2027, 1, 8)),
    ("today", date(2026, 11, 25)),
    ("Tomorrow", date(2026, 11, 26)),
    ("yesterday", date(2026, 11, 24)),
    ("the day after tomorrow", date(2026, 11, 27)),
    ("in 3 weeks", date(2026, 12, 16)),
    ("in 3 weeks' time", date(2026, 12, 16)),
    ("in a week’s time", date(2026, 12, 2)),
    ("in a fortnight", date(2026, 12, 9)),
    ("in two months", date(2027, 1, 25)),
    ("in a year", date(2027, 11, 25)),
    ("10 days ago", date(2026, 11, 15)),
    ("2 weeks from today", date(2026, 12, 9)),
    ("Friday", date(2026, 11, 27)),
    ("on Monday", date(2026, 11, 30)),
    ("this Saturday", date(2026, 11, 28)),
    ("next Friday", date(2026, 12, 4)),
    ("next Monday", date(2026, 11, 30)),
    ("next wed", date(2026, 12, 2)),
    ("last Friday", date(2026, 11, 20)),
    ("last Wednesday", date(2026, 11, 18)),
    ("a week on Tuesday", date(2026, 12, 8)),
    ("a fortnight on Monday", date(2026, 12, 14)),
    ("  ８ September 2027 ", date(2027, 9, 8)),
]

REFUSED = [
    "",
    "   ",
    "soon",
    "31/02/2027",
    "30 February 2027",
    "29 February 2027",
    "31 September",
    "09/13/2027",
    "0/0/2027",
    "00/05/2027",
    "32/01/2027",
    "2027-02-30",
    "2027-13-01",
    "0000-01-01",
    "1066-10-14",
    "9999-12-31",
    "08/09-2027",
    "8 9 2027",
    "8",
    "2027",
    "September",
    "September 2027",
    "Monday 8 January 2027",
    "Wednesday",
    "Friday the thirteenth",
    "next",
    "in weeks",
    "in -3 weeks",
    "in 9999 years",
    "9999 weeks ago",
    "8/9 or 9/8",
    "8 September 2027 6pm",
    "@everyone",
    "x" * 500,
    "１" * 70,
]


@pytest.mark.parametrize(("typed", "meant"), UNDERSTOOD)
def test_it_is_understood(typed: str, meant: date) -> None:
    assert read_date(typed, TODAY) == meant


@pytest.mark.parametrize("typed", REFUSED)
def test_it_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_date(typed, TODAY)
    assert refusal.value.next_step
    assert "@" not in refusal.value.message
    assert len(str(refusal.value)) < 300


def test_a_date_without_a_year_leans_where_it_is_asked_to() -> None:
    assert read_date("8 September", TODAY, lean=Lean.BACK) == date(2026, 9, 8)
    assert read_date("26 November", TODAY, lean=Lean.BACK) == date(2025, 11, 26)
    assert read_date("29 February", TODAY, lean=Lean.BACK) == date(2024, 2, 29)


def test_month_before_day_is_refused_and_the_likely_date_named() -> None:
    with pytest.raises(Refused, match="13 September 2027"):
        read_date("09/13/2027", TODAY)


def test_the_right_weekday_is_named_where_the_given_one_is_wrong() -> None:
    with pytest.raises(Refused, match="8 January 2027 is a Friday"):
        read_date("Monday 8 January 2027", TODAY)


days = st.dates(date(1950, 1, 1), date(2070, 12, 31))


@given(days)
def test_every_way_of_writing_a_day_gives_that_day(day: date) -> None:
    for written in (
        long_date(day),
        day_and_date(day),
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d.%m.%Y}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert read_date(written, TODAY) == day


@given(days, st.integers(0, 6))
def test_a_weekday_alone_is_within_the_coming_week_or_asks(today: date, offset: int) -> None:
    name = f"{date(2024, 1, 1) + timedelta(days=offset):%A}"
    if today.weekday() == offset:
        with pytest.raises(Refused):
            read_date(name, today)
    else:
        assert 1 <= (read_date(name, today) - today).days <= 6
    following = read_date(f"next {name}", today)
    assert following.weekday() == offset
    assert following.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]


@given(st.text(max_size=80), days)
def test_anything_at_all_gives_a_date_or_a_kind_refusal(text: str, today: date) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(read_date(text, today), date)


def test_a_date_lies_within_fifty_years() -> None:
    today = date(2027, 3, 1)
    assert read_date("1 March 2077", today) == date(2077, 3, 1)
    with pytest.raises(Refused):
        read_date("2 March 2077", today)
