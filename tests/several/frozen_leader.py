"""A process that leads, begins what one does for all, and goes on with it when it is told to, for ``test_frozen_leader``.

It is given the address of a database and ``between`` or ``within``: where it waits in the middle, between two transactions or in one.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from sqlalchemy import insert

from bot.clock import SystemClock
from bot.domain.errors import PostbagError
from bot.services.processes import ProcessService
from storage.database import Database, open_database
from storage.installation_facts import Facts
from storage.processes import Processes
from storage.schema import kept


async def told() -> None:
    await asyncio.to_thread(sys.stdin.readline)


def says(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def within(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(kept).values(name="the leader's", value=str(datetime.now(UTC))))
        says("begun")
        await told()


async def between(database: Database) -> None:
    await Facts(database).put("begun", "yes")
    says("begun")
    await told()
    await Facts(database).put("the leader's", "yes")


async def main(url: str, where: str) -> None:
    async with open_database(url, migrate=False) as database:
        service = ProcessService(Processes(database, "1.0"), SystemClock())
        await service.start()
        assert service.leads
        try:
            with service.under_lease():
                await (within if where == "within" else between)(database)
            says("stored")
        except PostbagError as error:
            says(f"refused: {error.message}")
        await told()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
