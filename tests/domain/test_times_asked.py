"""The line about questions asked: how often, since when, when last answered, and never more than was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.said import AnswerState, Said, SaidKind
from bot.domain.searches import Look, Reach, reach
from bot.domain.times_asked import times_asked

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WHOLE = Reach(date(2023, 3, 2), NOW)


def question(on: date, state: AnswerState = AnswerState.OPEN, answered_on: date | None = None) -> Said:
    return Said(SaidKind.QUESTION, on.isoformat(), on, "Lamps", state=state, answered_on=answered_on)


FOUR = [
    question(date(2024, 2, 1), AnswerState.ANSWERED, date(2024, 2, 9)),
    question(date(2024, 6, 1), AnswerState.CORRECTED, date(2024, 6, 9)),
    question(date(2026, 1, 12), AnswerState.ANSWERED, date(2026, 1, 20)),
    question(date(2026, 2, 20)),
]


def test_four_questions_since_the_year_of_the_first_and_the_day_of_the_newest_answer() -> None:
    others = [Said(kind, "1", date(2023, 5, 1)) for kind in SaidKind if kind is not SaidKind.QUESTION]
    counted = times_asked([*FOUR, *others], WHOLE, is_all=True)
    assert counted is not None
    assert counted.line == "asked four times since 2024; last answered on 20 January 2026"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AnswerState.OPEN, "not answered yet"),
        (AnswerState.HOLDING, "only a holding answer so far"),
        (AnswerState.LAPSED, "not answered"),
    ],
)
def test_an_unanswered_question_is_said_as_it_stands(state: AnswerState, words: str) -> None:
    answered_on = date(2026, 1, 5) if state is AnswerState.HOLDING else None
    counted = times_asked([question(date(2026, 1, 2), state, answered_on)], WHOLE, is_all=True)
    assert counted is not None
    assert counted.line == f"asked once since 2026; {words}"


@pytest.mark.parametrize(
    ("known", "is_all"),
    [
        (replace(WHOLE, failed=(SaidKind.QUESTION,)), True),
        (replace(WHOLE, waits=1), True),
        (WHOLE, False),
        (replace(WHOLE, since=date(2025, 1, 1)), True),
        (Reach(), True),
    ],
    ids=["a look failed", "a search waits", "too many or cut off", "looked less far back", "never looked well"],
)
def test_what_may_not_be_all_is_said_to_be_at_least_so_many(known: Reach, is_all: bool) -> None:
    counted = times_asked(FOUR, known, is_all=is_all)
    assert counted is not None
    assert counted.line.startswith("asked at least four times since 2024;")


@pytest.mark.parametrize(
    ("since", "published_on", "least"),
    [
        (date(2023, 11, 29), date(2021, 7, 8), True),
        (date(2023, 1, 1), date(2021, 7, 8), False),
        (date(2023, 1, 2), date(2021, 7, 8), True),
        (date(2023, 11, 29), date(2023, 11, 29), False),
        (date(2023, 11, 29), date(2023, 11, 28), True),
    ],
)
def test_since_a_year_speaks_of_all_of_it_that_came_after_the_report(
    since: date, published_on: date, least: bool
) -> None:
    asked = [question(date(2023, 12, 5))]
    counted = times_asked(asked, Reach(since, NOW), is_all=True, published_on=published_on)
    assert counted is not None
    assert counted.line == f"asked {'at least ' if least else ''}once since 2023; not answered yet"


def test_a_whole_search_of_long_ago_is_said_to_be_old_and_not_incomplete() -> None:
    none = times_asked([], WHOLE, is_all=True, is_old=True)
    four = times_asked(FOUR, WHOLE, is_all=True, is_old=True)
    assert none is not None
    assert none.line == "no written question found from 2 March 2023 to 2 March 2026, the last search"
    assert four is not None
    assert four.line.startswith("asked at least four times since 2024;")


def test_none_is_none_only_where_everything_was_looked_at() -> None:
    lines = [times_asked([], WHOLE, is_all=is_all) for is_all in (True, False)]
    assert [one.line for one in lines if one is not None] == [
        "no written question found since 2 March 2023",
        "no written question found so far, but the last search wasn't complete",
    ]
    assert times_asked([], Reach(), is_all=True) is None, "nothing was looked for, so nothing is said"


def test_more_than_ten_are_written_in_figures() -> None:
    counted = times_asked([question(date(2025, 1, day)) for day in range(1, 13)], WHOLE, is_all=True)
    assert counted is not None
    assert "asked 12 times since 2025" in counted.line


def test_only_searches_for_questions_say_how_far_questions_were_looked_for() -> None:
    looks = [
        Look("lamps", SaidKind.QUESTION, date(2023, 3, 2), NOW, NOW),
        Look("lamps", SaidKind.SPEECH, date(2026, 2, 1), NOW, NOW, problem="It was down."),
    ]
    assert reach(looks, ("lamps",), (SaidKind.QUESTION,)) == WHOLE
    assert not reach(looks, ("lamps",)).is_whole
