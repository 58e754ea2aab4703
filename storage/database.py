"""The database: opened once, one writer and a few readers on SQLite, a pool on PostgreSQL; transactions; health."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import InUse, PostbagError, Refused
from storage.changes import new_origin, notice, tell
from storage.engines import POSTGRESQL, SQLITE, driver_of, postgresql_engine, sqlite_engine
from storage.failures import translate, translate_opening
from storage.migrations import current_version, is_older, require_current, upgrade

T = TypeVar("T")

# One commit to disk costs about as much for 64 writes as for one; with more, the first would wait long for the last.
BATCH = 64
LOW_DISK = 50 * 1024 * 1024
"""Free bytes under which the health report warns."""

Work = Callable[[AsyncConnection], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """What a look at the database found. ``problems`` are in plain words; empty means well."""

    dialect: str
    version: str
    size: int
    problems: tuple[str, ...] = ()
    damaged: bool = False


@dataclass(eq=False, slots=True)
class _Waiting:
    """A piece of work in the queue: by itself, or an item that one ``write`` does with others of its kind."""

    work: Work | None = None
    write: Callable[[Connection, list[Any]], list[Any]] | None = None
    item: Any = None
    future: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


def _alike(batch: list[_Waiting]) -> list[tuple[Callable[[Connection, list[Any]], list[Any]], list[_Waiting]]]:
    found: dict[Callable[[Connection, list[Any]], list[Any]], list[_Waiting]] = {}
    for waiting in batch:
        if waiting.write is not None:
            found.setdefault(waiting.write, []).append(waiting)
    return list(found.items())


class Database:
    """Transactions on one database. Made by ``open_database``, which also closes it.

    Nothing that waits for anything but the database belongs inside ``reading`` or ``writing``.
    """

    def __init__(
        self, url: URL, writer: AsyncEngine, reader: AsyncEngine, *, one_writer: bool, busy_seconds: float = 5.0
    ) -> None:
        self.url = url
        self.dialect = writer.dialect.name
        self.busy_seconds = busy_seconds
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock() if one_writer else None
        self._holder: asyncio.Task[Any] | None = None
        self._required: dict[asyncio.Task[Any], Callable[[AsyncConnection], Awaitable[None]]] = {}
        self._waiting: deque[_Waiting] = deque()
        self._runner: asyncio.Task[None] | None = None
        self.origin = new_origin()
        """Names this process to others that share the database."""
        if self.dialect == "postgresql":
            notice(writer)
        self.on_write: Callable[[], None] = lambda: None
        """Called in the task that wrote, once what it wrote is committed."""

    @property
    def path(self) -> Path | None:
        """Give the file of a SQLite database."""
        return Path(self.url.database) if self.dialect == "sqlite" and self.url.database else None

    @property
    def where(self) -> str:
        """Name the database for the operator, without a password."""
        return str(self.path) if self.path is not None else f"The database server {self.url.host or 'on this machine'}"

    def translate(self, error: BaseException) -> PostbagError | None:
        """Give the kind error for what this database raised; None where it is not the database's condition."""
        return translate(error, self.where, server=self.path is None)

    @asynccontextmanager
    async def reading(self, *, snapshot: bool = False) -> AsyncIterator[AsyncConnection]:
        """Read. Each statement sees what is committed by then; with ``snapshot`` all of them see the same moment."""
        try:
            async with self._reader.connect() as connection:
                if snapshot:
                    await self._hold_still(connection)
                yield connection
        except Exception as error:
            if (said := self._in_words(error)) is error:
                raise
            raise said from error

    def _in_words(self, error: Exception) -> Exception:
        """Give what is to be raised for an error. A driver may raise its own kinds, so every kind is looked at."""
        return self.translate(error) or error

    async def _hold_still(self, connection: AsyncConnection) -> None:
        if self.dialect == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
            return
        (await driver_of(connection)).to_begin = "BEGIN"

    @asynccontextmanager
    async def writing(self, *, asked_for: bool = True) -> AsyncIterator[AsyncConnection]:
        """Write in one transaction: committed at the end, undone by any exception and by cancellation.

        A cancelled task's transaction is either whole or not there. It cannot be nested. ``asked_for``: it is what somebody
        wanted to be changed, so ``on_write`` hears of it, and ``only_while`` holds for it.
        """
        async with self._my_turn():
            try:
                async with self._writer.begin() as connection:
                    yield connection
                    if self._turn is None:
                        await tell(connection, self.origin)
                    if asked_for:
                        await self._require(connection)
            except Exception as error:
                if (said := self._in_words(error)) is error:
                    raise
                raise said from error
        if asked_for:
            self.on_write()

    @contextmanager
    def only_while(self, require: Callable[[AsyncConnection], Awaitable[None]]) -> Iterator[None]:
        """Commit what this task writes within by ``writing`` only where ``require``, its last word, raises nothing."""
        task = asyncio.current_task()
        assert task is not None
        assert task not in self._required, "it does not nest"
        self._required[task] = require
        try:
            yield
        finally:
            del self._required[task]

    async def _require(self, connection: AsyncConnection) -> None:
        task = asyncio.current_task()
        if task is not None and (require := self._required.get(task)) is not None:
            await require(connection)

    async def one_at_a_time(self, connection: AsyncConnection, what: str) -> None:
        """Let one transaction of all processes at a time go on from here, until it ends. On SQLite there is one writer anyhow."""
        if self.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": f"postbag {what}"})

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        if self._turn is None:
            yield
            return
        task = asyncio.current_task()
        if self._holder is not None and self._holder is task:
            raise RuntimeError("a transaction is open in this task already")
        async with self._turn:
            self._holder = task
            try:
                yield
            finally:
                self._holder = None

    async def batched(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do a small piece of work in a transaction that is shared with whatever else waits at this moment.

        Gives its result after the commit. ``work`` is a few short statements by key and nothing else: it may run
        again from the start, alone, when another of the same batch failed. Its own failure is its own only. Several
        statements are quickest together in one ``connection.run_sync``.
        """
        result: T = await self._queued(_Waiting(work))
        return result

    async def batched_together(self, write: Callable[[Connection, list[Any]], list[T]], item: Any) -> T:
        """As ``batched``, for what is quicker done for many at once: one ``write`` gets the items that wait, and answers each."""
        result: T = await self._queued(_Waiting(write=write, item=item))
        return result

    async def _queued(self, waiting: _Waiting) -> Any:
        self._waiting.append(waiting)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._drain(), name="storage-batches")
        result = await waiting.future
        self.on_write()
        return result

    async def _drain(self) -> None:
        await asyncio.sleep(0)  # what comes in the same moment shares the commit
        while self._waiting:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(self._my_turn())
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                batch = [waiting for waiting in batch if not waiting.future.done()]
                try:
                    results = await self._together(batch)
                except BaseException as failure:
                    if not isinstance(failure, Exception):
                        for waiting in batch:
                            waiting.future.cancel()
                        raise
                    await self._one_by_one(batch)
                else:
                    for waiting, result in zip(batch, results, strict=True):
                        if not waiting.future.done():
                            waiting.future.set_result(result)

    async def _one_by_one(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            future = waiting.future
            if future.done():
                continue
            try:
                (result,) = await self._together([waiting])
            except Exception as error:
                if not future.done():
                    future.set_exception(self.translate(error) or error)
            else:
                if not future.done():
                    future.set_result(result)

    async def _together(self, batch: list[_Waiting]) -> list[Any]:
        if not batch:
            return []
        async with self._writer.begin() as connection:
            if self._turn is not None:
                driver = await driver_of(connection)
                await driver.begin_now()
                driver.direct = True
            answers: dict[int, Any] = {}
            for waiting in batch:
                if waiting.work is not None:
                    answers[id(waiting)] = await waiting.work(connection)
            for write, alike in _alike(batch):
                found = await connection.run_sync(write, [waiting.item for waiting in alike])
                answers |= {id(waiting): answer for waiting, answer in zip(alike, found, strict=True)}
            if self._turn is None:
                await tell(connection, self.origin)
            return [answers[id(waiting)] for waiting in batch]

    async def check(self, *, try_writing: bool = True) -> DatabaseHealth:
        """Look at the database: sound, writable, room left. Raises only where it cannot be read at all."""
        problems: list[str] = []
        damaged = False
        async with self.reading() as connection:
            version = await connection.run_sync(current_version)
            if self.dialect == "sqlite":
                found = [row[0] for row in await connection.execute(text("PRAGMA quick_check(3)"))]
                damaged = found != ["ok"]
                if damaged:
                    problems.append("The database file is damaged. Put a backup in its place.")
                pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
                size = int(pages) * int((await connection.execute(text("PRAGMA page_size"))).scalar_one())
            else:
                size = int((await connection.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())
        if try_writing and (refusal := await self._refusal_of_writing()) is not None:
            problems.append(str(refusal))
        if self.path is not None and shutil.disk_usage(self.path.parent).free < LOW_DISK:
            problems.append("The disk with the database has less than 50 MB free. Make room on it.")
        return DatabaseHealth(self.dialect, version or "", size, tuple(problems), damaged)

    async def _refusal_of_writing(self) -> PostbagError | None:
        try:
            async with self.writing() as connection:
                await connection.execute(text("UPDATE kept SET value = value WHERE name = ''"))
        except Exception as error:
            known = self.translate(error)
            if known is None:
                raise
            return known
        return None

    async def forget_log(self) -> None:
        """Empty SQLite's write-ahead log, so that what was deleted is not in it any more. Does what it can beside readers."""
        if self.dialect != "sqlite":
            return
        async with self._my_turn(), self._writer.connect() as connection:
            driver = await driver_of(connection)
            await driver.hop(driver.checkpoint)

    async def close(self) -> None:
        """Finish waiting batches and close every connection."""
        if self._runner is not None:
            with suppress(Exception):
                await self._runner
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()


@asynccontextmanager
async def open_database(
    url: str,
    *,
    migrate: bool = True,
    look_only: bool = False,
    busy_seconds: float = 5.0,
    before_change: Callable[[Path], None] | None = None,
) -> AsyncIterator[Database]:
    """Open a database, bring its tables up to date, close it at the end.

    ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://user@host/name``. A SQLite file has one Postbag at a time;
    ``look_only`` reads beside a running one and writes nothing. ``migrate`` False takes the tables as they are, of any
    version. ``before_change`` is given the SQLite file, on another thread, before tables that hold something are changed.
    Refused or Unavailable say what to do.
    """
    parsed = parsed_url(url)
    async with AsyncExitStack() as stack:
        if parsed.drivername == SQLITE:
            database = _open_sqlite(parsed, stack, look_only=look_only, busy_seconds=busy_seconds)
        else:
            engine = postgresql_engine(parsed)
            database = Database(parsed, engine, engine, one_writer=False)
        stack.push_async_callback(database.close)
        try:
            if look_only and migrate:
                await require_current(database)
            elif look_only:
                async with database.reading() as connection:
                    await connection.execute(text("SELECT 1"))
            elif migrate:
                if before_change is not None and database.path is not None and await is_older(database):
                    await asyncio.to_thread(before_change, database.path)
                await upgrade(database)
            else:
                async with database.writing() as connection:
                    await connection.execute(text("SELECT 1"))
        except Exception as error:
            server = database.path is None
            raise translate_opening(error, database.where, server=server) or error from error
        yield database


def parsed_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise Refused(
            "Postbag can't read the database address.", f"Set database.url to {SQLITE}:///path/to/file."
        ) from None
    if parsed.drivername not in (SQLITE, POSTGRESQL):
        raise Refused(
            f"Postbag can't use this kind of database: {parsed.drivername}.",
            f"Set database.url to {SQLITE}:///path/to/file or {POSTGRESQL}://user@host/name.",
        )
    if parsed.drivername == SQLITE and parsed.database in (None, "", ":memory:"):
        raise Refused("The database needs a file.", f"Set database.url to {SQLITE}:///path/to/file.")
    return parsed


def _open_sqlite(url: URL, stack: AsyncExitStack, *, look_only: bool, busy_seconds: float) -> Database:
    path = Path(url.database or "")
    if look_only:
        if not path.exists():
            raise Refused(f"There's no database at {path}.", "Start Postbag once, or correct database.url.")
    else:
        stack.callback(_take(path).release)
    reader = sqlite_engine(path, reads_only=True, busy_seconds=busy_seconds)
    writer = reader if look_only else sqlite_engine(path, reads_only=False, busy_seconds=busy_seconds)
    return Database(url, writer, reader, one_writer=True, busy_seconds=busy_seconds)


def _take(path: Path) -> FileLock:
    """Lock a database file for this process, making it and its folder where they are missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{path}.lock", mode=0o600, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        raise InUse(
            "Another Postbag is using this database.",
            f"Stop the other one first, or give this one its own file in database.url. The file is {path}.",
        ) from None
    except OSError as error:
        raise translate(error, str(path)) or Refused(
            f"The folder {path.parent} can't be made or used: {error.strerror}.", "Choose another with POSTBAG_DATA."
        ) from error
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        lock.release()
        raise translate(error, str(path)) or Refused(
            f"The folder {path.parent} can't be made or used: {error.strerror}.", "Choose another with POSTBAG_DATA."
        ) from error
    return lock
