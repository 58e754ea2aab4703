from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.domain.errors import Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, GuildId, PersonId, RoleId
from storage.database import Database
from storage.guilds import Guilds
from storage.schema import deliveries, guilds, people, reminders

NOW = datetime(2027, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)
GUILD = GuildId(2**62 + 7)


@pytest.mark.asyncio
async def test_a_group_without_settings_has_the_defaults(database: Database) -> None:
    assert await Guilds(database).get(GUILD) == GuildSettings(GUILD)
    assert await Guilds(database).everyone() == []


@pytest.mark.asyncio
async def test_every_setting_comes_back(database: Database) -> None:
    async with database.writing() as connection:
        row = {"id": 5, "lookup": b"x", "sealed_user_id": b"y", "created_at": NOW}
        await connection.execute(people.insert(), row)
    settings = GuildSettings(
        GUILD,
        channel_id=ChannelId(2**63 - 1),
        notice_channel_id=ChannelId(12),
        organiser_role_id=RoleId(13),
        ping_role_id=RoleId(14),
        zone="Europe/Belfast",
        time_of_day=time(18, 30),
        quiet_from=time(22, 0),
        quiet_until=time(7, 15),
        ladder=(-21, 0, 3),
        monthly=False,
        high_risk=False,
        owner=PersonId(5),
    )
    store = Guilds(database)
    saved = await store.save(settings, NOW)
    assert saved == replace(settings, revision=1)
    assert await store.get(GUILD) == saved
    again = await store.save(replace(saved, quiet_from=None, quiet_until=None, ladder=()), NOW + timedelta(days=1))
    assert await store.get(GUILD) == again
    assert (again.revision, again.ladder, again.quiet_from) == (2, (), None)
    assert await store.everyone() == [again]


@pytest.mark.asyncio
async def test_who_saves_on_an_old_look_is_refused(database: Database) -> None:
    store = Guilds(database)
    first = await store.save(GuildSettings(GUILD), NOW)
    with pytest.raises(Refused, match="Somebody else"):
        await store.save(GuildSettings(GUILD, zone="Europe/Paris"), NOW)
    await store.save(replace(first, monthly=False), NOW)
    with pytest.raises(Refused, match="Somebody else"):
        await store.save(replace(first, zone="Europe/Paris"), NOW)
    stored = await store.get(GUILD)
    assert (stored.zone, stored.monthly, stored.revision) == ("Europe/London", False, 2)


@pytest.mark.asyncio
async def test_an_owner_who_was_forgotten_meanwhile_is_left_out(database: Database) -> None:
    saved = await Guilds(database).save(GuildSettings(GUILD, owner=PersonId(404)), NOW)
    assert (await Guilds(database).get(GUILD)).owner is None
    assert saved.revision == 1


@pytest.mark.asyncio
async def test_saving_brings_back_a_group_that_was_left_and_clears_its_channel_problem(database: Database) -> None:
    store = Guilds(database)
    saved = await store.save(GuildSettings(GUILD), NOW)
    async with database.writing() as connection:
        await connection.execute(update(guilds).values(left_at=NOW, channel_problem_at=NOW))
    assert await store.everyone() == []
    await store.save(saved, NOW)
    assert [found.guild_id for found in await store.everyone()] == [GUILD]
    async with database.reading() as connection:
        row = (await connection.execute(select(guilds.c.channel_problem_at, guilds.c.created_at))).one()
    assert tuple(row) == (None, NOW)


@pytest.mark.asyncio
async def test_what_waits_for_another_try_is_written_anew_under_new_settings(database: Database) -> None:
    store = Guilds(database)
    saved = await store.save(GuildSettings(GuildId(7), channel_id=ChannelId(70), high_risk=False), NOW)
    row = {
        "kind": "due",
        "rung": "0",
        "guild_id": 7,
        "due_at": NOW,
        "local_date": "2026-03-02",
        "local_time": "09:00",
        "zone": "Europe/London",
        "utc_offset": 0,
        "created_at": NOW,
        "updated_at": NOW,
        "revision": 1,
    }
    async with database.writing() as connection:
        delivery = await connection.scalar(
            insert(deliveries)
            .values(
                key="k", guild_id=7, route="channel", state="waiting", digest="d", due_at=NOW, created_at=NOW, reason=""
            )
            .returning(deliveries.c.id)
        )
        await connection.execute(insert(reminders), [row | {"state": "scheduled", "delivery_id": delivery}])
        await connection.execute(insert(reminders), [row | {"state": "scheduled", "delivery_id": None}])
        await connection.execute(insert(reminders), [row | {"state": "sending", "delivery_id": delivery}])
    await store.save(replace(saved, high_risk=True), NOW)
    async with database.reading() as connection:
        found = await connection.execute(select(reminders.c.revision).order_by(reminders.c.id))
        assert [revision for (revision,) in found] == [2, 1, 1]
