"""The room that every chat test stands in notices what goes wrong in it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands

from bot.clock import london_today
from bot.rehearsal.reading import text_of

if TYPE_CHECKING:
    from conftest import ChatRoom


@pytest.mark.asyncio
async def test_it_begins_empty_and_in_order(room: ChatRoom) -> None:
    assert room.posted == []
    assert london_today(room.clock).isoformat() == "2026-03-02"
    assert room.env.now() == room.clock.now()
    assert room.app.services.members.find("Tarning").member is not None
    assert room.app.services.reports.for_group(None).report("never-again").recommendations
    assert room.forgive() == []


@pytest.mark.asyncio
async def test_an_unexpected_error_is_noticed_and_the_person_is_told_kindly(room: ChatRoom) -> None:
    @room.app.client.tree.command(name="breaks", description="Break")
    async def breaks(interaction: discord.Interaction[Any]) -> None:
        raise RuntimeError("a bug")

    await room.app.client.tree.sync()
    answer = await room.member.slash(room.channel, "breaks")
    assert "Something went wrong inside Postbag" in text_of(answer)
    assert any("a bug" in words for words in room.forgive())
    assert room.forgive() == []


@pytest.mark.asyncio
async def test_a_kind_refusal_is_no_fault(room: ChatRoom) -> None:
    answer = await room.member.slash(room.channel, "recommendations show", number="999")
    assert answer.acknowledged
    assert room.forgive() == []


@pytest.mark.asyncio
async def test_what_discord_refuses_is_noticed(room: ChatRoom) -> None:
    @app_commands.command(name="wordy", description="Say too much")
    async def wordy(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("x" * 2001)

    room.app.client.tree.add_command(wordy)
    await room.app.client.tree.sync()
    await room.member.slash(room.channel, "wordy")
    assert any("2000" in words for words in room.forgive())


@pytest.mark.asyncio
async def test_what_is_logged_as_an_error_is_noticed(room: ChatRoom) -> None:
    logging.getLogger("bot.somewhere").error("a press failed")
    assert room.forgive() == ["a press failed"]
