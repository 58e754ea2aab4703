"""A process of its own that completes the stand-in's pack, to be killed at any moment: completing.py FOLDER ADDRESS."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.app import open_app
from bot.clock import MovableClock
from bot.config import Settings
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http
from tests.services.test_completions import START, stand_in_pack


async def work(folder: Path, address: str) -> None:
    clock = MovableClock(START)
    async with (
        Http((address,), timeout_seconds=60) as http,
        open_app(Settings(data=folder), clock=clock, reports=[stand_in_pack(clock)]) as app,
    ):
        service = app.services.completions
        service._source = CommitteesApi(http, address, clock, pause_seconds=0)
        run = await service.run("lamps-pack")
        print("done", len(run.done), flush=True)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2]))
