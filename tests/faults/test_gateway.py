"""discord.py's real gateway against a stand-in on this machine: dead, resumed, told that its session is invalid.

Reminders go out over REST all the while, and no group is taken to be gone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
import yarl
from aiohttp import WSMsgType, web
from discord.gateway import DiscordWebSocket

from bot.app import open_app
from bot.chat.connection import stay_connected
from bot.clock import MovableClock
from bot.config import DiscordSection, Settings
from bot.domain.identity import ChannelId, GuildId, UserId
from bot.jobs import App
from tests.crash.discord_rest import BOT_ID, OK, TOKEN, DiscordRest, World, answer

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

GROUP, CHANNEL = GuildId(51), ChannelId(501)
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dataclass
class Gateway:
    """As much of Discord's gateway as a session needs, and a way to end one badly."""

    world: World
    address: str = ""
    heard: list[str] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    refuse: int = 0
    resumable: bool = True
    close_code: int | None = None
    guilds: list[int] = field(default_factory=lambda: [int(GROUP)])
    needs: int = 1
    """How many shards Discord wants at least."""

    shards: list[tuple[int, int]] = field(default_factory=list)
    """Each shard that began a session, with the number of all."""

    async def where(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return answer({"url": self.address, "shards": self.needs, "session_start_limit": limit})

    async def connect(self, request: web.Request) -> web.StreamResponse:
        if self.refuse:
            self.refuse -= 1
            self.heard.append("refused")
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 20_000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self.hear(socket, json.loads(message.data))
        return socket

    async def hear(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        if said["op"] == 1:
            await socket.send_json({"op": 11})
        elif said["op"] == 2:
            self.heard.append("identify")
            shard = said["d"].get("shard", [0, 1])
            self.shards.append(tuple(shard))
            if self.close_code is not None or shard[1] < self.needs:
                await socket.close(code=self.close_code or 4011)
                return
            user = {"id": str(BOT_ID), "username": "p", "discriminator": "0", "avatar": None, "bot": True}
            there = [guild for guild in self.guilds if (guild >> 22) % shard[1] == shard[0]]
            ready = {
                "v": 10, "user": user, "shard": shard, "session_id": "s1",
                "guilds": [{"id": str(guild), "unavailable": True} for guild in there],
                "resume_gateway_url": self.address, "application": {"id": str(BOT_ID), "flags": 0},
            }  # fmt: skip
            await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
        elif said["op"] == 6:
            self.heard.append("resume")
            if self.resumable:
                await socket.send_json({"op": 0, "t": "RESUMED", "s": 2, "d": {}})
            else:
                await socket.send_json({"op": 9, "d": False})

    async def die(self) -> None:
        """Break the line without a word."""
        socket = self.sockets[-1]
        assert socket._req is not None
        assert socket._req.transport is not None
        socket._req.transport.abort()


@dataclass
class Scene:
    app: App
    gateway: Gateway
    world: World
    clock: MovableClock

    async def heard(self, *wanted: str) -> None:
        await until(lambda: tuple(self.gateway.heard) == wanted, lambda: f"{self.gateway.heard} is not {wanted}")

    async def posts_one(self) -> None:
        """A reminder that is due goes out, whatever the gateway does."""
        before = len(self.world.messages)
        await self.app.services.guilds.send_test(GROUP)
        report = await self.app.services.delivery.sweep()
        assert (report.sent, len(self.world.messages)) == (1, before + 1)

    async def still_here(self) -> None:
        here, away = await self.app.services.departures._store.present_and_removed()
        assert (set(here), set(away)) == ({GROUP}, set())


async def until(done: Callable[[], bool], said: Callable[[], str], seconds: float = 10) -> None:
    for _ in range(int(seconds / 0.01)):
        if done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(said())


@pytest_asyncio.fixture
async def scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    world = World(channels={int(CHANNEL): OK})
    gateway, rest = Gateway(world), DiscordRest(world)
    rest.app.router.add_get("/api/v10/gateway/bot", gateway.where)
    door = web.Application()
    door.router.add_get("/", gateway.connect)
    runners = [web.AppRunner(app, access_log=None) for app in (rest.app, door)]
    for runner in runners:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runners[0].addresses[0][1]
    gateway.address = f"ws://127.0.0.1:{runners[1].addresses[0][1]}/"
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api/v10")
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(gateway.address))
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda self: 0.02)
    clock = MovableClock(START)
    settings = Settings(data=tmp_path, discord=DiscordSection(sync_commands=False))
    async with open_app(settings, clock=clock) as app, app.client:
        app.client._connection.guild_ready_timeout = 0.05
        person = await app.services.people.person_for(UserId(7))
        await app.services.guilds.change(GROUP, person, channel_id=CHANNEL)

        async def logged_in() -> None:
            pass

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(0.02)

        gateway.refuse = getattr(request, "param", 0)
        connection = asyncio.create_task(
            stay_connected(app.client, TOKEN, say=gateway.heard.append, logged_in=logged_in, sleep=sleep)
        )
        try:
            await until(app.client.is_ready, lambda: f"not ready: {gateway.heard}, {connection}")
            yield Scene(app, gateway, world, clock)
        finally:
            await app.client.close()
            connection.cancel()
            await asyncio.gather(connection, return_exceptions=True)
            for runner in runners:
                await runner.cleanup()


async def test_a_dead_line_is_resumed_and_reminders_go_out_meanwhile(scene: Scene) -> None:
    await scene.posts_one()
    scene.gateway.refuse = 3
    await scene.gateway.die()
    await scene.posts_one()
    await until(lambda: scene.gateway.heard[-1:] == ["resume"], lambda: str(scene.gateway.heard))
    assert scene.gateway.heard[0] == "identify"
    assert scene.gateway.heard.count("identify") == 1
    await scene.posts_one()
    await scene.still_here()


async def test_asked_to_reconnect_it_resumes(scene: Scene) -> None:
    await scene.gateway.sockets[-1].send_json({"op": 7})
    await scene.heard("identify", "resume")
    await scene.posts_one()
    await scene.still_here()


async def test_an_invalid_session_is_begun_anew_and_no_group_is_taken_to_be_gone(scene: Scene) -> None:
    scene.gateway.resumable = False
    await scene.gateway.sockets[-1].send_json({"op": 7})
    await until(lambda: scene.gateway.heard == ["identify", "resume", "identify"], lambda: str(scene.gateway.heard), 20)
    await until(scene.app.client.is_ready, lambda: "not ready again")
    await scene.posts_one()
    await asyncio.sleep(0.2)
    await scene.still_here()


async def test_a_gateway_that_stays_dead_holds_up_no_reminder(scene: Scene) -> None:
    scene.gateway.refuse = 10_000
    await scene.gateway.die()
    await until(lambda: scene.gateway.heard.count("refused") >= 3, lambda: str(scene.gateway.heard))
    await scene.posts_one()
    await scene.still_here()


@pytest.mark.parametrize("scene", [2], indirect=True)
async def test_a_gateway_that_is_not_there_at_the_start_is_waited_for(scene: Scene) -> None:
    assert [line.split(".")[0] for line in scene.gateway.heard] == [
        "refused", "Discord isn't accepting connections just now", "refused", "Discord isn't accepting connections just now", "identify",
    ]  # fmt: skip
    await scene.posts_one()
