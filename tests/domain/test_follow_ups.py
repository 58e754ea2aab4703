"""When a person is asked after their letter: never more than twice, never in the past, whatever they answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refused
from bot.domain.follow_ups import (
    ANSWERS,
    MOST_CHECKS,
    MOST_LETTERS,
    FollowUp,
    Outcome,
    check_time,
    first_checks,
    later_checks,
    moved_checks,
    neutral_words,
    planned_checks,
    question,
    require_promise,
    require_sent,
)
from bot.domain.identity import FollowUpId, PersonId

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LETTER = FollowUp(FollowUpId(7), PersonId(1), "never-again/3", TODAY, checks=first_checks(TODAY, NOW))


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo("Europe/London"))


def test_two_weeks_after_it_was_sent_and_two_weeks_after_that() -> None:
    assert first_checks(TODAY, NOW) == (date(2026, 3, 16), date(2026, 3, 30))


def test_a_letter_sent_long_ago_is_asked_after_tomorrow() -> None:
    assert first_checks(TODAY - timedelta(days=40), NOW) == (date(2026, 3, 3), date(2026, 3, 17))


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.STOCK, Outcome.CLOSED])
def test_an_answer_that_ends_it_leaves_no_check(outcome: Outcome) -> None:
    assert later_checks(LETTER, outcome, NOW) == ()
    assert later_checks(LETTER, outcome, at(date(2026, 3, 20))) == (date(2026, 3, 16),)


def test_a_promise_is_asked_after_on_the_next_day() -> None:
    now = at(date(2026, 3, 16))
    assert later_checks(LETTER, Outcome.PROMISED, now, date(2026, 4, 10)) == (date(2026, 3, 16), date(2026, 4, 11))


def test_after_two_checks_there_is_never_a_third() -> None:
    now = at(date(2026, 4, 1))
    for outcome in ANSWERS:
        assert later_checks(LETTER, outcome, now, now.date()) == LETTER.checks


@given(
    st.integers(0, 300),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(ANSWERS), st.integers(0, 200)), max_size=8),
)
def test_whatever_is_answered_nobody_is_asked_more_than_twice(ago: int, story: list[tuple[int, Outcome, int]]) -> None:
    now = NOW
    sent = TODAY - timedelta(days=ago)
    letter = replace(LETTER, sent_on=sent, checks=first_checks(sent, now))
    asked: set[date] = set()
    for wait, outcome, ahead in story:
        now += timedelta(days=wait)
        asked |= set(letter.past_checks(now))
        promised = now.date() + timedelta(days=ahead) if outcome is Outcome.PROMISED else None
        checks = later_checks(letter, outcome, now, promised)
        assert checks[: len(letter.past_checks(now))] == letter.past_checks(now)
        assert all(check_time(day).instant() > now for day in checks[len(letter.past_checks(now)) :])
        letter = replace(letter, outcome=outcome, outcome_on=now.date(), promised_on=promised, checks=checks)
        assert list(checks) == sorted(checks)
    asked |= set(letter.checks)
    assert len(asked) <= MOST_CHECKS


def test_an_answer_is_awaited_from_the_check_until_it_is_given() -> None:
    assert not LETTER.awaits_an_answer(NOW)
    asked = at(date(2026, 3, 16))
    assert LETTER.awaits_an_answer(asked)
    assert not replace(LETTER, outcome=Outcome.NOTHING, outcome_on=date(2026, 3, 17)).awaits_an_answer(asked)
    assert replace(LETTER, outcome=Outcome.NOTHING, outcome_on=date(2026, 3, 17)).awaits_an_answer(
        at(date(2026, 3, 30))
    )
    assert not replace(LETTER, outcome=Outcome.CLOSED).awaits_an_answer(asked)


def test_the_date_may_be_put_right_until_something_was_said() -> None:
    assert moved_checks(LETTER, date(2026, 2, 28), NOW) == (date(2026, 3, 14), date(2026, 3, 28))
    said = replace(LETTER, outcome=Outcome.NOTHING)
    assert moved_checks(said, date(2026, 2, 28), NOW) == LETTER.checks


@pytest.mark.parametrize("wrong", [date(2026, 3, 3), date(2025, 3, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_of_sending_that_cannot_be_is_refused(wrong: date) -> None:
    with pytest.raises(Refused):
        require_sent(wrong, TODAY)


def test_the_days_at_the_edges_are_taken() -> None:
    assert require_sent(TODAY, TODAY) == TODAY
    assert require_sent(date(2025, 3, 2), TODAY) == date(2025, 3, 2)
    assert require_promise(TODAY, TODAY) == TODAY
    for wrong in (date(2026, 3, 1), date(2027, 3, 3)):
        with pytest.raises(Refused):
            require_promise(wrong, TODAY)


def test_it_is_kept_until_ninety_days_after_the_last_check() -> None:
    assert LETTER.keep_until == date(2026, 3, 30) + timedelta(days=90)
    assert replace(LETTER, checks=()).keep_until == TODAY + timedelta(days=90)


def test_the_checks_to_come_are_planned_each_for_its_day() -> None:
    planned = planned_checks(LETTER, NOW)
    assert [(check.rung, check.for_day) for check in planned] == [
        ("check-1", LETTER.checks[0]),
        ("check-2", LETTER.checks[1]),
    ]
    assert [check.text for check in planned] == [question(n, LETTER) for n in (1, 2)]
    later = check_time(LETTER.checks[0]).instant()
    assert [check.rung for check in planned_checks(LETTER, later)] == ["check-2"]


def test_the_question_names_neither_mp_nor_subject_and_neutrally_no_letter() -> None:
    for rung in ("check-1", "check-2", "question-answered"):
        assert "letter" not in neutral_words(rung).casefold()
    assert neutral_words("check-1") != neutral_words("question-answered")
    assert question(2, LETTER).endswith("Postbag won't ask again.")


def test_nobody_is_asked_on_christmas_day() -> None:
    sent, now = date(2026, 12, 11), datetime(2026, 12, 11, 12, tzinfo=UTC)
    assert first_checks(sent, now) == (date(2026, 12, 27), date(2027, 1, 8))
    assert first_checks(date(2026, 11, 27), now) == (date(2026, 12, 12), date(2026, 12, 26))
    assert first_checks(date(2026, 11, 27), at(date(2026, 11, 27))) == (date(2026, 12, 11), date(2026, 12, 27))


def test_a_check_is_past_from_its_very_moment() -> None:
    moment = check_time(LETTER.checks[0]).instant()
    assert LETTER.past_checks(moment) == LETTER.checks[:1]
    assert LETTER.next_check(moment) == LETTER.checks[1]
    assert LETTER.past_checks(moment - timedelta(seconds=1)) == ()
    assert [check.for_day for check in planned_checks(LETTER, moment)] == [LETTER.checks[1]]


def test_a_person_has_a_hundred_letters_at_most() -> None:
    assert MOST_LETTERS == 100


def test_a_check_comes_at_nine_in_london_summer_and_winter() -> None:
    assert check_time(date(2026, 7, 1)).instant() == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert check_time(date(2026, 12, 1)).instant() == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_whoever_answers_on_the_day_of_a_check_has_answered_it() -> None:
    first, second = LETTER.checks
    after_first = check_time(first).instant() + timedelta(hours=1)
    assert LETTER.awaits_an_answer(after_first)
    said = replace(LETTER, outcome=Outcome.ACKNOWLEDGED, outcome_on=first)
    assert not said.awaits_an_answer(after_first)
    assert said.awaits_an_answer(check_time(second).instant()), "the second check asks again"
