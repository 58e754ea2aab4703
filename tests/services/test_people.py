"""What is held about a person: shown, exported, erased; and nothing made by asking."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.clock import MovableClock
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import Unavailable
from bot.domain.guilds import GuildSettings
from bot.domain.identity import DeadlineId, GuildId, ReminderId, UserId
from bot.domain.people import RETENTION
from bot.domain.reminders import CivilTime, Reminder, ReminderKind
from bot.domain.rules import GIVEN
from bot.sealing import Sealer
from bot.services.letter_drafts import Drafts
from bot.services.people import PeopleService
from storage.database import Database, open_database
from storage.deadlines import Deadlines
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.store import Reminders

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
GUILD = GuildId(4_000_000_000_000_000_001)
ME, SOMEONE = UserId(900_000_000_000_000_001), UserId(900_000_000_000_000_002)
WORDS = "ring the invented harbour office about aunt Perpetua"


@dataclass
class Desk:
    service: PeopleService
    database: Database
    sealer: Sealer
    file: Path


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    file = tmp_path / "test.sqlite3"
    async with open_database(f"sqlite+aiosqlite:///{file}") as database:
        sealer = Sealer(bytes(32))
        yield Desk(PeopleService(People(database, sealer), MovableClock(NOW)), database, sealer, file)


async def live_a_little(desk: Desk, user: UserId) -> None:
    """Leave a trace of a user in every table that can hold one without a delivery."""
    person = await desk.service.person_for(user)
    await Guilds(desk.database).save(GuildSettings(GuildId(GUILD + user % 10), owner=person), NOW)
    deadline = Deadline(
        DeadlineId(0), GUILD, DeadlineKind.OWN_DATE, f"Vote {user % 10}", date(2027, 1, 5), GIVEN, set_by=person
    )
    await Deadlines(desk.database).add(deadline, (), NOW)
    due = NOW + timedelta(days=1)
    reminder = Reminder(
        ReminderId(0),
        ReminderKind.PERSONAL,
        "personal",
        due,
        CivilTime(due.date(), due.time(), "UTC"),
        person_id=person,
        text=WORDS,
    )
    await Reminders(desk.database, desk.sealer).add(reminder, NOW)


@pytest.mark.asyncio
async def test_asking_makes_nobody_known(desk: Desk) -> None:
    assert await desk.service.find(ME) is None
    assert await desk.service.held(ME) == ()
    assert await desk.service.forget(ME) == 0
    assert json.loads((await desk.service.export(ME)).content)["held"] == []
    async with desk.database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM people"))).scalar_one() == 0


@pytest.mark.asyncio
async def test_everything_held_is_shown_in_plain_words_and_only_ones_own(desk: Desk) -> None:
    await live_a_little(desk, ME)
    await live_a_little(desk, SOMEONE)
    held = await desk.service.held(ME)
    assert [kind.kept.table for kind in held] == ["people", "guilds", "deadlines", "deadline_facts", "reminders"]
    assert all(kind.kept in RETENTION for kind in held)
    assert [len(kind.rows) for kind in held] == [1, 1, 1, 1, 1]
    assert held[2].rows[0]["title"] == f"Vote {ME % 10}"
    assert held[4].rows[0]["text"] == WORDS


@pytest.mark.claim("P-53")
@pytest.mark.asyncio
async def test_the_export_has_every_row_and_can_be_read(desk: Desk) -> None:
    await live_a_little(desk, ME)
    file = await desk.service.export(ME)
    assert file.name.endswith(".json")
    content = json.loads(file.content)
    assert {kind["table"]: len(kind["rows"]) for kind in content["held"]} == {
        "people": 1,
        "guilds": 1,
        "deadlines": 1,
        "deadline_facts": 1,
        "reminders": 1,
    }
    said = file.content.decode()
    assert WORDS in said
    assert str(SOMEONE) not in said
    assert "b'" not in said


@pytest.mark.claim("C-19", "P-27")
@pytest.mark.asyncio
async def test_forgetting_leaves_no_trace_and_spares_the_others(desk: Desk) -> None:
    await live_a_little(desk, ME)
    await live_a_little(desk, SOMEONE)
    assert await desk.service.forget(ME) == 5
    assert await desk.service.held(ME) == ()
    assert await desk.service.find(ME) is None
    assert len(await desk.service.held(SOMEONE)) == 5
    kept = await Deadlines(desk.database).of_guild(GUILD)
    assert [(d.title, d.set_by is None) for d in kept] == [(f"Vote {ME % 10}", True), (f"Vote {SOMEONE % 10}", False)]
    assert await desk.service.forget(ME) == 0


@pytest.mark.asyncio
async def test_one_is_the_same_person_each_time_and_a_new_one_after_being_forgotten(desk: Desk) -> None:
    first = await desk.service.person_for(ME)
    assert await desk.service.person_for(ME) == first
    await desk.service.forget(ME)
    assert await desk.service.person_for(ME) != first


class Elsewhere:
    """As much of the store as words of other processes need: the hash of a user is its number."""

    def __init__(self) -> None:
        self.number = 0

    def hash_of(self, user_id: UserId) -> str:
        return f"{int(user_id):x}"

    async def forgotten_so_far(self) -> int:
        return self.number


@pytest_asyncio.fixture
async def elsewhere() -> tuple[PeopleService, Elsewhere, Drafts]:
    store, drafts = Elsewhere(), Drafts(MovableClock(NOW))
    service = PeopleService(store, MovableClock(NOW))  # type: ignore[arg-type]
    service.also_forgets(drafts)
    await service.load()
    for user in (ME, SOMEONE):
        drafts.keep(drafts.begin(user, "frame"))
    return service, store, drafts


@pytest.mark.asyncio
async def test_a_word_of_another_process_forgets_that_person_alone(
    elsewhere: tuple[PeopleService, Elsewhere, Drafts],
) -> None:
    service, store, drafts = elsewhere
    await service.forgotten_elsewhere("")
    assert drafts.people_held() == {ME, SOMEONE}, "nobody was forgotten"
    store.number = 1
    await service.forgotten_elsewhere(f"1:{store.hash_of(ME)}")
    assert drafts.people_held() == {SOMEONE}
    for _ in range(2):
        await service.forgotten_elsewhere("")
    assert drafts.people_held() == {SOMEONE}, "no word was missed"


@pytest.mark.asyncio
async def test_a_word_that_is_late_is_waited_for_and_one_that_was_missed_forgets_everybody(
    elsewhere: tuple[PeopleService, Elsewhere, Drafts],
) -> None:
    service, store, drafts = elsewhere
    store.number = 1
    with pytest.raises(Unavailable, match="on its way"):
        await service.forgotten_elsewhere("")
    await service.forgotten_elsewhere(f"1:{store.hash_of(ME)}")
    await service.forgotten_elsewhere("")
    assert drafts.people_held() == {SOMEONE}
    store.number = 3
    await service.forgotten_elsewhere("3:0")
    with pytest.raises(Unavailable, match="on its way"):
        await service.forgotten_elsewhere("")
    await service.forgotten_elsewhere("")
    assert drafts.people_held() == set(), "whoever the second word named may be any of them"


@pytest.mark.asyncio
async def test_where_the_database_was_put_back_everybody_is_forgotten_in_memory(
    elsewhere: tuple[PeopleService, Elsewhere, Drafts],
) -> None:
    service, store, drafts = elsewhere
    store.number = 2
    await service.load()
    store.number = 1
    await service.forgotten_elsewhere("")
    assert drafts.people_held() == set()


@pytest.mark.claim("C-05", "C-23", "P-22")
@pytest.mark.asyncio
async def test_the_file_on_disk_never_holds_the_user_id_or_the_words(desk: Desk) -> None:
    await live_a_little(desk, ME)
    held = b"".join(path.read_bytes() for path in desk.file.parent.iterdir())
    assert b"Vote" in held
    assert WORDS.encode() not in held
    assert int(ME).to_bytes(8, "big") not in held
