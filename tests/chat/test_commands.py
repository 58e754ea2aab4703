"""The whole command tree, walked: within Discord's limits, in the README, and nothing that organisers alone may press left open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
PROGRAM = Path(__file__).resolve().parents[2] / "bot"
IN_DIRECT_MESSAGES = {"start", "help", "recommendations", "reports", "letter", "mp", "deadlines", "remind", "privacy"}


def leaves(tree: app_commands.CommandTree[Any]) -> Iterator[app_commands.Command[Any, ..., Any]]:
    for command in tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command


@pytest.mark.asyncio
async def test_every_command_is_in_the_readme(room: Any) -> None:
    rows = [line for line in README.splitlines() if line.startswith("| `/")]
    for command in leaves(room.app.client.tree):
        first, *rest = command.qualified_name.split()
        row = next((row for row in rows if row.startswith(f"| `/{first}")), None)
        assert row is not None, command.qualified_name
        if rest:
            assert re.search(rf"[ `]{re.escape(rest[-1])}`", row), f"README: /{command.qualified_name}"


@pytest.mark.asyncio
async def test_the_readme_promises_no_command_that_is_not_there(room: Any) -> None:
    known = {command.name for command in room.app.client.tree.get_commands()}
    assert set(re.findall(r"`/([a-z]+)", README)) <= known


@pytest.mark.asyncio
async def test_commands_fit_discord(room: Any) -> None:
    tree = room.app.client.tree
    commands = tree.get_commands()
    assert len(commands) <= 100
    for command in commands:
        payload = command.to_dict(tree)
        assert text_length(payload) <= 8000, command.name
    for command in leaves(tree):
        assert 1 <= len(command.description) <= 100, command.qualified_name
        assert command.description[0].isupper(), command.qualified_name
        assert len(command.parameters) <= 25
        for parameter in command.parameters:
            assert parameter.description != "…", f"/{command.qualified_name} {parameter.name} has no description"


@pytest.mark.asyncio
async def test_options_that_name_a_thing_have_autocomplete(room: Any) -> None:
    named = {"report", "recommendation", "number", "mp", "constituency", "deadline", "template", "theme", "topic"}
    for command in leaves(room.app.client.tree):
        for parameter in command.parameters:
            if parameter.name in named and parameter.type is discord.AppCommandOptionType.string:
                assert parameter.autocomplete or parameter.choices, f"/{command.qualified_name} {parameter.name}"


@pytest.mark.asyncio
async def test_where_commands_may_be_used(room: Any) -> None:
    for command in room.app.client.tree.get_commands():
        if not isinstance(command, app_commands.Group | app_commands.Command):
            continue
        contexts, installs = command.allowed_contexts, command.allowed_installs
        assert contexts is not None, command.name
        assert installs is not None, command.name
        everywhere = command.name in IN_DIRECT_MESSAGES
        assert (contexts.guild, contexts.dm_channel, installs.user) == (True, everywhere, everywhere), command.name


@pytest.mark.asyncio
async def test_every_control_that_is_drawn_in_code_is_answered(room: Any) -> None:
    answered = {mark.verb for mark in room.app.client.marks}
    chat = PROGRAM
    for path in chat.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        drawn = re.findall(r'Act\(\s*(?:f?"[^"]*"|[\w.\[\]()]+),\s*"([a-z._-]+)"', text)
        drawn += re.findall(r'\.select\(\s*"([a-z._-]+)"', text)
        for verb in drawn:
            assert verb in answered, f"{path.name} draws {verb}, which nobody answers"
    assert len(answered) > 15


def text_length(payload: Any) -> int:
    if isinstance(payload, dict):
        own = sum(len(str(payload.get(key, ""))) for key in ("name", "description", "value"))
        return own + sum(text_length(child) for key in ("options", "choices") for child in payload.get(key) or ())
    return 0
