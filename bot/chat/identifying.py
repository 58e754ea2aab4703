"""When a session on Discord may begin: one in five seconds of each kind, in all processes of a bot together.

Shards whose numbers are alike modulo ``max_concurrency`` are of a kind, and Discord says how many kinds there are:
https://discord.com/developers/docs/events/gateway#rate-limiting
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from bot.clock import steady_seconds
from bot.domain.errors import PostbagError

log = logging.getLogger(__name__)

IDENTIFYING = "beginning a session on Discord"
APART = timedelta(seconds=6)
"""Five seconds are asked for; one more, since a busy process sends what it may send a little later."""

# A look at one row: often enough to lose little of the five seconds, seldom enough for a database that all share.
ASK_AGAIN = 1.0


class BeginsApart(Protocol):
    """What keeps all processes apart."""

    async def begin_apart(self, name: str, apart: timedelta) -> bool: ...


class Identifying:
    """Lets sessions begin apart: here those of this process, and through the database those of all others.

    ``kinds`` asks Discord how many sessions may begin at once; it is asked once, and taken to be one where it does not answer.
    """

    def __init__(
        self,
        processes: BeginsApart,
        kinds: Callable[[], Awaitable[int]],
        *,
        steady: Callable[[], float] = steady_seconds,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._processes = processes
        self._ask_kinds = kinds
        self._steady = steady
        self._sleep = sleep
        self._kinds: int | None = None
        self._turns: dict[int, asyncio.Lock] = {}
        self._free_at: dict[int, float] = {}

    async def turn(self, shard_id: int | None) -> None:
        """Wait until a session of this shard may begin; it is taken to begin when this returns."""
        kind = (shard_id or 0) % await self._known_kinds()
        async with self._turns.setdefault(kind, asyncio.Lock()):
            while (wait := self._free_at.get(kind, 0.0) - self._steady()) > 0:
                await self._sleep(wait)
            while not await self._may_begin(kind):
                await self._sleep(ASK_AGAIN)
            self._free_at[kind] = self._steady() + APART.total_seconds()

    async def _may_begin(self, kind: int) -> bool:
        try:
            return await self._processes.begin_apart(f"{IDENTIFYING} {kind}", APART)
        except PostbagError:
            return True  # a database that is away is no reason to stay off Discord, which itself refuses what comes too soon

    async def _known_kinds(self) -> int:
        if self._kinds is None:
            try:
                self._kinds = max(1, await self._ask_kinds())
            except Exception as error:
                log.info("Discord did not say how many sessions may begin at once: %s", type(error).__name__)
                return 1
        return self._kinds
