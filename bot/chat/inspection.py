"""Look at Discord for ``postbag check``: the token, the commands, and what the bot may do where each group wants its posts."""

from __future__ import annotations

import importlib
import inspect as reflection
import pkgutil
from collections.abc import AsyncIterator, Iterable

import discord
from discord.ext import commands

from bot.chat import cogs
from bot.chat.faults import DISCORD_FAULTS
from bot.chat.permissions import missing_permissions
from bot.domain.errors import Refused, Unavailable
from bot.domain.guilds import GuildSettings

Found = tuple[str, bool | None, str]


async def inspect(token: str, groups: Iterable[GuildSettings]) -> AsyncIterator[Found]:
    """Log in over REST alone, change nothing, and give (name, ok, words) for each thing looked at, without ids or names."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(token)
        except discord.LoginFailure:
            yield "token", False, "Discord didn't accept it: copy it again from the Bot page of your application"
            return
        except DISCORD_FAULTS:
            yield "token", None, "Postbag can't reach Discord just now, so it couldn't try the token"
            return
        yield "token", True, "accepted by Discord"
        yield await _commands(client)
        for number, group in enumerate(groups, start=1):
            async for ok, words in _group(client, group):
                yield f"group {number}", ok, words


async def application_of(token: str) -> int:
    """Ask Discord for the number of the application that a token belongs to. Refused or Unavailable: it does not say."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(token)
        except discord.LoginFailure:
            raise Refused(
                "Discord didn't accept the token.", "Copy it again from the Bot page of your application."
            ) from None
        except DISCORD_FAULTS:
            raise Unavailable("Postbag can't reach Discord just now.", "Try again later.") from None
        assert client.application_id is not None
        return client.application_id


async def _commands(client: discord.Client) -> Found:
    try:
        registered = {command.name for command in await discord.app_commands.CommandTree(client).fetch_commands()}
    except DISCORD_FAULTS:
        return "commands", None, "Discord didn't say which commands it knows; try again later"
    missing = sorted(our_commands() - registered)
    if missing:
        named = ", ".join(f"/{name}" for name in missing[:5]) + (" and others" if len(missing) > 5 else "")
        return (
            "commands",
            None,
            f"Discord doesn't know {named} yet: Postbag sends them when it starts, and keeps trying until Discord accepts them",
        )
    return "commands", True, f"Discord knows all {len(our_commands())}"


def our_commands() -> set[str]:
    """Give the names of the slash commands that the cogs declare."""
    found = set()
    for module in pkgutil.iter_modules(cogs.__path__):
        loaded = importlib.import_module(f"{cogs.__name__}.{module.name}")
        for _, kind in reflection.getmembers(loaded, reflection.isclass):
            if issubclass(kind, commands.Cog) and kind.__module__ == loaded.__name__:
                found |= {command.name for command in kind.__cog_app_commands__ if command.parent is None}
    return found


async def _group(client: discord.Client, group: GuildSettings) -> AsyncIterator[tuple[bool | None, str]]:
    if group.channel_id is None:
        yield None, "no channel is chosen yet: an organiser types /admin setup"
        return
    try:
        guild = await client.fetch_guild(group.guild_id)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        for channel_id in dict.fromkeys(filter(None, (group.channel_id, group.notice_channel_id))):
            channel = await guild.fetch_channel(channel_id)
            missing = missing_permissions(channel.permissions_for(me))
            if missing:
                yield False, f"in its channel the bot is missing: {', '.join(missing)}. Allow them in that channel"
            else:
                yield True, "the bot may post in its channel"
    except discord.NotFound:
        yield False, "its channel or server is gone: an organiser chooses another with /admin setup"
    except discord.Forbidden:
        yield False, "the bot may not see its channel, or is no longer in the server: invite it again"
    except DISCORD_FAULTS:
        yield None, "Discord didn't answer; try again later"
