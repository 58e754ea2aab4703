"""Every option that suggests a label accepts that label: Discord at times sends the text that a suggestion shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from discord import app_commands

from bot.rehearsal.reading import text_of
from tests.chat.test_actions import planned
from tests.chat.test_records import answered
from tests.chat.test_templates import live

DEADLINE = {"kind": "expected answer", "title": "Answer on lamps", "date": "20 April 2026"}
OTHERS: dict[str, dict[str, str]] = {
    "reports record-answer recommendation": {"answer": "noted"},
    "reports record-answer answer": {"recommendation": "3"},
    "remind me deadline": {"what": "ring", "when": "3 days before the deadline"},
    "recommendations search report": {"query": "cotton"},
    "recommendations show report": {"number": "3"},
    "letter write template": {"recommendation": "3", "mp": "Tarning"},
    "letter write mp": {"recommendation": "3"},
}
"""What else a command needs, so that the option alone decides the answer."""
TYPED = {
    "recommendations show number": "harassment",
    "letter write recommendation": "harassment",
    "letter write mp": "tarning",
    "mp find constituency": "tarning",
    "reports record-answer recommendation": "harassment",
    "reports record-evidence recommendation": "harassment",
    "recommendations browse theme": "cotton",
}
"""What is typed where suggestions come only then, or are many."""


def suggesting(commands: list[Any], path: str = "") -> Iterator[tuple[str, str]]:
    """List every option that suggests something, with the name of its command."""
    for command in commands:
        name = f"{path} {command.name}".strip()
        if isinstance(command, app_commands.Group):
            yield from suggesting(command.commands, name)
        elif isinstance(command, app_commands.Command):
            for option in command.parameters:
                if option.autocomplete:
                    yield name, option.name


async def furnished(group: Any) -> None:
    """Give the group one of everything that can be named."""
    await group.set_up(high_risk=False)
    await group.organiser.slash(group.channel, "deadlines add", **DEADLINE)
    await planned(group, on_clock=False)
    await answered(group, group.organiser)
    await live(group)
    shown = await group.organiser.slash(group.channel, "remind me", what="ring the *office*", when="tomorrow 6pm")
    await group.organiser.click(shown.response, label="Save")


def said(result: Any) -> str:
    """Give what came back: a card's words, or a form's title and what stands in it."""
    if result.modal is not None:
        return f"form {result.modal['title']}"
    return text_of(result.response)


@pytest.mark.asyncio
async def test_every_option_accepts_the_label_that_it_suggests(group: Any) -> None:
    await furnished(group)
    found = list(suggesting(group.app.client.tree.get_commands()))
    assert len(found) >= 25
    refused = []
    for command, option in found:
        name = f"{command} {option}"
        offered = await group.organiser.autocomplete(group.channel, command, option, TYPED.get(name, ""))
        assert offered, f"nothing is suggested for {name}"
        first = offered[0]
        others = OTHERS.get(name, {})
        if command in ("remind cancel", "reports unfollow", "action cancel", "action plan"):
            # The second of two alike would find nothing left to do.
            by_label = said(await group.organiser.slash(group.channel, command, **{option: first["name"]}, **others))
            if (
                "There is no" in by_label
                or "no such" in by_label
                or "has no report" in by_label
                or "No single" in by_label
            ):
                refused.append((name, first["name"], by_label[:120]))
            continue
        by_value = said(await group.organiser.slash(group.channel, command, **{option: first["value"]}, **others))
        by_label = said(await group.organiser.slash(group.channel, command, **{option: first["name"]}, **others))
        if by_value != by_label:
            refused.append((name, first["name"], by_label[:120]))
    assert refused == [], "\n".join(map(str, refused))


@pytest.mark.asyncio
async def test_a_reminder_is_known_by_its_own_words(group: Any) -> None:
    await furnished(group)
    done = await group.organiser.slash(group.channel, "remind cancel", reminder="Ring the *office*")
    assert "ring the" in text_of(done.response)
    assert "no such" not in text_of(done.response)
