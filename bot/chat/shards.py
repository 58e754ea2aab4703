"""Several connections to Discord: which servers they carry, and what discord.py leaves to whoever runs more than one process.

Discord gives each server to one shard, `(server id >> 22) % number of shards`, and direct messages to shard 0:
https://discord.com/developers/docs/events/gateway#sharding
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.shard import Shard
from discord.state import AutoShardedConnectionState

from bot.chat.client import PostbagClient

if TYPE_CHECKING:
    from bot.services.container import Services

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 5.0, 120.0
CONNECT_WITHIN = 180.0


def shard_of(guild_id: int, shards: int) -> int:
    """Give the shard that carries a server."""
    return (guild_id >> 22) % shards


def ranges(numbers: Sequence[int]) -> str:
    """Say numbers in a row: 0–3, 8."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}–{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)


class _State(AutoShardedConnectionState[Any]):
    """discord.py forgets no server when one of several connections begins a new session: one that was left meanwhile would stay."""

    def parse_ready(self, data: Any) -> None:
        shard, shards = data["shard"]
        listed = {int(guild["id"]) for guild in data["guilds"]}
        for guild_id in [g for g in self._guilds if shard_of(g, shards) == shard and g not in listed]:
            del self._guilds[guild_id]
        super().parse_ready(data)


class _Shard(Shard):
    """One connection, which goes on with its session where it was cut: discord.py begins a new one, of which a day has 1,000."""

    async def reconnect(self) -> None:
        await self.reidentify(ReconnectWebSocket(self.id, resume=True))


class ShardedClient(discord.AutoShardedClient):
    """A client on several connections, of which this process may carry some."""

    gateway_is_away: Callable[[float], Awaitable[None]]
    """Waits so many seconds, and may say so: Discord takes no connection."""

    def _get_state(self, **options: Any) -> _State:
        return _State(dispatch=self.dispatch, handlers=self._handlers, hooks=self._hooks, http=self.http, **options)

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Open a connection, however long Discord takes none: discord.py calls itself again each time, without end."""
        wait = FIRST_WAIT
        while not self.is_closed():
            try:
                opening = DiscordWebSocket.from_client(self, initial=initial, gateway=gateway, shard_id=shard_id)
                socket = await asyncio.wait_for(opening, CONNECT_WITHIN)
            except Exception as error:
                log.info("a connection to Discord could not be opened: %s", type(error).__name__)
                await self.gateway_is_away(wait)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            shard = _Shard(socket, self, self._AutoShardedClient__queue.put_nowait)  # type: ignore[attr-defined]
            self._AutoShardedClient__shards[shard_id] = shard  # type: ignore[attr-defined]
            shard.launch()
            return


class ShardedPostbagClient(PostbagClient, ShardedClient):
    """Postbag on several connections to Discord, of which this process carries all or some."""

    def __init__(
        self, services: Services, *, shard_count: int, shard_ids: Sequence[int] = (), sync_commands: bool = True
    ) -> None:
        ids = list(shard_ids) or list(range(shard_count))
        super().__init__(services, sync_commands=sync_commands, shard_count=shard_count, shard_ids=ids)
        services.processes.shards = f"{ranges(ids)} of {shard_count}"

    def carries(self, guild_id: int) -> bool:
        """Tell whether a server comes to this process. Of another one, that it is not seen here says nothing."""
        assert self.shard_count is not None
        return shard_of(guild_id, self.shard_count) in (self.shard_ids or ())
