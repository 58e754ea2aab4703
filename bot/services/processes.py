"""This process among others on the same database: its signs of life, and what one of them does for all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock, steady_seconds
from bot.domain.errors import PostbagError
from bot.domain.processes import BEAT, BELIEVED, UNTIL_AGREED, LiveProcess, Standing

log = logging.getLogger(__name__)


class ProcessStore(Protocol):
    """The list of processes, and what one of them does at a time."""

    @property
    def is_shared(self) -> bool: ...
    async def beat(self, started_at: datetime, shards: str = "") -> Standing: ...
    async def take(self, name: str, lasts: timedelta) -> bool: ...
    async def begin_apart(self, name: str, apart: timedelta) -> bool: ...
    def under_lease(self, generation: int) -> AbstractContextManager[None]: ...
    async def let_go(self, name: str) -> None: ...
    async def live(self) -> tuple[LiveProcess, ...]: ...
    async def leave(self) -> None: ...


class HearsCount(Protocol):
    """Hears how many processes there are, and is given what tells whether this one is one of them for the others."""

    def __call__(self, processes: int, has_part: Callable[[], bool], /) -> None: ...


class ProcessService:
    """Give signs of life, from ``start`` until ``stop``. On SQLite, and before ``start``, this process is the only one.

    ``take_over`` hears that what one does for all is this process's now; ``counted`` hears how many processes there are.
    ``steady`` gives seconds that go on while the machine sleeps: a lease that ran out meanwhile is not believed.
    """

    def __init__(
        self,
        store: ProcessStore,
        clock: Clock,
        *,
        counted: HearsCount = lambda _, __: None,
        steady: Callable[[], float] = steady_seconds,
    ) -> None:
        self._store = store
        self._clock = clock
        self._counted = counted
        self._steady = steady
        self._started_at = clock.now()
        self._task: asyncio.Task[None] | None = None
        self._soon = asyncio.Event()
        self._standing = Standing(leads=True, live=())
        self._is_alone = True
        self._until = 0.0
        self.take_over: Callable[[], None] = lambda: None
        self.shards = ""
        """The shards of Discord's that this process carries, as they are said; empty: all."""

    @property
    def leads(self) -> bool:
        """Tell whether this process does what one does for all. One that was held up for longer than its lease does not."""
        return self._is_alone or (self._standing.leads and self._steady() < self._until)

    @property
    def many(self) -> int:
        """Give how many processes there were at the last sign of life."""
        return max(1, len(self._standing.live))

    @contextmanager
    def under_lease(self) -> Iterator[None]:
        """Do what one does for all: what is written within is stored only while nobody else does it."""
        if self._is_alone:
            yield
            return
        with self._store.under_lease(self._standing.generation):
            yield

    def _has_part(self) -> bool:
        """Tell whether the others have made room for this process, and still leave it."""
        return self._is_alone or (self._standing.is_agreed and self._steady() < self._until)

    async def start(self) -> None:
        """Give the first sign of life, and go on giving them."""
        if not self._store.is_shared or self._task is not None:
            return
        self._is_alone = False
        self._standing = Standing(leads=False, live=(), is_agreed=False)
        self._counted(1, self._has_part)
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
        self._standing = Standing(leads=False, live=(), is_agreed=False)
        with suppress(PostbagError):
            await self._store.leave()

    async def once(self, name: str, lasts: timedelta) -> bool:
        """Take what one process does at a time, for so long. False: another is at it."""
        return await self._store.take(name, lasts)

    async def begin_apart(self, name: str, apart: timedelta) -> bool:
        """Begin what may begin once in so long in all processes together. False: it is too soon."""
        return await self._store.begin_apart(name, apart)

    async def done(self, name: str) -> None:
        """Give back what ``once`` gave."""
        await self._store.let_go(name)

    async def live(self) -> tuple[LiveProcess, ...]:
        """List the processes that are there, the oldest first. None: this one is the only one there can be."""
        return await self._store.live()

    def look_soon(self) -> None:
        """See who is there without waiting for the next sign of life: a process has come or gone."""
        self._soon.set()

    async def _go_on(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), BEAT if self._standing.is_agreed else UNTIL_AGREED)
            self._soon.clear()
            try:
                await self._beat()
            except PostbagError as error:
                log.info("no sign of life could be given to other processes: %s", error.message)
            except Exception:
                log.exception("a sign of life to other processes failed; the next follows in %d seconds", BEAT)

    async def _beat(self) -> None:
        asked = self._steady()  # the lease runs from when it was asked for, never from when the answer came
        led = self.leads
        standing = await self._store.beat(self._started_at, self.shards)
        known, there = ({one.started_at for one in listed} for listed in (self._standing.live, standing.live))
        self._standing, self._until = standing, asked + BELIEVED
        self._counted(self.many, self._has_part)
        if known != there:
            self.look_soon()  # the next one says that this process keeps to the new list: whoever has come waits for that
        if standing.gone:
            log.warning("gave no sign of life and is not counted any more: %d processes", standing.gone)
        if standing.leads and (standing.gone or not led):
            log.info("this process does what one does for all")
            self.take_over()
