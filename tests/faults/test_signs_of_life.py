"""The real command, watched from outside: answers on this computer, an address that is called, a log for programs."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot import signs_of_life
from bot.config import load_settings
from bot.domain.errors import Refused, Unavailable
from bot.services.ports.deliveries import ReminderHealth
from bot.signs_of_life import Place, SignsOfLife
from tests.faults.real_run import ROOT, StandIn, postbag, stand_in

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with stand_in() as made:
        yield made


async def free_port() -> int:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


@dataclass
class Heard:
    """A service that waits for calls."""

    address: str = ""
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    status: int = 200

    async def calls(self, count: int) -> None:
        for _ in range(1200):
            if len(self.requests) >= count:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{len(self.requests)} calls, not {count}")

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.path_qs, await request.read()))
        headers = {"Location": self.address + "/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, headers=headers)


@pytest_asyncio.fixture
async def heard() -> AsyncIterator[Heard]:
    heard = Heard()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", heard.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heard.address = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/0c7e"
    yield heard
    await runner.cleanup()


async def get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as reply:
        return reply.status, await reply.text()


async def until_ready(port: int) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                if (await get(port, "/readyz"))[0] == 200:
                    return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def test_it_answers_says_when_it_is_not_ready_and_counts_without_an_id(
    discord: StandIn, heard: Heard, tmp_path: Path
) -> None:
    port = await free_port()
    life = {"POSTBAG_LIFE__LISTEN": f"127.0.0.1:{port}", "POSTBAG_LIFE__HEARTBEAT": heard.address}
    async with postbag("run", discord=discord, data=tmp_path / "data", **life) as running:
        await until_ready(port)
        assert await get(port, "/livez") == (200, "alive")
        status, told = await get(port, "/metrics")
        assert status == 200
        values = dict(line.split() for line in told.splitlines() if not line.startswith("#"))
        assert values["postbag_discord_connected"] == "1"
        assert values["postbag_database_up"] == "1"
        assert {"postbag_sent_total", "postbag_late_total", "postbag_refused_total", "postbag_taken_over_total"} <= set(
            values
        )
        assert "postbag_loop_lag_seconds" in values
        assert not any(len(word) > 14 and word.isdigit() for word in told.split())
        assert (await get(port, "/"))[0] == 404
        await heard.calls(1)
        assert heard.requests[0] == ("GET", "/ping/0c7e", b"")
        running.process.terminate()
        assert await running.ended() == 0, running.said


async def test_without_discord_it_lives_is_not_ready_and_calls_nobody(
    discord: StandIn, heard: Heard, tmp_path: Path
) -> None:
    discord.rest = "http://127.0.0.1:9/api/v10"
    port = await free_port()
    life = {"POSTBAG_LIFE__LISTEN": f"127.0.0.1:{port}", "POSTBAG_LIFE__HEARTBEAT": heard.address}
    async with postbag("run", discord=discord, data=tmp_path / "data", **life) as running:
        await running.hears("Postbag can't connect to Discord just now")
        assert (await get(port, "/livez"))[0] == 200
        status, said = await get(port, "/readyz")
        assert status == 503
        assert "not connected to Discord" in said
        await asyncio.sleep(6)
        assert heard.requests == []


class Told:
    """What the signs are read from, as a test says."""

    def __init__(self) -> None:
        self.on_discord = True
        self.since_sweep = 1.0
        self.totals = {"sent": 3}

    async def health(self) -> ReminderHealth:
        raise Unavailable("The database server isn't answering just now.")


async def test_it_calls_only_after_a_fresh_sweep_follows_no_redirect_and_says_a_failure_once(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(signs_of_life, "CALL_EVERY", 0.05)
    told = Told()
    told.since_sweep = 400.0
    signs = SignsOfLife(told, listen=None, heartbeat=heard.address)
    await signs.start()
    await asyncio.sleep(0.4)
    assert heard.requests == []
    told.since_sweep, heard.status = 0.0, 302
    await heard.calls(3)
    await signs.stop()
    assert {path for _, path, _ in heard.requests} == {"/ping/0c7e"}
    assert len([r for r in caplog.records if "heartbeat" in r.getMessage()]) == 1
    assert heard.address not in caplog.text


async def test_a_port_that_is_taken_is_said(heard: Heard) -> None:
    port = int(heard.address.split(":")[2].split("/")[0])
    signs = SignsOfLife(Told(), listen=Place("127.0.0.1", port), heartbeat="")
    with pytest.raises(Refused, match=r"Postbag can't listen.*") as told:
        await signs.start()
    assert "life.listen" in told.value.next_step
    await signs.stop()


@pytest.mark.parametrize(
    "listen", ["0.0.0.0:9630", ":9630", "9630", "192.168.1.2:80", "localhost", "127.0.0.1:0", "[::]:9630"]
)
async def test_it_listens_on_this_computer_alone(monkeypatch: pytest.MonkeyPatch, listen: str) -> None:
    monkeypatch.setenv("POSTBAG_LIFE__LISTEN", listen)
    with pytest.raises(Refused, match=r"life\.listen"):
        load_settings()


@pytest.mark.parametrize("address", ["http://hc.example/x", "https://u:p@hc.example", "ftp://hc.example", "hc.example"])
async def test_the_address_that_is_called_is_https(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("POSTBAG_LIFE__HEARTBEAT", address)
    with pytest.raises(Refused, match=r"life\.heartbeat"):
        load_settings()


async def test_the_log_for_programs_is_one_object_a_line_and_a_part_has_its_own_level() -> None:
    stream = io.StringIO()
    code = (
        "import logging, sys; from bot import logs\n"
        "logs.install('warning', stream=sys.stdout, objects=True, levels={'bot.services.publications': 'debug'})\n"
        "logging.getLogger('bot.services.publications').debug('looked at %d parts, \\u201cquoted\\u201d', 3)\n"
        "logging.getLogger('bot.scheduling').info('left out')\n"
        "try: int('12345678901234567 secret')\n"
        "except ValueError: logging.getLogger('bot.scheduling').exception('a sweep failed')"
    )
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    stream.write((await done.communicate())[0].decode())
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["level"], first["part"]) == ("DEBUG", "bot.services.publications")
    assert first["words"].startswith("looked at 3 parts")
    assert set(first) == {"time", "level", "part", "words"}
    assert second["level"] == "ERROR"
    assert "ValueError" in second["words"]
    assert "secret" not in stream.getvalue()


@pytest.mark.parametrize("token", ["", "a.b.c"])
async def test_a_run_whose_log_is_for_programs_says_nothing_else(discord: StandIn, tmp_path: Path, token: str) -> None:
    """What it tells people, the last word included."""
    settings = {"POSTBAG_LOG__FORMAT": "json"} | ({"DISCORD_TOKEN": token} if token else {})
    async with postbag("run", discord=discord, data=tmp_path / "data", **settings) as running:
        if not token:
            await running.hears("is on Discord")
            running.process.terminate()
        assert await running.ended() == (2 if token else 0)
    lines = [json.loads(line) for line in running.said]
    assert all(set(line) == {"time", "level", "part", "words"} for line in lines)
    last = "didn't accept the token" if token else "Stopping"
    assert any(last in line["words"] for line in lines), lines


@pytest.mark.parametrize("part", ["discord", "root", "bot..x", "../x", ""])
async def test_a_level_is_for_a_part_of_postbag(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setenv("POSTBAG_LOG__LEVELS", json.dumps({part: "debug"}))
    with pytest.raises(Refused):
        load_settings()
