from __future__ import annotations

import asyncio
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import PostbagError, Refused, Unavailable
from bot.domain.people import BACKUP_KEPT
from storage.backup import backup, check_backup, prune_backups
from storage.database import open_database
from storage.installation_facts import Facts

NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)


@pytest.mark.asyncio
async def test_a_backup_made_while_others_write_opens_as_a_database(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.db'}") as database:
        kept = Facts(database)
        await kept.put("before", "yes")
        made, *_ = await asyncio.gather(
            backup(database, tmp_path / "backups", NOW), *(kept.put(f"n{i}", "x") for i in range(50))
        )
    assert made.name == "postbag-20270105T090000Z.sqlite3"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    await check_backup(made)
    async with open_database(f"sqlite+aiosqlite:///{made}") as restored:
        assert await Facts(restored).get("before") == "yes"
        assert (await restored.check()).problems == ()


def stamped(moment: datetime, *, kind: str = "postbag", ending: str = "sqlite3") -> str:
    return f"{kind}-{moment:%Y%m%dT%H%M%SZ}.{ending}"


@pytest.mark.asyncio
async def test_old_backups_go_and_other_files_stay(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "postbag-notes.txt").write_text("mine")
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.db'}") as database:
        first = await backup(database, folder, NOW)
        second = await backup(database, folder, NOW + BACKUP_KEPT - timedelta(seconds=1))
        assert first.exists()
        third = await backup(database, folder, NOW + BACKUP_KEPT)
    assert {path.name for path in folder.iterdir()} == {"postbag-notes.txt", second.name, third.name}


def test_whatever_lies_in_the_folder_of_copies_goes_by_the_moment_in_its_name(tmp_path: Path) -> None:
    """Not by the time of the file: a database that was put aside was written last whenever that was."""
    old, young = NOW - BACKUP_KEPT, NOW - BACKUP_KEPT + timedelta(seconds=1)
    kinds = [
        ("postbag", "sqlite3"), ("postbag", "unfinished"), ("postbag", "unfinished-journal"), ("replaced", "sqlite3"),
        ("replaced", "sqlite3-wal"), ("replaced", "sqlite3-shm"), ("postbag", "sqlite3-wal"),
    ]  # fmt: skip
    for kind, ending in kinds:
        for moment in (old, young):
            (tmp_path / stamped(moment, kind=kind, ending=ending)).write_text("")
    (tmp_path / "postbag-20261332T000000Z.sqlite3").write_text("no such day")
    prune_backups(tmp_path, NOW)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {stamped(young, kind=k, ending=e) for k, e in kinds} | {"postbag-20261332T000000Z.sqlite3"}
    prune_backups(tmp_path, NOW, timedelta(hours=1))
    assert {path.name for path in tmp_path.iterdir()} == {"postbag-20261332T000000Z.sqlite3"}
    prune_backups(tmp_path / "none", NOW)


@pytest.mark.asyncio
async def test_where_no_copy_can_be_made_the_old_ones_go_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / stamped(NOW - BACKUP_KEPT)
    old.write_text("")
    monkeypatch.setattr("storage.backup._check", lambda path: (_ for _ in ()).throw(Refused("not sound", "look")))
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.db'}") as database:
        with pytest.raises(PostbagError):
            await backup(database, tmp_path, NOW)
    assert not old.exists()


def test_one_that_cannot_be_removed_is_said_and_the_others_go(tmp_path: Path) -> None:
    stuck, other = tmp_path / stamped(NOW - timedelta(days=9)), tmp_path / stamped(NOW - timedelta(days=8))
    stuck.mkdir()
    other.write_text("")
    with pytest.raises(Unavailable, match="could not be removed"):
        prune_backups(tmp_path, NOW)
    assert not other.exists()


@pytest.mark.asyncio
async def test_a_damaged_backup_is_told(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.db'}") as database:
        made = await backup(database, tmp_path, NOW)
    whole = made.read_bytes()
    made.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match="n't a working"):
        await check_backup(made)
    made.write_bytes(b"something else entirely")
    with pytest.raises(Refused, match="n't a working"):
        await check_backup(made)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE cats (name)")
    other.close()
    with pytest.raises(Refused, match="n't a working"):
        await check_backup(tmp_path / "other.db")


@pytest.mark.asyncio
async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.db'}") as database:
        with pytest.raises(PostbagError) as told:
            await backup(database, tmp_path / "file", NOW)
    assert told.value.next_step
