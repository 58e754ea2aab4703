"""A PostgreSQL server as it is in life: each fault has kind words within a time, no stack trace, and is over by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bot.domain.errors import PostbagError, Unavailable
from storage.database import Database, open_database
from storage.installation_facts import Facts
from tests.contracts.conftest import Server
from tests.several.proxy import Door, door

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]

WITHIN = 30.0


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONNECT_WITHIN", "ANSWER_WITHIN", "POOL_WAIT"):
        monkeypatch.setattr(f"storage.engines.{name}", 1.0)


@pytest_asyncio.fixture
async def way(postgresql_server: Server) -> AsyncIterator[Door]:
    async with door(postgresql_server.folder) as opened:
        yield opened


@pytest_asyncio.fixture
async def database(way: Door, postgresql_url: str) -> AsyncIterator[Database]:
    async with open_database(way.url(str(make_url(postgresql_url).database)) + "?pool=3") as opened:
        yield opened


async def refused(work: Callable[[], Awaitable[object]]) -> PostbagError:
    """Give the kind error of what is tried, which comes in time."""
    async with asyncio.timeout(WITHIN):
        with pytest.raises(PostbagError) as raised:
            await work()
    assert raised.value.message
    assert raised.value.next_step
    return raised.value


async def back(database: Database) -> None:
    """Wait until both reading and writing go again, by themselves."""
    async with asyncio.timeout(WITHIN):
        while True:
            try:
                await Facts(database).put("here", "again")
                assert await Facts(database).get("here") == "again"
            except Unavailable:
                await asyncio.sleep(0.1)
            else:
                return


async def both(database: Database) -> list[PostbagError]:
    facts = Facts(database)

    async def batched() -> None:
        await database.batched(lambda connection: connection.execute(text("SELECT 1")))

    return [
        await refused(lambda: facts.get("one")),
        await refused(lambda: facts.put("one", "1")),
        await refused(batched),
    ]


async def test_a_black_hole_is_answered_within_the_time_limit_and_is_over_by_itself(
    way: Door, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await back(database)
    with caplog.at_level(logging.WARNING):
        way.is_hole = True
        for error in await both(database):
            assert "answering" in error.message
        many = await asyncio.gather(*(refused(lambda: Facts(database).get("one")) for _ in range(8)))
        assert len(many) == 8
        way.is_hole = False
        await back(database)
    assert not [record for record in caplog.records if record.exc_info]


async def test_in_the_middle_of_a_transaction_too(way: Door, database: Database) -> None:
    async def half() -> None:
        async with database.writing() as connection:
            await connection.execute(text("SELECT 1"))
            way.is_hole = True
            await connection.execute(text("SELECT 1"))

    await refused(half)
    way.is_hole = False
    await back(database)


async def test_connections_that_are_cut_off_are_made_anew(way: Door, database: Database) -> None:
    await back(database)
    way.is_shut = True
    way.cut()
    for error in await both(database):
        assert "answering" in error.message
    way.is_shut = False
    await back(database)


async def test_a_slow_server_is_waited_for(way: Door, database: Database) -> None:
    way.slow = 0.1
    await back(database)
    way.slow = 0.0


async def test_a_server_that_takes_no_changes_says_so_and_goes_on_reading(database: Database, way: Door) -> None:
    await back(database)
    name = database.url.database
    async with database.writing() as connection:
        await connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    way.cut()
    await asyncio.sleep(0.1)
    assert await Facts(database).get("here") == "again"
    error = await refused(lambda: Facts(database).put("here", "more"))
    assert "isn't accepting changes" in error.message
    assert (await database.check()).problems != ()
    async with database.reading() as connection:
        await connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
        await connection.execute(text("COMMIT"))
        await connection.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
        await connection.execute(text("COMMIT"))
    way.cut()
    await back(database)


async def test_a_server_without_a_connection_free_says_so(
    way: Door, database: Database, postgresql_server: Server
) -> None:
    name = database.url.database
    await back(database)
    async with database.writing() as connection:
        await connection.execute(text("CREATE ROLE few LOGIN CONNECTION LIMIT 0"))
        await connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO few"))
    try:
        with pytest.raises(Unavailable, match="no free connections"):
            async with open_database(way.url(str(name)).replace("postbag@", "few@")):
                pass
        async with database.writing() as connection:
            await connection.execute(text("ALTER ROLE few CONNECTION LIMIT 1"))
        async with open_database(way.url(str(name)).replace("postbag@", "few@") + "?pool=3", migrate=False) as few:
            async with few.reading() as connection:
                await connection.execute(text("SELECT 1"))
                error = await refused(lambda: Facts(few).get("here"))
                assert "no free connections" in error.message
            await back(few)
    finally:
        async with database.writing() as connection:
            await connection.execute(text("DROP OWNED BY few"))
            await connection.execute(text("DROP ROLE few"))


async def test_more_at_once_than_connections_wait_for_their_turn_and_then_are_told(database: Database) -> None:
    async def long() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(0.1)"))

    await asyncio.gather(*(long() for _ in range(12)))

    async def held() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))
            await asyncio.sleep(4)

    holders = [asyncio.create_task(held()) for _ in range(3)]
    await asyncio.sleep(0.3)
    error = await refused(lambda: Facts(database).get("here"))
    assert "too much to do" in error.message
    await asyncio.gather(*holders)
    await back(database)


async def test_a_statement_that_takes_too_long_is_ended(database: Database) -> None:
    async def long() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))

    await refused(long)
    await back(database)


async def test_a_wrong_statement_and_a_broken_rule_are_no_condition_of_the_server(database: Database) -> None:
    with pytest.raises(ProgrammingError):
        async with database.reading() as connection:
            await connection.execute(text("SELECT nothing FROM nowhere"))
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO kept (name, value) VALUES ('a', 'b'), ('a', 'c')"))
    with pytest.raises(ZeroDivisionError):
        await fail(database)


async def fail(database: Database) -> None:
    async with database.writing():
        raise ZeroDivisionError
