"""Log in to Discord and stay there: what can go wrong at the door, said in one line each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import discord

from bot.chat.client import PostbagClient
from bot.chat.faults import DISCORD_FAULTS
from bot.domain.errors import Refused

log = logging.getLogger(__name__)

REPORT = "Please report this, with the version of Postbag."
FOR_GOOD = {
    4004: ("Discord no longer accepts the token.", "Make a new one and start Postbag again."),
    4010: (
        "Discord refused the connection: there's no shard with that number.",
        "Set discord.shards to numbers below discord.shard_count, the same count in each process.",
    ),
    4011: (
        "Discord wants this bot's servers shared among more shards.",
        "Raise discord.shard_count, the same in each process, or leave it out: then Postbag asks Discord how many.",
    ),
    4012: (
        "Discord no longer supports the version of its protocol that this Postbag uses.",
        "Install a newer Postbag.",
    ),
    4013: ("Discord refused the connection: an intent does not exist.", REPORT),
    4014: ("Discord refused the connection: an intent is not allowed.", REPORT),
}
"""Why Discord closes a connection for good, by its code: https://discord.com/developers/docs/topics/opcodes-and-status-codes"""

# The gateway's own close code for a bot in more servers than one connection may carry.
SHARDS_NEEDED = 4011


class ShardsNeeded(Exception):
    """Discord wants so many connections, and no number of them is set: Postbag begins again with as many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} shards")
        self.count = count


FIRST_WAIT = 5.0
LONGEST_WAIT = 120.0


async def _forget_session(client: PostbagClient) -> None:
    """Let the next login open a connection of its own: discord.py would use the closed one again."""
    await client.http.close()
    client.http.clear()
    client.http.connector = discord.utils.MISSING


async def stay_connected(
    client: PostbagClient,
    token: str,
    *,
    say: Callable[[str], None],
    logged_in: Callable[[], Awaitable[None]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    counts_itself: bool = False,
) -> None:
    """Log in, call ``logged_in`` once, and serve until the client is closed.

    While Postbag can't reach Discord it tries again, waiting longer each time and saying so. Refused: Discord does not
    accept the token. ShardsNeeded: Discord wants more shards, and nobody set a number (``counts_itself``: also where the
    client has one already, from Discord).
    """
    wait = FIRST_WAIT
    while True:
        try:
            await client.login(token)
            break
        except discord.LoginFailure:
            raise Refused(
                "Discord didn't accept the token.",
                "Copy it again from the Bot page of your application, into DISCORD_TOKEN or the token file.",
            ) from None
        except DISCORD_FAULTS as error:
            reason = (
                f"it answered {error.status}" if isinstance(error, discord.HTTPException) else "it can't be reached"
            )
            say(
                f"Postbag can't connect to Discord just now ({reason}). Nothing is lost. Trying again in {wait:.0f} seconds."
            )
            log.debug("login failed: %s", type(error).__name__)
            await _forget_session(client)
            await sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
    await logged_in()

    async def away(wait: float) -> None:
        say(
            f"Discord isn't accepting connections just now. Reminders still go out. Trying again in {wait:.0f} seconds."
        )
        await sleep(wait)

    client.gateway_is_away = away
    wait = FIRST_WAIT
    while not client.is_closed():
        try:
            await client.connect(reconnect=True)
        except discord.PrivilegedIntentsRequired:
            raise Refused(
                "Discord refused the connection.", "Postbag doesn't need any privileged intents, so please report this."
            ) from None
        except discord.ConnectionClosed as closed:
            if closed.code == SHARDS_NEEDED and (counts_itself or client.shard_count is None):
                wanted = await _shards_wanted(client)
                if wanted is not None:
                    raise ShardsNeeded(wanted) from None
            if closed.code in FOR_GOOD:
                raise Refused(*FOR_GOOD[closed.code]) from None
            raise
        except AttributeError:
            # discord.py 2.7 stumbles over its own missing connection where the very first one fails.
            if getattr(client, "ws", None) is not None:
                raise
            await away(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            return


async def _shards_wanted(client: PostbagClient) -> int | None:
    """Ask Discord how many shards this bot should have; it has closed the connections of fewer.

    None: it names no more than it has just refused, and this number was never accepted either.
    """
    http = discord.http.HTTPClient(asyncio.get_running_loop())
    await http.static_login(client.http.token or "")
    try:
        count, *_ = await http.get_bot_gateway()
    finally:
        await http.close()
    now = client.shard_count or 1
    if count > now:
        return int(count)
    # Discord's count may lag behind its refusal: the same number again would be refused for ever. It is doubled where
    # the number was right once (nobody set it, or a session began with it), not again and again.
    return 2 * now if client.shard_count is None or client.is_ready() else None
