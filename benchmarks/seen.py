"""How soon what one process changes is known to another: every kind of change, on one PostgreSQL, again and again."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import median, show_machine, show_table
from tests.builders import NOW
from tests.contracts.conftest import running_server
from tests.several.test_memory import CASES, knows, two, undoable, until, writing

GOAL = 2.0
"""Seconds within which the other process has to know. The command fails where one took longer."""


async def measured(url: str, folder: Path) -> dict[str, float]:
    """Walk all kinds once, and give the seconds until the other process knew each."""
    found: dict[str, float] = {}
    async with two(url, folder) as (one, other):
        other.services.guilds._next_waiting = NOW + timedelta(days=1)
        undoable(other)
        writing(other)
        for name, (_, change, seen) in CASES.items():
            assert not knows(other, seen), name
            await change(one)
            changed = time.monotonic()
            await until(lambda seen=seen: knows(other, seen))  # type: ignore[misc]
            found[name] = time.monotonic() - changed
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    show_machine()
    times: dict[str, list[float]] = {}
    with running_server() as server:
        for number in range(given.rounds):
            asyncio.run(server._create(f"seen_{number}", "template0"))
            with tempfile.TemporaryDirectory() as folder:
                for name, seconds in asyncio.run(measured(server.url(f"seen_{number}"), Path(folder))).items():
                    times.setdefault(name, []).append(seconds)
    rows = [[name, f"{median(found):.2f} s", f"{max(found):.2f} s"] for name, found in times.items()]
    late = [name for name, found in times.items() if max(found) > GOAL]
    show_table(f"Known in the other process, {given.rounds} rounds", ["what was changed", "median", "slowest"], rows)
    if late:
        raise SystemExit(f"later than {GOAL} seconds: {', '.join(late)}")


if __name__ == "__main__":
    main()
