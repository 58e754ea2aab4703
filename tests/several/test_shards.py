"""Several connections to Discord: each process believes its own shards alone, and what one process does at a time is done once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
import yarl
from discord.gateway import DiscordWebSocket

from bot.app import App, open_app
from bot.chat.cards.health import _machine
from bot.chat.connection import ShardsNeeded, stay_connected
from bot.chat.shards import ranges, shard_of
from bot.config import DatabaseSection, DiscordSection, Settings, load_settings, with_shards
from bot.domain.errors import Refused
from bot.domain.identity import ChannelId, GuildId, UserId
from bot.domain.processes import LiveProcess
from bot.services.ports.installation import MachineHealth
from bot.serving import serve
from tests.builders import NOW
from tests.crash.discord_rest import TOKEN
from tests.faults.real_run import StandIn, stand_in

pytestmark = [pytest.mark.asyncio, pytest.mark.loopback]

GROUPS = [GuildId((shard + 8) << 22) for shard in range(4)]
"""A server on each of four shards."""


@pytest_asyncio.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    async with stand_in() as here:
        here.gateway.guilds = [int(group) for group in GROUPS]
        monkeypatch.setattr(discord.http.Route, "BASE", here.rest)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(here.gateway.address))
        monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda self: 0.02)
        monkeypatch.setattr("bot.chat.client.PostbagClient.before_identify_hook", _at_once)
        yield here


async def _at_once(self: Any, shard_id: int | None, *, initial: bool = False) -> None:
    return None


def settings(folder: Path, shard_count: int | None = None, shards: str = "", url: str = "") -> Settings:
    section = DiscordSection(sync_commands=False, shard_count=shard_count, shards=shards)
    return Settings(data=folder, discord=section, database=DatabaseSection(url=url))


@asynccontextmanager
async def connected(chosen: Settings) -> AsyncIterator[App]:
    async with open_app(chosen) as app, app.client:
        app.client._connection.guild_ready_timeout = 0.05
        person = await app.services.people.person_for(UserId(7))
        for group in GROUPS:
            await app.services.guilds.change(group, person, channel_id=ChannelId(group + 1))
        async with on_discord(app):
            yield app


@asynccontextmanager
async def on_discord(app: App) -> AsyncIterator[None]:
    said: list[str] = []

    async def logged_in() -> None:
        return None

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0.02)

    connection = asyncio.create_task(
        stay_connected(app.client, TOKEN, say=said.append, logged_in=logged_in, sleep=sleep)
    )
    try:
        await until(lambda: app.client.is_ready() or connection.done())
        if connection.done():
            connection.result()
        yield
    finally:
        await app.client.close()
        connection.cancel()
        await asyncio.gather(connection, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(0.01)


async def away(app: App) -> set[int]:
    return set((await app.services.departures._store.present_and_removed())[1])


async def test_a_process_carries_its_shards_and_takes_no_other_server_to_be_gone(
    world: StandIn, tmp_path: Path
) -> None:
    async with connected(settings(tmp_path, 4, "1,3")) as app:
        assert sorted(world.gateway.shards) == [(1, 4), (3, 4)]
        assert {guild.id for guild in app.client.guilds} == {GROUPS[1], GROUPS[3]}
        assert [app.client.carries(group) for group in GROUPS] == [False, True, False, True]
        await asyncio.sleep(0.2)
        assert await away(app) == set()
        assert app.services.processes.shards == "1, 3 of 4"


async def test_a_server_that_left_while_a_shard_was_off_is_gone_from_that_shard_alone(
    world: StandIn, tmp_path: Path
) -> None:
    world.gateway.guilds = [int(GROUPS[0]), int(GROUPS[3])]
    async with connected(settings(tmp_path, 4, "0-1")) as app:
        await until(lambda: not app.client.is_closed())
        async with asyncio.timeout(60):
            while await away(app) != {GROUPS[1]}:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        assert await away(app) == {GROUPS[1]}, "the servers of shards 2 and 3 are seen elsewhere"


async def test_a_new_session_of_one_shard_forgets_the_server_that_is_gone_and_no_other(
    world: StandIn, tmp_path: Path
) -> None:
    async with connected(settings(tmp_path, 2)) as app:
        assert {guild.id for guild in app.client.guilds} == set(GROUPS)
        world.gateway.guilds.remove(int(GROUPS[2]))
        world.gateway.resumable = False
        for socket in world.gateway.sockets:
            await socket.send_json({"op": 7})
        await until(lambda: len(world.gateway.shards) >= 4)
        await until(lambda: {guild.id for guild in app.client.guilds} == {GROUPS[0], GROUPS[1], GROUPS[3]})
        async with asyncio.timeout(60):
            while await away(app) != {GROUPS[2]}:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_a_shard_goes_on_with_its_session_after_a_gateway_that_took_nothing(
    world: StandIn, tmp_path: Path
) -> None:
    async with connected(settings(tmp_path, 2, "0")):
        world.gateway.refuse = 3
        await world.gateway.die()
        await until(lambda: world.gateway.heard[-1:] == ["resume"])
        assert world.gateway.heard.count("identify") == 1


async def test_a_gateway_that_is_not_there_at_first_is_waited_for_by_each_shard(world: StandIn, tmp_path: Path) -> None:
    world.gateway.refuse = 2
    async with connected(settings(tmp_path, 2)) as app:
        assert world.gateway.heard.count("refused") == 2
        assert app.client.is_ready()


async def test_discord_asking_for_shards_is_followed_where_none_are_set_and_said_where_too_few_are(
    world: StandIn, tmp_path: Path
) -> None:
    world.gateway.needs = 3
    with pytest.raises(ShardsNeeded) as needed:
        async with connected(settings(tmp_path / "one")):
            pass
    assert needed.value.count == 3
    with pytest.raises(Refused, match="more shards") as said:
        async with connected(settings(tmp_path / "two", 2)):
            pass
    assert "shard_count" in said.value.next_step
    async with connected(with_shards(settings(tmp_path / "three"), needed.value.count, "")) as app:
        assert len(app.client.guilds) == 4


WORDS = {
    4004: "no longer accepts the token",
    4010: "no shard with that number",
    4011: "shared among more shards",
    4012: "version of its protocol",
    4013: "an intent does not exist",
    4014: "intent",
}


@pytest.mark.parametrize("count", [None, 1, 2])
@pytest.mark.parametrize("code", WORDS)
async def test_what_ends_it_for_good_is_one_line_however_many_shards(
    world: StandIn, tmp_path: Path, code: int, count: int | None
) -> None:
    world.gateway.close_code = code
    if code == 4011 and count is None:
        return  # as many are opened as Discord asks for
    with pytest.raises(Refused) as said:
        async with connected(settings(tmp_path, count)):
            pass
    assert WORDS[code] in said.value.message or (code == 4014 and "refused the connection" in said.value.message)
    assert "\n" not in said.value.message + said.value.next_step
    assert said.value.next_step


async def test_one_shard_that_is_asked_for_is_one_and_carries_everything(world: StandIn, tmp_path: Path) -> None:
    async with connected(settings(tmp_path, 1, "0")) as app:
        assert world.gateway.shards == [(0, 1)]
        assert {guild.id for guild in app.client.guilds} == set(GROUPS)
        assert all(app.client.carries(group) for group in GROUPS)
        assert app.services.processes.shards == ""
    world.gateway.needs = 2
    with pytest.raises(Refused, match="more shards"):
        async with connected(settings(tmp_path / "again", 1)):
            pass


@pytest.mark.postgres
async def test_two_processes_send_the_commands_once_and_tell_who_carries_what(
    world: StandIn, tmp_path: Path, postgresql_url: str
) -> None:
    sent: list[str] = []

    async def sync(**_: Any) -> list[Any]:
        sent.append("commands")
        await asyncio.sleep(0.5)
        return []

    first = settings(tmp_path / "first", 2, "0", postgresql_url)
    second = settings(tmp_path / "second", 2, "1", postgresql_url)
    async with open_app(first) as one:
        second.data.mkdir()
        shutil.copy(first.key_file, second.key_file)
        async with open_app(second) as other:
            for app in (one, other):
                app.client._connection.application_id = 1
                app.client.tree.sync = sync  # type: ignore[assignment, method-assign]
                await app.services.processes.start()
            done = await asyncio.gather(one.client.sync_commands(), other.client.sync_commands())
            assert sorted(done) == [False, True]
            assert sent == ["commands"]
            live = await one.services.processes.live()
            assert [(p.shards, p.leads, p.is_this) for p in live] == [
                ("0 of 2", True, True), ("1 of 2", False, False),
            ]  # fmt: skip
            for app in (one, other):
                await app.services.processes.stop()


async def test_shards_are_said_as_people_write_them_and_wrong_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ranges([0, 1, 2, 5, 7, 8]) == "0–2, 5, 7–8"
    assert [shard_of(group, 4) for group in GROUPS] == [0, 1, 2, 3]
    assert settings(tmp_path, 8, "0-2, 5").discord.shard_ids == (0, 1, 2, 5)
    monkeypatch.chdir(tmp_path)
    for count, shards in ((2, "2"), (None, "0"), (2, "a"), (0, "")):
        with pytest.raises(Refused):
            with_shards(load_settings(), count, shards)
    monkeypatch.setenv("POSTBAG_DISCORD__SHARD_COUNT", "4")
    monkeypatch.setenv("POSTBAG_DISCORD__SHARDS", "1-2")
    assert load_settings().discord.shard_ids == (1, 2)
    assert with_shards(load_settings(), None, "3").discord.shard_ids == (3,)


async def test_health_lists_the_processes_with_their_shards() -> None:
    one = LiveProcess(NOW, NOW, "1.0", "0–1 of 4", leads=True, is_this=False, counted_at=NOW)
    other = LiveProcess(NOW, NOW, "1.0", "", leads=False, is_this=True, counted_at=NOW)
    lines = _machine(MachineHealth("PostgreSQL", 1, (), 1, None, processes=(one, other)))
    assert "Postbag processes: 2" in lines
    assert any("shards 0–1 of 4, does the daily work" in line for line in lines)
    assert any("all servers, answers you now" in line for line in lines)
    assert not any("Processes" in line for line in _machine(MachineHealth("SQLite", 1, (), 1, None)))


async def test_a_process_that_counts_its_shards_itself_follows_discord_each_time(
    world: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()

    async def told_to_stop() -> None:
        await stop.wait()

    monkeypatch.setattr("bot.serving._told_to_stop", told_to_stop)
    monkeypatch.setattr("bot.serving.settle", lambda: None)
    said: list[str] = []
    world.gateway.needs = 3
    running = asyncio.create_task(serve(settings(tmp_path), TOKEN, say=said.append))
    try:
        await until(lambda: running.done() or (2, 3) in world.gateway.shards)
        world.gateway.needs = 6
        world.gateway.resumable = False
        await asyncio.gather(*(socket.send_json({"op": 7}) for socket in world.gateway.sockets if not socket.closed))
        await until(lambda: running.done() or (5, 6) in world.gateway.shards)
        assert not running.done()
    finally:
        stop.set()
        await asyncio.gather(running, return_exceptions=True)
    assert running.result() == 0
    assert [line for line in said if "starting again" in line] == [
        f"Discord wants {count} connections for this bot's servers: starting again with that many." for count in (3, 6)
    ]
