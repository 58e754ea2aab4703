"""A group whose server removed the bot: nothing is sent, all of it comes back or all of it goes, whatever tables there are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, LargeBinary, Table, Text, func, insert, select

from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, GuildId, ReminderId, UserId
from bot.domain.messages import MessageButton, OutgoingMessage
from bot.domain.reminders import CivilTime, Reminder, ReminderKind, ReminderState
from bot.sealing import Sealer
from bot.services.ports.deliveries import DeliveryPlan
from storage.database import Database
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.store import Reminders
from storage.removed_groups import RemovedGroups, tables_of_groups
from storage.schema import OWNERS, Instant, guilds, metadata, people, reminders

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
GONE, OTHER = GuildId(4_000_000_000_000_000_001), GuildId(4_000_000_000_000_000_002)
SEALER = Sealer(bytes(range(32)))


def freeze(plan: DeliveryPlan) -> OutgoingMessage:
    return OutgoingMessage("due", (MessageButton("Why", action=f"pb:why:{plan.key}"),))


async def settle(database: Database, guild_id: GuildId, **changes: Any) -> GuildSettings:
    settings = GuildSettings(guild_id, channel_id=ChannelId(int(guild_id) + 10), high_risk=False)
    return await Guilds(database).save(replace(settings, **changes), NOW)


async def remind(database: Database, **changes: Any) -> Reminder:
    civil = CivilTime(NOW.date(), NOW.time(), "UTC")
    base = Reminder(ReminderId(0), ReminderKind.TEST, "one", NOW, civil, guild_id=GONE)
    return await Reminders(database, SEALER).add(replace(base, **changes), NOW)


async def claimed(database: Database, at: datetime = NOW, token: str = "mine") -> list[int]:
    found = await Reminders(database, SEALER).claim(at, limit=90, token=token, freeze=freeze)
    return [int(reminder_id) for delivery in found for reminder_id, _ in delivery.reminders]


@pytest.mark.asyncio
async def test_a_group_that_removed_the_bot_is_held_back_and_goes_on_when_it_is_back(database: Database) -> None:
    await settle(database, GONE)
    await settle(database, OTHER)
    held, others = await remind(database), await remind(database, guild_id=OTHER)
    store, departed = Reminders(database, SEALER), RemovedGroups(database)
    assert not await departed.mark_removed(GONE, NOW)
    assert await departed.present_and_removed() == (frozenset({OTHER}), frozenset({GONE}))
    assert await claimed(database) == [others.reminder_id]
    next_due = await store.next_due()
    assert next_due is not None  # the lease of the other group's message, not the reminder that is held back
    assert next_due > NOW
    assert await departed.restore(GONE)
    assert not await departed.restore(GONE)
    assert await store.next_due() == NOW
    assert await claimed(database) == [held.reminder_id]


@pytest.mark.asyncio
async def test_a_message_under_way_is_held_back_too_and_taken_up_when_it_is_back(database: Database) -> None:
    await settle(database, GONE)
    await remind(database)
    store, departed = Reminders(database, SEALER), RemovedGroups(database)
    (delivery,) = await store.claim(NOW, limit=9, token="mine", freeze=freeze)
    await departed.mark_removed(GONE, NOW)
    assert await store.take_over(NOW, token="next", every_lease=True) == []
    await departed.restore(GONE)
    (again,) = await store.take_over(NOW, token="next", every_lease=True)
    assert await store.retry_later(again.delivery_id, "next", NOW, "a fault", NOW, maybe_posted=False)
    await departed.mark_removed(GONE, NOW)
    assert await claimed(database) == []
    assert await store.next_due() is None
    await departed.restore(GONE)
    (third,) = await store.claim(NOW, limit=9, token="third", freeze=freeze)
    assert third.delivery_id == delivery.delivery_id


@pytest.mark.claim("P-33")
@pytest.mark.asyncio
async def test_what_a_person_asked_for_goes_on_without_the_group(database: Database) -> None:
    await settle(database, GONE)
    person = await People(database, SEALER).person(UserId(7), NOW)
    own = await remind(database, person_id=person, kind=ReminderKind.PERSONAL, text="Ring the office")
    word = await remind(database, person_id=person, kind=ReminderKind.NOTICE, text="About the group")
    departed = RemovedGroups(database)
    await departed.mark_removed(GONE, NOW)
    await departed.forget_removed(GONE)
    store = Reminders(database, SEALER)
    kept = await store.get(own.reminder_id)
    assert kept is not None
    assert (kept.guild_id, kept.channel_id, kept.text, kept.state) == (
        None, None, "Ring the office", ReminderState.SCHEDULED,
    )  # fmt: skip
    assert await store.get(word.reminder_id) is None
    assert await claimed(database) == [own.reminder_id]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("high_risk", "answered", "after", "goes"),
    [
        (False, True, 6.9, False),
        (False, True, 7, True),
        (True, True, 0, False),
        (True, True, 0.05, True),
        (True, False, 6.9, False),
        (True, False, 7, True),
    ],
)
async def test_the_time_that_a_groups_data_is_kept(
    database: Database, high_risk: bool, answered: bool, after: float, goes: bool
) -> None:
    await settle(database, GONE, high_risk=high_risk, risk_answered=answered)
    departed = RemovedGroups(database)
    assert await departed.mark_removed(GONE, NOW) is (high_risk and answered)
    await departed.mark_removed(GONE, NOW + timedelta(days=after))  # said again, it does not begin anew
    for group in await departed.whose_time_is_over(NOW + timedelta(days=after)):
        await departed.forget_removed(group)
    assert (await Guilds(database).get(GONE)).revision == (0 if goes else 1)


@pytest.mark.asyncio
async def test_a_group_that_was_never_set_up_goes_at_once(database: Database) -> None:
    assert await RemovedGroups(database).mark_removed(GONE, NOW)


@pytest.mark.asyncio
async def test_a_group_that_came_back_meanwhile_is_not_deleted(database: Database) -> None:
    await settle(database, GONE)
    departed = RemovedGroups(database)
    await departed.mark_removed(GONE, NOW)
    await departed.restore(GONE)
    assert await departed.whose_time_is_over(NOW + timedelta(days=30)) == []
    assert await departed.forget_removed(GONE) == 0, "nor where it was asked for a moment before"
    assert (await Guilds(database).get(GONE)).revision == 1


# Whatever tables there are


def test_a_group_is_named_by_one_column_and_nothing_stands_in_the_way_of_deleting_it() -> None:
    ours = set(tables_of_groups())
    assert tables_of_groups()[-1] is guilds
    for table in metadata.sorted_tables:
        named = {column.name for column in table.columns if "guild" in column.name}
        assert named <= {"guild_id"}, f"{table.name}: a group is called guild_id, so that it can be found and deleted"
        assert ("guild_id" in named) == (table in ours)
        for key in table.foreign_keys:
            if key.column.table in ours:
                assert key.ondelete in ("CASCADE", "SET NULL"), (
                    f"{table.name}.{key.parent.name} keeps a group's rows alive"
                )


def allowed(table: Table) -> dict[str, str]:
    """Give a value for each column that a CHECK lets have only some."""
    checks = [str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)]
    return {found[1]: found[2] for text in checks if (found := re.match(r"(\w+) IN \('([^']*)'", text))}


async def fill(database: Database, group: GuildId, numbers: Any) -> None:
    """Put a row of the group into every table of groups, and into every table that refers to one of those."""
    made: dict[str, Any] = {}
    ours = set(tables_of_groups())
    ordered = [people, guilds, *(table for table in metadata.sorted_tables if table not in (people, guilds))]
    async with database.writing() as connection:
        for table in ordered:
            if (
                table not in ours
                and table is not people
                and not any(key.column.table in ours for key in table.foreign_keys)
            ):
                continue
            fixed, row = allowed(table), {}
            for column in table.columns:
                parents = [key.column for key in column.foreign_keys]
                if table is reminders and column.name in OWNERS and column.name != "deadline_id":
                    continue  # a reminder has one owner
                if column.name == "guild_id":
                    row[column.name] = int(group)
                elif column.name == "person_id" and column.nullable:
                    continue
                elif parents:
                    row[column.name] = made.get(parents[0].table.name)
                elif column.name in fixed:
                    row[column.name] = fixed[column.name]
                elif column.name == "id":
                    made[table.name] = row["id"] = next(numbers)
                elif column.nullable or column.server_default is not None:
                    continue
                elif isinstance(column.type, Instant):
                    row[column.name] = NOW
                elif isinstance(column.type, LargeBinary):
                    row[column.name] = str(next(numbers)).encode()
                elif isinstance(column.type, Text):
                    row[column.name] = f"{column.name} {next(numbers)}"
                else:
                    row[column.name] = next(numbers)
            await connection.execute(insert(table).values(row))


async def counted(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        return {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


@pytest.mark.claim("P-31", "P-88", "P-89")
@pytest.mark.asyncio
async def test_nothing_of_a_group_is_left_in_any_table_and_nothing_of_another_is_touched(database: Database) -> None:
    numbers = count(1000)
    await fill(database, OTHER, numbers)
    before = await counted(database)
    await fill(database, GONE, numbers)
    filled = await counted(database)
    assert {table.name for table in tables_of_groups()} <= {name for name in filled if filled[name] > before[name]}
    await RemovedGroups(database).mark_removed(GONE, NOW)
    assert await RemovedGroups(database).forget_removed(GONE) > 0
    ours = set(tables_of_groups())
    of_people = {"people"} | {
        table.name
        for table in metadata.sorted_tables
        if "person_id" in table.c
        and not table.c.person_id.nullable
        and not any(key.column.table in ours and key.ondelete == "CASCADE" for key in table.foreign_keys)
    }
    async with database.reading() as connection:
        for table in tables_of_groups():
            assert not (await connection.execute(select(table).where(table.c.guild_id == int(GONE)))).all(), table.name
    assert await counted(database) == {name: (filled if name in of_people else before)[name] for name in before}
