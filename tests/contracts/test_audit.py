"""What organisers changed, and what waits for a second one of them: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.guilds import GuildSettings, WaitingChange
from bot.domain.identity import GuildId, PersonId, UserId
from bot.sealing import Sealer
from storage.audit import Audit
from storage.database import Database
from storage.guilds import Guilds
from storage.people import People

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
ONE, OTHER = GuildId(4_000_000_000_000_000_001), GuildId(4_000_000_000_000_000_002)


async def person(database: Database, number: int) -> PersonId:
    return await People(database, Sealer(bytes(range(32)))).person(UserId(number), NOW)


@pytest.mark.asyncio
async def test_lines_are_a_groups_own_newest_first_and_page_by_page(database: Database) -> None:
    store, mine = Audit(database), await person(database, 7)
    await store.add(ONE, mine, [f"Change {number}" for number in range(5)], NOW)
    await store.add(OTHER, None, ["Elsewhere"], NOW)
    first = await store.lines(ONE, limit=3)
    assert [line.what for line in first] == ["Change 4", "Change 3", "Change 2"]
    assert {line.by for line in first} == {mine}
    rest = await store.lines(ONE, before=first[-1].number, limit=3)
    assert [line.what for line in rest] == ["Change 1", "Change 0"]
    assert [(line.what, line.by) for line in await store.lines(OTHER)] == [("Elsewhere", None)]


@pytest.mark.asyncio
async def test_who_made_a_change_goes_after_30_days_and_the_line_after_400(database: Database) -> None:
    store, mine = Audit(database), await person(database, 7)
    await store.add(ONE, mine, ["Change"], NOW)
    assert await store.tidy(NOW + timedelta(days=29)) == 0
    assert await store.tidy(NOW + timedelta(days=31)) == 1
    assert [line.by for line in await store.lines(ONE)] == [None]
    await store.tidy(NOW + timedelta(days=401))
    assert list(await store.lines(ONE)) == []


@pytest.mark.asyncio
async def test_somebody_forgotten_meanwhile_is_not_named(database: Database) -> None:
    await Audit(database).add(ONE, PersonId(404), ["Change"], NOW)
    assert [line.by for line in await Audit(database).lines(ONE)] == [None]


@pytest.mark.asyncio
async def test_what_waits_is_asked_once_and_dropped_by_one_alone(database: Database) -> None:
    store, mine = Guilds(database), await person(database, 7)
    await store.save(GuildSettings(ONE), NOW)
    asked = WaitingChange(ONE, "high_risk", mine, NOW)
    assert sorted(await asyncio.gather(*(store.ask(asked) for _ in range(4)))) == [False, False, False, True]
    assert await store.waiting(ONE) == [asked]
    assert await store.waiting() == [asked]
    assert await store.waiting(OTHER) == []
    dropped = await asyncio.gather(*(store.drop(ONE, "high_risk") for _ in range(4)))
    assert sorted(dropped) == [False, False, False, True]
    assert await store.waiting() == []


@pytest.mark.asyncio
async def test_nothing_waits_of_a_group_without_settings_or_that_is_gone(database: Database) -> None:
    store = Guilds(database)
    await store.ask(WaitingChange(ONE, "high_risk", None, NOW))
    assert await store.waiting() == []
