"""What was read of Parliament's record, for terminal jobs that open nothing else of the database and write nothing to it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from bot.domain.errors import NotFound, PostbagError
from storage.unchanged_files import readable

log = logging.getLogger(__name__)

COMPLETED, ANSWERED, TRIED, UNDONE = "completed ", "answers read ", "looked to complete ", "undone by hand "
"""What the names of facts begin with that tell of a report: what completes it, answers read, when a look last found nothing."""
SECONDS = 5.0


async def facts_alone(url: str, file: Path | None) -> Mapping[str, str]:
    """Give those facts by name; none where there is no database, or it can't be read: the packs alone are shown then."""
    try:
        return _of_sqlite(file) if file is not None else await _of_server(url)
    except NotFound:
        return {}
    except (sqlite3.Error, OSError, PostbagError):
        log.info("the database can't be read, so what was read of Parliament's record is left out")
        return {}


def of_report(facts: Mapping[str, str], kind: str) -> Mapping[str, str]:
    """Give the facts of one kind, by report."""
    return {name.removeprefix(kind): value for name, value in facts.items() if name.startswith(kind)}


def _of_sqlite(file: Path) -> Mapping[str, str]:
    with ExitStack() as stack:
        read, is_unchanging = readable(file, stack)
        address = f"{read.resolve().as_uri()}?mode=ro{'&immutable=1' if is_unchanging else ''}"
        connection = stack.enter_context(closing(sqlite3.connect(address, uri=True, timeout=SECONDS)))
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'kept'").fetchone():
            return {}
        rows = connection.execute("SELECT name, value FROM kept").fetchall()
    return {str(name): str(value) for name, value in rows if str(name).startswith((COMPLETED, ANSWERED, TRIED, UNDONE))}


async def _of_server(url: str) -> Mapping[str, str]:
    from sqlalchemy import or_, select

    from storage.looking import look_at_database
    from storage.schema import kept

    wanted = or_(*(kept.c.name.like(f"{kind}%") for kind in (COMPLETED, ANSWERED, TRIED, UNDONE)))
    async with look_at_database(url) as database:
        if not (await database.check(try_writing=False)).version:
            return {}
        async with database.reading() as connection:
            rows = await connection.execute(select(kept.c.name, kept.c.value).where(wanted))
            return {str(name): str(value) for name, value in rows}
