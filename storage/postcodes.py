"""An operator's own table of postcodes: in which constituencies each may lie, in a file of its own beside the database.

It is built whole and put in place in one step, also while Postbag runs, and asked without a trace: nothing writes down
which postcode was looked up.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path

BATCH = 20_000

_TABLES = """
CREATE TABLE about (as_of TEXT NOT NULL, postcodes INTEGER NOT NULL) STRICT;
CREATE TABLE seats (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE postcodes (postcode TEXT NOT NULL, seat INTEGER NOT NULL, PRIMARY KEY (postcode, seat)) STRICT, WITHOUT ROWID;
"""


class PostcodeTable:
    """The table in one file, which may not be there. Each question opens it anew, so that a new one counts at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def as_of(self) -> date | None:
        """Give the day of the table, or None where there is none."""
        return await asyncio.to_thread(self._as_of)

    async def seats(self, postcode: str) -> tuple[str, ...]:
        """List the constituencies that a postcode touches, by name; none where it is not in the table."""
        return await asyncio.to_thread(self._seats, postcode)

    def _as_of(self) -> date | None:
        rows = self._ask("SELECT as_of FROM about", ())
        return date.fromisoformat(rows[0][0]) if rows else None

    def _seats(self, postcode: str) -> tuple[str, ...]:
        asked = "SELECT name FROM postcodes JOIN seats ON seats.id = seat WHERE postcode = ? ORDER BY name"
        return tuple(name for (name,) in self._ask(asked, (postcode,)))

    def _ask(self, query: str, values: tuple[str, ...]) -> list[tuple[str]]:
        if not self._path.exists():
            return []
        try:
            with closing(
                sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            ) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.Error:
            return []

    def build(self, rows: Iterable[tuple[str, str]], as_of: date) -> int:
        """Put a new table of (postcode, constituency) in place of the old one; give the number of postcodes in it.

        Whatever goes wrong, also while the rows are read, leaves the old one as it was.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(f"{self._path.name}.new")
        unfinished.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
                count = _fill(connection, iter(rows), as_of)
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.replace(self._path)
        finally:
            unfinished.unlink(missing_ok=True)
        return count

    def remove(self) -> bool:
        """Delete the table. False: there was none."""
        there = self._path.exists()
        self._path.unlink(missing_ok=True)
        return there


def _fill(connection: sqlite3.Connection, rows: Iterator[tuple[str, str]], as_of: date) -> int:
    connection.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;" + _TABLES
    )
    numbers: dict[str, int] = {}
    connection.execute("BEGIN")
    while batch := [(postcode, numbers.setdefault(seat, len(numbers) + 1)) for postcode, seat in islice(rows, BATCH)]:
        connection.executemany("INSERT OR IGNORE INTO postcodes VALUES (?, ?)", batch)
    connection.executemany("INSERT INTO seats VALUES (?, ?)", [(number, name) for name, number in numbers.items()])
    ((count,),) = connection.execute("SELECT count(DISTINCT postcode) FROM postcodes").fetchall()
    connection.execute("INSERT INTO about VALUES (?, ?)", (as_of.isoformat(), count))
    connection.execute("COMMIT")
    return int(count)
