"""Backups of a SQLite database while it is in use, checked before they count."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import Clock
from bot.domain.errors import PostbagError, Refused, Unavailable
from bot.domain.people import BACKUP_KEPT
from storage.database import Database
from storage.failures import translate
from storage.restored import made_at, mark_as_copy

NAME = "postbag-%Y%m%dT%H%M%SZ.sqlite3"
PATTERN = re.compile(r"postbag-\d{8}T\d{6}Z\.sqlite3")
KEPT = re.compile(r"(?:postbag|replaced)-(\d{8}T\d{6})Z\.(?:sqlite3|unfinished|packs).*")
"""A copy, the rest of an interrupted one, imported packs, a database that another was put in place of; each with its log."""


async def backup(database: Database, folder: Path, now: datetime, *, prune: bool = True) -> Path:
    """Write a backup into a folder and check it. Gives its file. ``prune``: remove those there that were kept long enough.

    The key is not in it. Refused: the database is on a server, whose own tools make backups.
    """
    if database.path is None:
        raise Refused("This database is on a PostgreSQL server.", "Back it up there, with pg_dump.")
    try:
        return await asyncio.to_thread(copy_file, database.path, folder, now)
    finally:
        if prune:  # also where no copy can be made: the old ones are promised to go
            await asyncio.to_thread(prune_backups, folder, now)


async def check_backup(path: Path) -> None:
    """Read a backup through. Refused: it is not a whole, sound database."""
    await asyncio.to_thread(_check, path)


def copy_file(source: Path, folder: Path, now: datetime) -> Path:
    """Copy a SQLite file while it is in use, mark the copy as one, and read it through."""
    path = folder / now.astimezone(UTC).strftime(NAME)
    unfinished = path.with_suffix(".unfinished")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as held,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            held.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        mark_as_copy(unfinished, now)
        _check(unfinished)
        handle = os.open(unfinished, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        unfinished.replace(path)
    except (OSError, sqlite3.Error, PostbagError) as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise translate(error, str(path)) or Unavailable(
            "Postbag couldn't write the backup.", f"Check the folder {folder}, then try again."
        ) from error
    return path


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            sound = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")] == ["ok"]
            ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'reminders'").fetchone()
    except sqlite3.DatabaseError:
        sound = False
    if not sound or not ours:
        raise Refused(f"{path} isn't a working Postbag database.", "Use another backup.")


def prune_backups(folder: Path, now: datetime, before: timedelta = timedelta(0)) -> None:
    """Remove copies that were kept long enough, and what an interrupted one left behind. ``before``: so long before that.

    Unavailable: some could not be removed. The others are all the same.
    """
    if not folder.is_dir():
        return
    failed: OSError | None = None
    for path in sorted(folder.iterdir()):
        made = _moment_in(path.name)
        if made is not None and made <= now - BACKUP_KEPT + before:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                failed = error
    if failed is not None:
        raise Unavailable(
            f"Old copies in {folder} could not be removed: {failed.strerror}.",
            "Let the user that runs Postbag write there: people are promised that old copies are deleted.",
        )


def _moment_in(name: str) -> datetime | None:
    """Read when a copy was made, or a database was put aside, from the name of its file. None: it is neither."""
    found = KEPT.fullmatch(name)
    if found is None:
        return None
    with suppress(ValueError):
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return None


def old_backups(folder: Path, now: datetime) -> int:
    """Count the copies in a folder that Postbag would not keep in its own."""
    made = (_moment_in(path.name) for path in folder.iterdir() if PATTERN.fullmatch(path.name))
    return sum(one is not None and one <= now - BACKUP_KEPT for one in made)


def newest_backup(folder: Path) -> datetime | None:
    """Say when the newest copy in a folder was made, by its name. None: there is none."""
    names = [path.name for path in folder.glob("*.sqlite3") if PATTERN.fullmatch(path.name)]
    return datetime.strptime(max(names), NAME).replace(tzinfo=UTC) if names else None


def copier(folder: Path, clock: Clock) -> Callable[[Path], None]:
    """Give what copies a database before its tables are changed: without a copy they stay as they are."""

    def copy(path: Path) -> None:
        copy_file(path, folder, clock.now())

    return copy


def copied_at(path: Path) -> datetime:
    """Say when a copy was made: by its own mark, else by its name, else by its file's time."""
    marked = made_at(path)
    if marked is not None:
        return marked
    if PATTERN.fullmatch(path.name):
        return datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def put_back(copy: Path, database: Path, now: datetime) -> Path | None:
    """Put a checked copy in the place of a database that nobody uses. Gives where the one before lies now; None: there was none.

    The copy itself stays. Killed at any moment, either the old or the new database is in place.
    """
    made = copied_at(copy)
    unfinished = database.with_name(f"{database.name}.unfinished")
    aside: Path | None = None
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with copy.open("rb") as held, unfinished.open("wb") as new:
            shutil.copyfileobj(held, new, 1 << 20)
        mark_as_copy(unfinished, made)
        with unfinished.open("rb") as new:
            os.fsync(new.fileno())
        if database.exists() and database.stat().st_size:
            folder = database.parent / "backups"
            folder.mkdir(mode=0o700, exist_ok=True)
            aside = folder / now.astimezone(UTC).strftime("replaced-%Y%m%dT%H%M%SZ.sqlite3")
            for ending in ("", "-wal", "-shm"):  # the log belongs to the old file, and would spoil the new one
                part = database.with_name(f"{database.name}{ending}")
                if part.exists():
                    part.replace(aside.with_name(f"{aside.name}{ending}"))
        else:
            for ending in ("-wal", "-shm"):
                database.with_name(f"{database.name}{ending}").unlink(missing_ok=True)
        unfinished.replace(database)
    except (OSError, sqlite3.Error) as error:
        raise translate(error, str(database)) or Unavailable(
            "Postbag couldn't put the copy in place.", f"Check the folder {database.parent}, then try again."
        ) from error
    return aside
