"""A door to a PostgreSQL server, on loopback, at which the network can be made to fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(eq=False)
class Door:
    """Passes bytes on; while ``is_hole``, it takes them and passes none, in both directions; ``slow`` holds each up."""

    socket: Path
    is_hole: bool = False
    is_shut: bool = False
    slow: float = 0.0
    port: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postbag@127.0.0.1:{self.port}/{name}"

    def cut(self) -> None:
        """End every connection that is open."""
        for writer in list(self.writers):
            writer.transport.abort()

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        self.writers.add(writer)
        try:
            while self.is_hole:  # noqa: ASYNC110 - looked at by several, each for itself
                await asyncio.sleep(0.05)
            if self.is_shut:
                return
            back_reader, back_writer = await asyncio.open_unix_connection(str(self.socket))
            self.writers.add(back_writer)
            try:
                await asyncio.gather(self._pass(reader, back_writer), self._pass(back_reader, writer))
            finally:
                back_writer.close()
                self.writers.discard(back_writer)
        except OSError:
            pass
        finally:
            writer.close()
            self.writers.discard(writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            while self.is_hole:  # noqa: ASYNC110 - looked at by several, each for itself
                await asyncio.sleep(0.05)
            if self.slow:
                await asyncio.sleep(self.slow)
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def door(folder: Path) -> AsyncIterator[Door]:
    opened = Door(folder / ".s.PGSQL.5432")
    server = await asyncio.start_server(opened.met, "127.0.0.1", 0)
    opened.port = server.sockets[0].getsockname()[1]
    try:
        yield opened
    finally:
        opened.is_hole = False
        server.close()
        opened.cut()
        for task in list(opened.tasks):
            task.cancel()
        with suppress(Exception):
            await asyncio.gather(*opened.tasks, return_exceptions=True)
