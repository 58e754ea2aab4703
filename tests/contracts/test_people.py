from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.domain.identity import GuildId, PersonId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.people import RETENTION
from bot.sealing import Sealer
from storage.database import Database
from storage.people import UNREADABLE, People, references
from storage.reminders.store import Reminders
from storage.schema import (
    action_joins,
    actions,
    audit,
    deadline_facts,
    deadlines,
    deliveries,
    follow_ups,
    group_events,
    guilds,
    imported_reports,
    ledger,
    letter_templates,
    metadata,
    people,
    person_settings,
    personal_reminders,
    record_steps,
    records,
    reminders,
    waiting_changes,
)

NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
USER = UserId(900_000_000_000_000_123)
OTHER = UserId(900_000_000_000_000_456)
GUILD = GuildId(800_000_000_000_000_001)


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(bytes(range(32)))


async def fill(database: Database, sealer: Sealer, person: PersonId, number: int) -> None:
    """Put a row that refers to the person into every table that can."""
    at = {"created_at": NOW, "updated_at": NOW}
    due = {"due_at": NOW, "local_date": "2027-01-05", "local_time": "09:00", "zone": "Europe/London", "utc_offset": 0}
    message = sealer.seal(OutgoingMessage("Your own words").to_bytes())
    rows: dict[Any, dict[str, object]] = {
        guilds: {"guild_id": GUILD + number, "zone": "Europe/London", "time_of_day": "09:00", "ladder": "[]"}
        | {"revision": 1, **at},
        deadlines: {"id": number, "guild_id": GUILD, "kind": "own date", "title": "Lobby day", "due_on": "2027-05-04"}
        | {"rule": "date given by the group", "revision": 1, **at},
        deliveries: {"id": number, "key": f"key{number}", "route": "channel", "state": "waiting", "digest": "d"}
        | {
            "sealed_message": message,
            "due_at": NOW,
            "created_at": NOW,
            "channel_id": 77,
            "retry_at": NOW,
            "message_id": 78,
        },
        reminders: {"id": number, "kind": "personal", "rung": "time", "state": "scheduled", **at, **due}
        | {"sealed_text": sealer.seal(b"Ring the office")},
        ledger: {"id": number, "at": NOW, "event": "sent"},
        follow_ups: {"id": number, "recommendation": "never-again/3", "sent_on": "2027-01-05", "outcome": "waiting"}
        | {"keep_until": "2027-05-05"},
        person_settings: {"zone": "Europe/Paris", "updated_at": NOW},
        personal_reminders: {"id": number, "repeat": "weekly", "sealed_text": sealer.seal(b"Ring the office"), **at}
        | {name: due[name] for name in ("local_date", "local_time", "zone")},
        imported_reports: {"guild_id": GUILD + number, "report": "harbours", "pack": "schema = 1", **at},
        letter_templates: {
            "guild_id": GUILD,
            "title": "Lanterns",
            "summary": "About lanterns",
            "text": "Dear all",
            "state": "draft",
            "updated_at": NOW,
        },
        actions: {
            "id": number,
            "guild_id": GUILD,
            "title": "Lobby day",
            "centre_on": "2027-05-04",
            "state": "draft",
            **at,
        },
        group_events: {"id": number, "guild_id": GUILD, "kind": "vote", "title": "Vote", "repeat": "once", **at}
        | {"local_date": "2027-05-04", "zone": "Europe/London"},
        deadline_facts: {"id": number, "deadline_id": number, "fact": "due", "on_date": "2027-05-04", "at": NOW},
        action_joins: {"action_id": number, "joined_at": NOW},
        waiting_changes: {"guild_id": GUILD + number, "name": "high_risk", "asked_at": NOW},
        audit: {"guild_id": GUILD, "at": NOW, "what": "Time of day: 9am → 10am"},
        record_steps: {"id": number, "record_id": number, "event": "recorded", "at": NOW},
    }
    told = {"id": number, "guild_id": GUILD, "report": "harbours", "item": "1", "kind": "answer", "state": "confirmed"}
    async with database.writing() as connection:
        await connection.execute(insert(records).values(**told, created_at=NOW))
        for table, values in rows.items():
            await connection.execute(insert(table).values(person_id=person, **values))


@pytest.mark.asyncio
async def test_one_user_is_one_person(database: Database, sealer: Sealer) -> None:
    store = People(database, sealer)
    assert await store.find(USER) is None
    made = await asyncio.gather(*(store.person(USER, NOW) for _ in range(5)))
    assert len(set(made)) == 1
    assert await store.person(OTHER, NOW) != made[0]
    assert await store.find(USER) == made[0]
    assert await store.user_id(made[0]) == USER
    assert await store.user_id(PersonId(404)) is None


@pytest.mark.claim("P-23")
@pytest.mark.asyncio
async def test_the_user_id_is_nowhere_in_the_clear(database: Database, sealer: Sealer) -> None:
    await People(database, sealer).person(USER, NOW)
    async with database.reading() as connection:
        row = (await connection.execute(select(people))).one()
    for value in (row.lookup, row.sealed_user_id):
        assert str(USER).encode() not in value
        assert USER.to_bytes(8, "big") not in value
        assert USER.to_bytes(8, "little") not in value


@pytest.mark.claim("P-55")
@pytest.mark.asyncio
async def test_every_reference_to_a_person_is_shown_forgotten_and_has_its_time(
    database: Database, sealer: Sealer
) -> None:
    store = People(database, sealer)
    person, other = await store.person(USER, NOW), await store.person(OTHER, NOW)
    await fill(database, sealer, person, 1)
    await fill(database, sealer, other, 2)
    tables = {column.table.name for column in references()} | {"people"}
    by_name = {c.table.name for t in metadata.sorted_tables for c in t.columns if "person" in c.name}
    assert by_name <= tables, "a column that names a person has no foreign key"
    assert tables == {kept.table for kept in RETENTION}, "a new reference needs a row in RETENTION"
    assert set(await store.held(person)) == tables

    before = await store.held(other)
    assert await store.forget(person, NOW) == len(tables)
    assert await store.held(person) == {}
    assert await store.find(USER) is None
    assert await store.held(other) == before
    async with database.reading() as connection:
        for column in references():
            count = select(func.count()).select_from(column.table).where(column == person)
            assert (await connection.execute(count)).scalar_one() == 0, column
        kept = {t.name: await connection.scalar(select(func.count()).select_from(t)) for t in metadata.sorted_tables}
        stopped = (await connection.execute(select(deliveries).where(deliveries.c.id == 1))).one()
    assert (kept["reminders"], kept["deliveries"], kept["ledger"], kept["deadlines"], kept["guilds"]) == (1, 2, 2, 2, 2)
    assert kept["follow_ups"] == 1
    assert stopped.state == "cancelled"
    left = {name for name, value in stopped._mapping.items() if value not in (None, "", 0)}
    assert left == {"id", "key", "route", "state", "due_at", "created_at"}, "nothing that leads to them in Discord"
    assert await store.forget(person, NOW) == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("state", ["scheduled", "sending"])
async def test_a_groups_word_to_organisers_outlives_the_one_it_was_on_its_way_to(
    database: Database, sealer: Sealer, state: str
) -> None:
    store, words = People(database, sealer), Reminders(database, sealer)
    person = await store.person(USER, NOW)
    common = {"kind": "notice", "rung": "doubt", "person_id": person, "sealed_text": sealer.seal(b"Page 4 is wrong")}
    times = {"due_at": NOW, "local_date": "2027-01-05", "local_time": "09:00:00", "zone": "UTC", "utc_offset": 0}
    async with database.writing() as connection:
        for number, (guild, now) in enumerate([(GUILD, state), (GUILD, "sent"), (None, state)], 1):
            row = {
                "id": number,
                "guild_id": guild,
                "state": now,
                **common,
                **times,
                "created_at": NOW,
                "updated_at": NOW,
            }
            await connection.execute(insert(reminders).values(row))
    await store.forget(person, NOW)
    (held,) = await words.held_words(GuildId(GUILD))
    assert (held.reminder_id, held.text, held.person_id, held.channel_id) == (1, "Page 4 is wrong", None, None)
    claimed = await words.claim(NOW, limit=9, token="t", freeze=lambda plan: OutgoingMessage("in the channel"))
    assert not claimed, "never in the group's own channel"
    async with database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(reminders))).scalar_one() == 1


@pytest.mark.asyncio
async def test_what_is_held_is_readable(database: Database, sealer: Sealer) -> None:
    store = People(database, sealer)
    person = await store.person(USER, NOW)
    await fill(database, sealer, person, 1)
    held = await store.held(person)
    assert held["people"] == [{"id": person, "user_id": str(USER), "created_at": NOW}]
    assert held["reminders"][0]["text"] == "Ring the office"
    assert held["deliveries"][0]["message"] == "Your own words"
    assert held["guilds"][0]["guild_id"] == GUILD + 1
    values = [value for rows in held.values() for row in rows for value in row.values()]
    assert not any(isinstance(value, bytes | bytearray | memoryview) for value in values)
    elsewhere = await People(database, Sealer(bytes(32))).held(person)
    assert elsewhere["reminders"][0]["text"] == UNREADABLE


@pytest.mark.asyncio
async def test_ids_of_forgotten_people_are_not_given_to_others(database: Database, sealer: Sealer) -> None:
    store = People(database, sealer)
    first = await store.person(USER, NOW)
    await store.forget(first, NOW)
    assert await store.person(OTHER, NOW) > first


@pytest.mark.claim("R-02")
@pytest.mark.asyncio
async def test_people_that_nothing_refers_to_are_tidied_away(database: Database, sealer: Sealer) -> None:
    store = People(database, sealer)
    used, unused = await store.person(USER, NOW), await store.person(OTHER, NOW)
    await fill(database, sealer, used, 1)
    assert await store.tidy(NOW + timedelta(hours=1)) == 0
    assert await store.tidy(NOW + timedelta(days=2)) == 1
    assert await store.user_id(used) == USER
    assert await store.user_id(unused) is None
