"""What was read of Parliament's record, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.identity import GuildId, PersonId, UserId
from bot.domain.publications import Publication, Response, as_report, with_record
from bot.domain.reminders import CivilTime, Reminder, ReminderKind
from bot.sealing import Sealer
from bot.services.ports.reports import CommitteeFacts
from storage.database import Database
from storage.people import People
from storage.publications import Publications
from storage.reminders.store import Reminders

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ONE, TWO = GuildId(11), GuildId(12)
LAMPS = CommitteeFacts(9901, "Lamplighters Committee (invented)", "Commons")
FOUND = Publication(
    990001,
    9901,
    LAMPS.name,
    "Commons",
    "Lights Out (invented)",
    "HC 1",
    date(2026, 2, 1),
    True,
    checked_at=NOW,
    session="2024–26",
    ordinal="First Report",
)


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(bytes(32))


async def test_committees_are_chosen_by_each_group_for_itself(database: Database, sealer: Sealer) -> None:
    store = Publications(database, sealer)
    assert await store.watch(ONE, LAMPS, NOW)
    assert not await store.watch(ONE, LAMPS, NOW)
    assert await store.watch(TWO, LAMPS, NOW)
    assert await store.watched(ONE) == [LAMPS]
    assert await store.watchers() == [(ONE, 9901), (TWO, 9901)]
    assert await store.unwatch(ONE, 9901)
    assert not await store.unwatch(ONE, 9901)
    assert await store.watched(ONE) == []
    assert await store.watched(TWO) == [LAMPS]


async def test_what_was_read_takes_the_place_of_what_was_known(database: Database, sealer: Sealer) -> None:
    store = Publications(database, sealer)
    await store.save([])
    await store.save([FOUND, replace(FOUND, publication_id=990002, published_on=date(2026, 1, 1))])
    answered = replace(
        FOUND,
        due_on=date(2026, 4, 1),
        response=Response(990003, date(2026, 3, 1), "Government response", "https://lamps.example/r"),
        maybe=Response(990004, date(2026, 2, 20), "A letter", is_letter=True),
    )
    await store.save([answered])
    assert [p.publication_id for p in await store.all()] == [990002, 990001]
    assert (await store.all())[1] == answered
    await store.note_failure(990001, "It did not answer.")
    assert (await store.all())[1] == replace(answered, problem="It did not answer.")


async def test_a_group_is_told_of_a_publication_once(database: Database, sealer: Sealer) -> None:
    store, reminders = Publications(database, sealer), Reminders(database, sealer)
    person: PersonId = await People(database, sealer).person(UserId(77), NOW)
    word = Reminder(
        0,  # type: ignore[arg-type]
        ReminderKind.NOTICE,
        "new-report-990001",
        NOW,
        CivilTime(NOW.date(), NOW.time(), "UTC"),
        guild_id=ONE,
        person_id=person,
        text="A new report.",
    )
    assert await store.tell(ONE, 990001, word, NOW)
    assert not await store.tell(ONE, 990001, word, NOW)
    assert await store.tell(ONE, 990002, None, NOW)
    assert [r.text for r in await reminders.of_person(person)] == ["A new report."]


async def test_a_publication_makes_a_report_with_a_clock_and_no_invented_facts() -> None:
    report = as_report(FOUND)
    assert (report.slug, report.recommendations, report.response.received_on) == ("publication-990001", (), None)
    answer = Response(990003, date(2026, 3, 1), "Government response", "https://lamps.example/r")
    with_answer = with_record(report, replace(FOUND, response=answer))
    assert with_answer.response.received_on == date(2026, 3, 1)
    pack = replace(report, response=replace(report.response, received_on=date(2026, 2, 27), url="https://a.example/"))
    assert with_record(pack, replace(FOUND, response=answer)) == pack, "what the pack says stays"
