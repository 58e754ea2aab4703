"""Days gone by as people type them: today is Wednesday 25 November 2026. "a | b" is asked about, "no" is a refusal."""

from __future__ import annotations

import ast
import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest

import bot
from bot.domain.dates.exact import Lean, day_and_date
from bot.domain.dates.folding import fold
from bot.domain.dates.one_day import read_day
from bot.domain.dates.past import days_gone
from bot.domain.errors import Refused

TODAY = date(2026, 11, 25)
PHRASES = {
    "the 20th": "2026-11-20",
    "on the 30th": "2026-10-30",
    "the 31st": "2026-10-31",
    "the 25th": "2026-10-25 | 2026-11-25",
    "Friday 20th": "2026-11-20",
    "friday the 13th": "2026-11-13",
    "Tuesday 23rd": "2026-06-23 | 2026-11-23",
    "mon 2": "2026-11-02",
    "monday 22 november": "no",
    "friday 27 december": "no",
    "mon 23": "2026-11-23",
    "end of february": "2026-02-28",
    "end of the month": "2026-10-31",
    "the end of last year": "2025-12-31",
    "end of last week": "2026-11-20 | 2026-11-22",
    "start of November": "2026-11-01",
    "beginning of the year": "2026-01-01",
    "last tuesday of january": "2026-01-27",
    "the first Monday in December": "2025-12-01",
    "the second Thursday of last month": "2026-10-08",
    "the 5th of last month": "2026-10-05",
    "1st of the month": "2026-11-01",
    "yesterday": "2026-11-24",
    "yesterday afternoon": "2026-11-24",
    "last night": "2026-11-24",
    "this morning": "2026-11-25",
    "the day before yesterday": "2026-11-23",
    "a fortnight ago": "2026-11-11",
    "3 weeks ago": "2026-11-04",
    "a couple of weeks ago": "2026-11-11",
    "1 month and 2 days ago": "2026-10-23",
    "a year ago today": "2025-11-25",
    "10 days back": "2026-11-15",
    "3 working days ago": "2026-11-20",
    "the last working day": "2026-11-24",
    "Friday": "2026-11-20",
    "on Monday": "2026-11-23",
    "Wednesday": "2026-11-18 | 2026-11-25",
    "last Friday": "2026-11-20",
    "last Monday": "2026-11-16 | 2026-11-23",
    "Friday just gone": "2026-11-20",
    "Tuesday last week": "2026-11-17",
    "last week Tuesday": "2026-11-17",
    "Monday this week": "2026-11-23",
    "Friday before last": "2026-11-13",
    "two Fridays ago": "2026-11-13",
    "a week ago on Tuesday": "2026-11-17",
    "a week last Friday": "2026-11-13",
    "a fortnight last Tuesday": "2026-11-10",
    "last weekend": "2026-11-21 | 2026-11-22",
    "Christmas": "2025-12-25",
    "last Christmas Eve": "2025-12-24",
    "Good Friday": "2026-04-03",
    "two days before Christmas": "2025-12-23",
    "the Tuesday after Easter": "2026-04-07",
    "last bank holiday": "2026-08-31",
    "w/c 16 November": "2026-11-16",
    "20 November": "2026-11-20",
    "26 November": "2025-11-26",
    "20 november last year": "2025-11-20",
    "Good Friday this year": "2026-04-03",
    "Christmas last year": "2025-12-25",
    "Friday 20 November": "2026-11-20",
    "20/11": "2026-11-20",
    "29 February": "2024-02-29",
    "last week": "no",
    "last month": "2026-10-01 | 2026-10-25",
    "a few days ago": "no",
    "November": "no",
    "the 31st of November": "no",
    "99th": "no",
    "200 years ago": "no",
    "banana": "no",
    # What is plainly to come is read as it stands: whoever asked for a past day says why it can't be.
    "tomorrow": "2026-11-26",
    "this Friday": "2026-11-27",
    "Friday 27 November": "2026-11-27",
}


@pytest.mark.parametrize(("typed", "right"), PHRASES.items(), ids=PHRASES)
def test_a_day_gone_by_is_read_as_a_british_reader_would(typed: str, right: str) -> None:
    if right == "no" or " | " in right:
        with pytest.raises(Refused) as refusal:
            read_day(typed, TODAY, lean=Lean.BACK)
        days = right.split(" | ") if right != "no" else []
        assert all(day_and_date(date.fromisoformat(day)) in refusal.value.message for day in days)
    else:
        assert str(read_day(typed, TODAY, lean=Lean.BACK)) == right


def test_what_leans_back_never_lies_ahead() -> None:
    more = ("Monday", "Saturday", "end of January", "start of March", "the 1st", "Boxing Day", "last Sunday")
    for ahead, typed in itertools.product(range(0, 400, 3), (*PHRASES, *more)):
        today = TODAY + timedelta(days=ahead)
        if (
            typed in ("tomorrow", "this Friday", "Monday this week", "Good Friday this year")
            or "20 November" in typed
            or "27 November" in typed
            or "22 november" in typed
            or "27 december" in typed
        ):
            continue
        try:
            days = [day.on for day in days_gone(fold(typed), today)]
        except Refused:
            continue
        assert all(day <= today for day in days), (typed, today, days)


def test_every_place_reads_a_typed_day_with_the_one_reader() -> None:
    root = Path(bot.__path__[0])
    strict = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "dates" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("bot.domain.dates")
        and any(name.name == "read_date" for name in node.names)
    ]
    assert strict == []


def test_a_weekday_that_fits_the_year_gone_by_alone_says_so() -> None:
    assert read_day("Friday 20 November", TODAY) == date(2026, 11, 20)
    assert read_day("Friday 27 November", TODAY, lean=Lean.BACK) == date(2026, 11, 27)
