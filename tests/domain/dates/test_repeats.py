"""Reminders that come again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates.repeats import Repeat, count_missed, first_time, next_time, read_repeat
from bot.domain.errors import Refused
from bot.domain.reminders import CivilTime

LONDON = "Europe/London"


@pytest.mark.parametrize(
    ("typed", "repeat", "first", "until"),
    [
        ("Friday 6pm", Repeat.ONCE, "Friday 6pm", ""),
        ("every day at 9am", Repeat.DAILY, "at 9am", ""),
        ("daily", Repeat.DAILY, "tomorrow", ""),
        ("every morning", Repeat.DAILY, "morning", ""),
        ("every weekday 8am", Repeat.WEEKDAYS, "8am", ""),
        ("weekdays at 8am", Repeat.WEEKDAYS, "at 8am", ""),
        ("every Friday 6pm until 1 June", Repeat.WEEKLY, "friday 6pm", "1 june"),
        ("weekly on Tuesday", Repeat.WEEKLY, "tuesday", ""),
        ("6pm every week", Repeat.WEEKLY, "6pm", ""),
        ("every month on the 5th", Repeat.MONTHLY, "on the 5th", ""),
        ("the 5th of each month at noon", Repeat.MONTHLY, "at noon on the 5th", ""),
        ("every 1st of the month", Repeat.MONTHLY, "on the 1st", ""),
        ("every fortnight on Friday", Repeat.FORTNIGHTLY, "friday", ""),
        ("every other Tuesday 6pm", Repeat.FORTNIGHTLY, "tuesday 6pm", ""),
        ("alternate Tuesdays", Repeat.FORTNIGHTLY, "tuesday", ""),
        ("every first Tuesday 7pm", Repeat.NTH_WEEKDAY, "coming 1th tuesday of the month 7pm", ""),
        ("the second Thursday of every month", Repeat.NTH_WEEKDAY, "coming 2th thursday of the month", ""),
        ("monthly on the last Friday of the month", Repeat.LAST_WEEKDAY, "coming last friday of the month", ""),
        ("every month on the last day of the month", Repeat.MONTH_END, "coming last day of the month", ""),
        ("at the end of every month", Repeat.MONTH_END, "coming last day of the month", ""),
        ("quarterly from 1 March", Repeat.QUARTERLY, "1 march", ""),
        ("every year on 1 May", Repeat.YEARLY, "1 may", ""),
        ("everyday 9am", Repeat.DAILY, "9am", ""),
        ("every workday", Repeat.WEEKDAYS, "tomorrow", ""),
        ("on Mondays", Repeat.WEEKLY, "monday", ""),
        ("weekly on Fridays at 10am", Repeat.WEEKLY, "friday at 10am", ""),
        ("3 Fridays from now", Repeat.ONCE, "3 Fridays from now", ""),
    ],
)
def test_how_often_is_taken_out_of_the_words(typed: str, repeat: Repeat, first: str, until: str) -> None:
    found = read_repeat(typed)
    assert (found.repeat, found.first, found.until) == (repeat, first, until)


@pytest.mark.parametrize(
    "typed",
    [
        "every 3 days",
        "hourly",
        "every weekend",
        "biweekly",
        "every Monday and Thursday",
        "mondays and thursdays",
        "every 3rd Friday",
        "every month on the first Monday of December",
        "every last working day of the month",
    ],
)
def test_other_rhythms_are_refused_with_what_there_is(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_repeat(typed)
    assert "every weekday" in refusal.value.next_step


@pytest.mark.parametrize("typed", ["every second Tuesday", "each second Friday at 6pm", "every second"])
def test_a_second_that_can_mean_two_things_is_asked_about(typed: str) -> None:
    with pytest.raises(Refused, match="two things") as refusal:
        read_repeat(typed)
    assert "every other Tuesday" in refusal.value.next_step


def test_it_stays_at_the_same_hour_over_the_october_change() -> None:
    first = CivilTime(date(2027, 10, 29), time(9), LONDON)
    second = next_time(first, Repeat.DAILY, first.instant())
    third = next_time(first, Repeat.DAILY, second.instant()) if second else None
    assert second is not None
    assert third is not None
    assert [c.instant().hour for c in (first, second, third)] == [8, 8, 9]
    assert [c.on.day for c in (first, second, third)] == [29, 30, 31]


def test_the_31st_is_kept_through_short_months() -> None:
    first = CivilTime(date(2027, 1, 31), time(9), LONDON)
    days, at = [], first.instant()
    for _ in range(4):
        found = next_time(first, Repeat.MONTHLY, at)
        assert found is not None
        days.append(found.on)
        at = found.instant()
    assert days == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


def test_weekdays_leave_out_the_weekend() -> None:
    saturday = CivilTime(date(2027, 3, 6), time(8), LONDON)
    first = first_time(saturday, Repeat.WEEKDAYS)
    assert first.on == date(2027, 3, 8)
    friday = CivilTime(date(2027, 3, 12), time(8), LONDON)
    found = next_time(first, Repeat.WEEKDAYS, friday.instant())
    assert found is not None
    assert found.on == date(2027, 3, 15)


def test_it_ends_after_its_last_day_and_one_that_comes_once_has_no_next() -> None:
    first = CivilTime(date(2027, 3, 5), time(18), LONDON)
    assert next_time(first, Repeat.WEEKLY, first.instant(), date(2027, 3, 11)) is None
    assert next_time(first, Repeat.WEEKLY, first.instant(), date(2027, 3, 12)) is not None
    assert next_time(first, Repeat.ONCE, first.instant()) is None


def test_what_was_missed_is_counted() -> None:
    first = CivilTime(date(2027, 3, 1), time(9), LONDON)
    now = datetime(2027, 3, 5, 12, tzinfo=UTC)
    assert count_missed(first, Repeat.DAILY, first.instant(), now) == 4
    assert count_missed(first, Repeat.ONCE, first.instant(), now) == 0


@given(
    st.dates(date(2021, 1, 1), date(2030, 1, 1)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from([repeat for repeat in Repeat if repeat is not Repeat.ONCE]),
    st.integers(0, 1500),
    st.sampled_from([LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_the_next_one_is_later_at_the_same_hour_and_not_skipped(
    on: date, at: time, repeat: Repeat, days: int, zone: str
) -> None:
    first = first_time(CivilTime(on, at, zone), repeat)
    after = first.instant() + timedelta(days=days)
    found = next_time(first, repeat, after)
    assert found is not None
    assert found.instant() > after
    assert (found.at, found.zone) == (at, zone)
    longest = {
        Repeat.DAILY: 2,
        Repeat.WEEKDAYS: 4,
        Repeat.WEEKLY: 8,
        Repeat.FORTNIGHTLY: 15,
        Repeat.QUARTERLY: 93,
        Repeat.YEARLY: 367,
    }.get(repeat, 36)
    assert found.on - after.astimezone(ZoneInfo(zone)).date() <= timedelta(days=longest)


@pytest.mark.parametrize(
    ("repeat", "first", "then"),
    [
        (Repeat.FORTNIGHTLY, date(2026, 12, 18), [date(2027, 1, 1), date(2027, 1, 15), date(2027, 1, 29)]),
        (Repeat.NTH_WEEKDAY, date(2026, 12, 1), [date(2027, 1, 5), date(2027, 2, 2), date(2027, 3, 2)]),
        (Repeat.NTH_WEEKDAY, date(2026, 12, 29), [date(2027, 1, 26), date(2027, 2, 23), date(2027, 3, 30)]),
        (Repeat.LAST_WEEKDAY, date(2026, 11, 27), [date(2026, 12, 25), date(2027, 1, 29), date(2027, 2, 26)]),
        (Repeat.MONTH_END, date(2026, 11, 30), [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]),
        (Repeat.QUARTERLY, date(2026, 11, 30), [date(2027, 2, 28), date(2027, 5, 30), date(2027, 8, 30)]),
        (Repeat.YEARLY, date(2028, 2, 29), [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28)]),
    ],
)
def test_each_rule_goes_on_as_it_began(repeat: Repeat, first: date, then: list[date]) -> None:
    civil = CivilTime(first, time(9), LONDON)
    assert first_time(civil, repeat) == civil
    at, found = civil.instant(), []
    for _ in then:
        following = next_time(civil, repeat, at)
        assert following is not None
        found.append(following.on)
        at = following.instant()
    assert found == then


def test_a_first_day_that_its_rule_does_not_allow_moves_to_one_that_it_does() -> None:
    for repeat, on, moved in (
        (Repeat.LAST_WEEKDAY, date(2026, 11, 20), date(2026, 11, 27)),
        (Repeat.MONTH_END, date(2026, 11, 20), date(2026, 11, 30)),
        (Repeat.WEEKDAYS, date(2026, 11, 28), date(2026, 11, 30)),
    ):
        assert first_time(CivilTime(on, time(9), LONDON), repeat).on == moved
