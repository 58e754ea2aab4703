"""A database restored from a copy: nothing is posted a second time, and what cannot be told is listed.

The real app, real discord.py and the stand-in for Discord: dates of several groups fall due in a burst, the copy is made before,
during or after it, and put back minutes or days later.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.chat.cards import health
from bot.chat.sender import DiscordSender
from bot.cli import app as command
from bot.clock import MovableClock
from bot.domain.errors import Refused, Unavailable
from bot.domain.identity import ChannelId, GuildId, UserId
from bot.domain.reminders import ReminderState
from bot.jobs import App
from storage.backup import backup, copied_at, newest_backup, put_back
from storage.restored import COPY_MADE
from tests.crash.discord_rest import BLIND, OK, DiscordRest, World
from tests.faults.test_off_at_the_time import DUE, OWNER, START, postbag, world

__all__ = ["world"]

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

GROUPS = range(1, 9)
LATER = range(9, 11)
"""Groups whose date falls due two hours after the burst: after the copy, and maybe after it was put back."""


def channel_of(number: int) -> int:
    return 500 + number


def title_of(number: int) -> str:
    return f"Council vote {number:03}"


async def prepared(data: Path, world: World) -> None:
    rest = DiscordRest(world)
    async with postbag(data, START, world) as app:
        person = await app.services.people.person_for(OWNER)
        for number in (*GROUPS, *LATER):
            world.channels[channel_of(number)] = OK
            rest._stored(channel_of(number), {"content": "Hello."})
            group = GuildId(50 + number)
            at = clock_time(9 if number in GROUPS else 11)
            changes: dict[str, Any] = {"channel_id": ChannelId(channel_of(number)), "high_risk": False}
            await app.services.guilds.change(group, person, **changes, ladder=(0,), monthly=False, time_of_day=at)
            await app.services.deadlines.add(group, person, title_of(number), due_on=date(2026, 3, 5))


async def settled(app: App, counts: int) -> Counter[str]:
    """Wait until so many reminders are at an end, and give how many ended how."""
    async with asyncio.timeout(60):
        while True:
            with closing(sqlite3.connect(app.settings.data / "postbag.sqlite3")) as connection:
                ended = Counter(
                    state
                    for (state,) in connection.execute("SELECT state FROM reminders WHERE deadline_id IS NOT NULL")
                    if state not in (ReminderState.SCHEDULED.value, ReminderState.SENDING.value)
                )
            if sum(ended.values()) >= counts:
                await asyncio.sleep(0.2)  # one too many would follow at once
                return ended
            await asyncio.sleep(0.05)


def told(world: World) -> Counter[str]:
    """Count how often each date was told of in its channel."""
    everyone = (*GROUPS, *LATER)
    return Counter(
        {
            title_of(number): sum(title_of(number) in m["content"] for m in world.in_channel(channel_of(number)))
            for number in everyone
        }
    )


@pytest.mark.parametrize("made", ["before", "during", "after"])
@pytest.mark.parametrize("later", [timedelta(minutes=2), timedelta(minutes=10), timedelta(days=2)], ids=str)
async def test_a_copy_put_back_doubles_nothing_and_lists_what_it_cannot_tell(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch, made: str, later: timedelta
) -> None:
    data, copies = tmp_path / "data", tmp_path / "copies"
    await prepared(data, world)
    if made == "before":
        async with postbag(data, DUE - timedelta(hours=1), world) as app:
            copy = await backup(app.database, copies, app.clock.now())
    async with postbag(data, DUE, world) as app:
        if made == "during":
            send, sends = DiscordSender.send, 0

            async def sending(self: DiscordSender, *words: Any, **named: Any) -> Any:
                nonlocal sends
                sends += 1
                if sends == 4:
                    await backup(app.database, copies, app.clock.now())
                return await send(self, *words, **named)

            monkeypatch.setattr(DiscordSender, "send", sending)
        await settled(app, len(GROUPS))
        if made == "after":
            await backup(app.database, copies, app.clock.now())
    (copy,) = copies.iterdir()
    assert sum(told(world).values()) == len(GROUPS)

    put_back(copy, data / "postbag.sqlite3", DUE + later)
    async with postbag(data, DUE + later, world) as app:
        due = len(GROUPS) + (len(LATER) if later >= timedelta(hours=2) else 0)
        ended = await settled(app, due)
        counted = told(world)
        assert max(counted.values()) == 1, "doubled"
        assert all(counted[title_of(number)] == 1 for number in GROUPS)
        assert ended["unknown"] + ended["sent"] == due, ended
        if made == "before":
            assert ended["unknown"] == len(GROUPS), (
                "posted since the copy was made, and not to be told from anything else"
            )
        if made == "after":
            assert ended["unknown"] == 0
        if later >= timedelta(hours=2):
            assert all(counted[title_of(number)] == 1 for number in LATER), (
                "nothing was posted there: it goes out, late"
            )
        health = await app.services.delivery.health(GuildId(51))
        for row in health.problems:
            assert "restored from a copy" in row.reason
        assert (await app.services.machine()).restored is not None
    async with postbag(data, DUE + later + timedelta(days=1), world):
        await asyncio.sleep(0.3)
        assert max(told(world).values()) == 1


async def test_a_channel_whose_history_cannot_be_read_is_listed_and_never_guessed(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    await prepared(data, world)
    async with postbag(data, DUE - timedelta(hours=1), world) as app:
        copy = await backup(app.database, tmp_path / "copies", app.clock.now())
    for number in (*GROUPS, *LATER):
        world.channels[channel_of(number)] = BLIND
    put_back(copy, data / "postbag.sqlite3", DUE)
    async with postbag(data, DUE + timedelta(minutes=5), world) as app:
        app.client._ready = asyncio.Event()
        app.client._ready.set()
        ended = await settled(app, len(GROUPS))
        assert ended == {"unknown": len(GROUPS)}
        assert sum(told(world).values()) == 0


async def test_put_back_by_hand_it_knows_too(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    await prepared(data, world)
    async with postbag(data, DUE - timedelta(hours=1), world) as app:
        copy = await backup(app.database, tmp_path / "copies", app.clock.now())
    async with postbag(data, DUE, world) as app:
        await settled(app, len(GROUPS))
    for path in data.glob("postbag.sqlite3*"):
        path.unlink()
    shutil.copy(copy, data / "postbag.sqlite3")
    async with postbag(data, DUE + timedelta(minutes=10), world) as app:
        await settled(app, len(GROUPS))
        assert max(told(world).values()) == 1


@pytest.mark.claim("P-26")
async def test_who_was_forgotten_since_the_copy_stays_forgotten_and_who_came_back_stays(
    tmp_path: Path, world: World
) -> None:
    data = tmp_path / "data"
    gone, returned, stayed = UserId(901), UserId(902), UserId(903)
    async with postbag(data, START, world) as app:
        people = app.services.people
        for user in (gone, returned, stayed):
            await people.person_for(user)
        await people.forget(returned)
        await people.person_for(returned)
        copy = await backup(app.database, tmp_path / "copies", app.clock.now() + timedelta(minutes=1))
    async with postbag(data, START + timedelta(minutes=5), world) as app:
        await app.services.people.forget(gone)
    held = (data / "forgotten").read_text()
    assert held.count("put ") == 2
    put_back(copy, data / "postbag.sqlite3", START + timedelta(minutes=10))
    async with postbag(data, START + timedelta(minutes=10), world) as app:
        assert await app.people.find(gone) is None
        assert await app.people.find(returned) is not None
        assert await app.people.find(stayed) is not None
        await app.expire()
        assert (data / "forgotten").read_text().startswith(held)
    async with postbag(data, START + timedelta(days=9), world) as app:
        await app.expire()
        assert "put " not in (data / "forgotten").read_text()


@pytest.mark.claim("P-65")
async def test_a_list_that_cannot_be_read_holds_the_start_up_and_one_that_is_missing_is_said(
    tmp_path: Path, world: World
) -> None:
    data = tmp_path / "data"
    async with postbag(data, START, world) as app:
        await app.services.people.person_for(UserId(901))
        copy = await backup(app.database, tmp_path / "copies", app.clock.now())
    (data / "forgotten").rename(data / "aside")
    (data / "forgotten").mkdir()
    put_back(copy, data / "postbag.sqlite3", START)
    with pytest.raises(Refused, match="cannot be read"):
        async with postbag(data, START, world):
            pass
    (data / "forgotten").rmdir()
    async with postbag(data, START, world) as app:
        machine = await app.services.machine()
        assert machine.restored is not None
        assert not machine.restored.is_listed
        assert "may be in the database again" in "\n".join(health._machine(machine))


@pytest.mark.claim("P-65")
async def test_whoever_cannot_be_noted_is_forgotten_and_told(tmp_path: Path, world: World) -> None:
    async with postbag(tmp_path, START, world) as app:
        await app.services.people.person_for(UserId(901))
        (tmp_path / "forgotten").unlink()
        (tmp_path / "forgotten").mkdir()
        with pytest.raises(Unavailable) as told:
            await app.services.people.forget(UserId(901))
        assert "erased" in told.value.message
        assert "forget-me again" in told.value.next_step
        assert await app.people.find(UserId(901)) is None


@pytest.mark.claim("P-25")
async def test_no_copy_is_older_than_seven_days_at_any_moment(tmp_path: Path, world: World) -> None:
    """Hour by hour for nine days, as the alarm clock calls it; one copy is made in the middle of an hour."""
    async with postbag(tmp_path, START, world) as app:
        clock, folder = app.clock, tmp_path / "backups"
        assert isinstance(clock, MovableClock)
        await app.services.people.person_for(UserId(901))
        await backup(app.database, folder, clock.now() - timedelta(minutes=31), prune=False)
        await app.services.people.forget(UserId(901))
        oldest_seen = timedelta(0)
        for hour in range(9 * 24):
            if hour % 24 == 4:
                await app.back_up()
            await app.expire()
            for minutes in (20, 39):
                clock.advance(timedelta(minutes=minutes))
            ages = [clock.now() - copied_at(path) for path in folder.iterdir()]
            oldest_seen = max(oldest_seen, *ages, timedelta(0))
            clock.advance(timedelta(minutes=1))
        assert timedelta(days=6, hours=22) < oldest_seen <= timedelta(days=7)
        assert "put " not in (tmp_path / "forgotten").read_text()


async def test_a_night_whose_other_steps_fail_has_its_backup(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("bot.services.action_upkeep.ActionUpkeep.tidy", fails)
    monkeypatch.setattr("bot.services.imports.ImportService.tidy", fails)
    async with postbag(tmp_path, START, world) as app:
        await app.tidy()
        assert newest_backup(tmp_path / "backups") == START.replace(microsecond=0)


# The command


def run(*words: str, code: int = 0, typed: str = "") -> str:
    done = CliRunner().invoke(command, ["database", *words], input=typed)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def mark(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT value FROM kept WHERE name = ?", (COPY_MADE,)).fetchone()
    return row[0] if row else None


async def test_the_command_puts_a_copy_back_and_keeps_the_one_before(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    await prepared(data, world)
    await asyncio.to_thread(_restores, data, tmp_path, monkeypatch)


def _restores(data: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTBAG_DATA", str(data))
    said = run("backup", str(elsewhere / "disk"))
    assert f"Keep the key somewhere else: {data}/postbag.key" in said
    assert "settings" in said
    (copy,) = (elsewhere / "disk").iterdir()
    assert mark(copy) is not None
    assert mark(data / "postbag.sqlite3") is None
    assert "is complete" in run("verify", str(copy))

    run("restore", str(copy), code=1, typed="n\n")
    assert mark(data / "postbag.sqlite3") is None, "not without a yes"
    said = run("restore", str(copy), "--yes")
    assert mark(data / "postbag.sqlite3") == mark(copy)
    (aside,) = (data / "backups").glob("replaced-*.sqlite3")
    assert str(aside) in said
    assert not list(data.glob("*-wal"))

    key = data / "postbag.key"
    key.rename(data / "elsewhere")
    with pytest.raises(Refused, match="missing"):
        run("restore", str(copy), "--yes")
    (data / "elsewhere").rename(key)
    with pytest.raises(Refused, match="There's no file"):
        run("restore", str(elsewhere / "nothing"), "--yes")
    half = elsewhere / "half.sqlite3"
    half.write_bytes(copy.read_bytes()[:5000])
    with pytest.raises(Refused, match="n't a working"):
        run("restore", str(half), "--yes")
    with pytest.raises(Refused, match="Which copy"):
        run("restore")


async def test_a_running_postbag_is_not_replaced_under_its_feet(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path))
    async with postbag(tmp_path, START, world) as app:
        copy = await backup(app.database, tmp_path / "copies", app.clock.now())
        done = await asyncio.to_thread(CliRunner().invoke, command, ["database", "restore", str(copy), "--yes"])
        assert "Another Postbag" in str(done.exception)


async def test_copies_in_a_folder_of_ones_own_are_left_and_that_is_said(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "data"))
    await prepared(tmp_path / "data", world)
    await asyncio.to_thread(_leaves_copies, tmp_path / "disk")


def _leaves_copies(disk: Path) -> None:
    disk.mkdir()
    old = disk / "postbag-20261101T000000Z.sqlite3"
    old.write_text("mine")
    said = run("backup", str(disk))
    assert old.exists()
    assert "more than 7 days old" in said
    run("backup", str(disk), "--prune")
    assert not old.exists()
