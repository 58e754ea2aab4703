"""A process that leads is frozen in the middle of what it does for all, and wakes up when another does it: it stores nothing of it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from storage.database import Database, open_database
from storage.installation_facts import Facts
from storage.processes import Processes
from storage.schema import leases, processes

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]
ROOT = Path(__file__).resolve().parents[2]
WITHIN = 60.0


class Leader:
    """The other process, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def says(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(WITHIN):
            return (await self.process.stdout.readline()).decode().strip()

    def goes_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")


@asynccontextmanager
async def leader(url: str, where: str) -> AsyncIterator[Leader]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.several.frozen_leader", url, where,
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Leader(process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.wait()


async def its_time_is_over(database: Database) -> None:
    """Let everybody's signs of life be an hour old."""
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    async with database.writing() as connection:
        await connection.execute(update(processes).values(seen_at=long_ago))
        await connection.execute(update(leases).values(until=long_ago))


async def test_woken_between_two_transactions_it_stores_nothing_more(postgresql_url: str) -> None:
    async with open_database(postgresql_url) as database, leader(postgresql_url, "between") as frozen:
        assert await frozen.says() == "begun"
        frozen.process.send_signal(signal.SIGSTOP)
        await its_time_is_over(database)
        assert (await Processes(database, "1.0").beat(datetime.now(UTC))).leads
        frozen.goes_on()
        frozen.process.send_signal(signal.SIGCONT)
        assert (await frozen.says()).startswith("refused: Another Postbag process")
        assert await Facts(database).get("the leader's") is None


async def test_frozen_within_a_transaction_it_holds_up_nobody_for_long_and_stores_nothing_of_it(
    postgresql_url: str,
) -> None:
    async with open_database(postgresql_url) as database, leader(postgresql_url, "within") as frozen:
        assert await frozen.says() == "begun"
        frozen.process.send_signal(signal.SIGSTOP)
        await its_time_is_over(database)
        assert (await Processes(database, "1.0").beat(datetime.now(UTC))).leads
        open_ones = text("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
        async with asyncio.timeout(WITHIN):
            while True:
                async with database.reading() as connection:
                    if (await connection.execute(open_ones)).scalar_one() == 0:
                        break
                await asyncio.sleep(0.2)
        await Facts(database).put("the leader's", "somebody else's, which a row held by the frozen one would hold up")
        frozen.goes_on()
        frozen.process.send_signal(signal.SIGCONT)
        assert (await frozen.says()).startswith("refused: ")
        assert await Facts(database).get("the leader's") == (
            "somebody else's, which a row held by the frozen one would hold up"
        )


async def test_one_that_was_never_frozen_stores_what_it_began(postgresql_url: str) -> None:
    async with open_database(postgresql_url) as database, leader(postgresql_url, "between") as well:
        assert await well.says() == "begun"
        well.goes_on()
        assert await well.says() == "stored"
        assert await Facts(database).get("the leader's") == "yes"
