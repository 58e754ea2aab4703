"""A plan copied from an earlier one: the same steps, words and recommendations, on days that count back from a new day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.actions import (
    AGAIN,
    MOST_STEPS,
    OVERDUE,
    PROPOSED,
    THE_DAY,
    WATCHING,
    Action,
    Step,
    StepMark,
    clear_of_christmas,
    in_order,
    proposed_key,
)
from bot.domain.reports import long_date

_USUAL = {rung.key: rung for rung in PROPOSED}


@dataclass(frozen=True, slots=True)
class CopiedSteps:
    """The steps of a copy, and what an organiser should know of them before the plan is approved."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...]


def copy_steps(known: Action, centre_on: date, first_day: date, *, awaited: bool, told_elsewhere: bool) -> CopiedSteps:
    """Put a plan's steps as far from another day as they were from theirs. ``first_day`` is the earliest for a post.

    ``awaited``: an answer is expected by that day, so that it is watched. ``told_elsewhere``: an event's own reminder says where
    and when, so that no step need say it. A step that was only there because the day had moved isn't copied.
    """
    steps = [
        replace(step, on=centre_on + timedelta(days=_offset(known, step)), mark=_kept_mark(step), was_on=None)
        for step in known.steps
        if AGAIN not in step.key
    ]
    steps = [step for step in steps if not (step.key == "watch" and told_elsewhere and not step.text)]
    if awaited:
        held = {step.key for step in steps}
        missing = [r for r in PROPOSED if r.key in WATCHING and r.key not in held and known.deadline_id is None]
        steps += [
            Step(r.key, centre_on + timedelta(days=r.offset), r.title) for r in missing[: MOST_STEPS - len(steps)]
        ]
        steps = [
            replace(s, title=_USUAL["watch"].title) if (s.key, s.title) == ("watch", THE_DAY) else s for s in steps
        ]
    else:
        usual = _USUAL["watch"].title
        steps = [
            replace(s, title=THE_DAY) if (s.key, s.title) == ("watch", usual) else s for s in steps if s.key != OVERDUE
        ]
    spread = list(zip(wanted := in_order(steps), _none_too_soon(wanted, first_day), strict=True))
    steps, notes = [], []
    for was, step in spread:
        if step.on >= centre_on > was.on and not step.text and _is_before(step) and len(spread) > 1:
            notes.append(f"“{step.title}” is left out, because there's no time for it before the day.")
            continue
        steps.append(step)
        if was.on != step.on:
            notes.append(
                f"“{step.title}” can't be on its usual day, {long_date(was.on)}, so it's on {long_date(step.on)}."
            )
    if own := [f"“{step.title}”" for step in steps if step.text]:
        notes.append(f"Your own words are copied in {', '.join(own)}. Check them for old dates.")
    clear = clear_of_christmas(steps, centre_on, first_day)
    days = {step.key: step.on for step in steps}
    notes += [
        f"“{step.title}” is on {long_date(step.on)}, because Postbag posts nothing at Christmas."
        for step in clear
        if step.on != days[step.key]
    ]
    return CopiedSteps(clear, tuple(notes))


def _offset(known: Action, step: Step) -> int:
    """Give how many days from the day a step is: those that are usual, where its own make no sense or were made by a press."""
    days = (step.on - known.centre_on).days
    usual = _USUAL.get(proposed_key(step.key))
    if usual is None:
        return days
    makes_sense = days == 0 if usual.offset == 0 else days * usual.offset > 0
    return days if makes_sense and step.mark is not StepMark.BROUGHT else usual.offset


def _is_before(step: Step) -> bool:
    usual = _USUAL.get(step.key)
    return usual is not None and usual.offset < 0


def _kept_mark(step: Step) -> StepMark:
    """Give what a copy keeps of what organisers decided: that a step is skipped, not that it was posted early."""
    return StepMark.SKIPPED if step.is_skipped else StepMark.NONE


def _none_too_soon(steps: tuple[Step, ...], first_day: date) -> tuple[Step, ...]:
    """Spread the steps that would be too soon over the days from the first one to the first step that isn't."""
    soon = [step for step in steps if step.on < first_day]
    later = steps[len(soon) :]
    room = (later[0].on - first_day).days if later else len(soon)
    return (
        *(replace(step, on=first_day + timedelta(days=index * room // len(soon))) for index, step in enumerate(soon)),
        *later,
    )
