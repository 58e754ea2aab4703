"""At Discord's door: what fails is said and tried again with a connection of its own, and a wrong token is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web

from bot.app import open_app
from bot.chat.client import PostbagClient
from bot.chat.connection import FIRST_WAIT, stay_connected
from bot.clock import MovableClock
from bot.config import Settings
from bot.domain.errors import Refused

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.loopback
@pytest.mark.asyncio
async def test_discord_down_at_the_start_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{unused_tcp_port}/api/v10")
    said: list[str] = []
    waited: list[float] = []
    runner: web.AppRunner | None = None

    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)

    async def sleep(seconds: float) -> None:
        nonlocal runner
        waited.append(seconds)
        if len(waited) == 3:
            app = web.Application()
            app.router.add_route("*", "/{rest:.*}", refuse)
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()

    async def never() -> None:
        raise AssertionError("nobody logged in")

    async with open_app(Settings(data=tmp_path), clock=MovableClock(START)) as app, app.client:
        try:
            with pytest.raises(Refused, match="didn't accept the token") as refused:
                await stay_connected(app.client, "a.wrong.token", say=said.append, logged_in=never, sleep=sleep)
        finally:
            if runner is not None:
                await runner.cleanup()
    assert waited == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert all("can't be reached" in line for line in said)
    assert "a.wrong.token" not in str(refused.value)


@pytest.mark.asyncio
async def test_a_login_repeated_adds_nothing_twice_and_commands_are_sent_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(Settings(data=tmp_path), clock=MovableClock(START)) as app, app.client:
        client: Any = app.client
        sent: list[str] = []

        class Answer:
            status = 503
            reason = "Service Unavailable"

        async def sync_commands(self: PostbagClient) -> bool:
            sent.append("tried")
            if len(sent) == 1:
                raise discord.HTTPException(Answer(), "down")  # type: ignore[arg-type]
            return True

        monkeypatch.setattr(PostbagClient, "sync_commands", sync_commands)
        await client.setup_hook()
        cogs = dict(client.cogs)
        await client.setup_hook()
        assert dict(client.cogs) == cogs
        await client.on_ready()
        await client.on_ready()
        assert sent == ["tried", "tried"]
