"""Nobody but an organiser gets past an organiser's control: every marked press is really pressed, whatever marks there are."""

from __future__ import annotations

from typing import Any

import pytest
from discord import AppCommandOptionType, app_commands
from sqlalchemy import select

from bot.chat.ui import Act, Card
from bot.rehearsal.reading import text_of
from storage.schema import metadata

SAYS = "This is for organisers of your group"


async def everything(room: Any) -> dict[str, list[str]]:
    """Give every row of every table."""
    async with room.app.database.reading() as connection:
        return {t.name: sorted(map(repr, await connection.execute(select(t)))) for t in metadata.sorted_tables}


async def press_all(group: Any, actor: Any) -> int:
    """Press every organiser's control as somebody, each drawn as the bot would draw it; give their number."""
    verbs = sorted(mark.verb for mark in group.app.client.marks if mark.organiser)
    channel = group.app.client.get_channel(int(group.channel.id))
    for start in range(0, len(verbs), 25):
        some = verbs[start : start + 25]
        sent = await channel.send(view=Card("All").buttons(*(Act(verb, verb, (1, 1)) for verb in some)).view())
        for verb in some:
            answer = await actor.click(sent, label=verb)
            assert answer.response.ephemeral, verb
            assert SAYS in text_of(answer.response), verb
    return len(verbs)


@pytest.mark.asyncio
async def test_every_organisers_press_refuses_a_member_and_changes_nothing(group: Any) -> None:
    before = await everything(group)
    assert await press_all(group, group.member) > 40
    assert await everything(group) == before


@pytest.mark.asyncio
async def test_every_organisers_command_refuses_a_member_and_changes_nothing(group: Any) -> None:
    before = await everything(group)
    tried = 0
    for command in group.app.client.tree.walk_commands():
        if not isinstance(command, app_commands.Command) or "(organisers)" not in command.description:
            continue
        needed = {
            one.name: 1 if one.type is AppCommandOptionType.integer else (one.choices[0].value if one.choices else "1")
            for one in command.parameters
            if one.required
        }
        answer = await group.member.slash(group.channel, command.qualified_name, **needed)
        assert answer.response.ephemeral, command.qualified_name
        assert SAYS in text_of(answer.response), command.qualified_name
        tried += 1
    assert tried > 10
    assert await everything(group) == before
