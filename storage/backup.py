"""Backups of a SQLite database while it is in use, checked before they count."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.errors import PostbagError, Refused, Unavailable
from bot.domain.people import BACKUP_KEPT
from storage.database import Database
from storage.failures import translate

NAME = "postbag-%Y%m%dT%H%M%SZ.sqlite3"
PATTERN = re.compile(r"postbag-\d{8}T\d{6}Z\.sqlite3")


async def backup(database: Database, folder: Path, now: datetime) -> Path:
    """Write a backup into a folder, check it, and remove those kept long enough. Gives its file.

    The key is not in it. Refused: the database is on a server, whose own tools make backups.
    """
    if database.path is None:
        raise Refused("This database is on a PostgreSQL server.", "Back it up there, with pg_dump.")
    path = await asyncio.to_thread(_copy, database.path, folder, now)
    await asyncio.to_thread(_prune, folder, now)
    return path


async def check_backup(path: Path) -> None:
    """Read a backup through. Refused: it is not a whole, sound database."""
    await asyncio.to_thread(_check, path)


def _copy(source: Path, folder: Path, now: datetime) -> Path:
    path = folder / now.astimezone(UTC).strftime(NAME)
    unfinished = path.with_suffix(".unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as held,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            held.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
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
            "The backup could not be written.", f"Check the folder {folder}, then try again."
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
        raise Refused(f"{path} is not a sound Postbag database.", "Use another backup.")


def _prune(folder: Path, now: datetime) -> None:
    oldest = (now.astimezone(UTC) - BACKUP_KEPT).strftime(NAME)
    for path in folder.iterdir():
        if PATTERN.fullmatch(path.name) and path.name < oldest:
            path.unlink(missing_ok=True)


def newest_backup(folder: Path) -> datetime | None:
    """Say when the newest copy in a folder was made, by its name. None: there is none."""
    names = [path.name for path in folder.glob("*.sqlite3") if PATTERN.fullmatch(path.name)]
    return datetime.strptime(max(names), NAME).replace(tzinfo=UTC) if names else None
