"""``postbag key rotate``: everything is sealed anew or nothing is, wherever it breaks off."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from datetime import time as clock_time
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary
from typer.testing import CliRunner

from bot import sealing
from bot.app import open_app
from bot.cli import app as command
from bot.config import load_settings
from bot.domain.errors import Refused
from bot.domain.identity import UserId
from bot.domain.reminders import CivilTime
from bot.services.private_reminders import Understood
from storage import resealing
from storage.backup import backup
from storage.resealing import HASHED, sealed_columns
from storage.schema import metadata, people

ROOT = Path(__file__).resolve().parents[1]
USERS = [UserId(900_000_000_000_000_000 + number) for number in range(40)]
TEXT = "Ring the office"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    asyncio.run(filled())
    return tmp_path / "data"


async def filled() -> None:
    async with open_app(load_settings()) as app:
        for user in USERS:
            wanted = Understood(f"{TEXT} {user % 100}", CivilTime(date(2100, 3, 8), clock_time(9), "Europe/London"))
            await app.services.private_reminders.keep(user, None, wanted)


async def held() -> set[str]:
    """Open as a start does, find every person again by their id, and read a private text of each."""
    found = set()
    async with open_app(load_settings()) as app:
        for user in USERS:
            person = await app.people.find(user)
            assert person is not None
            assert await app.people.user_id(person) == user
            for row in (await app.people.held(person))["personal_reminders"]:
                found.add(str(row["text"]))
    return found


WHOLE = {f"{TEXT} {user % 100}" for user in USERS}


def rotate() -> None:
    done = CliRunner().invoke(command, ["key", "rotate", "--yes"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output


def sealed_bytes(data: Path) -> set[bytes]:
    with closing(sqlite3.connect(data / "postbag.sqlite3")) as connection:
        return {
            value
            for column in (*sealed_columns(), people.c.lookup)
            for (value,) in connection.execute(
                f"SELECT {column.name} FROM {column.table.name} WHERE {column.name} IS NOT NULL"
            )
        }


def test_every_column_of_bytes_is_sealed_anew_looked_up_anew_or_let_go() -> None:
    known = {*sealed_columns(), *HASHED, people.c.lookup}
    assert {c for table in metadata.sorted_tables for c in table.columns if isinstance(c.type, LargeBinary)} == known


def test_afterwards_nothing_opens_with_the_old_key_and_all_with_the_new(data: Path) -> None:
    key, before = (data / "postbag.key").read_bytes(), sealed_bytes(data)
    rotate()
    assert (data / "postbag.key").read_bytes() != key
    assert (data / "postbag.key.old").read_bytes() == key
    assert (data / "postbag.key").stat().st_mode & 0o077 == 0
    assert not sealed_bytes(data) & before
    whole = b"".join(path.read_bytes() for path in data.glob("postbag.sqlite3*"))
    assert not [value for value in before if value in whole]
    assert asyncio.run(held()) == WHOLE


def breaks(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, after: bool) -> None:
    """Let a step end as a power cut would: nothing that follows runs, no clean-up either."""
    real: Callable[..., object] = getattr(owner, name)

    def broken(*words: object, **named: object) -> object:
        if after:
            real(*words, **named)
        raise Cut

    monkeypatch.setattr(owner, name, broken)


class Cut(BaseException):
    """The power went."""


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [
        (sealing, "write_key", True),
        (resealing, "_write", False),
        (sealing, "finish_key", False),
        (Path, "rename", False),
        (Path, "rename", True),
        (Path, "replace", True),
    ],
)
def test_wherever_it_breaks_off_the_next_start_has_everything_and_it_can_be_run_again(
    data: Path, owner: object, name: str, after: bool
) -> None:
    first = (data / "postbag.key").read_bytes()
    with pytest.MonkeyPatch.context() as patched:
        breaks(patched, owner, name, after=after)
        with pytest.raises(Cut):
            rotate()
    assert asyncio.run(held()) == WHOLE
    second = (data / "postbag.key").read_bytes()
    rotate()
    assert asyncio.run(held()) == WHOLE
    names = {path.name for path in data.glob("postbag.key*")}
    assert names in ({"postbag.key", "postbag.key.old"}, {"postbag.key", "postbag.key.old", "postbag.key.old-2"})
    assert {first, second} <= {path.read_bytes() for path in data.glob("postbag.key*")}, "no key is lost"


def test_killed_at_random_moments_it_loses_nothing(data: Path) -> None:
    rng, killed = random.Random(7), 0
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "key", "rotate", "--yes"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "POSTBAG_DATA": str(data)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 30
        while process.poll() is None and not list(data.glob("postbag.key.*.new")) and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.06))
        killed += process.poll() is None
        process.kill()
        process.wait()
        assert asyncio.run(held()) == WHOLE
    assert killed >= 2


def test_a_running_postbag_is_left_alone(data: Path) -> None:
    async def beside() -> str:
        async with open_app(load_settings()):
            done = await asyncio.to_thread(CliRunner().invoke, command, ["key", "rotate", "--yes"])
        return str(done.exception)

    key = (data / "postbag.key").read_bytes()
    assert "Another Postbag" in asyncio.run(beside())
    assert (data / "postbag.key").read_bytes() == key


def test_not_without_a_yes(data: Path) -> None:
    key = (data / "postbag.key").read_bytes()
    assert CliRunner().invoke(command, ["key", "rotate"], input="n\n").exit_code == 1
    assert (data / "postbag.key").read_bytes() == key


@pytest.mark.claim("P-26")
@pytest.mark.parametrize("broken", [False, True], ids=["whole", "broken off once"])
def test_a_copy_from_before_the_change_put_back_with_its_key_brings_nobody_back(data: Path, broken: bool) -> None:
    before, after, stays = USERS[:3]

    async def copied() -> Path:
        async with open_app(load_settings()) as app:
            return await backup(app.database, data / "copies", app.clock.now())

    async def forget(user: UserId) -> None:
        async with open_app(load_settings()) as app:
            await app.services.people.forget(user)

    async def known() -> list[bool]:
        async with open_app(load_settings()) as app:
            return [await app.people.find(user) is not None for user in (before, after, stays)]

    copy = asyncio.run(copied())
    asyncio.run(forget(before))
    if broken:
        with pytest.MonkeyPatch.context() as patched:
            breaks(patched, resealing, "_write", after=False)
            with pytest.raises(Cut):
                rotate()
    rotate()
    asyncio.run(forget(after))
    keys = {path.read_bytes() for path in data.glob("postbag.key*")}
    with pytest.raises(Refused, match="made with another key") as refused:
        restore(copy)
    line = str(refused.value.next_step).rpartition("keep both: ")[2]
    for _ in range(2):  # typed twice, it does no harm
        subprocess.run(["/bin/sh", "-c", line], check=False, timeout=60)
    assert {path.read_bytes() for path in data.glob("postbag.key*")} == keys, "following the hint loses no key"
    said = restore(copy)
    assert "forgotten again: 2." in said
    with pytest.raises(Refused, match="Start Postbag once"):
        rotate()
    assert asyncio.run(known()) == [False, False, True]
    rotate()
    assert asyncio.run(known()) == [False, False, True]


def test_a_key_put_aside_before_stands_in_no_hints_way_and_opens_its_own_copies(data: Path) -> None:
    async def copied(place: str) -> Path:
        async with open_app(load_settings()) as app:
            return await backup(app.database, data / place, app.clock.now())

    def follow_the_hint(copy: Path) -> None:
        with pytest.raises(Refused, match="made with another key") as refused:
            restore(copy)
        line = str(refused.value.next_step).rpartition("keep both: ")[2]
        subprocess.run(["/bin/sh", "-c", line], check=True, timeout=60)
        assert "Restored" in restore(copy)

    old = asyncio.run(copied("before"))
    rotate()
    new = asyncio.run(copied("after"))
    keys = {path.read_bytes() for path in data.glob("postbag.key*")}
    for copy in (old, new, old, new):
        follow_the_hint(copy)
        assert {path.read_bytes() for path in data.glob("postbag.key*")} == keys, "no key is lost"


def restore(copy: Path) -> str:
    done = CliRunner().invoke(command, ["database", "restore", str(copy), "--yes"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_restore_says_what_it_cannot_compare(data: Path) -> None:
    async def copied() -> Path:
        async with open_app(load_settings()) as app:
            return await backup(app.database, data / "copies", app.clock.now())

    copy = asyncio.run(copied())
    forgotten = data / "forgotten"
    with forgotten.open("a") as file:
        file.write("put nonsense\n")
    assert "1 entries" in restore(copy).replace("1 entry", "1 entries")
    forgotten.unlink()
    assert "no list of who asked to be forgotten" in restore(copy)
    forgotten.mkdir()
    with pytest.raises(Refused, match="cannot be read"):
        restore(copy)
