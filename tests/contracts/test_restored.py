from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.domain.identity import UserId
from bot.domain.restored import Restored
from bot.sealing import CHECK_NAME, Sealer
from storage.database import Database
from storage.forgotten import Forgotten
from storage.installation_facts import Facts
from storage.people import People
from storage.resealing import reseal
from storage.restored import COPY_MADE, settle
from storage.schema import deliveries

OLD, NEW = Sealer(bytes(32)), Sealer(bytes(range(32)))
NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
ONE, TWO = UserId(900_000_000_000_000_001), UserId(900_000_000_000_000_002)


@pytest.mark.asyncio
async def test_a_copy_put_to_use_is_settled_once_whatever_database_it_is(database: Database, tmp_path: Path) -> None:
    forgotten = Forgotten(tmp_path / "forgotten", OLD)
    people = People(database, OLD, forgotten.add)
    made = NOW - timedelta(hours=3)
    one, two = await people.person(ONE, made), await people.person(TWO, made)
    assert await settle(database, people, forgotten, NOW) is None
    row = {"key": "k", "route": "channel", "digest": "", "due_at": made, "created_at": made}
    async with database.writing() as connection:
        for number, state in enumerate(("sending", "waiting", "sent")):
            await connection.execute(insert(deliveries).values({**row, "key": f"k{number}", "state": state}))
    await Facts(database).put(COPY_MADE, made.isoformat())
    forgotten.add(ONE, NOW - timedelta(hours=1))
    forgotten.add(TWO, NOW - timedelta(days=2))
    restored = await settle(database, people, forgotten, NOW)
    assert restored == Restored(made, NOW)
    assert await people.user_id(one) is None
    assert await people.user_id(two) == TWO, "forgotten before the copy, and back since"
    async with database.reading() as connection:
        tried = await connection.execute(select(deliveries.c.state, deliveries.c.attempted_at))
        assert dict(tuple(row) for row in tried) == {"sending": made, "waiting": made, "sent": None}
    assert await settle(database, people, forgotten, NOW + timedelta(days=1)) == restored


@pytest.mark.asyncio
async def test_a_copy_put_back_soon_after_another_doubts_the_time_of_both(database: Database, tmp_path: Path) -> None:
    forgotten, people = Forgotten(tmp_path / "forgotten", OLD), People(database, OLD)
    first = NOW - timedelta(hours=3)
    await Facts(database).put(COPY_MADE, first.isoformat())
    await settle(database, people, forgotten, NOW)
    await Facts(database).put(COPY_MADE, (NOW + timedelta(hours=1)).isoformat())
    assert await settle(database, people, forgotten, NOW + timedelta(hours=2)) == Restored(
        first, NOW + timedelta(hours=2), is_listed=False
    )


@pytest.mark.asyncio
async def test_another_key_opens_everything_on_both(database: Database) -> None:
    people = People(database, OLD)
    one = await people.person(ONE, NOW)
    await Facts(database).put(CHECK_NAME, OLD.check)
    told = await reseal(database, OLD, NEW, (CHECK_NAME, NEW.check))
    assert (told.done, told.unreadable) == (1, 0)
    assert await Facts(database).get(CHECK_NAME) == NEW.check
    again = People(database, NEW)
    assert await again.find(ONE) == one
    assert await again.user_id(one) == ONE


@pytest.mark.asyncio
async def test_each_machine_that_shares_a_server_forgets_again_whom_it_forgot(
    database: Database, tmp_path: Path
) -> None:
    made = NOW - timedelta(hours=3)
    lists = [Forgotten(tmp_path / name, OLD) for name in ("here", "there")]
    people = [People(database, OLD, one.add) for one in lists]
    for user in (ONE, TWO):
        await people[0].person(user, made)
    for one, user in zip(lists, (ONE, TWO), strict=True):
        one.add(user, NOW - timedelta(hours=1))
    await Facts(database).put(COPY_MADE, made.isoformat())
    await settle(database, people[0], lists[0], NOW)
    assert [await people[0].find(user) is None for user in (ONE, TWO)] == [True, False]
    await settle(database, people[1], lists[1], NOW + timedelta(minutes=1))
    assert await people[0].find(TWO) is None
    back = await people[0].person(TWO, NOW + timedelta(minutes=2))
    await settle(database, people[1], lists[1], NOW + timedelta(minutes=3))
    assert await people[0].find(TWO) == back, "whoever came back since stays"


@pytest.mark.asyncio
async def test_what_could_not_be_compared_is_known_afterwards(database: Database, tmp_path: Path) -> None:
    forgotten = Forgotten(tmp_path / "forgotten", OLD)
    people = People(database, OLD, forgotten.add)
    made = NOW - timedelta(hours=3)
    await people.person(ONE, made)
    await People(database, NEW).person(TWO, made)
    forgotten.add(ONE, NOW)
    await Facts(database).put(COPY_MADE, made.isoformat())
    restored = await settle(database, people, forgotten, NOW)
    assert restored == Restored(made, NOW, unread=1)
    assert await settle(database, people, forgotten, NOW) == restored
    assert await people.find(ONE) is None
