"""The bot to compare with: discord.py, one command with autocomplete, one button, fixed short answers, nothing else.

Run as a program it gets ready without a network, says so, and idles: ``benchmarks.startup`` times that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

NAMES = [f"Recommendation {number}: a short line about what is asked" for number in range(1, 6)]


class Door(discord.ui.View):
    """A persistent button, as discord.py's guide has it."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Read", custom_id="bare:read")
    async def read(self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]) -> None:
        await interaction.response.send_message("Here it is.", ephemeral=True)


class Recommendations(commands.Cog):
    """The one command."""

    recommendations = app_commands.Group(name="recommendations", description="What a report asks")

    @recommendations.command(name="show", description="Open one")
    async def show(self, interaction: discord.Interaction[Any], number: str) -> None:
        await interaction.response.send_message(f"Recommendation {number}.", ephemeral=True)

    @show.autocomplete("number")
    async def complete(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in NAMES]


class BareBot(commands.Bot):
    """Least of a bot."""

    def __init__(self) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            help_command=None,
        )

    async def setup_hook(self) -> None:
        await self.add_cog(Recommendations())
        self.add_view(Door())


@asynccontextmanager
async def bare_bot() -> AsyncIterator[BareBot]:
    """Open the bot, not logged in."""
    async with BareBot() as bot:
        yield bot


async def idle() -> None:
    """Get ready, say so, and wait to be ended."""
    async with bare_bot() as bot:
        await bot.setup_hook()
        print("ready", time.process_time(), flush=True)
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(idle())
