"""What is held in memory of what is stored, read again when another process changed it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bot.domain.changes import Kind

log = logging.getLogger(__name__)

TOGETHER = 0.1
"""Seconds in which changes are gathered, so that many of one kind are read once."""

AGAIN_AFTER = 1.0
"""Seconds after which what could not be read is read again."""

Reread = Callable[[str], Awaitable[object]]
"""Reads again what has changed: the scope, as ``Kind`` says, or everything of the kind where it is empty."""


TOLD_ALONE = frozenset({Kind.FORGOTTEN})
"""Kinds of which each word counts, as nothing stored says it again: they are heard even where everything is read."""


def _scopes_to_read(kind: Kind, scopes: set[str]) -> Sequence[str]:
    if kind in TOLD_ALONE:
        return sorted(scopes, reverse=True)  # all of it last
    return [""] if "" in scopes else sorted(scopes)


class Feed(Protocol):
    """Hears what other processes change."""

    @property
    def is_shared(self) -> bool: ...
    async def follow(self, heard: Callable[[Kind, str], None], again: Callable[[], None]) -> None: ...


class Memory:
    """Keep what is held in memory as it is stored, from ``start`` until ``stop``. Each kind has who reads it again."""

    def __init__(self, feed: Feed, readers: Mapping[Kind, Reread]) -> None:
        self._feed = feed
        self._readers = dict(readers)
        if missing := set(Kind) - set(self._readers):
            raise ValueError(f"nobody reads again: {', '.join(sorted(missing))}")
        self._old: dict[Kind, set[str]] = {}
        self._any = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen. On SQLite there is nobody to hear."""
        if self._feed.is_shared and not self._tasks:
            self._tasks = [
                asyncio.create_task(self._feed.follow(self.changed, self.everything), name="changes-of-others"),
                asyncio.create_task(self._read_again(), name="reading-again"),
            ]

    async def stop(self) -> None:
        """Listen no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def changed(self, kind: Kind, scope: str) -> None:
        """Note that another process changed something."""
        self._old.setdefault(kind, set()).add(scope)
        self._any.set()

    def everything(self) -> None:
        """Note that anything may have changed."""
        for kind in Kind:
            self.changed(kind, "")

    async def _read_again(self) -> None:
        while True:
            await self._any.wait()
            await asyncio.sleep(TOGETHER)
            self._any.clear()
            old, self._old = self._old, {}
            failed = False
            for kind, scopes in old.items():
                for scope in _scopes_to_read(kind, scopes):
                    try:
                        await self._readers[kind](scope)
                    except Exception as error:
                        failed = True
                        self.changed(kind, scope)
                        log.info("what another process changed could not be read yet: %s", type(error).__name__)
            if failed:
                await asyncio.sleep(AGAIN_AFTER)
