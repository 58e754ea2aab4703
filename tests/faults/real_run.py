"""The real ``postbag`` command whose Discord is the stand-in on this machine; and a way to start it and speak to it.

As a program it takes what ``postbag`` takes. ``STAND_IN`` names the REST interface and the gateway, ``SLOW_START`` seconds for
which the change of the tables holds the loop, ``WATCH`` the watchdog's times, ``JOBS_AFTER`` seconds after which the daily jobs first
run; SIGUSR1 holds the loop for a minute.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.crash.discord_rest import TOKEN, DiscordRest, World
from tests.faults.test_gateway import Gateway

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class StandIn:
    """Discord on this machine: REST and gateway."""

    world: World
    gateway: Gateway
    rest: str
    runners: list[web.AppRunner] = field(default_factory=list)


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    world = World()
    gateway, rest = Gateway(world), DiscordRest(world)
    rest.app.router.add_get("/api/v10/gateway/bot", gateway.where)
    door = web.Application()
    door.router.add_get("/", gateway.connect)
    runners = [web.AppRunner(app, access_log=None) for app in (rest.app, door)]
    for runner in runners:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway.address = f"ws://127.0.0.1:{runners[1].addresses[0][1]}/"
    try:
        yield StandIn(world, gateway, f"http://127.0.0.1:{runners[0].addresses[0][1]}/api/v10", runners)
    finally:
        for runner in runners:
            await runner.cleanup()


@dataclass
class Running:
    """A process that was started, and what it said."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)
    readers: list[asyncio.Task[None]] = field(default_factory=list)

    async def hears(self, words: str, seconds: float = 90) -> str:
        """Wait until a line holds these words."""
        async with asyncio.timeout(seconds):
            while True:
                for line in self.said:
                    if words in line:
                        return line
                if self.process.returncode is not None:
                    raise AssertionError(f"it ended ({self.process.returncode}) and never said {words!r}: {self.said}")
                await asyncio.sleep(0.05)

    async def ended(self, seconds: float = 90) -> int:
        async with asyncio.timeout(seconds):
            code = await self.process.wait()
            await asyncio.gather(*self.readers)
        return code

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.said.append(line.decode().rstrip())


@asynccontextmanager
async def postbag(*words: str, discord: StandIn, data: Path, **environment: str) -> AsyncIterator[Running]:
    """Start ``postbag`` with these words; kill it at the end where it still runs."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("POSTBAG_")}
    env |= {"STAND_IN": f"{discord.rest} {discord.gateway.address}", "POSTBAG_DATA": str(data), "COLUMNS": "200"}
    env |= {f"POSTBAG_SOURCES__{name}": "http://127.0.0.1:9" for name in SOURCES}
    env |= {"DISCORD_TOKEN": TOKEN, "POSTBAG_DISCORD__SYNC_COMMANDS": "false", **environment}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.real_run", *words,
        cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    running = Running(process)
    assert process.stdout is not None
    assert process.stderr is not None
    running.readers = [asyncio.create_task(running._read(stream)) for stream in (process.stdout, process.stderr)]
    try:
        yield running
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        await running.ended()


SOURCES = (
    "MEMBERS_API", "COMMITTEES_API", "POSTCODES", "BANK_HOLIDAYS", "QUESTIONS_API", "MOTIONS_API", "HANSARD_API", "WHATS_ON_API",
)  # fmt: skip


def hold(*_: Any) -> None:
    time.sleep(60)


def main() -> None:
    import discord
    import yarl
    from discord.gateway import DiscordWebSocket

    import storage.migrations
    from bot import scheduling, watchdog
    from bot.cli import main as run

    rest, _, gateway = os.environ["STAND_IN"].partition(" ")
    discord.http.Route.BASE = rest
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    signal.signal(signal.SIGUSR1, hold)
    if os.environ.get("WATCH"):
        watchdog.LOOK_EVERY = 0.1
        watchdog.Watchdog.__init__.__kwdefaults__["held_for"] = float(os.environ["WATCH"])
    if os.environ.get("JOBS_AFTER"):
        scheduling.FIRST_AFTER.update(dict.fromkeys(("recompute", "refresh"), float(os.environ["JOBS_AFTER"])))
    if os.environ.get("SLOW_START"):
        upgrade = storage.migrations.upgrade

        async def slowly(database: Any) -> None:
            time.sleep(float(os.environ["SLOW_START"]))  # noqa: ASYNC251 - this is the point
            await upgrade(database)

        storage.migrations.upgrade = slowly
    run()


if __name__ == "__main__":
    main()
