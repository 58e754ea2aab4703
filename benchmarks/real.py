"""Postbag itself as it is measured: the real app, a real SQLite file, the shipped packs.

Run as a program it gets ready without a network, says so, and idles: ``benchmarks.startup`` times that.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import open_app
from bot.chat.client import PostbagClient
from bot.config import DiscordSection, Settings


@asynccontextmanager
async def real_bot(data: Path) -> AsyncIterator[PostbagClient]:
    """Open Postbag on a data folder, not logged in."""
    settings = Settings(data=data, discord=DiscordSection(sync_commands=False))
    async with open_app(settings) as app, app.client:
        yield app.client


async def idle(data: Path) -> None:
    """Get ready as ``postbag run`` does, say so, and wait to be ended."""
    async with real_bot(data) as client:
        await client.setup_hook()
        await client.services.delivery.recover()
        print("ready", time.process_time(), flush=True)
        await asyncio.sleep(60)


if __name__ == "__main__":
    # What "postbag run" loads on its way to logging in, though it is not called here.
    import bot.chat.connection
    import bot.cli
    import bot.scheduling  # noqa: F401

    asyncio.run(idle(Path(os.environ["BENCHMARK_DATA"])))
