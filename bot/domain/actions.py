"""Actions: dated steps of a group, worked back from a clock or a day, written beforehand and posted as they were rehearsed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.christmas import is_christmas, off_christmas
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import ActionId, DeadlineId, GroupEventId, GuildId, PersonId
from bot.domain.plain_text import on_one_line, without_invisible_signs
from bot.domain.reports import long_date

TITLE_LIMIT = 100
STEP_TITLE_LIMIT = 60
TEXT_LIMIT = 1200
OUTCOME_LIMIT = 500
MOST_STEPS = 12
MOST_ITEMS = 5
"""Recommendations that one action may be about."""

MOST_RUNNING = 20
"""Actions that one group may have under way."""

REACH = timedelta(days=366)
ARCHIVED_AFTER = timedelta(days=30)
"""How long after its end an action is archived: who joined it is forgotten then."""

WELCOME = "@welcome"
NEWS = "@news"
OFF = "@off"
"""Rungs of what is said of a plan besides its steps, whose rungs are their keys: no key begins like that."""


class ActionState(StrEnum):
    """Where an action stands. It runs from the day of its first step, once it is approved."""

    DRAFT = "draft"
    APPROVED = "approved"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def is_planned(self) -> bool:
        """Tell whether its steps are posted."""
        return self in (ActionState.APPROVED, ActionState.RUNNING)

    @property
    def is_open(self) -> bool:
        """Tell whether it may still be changed."""
        return self.is_planned or self is ActionState.DRAFT


@dataclass(frozen=True, slots=True)
class Rung:
    """A step as it is proposed: days from the date, a name, and how much it is missed when notice is short (0: most)."""

    key: str
    offset: int
    title: str
    weight: int = 0


PROPOSED = (
    Rung("brief", -21, "Brief everyone", 1),
    Rung("letters", -14, "Write the letters", 0),
    Rung("nudge", -3, "A nudge", 2),
    Rung("watch", 0, "Watch the day", 0),
    Rung("overdue", 1, "Say it's overdue", 0),
    Rung("follow-up", 14, "Follow up", 0),
)

NEW_STEP = "+"
"""The key of a step that is not in the plan yet."""

OVERDUE = "overdue"
WATCHING = ("watch", OVERDUE)
AGAIN = "-again"


class StepMark(StrEnum):
    """What organisers decided about the post of one step: nothing, that it is left out, or that it went out before its time."""

    NONE = ""
    SKIPPED = "skipped"
    BROUGHT = "brought"


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step. An empty ``text`` stands for the proposed words, which follow the action's dates.

    ``was_on`` is the day it was on before the plan's deadline or event moved it; None where an organiser chose its day since.
    """

    key: str
    on: date
    title: str
    text: str = ""
    mark: StepMark = StepMark.NONE
    was_on: date | None = None

    @property
    def is_skipped(self) -> bool:
        """Tell whether it is left out: kept in the plan, and not posted."""
        return self.mark is StepMark.SKIPPED

    def has_come(self, come: date) -> bool:
        """Tell whether the time of its post has come. ``come`` is the last day whose posts have."""
        return self.on <= come or self.mark is StepMark.BROUGHT


@dataclass(frozen=True, slots=True)
class Action:
    """A plan of a group. ``centre_on`` is the day it is worked back from: a clock's, or one that the organisers gave.

    ``items`` name recommendations ("never-again/3"); ``template`` is the letter they lead to. ``stored`` is the state without
    regard to the day. ``event_id`` is that of Discord's own event, ``group_event_id`` the event of the group that it is worked back
    from. ``revision`` goes up with every change.
    """

    action_id: ActionId
    guild_id: GuildId
    title: str
    centre_on: date
    steps: tuple[Step, ...]
    deadline_id: DeadlineId | None = None
    items: tuple[str, ...] = ()
    template: str = ""
    stored: ActionState = ActionState.DRAFT
    outcome: str = ""
    ended_on: date | None = None
    revision: int = 1
    set_by: PersonId | None = None
    event_id: int | None = None
    group_event_id: GroupEventId | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def state(self, today: date) -> ActionState:
        """Give the state on a London day."""
        if self.stored is ActionState.APPROVED and self.posted_steps and self.posted_steps[0].on <= today:
            return ActionState.RUNNING
        return self.stored

    @property
    def posted_steps(self) -> tuple[Step, ...]:
        """Give the steps that are posted: all but those that are skipped."""
        return tuple(step for step in self.steps if not step.is_skipped)

    def step(self, key: str) -> Step:
        """Give a step. NotFound: it was taken out."""
        for step in self.steps:
            if step.key == key:
                return step
        raise NotFound("That step is no longer part of the plan.", "See the plan with /action show.")

    def next_step(self, today: date) -> Step | None:
        """Give the first step that is still to come, today's too."""
        return next((step for step in self.posted_steps if step.on >= today), None)


THE_DAY = "On the day"
"""What the step of the day is called where nobody waits for an answer on it."""

PROPOSED_TITLES = frozenset({THE_DAY, *(rung.title for rung in PROPOSED)})
"""Titles of steps that nobody typed."""


def propose(
    centre_on: date, first_day: date, *, awaited: bool = True, without: Collection[str] = ()
) -> tuple[Step, ...]:
    """Work steps back from a day. ``first_day`` is the earliest on which one can be posted.

    ``awaited`` False: no answer is expected by it, so nothing can be overdue after it. ``without`` names steps that are left out.

    Where notice is short the steps before the day are squeezed into the time that is left, and of two on one day the more
    important stays. Where the day has passed, those after it begin on the first day.
    """
    left = (centre_on - first_day).days
    before = [rung for rung in PROPOSED if rung.offset < 0]
    reach = -before[0].offset
    days: dict[int, Rung] = {}
    for rung in sorted(before, key=lambda r: r.weight):
        offset = rung.offset if left >= reach else -max(1, round(-rung.offset * left / reach))
        if left >= 1:
            days.setdefault(offset, rung)
    steps = [Step(rung.key, centre_on + timedelta(days=offset), rung.title) for offset, rung in days.items()]
    late = max(timedelta(0), first_day - (centre_on + timedelta(days=1)))
    for rung in PROPOSED:
        day = centre_on + timedelta(days=rung.offset)
        if rung.offset == 0 and day >= first_day:
            steps.append(Step(rung.key, day, rung.title))
        elif rung.offset > 0:
            steps.append(Step(rung.key, day + late, rung.title))
    steps = [step for step in steps if step.key not in without]
    if not awaited:
        steps = [replace(step, title=THE_DAY) if step.key == "watch" else step for step in steps if step.key != OVERDUE]
    return clear_of_christmas(steps, centre_on, first_day)


def clear_of_christmas(steps: Iterable[Step], centre_on: date, first_day: date) -> tuple[Step, ...]:
    """Give steps in order, none of those from ``first_day`` on on Christmas Day, and what says that it is overdue after the watch."""
    clear = {
        step.key: step if step.on < first_day else replace(step, on=off_christmas(step.on, centre_on, first_day))
        for step in steps
    }
    watch, overdue = clear.get("watch"), clear.get(OVERDUE)
    if is_christmas(centre_on) and watch is not None and overdue is not None and overdue.on <= watch.on:
        clear[OVERDUE] = replace(overdue, on=watch.on + timedelta(days=1))
    return in_order(clear.values())


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Sort steps by day."""
    return tuple(sorted(steps, key=lambda step: step.on))


def follow_day(action: Action, centre_on: date, come: date) -> Action:
    """Move the day because that of the plan's deadline or event moved, and keep on which day each step was before."""
    was = {step.key: step.was_on or step.on for step in action.steps}
    moved = move_day(action, centre_on, come)
    had = {step.key: step.on for step in action.steps}
    steps = [
        step if had.get(step.key, step.on) == step.on else replace(step, was_on=_another(was[step.key], step.on))
        for step in moved.steps
    ]
    return replace(moved, steps=tuple(steps))


def _another(day: date, now: date) -> date | None:
    return day if day != now else None


def move_day(action: Action, centre_on: date, come: date) -> Action:
    """Move the day: every step after ``come``, the last day whose posts have come, moves with it; none to that day or before.

    Where the day had come, a plan that runs watches the new one too, and says so if that passes.
    """
    shift = centre_on - action.centre_on
    first = come + timedelta(days=1)
    steps = [
        step if step.has_come(come) else replace(step, on=max(step.on + shift, first), was_on=None)
        for step in action.steps
    ]
    for rung in PROPOSED if action.stored is ActionState.APPROVED else ():
        held = [step for step in steps if proposed_key(step.key) == rung.key and not step.is_skipped]
        again = centre_on + timedelta(days=rung.offset)
        if rung.key in WATCHING and held and max(step.on for step in held) <= come < again and len(steps) < MOST_STEPS:
            steps.append(Step(f"{rung.key}{AGAIN}{len(held)}", again, held[0].title))
    return replace(action, centre_on=centre_on, steps=clear_of_christmas(steps, centre_on, first))


def order_notes(action: Action) -> list[str]:
    """Say which proposed steps come in an order that makes no sense: after the day, before it, or before an earlier one."""
    held = {step.key: step for step in action.posted_steps}
    notes, last = [], None
    for rung in PROPOSED:
        step = held.get(rung.key)
        if step is None:
            continue
        if rung.offset < 0 and step.on >= action.centre_on:
            where = "on" if step.on == action.centre_on else "after"
            notes.append(f"“{step.title}” comes {where} the day itself, {long_date(action.centre_on)}.")
        elif rung.offset > 0 and step.on <= action.centre_on:
            where = "on" if step.on == action.centre_on else "before"
            notes.append(f"“{step.title}” comes {where} the day itself, {long_date(action.centre_on)}.")
        elif last is not None and step.on < last.on:
            notes.append(f"“{step.title}” comes before “{last.title}”.")
        last = step if last is None or step.on >= last.on else last
    return notes


def short_notice(action: Action) -> list[str]:
    """Say of a plan that was just proposed which steps had to move, because their usual day is too near or has gone."""
    notes = []
    for step in action.steps:
        usual = next((action.centre_on + timedelta(days=r.offset) for r in PROPOSED if r.key == step.key), step.on)
        if usual != step.on:
            holiday = is_christmas(usual) or (is_christmas(action.centre_on) and step.key == OVERDUE)
            why = " as Postbag posts nothing at Christmas," if holiday else ""
            notes.append(
                f"“{step.title}” can't be on its usual day, {long_date(usual)},{why} so it's on {long_date(step.on)}."
            )
    return notes


def moves_between(before: Action, after: Action) -> tuple[list[tuple[str, date, date]], list[tuple[str, date]]]:
    """Give the steps that are on another day now, each with both days, and those that were added, each with its day."""
    was = {step.key: step.on for step in before.steps}
    moves = [(s.title, was[s.key], s.on) for s in after.steps if s.key in was and was[s.key] != s.on]
    return moves, [(s.title, s.on) for s in after.steps if s.key not in was]


def said_of_moves(before: Action, after: Action) -> list[str]:
    """Say which steps moved from which day to which."""
    moves, _ = moves_between(before, after)
    return [f"Moved: “{title}” from {long_date(was)} to {long_date(now)}." for title, was, now in moves]


def proposed_key(key: str) -> str:
    """Give the key of the proposed step that a step stands for."""
    return key.partition(AGAIN)[0]


def with_step(action: Action, changed: Step, today: date, come: date | None = None) -> Action:
    """Put a changed step in place of the one of its key, or add it. Refused: its day or its words make no sense.

    ``come`` is the last day whose posts have come; today where it isn't given.
    """
    held = {step.key: step for step in action.steps}
    known = held.get(changed.key)
    passed = known is not None and known.has_come(today if come is None else come)
    if known is not None and passed and action.stored is not ActionState.DRAFT:
        raise Refused(
            f"“{known.title}” was for {long_date(known.on)}, which has already passed.",
            "Change a step that's still to come.",
        )
    if known is None and len(held) >= MOST_STEPS:
        raise Refused(f"A plan can have up to {MOST_STEPS} steps.", "Remove one first.")
    checked = replace(changed, title=clean(changed.title, STEP_TITLE_LIMIT, "name"), text=clean_text(changed.text))
    if known is None or known.on != checked.on:
        still_to_come(checked.on, today)
        checked = replace(checked, on=off_christmas(checked.on, action.centre_on, today + timedelta(days=1)))
    held[changed.key] = checked
    if all(step.is_skipped for step in held.values()):
        raise Refused("A plan needs at least one step that is posted.", "Cancel the whole plan instead.")
    return replace(action, steps=in_order(held.values()))


def without_step(action: Action, key: str) -> Action:
    """Take a step out. Refused: it is the last one."""
    if len(action.steps) < 2:
        raise Refused("A plan needs at least one step.", "Cancel the whole plan instead.")
    action.step(key)
    if all(step.is_skipped for step in action.steps if step.key != key):
        raise Refused("A plan needs at least one step that is posted.", "Cancel the whole plan instead.")
    return replace(action, steps=tuple(step for step in action.steps if step.key != key))


def still_to_come(day: date, today: date) -> date:
    """Give a day on which a step can be posted. Refused: it is today or past, or more than a year ahead."""
    if day <= today:
        raise Refused(f"{long_date(day)} has already passed.", "Choose tomorrow or a later day.")
    if day - today > REACH:
        raise Refused(f"{long_date(day)} is more than a year ahead.", "Choose a nearer day.")
    return day


def may_approve(action: Action, today: date) -> None:
    """Refuse a plan that cannot be approved: it is not a draft, or a step of it lies in the past."""
    if action.stored is not ActionState.DRAFT:
        raise Refused(f"This plan is already {action.state(today).value}.", "See it with /action show.")
    gone = [step for step in action.posted_steps if step.on <= today]
    if gone:
        raise Refused(
            f"“{gone[0].title}” is set for {long_date(gone[0].on)}, which has already passed.",
            "Choose another day, or remove the step.",
        )


def still_open(action: Action, today: date) -> None:
    """Refuse to change a plan that is over."""
    state = action.state(today)
    if not state.is_open:
        raise Refused(f"This plan is {state.value}.", "Plan a new one with /action plan.")


def clean(text: str, most: int, what: str) -> str:
    """Give a line without line breaks. Refused: it is empty or too long."""
    line = on_one_line(text)
    if not line:
        raise Refused(f"The {what} is empty.", "Write a few words.")
    if len(line) > most:
        raise Refused(f"The {what} has {len(line):,} characters. The limit is {most}.", "Shorten it a little.")
    return line


def clean_text(text: str, most: int = TEXT_LIMIT) -> str:
    """Give a text of several lines, tidied at its ends. Refused: it is too long."""
    tidy = "\n".join(line.rstrip() for line in without_invisible_signs(text).strip().splitlines())
    if len(tidy) > most:
        raise Refused(f"The text has {len(tidy):,} characters. The limit is {most:,}.", "Shorten it a little.")
    return tidy


def is_over(action: Action, today: date) -> bool:
    """Tell whether an action's time is over, so that nothing of who joined it is kept."""
    return action.ended_on is not None and today >= action.ended_on + ARCHIVED_AFTER


def last_day(steps: Sequence[Step]) -> date:
    """Give the day of the last step."""
    return max(step.on for step in steps)
