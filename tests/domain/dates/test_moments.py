"""Moments as people type them: a table of what is understood, what is asked about and what is refused; on Wednesday 3 March 2027, 10am."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.dates.moments import Moment, Which, civil_at, read_moment, say_moment
from bot.domain.errors import Refused

LONDON = "Europe/London"
NOW = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
DEADLINE = date(2027, 6, 10)

UNDERSTOOD = [
    ("in a fortnight", "9am on Wednesday 17 March 2027"),
    ("in a fortnight's time", "9am on Wednesday 17 March 2027"),
    ("8 September", "9am on Wednesday 8 September 2027"),
    ("8th of September 2027 at half past six in the evening", "6.30pm on Wednesday 8 September 2027"),
    ("08/09/2027", "9am on Wednesday 8 September 2027"),
    ("08/09/2027 at noon", "noon on Wednesday 8 September 2027"),
    ("8/9/27 18:30", "6.30pm on Wednesday 8 September 2027"),
    ("2027-09-08 18:30", "6.30pm on Wednesday 8 September 2027"),
    ("a week on Tuesday", "9am on Tuesday 16 March 2027"),
    ("on Monday week", "9am on Monday 15 March 2027"),
    ("Tuesday week at 6pm", "6pm on Tuesday 16 March 2027"),
    ("a fortnight on Friday", "9am on Friday 19 March 2027"),
    ("a week today", "9am on Wednesday 10 March 2027"),
    ("tomorrow week", "9am on Thursday 11 March 2027"),
    ("a week tomorrow, 5pm", "5pm on Thursday 11 March 2027"),
    ("3 days before the deadline", "9am on Monday 7 June 2027"),
    ("a week before the deadline at noon", "noon on Thursday 3 June 2027"),
    ("the day before the deadline", "9am on Wednesday 9 June 2027"),
    ("before the deadline", "9am on Monday 7 June 2027"),
    ("on the day", "9am on Thursday 10 June 2027"),
    ("two days after the deadline 8am", "8am on Saturday 12 June 2027"),
    ("in 90 minutes", "11.30am on Wednesday 3 March 2027"),
    ("90 mins from now", "11.30am on Wednesday 3 March 2027"),
    ("in an hour and a half", "11.30am on Wednesday 3 March 2027"),
    ("in half an hour", "10.30am on Wednesday 3 March 2027"),
    ("in 2 hours 30 minutes", "12.30pm on Wednesday 3 March 2027"),
    ("in two hours and a half", "12.30pm on Wednesday 3 March 2027"),
    ("2h", "noon on Wednesday 3 March 2027"),
    ("noon", "noon on Wednesday 3 March 2027"),
    ("midnight", "00:00 on Thursday 4 March 2027"),
    ("6pm", "6pm on Wednesday 3 March 2027"),
    ("9am", "9am on Thursday 4 March 2027"),
    ("this evening", "6pm on Wednesday 3 March 2027"),
    ("tonight", "8pm on Wednesday 3 March 2027"),
    ("tonight at half nine", "9.30pm on Wednesday 3 March 2027"),
    ("tomorrow", "9am on Thursday 4 March 2027"),
    ("tomorrow morning", "9am on Thursday 4 March 2027"),
    ("9 tomorrow morning", "9am on Thursday 4 March 2027"),
    ("tomorrow at 9 in the morning", "9am on Thursday 4 March 2027"),
    ("tomorrow 14.05", "2.05pm on Thursday 4 March 2027"),
    ("tomorrow 06:30", "6.30am on Thursday 4 March 2027"),
    ("six o'clock tomorrow evening", "6pm on Thursday 4 March 2027"),
    ("quarter to seven tomorrow evening", "6.45pm on Thursday 4 March 2027"),
    ("twenty past seven pm tomorrow", "7.20pm on Thursday 4 March 2027"),
    ("the day after tomorrow", "9am on Friday 5 March 2027"),
    ("Friday 6pm", "6pm on Friday 5 March 2027"),
    ("this Friday at 6.30 p.m.", "6.30pm on Friday 5 March 2027"),
    ("Fri, 18:00", "6pm on Friday 5 March 2027"),
    ("6pm on Friday.", "6pm on Friday 5 March 2027"),
    ("Friday at half past two in the afternoon", "2.30pm on Friday 5 March 2027"),
    ("Saturday night", "8pm on Saturday 6 March 2027"),
    ("next Monday", "9am on Monday 8 March 2027"),
    ("Wednesday 9am", "9am on Wednesday 10 March 2027"),
    ("the 5th", "9am on Friday 5 March 2027"),
    ("6pm on the 2nd", "6pm on Friday 2 April 2027"),
    ("the thirty-first", "9am on Wednesday 31 March 2027"),
    ("Friday 13th", "9am on Friday 13 August 2027"),
    ("first of December", "9am on Wednesday 1 December 2027"),
    ("the twenty-fifth of December 2027 8am", "8am on Saturday 25 December 2027"),
    ("1 Jan 9am", "9am on Saturday 1 January 2028"),
    ("29 February", "9am on Tuesday 29 February 2028"),
    ("end of the month", "9am on Wednesday 31 March 2027"),
    ("end of next month, 5pm", "5pm on Friday 30 April 2027"),
    ("the beginning of June", "9am on Tuesday 1 June 2027"),
    ("end of the year", "9am on Friday 31 December 2027"),
    ("start of next week", "9am on Monday 8 March 2027"),
    ("end of day Friday", "5pm on Friday 5 March 2027"),
    ("14.05 6pm", "6pm on Friday 14 May 2027"),
    ("in 3 weeks at 5pm", "5pm on Wednesday 24 March 2027"),
    ("6 weeks from today", "9am on Wednesday 14 April 2027"),
    ("in two weeks time at 3pm", "3pm on Wednesday 17 March 2027"),
    ("3 weeks on Friday", "9am on Friday 26 March 2027"),
    ("Tuesday next week 2pm", "2pm on Tuesday 9 March 2027"),
    ("the last Friday of the month", "9am on Friday 26 March 2027"),
    ("first Monday of June at noon", "noon on Monday 7 June 2027"),
    ("first Monday of January", "9am on Monday 3 January 2028"),
    ("the 1st of next month", "9am on Thursday 1 April 2027"),
    ("this time tomorrow", "10am on Thursday 4 March 2027"),
    ("lunchtime tomorrow", "12.30pm on Thursday 4 March 2027"),
    ("in a couple of days", "9am on Friday 5 March 2027"),
    ("remind me tomorrow@6pm please", "6pm on Thursday 4 March 2027"),
    ("tmrw 6pm", "6pm on Thursday 4 March 2027"),
    ("noon on Boxing Day", "noon on Sunday 26 December 2027"),
]

ASKED = [
    ("next Friday 6pm", ["6pm on Friday 5 March 2027", "6pm on Friday 12 March 2027"]),
    ("next Thursday", ["9am on Thursday 4 March 2027", "9am on Thursday 11 March 2027"]),
    ("Wednesday 6pm", ["6pm on Wednesday 3 March 2027", "6pm on Wednesday 10 March 2027"]),
    ("a week on Wednesday", ["9am on Wednesday 10 March 2027", "9am on Wednesday 17 March 2027"]),
    ("half past six tomorrow", ["6.30am on Thursday 4 March 2027", "6.30pm on Thursday 4 March 2027"]),
    ("half six", ["6.30pm on Wednesday 3 March 2027", "6.30am on Thursday 4 March 2027"]),
    ("Friday at 6", ["6am on Friday 5 March 2027", "6pm on Friday 5 March 2027"]),
    ("14.05", ["2.05pm on Wednesday 3 March 2027", "9am on Friday 14 May 2027"]),
    (
        "5.10",
        ["5.10pm on Wednesday 3 March 2027", "5.10am on Thursday 4 March 2027", "9am on Tuesday 5 October 2027"],
    ),
    ("midnight on Friday", ["00:00 on Friday 5 March 2027", "00:00 on Saturday 6 March 2027"]),
    ("end of the week", ["9am on Friday 5 March 2027", "9am on Sunday 7 March 2027"]),
    ("at the weekend", ["9am on Saturday 6 March 2027", "9am on Sunday 7 March 2027"]),
    ("next month", ["9am on Thursday 1 April 2027", "9am on Saturday 3 April 2027"]),
    ("9am today", ["11am on Wednesday 3 March 2027", "9am on Thursday 4 March 2027"]),
    ("this morning", ["11am on Wednesday 3 March 2027", "9am on Thursday 4 March 2027"]),
    ("today", ["11am on Wednesday 3 March 2027", "9am on Thursday 4 March 2027"]),
]

REFUSED = [
    ("", "You haven't given a time"),
    ("soon", "couldn't read"),
    ("when the committee answers", "couldn't read"),
    ("tomorrow tomorrow", "couldn't read"),
    ("2027", "couldn't read"),
    ("June", "couldn't read"),
    ("6pm EST", "couldn't read"),
    ("the 31st of next month", "April 2027 has 30 days"),
    ("Friday Monday", "couldn't read"),
    ("6pm 7pm", "couldn't read"),
    ("in 0 minutes", "That's now"),
    ("yesterday", "has passed"),
    ("last Friday", "has passed"),
    ("3 days ago", "has passed"),
    ("8 September 2020", "has passed"),
    ("31 February", "no day 31"),
    ("29/02/2027", "no day 29"),
    ("08/13/2027", "no month 13"),
    ("Tuesday 8 September 2027", "is a Wednesday"),
    ("tomorrow 25:00", "no such time"),
    ("tomorrow 13pm", "no such time"),
    ("the 32nd", "No month has a day 32"),
    ("8 September 2050", "too far away"),
    ("in 9999 years", ""),
    ("x" * 101, "too long"),
    ("tomorrow at half to six", "no such time"),
]


def read(text: str, *, deadline_on: date | None = DEADLINE) -> Moment | Which:
    return read_moment(text, NOW, LONDON, usual=time(9), deadline_on=deadline_on)


def test_the_table_is_long_enough() -> None:
    assert len({text for text, _ in UNDERSTOOD}) >= 60


@pytest.mark.parametrize(("typed", "meant"), UNDERSTOOD)
def test_it_is_understood(typed: str, meant: str) -> None:
    found = read(typed)
    assert isinstance(found, Moment), found
    assert say_moment(found.civil) == meant


@pytest.mark.parametrize(("typed", "meant"), ASKED)
def test_it_is_asked_about(typed: str, meant: list[str]) -> None:
    found = read(typed)
    assert isinstance(found, Which), found
    assert [say_moment(choice.civil) for choice in found.choices] == meant
    assert found.question.endswith("?")


@pytest.mark.parametrize(("typed", "words"), REFUSED)
def test_it_is_refused_with_a_way_on(typed: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(typed)
    assert words in refusal.value.message
    assert refusal.value.next_step


@pytest.mark.parametrize("typed", ["3 days before the deadline", "before the deadline", "the day before the due date"])
def test_without_a_deadline_nothing_counts_from_one(typed: str) -> None:
    with pytest.raises(Refused, match="doesn't know which deadline"):
        read(typed, deadline_on=None)


def test_what_is_assumed_is_said() -> None:
    def assumed(typed: str) -> str:
        found = read(typed)
        assert isinstance(found, Moment)
        return " ".join(found.assumed)

    assert assumed("8 September") == "You gave no time, so it's 9am."
    assert "day before the month" in assumed("08/09/2027 noon")
    assert assumed("noon") == "You gave no day, so it's today."
    assert assumed("9am") == "You gave no day, so it's tomorrow."
    assert assumed("tomorrow evening") == "Evening means 6pm."
    assert assumed("Wednesday 9am") == "The other meaning has passed."
    assert assumed("1 Jan 9am") == "The next one is in 2028."
    assert "3 days before is your usual" in assumed("before the deadline")
    assert assumed("Friday 6pm") == ""


@pytest.mark.parametrize(
    ("typed", "instant", "said"),
    [
        ("28 March 2027 01:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "does not exist"),
        ("31 October 2027 01:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "comes twice"),
        ("27 March 2027 9am", datetime(2027, 3, 27, 9, 0, tzinfo=UTC), ""),
        ("29 March 2027 9am", datetime(2027, 3, 29, 8, 0, tzinfo=UTC), ""),
    ],
)
def test_a_clock_change_is_resolved_and_said(typed: str, instant: datetime, said: str) -> None:
    found = read(typed)
    assert isinstance(found, Moment)
    assert found.instant == instant
    assert said in " ".join(found.assumed)
    assert bool(found.assumed) == bool(said)


def test_a_wait_counts_real_minutes_over_a_clock_change() -> None:
    night = datetime(2027, 10, 31, 0, 45, tzinfo=UTC)  # 01:45 in London, for the first time
    found = read_moment("in 30 minutes", night, LONDON, usual=time(9))
    assert isinstance(found, Moment)
    assert found.instant == night + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("day", "first", "second"),
    [(date(2027, 3, 5), 12, None), (date(2027, 3, 6), 12, None), (date(2027, 3, 4), 5, 12), (date(2027, 3, 1), 5, 12)],
)
def test_next_friday_is_asked_about_only_where_it_has_two_meanings(day: date, first: int, second: int | None) -> None:
    found = read_moment("next Friday", datetime.combine(day, time(7), UTC), LONDON, usual=time(9))
    choices = found.choices if isinstance(found, Which) else (found,)
    assert [choice.civil.on.day for choice in choices] == ([first] if second is None else [first, second])


TYPED = (
    "next friday 6pm 14.05 half past six tomorrow in a fortnight week on tuesday the 5th of end month midnight before"
    " deadline 90 minutes 31/02 evening today at noon 29 february 2028 hour and 0 quarter to every 24:00 ago"
)
WORDS = st.sampled_from(TYPED.split())
NOWS = st.integers(1_609_459_200, 2_208_988_800).map(lambda at: datetime.fromtimestamp(at, UTC))
ZONES = st.sampled_from([LONDON, "UTC", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe"])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=7).map(" ".join)), NOWS, ZONES)
def test_whatever_is_typed_gives_only_moments_to_come_or_a_kind_refusal(text: str, now: datetime, zone: str) -> None:
    found: Moment | Which | Refused
    try:
        found = read_moment(text, now, zone, usual=time(9), deadline_on=now.date() + timedelta(days=30))
    except Refused as refusal:
        found = refusal
    if isinstance(found, Refused):
        assert found.message
        assert found.next_step
        return
    choices = found.choices if isinstance(found, Which) else (found,)
    assert choices
    assert len(choices) == len({choice.instant for choice in choices}) <= 5
    for choice in choices:
        assert choice.instant > now


@settings(max_examples=200, deadline=None)
@given(NOWS, st.integers(1, 60 * 24 * 900), ZONES)
def test_what_is_said_can_be_read_again(now: datetime, minutes: int, zone: str) -> None:
    civil = civil_at(now + timedelta(minutes=minutes), zone)
    found = read_moment(say_moment(civil), now, civil.zone, usual=time(9))
    choices = found.choices if isinstance(found, Which) else (found,)
    assert civil in [choice.civil for choice in choices]
    if civil.at != time(0):
        assert len(choices) == 1


@pytest.mark.parametrize(
    "typed", ["last minute", "last orders friday", "at last", "last week of december", "1,5 bananas"]
)
def test_what_cannot_be_read_is_not_said_to_have_passed(typed: str) -> None:
    with pytest.raises(Refused, match="couldn't read a time") as refusal:
        read_moment(typed, datetime(2026, 11, 25, 10, 20, tzinfo=UTC), "Europe/London", usual=time(9))
    assert f"“{typed}”" in refusal.value.message, "quoted as it was typed"
