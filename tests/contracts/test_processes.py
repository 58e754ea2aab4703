"""Several processes on one database: who is there, and who does what one does for all. SQLite has one process."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.clock import SystemClock
from bot.domain.errors import Unavailable
from bot.domain.processes import LEASE, SILENT_FOR
from bot.services.delivery.pacing import Pacer
from bot.services.processes import ProcessService
from storage.database import Database, open_database
from storage.installation_facts import Facts
from storage.processes import CHORES, NOBODY, Processes
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
        other = ProcessService(
            Processes(database, "1.0"),
            SystemClock(),
            counted=lambda many, _: counts.append(many) if many != (counts or [0])[-1] else None,
        )
        other.take_over = lambda: heard.append("took over")
        assert one.leads, "before it is started, as in a command from a terminal"
        await one.start()
        await other.start()
        assert (one.leads, other.leads, heard, counts) == (True, False, [], [1, 2])
        await one.stop()
        assert not one.leads
        await other._beat()
        assert (other.leads, heard, counts) == (True, ["took over"], [1, 2, 1])
        await other._beat()
        assert heard == ["took over"], "told once"
        async with database.reading() as connection:
            until = (await connection.execute(select(leases.c.until).where(leases.c.name == CHORES))).scalar_one()
        other._until = 0.0
        assert not other.leads, "a process that was held up for longer than its lease does not believe it any more"
        assert until is not None
        await other.stop()
        async with database.reading() as connection:
            assert (await connection.execute(select(leases.c.holder))).scalars().all() == [NOBODY]
            assert (await connection.execute(select(processes))).first() is None


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_one_that_comes_has_no_part_of_what_is_shared_until_every_other_has_made_room(
    postgresql_url: str, mark: None
) -> None:
    async with open_database(postgresql_url) as database:
        one, other, third = (Processes(database, "1.0") for _ in range(3))
        assert (await one.beat(NOW)).is_agreed, "alone"
        assert not (await other.beat(NOW)).is_agreed, "the first still takes all"
        assert not (await other.beat(NOW)).is_agreed, "however often it looks"
        assert (await one.beat(NOW)).is_agreed
        assert not (await other.beat(NOW)).is_agreed, "the first has seen it: nobody knows yet that it sends less"
        assert (await one.beat(NOW)).is_agreed
        assert (await other.beat(NOW)).is_agreed, "the first keeps to a list with it"
        assert not (await third.beat(NOW)).is_agreed
        for _ in range(2):
            await one.beat(NOW)
        assert not (await third.beat(NOW)).is_agreed, "one of two keeps to a list with it"
        for _ in range(2):
            assert (await other.beat(NOW)).is_agreed, "one that had its part keeps it"
        assert (await third.beat(NOW)).is_agreed
        await frozen(database, process=other.name)
        assert [p.is_this for p in (await third.beat(NOW)).live] == [False, True], "its part is given away"
        assert not (await other.beat(NOW)).is_agreed, "one that was silent comes back as one that comes"
        for _ in range(2):
            await asyncio.gather(one.beat(NOW), third.beat(NOW))
        assert (await other.beat(NOW)).is_agreed


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_one_that_is_gone_is_not_waited_for(postgresql_url: str, mark: None) -> None:
    async with open_database(postgresql_url) as database:
        dead, new = Processes(database, "1.0"), Processes(database, "1.0")
        await dead.beat(NOW)
        assert not (await new.beat(NOW)).is_agreed
        await frozen(database, process=dead.name)
        assert (await new.beat(NOW)).is_agreed


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_the_service_hands_out_nothing_before_it_is_agreed_nor_after_its_time(
    postgresql_url: str, mark: None
) -> None:
    seconds = 0.0
    async with open_database(postgresql_url) as database:
        first = Processes(database, "1.0")
        await first.beat(NOW)
        pacer = Pacer()
        service = ProcessService(Processes(database, "1.0"), SystemClock(), counted=pacer.share, steady=lambda: seconds)
        assert pacer.wait(0.0) <= 0
        await service.start()
        assert pacer.wait(0.0) > 0, "the first still takes all"
        for _ in range(2):
            await first.beat(NOW)
        await service._beat()
        assert pacer.wait(0.0) <= 0
        seconds = SILENT_FOR.total_seconds() - 1
        assert pacer.wait(0.0) > 0, "asleep for so long: the others may have taken its part by now"
        await service._beat()
        assert pacer.wait(0.0) <= 0
        await service.stop()
        assert pacer.wait(0.0) > 0


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_sessions_begin_apart_whoever_asks(postgresql_url: str, mark: None) -> None:
    async with open_database(postgresql_url) as database:
        one, other = Processes(database, "1.0"), Processes(database, "1.0")
        assert await one.begin_apart("a session", LEASE)
        assert not await one.begin_apart("a session", LEASE), "not in the same process either"
        assert not await other.begin_apart("a session", LEASE)
        await one.leave()
        assert not await other.begin_apart("a session", LEASE), "also not where the first is gone"
        assert await other.begin_apart("another kind", LEASE)
        async with database.writing() as connection:
            await connection.execute(
                update(leases).values(until=datetime(2027, 1, 1, tzinfo=UTC) - timedelta(days=9000))
            )
        done = await asyncio.gather(*(each.begin_apart("a session", LEASE) for each in (one, other, one, other)))
        assert sorted(done) == [False, False, False, True]


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_nothing_is_stored_of_what_was_begun_under_a_lease_that_another_has_by_now(
    postgresql_url: str, mark: None
) -> None:
    async with open_database(postgresql_url) as database:
        one, other, facts = Processes(database, "1.0"), Processes(database, "1.0"), Facts(database)
        first = await one.beat(NOW)
        with one.under_lease(first.generation):
            await facts.put("begun", "in time")
            await frozen(database, process=one.name)
            await facts.put("begun", "late, and nobody minds yet")
            assert (await other.beat(NOW)).leads
            with pytest.raises(Unavailable, match="Another Postbag process"):
                await facts.put("begun", "too late")
            await other.leave()
            again = await one.beat(NOW)
            assert again.leads
            with pytest.raises(Unavailable, match="Another Postbag process"):
                await facts.put("begun", "of an earlier turn, which the other did again from the start")
        assert again.generation == first.generation + 2
        assert await facts.get("begun") == "late, and nobody minds yet"
        with one.under_lease(again.generation):
            await facts.put("begun", "again")
        assert await facts.get("begun") == "again"


@pytest.mark.parametrize("mark", [pytest.param(None, marks=shared)])
async def test_a_lease_is_not_taken_over_in_the_moment_in_which_its_work_is_committed(
    postgresql_url: str, mark: None
) -> None:
    async with open_database(postgresql_url) as database:
        one, other = Processes(database, "1.0"), Processes(database, "1.0")
        first = await one.beat(NOW)
        await frozen(database, process=one.name)
        with one.under_lease(first.generation):
            async with database.writing() as connection:
                await database._require(connection)
                taking = asyncio.create_task(other.beat(NOW))
                done, _ = await asyncio.wait([taking], timeout=0.5)
                assert not done, "it waits until that is stored"
        assert (await taking).leads
