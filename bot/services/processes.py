"""This process among others on the same database: its signs of life, and what one of them does for all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.domain.errors import PostbagError
from bot.domain.processes import BEAT, LEASE, LiveProcess, Standing

log = logging.getLogger(__name__)


class ProcessStore(Protocol):
    """The list of processes, and what one of them does at a time."""

    @property
    def is_shared(self) -> bool: ...
    async def beat(self, started_at: datetime, shards: str = "") -> Standing: ...
    async def take(self, name: str, lasts: timedelta) -> bool: ...
    async def let_go(self, name: str) -> None: ...
    async def live(self) -> tuple[LiveProcess, ...]: ...
    async def leave(self) -> None: ...


class ProcessService:
    """Give signs of life, from ``start`` until ``stop``. On SQLite, and before ``start``, this process is the only one.

    ``take_over`` hears that what one does for all is this process's now; ``counted`` hears how many processes there are.
    """

    def __init__(self, store: ProcessStore, clock: Clock, *, counted: Callable[[int], None] = lambda _: None) -> None:
        self._store = store
        self._clock = clock
        self._counted = counted
        self._started_at = clock.now()
        self._task: asyncio.Task[None] | None = None
        self._is_alone = True
        self._leads = False
        self._until = 0.0
        self.take_over: Callable[[], None] = lambda: None
        self.shards = ""
        """The shards of Discord's that this process carries, as they are said; empty: all."""

    @property
    def leads(self) -> bool:
        """Tell whether this process does what one does for all. One that was held up for longer than its lease does not."""
        return self._is_alone or (self._leads and asyncio.get_running_loop().time() < self._until)

    async def start(self) -> None:
        """Give the first sign of life, and go on giving them."""
        if not self._store.is_shared or self._task is not None:
            return
        self._is_alone = False
        with suppress(PostbagError):
            await self._beat()
        self._task = asyncio.create_task(self._go_on(), name="signs-of-life-for-others")

    async def stop(self) -> None:
        """Leave, so that others take over at once."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        self._leads = False
        with suppress(PostbagError):
            await self._store.leave()

    async def once(self, name: str, lasts: timedelta) -> bool:
        """Take what one process does at a time, for so long. False: another is at it."""
        return await self._store.take(name, lasts)

    async def done(self, name: str) -> None:
        """Give back what ``once`` gave."""
        await self._store.let_go(name)

    async def live(self) -> tuple[LiveProcess, ...]:
        """List the processes that are there, the oldest first. None: this one is the only one there can be."""
        return await self._store.live()

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self._beat()
            except PostbagError as error:
                log.info("no sign of life could be given to other processes: %s", error.message)
            except Exception:
                log.exception("a sign of life to other processes failed; the next follows in %d seconds", BEAT)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()  # the lease runs from when it was asked for, never from when the answer came
        led = self.leads
        standing = await self._store.beat(self._started_at, self.shards)
        self._leads, self._until = standing.leads, asked + LEASE.total_seconds()
        self._counted(max(1, len(standing.live)))
        if standing.gone:
            log.warning("gave no sign of life and is not counted any more: %d processes", standing.gone)
        if standing.leads and (standing.gone or not led):
            log.info("this process does what one does for all")
            self.take_over()
