"""Look at Discord for ``postbag check``: the token, and what the bot may do where each group wants its posts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import discord

from bot.chat.client import PostbagClient
from bot.chat.permissions import missing_permissions
from bot.domain.guilds import GuildSettings

Found = tuple[str, bool | None, str]


async def inspect(client: PostbagClient, token: str, groups: Iterable[GuildSettings]) -> AsyncIterator[Found]:
    """Log in over REST alone and give (name, ok, words) for the token and for each group's channels, without ids or names."""
    try:
        await client.login(token)
    except discord.LoginFailure:
        yield "token", False, "Discord did not accept it: copy it again from the Bot page of your application"
        return
    except (discord.HTTPException, OSError, TimeoutError):
        yield "token", False, "Discord cannot be reached just now: try again later"
        return
    yield "token", True, "accepted by Discord"
    for number, group in enumerate(groups, start=1):
        name = f"group {number}"
        if group.channel_id is None:
            yield name, None, "no channel is chosen yet: an organiser types /admin setup"
            continue
        try:
            guild = await client.fetch_guild(group.guild_id)
            me = await guild.fetch_member(client.user.id if client.user else 0)
            for channel_id in dict.fromkeys(filter(None, (group.channel_id, group.notice_channel_id))):
                channel = await guild.fetch_channel(channel_id)
                missing = missing_permissions(channel.permissions_for(me))
                if missing:
                    yield name, False, f"in its channel the bot lacks: {', '.join(missing)}. Allow them in that channel"
                else:
                    yield name, True, "the bot may post in its channel"
        except discord.NotFound:
            yield name, False, "its channel or server is gone: an organiser chooses another with /admin setup"
        except discord.Forbidden:
            yield name, False, "the bot may not see its channel, or is no longer in the server: invite it again"
        except (discord.HTTPException, OSError, TimeoutError):
            yield name, False, "Discord did not answer: try again later"
