"""Changes of the tables from one release to the next, applied when the database is opened."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Refused, Unavailable
from storage.engines import postgresql_engine, sqlite_engine
from storage.failures import translate

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
VERSION_TABLE = "schema_version"
ADVISORY_LOCK = 0x506F737462616721
"""The key of PostgreSQL's lock for migrations: any number that others do not use."""


class Opened(Protocol):
    """What is asked of ``storage.database.Database``, which itself opens with the help of this module."""

    busy_seconds: float
    dialect: str
    url: URL

    @property
    def path(self) -> Path | None: ...
    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]: ...
    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


def versions() -> tuple[str, ...]:
    """List the versions of the tables that this Postbag knows, oldest first."""
    names = (path.name for path in (FOLDER / "versions").glob("*.py"))
    return tuple(sorted(found[1] for name in names if (found := re.match(r"(\d{4})_", name))))


def current_version(connection: Connection) -> str | None:
    """Read which version the tables of a database have; None before the first."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


async def upgrade(database: Opened) -> bool:
    """Bring the tables up to date, all or nothing. False: they were.

    Refused: the database was made by a newer Postbag or before the first release, or holds tables that are not ours.
    """
    known = versions()
    async with database.writing() as connection:
        if _is_current(await connection.run_sync(_state), known):
            return False
    async with _migrating(database) as connection:
        if database.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        if _is_current(await connection.run_sync(_state), known):
            return False
        try:
            await connection.run_sync(_run)
        except Exception as error:
            if translate(error, server=database.path is None) is not None:
                raise  # the database's condition, which may pass
            log.exception("the tables could not be changed")
            raise Refused(
                "The tables could not be changed to those of this release. Nothing in the database has changed.",
                "Go back to the release before it (docs/operating.md, Roll back), and report this.",
            ) from error
        if database.dialect == "sqlite" and (await connection.execute(text("PRAGMA foreign_key_check"))).first():
            raise Unavailable(
                "The database could not be brought up to date: some of its rows point at rows that are gone.",
                "Nothing was changed. Put a backup in its place, or report this.",
            )
    return True


async def require_current(database: Opened) -> None:
    """Refused: the tables are not those of this Postbag."""
    async with database.reading() as connection:
        state = await connection.run_sync(_state)
    if not _is_current(state, versions()):
        raise Refused("This database is not up to date.", "Start Postbag once, or run: postbag database upgrade")


async def is_current(database: Opened) -> bool:
    """Say whether the tables are those of this Postbag. False: they are older. Refused: as ``upgrade`` says."""
    async with database.reading() as connection:
        return _is_current(await connection.run_sync(_state), versions())


async def is_older(database: Opened) -> bool:
    """Say whether the tables are those of an older Postbag, so that ``upgrade`` would change them. Refused: as it says."""
    async with database.reading() as connection:
        state = await connection.run_sync(_state)
    return not _is_current(state, versions()) and state[0] is not None


def _state(connection: Connection) -> tuple[str | None, bool]:
    version = current_version(connection)
    return version, version is None and bool(inspect(connection).get_table_names())


def _is_current(state: tuple[str | None, bool], known: tuple[str, ...]) -> bool:
    version, strange = state
    if strange:
        raise Refused(
            "This database holds tables of another program.", "Give Postbag its own database in database.url."
        )
    if version is not None and version < known[0]:
        # Nothing leads from those tables to these: they changed daily, and only people trying Postbag out had any.
        raise Refused(
            "This database was made by a Postbag from before the first release, which this one cannot read.",
            "Nothing in it was changed. Move it aside, or name a new one in database.url, and start again; the Postbag that "
            "made it can still save a group's set-up with: postbag export",
        )
    if version is not None and version not in known:
        raise Refused(
            f"This database was made by a newer Postbag (its tables are version {version}, this one knows {known[-1]}).",
            "Install the newer Postbag, or put back the backup made before it.",
        )
    return version == known[-1]


@asynccontextmanager
async def _migrating(database: Opened) -> AsyncIterator[AsyncConnection]:
    """Give one transaction for all steps. On SQLite, foreign keys are checked at its end, so that tables can be rebuilt."""
    if database.path is None:
        # A change of large tables, or another process at it, takes longer than any other statement may.
        patient = postgresql_engine(database.url, alone=True, patient=True)
        try:
            async with patient.begin() as connection:
                yield connection
        finally:
            await patient.dispose()
        return
    engine = sqlite_engine(database.path, reads_only=False, busy_seconds=database.busy_seconds, foreign_keys=False)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
