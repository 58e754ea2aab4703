"""Engines: readers and the one writer of a SQLite file, and the pool of a PostgreSQL server."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, NullPool, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.errors import Refused
from storage.sqlite_connection import OneHopConnection, connect

READERS = 3

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"


def sqlite_engine(
    path: Path, *, reads_only: bool, busy_seconds: float, foreign_keys: bool = True, unchanging: bool = False
) -> AsyncEngine:
    """Make an engine of readers, or of the one writer, whose connections stay open until it is disposed of.

    ``unchanging``: nobody writes the file meanwhile, so that SQLite reads it without making a file beside it.
    """
    name = f"{path.resolve().as_uri()}?immutable=1" if unchanging else str(path)
    engine = create_async_engine(
        URL.create(SQLITE, database=str(path)),
        hide_parameters=True,
        pool_size=READERS if reads_only else 1,
        max_overflow=0,
        connect_args={
            "async_creator_fn": partial(
                _connect, name, busy_seconds=busy_seconds, reads_only=reads_only, foreign_keys=foreign_keys
            )
        },
    )
    if not reads_only:

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: Connection) -> None:
            cast(OneHopConnection, connection.connection.driver_connection).to_begin = "BEGIN IMMEDIATE"

    return engine


async def driver_of(connection: AsyncConnection) -> OneHopConnection:
    return cast(OneHopConnection, (await connection.get_raw_connection()).driver_connection)


async def _connect(
    path: str, *_: Any, busy_seconds: float, reads_only: bool, foreign_keys: bool, **__: Any
) -> OneHopConnection:
    return await connect(path, busy_seconds=busy_seconds, reads_only=reads_only, foreign_keys=foreign_keys)


def postgresql_engine(url: URL, *, alone: bool = False) -> AsyncEngine:
    """Make a pool of connections to a server. ``alone``: one connection at a time, closed after use."""
    pool: dict[str, Any] = {"poolclass": NullPool} if alone else {"pool_size": 5, "max_overflow": 5}
    try:
        return create_async_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=not alone,
            connect_args={"server_settings": {"application_name": "postbag", "jit": "off"}},
            **pool,
        )
    except ModuleNotFoundError:
        raise Refused(
            "PostgreSQL support is not installed.", 'Install it with: pip install "postbag[postgres]"'
        ) from None
