"""The real command under something that starts it again: what it tells systemd, and when it ends itself."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from bot.watchdog import STUCK
from tests.faults.real_run import StandIn, postbag, stand_in

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with stand_in() as made:
        yield made


@contextmanager
def systemd(folder: Path) -> Iterator[tuple[str, socket.socket]]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(folder / "notify"))
        heard.setblocking(False)
        yield str(folder / "notify"), heard


async def told(heard: socket.socket, words: str) -> str:
    """Wait until systemd is told something."""
    async with asyncio.timeout(90):
        while True:
            message = (await asyncio.get_running_loop().sock_recv(heard, 1000)).decode()
            if words in message:
                return message


async def test_systemd_hears_when_it_is_ready_that_it_lives_and_that_it_stops(discord: StandIn, tmp_path: Path) -> None:
    with systemd(tmp_path) as (address, heard):
        async with postbag("run", discord=discord, data=tmp_path / "data", NOTIFY_SOCKET=address) as running:
            assert "is on Discord" in await told(heard, "READY=1")
            await told(heard, "WATCHDOG=1")
            running.process.terminate()
            await told(heard, "STOPPING=1")
            assert await running.ended() == 0, running.said


async def test_discord_being_away_is_a_start_that_went_well_and_waits(discord: StandIn, tmp_path: Path) -> None:
    discord.rest = "http://127.0.0.1:9/api/v10"
    with systemd(tmp_path) as (address, heard):
        async with postbag("run", discord=discord, data=tmp_path / "data", NOTIFY_SOCKET=address) as running:
            assert "Discord is not there just now" in await told(heard, "READY=1")
            await told(heard, "WATCHDOG=1")
            running.process.terminate()
            assert await running.ended() == 0, running.said


async def test_tables_are_changed_in_their_own_time_and_then_a_held_loop_ends_it(
    discord: StandIn, tmp_path: Path
) -> None:
    """The start holds the loop for longer than the watchdog allows; so does a stop of the process. Only the last is a hang."""
    data = tmp_path / "data"
    watch = {"WATCH": "2", "SLOW_START": "5", "POSTBAG_SUPERVISOR__RESTARTS": "true"}
    async with postbag("run", discord=discord, data=data, **watch) as running:
        await running.hears("is on Discord")
        running.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(5)
        running.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(1)
        assert running.process.returncode is None, running.said
        running.process.send_signal(signal.SIGUSR1)
        assert await running.ended() == STUCK, running.said
        assert "bot/cli.py" in await running.hears("the event loop has been held")
    async with postbag("run", discord=discord, data=data) as again:
        await again.hears("is on Discord")
        again.process.terminate()
        assert await again.ended() == 0, again.said
