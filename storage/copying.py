"""A whole database copied into an empty one of either kind: each table in one transaction, counted and summed on both sides.

What is copied is copied as it lies there, in the four plain kinds of column; nothing is opened, so no key is needed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import PostbagError, Refused, Unavailable
from storage.database import Database
from storage.installation_facts import UNDER_WAY, Facts
from storage.migrations import require_current
from storage.processes import Processes
from storage.schema import kept, leases, metadata, processes

# Rows held in memory at a time, so that a large table takes no more of it than a small one.
AT_ONCE = 2_000
COUNTED_AT_ONCE = 100_000

NOT_COPIED = (processes, leases)

Said = Callable[[str, int, int], None]
"""Hears the table, how many of its rows are copied, and how many there are."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A table that is in both databases alike: its rows, and their sum."""

    table: str
    rows: int
    checksum: str


def plain_tables() -> tuple[Table, ...]:
    """Give every table with its columns as they are stored, those that others refer to first, and the facts last.

    A Postbag that is started on half a copy finds no key in it, and refuses.
    """
    bare = MetaData()
    made = []
    for table in (*(t for t in metadata.sorted_tables if t not in (kept, *NOT_COPIED)), kept):
        columns = [Column(c.name, _kind(c.type), primary_key=c.primary_key, autoincrement=False) for c in table.columns]
        made.append(Table(table.name, bare, *columns))
    return tuple(made)


def _kind(kind: Any) -> Any:
    found = getattr(kind, "impl", kind)
    if isinstance(found, LargeBinary):
        return LargeBinary()
    return Text() if isinstance(found, Text) else BigInteger()


async def copy_database(source: Database, target: Database, said: Said = lambda *_: None) -> tuple[Copied, ...]:
    """Copy every row of one database into another, and go on where an earlier try broke off.

    Refused: a Postbag uses one of them, also where it was started later; the target holds something; the source changed, or is
    half a copy itself.
    """
    await require_current(source)
    await _require_whole(source)
    watched = [await _Unused.look_at(database) for database in (source, target)]
    done = await _begin(source, target)
    copied = []
    for table in plain_tables():
        if table.name not in done:
            await _copy(source, target, table, said, done := (*done, table.name))
        copied.append(await _compared(source, target, table))
        for one in watched:
            await one.require_still()
    await _move_on(source, target)
    for one in watched:
        await one.require_still()
    async with target.writing() as connection:
        await connection.execute(delete(kept).where(kept.c.name == UNDER_WAY))
    return tuple(copied)


async def _require_whole(source: Database) -> None:
    """Refuse half a copy as the source: the mark that says so is not copied, and the new one would pass for whole."""
    if await Facts(source).get(UNDER_WAY) is not None:
        raise Refused(
            f"{source.where} is half a copy of another database.",
            "Finish that copy first, or copy from the database it was made from.",
        )


@dataclass(frozen=True, slots=True)
class _Unused:
    """A database that no Postbag uses. A SQLite file is locked by whoever opens it; a server shows who gives signs of life.

    One that came and went in between is seen too: it did what one does for all, which changed hands.
    """

    database: Database
    turns: int

    @classmethod
    async def look_at(cls, database: Database) -> _Unused:
        """Look at a database before anything is copied. Refused: a Postbag uses it."""
        unused = cls(database, await Processes(database, "").turns())
        if await Processes(database, "").live():
            raise Refused(
                f"Postbag is running on {database.where}.",
                "Stop it first, or what it writes meanwhile will be missing from the copy.",
            )
        return unused

    async def require_still(self) -> None:
        """Refuse to call it a copy where a Postbag was started meanwhile."""
        process = Processes(self.database, "")
        if await process.live() or await process.turns() != self.turns:
            raise Refused(
                f"Postbag was started meanwhile on {self.database.where}.",
                "Stop it, empty the new database and copy again, as what it wrote may be missing.",
            )


async def _begin(source: Database, target: Database) -> tuple[str, ...]:
    """Give the tables that an earlier try copied whole. Refused: the target holds something else."""
    async with target.reading() as connection:
        mark = (await connection.execute(select(kept.c.value).where(kept.c.name == UNDER_WAY))).scalar_one_or_none()
        if mark is None:
            for table in plain_tables():
                if (await connection.execute(select(table).limit(1))).first() is not None:
                    raise Refused(
                        f"{target.where} already has something in it ( {table.name}).",
                        "Give an empty database, so that old and new don't mix.",
                    )
    if mark is None:
        async with target.writing() as connection:
            await _note(connection, source, ())
        return ()
    begun = json.loads(mark)
    if begun["from"] != _name(source):
        raise Refused(
            f"{target.where} has half a copy of another database.", "Finish that copy, or give an empty database."
        )
    return tuple(begun["done"])


def _name(database: Database) -> str:
    """Name a database without telling where it is."""
    url = database.url
    return blake2b(f"{url.drivername} {url.host} {url.port} {url.database}".encode(), digest_size=8).hexdigest()


async def _note(connection: AsyncConnection, source: Database, done: Sequence[str]) -> None:
    value = json.dumps({"from": _name(source), "done": done})
    await connection.execute(delete(kept).where(kept.c.name == UNDER_WAY))
    await connection.execute(insert(kept).values(name=UNDER_WAY, value=value))


async def _copy(source: Database, target: Database, table: Table, said: Said, done: Sequence[str]) -> None:
    """Copy one table as a whole or not at all, and note in the same transaction that it is done.

    A kill between the two would leave a full table that the next try fills again.
    """
    total = await _count(source, table)
    count = 0
    said(table.name, count, total)
    try:
        async with target.writing() as connection:
            async for rows in _rows(source, table):
                await _put(connection, table, rows)
                count += len(rows)
                said(table.name, count, total)
            await _note(connection, source, done)
    except PostbagError as error:
        raise Unavailable(
            f"The copy stopped in {table.name}: {error.message}",
            "Run the same command again. It carries on from there.",
        ) from error


async def _count(database: Database, table: Table) -> int:
    """Count the rows of a table, a part of its key at a time: a server ends a statement that takes long."""
    keys = list(table.primary_key.columns)
    total, last = 0, None
    while True:
        rest = select(*keys) if last is None else select(*keys).where(_after(keys, last))
        async with database.reading() as connection:
            end = await connection.execute(rest.order_by(*keys).offset(COUNTED_AT_ONCE - 1).limit(1))
            if (found := end.one_or_none()) is None:
                left = await connection.execute(select(func.count()).select_from(rest.subquery()))
                return total + int(left.scalar_one())
        total, last = total + COUNTED_AT_ONCE, tuple(found)


def _after(keys: list[Any], last: tuple[Any, ...]) -> Any:
    return tuple_(*keys) > tuple_(*last) if len(keys) > 1 else keys[0] > last[0]


async def _rows(database: Database, table: Table) -> AsyncIterator[list[tuple[Any, ...]]]:
    """Read a table through in the order of its key, a little at a time: no statement takes long, however large it is."""
    keys = list(table.primary_key.columns)
    places = [list(table.columns).index(key) for key in keys]
    last: tuple[Any, ...] | None = None
    while True:
        query = select(table).order_by(*keys).limit(AT_ONCE)
        if table.name == kept.name:
            query = query.where(table.c.name != UNDER_WAY)
        if last is not None:
            query = query.where(_after(keys, last))
        async with database.reading() as connection:
            rows = [tuple(row) for row in await connection.execute(query)]
        if rows:
            yield rows
        if len(rows) < AT_ONCE:
            return
        last = tuple(rows[-1][place] for place in places)


async def _put(connection: AsyncConnection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT 1"))  # begins the transaction, in which the rows then stand
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.copy_records_to_table(table.name, records=rows, columns=names)
        return
    await connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


async def _compared(source: Database, target: Database, table: Table) -> Copied:
    """Read both sides through. Refused: they differ."""
    there, here = [await _sum(database, table) for database in (source, target)]
    if there != here:
        raise Refused(
            f"{table.name} isn't the same in both: {there.rows} rows there, {here.rows} here.",
            "Something has written to one of them since. Empty the new database and copy again.",
        )
    return here


async def _sum(database: Database, table: Table) -> Copied:
    """Count and sum the rows of a table, in whatever order a database sorts its texts."""
    total = count = 0
    async for rows in _rows(database, table):
        count += len(rows)
        for row in rows:
            written = repr([bytes(value) if isinstance(value, memoryview) else value for value in row]).encode()
            total += int.from_bytes(blake2b(written, digest_size=16).digest())
    return Copied(table.name, count, f"{total % 2**128:032x}")


async def _move_on(source: Database, target: Database) -> None:
    """Let ids go on where they were: none is given twice, also not one whose row is gone."""
    for table in metadata.sorted_tables:
        if "id" not in table.c or table in NOT_COPIED:
            continue
        last = await _last_id(source, table)
        if not last:
            continue
        async with target.writing() as connection:
            if target.dialect == "postgresql":
                moved = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
                await connection.execute(moved, {"name": table.name, "last": last})
            else:
                await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
                put = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
                await connection.execute(put, {"name": table.name, "last": last})


async def _last_id(source: Database, table: Table) -> int:
    async with source.reading() as connection:
        if source.dialect == "postgresql":
            name = (
                await connection.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
            ).scalar_one()
            query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")  # noqa: S608 - a name of ours
            return int((await connection.execute(query)).scalar_one())
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int((await connection.execute(query, {"name": table.name})).scalar_one_or_none() or 0)
