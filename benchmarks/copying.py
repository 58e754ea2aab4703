"""``postbag database copy`` of a million rows to PostgreSQL and back, both sides read through and compared: time and memory."""

from __future__ import annotations

import argparse
import asyncio
import resource
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import show_machine, show_table
from benchmarks.filling import empty, micro
from storage.copying import Copied, copy_database
from storage.database import open_database
from tests.contracts.conftest import running_server

GROUPS = 10_000
FIRST = "first.sqlite3"


def fill(path: Path, rows: int) -> None:
    """Make a database with so many rows, shared out among tables with keys of one number, of two columns, and of text."""
    now = micro(datetime.now(UTC))
    empty(path)
    lines, pairs, facts = rows * 8 // 10, rows // 10, rows // 10
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT INTO audit (guild_id, at, what) VALUES (?, ?, ?)",
            (
                (number % GROUPS, now - number, f"Changed the time of day to {number % 24:02}:00")
                for number in range(lines)
            ),
        )
        database.executemany(
            "INSERT INTO follows (guild_id, report, since) VALUES (?, ?, ?)",
            ((number % GROUPS, f"report-{number // GROUPS}", now) for number in range(pairs)),
        )
        database.executemany(
            "INSERT INTO kept (name, value) VALUES (?, ?)", ((f"fact {number}", str(number)) for number in range(facts))
        )


async def copied(there: str, here: str) -> tuple[float, tuple[Copied, ...]]:
    async with open_database(there, migrate=False) as old, open_database(here) as new:
        began = time.monotonic()
        found = await copy_database(old, new)
        return time.monotonic() - began, found


async def run(url: str, folder: Path) -> list[list[str]]:
    first, back = folder / FIRST, folder / "back.sqlite3"
    lines, sums = [], []
    for title, there, here in (
        ("SQLite → PostgreSQL", f"sqlite+aiosqlite:///{first}", url),
        ("PostgreSQL → SQLite", url, f"sqlite+aiosqlite:///{back}"),
    ):
        seconds, found = await copied(there, here)
        count = sum(one.rows for one in found)
        sums.append({one.table: one.checksum for one in found})
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines.append([title, f"{count:,}", f"{seconds:.1f} s", f"{count / seconds:,.0f}", f"{most:.0f} MB"])
    lines.append(["there and back", "the same" if sums[0] == sums[1] else "NOT THE SAME", "", "", ""])
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    show_machine()
    with running_server() as server, tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / FIRST, given.rows)
        asyncio.run(server._create("copied", "template0"))
        lines = asyncio.run(run(server.url("copied"), Path(folder)))
    show_table(
        f"{given.rows:,} rows copied, then both sides read through and compared",
        ["what", "rows", "time", "rows a second", "memory at most"],
        lines,
    )


if __name__ == "__main__":
    main()
