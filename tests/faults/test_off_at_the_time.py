"""J10, the bot was off at the time: the real app, the real alarm, real discord.py, stopped and started on one database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
from aiohttp import web

from bot.app import open_app
from bot.clock import MovableClock
from bot.config import DiscordSection, Settings
from bot.domain.identity import ChannelId, GuildId, UserId
from bot.domain.reminders import ReminderState
from bot.jobs import App
from bot.scheduling import Alarm
from tests.crash.discord_rest import GONE, OK, TOKEN, DiscordRest, Fault, World, dm_channel

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

GROUP, CHANNEL, OWNER = GuildId(51), ChannelId(501), UserId(7)
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    world = World(channels={int(CHANNEL): OK}, people={int(OWNER): OK})
    runner = web.AppRunner(DiscordRest(world).app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10")
    yield world
    await runner.cleanup()


@asynccontextmanager
async def postbag(data: Path, at: datetime, world: World) -> AsyncIterator[App]:
    """Run Postbag from a moment on, until the end of the block: as ``serve`` does, without a gateway."""
    alarm = Alarm()
    world.offset = at.timestamp() - time.time()
    settings = Settings(data=data, discord=DiscordSection(sync_commands=False))
    async with open_app(settings, clock=MovableClock(at), wake=alarm.wake) as app, app.client:
        await app.client.login(TOKEN)
        alarm.start(app)
        try:
            yield app
        finally:
            await app.services.delivery.close()
            await alarm.stop()


async def prepared(data: Path, world: World) -> None:
    """Set a group up and give it a date whose day is 5 March; then stop."""
    async with postbag(data, START, world) as app:
        person = await app.services.people.person_for(OWNER)
        changes: dict[str, Any] = {"channel_id": CHANNEL, "high_risk": False, "ladder": (0,), "monthly": False}
        await app.services.guilds.change(GROUP, person, **changes)
        await app.services.deadlines.add(GROUP, person, "Council vote", due_on=date(2026, 3, 5))


async def posted(world: World, count: int, channel: int = CHANNEL) -> list[str]:
    for _ in range(1000):
        if len(world.in_channel(channel)) >= count:
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # one too many would follow at once
    found = [message["content"] for message in world.in_channel(channel)]
    assert len(found) == count, found
    return found


async def test_stopped_before_and_started_after_it_comes_once_and_says_when_it_was_due(
    tmp_path: Path, world: World
) -> None:
    await prepared(tmp_path, world)
    async with postbag(tmp_path, DUE + timedelta(hours=3), world) as app:
        (said,) = await posted(world, 1)
        assert (await app.services.delivery.health(GROUP)).last_sweep is not None
    assert "Council vote" in said
    assert f"<t:{int(DUE.timestamp())}:" in said
    async with postbag(tmp_path, DUE + timedelta(hours=4), world):
        await asyncio.sleep(0.3)
        await posted(world, 1)


async def test_stopped_while_sending_it_is_never_there_twice(tmp_path: Path, world: World) -> None:
    await prepared(tmp_path, world)
    world.faults.append(Fault("lost"))
    async with postbag(tmp_path, DUE + timedelta(minutes=1), world):
        await posted(world, 1)  # Discord has it, Postbag does not know
    async with postbag(tmp_path, DUE + timedelta(minutes=30), world) as app:
        for _ in range(300):
            counts = (await app.services.delivery.health(GROUP)).counts
            if counts.get(ReminderState.SENT):
                break
            await asyncio.sleep(0.01)
        assert counts[ReminderState.SENT] == 1
        await posted(world, 1)


async def test_a_channel_deleted_meanwhile_is_told_once_and_the_row_stays_with_its_reason(
    tmp_path: Path, world: World
) -> None:
    await prepared(tmp_path, world)
    world.channels[int(CHANNEL)] = GONE
    for hours in (1, 5):
        async with postbag(tmp_path, DUE + timedelta(hours=hours), world) as app:
            (told,) = await posted(world, 1, dm_channel(int(OWNER)))
            health = await app.services.delivery.health(GROUP)
            (row,) = health.problems
    assert "deleted" in told
    assert (row.state, row.reason) == (
        ReminderState.UNDELIVERABLE, "the channel was deleted, or Postbag can no longer see it",
    )  # fmt: skip
