"""The one planner, for each kind of owner; and that no reminder can be there twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.identity import (
    ActionId,
    DeadlineId,
    FollowUpId,
    GroupEventId,
    GuildId,
    MessageId,
    PersonalId,
    PersonId,
    UserId,
)
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import CivilTime, Owner, PlannedReminder, ReminderKind, ReminderState
from bot.domain.rules import GIVEN
from bot.sealing import Sealer
from storage.database import Database
from storage.people import People
from storage.reminders.planner import Planner
from storage.reminders.rows import becomes, reminder_values
from storage.reminders.store import Reminders
from storage.schema import OWNERS, actions, deadlines, follow_ups, group_events, personal_reminders, reminders

pytestmark = pytest.mark.asyncio

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SEALER = Sealer(bytes(range(32)))
GUILD = GuildId(4_000_000_000_000_000_001)
AT = {"created_at": NOW, "updated_at": NOW}
CIVIL = {"local_date": "2027-04-01", "local_time": "09:00", "zone": "Europe/London"}

KINDS = {
    "deadline_id": ReminderKind.BEFORE,
    "action_id": ReminderKind.ACTION,
    "follow_up_id": ReminderKind.FOLLOW_UP,
    "personal_id": ReminderKind.PERSONAL,
    "group_event_id": ReminderKind.EVENT,
}


class House:
    """One owner of each kind, and two people."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.planner = Planner(SEALER)
        self.me = self.other = PersonId(0)

    async def fill(self) -> None:
        people = People(self.database, SEALER)
        self.me, self.other = await people.person(UserId(1), NOW), await people.person(UserId(2), NOW)
        dated = {"guild_id": GUILD, "kind": "own date", "title": "Lobby day", "due_on": "2027-05-04"}
        rows: tuple[tuple[Any, dict[str, Any]], ...] = (
            (deadlines, dated | {"rule": GIVEN.code, "revision": 1} | AT),
            (actions, {"guild_id": GUILD, "title": "Plan", "centre_on": "2027-05-04", "state": "approved"} | AT),
            (
                follow_ups,
                {
                    "person_id": self.me,
                    "recommendation": "salt-marshes/3",
                    "sent_on": "2027-03-01",
                    "checks": "",
                    "outcome": "waiting",
                    "keep_until": "2027-09-01",
                },
            ),
            (group_events, {"guild_id": GUILD, "kind": "vote", "title": "Vote", "repeat": "once"} | CIVIL | AT),
            (personal_reminders, {"person_id": self.me, "sealed_text": b"x", "repeat": "once"} | CIVIL | AT),
        )
        async with self.database.writing() as connection:
            for table, row in rows:
                await connection.execute(insert(table).values(id=7, **row))

    async def replace(self, owner: Owner, *wanted: PlannedReminder, now: datetime = NOW, **whose: Any) -> int:
        async with self.database.writing() as connection:
            return await self.planner.replace(connection, owner, wanted, now, **whose)

    async def become(self, state: ReminderState, **where: Any) -> None:
        chosen = [reminders.c[name] == value for name, value in where.items()]
        async with self.database.writing() as connection:
            await connection.execute(update(reminders).where(*chosen).values(state=state.value))

    async def rows(self) -> Sequence[Any]:
        async with self.database.reading() as connection:
            return (await connection.execute(select(reminders).order_by(reminders.c.id))).all()

    async def told(self) -> list[tuple[str, str, int, int]]:
        return [(row.rung, row.state, row.generation, row.revision) for row in await self.rows()]


@pytest_asyncio.fixture
async def house(database: Database) -> House:
    made = House(database)
    await made.fill()
    return made


def owner_of(column: str) -> Owner:
    made = {
        "deadline_id": Owner(deadline_id=DeadlineId(7)),
        "action_id": Owner(action_id=ActionId(7)),
        "follow_up_id": Owner(follow_up_id=FollowUpId(7)),
        "personal_id": Owner(personal_id=PersonalId(7)),
        "group_event_id": Owner(group_event_id=GroupEventId(7)),
    }
    return made[column]


def planned(column: str, rung: str = "one", day: date = date(2027, 4, 1), **changes: Any) -> PlannedReminder:
    civil = CivilTime(day, time(9), "Europe/London")
    base = PlannedReminder(KINDS[column], rung, civil, civil.instant() + timedelta(days=3), day, text="words")
    return replace(base, **changes)


@pytest.mark.parametrize("column", OWNERS)
async def test_what_is_wanted_takes_the_place_of_what_was_still_to_come(house: House, column: str) -> None:
    owner, one, two = owner_of(column), planned(column), planned(column, "two", date(2027, 4, 8))
    assert await house.replace(owner, one, two) == 0
    evening = replace(two, civil=replace(two.civil, at=time(18)))
    assert await house.replace(owner, evening) == 0
    assert await house.told() == [("one", "cancelled", 1, 2), ("two", "scheduled", 1, 2)]
    assert (await house.rows())[1].local_time == "18:00"
    await house.replace(owner, evening)
    assert (await house.told())[1] == ("two", "scheduled", 1, 2), "nothing changed, so no revision is raised"
    await house.replace(owner, replace(evening, text="other words"))
    assert (await house.told())[1] == ("two", "scheduled", 1, 3)
    await house.replace(owner, one, evening)
    assert ("one", "scheduled", 2, 1) in await house.told(), "what ended unsent comes again as a new row"


@pytest.mark.parametrize("column", OWNERS)
@pytest.mark.parametrize("state", [ReminderState.SENT, ReminderState.UNKNOWN, ReminderState.SENDING])
async def test_what_was_or_may_be_sent_is_never_planned_again(house: House, column: str, state: ReminderState) -> None:
    owner, one = owner_of(column), planned(column)
    await house.replace(owner, one)
    await house.become(state)
    assert await house.replace(owner, one) == int(state is ReminderState.SENDING)
    assert await house.told() == [("one", state.value, 1, 1)]
    await house.replace(owner)
    overtaken = state is ReminderState.SENDING
    assert await house.told() == [("one", state.value, 1, 1 + overtaken)]
    if overtaken:
        assert (await house.rows())[0].expires_at == NOW, "what is not wanted any more is not tried again"


@pytest.mark.parametrize("column", OWNERS)
async def test_the_same_rung_of_another_day_is_another_reminder(house: House, column: str) -> None:
    owner = owner_of(column)
    await house.replace(owner, planned(column))
    await house.become(ReminderState.SENT)
    await house.replace(owner, planned(column, day=date(2027, 5, 1)))
    assert [(row.for_day, row.state) for row in await house.rows()] == [
        ("2027-04-01", "sent"),
        ("2027-05-01", "scheduled"),
    ]


async def test_what_stands_keeps_its_moment_takes_new_words_and_is_never_made(house: House) -> None:
    owner = owner_of("action_id")
    standing = replace(
        planned("action_id"), standing=True, text="new words", civil=CivilTime(date(2027, 1, 1), time(9), "UTC")
    )
    await house.replace(owner, standing)
    assert await house.told() == []
    await house.replace(owner, planned("action_id"))
    await house.replace(owner, standing)
    (row,) = await house.rows()
    assert (row.local_date, row.revision, SEALER.open(row.sealed_text)) == ("2027-04-01", 2, b"new words")
    await house.become(ReminderState.EXPIRED)
    await house.replace(owner, standing)
    assert await house.told() == [("one", "expired", 1, 2)]


async def test_what_is_said_once_at_a_revision_is_said_once(house: House) -> None:
    owner, news = owner_of("deadline_id"), planned("deadline_id", "answered", for_day=None, generation=4, text="")
    await house.replace(owner, news)
    await house.become(ReminderState.CANCELLED)
    await house.replace(owner, news)
    assert await house.told() == [("answered", "cancelled", 4, 1)]
    await house.replace(owner, replace(news, generation=5))
    assert await house.told() == [("answered", "cancelled", 4, 1), ("answered", "scheduled", 5, 1)]


async def test_each_person_and_the_channel_are_planned_apart_and_so_are_named_rungs(house: House) -> None:
    owner, step = owner_of("action_id"), planned("action_id")
    for whose in ({}, {"person_id": house.me}, {"person_id": house.other}):
        await house.replace(owner, step, guild_id=GUILD, **whose)
    await house.replace(owner, person_id=house.me)
    assert [(row.person_id, row.state) for row in await house.rows()] == [
        (None, "scheduled"),
        (house.me, "cancelled"),
        (house.other, "scheduled"),
    ]
    own = owner_of("personal_id")
    await house.replace(own, planned("personal_id", "time"), person_id=house.me)
    await house.replace(own, planned("personal_id", "snooze"), person_id=house.me, rungs=("snooze",))
    await house.replace(own, person_id=house.me, rungs=("snooze",))
    assert [row.state for row in await house.rows() if row.personal_id] == ["scheduled", "cancelled"]


# Really unique


@pytest.mark.parametrize("column", OWNERS)
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("day", [None, date(2027, 4, 1)])
async def test_one_rung_of_one_owner_person_day_and_generation_is_there_once(
    house: House, column: str, private: bool, day: date | None
) -> None:
    """Where there is no person or no day too: an empty column must let nothing through twice."""
    made = planned(column, for_day=day).as_reminder(owner_of(column), person_id=house.me if private else None)
    row = reminder_values(made, NOW, SEALER)
    differing = [{"rung": "two"}, {"for_day": "2027-04-02"}, {"generation": 2}, {"person_id": house.other}]
    async with house.database.writing() as connection:
        await connection.execute(insert(reminders).values(**row))
        for change in differing:
            await connection.execute(insert(reminders).values(**row | change))
    for change in ({}, *differing):
        with pytest.raises(IntegrityError):
            async with house.database.writing() as connection:
                await connection.execute(insert(reminders).values(**row | change))


async def test_a_reminder_has_one_owner_and_a_word_to_organisers_has_none(house: House) -> None:
    row = reminder_values(planned("deadline_id").as_reminder(owner_of("deadline_id")), NOW, SEALER)
    for wrong in ({"action_id": 7}, {"kind": "notice"}, {"kind": "test"}):
        with pytest.raises(IntegrityError):
            async with house.database.writing() as connection:
                await connection.execute(insert(reminders).values(**row | wrong))
    async with house.database.writing() as connection:
        for _ in range(2):
            await connection.execute(insert(reminders).values(**row | {"kind": "notice", "deadline_id": None}))


async def test_nobody_plans_what_has_no_owner(house: House) -> None:
    with pytest.raises(ValueError, match="no owner"):
        await house.replace(Owner())


async def test_no_state_is_written_that_the_table_does_not_allow() -> None:
    becomes(ReminderState.SENT, ReminderState.SENDING)
    for then, now in ((ReminderState.SCHEDULED, ReminderState.SENT), (ReminderState.SENDING, ReminderState.CANCELLED)):
        with pytest.raises(ValueError, match="cannot become"):
            becomes(then, now)


@pytest.mark.parametrize(("column", "table"), list(OWNERS.items()))
async def test_what_was_sent_stays_in_the_ledger_when_its_owner_goes(house: House, column: str, table: str) -> None:
    """With its row, for *Why this message?*; two of one rung, whose owners both went, are no duplicates."""
    store = Reminders(house.database, SEALER)
    private = {"person_id": house.me} if column in ("follow_up_id", "personal_id") else {"guild_id": GUILD}
    await house.replace(owner_of(column), planned(column), **private)
    at = CivilTime(date(2027, 4, 1), time(9), "Europe/London").instant()

    def freeze(plan: Any) -> OutgoingMessage:
        return OutgoingMessage("words")

    (delivery,) = await store.claim(at, limit=9, token="mine", freeze=freeze)
    await store.mark_sent(delivery.delivery_id, "mine", MessageId(1), at)
    owners = next(
        each for each in (deadlines, actions, follow_ups, group_events, personal_reminders) if each.name == table
    )
    async with house.database.writing() as connection:
        await connection.execute(delete(owners).where(owners.c.id == 7))
    record = await store.delivery(delivery.key)
    assert record is not None
    (kept,) = record.due
    assert (kept.reminder.state, kept.reminder.owner) == (ReminderState.SENT, Owner())
    assert [line.event for line in record.ledger] == ["sent"]
    row = reminder_values(planned(column).as_reminder(Owner()), NOW, SEALER)
    async with house.database.writing() as connection:
        await connection.execute(insert(reminders).values(**row | private))
