"""Small facts about the installation itself, by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Insert, Table, bindparam, select
from sqlalchemy.dialects import sqlite

from bot.domain.errors import Refused
from storage.database import Database
from storage.schema import kept


def insert_for(database: Database, table: Table) -> Any:
    """Give the dialect's INSERT, which has ``on_conflict_do_update``: the same words on both, from two modules."""
    if database.dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


CALENDAR_FACT = "calendar"
"""A random number of this installation, from which whatever stands in somebody's calendar gets its identity."""


UNDER_WAY = "copying from another database"
"""The fact of a database that is the target of a copy and not whole yet: which tables are, and from where."""


async def require_whole(facts: Facts) -> None:
    """Refuse to run on a database into which another is being copied."""
    if await facts.get(UNDER_WAY) is not None:
        raise Refused(
            "Another database is being copied into this one, and it isn't whole.",
            "Run the same postbag database copy again until it says that both are the same.",
        )


class Facts:
    """The ``kept`` table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._get = select(kept.c.value).where(kept.c.name == bindparam("wanted"))
        insert = insert_for(database, kept)
        self._claim: Insert = insert.on_conflict_do_update(
            index_elements=["name"], set_={"value": kept.c.value}
        ).returning(kept.c.value)
        self._put: Insert = insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value})

    async def get(self, name: str) -> str | None:
        async with self._database.reading() as connection:
            value: str | None = (await connection.execute(self._get, {"wanted": name})).scalar_one_or_none()
        return value

    async def put(self, name: str, value: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(self._put, {"name": name, "value": value})

    async def claim(self, name: str, value: str) -> str:
        """Put a value where there is none yet, in one statement. Gives the value that stands."""
        async with self._database.writing() as connection:
            stands: str = (await connection.execute(self._claim, {"name": name, "value": value})).scalar_one()
        return stands
