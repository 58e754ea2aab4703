"""Postbag as ``postbag run`` starts it, up to the moment at which it would log in: ``benchmarks.startup`` times this program."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from pathlib import Path

from bot.__main__ import START


async def idle(data: Path) -> None:
    """Get ready, say so, and wait to be ended."""
    from benchmarks.real import real_bot
    from bot.serving import settle

    async with real_bot(data) as client:
        await client.setup_hook()
        await client.services.delivery.recover()
        print("ready", time.process_time(), flush=True)
        settle()
        await asyncio.sleep(60)


def main() -> None:
    """Do what ``bot.__main__`` does first, and load all that is loaded on the way to logging in."""
    gc.set_threshold(*START)
    from storage.without_orm import spare_orm

    spare_orm()
    import bot.chat.connection
    import bot.cli
    import bot.scheduling  # noqa: F401

    asyncio.run(idle(Path(os.environ["BENCHMARK_DATA"])))


if __name__ == "__main__":
    main()
