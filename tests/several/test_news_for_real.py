"""News of the House and of Parliament's record, raced by two whole processes: each is told once, whoever reads it and whoever dies."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import MovableClock, SystemClock, london_today
from bot.config import DatabaseSection, Settings, SourcesSection
from bot.domain.identity import ChannelId, GuildId, UserId
from bot.rehearsal.committee import PUBLICATION_ID
from bot.rehearsal.parliament import ParliamentStandIn
from tests.crash.discord_rest import OK
from tests.faults.real_run import StandIn, postbag, stand_in

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]

GROUP, CHANNEL = GuildId(8 << 22), (8 << 22) + 1
SEAT = "Quillstone"


def settings(data: Path, url: str, parliament: ParliamentStandIn) -> Settings:
    urls = parliament.urls
    sources = {name: getattr(urls, name) for name in urls.__slots__}
    return Settings(data=data, database=DatabaseSection(url=url), sources=SourcesSection(**sources))


async def set_up(chosen: Settings, clock: MovableClock) -> None:
    """Two days ago: a group follows a report, and the whole House is known."""
    async with open_app(chosen, clock=clock) as app:
        services = app.services
        person = await services.people.person_for(UserId(7))
        here = {"channel_id": ChannelId(CHANNEL), "notice_channel_id": ChannelId(CHANNEL)}
        await services.guilds.change(GROUP, person, **here, high_risk=False, risk_answered=True)
        await services.members.refresh()
        slug = await services.publications.take_up(GROUP, PUBLICATION_ID)
        await services.deadlines.following.follow(GROUP, slug, person)
        await services.publications.look()


def posts(discord: StandIn, words: str) -> list[str]:
    return [said for message in discord.world.messages if words in (said := str(message["content"]))]


async def until(true: Callable[[], bool], seconds: float = 50) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


@pytest.mark.timeout(400)
async def test_news_is_told_once_by_two_whole_processes_and_by_the_one_that_takes_over(
    tmp_path: Path, postgresql_url: str
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    clock = MovableClock(datetime.now(UTC) - timedelta(days=2))
    async with ParliamentStandIn(SystemClock(), start=london_today(clock)) as parliament, stand_in() as discord:
        await set_up(settings(first, postgresql_url, parliament), clock)
        second.mkdir()
        shutil.copy(first / "postbag.key", second / "postbag.key")
        parliament.house.seat(SEAT).member = None
        parliament.committee.answer(london_today(clock) + timedelta(days=1))
        discord.gateway.guilds = [int(GROUP)]
        discord.world.channels = {CHANNEL: OK}
        sources = {
            f"POSTBAG_SOURCES__{name.upper()}": getattr(parliament.urls, name) for name in parliament.urls.__slots__
        }
        more = {"POSTBAG_DATABASE__URL": postgresql_url, "JOBS_AFTER": "2", **sources}
        one = postbag("run", discord=discord, data=first, **more)
        other = postbag("run", discord=discord, data=second, **more)
        async with one as left, other as right:
            await asyncio.gather(left.hears("is on Discord"), right.hears("is on Discord"))
            try:
                await until(lambda: bool(posts(discord, SEAT) and posts(discord, "The Government has answered")))
            except TimeoutError:
                pytest.fail(f"told: {discord.world.messages}; said: {left.said} {right.said}")
            leads, waits = (left, right) if any("does what one does" in line for line in left.said) else (right, left)
            leads.process.send_signal(signal.SIGTERM)
            assert await leads.ended() == 0
            await waits.hears("does what one does for all")
            await asyncio.sleep(8)  # some seconds after it took over it looks for itself
            waits.process.send_signal(signal.SIGTERM)
            assert await waits.ended() == 0
        assert len(posts(discord, SEAT)) == 1
        assert len(posts(discord, "The Government has answered")) == 1
    assert not [line for process in (left, right) for line in process.said if "Traceback" in line]
