"""Make Discord know the commands, and go on trying until it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.chat.faults import DISCORD_FAULTS, wait_before

log = logging.getLogger(__name__)

# Commands that are not registered yet still work where they were before, so nobody is kept waiting by a longer pause.
FIRST_WAIT = 15.0
LONGEST_WAIT = 600.0


class Registration:
    """Sends the commands. While that fails it is tried again, waiting longer each time, and ``is_done`` says so."""

    def __init__(
        self, send: Callable[[], Awaitable[object]], *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._send = send
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self.is_done = False
        self.failed_with = ""

    async def begin(self) -> None:
        """Try now, and where that fails, again and again from here on. Called at login and at each new session."""
        fault = None if self.is_done else await self._try()
        if fault is None:
            self.stop()
        elif self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_on(fault), name="registering-commands")

    def stop(self) -> None:
        """Stop trying: they are registered, or the client is closing."""
        if self._task is not None:
            self._task.cancel()

    async def _go_on(self, fault: BaseException | None) -> None:
        wait = FIRST_WAIT
        while fault is not None:
            await self._sleep(wait_before(fault, wait))
            wait = min(wait * 2, LONGEST_WAIT)
            fault = await self._try()
        log.info("the commands are registered, after an earlier failure")

    async def _try(self) -> BaseException | None:
        try:
            await self._send()
        except DISCORD_FAULTS as fault:
            self.failed_with = f"HTTP {status}" if (status := getattr(fault, "status", 0)) else type(fault).__name__
            log.warning("the commands could not be registered (%s); trying again until they are", self.failed_with)
            return fault
        self.is_done, self.failed_with = True, ""
        return None
