"""A look at a database that leaves no trace: no table changed, no file made, nothing written by opening or closing it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from storage.database import Database, parsed_url
from storage.engines import SQLITE, postgresql_engine, sqlite_engine
from storage.failures import translate_opening
from storage.unchanged_files import readable

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
                read, unchanging = await asyncio.to_thread(readable, path, stack)
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
