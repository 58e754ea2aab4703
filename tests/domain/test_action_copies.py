"""A plan copied to another day: the same steps as far from it, none too soon, nothing of what was decided for the old one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.action_copies import copy_steps
from bot.domain.actions import MOST_STEPS, Action, ActionState, Step, StepMark, move_day, propose
from bot.domain.identity import ActionId, DeadlineId, GuildId

CENTRE = date(2027, 3, 1)
NEW = date(2027, 9, 6)
FIRST = date(2027, 5, 3)


def plan(**changes: object) -> Action:
    made = Action(
        ActionId(7), GuildId(1), "Lobby day", CENTRE, propose(CENTRE, date(2027, 1, 5)), deadline_id=DeadlineId(3),
        stored=ActionState.APPROVED,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def copied(known: Action, centre: date = NEW, first: date = FIRST, **how: bool) -> dict[str, int]:
    made = copy_steps(known, centre, first, **({"awaited": True, "told_elsewhere": False} | how))
    return {step.key: (step.on - centre).days for step in made.steps}


def test_the_steps_are_as_far_from_the_new_day_as_they_were_from_the_old() -> None:
    steps = (*plan().steps, Step("own1", CENTRE - timedelta(days=5), "Print the leaflets", "Bring scissors."))
    made = copy_steps(plan(steps=steps), NEW, FIRST, awaited=True, told_elsewhere=False)
    assert {s.key: (s.on - NEW).days for s in made.steps} == {
        "brief": -21, "letters": -14, "own1": -5, "nudge": -3, "watch": 0, "overdue": 1, "follow-up": 14,
    }  # fmt: skip
    assert next(s.text for s in made.steps if s.key == "own1") == "Bring scissors."
    assert made.notes == ("Your own words are copied in “Print the leaflets”. Check them for old dates.",)


def test_what_was_decided_for_the_old_day_alone_is_not_copied() -> None:
    early = replace(plan().step("nudge"), on=date(2027, 2, 10), mark=StepMark.BROUGHT)
    skipped = replace(plan().step("brief"), mark=StepMark.SKIPPED)
    known = plan(steps=(skipped, plan().step("letters"), early, plan().step("watch"), plan().step("overdue")))
    known = move_day(known, CENTRE + timedelta(days=30), CENTRE + timedelta(days=2))
    assert any("-again" in step.key for step in known.steps)
    made = copy_steps(known, NEW, FIRST, awaited=True, told_elsewhere=False)
    assert [step.key for step in made.steps if "-again" in step.key] == []
    assert (copied(known)["nudge"], copied(known)["watch"], copied(known)["overdue"]) == (-3, 0, 1)
    assert {step.key: step.mark for step in made.steps if step.mark} == {"brief": StepMark.SKIPPED}


def test_steps_that_would_be_too_soon_are_spread_over_the_days_that_are_left_and_said() -> None:
    made = copy_steps(plan(), FIRST + timedelta(days=8), FIRST, awaited=True, told_elsewhere=False)
    assert [(step.key, (step.on - FIRST).days) for step in made.steps] == [
        ("brief", 0), ("letters", 2), ("nudge", 5), ("watch", 8), ("overdue", 9), ("follow-up", 22),
    ]  # fmt: skip
    assert made.notes[0] == "“Brief everyone” can't be on its usual day, 20 April 2027, so it's on 3 May 2027."
    assert len(made.notes) == 2


def test_where_the_day_is_tomorrow_what_comes_before_it_is_left_out_and_said() -> None:
    made = copy_steps(plan(), FIRST, FIRST, awaited=True, told_elsewhere=False)
    assert [step.key for step in made.steps] == ["watch", "overdue", "follow-up"]
    assert "“A nudge” is left out, because there's no time for it before the day." in made.notes


def test_a_plan_for_a_day_of_ours_says_nothing_of_an_answer_and_one_for_an_answer_watches_for_it() -> None:
    ours = copied(plan(), awaited=False)
    assert "overdue" not in ours
    made = copy_steps(plan(), NEW, FIRST, awaited=False, told_elsewhere=False)
    assert next(step.title for step in made.steps if step.key == "watch") == "On the day"
    assert "watch" not in copied(plan(), awaited=False, told_elsewhere=True)
    lobby = plan(deadline_id=None, steps=made.steps)
    back = copy_steps(lobby, NEW, FIRST, awaited=True, told_elsewhere=False)
    assert [s.title for s in back.steps if s.key in ("watch", "overdue")] == ["Watch the day", "Say it's overdue"]


@given(
    days=st.lists(st.integers(-200, 60), min_size=1, max_size=MOST_STEPS),
    left=st.integers(0, 300),
    awaited=st.booleans(),
)
def test_a_copy_has_steps_in_order_from_the_first_day_on_and_never_too_many(
    days: list[int], left: int, awaited: bool
) -> None:
    steps = tuple(Step(f"own{n}", CENTRE + timedelta(days=d), f"Step {n}") for n, d in enumerate(days))
    known = plan(steps=steps, deadline_id=None)
    made = copy_steps(known, FIRST + timedelta(days=left), FIRST, awaited=awaited, told_elsewhere=False).steps
    assert len(steps) <= len(made) <= MOST_STEPS
    assert all(step.on >= FIRST for step in made)
    assert [step.on for step in made] == sorted(step.on for step in made)
