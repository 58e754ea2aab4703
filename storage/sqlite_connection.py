"""A SQLite connection that crosses to its thread once per statement, where aiosqlite alone crosses up to four times.

Made for ``sqlalchemy.dialects.sqlite.aiosqlite``: it has exactly what that dialect calls. A transaction's BEGIN travels
with its first statement. A statement that was handed to the thread is always waited for, so that a cancelled task leaves
nothing running behind it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")


class _Kept(asyncio.Future[T]):
    """A future that a cancelled task still waits for: it meets its cancellation when the thread is done."""

    def cancel(self, msg: object = None) -> bool:
        return False


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors fetch within the thread crossing that executes."""

    to_begin: str = ""
    """The BEGIN that goes out before the next statement."""
    direct: bool = False
    """Run statements on the caller's thread: only for a few short statements by key, inside a begun transaction."""
    reads_only: bool = False

    async def hop(self, function: Callable[[], T]) -> T:
        """Run a function on the connection's thread, and wait for it even when cancelled."""
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        future: _Kept[T] = _Kept(loop=asyncio.get_running_loop())
        self._tx.put_nowait((future, function))
        return await future

    def run(self, sql: str, parameters: Any, many: bool) -> _Done:
        """Execute one statement, after BEGIN where one is due, and fetch what it gives. Called on either thread."""
        connection = self._conn
        if self.to_begin:
            connection.execute(self.to_begin)
            self.to_begin = ""
        cursor = connection.cursor()
        try:
            if many:
                cursor.executemany(sql, parameters)
            else:
                cursor.execute(sql, parameters)
            rows = cursor.fetchall() if cursor.description else []
            return _Done(cursor.description, rows, cursor.rowcount, cursor.lastrowid)
        finally:
            cursor.close()

    async def begin_now(self) -> None:
        """Send a waiting BEGIN by itself."""

        def begin() -> None:
            if self.to_begin:
                self._conn.execute(self.to_begin)
                self.to_begin = ""

        await self.hop(begin)

    def checkpoint(self) -> None:
        """Write the log into the file and empty it. Called on the connection's thread, outside a transaction."""
        self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def cursor(self) -> OneHopCursor:  # type: ignore[override]
        return OneHopCursor(self)

    async def commit(self) -> None:
        self.to_begin, self.direct = "", False
        if self.in_transaction:
            await self.hop(self._conn.commit)

    async def rollback(self) -> None:
        self.to_begin, self.direct = "", False
        if not self.in_transaction:
            return
        if self.reads_only:  # nothing to undo, and the next statement queues behind it
            self._tx.put_nowait((None, self._conn.rollback))
        else:
            await self.hop(self._conn.rollback)


class _Done:
    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, description: Any, rows: Sequence[Any], rowcount: int, lastrowid: int | None) -> None:
        self.description = description
        self.rows = rows
        self.rowcount = rowcount
        self.lastrowid = lastrowid


_NOTHING = _Done(None, (), -1, None)


class OneHopCursor:
    """What the dialect needs of a cursor."""

    arraysize = 1

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._done = _NOTHING

    async def __aenter__(self) -> OneHopCursor:
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> OneHopCursor:
        await self._run(sql, parameters, False)
        return self

    async def executemany(self, sql: str, parameters: Any) -> OneHopCursor:
        await self._run(sql, parameters, True)
        return self

    async def _run(self, sql: str, parameters: Any, many: bool) -> None:
        connection = self._connection
        if connection.direct:
            self._done = connection.run(sql, parameters, many)
        else:
            self._done = await connection.hop(lambda: connection.run(sql, parameters, many))

    async def fetchall(self) -> Sequence[Any]:
        return self._done.rows

    async def close(self) -> None:
        return None

    @property
    def description(self) -> Any:
        return self._done.description

    @property
    def rowcount(self) -> int:
        return self._done.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._done.lastrowid


async def connect(path: str, *, busy_seconds: float, reads_only: bool, foreign_keys: bool = True) -> OneHopConnection:
    """Open a connection with the pragmas that every one of ours has. ``reads_only`` ones cannot write at all."""

    def opener() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=busy_seconds, isolation_level=None, check_same_thread=False, uri=path.startswith("file:")
        )
        try:
            for pragma in (
                f"busy_timeout={int(busy_seconds * 1000)}",
                f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
                "synchronous=FULL",
                "secure_delete=ON",
                "trusted_schema=OFF",
                "query_only=ON" if reads_only else "journal_mode=WAL",
            ):
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    made = OneHopConnection(opener, iter_chunk_size=64)
    made.reads_only = reads_only
    made._thread.daemon = True
    try:
        await made
    except BaseException:
        made._thread.join(5)  # it has been told to stop, and must not speak to a loop that has gone
        raise
    return made
