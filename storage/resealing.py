"""Seal everything anew with another key, in one transaction: whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Refused
from storage.database import Database
from storage.people import Sealer
from storage.schema import kept, metadata, people, sketches

HASHED = (sketches.c.draft, sketches.c.pieces)
"""Keyed hashes that nothing leads back from: they mean nothing under another key, so their rows go."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values were sealed anew; how many the old key did not open, which stay as they are."""

    done: int
    unreadable: int


def sealed_columns() -> tuple[Column[Any], ...]:
    """List every column that holds something sealed."""
    return tuple(
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.startswith("sealed_")
    )


async def reseal(database: Database, old: Sealer, new: Sealer, check: tuple[str, str]) -> Resealed:
    """Open everything with one key, seal it with another, and keep the new key's check value under its name."""
    done = unreadable = 0
    async with database.writing() as connection:
        for column in sealed_columns():
            rows, failed = await _read(connection, column, old)
            done, unreadable = done + len(rows), unreadable + failed
            await _write(connection, column, [(number, new.seal(plain)) for number, plain in rows])
            if column is people.c.sealed_user_id:
                await _write(connection, people.c.lookup, [(number, new.lookup(int(plain))) for number, plain in rows])
        await connection.execute(delete(sketches))
        name, value = check
        await connection.execute(update(kept).where(kept.c.name == name).values(value=value))
    await database.forget_log()
    return Resealed(done, unreadable)


async def _read(connection: AsyncConnection, column: Column[Any], old: Sealer) -> tuple[list[tuple[int, bytes]], int]:
    held = await connection.execute(select(_id(column), column).where(column.is_not(None)).with_for_update())
    rows, failed = [], 0
    for number, sealed in held.all():
        try:
            rows.append((number, old.open(sealed)))
        except Refused:
            failed += 1
    return rows, failed


async def _write(connection: AsyncConnection, column: Column[Any], values: list[tuple[int, bytes]]) -> None:
    if values:
        change = update(column.table).where(_id(column) == bindparam("which")).values({column.name: bindparam("anew")})
        await connection.execute(change, [{"which": number, "anew": sealed} for number, sealed in values])


def _id(column: Column[Any]) -> Column[Any]:
    assert isinstance(column.table, Table)
    (key,) = column.table.primary_key.columns
    return key
