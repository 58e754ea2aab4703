"""Real processes on one PostgreSQL, each with its shard: one of them does the daily work, and another when it has gone."""

from __future__ import annotations

import asyncio
import shutil
import signal
from pathlib import Path

import pytest

from bot.app import open_app
from bot.config import DatabaseSection, Settings
from bot.domain.identity import ChannelId, GuildId, UserId
from bot.domain.processes import LiveProcess
from storage.database import open_database
from storage.processes import Processes
from tests.crash.discord_rest import OK
from tests.faults.real_run import Running, postbag, stand_in

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]

GROUPS = [GuildId(8 << 22), GuildId(9 << 22)]
"""A server on each of two shards."""


async def live(url: str) -> tuple[LiveProcess, ...]:
    async with open_database(url, look_only=True) as database:
        return await Processes(database, "").live()


async def ends(process: Running) -> int:
    process.process.send_signal(signal.SIGTERM)
    return await process.ended()


@pytest.mark.timeout(300)
async def test_two_processes_carry_a_shard_each_and_one_takes_over_what_the_other_did_for_all(
    tmp_path: Path, postgresql_url: str
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with open_app(Settings(data=first, database=DatabaseSection(url=postgresql_url))) as app:
        person = await app.services.people.person_for(UserId(7))
        for group in GROUPS:
            await app.services.guilds.change(
                group, person, channel_id=ChannelId(group + 1), notice_channel_id=ChannelId(group + 1)
            )
    second.mkdir()
    shutil.copy(first / "postbag.key", second / "postbag.key")
    async with stand_in() as discord:
        discord.gateway.guilds = [int(group) for group in GROUPS]
        discord.world.channels = {int(group) + 1: OK for group in GROUPS}
        one = postbag(
            "run",
            "--shard-count",
            "2",
            "--shards",
            "0",
            discord=discord,
            data=first,
            POSTBAG_DATABASE__URL=postgresql_url,
        )
        other = postbag(
            "run",
            "--shard-count",
            "2",
            "--shards",
            "1",
            discord=discord,
            data=second,
            POSTBAG_DATABASE__URL=postgresql_url,
        )
        async with one as left, other as right:
            await asyncio.gather(left.hears("is on Discord"), right.hears("is on Discord"))
            there = await live(postgresql_url)
            assert sorted(process.shards for process in there) == ["0 of 2", "1 of 2"]
            (leads,) = [process.shards for process in there if process.leads]
            async with asyncio.timeout(60):
                while len(discord.gateway.shards) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            async with open_app(Settings(data=first, database=DatabaseSection(url=postgresql_url))) as app:
                for group in GROUPS:
                    await app.services.notices.tell(
                        group, "members-changed", {"day": "1 March 2027", "lines": ["Tarning is vacant."]}
                    )
                assert (await app.services.departures._store.present_and_removed())[1] == frozenset(), (
                    "no group was taken to be gone"
                )
            async with asyncio.timeout(120):
                while len(discord.world.messages) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            gone, stays = (left, right) if leads == "0 of 2" else (right, left)
            assert await ends(gone) == 0
            await stays.hears("does what one does for all")
            (still,) = await live(postgresql_url)
            assert still.leads
            assert await ends(stays) == 0
        assert await live(postgresql_url) == ()
        assert sorted(int(message["channel_id"]) for message in discord.world.messages) == [
            group + 1 for group in GROUPS
        ]
    assert not [line for process in (left, right) for line in process.said if "Traceback" in line]
