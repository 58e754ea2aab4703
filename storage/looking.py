"""A look at a database that leaves no trace: no table changed, no file made, nothing written by opening or closing it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from bot.domain.errors import NotFound
from storage.database import Database, parsed_url
from storage.engines import SQLITE, postgresql_engine, sqlite_engine
from storage.failures import translate_opening

BUSY_SECONDS = 5.0


@asynccontextmanager
async def look_at_database(url: str) -> AsyncIterator[Database]:
    """Open a database of any version as it is, beside a running Postbag or while none runs.

    A SQLite file that is in use is read as any reader would. Otherwise it is read as a file that nobody changes; where its
    last user died and left a log, a copy is read, since SQLite would write the log into the file. NotFound: there is none.
    """
    parsed = parsed_url(url)
    async with AsyncExitStack() as stack:
        if parsed.drivername == SQLITE:
            path = Path(parsed.database or "")
            try:
                read, unchanging = await asyncio.to_thread(_readable, path, stack)
            except OSError as error:
                raise translate_opening(error, str(path), server=False) or error from error
            engine = sqlite_engine(read, reads_only=True, busy_seconds=BUSY_SECONDS, unchanging=unchanging)
        else:
            engine = postgresql_engine(parsed)
        database = Database(parsed, engine, engine, one_writer=parsed.drivername == SQLITE)
        stack.push_async_callback(database.close)
        try:
            async with database.reading() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            raise translate_opening(error, database.where, server=database.path is None) or error from error
        yield database


def _readable(path: Path, stack: AsyncExitStack) -> tuple[Path, bool]:
    """Give the file to read, and whether it stays as it is meanwhile."""
    if not path.exists():
        raise NotFound(f"There's no database at {path}.", "Start Postbag once, or correct database.url.")
    log = path.with_name(f"{path.name}-wal")
    if in_use(path):
        return path, False
    if not log.exists() or not log.stat().st_size:
        path.open("rb").close()
        return path, True
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postbag-")))
    for file in (path, log):
        shutil.copyfile(file, folder / file.name)
    return folder / path.name, False


def in_use(path: Path) -> bool:
    """Say whether a Postbag runs on a SQLite file: it holds the lock beside it. No lock is made to find out."""
    lock = path.with_name(f"{path.name}.lock")
    if not lock.exists():
        return False
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows: to be read as if it were
        return True
    try:
        handle = os.open(lock, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
