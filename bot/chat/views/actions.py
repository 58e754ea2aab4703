"""The forms of a plan. ``typed`` fills one with what was typed before; ``revision`` is what it was typed on."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.ui import Option, form, select_field, text_field
from bot.chat.views.deadlines import DATE_HINT
from bot.domain.actions import MOST_ITEMS, NEW_STEP, OUTCOME_LIMIT, STEP_TITLE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, Action
from bot.domain.dates.folding import LONGEST
from bot.domain.letters import LetterFrame
from bot.domain.reports import long_date

DAY = ("title", "date")
STEP = ("title", "date", "text")
MOVE = ("date",)
ABOUT = ("title", "items", "template")
OUTCOME = ("outcome",)
NAMES = {"title": "Name", "date": "Day", "text": "Words", "items": "Recommendations", "template": "Letter"}
FIELDS = {"day": DAY, "copy": DAY, "step": STEP, "move": MOVE, "about": ABOUT, "outcome": OUTCOME}


def names_of(which: str) -> list[str]:
    """Name the fields of a form, for what is handed back."""
    return [NAMES.get(name, "The outcome") for name in FIELDS[which]]


def day_form(typed: Sequence[str] = ()) -> discord.ui.Modal:
    """Ask for a day and a name."""
    title, day = (*typed, "", "")[:2]
    return form(
        "Plan back from a day",
        "action.day.keep",
        text_field("title", "Name of the plan", value=title, most=TITLE_LIMIT),
        text_field("date", "The day", description=DATE_HINT, value=day, most=LONGEST),
    )


def copy_form(known: Action, typed: Sequence[str] = ()) -> discord.ui.Modal:
    """Ask for the day and the name of a plan that is copied from ``known``."""
    title, day = (*typed, "", "")[:2] if typed else (known.title, "")
    return form(
        "Copy a plan",
        "action.copy.keep",
        text_field("title", "Name of the new plan", value=title, most=TITLE_LIMIT),
        text_field("date", "The new day", description=DATE_HINT, value=day, most=LONGEST),
        args=(int(known.action_id),),
        note="Nothing is posted until the new plan is approved.",
    )


def step_form(
    action: Action, key: str, words: str, typed: Sequence[str] = (), revision: int | None = None, picked: str = ""
) -> discord.ui.Modal:
    """Ask for a step, filled with what it says. ``words`` are those that are proposed for it; ``picked``: what was picked before."""
    held = next((step for step in action.steps if step.key == key), None)
    known = (held.title, long_date(held.on), held.text or words) if held is not None else ("", "", "")
    title, day, text = typed or known
    fields = [
        text_field("title", "Name of the step", value=title, most=STEP_TITLE_LIMIT),
        text_field("date", "Day", description=f"{DATE_HINT[:60]}, 3 days before", value=day, most=LONGEST),
        text_field("text", "What Postbag posts", value=text, long=True, most=TEXT_LIMIT, required=False),
    ]
    if held is not None and key != NEW_STEP and len(action.steps) > 1:
        picked = picked or ("skip" if held.is_skipped else "no")
        keep = [
            Option("Keep this step", "no", chosen=picked == "no"),
            Option("Skip this step", "skip", "It stays in the plan and isn't posted.", chosen=picked == "skip"),
            Option("Remove this step", "yes", chosen=picked == "yes"),
        ]
        fields.append(select_field("out", "Keep it?", keep))
    return form("A step of the plan", "action.step.keep", *fields, args=_seen(action, revision, key))


def move_form(action: Action, typed: Sequence[str] = (), revision: int | None = None) -> discord.ui.Modal:
    """Ask for another day."""
    day = typed[0] if typed else long_date(action.centre_on)
    field = text_field("date", "New day", description=DATE_HINT, value=day, most=LONGEST)
    note = "The steps still to come move too. If a step has already been posted, Postbag posts the new date once."
    return form("Move the day", "action.move.keep", field, args=_seen(action, revision), note=note)


def about_form(
    action: Action,
    frames: Sequence[LetterFrame],
    chosen: LetterFrame | None,
    typed: Sequence[str] = (),
    revision: int | None = None,
) -> discord.ui.Modal:
    """Ask for a plan's name, its recommendations and the letter it leads to."""
    title, items, letter = typed or (action.title, ", ".join(action.items), chosen.slug if chosen else "none")
    options = [Option("The writer chooses", "none", chosen=letter not in {f.slug for f in frames})]
    options += [Option(f.title, f.slug, f.summary, chosen=f.slug == letter) for f in frames][:24]
    return form(
        "About and letter",
        "action.about.keep",
        text_field("title", "Name of the plan", value=title, most=TITLE_LIMIT),
        text_field(
            "items",
            "Recommendations",
            description=f"Their numbers, {MOST_ITEMS} at most. Or pick them from the list under the plan.",
            value=items,
            required=False,
            most=300,
        ),
        select_field("template", "Letter", options),
        args=_seen(action, revision),
    )


def outcome_form(action: Action, typed: Sequence[str] = (), revision: int | None = None) -> discord.ui.Modal:
    """Ask what came of a plan."""
    field = text_field(
        "outcome",
        "The outcome",
        description="About the plan, not about anyone by name",
        value=typed[0] if typed else action.outcome,
        long=True,
        most=OUTCOME_LIMIT,
        required=False,
    )
    return form("The outcome", "action.outcome.keep", field, args=_seen(action, revision))


def _seen(action: Action, revision: int | None, *more: str) -> tuple[str | int, ...]:
    return (int(action.action_id), action.revision if revision is None else revision, *more)
