from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Refused, Unavailable
from storage.database import Database, open_database
from storage.installation_facts import Facts
from storage.migrations import versions
from storage.schema import kept, people


async def write(connection: AsyncConnection, name: str) -> str:
    await connection.execute(insert(kept).values(name=name, value=""))
    return name


async def names(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set((await connection.execute(select(kept.c.name))).scalars())


@pytest.mark.asyncio
async def test_the_check_finds_a_new_database_well(database: Database) -> None:
    health = await database.check()
    assert (health.dialect, health.version, health.problems) == (database.dialect, versions()[-1], ())
    assert health.size > 0


@pytest.mark.asyncio
async def test_a_batch_keeps_failures_apart(database: Database) -> None:
    await Facts(database).put("taken", "1")
    wanted = [*(f"n{n}" for n in range(30)), "taken", *(f"m{n}" for n in range(30))]
    results = await asyncio.gather(
        *(database.batched(lambda c, n=name: write(c, n)) for name in wanted), return_exceptions=True
    )
    assert isinstance(results[30], IntegrityError)
    assert [result for result in results if not isinstance(result, BaseException)] == wanted[:30] + wanted[31:]
    assert await names(database) == set(wanted)


@pytest.mark.asyncio
async def test_a_snapshot_stands_still(database: Database) -> None:
    async with database.reading(snapshot=True) as still, database.reading() as moving:
        assert (await still.execute(select(kept))).all() == []
        await Facts(database).put("b", "1")
        assert (await still.execute(select(kept))).all() == []
        assert (await moving.execute(select(kept))).all() == [("b", "1")]


@pytest.mark.asyncio
async def test_a_cancelled_write_leaves_nothing(database: Database) -> None:
    begun = asyncio.Event()

    async def stuck() -> None:
        async with database.writing() as connection:
            await write(connection, "first")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    await Facts(database).put("first", "1")
    assert await names(database) == {"first"}


@pytest.mark.asyncio
async def test_ids_come_from_the_database_and_references_are_kept(database: Database) -> None:
    row = {"lookup": b"a", "sealed_user_id": b"b", "created_at": None}
    async with database.reading() as connection:
        assert (await connection.execute(select(people))).all() == []
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(insert(people).values(**row))
    reference = text("INSERT INTO ledger (at, event, person_id) VALUES (0, 'x', 404)")
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(reference)


@pytest.mark.asyncio
@pytest.mark.postgres
@pytest.mark.loopback
async def test_several_postbags_may_share_a_server_and_migrate_at_once(postgresql_server: Any) -> None:
    address = postgresql_server.make("shared")

    async def start(number: int) -> None:
        async with open_database(address) as database:
            await Facts(database).put(f"n{number}", "1")

    await asyncio.gather(*(start(number) for number in range(4)))
    async with open_database(address) as database:
        assert await names(database) == {"n0", "n1", "n2", "n3"}


async def break_off(database: Database) -> None:
    """Write, and lose the connection in between."""
    async with database.writing() as connection:
        await write(connection, "b")
        other = await asyncpg.connect(
            host=database.url.query["host"], user=database.url.username, database=database.url.database
        )
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        await other.close()
        await write(connection, "c")


@pytest.mark.asyncio
@pytest.mark.postgres
@pytest.mark.loopback
async def test_a_lost_connection_is_told_and_the_next_one_works(postgresql_url: str) -> None:
    async with open_database(postgresql_url) as database:
        await Facts(database).put("a", "1")
        with pytest.raises(Unavailable, match="answering"):
            await break_off(database)
        assert await names(database) == {"a"}
        await Facts(database).put("d", "1")


@pytest.mark.asyncio
@pytest.mark.postgres
@pytest.mark.loopback
@pytest.mark.parametrize("change", [{"database": "nothing_here"}, {"username": "nobody_here"}], ids=["name", "user"])
async def test_a_missing_database_or_user_is_told(postgresql_url: str, change: dict[str, Any]) -> None:
    address = make_url(postgresql_url).set(**change).render_as_string(hide_password=False)
    with pytest.raises(Refused) as told:
        async with open_database(address):
            pass
    assert "database.url" in told.value.next_step
