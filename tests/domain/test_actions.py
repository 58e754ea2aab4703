"""Plans worked back from a day: proposed, squeezed, moved, changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import (
    MOST_STEPS,
    PROPOSED,
    Action,
    ActionState,
    Step,
    follow_day,
    is_over,
    may_approve,
    move_day,
    propose,
    short_notice,
    with_step,
    without_step,
)
from bot.domain.christmas import off_christmas
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import ActionId, GuildId

TODAY = date(2027, 1, 4)
TOMORROW = date(2027, 1, 5)
CENTRE = date(2027, 3, 1)


def plan(centre: date = CENTRE, **changes: object) -> Action:
    made = Action(ActionId(7), GuildId(1), "Lobby day", centre, propose(centre, TOMORROW))
    return replace(made, **changes)  # type: ignore[arg-type]


def offsets(centre: date, first_day: date) -> dict[str, int]:
    return {step.key: (step.on - centre).days for step in propose(centre, first_day)}


def test_with_time_enough_the_steps_are_those_proposed() -> None:
    assert offsets(CENTRE, TOMORROW) == {rung.key: rung.offset for rung in PROPOSED}


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (21, {"brief": -21, "letters": -14, "nudge": -3, "watch": 0, "overdue": 1, "follow-up": 14}),
        (10, {"brief": -10, "letters": -7, "nudge": -1, "watch": 0, "overdue": 1, "follow-up": 14}),
        (3, {"brief": -3, "letters": -2, "nudge": -1, "watch": 0, "overdue": 1, "follow-up": 14}),
        (2, {"brief": -2, "letters": -1, "watch": 0, "overdue": 1, "follow-up": 14}),
        (1, {"letters": -1, "watch": 0, "overdue": 1, "follow-up": 14}),
        (0, {"watch": 0, "overdue": 1, "follow-up": 14}),
        (-30, {"overdue": 30, "follow-up": 43}),
    ],
)
def test_short_notice_squeezes_and_keeps_what_matters_most(left: int, expected: dict[str, int]) -> None:
    assert offsets(CENTRE, CENTRE - timedelta(days=left)) == expected


@given(st.integers(-400, 400))
def test_no_step_is_proposed_for_a_day_that_has_passed_and_none_twice(left: int) -> None:
    first_day = CENTRE - timedelta(days=left)
    steps = propose(CENTRE, first_day)
    days = [step.on for step in steps]
    assert min(days) >= first_day
    assert days == sorted(set(days))
    assert len({step.key for step in steps}) == len(steps) <= MOST_STEPS
    assert {"overdue", "follow-up"} <= {step.key for step in steps}


def test_moving_the_day_moves_what_is_to_come_and_leaves_what_was() -> None:
    known = plan()
    later = move_day(known, CENTRE + timedelta(days=10), known.steps[0].on)
    assert later.steps[0] == known.steps[0], "today's step stays"
    assert [b.on - a.on for a, b in zip(known.steps[1:], later.steps[1:], strict=True)] == [timedelta(days=10)] * 5
    sooner = move_day(known, TODAY, TODAY)
    assert min(step.on for step in sooner.steps) > TODAY


def test_a_step_is_changed_added_and_taken_out() -> None:
    known = plan()
    changed = with_step(known, Step("letters", date(2027, 2, 20), "  Write\nnow ", "One.\n\nTwo.  \n"), TODAY)
    assert changed.step("letters") == Step("letters", date(2027, 2, 20), "Write now", "One.\n\nTwo.")
    more = with_step(known, Step("own1", date(2027, 2, 2), "Call"), TODAY)
    assert [s.key for s in more.steps][:2] == ["own1", "brief"]
    assert "own1" not in {s.key for s in without_step(more, "own1").steps}
    with pytest.raises(NotFound):
        without_step(known, "own1")
    with pytest.raises(Refused, match="at least one step"):
        without_step(plan(steps=known.steps[:1]), "brief")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step("letters", TODAY, "Write"), "has already passed"),
        (Step("letters", date(2030, 1, 1), "Write"), "more than a year"),
        (Step("letters", CENTRE, " "), "The name is empty"),
        (Step("letters", CENTRE, "W" * 61), "61 characters"),
        (Step("letters", CENTRE, "Write", "x" * 1201), "1,201 characters"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: Step, words: str) -> None:
    with pytest.raises(Refused, match=words):
        with_step(plan(), step, TODAY)


def test_a_step_that_is_here_cannot_be_changed_once_approved() -> None:
    known = plan(stored=ActionState.APPROVED)
    first = known.steps[0]
    with pytest.raises(Refused, match="which has already passed"):
        with_step(known, replace(first, title="Other"), first.on)


def test_states_follow_the_day() -> None:
    known = plan()
    assert known.state(date(2028, 1, 1)) is ActionState.DRAFT
    approved = replace(known, stored=ActionState.APPROVED)
    assert approved.state(TODAY) is ActionState.APPROVED
    assert approved.state(approved.steps[0].on) is ActionState.RUNNING
    with pytest.raises(Refused, match="is set for"):
        may_approve(known, known.steps[0].on)
    with pytest.raises(Refused, match="already approved"):
        may_approve(approved, TODAY)
    ended = replace(approved, stored=ActionState.DONE, ended_on=TODAY)
    assert not is_over(ended, TODAY + timedelta(days=29))
    assert is_over(ended, TODAY + timedelta(days=30))


def test_a_plan_for_christmas_day_watches_after_it_says_so_and_is_overdue_only_then() -> None:
    christmas = date(2027, 12, 25)
    made = plan(christmas, steps=propose(christmas, date(2027, 11, 1)))
    assert {s.key: s.on for s in made.steps if s.key in ("watch", "overdue")} == {
        "watch": date(2027, 12, 27), "overdue": date(2027, 12, 28),
    }  # fmt: skip
    assert short_notice(made) == [
        "“Watch the day” can't be on its usual day, 25 December 2027, as Postbag posts nothing at Christmas, "
        "so it's on 27 December 2027.",
        "“Say it's overdue” can't be on its usual day, 26 December 2027, as Postbag posts nothing at Christmas, "
        "so it's on 28 December 2027.",
    ]


@given(centre=st.dates(date(2027, 11, 1), date(2028, 1, 31)), first=st.dates(date(2027, 10, 1), date(2028, 1, 20)))
def test_no_step_is_ever_on_christmas_day_and_one_before_the_day_stays_before_it_where_it_can(
    centre: date, first: date
) -> None:
    made = plan(centre, steps=propose(centre, first))
    moved = move_day(made, centre + timedelta(days=3), first)
    for step in (*made.steps, *moved.steps):
        assert (step.on.month, step.on.day) != (12, 25)
    for rung in PROPOSED:
        found = [step for step in made.steps if step.key == rung.key]
        if found and rung.offset < 0 and first < date(2027, 12, 24):
            assert found[0].on < centre


@pytest.mark.parametrize(
    ("centre", "first", "on"),
    [
        (date(2027, 12, 28), date(2027, 12, 1), date(2027, 12, 27)),
        (date(2027, 12, 27), date(2027, 12, 1), date(2027, 12, 24)),
        (date(2027, 12, 26), date(2027, 12, 25), date(2027, 12, 26)),
        (date(2027, 12, 25), date(2027, 12, 1), date(2027, 12, 27)),
        (date(2027, 12, 11), date(2027, 12, 1), date(2027, 12, 27)),
    ],
)
def test_what_would_be_on_christmas_day_is_on_the_next_sensible_day(centre: date, first: date, on: date) -> None:
    assert off_christmas(date(2027, 12, 25), centre, first) == on
    assert off_christmas(date(2027, 12, 24), centre, first) == date(2027, 12, 24)


def test_a_day_that_had_come_is_watched_once_more_on_its_new_day() -> None:
    approved = plan(stored=ActionState.APPROVED)
    later = CENTRE + timedelta(days=20)
    moved = move_day(approved, later, CENTRE)  # the watch was posted, what says that it is overdue was not
    again = [(step.key, step.on) for step in moved.steps if step.key.startswith("watch")]
    assert again == [("watch", CENTRE), ("watch-again1", later)]
    assert [step.on for step in moved.steps if step.key.startswith("overdue")] == [CENTRE + timedelta(days=21)]
    once_more = move_day(moved, later + timedelta(days=20), later)
    assert [step.key for step in once_more.steps if step.key.startswith("watch")] == [
        "watch",
        "watch-again1",
        "watch-again2",
    ]
    assert move_day(approved, CENTRE, CENTRE).steps == approved.steps, "a day that stays is not watched twice"
    draft = replace(approved, stored=ActionState.DRAFT)
    assert len(move_day(draft, later, CENTRE).steps) == len(draft.steps), "a draft has posted nothing"


def test_a_step_that_moved_with_its_date_knows_where_it_was_and_one_that_stayed_knows_nothing() -> None:
    known = plan()
    moved = follow_day(known, CENTRE + timedelta(days=7), known.steps[0].on)
    assert [step.was_on for step in moved.steps] == [None, *(step.on for step in known.steps[1:])]
    back = follow_day(moved, CENTRE, known.steps[0].on)
    assert [(step.on, step.was_on) for step in back.steps] == [(step.on, None) for step in known.steps]
