"""Engines: readers and the one writer of a SQLite file, and the pool of a PostgreSQL server."""

from __future__ import annotations

from dataclasses import dataclass
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

CONNECT_WITHIN, ANSWER_WITHIN, POOL_WAIT = 8.0, 20.0, 10.0
"""Seconds in which a server must take a connection, answer a statement, and in which a connection of the pool must be free."""


IDLE = {"idle_in_transaction_session_timeout": "15s"}
"""A process that is frozen in the middle of a transaction would hold its rows, and with them all others, until it wakes up."""


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
            # A transaction that begins by reading cannot wait to become a writer's: SQLite would refuse it at once as busy.
            cast(OneHopConnection, connection.connection.driver_connection).to_begin = "BEGIN IMMEDIATE"

    return engine


async def driver_of(connection: AsyncConnection) -> OneHopConnection:
    return cast(OneHopConnection, (await connection.get_raw_connection()).driver_connection)


async def _connect(
    path: str, *_: Any, busy_seconds: float, reads_only: bool, foreign_keys: bool, **__: Any
) -> OneHopConnection:
    return await connect(path, busy_seconds=busy_seconds, reads_only=reads_only, foreign_keys=foreign_keys)


def postgresql_engine(url: URL, *, alone: bool = False, patient: bool = False) -> AsyncEngine:
    """Make a pool of connections to a server, each of whose statements has a time limit: a network that is gone says nothing.

    ``alone``: one connection at a time, closed after use. ``patient``: without a limit, for a change of the tables.
    """
    url, chosen = server_options(url)
    pool: dict[str, Any] = {"poolclass": NullPool}
    if not alone:
        pool = {"pool_size": chosen.pool, "max_overflow": 0, "pool_timeout": POOL_WAIT, "pool_pre_ping": True}
    told: dict[str, Any] = {
        "server_settings": {"application_name": "postbag", "jit": "off", **({} if patient else IDLE)},
        "timeout": CONNECT_WITHIN,
        "command_timeout": None if patient else ANSWER_WITHIN,
    }
    if chosen.tls:
        told["ssl"] = _verified(chosen) if chosen.tls == "verify" else "require"
    try:
        return create_async_engine(url, hide_parameters=True, connect_args=told, **pool)
    except ModuleNotFoundError:
        raise Refused(
            "PostgreSQL's driver isn't installed.",
            "Install it in Postbag's folder: /opt/postbag/bin/pip install --require-hashes -r deploy/requirements-postgres.txt",
        ) from None


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a server is connected to. ``tls``: as the address says, encrypted, or encrypted and the server's name proven."""

    pool: int = 10
    tls: str = ""
    tls_ca: str = ""


def server_options(url: URL) -> tuple[URL, ServerOptions]:
    """Take Postbag's own options out of an address: the driver does not know them."""
    given = {name: str(value) for name, value in url.query.items() if name in ("pool", "tls", "tls_ca")}
    pool = given.get("pool", "")
    known = ServerOptions(int(pool) if pool.isdecimal() else 10, given.get("tls", ""), given.get("tls_ca", ""))
    return url.difference_update_query(given), known


def _verified(chosen: ServerOptions) -> Any:
    from ssl import create_default_context

    try:
        return create_default_context(cafile=chosen.tls_ca or None)
    except OSError:
        raise Refused("Postbag can't read the certificate in database.tls_ca.", "Correct the path.") from None
