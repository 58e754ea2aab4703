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
from tests.faults.real_run import ROOT, StandIn, postbag, stand_in

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
            assert "Postbag can't connect to Discord just now" in await told(heard, "READY=1")
            await told(heard, "WATCHDOG=1")
            running.process.terminate()
            assert await running.ended() == 0, running.said


def unit() -> dict[str, str]:
    lines = (ROOT / "deploy" / "postbag.service").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


FOR_GOOD = int(unit()["RestartPreventExitStatus"])


async def test_a_wrong_token_is_not_tried_again(discord: StandIn, tmp_path: Path) -> None:
    async with postbag("run", discord=discord, data=tmp_path / "data", DISCORD_TOKEN="a.b.c") as running:
        assert await running.ended() == FOR_GOOD
        await running.hears("didn't accept the token")


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
async def test_what_discord_refuses_for_good_is_said_in_a_line_and_not_tried_again(
    discord: StandIn, tmp_path: Path, code: int
) -> None:
    discord.gateway.close_code = code
    async with postbag("run", discord=discord, data=tmp_path / "data") as running:
        assert await running.ended() == FOR_GOOD, running.said
        said = [line for line in running.said if line.startswith("postbag: ")]
        assert len(said) == 1
        assert "Traceback" not in "\n".join(running.said)


async def test_wrong_settings_a_lost_key_and_a_damaged_database_are_not_tried_again(
    discord: StandIn, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    async with postbag("run", discord=discord, data=data, POSTBAG_LOG__LEVEL="loud") as running:
        assert await running.ended() == FOR_GOOD
    async with postbag("database", "upgrade", discord=discord, data=data) as running:
        assert await running.ended() == 0, running.said
    async with postbag("members", "refresh", discord=discord, data=data) as running:  # makes the key; has no network
        assert await running.ended() == 75, running.said
    (data / "postbag.key").rename(data / "elsewhere")
    async with postbag("run", discord=discord, data=data) as running:
        assert await running.ended() == FOR_GOOD
        await running.hears("This database's key is missing")
    (data / "elsewhere").rename(data / "postbag.key")
    damage(data / "postbag.sqlite3")
    async with postbag("run", discord=discord, data=data) as running:
        assert await running.ended() == FOR_GOOD, running.said
        await running.hears("damaged")


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(content)


async def test_another_postbag_on_the_database_may_be_gone_at_the_next_try(discord: StandIn, tmp_path: Path) -> None:
    async with postbag("run", discord=discord, data=tmp_path / "data") as first:
        await first.hears("is on Discord")
        async with postbag("run", discord=discord, data=tmp_path / "data") as second:
            assert await second.ended() == 75
            await second.hears("Another Postbag is using this database")


@pytest.mark.parametrize("supervised", ["true", "false"])
async def test_a_database_server_that_is_away_is_waited_for_where_postbag_is_started_again_anyway(
    discord: StandIn, tmp_path: Path, supervised: str
) -> None:
    away = {"POSTBAG_DATABASE__URL": "postgresql+asyncpg://nobody@127.0.0.1:9/none"}
    data = tmp_path / "data"
    async with postbag("run", discord=discord, data=data, POSTBAG_SUPERVISOR__RESTARTS=supervised, **away) as running:
        if supervised == "false":
            assert await running.ended() == 75
        else:
            await running.hears("Trying again in 10 seconds")
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
