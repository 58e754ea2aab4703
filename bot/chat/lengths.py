"""How long a text may be that a person gives: every option of a command and every field of a form has its length here.

Discord keeps people to these lengths; ``refuse_too_long`` and ``cut_short`` keep to them whatever a client sends, before
anything is looked up, read or shown. A text that is longer costs nobody else a wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord import app_commands

from bot.chat.presses import Press
from bot.domain import (
    actions,
    deadlines,
    group_events,
    ladders,
    letter_templates,
    links,
    private_reminders,
    records,
)
from bot.domain.dates import folding, moments
from bot.domain.errors import Refused
from bot.domain.plain_text import tidy_text
from bot.services.letters import ANSWER_LIMIT, TYPED_LIMIT

NAME_LIMIT = 100
"""A name, a number, or what autocomplete offered: Discord's own limit on what can be chosen."""

Name = app_commands.Range[str, 0, NAME_LIMIT]
Query = app_commands.Range[str, 1, 200]
Day = app_commands.Range[str, 0, folding.LONGEST]
When = app_commands.Range[str, 0, moments.LONGEST]
Link = app_commands.Range[str, 0, links.LINK_LIMIT]
Title = app_commands.Range[str, 1, deadlines.TITLE_LIMIT]
PlanTitle = app_commands.Range[str, 0, actions.TITLE_LIMIT]
Words = app_commands.Range[str, 0, private_reminders.TEXT_LIMIT]

FIELD_LIMIT = 4_000
"""Discord's own limit on a field of a form."""

FIELDS: Mapping[str, int] = {
    "address": 400,
    "by": records.BY_LIMIT,
    "committee": 200,
    "constituency": NAME_LIMIT,
    "date": folding.LONGEST,
    "days": ladders.LONGEST_LADDER,
    "from": 20,
    "items": 300,
    "lead": 3,
    "link": links.LINK_LIMIT,
    "must": 320,
    "name": TYPED_LIMIT,
    "outcome": actions.OUTCOME_LIMIT,
    "place": group_events.PLACE_LIMIT,
    "postcode": 20,
    "promised": folding.LONGEST,
    "published": folding.LONGEST,
    "question": 200,
    "seat": TYPED_LIMIT,
    "sent": folding.LONGEST,
    "summary": letter_templates.MOST_SUMMARY,
    "terms": 760,
    "text": FIELD_LIMIT,
    "time": 20,
    "title": 300,
    "until": folding.LONGEST,
    "what": private_reminders.TEXT_LIMIT,
    "when": moments.LONGEST,
    "words": records.WORDS_LIMIT,
    "zone": 60,
}
"""The greatest length of a field by its name, in whatever form it stands: a form may ask for less. A letter's questions are
not among them: an answer has at most what Discord carries."""

assert ANSWER_LIMIT <= FIELD_LIMIT

GREATEST = 2**63 - 1
"""The largest number that a row can have, and that Discord gives an id."""


def options_of(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """List the options of a command that were given, those of a command inside a group too."""
    for option in data.get("options", ()):
        if "options" in option:
            yield from options_of(option)
        elif isinstance(option.get("value"), str):
            yield option


def cut_short(interaction: discord.Interaction[Any]) -> None:
    """Cut what somebody is typing to what a choice can hold: nothing longer can be found by it."""
    for option in options_of(interaction.data or {}):
        option["value"] = tidy_text(option["value"][:NAME_LIMIT])


def refuse_long_options(interaction: discord.Interaction[Any]) -> None:
    """Tidy the texts that were given with a command. Refused: one is longer than its option may be."""
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return
    for option in options_of(interaction.data or {}):
        parameter = command.get_parameter(str(option.get("name", "")))
        most = parameter.max_value if parameter is not None else None
        _refuse(option["value"], int(most) if most is not None else NAME_LIMIT, f"“{option.get('name', '')}”")
        option["value"] = tidy_text(option["value"])


def refuse_long_fields(press: Press) -> None:
    """Refused: a field of a form is longer than it may be, or more was chosen than a choice can hold."""
    for name, value in press.fields.items():
        if isinstance(value, str):
            _refuse(value, FIELDS.get(name, FIELD_LIMIT), "What you wrote")
    for value in press.values:
        _refuse(value, NAME_LIMIT, "What you chose")


def refuse_endless_numbers(press: Press) -> None:
    """Refused: a number is larger than any that is held, as in a control that Postbag did not draw."""
    for value in (*press.args, *press.values):
        if value.lstrip("-").isdecimal() and not -GREATEST <= int(value) <= GREATEST:
            raise Refused("That button doesn't work any more.", "Use /start to find what you were looking for.")


def _refuse(text: str, most: int, what: str) -> None:
    if len(text) > most:
        raise Refused(
            f"{what} is too long: {len(text):,} characters.",
            f"Shorten it to {most:,} characters or fewer and try again.",
        )
