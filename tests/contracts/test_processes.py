"""Several processes on one database: who is there, and who does what one does for all. SQLite has one process."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.clock import SystemClock
from bot.domain.processes import LEASE
from bot.services.processes import ProcessService
from storage.database import Database, open_database
from storage.processes import CHORES, Processes
from storage.schema import leases, processes

pytestmark = pytest.mark.asyncio
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
shared = [pytest.mark.postgres, pytest.mark.loopback]


async def rows(database: Database) -> int:
    async with database.reading() as connection:
        return sum(
            [(await connection.execute(select(func.count()).select_from(t))).scalar_one() for t in (leases, processes)]
        )


async def frozen(database: Database, *, process: str) -> None:
    """Let a process have been silent for as long as its lease lasts."""
    async with database.writing() as connection:
        at = (await connection.execute(select(processes.c.seen_at).where(processes.c.process == process))).scalar_one()
        at -= LEASE + timedelta(seconds=1)
        await connection.execute(update(processes).where(processes.c.process == process).values(seen_at=at))
        await connection.execute(update(leases).where(leases.c.holder == process).values(until=at + LEASE))


async def test_a_single_process_leads_and_on_sqlite_that_costs_no_row(database: Database) -> None:
    one = Processes(database, "1.0")
    standing = await one.beat(NOW)
    assert standing.leads
    assert await one.take("anything", LEASE)
    if database.dialect == "sqlite":
        assert standing.live == await one.live() == ()
        assert await rows(database) == 0
    else:
        assert [(p.version, p.leads, p.is_this) for p in standing.live] == [("1.0", True, True)]


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_one_of_many_leads_and_another_takes_over_from_one_that_went_silent(
    postgresql_url: str, mark: None
) -> None:
    async with open_database(postgresql_url) as database:
        many = [Processes(database, "1.0") for _ in range(5)]
        standings = await asyncio.gather(*(one.beat(NOW, f"{n} of 5") for n, one in enumerate(many)))
        assert sum(standing.leads for standing in standings) == 1
        first = many[[standing.leads for standing in standings].index(True)]
        assert len(await first.live()) == 5
        assert (await first.beat(NOW)).leads, "it goes on for as long as it gives signs of life"
        await frozen(database, process=first.name)
        others = [one for one in many if one is not first]
        standings = [await one.beat(NOW) for one in others]
        assert [standing.leads for standing in standings] == [True, False, False, False]
        assert [standing.gone for standing in standings] == [1, 0, 0, 0]
        assert len(await first.live()) == 4
        back = await first.beat(NOW)
        assert not back.leads, "one that wakes up again does not take back what another does now"
        assert len(back.live) == 5


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_one_that_leaves_makes_room_at_once_and_a_lease_is_given_back_by_its_holder_alone(
    postgresql_url: str, mark: None
) -> None:
    async with open_database(postgresql_url) as database:
        one, other = Processes(database, "1.0"), Processes(database, "1.0")
        assert (await one.beat(NOW)).leads
        assert not (await other.beat(NOW)).leads
        await one.leave()
        standing = await other.beat(NOW)
        assert standing.leads
        assert standing.gone == 0
        assert len(standing.live) == 1
        assert await one.take("commands", LEASE)
        assert not await other.take("commands", LEASE)
        await other.let_go("commands")
        assert not await other.take("commands", LEASE)
        await one.let_go("commands")
        assert await other.take("commands", LEASE)


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_the_service_hears_that_it_takes_over_and_how_many_there_are(postgresql_url: str, mark: None) -> None:
    async with open_database(postgresql_url) as database:
        counts: list[int] = []
        heard: list[str] = []
        one = ProcessService(Processes(database, "1.0"), SystemClock())
        other = ProcessService(Processes(database, "1.0"), SystemClock(), counted=counts.append)
        other.take_over = lambda: heard.append("took over")
        assert one.leads, "before it is started, as in a command from a terminal"
        await one.start()
        await other.start()
        assert (one.leads, other.leads, heard, counts) == (True, False, [], [2])
        await one.stop()
        assert not one.leads
        await other._beat()
        assert (other.leads, heard, counts) == (True, ["took over"], [2, 1])
        await other._beat()
        assert heard == ["took over"], "told once"
        async with database.reading() as connection:
            until = (await connection.execute(select(leases.c.until).where(leases.c.name == CHORES))).scalar_one()
        other._until = 0.0
        assert not other.leads, "a process that was held up for longer than its lease does not believe it any more"
        assert until is not None
        await other.stop()
        assert await rows(database) == 0
