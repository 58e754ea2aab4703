"""What one process changes, the others know within two seconds: each kind of thing that is held in memory."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.app import open_app
from bot.clock import MovableClock
from bot.config import DatabaseSection, Settings
from bot.domain.changes import Kind
from bot.domain.errors import PostbagError
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, PersonId, ReportSlug, UserId
from bot.domain.members import Constituency, Directory
from bot.domain.records import RecordKind
from bot.domain.shares import What
from bot.jobs import App
from bot.services.publications import LAST_TRY
from bot.services.records import Typed
from storage.people import FORGOTTEN_FACT
from storage.schema import follows
from tests.builders import GUILD, NOW, OTHER, report
from tests.contracts.test_publications import FOUND

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]

ROOT = Path(__file__).resolve().parents[2]
LEAVES, STAYS = UserId(900_000_000_000_000_072), UserId(900_000_000_000_000_073)
WITHIN = 30.0
"""Seconds that are given here, where the machine may be busy with other tests; a second is what it takes."""

HOUSE = Directory((Constituency(1, "Tarning"), Constituency(2, "Fenn")), as_of=NOW, source="an invented House")
LETTER = "{{ salutation }}\n\n{{ why }}\n\n{{ ask }}\n\n{{ close }}\n"


@asynccontextmanager
async def two(url: str, folder: Path) -> AsyncIterator[tuple[App, App]]:
    """Open Postbag twice on one database, with the same key, each with a memory of its own."""
    first, second = (Settings(data=folder / name, database=DatabaseSection(url=url)) for name in ("first", "second"))
    clock = MovableClock(NOW)
    async with open_app(first, clock=clock, reports=[report()]) as one:
        second.data.mkdir(parents=True)
        shutil.copy(first.key_file, second.key_file)
        async with open_app(second, clock=clock, reports=[report()]) as other:
            await other.services.processes.start()
            everything = [everything_read(app) for app in (one, other)]
            for app in (one, other):
                app.services.memory.start()
            for read in everything:
                await asyncio.wait_for(read.wait(), WITHIN)
            try:
                yield one, other
            finally:
                for app in (one, other):
                    await app.services.memory.stop()
                    await app.services.processes.stop()


def everything_read(app: App) -> asyncio.Event:
    """Give what is set once a process has read everything again, after its connection is made: of all kinds this is the last."""
    readers, read = app.services.memory._readers, asyncio.Event()
    last = list(Kind)[-1]
    again = readers[last]

    async def noted(scope: str) -> None:
        await again(scope)
        if not scope:
            readers[last] = again
            read.set()

    readers[last] = noted
    return read


async def listening(app: App, many: int) -> None:
    """Wait until so many connections listen, and have read everything once."""

    async def all_do() -> bool:
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        async with app.database.reading() as connection:
            return (await connection.execute(query)).scalar_one() == many

    await until(all_do)
    await asyncio.sleep(0.5)


async def until(true: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN):
        while True:
            found = true()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


async def person(app: App) -> PersonId:
    return await app.services.people.person_for(UserId(71))


Case = tuple[Callable[[App], Awaitable[object]], Callable[[App], bool]]


async def _members(app: App) -> None:
    await app.services.members.replace(HOUSE)


async def _follows(app: App) -> None:
    await app.services.deadlines.following.follow(GUILD, report().slug, None)


async def _records(app: App) -> None:
    records = app.services.records
    said = Typed("agreed", date(2027, 2, 20), "We agree.", "https://answers.example/1")
    drafted = await records.draft(GUILD, f"{report().slug}/1", RecordKind.ANSWER, said)
    await records.keep(GUILD, drafted.record.record_id, await person(app))


async def _imported(app: App) -> None:
    (shipped,) = app.services.reports.held()[:1]
    own = replace(shipped, slug=ReportSlug("tin-lanterns"))
    await app.services.imports._kept.keep_imported(OTHER, own, await person(app), NOW)
    await app.services.reports.reload(OTHER)


async def _letters(app: App) -> None:
    await app.services.templates.write(GUILD, await person(app), "Lanterns", "About lanterns", LETTER)


async def _waiting(app: App) -> None:
    who = await person(app)
    await app.services.guilds.change(GUILD, who, high_risk=True, risk_answered=True)
    await app.services.guilds.protect_less(GUILD, who, "high_risk")


async def _days_off(app: App) -> None:
    class Source:
        async def days(self) -> dict[str, frozenset[date]]:
            return {"england-and-wales": frozenset({date(2031, 5, 5)})}

    app.services.days_off._source = Source()
    assert await app.services.days_off.read_if_due()


async def _watch(app: App) -> None:
    await app.services.kept.put(
        LAST_TRY, '{"at": "2027-03-01T11:00:00+00:00", "problems": ["The record did not answer."]}'
    )


async def _doubt(app: App) -> None:
    await app.services.members._doubt(nobody=True)


async def _settings(app: App) -> None:
    await app.services.guilds.change(GUILD, await person(app), zone="Europe/Paris")


async def _comes(app: App) -> None:
    await app.services.processes.start()


async def _forgets(app: App) -> None:
    """Nothing is stored of this person: they have written in another process alone."""
    assert await app.services.people.forget(LEAVES) == 0


def undoable(app: App) -> None:
    """Let a change of the group, and of another one, be there to be undone."""
    known = GuildSettings(GUILD)
    app.services.guilds._changes.update({GUILD: [(known, known)], OTHER: [(known, known)]})


def writing(app: App) -> None:
    """Let two people write a letter, and be counted, in this process."""
    for user in (LEAVES, STAYS):
        drafts = app.services.letters.drafts
        drafts.keep(drafts.begin(user, "raise-a-recommendation"))
        app.services.shares.take(What.COMMAND, user, GUILD)


def people_held(app: App) -> set[UserId]:
    """Give those whom this process holds in memory, and see that it holds a draft and a count of each."""
    drafts, counts = app.services.letters.drafts.people_held(), app.services.shares.people_held()
    assert drafts == counts
    return drafts


CASES: dict[str, tuple[Kind, Callable[[App], Awaitable[object]], Callable[[App], bool]]] = {
    "a group's settings": (Kind.SETTINGS, _settings, lambda b: not b.services.guilds.can_undo(GUILD)),
    "the directory of Members": (Kind.MEMBERS, _members, lambda b: b.services.members.find("Fenn").name == "Fenn"),
    "who follows which report": (Kind.REPORTS, _follows, lambda b: b.services.reports.followed_now(GUILD) != ()),
    "what a group recorded": (Kind.RECORDS, _records, lambda b: len(b.services.reports.recorded(GUILD)) == 1),
    "what a group imported": (Kind.RECORDS, _imported, lambda b: len(b.services.reports.imported(OTHER)) == 1),
    "a group's letters": (Kind.LETTERS, _letters, lambda b: len(b.services.templates.list(GUILD)) == 1),
    "what waits for a second organiser": (Kind.WAITING, _waiting, lambda b: b.services.guilds._next_waiting is None),
    "bank holidays": (
        Kind.FACTS, _days_off, lambda b: date(2031, 5, 5) in b.services.days_off.of_division("england-and-wales"),
    ),
    "how the look at Parliament's record stands": (
        Kind.FACTS, _watch, lambda b: b.services.publications.health.problems != (),
    ),
    "which processes there are": (Kind.PROCESSES, _comes, lambda b: b.services.processes.many == 2),
    "who asked to be forgotten": (Kind.FORGOTTEN, _forgets, lambda b: LEAVES not in people_held(b)),
    "that the source of Members named nobody": (Kind.FACTS, _doubt, lambda b: b.services.members.suspects_dissolution),
}  # fmt: skip


async def test_every_kind_is_tried() -> None:
    assert {kind for kind, _, _ in CASES.values()} == set(Kind)


def knows(app: App, seen: Callable[[App], bool]) -> bool:
    try:
        return seen(app)
    except PostbagError:
        return False


async def test_what_one_process_changes_the_other_knows(postgresql_url: str, tmp_path: Path) -> None:
    async with two(postgresql_url, tmp_path) as (one, other):
        other.services.guilds._next_waiting = NOW + timedelta(days=1)
        undoable(other)
        writing(other)
        for name, (_, change, seen) in CASES.items():
            assert not knows(other, seen), name
            await change(one)
            try:
                await until(lambda seen=seen: knows(other, seen))  # type: ignore[misc]
            except TimeoutError:
                pytest.fail(f"the other process never heard of {name}")
            if name == "a group's settings":
                assert other.services.guilds.can_undo(OTHER), "only that group's"
        assert people_held(other) == {STAYS}, "only that person's"


async def test_what_happened_while_nobody_listened_is_read_again_afterwards(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two(postgresql_url, tmp_path) as (one, other):
        other.services.guilds._next_waiting = NOW + timedelta(days=1)
        writing(other)
        await end_listening(one)
        for _, change, _ in CASES.values():
            await change(one)
        for _, _, seen in CASES.values():
            await until(lambda seen=seen: knows(other, seen))  # type: ignore[misc]


async def end_listening(app: App) -> None:
    """End every connection that listens."""
    async with app.database.writing() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        )


async def test_letters_stay_where_nobody_was_forgotten_while_nobody_listened(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two(postgresql_url, tmp_path) as (one, other):
        writing(other)
        writing(one)
        await one.services.people.forget(LEAVES)
        await until(lambda: people_held(other) == {STAYS})
        for _ in range(2):
            everything = [everything_read(app) for app in (one, other)]
            await end_listening(one)
            for read in everything:
                await asyncio.wait_for(read.wait(), WITHIN)
            assert people_held(one) == people_held(other) == {STAYS}


async def test_whoever_missed_somebody_forgets_everybody(postgresql_url: str, tmp_path: Path) -> None:
    async with two(postgresql_url, tmp_path) as (one, other):
        writing(other)
        await other.services.memory.stop()
        await one.services.people.forget(LEAVES)
        assert people_held(other) == {LEAVES, STAYS}, "it hears nothing"
        other.services.memory.start()
        await until(lambda: people_held(other) == set())


@pytest.mark.claim("P-14")
async def test_forget_me_reaches_a_real_process_that_holds_a_letter(postgresql_url: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with open_app(Settings(data=first, database=DatabaseSection(url=postgresql_url))) as app:
        second.mkdir()
        shutil.copy(first / "postbag.key", second / "postbag.key")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.several.letter_holder", postgresql_url, str(second),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            async with asyncio.timeout(2 * WITHIN):
                assert await process.stdout.readline() == b"holds 2\n"
                await listening(app, 1)
                await app.services.people.forget(LEAVES)
                assert await process.stdout.readline() == f"holds {STAYS}\n".encode()
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def test_no_id_is_told(postgresql_url: str, tmp_path: Path) -> None:
    heard: list[tuple[Kind, str]] = []
    async with two(postgresql_url, tmp_path) as (one, other):
        memory = other.services.memory
        await memory.stop()
        feed = asyncio.create_task(memory._feed.follow(lambda kind, scope: heard.append((kind, scope)), lambda: None))
        await listening(one, 2)
        await one.services.people.forget(LEAVES)
        await until(lambda: len(heard) == 2)
        feed.cancel()
    told = dict(heard)
    assert told == {Kind.FORGOTTEN: f"1:{one.services.people._store.hash_of(LEAVES)}", Kind.FACTS: FORGOTTEN_FACT}
    assert not [scope for scope in told.values() if str(int(LEAVES)) in scope]


async def test_what_is_undone_is_not_told(postgresql_url: str, tmp_path: Path) -> None:
    heard: list[tuple[Kind, str]] = []
    async with two(postgresql_url, tmp_path) as (one, other):
        memory = other.services.memory
        await memory.stop()
        feed = asyncio.create_task(memory._feed.follow(lambda kind, scope: heard.append((kind, scope)), lambda: None))
        await listening(one, 2)
        with pytest.raises(ZeroDivisionError):
            await follow_and_fail(one)
        await one.services.kept.put("afterwards", "1")
        await until(lambda: bool(heard))
        feed.cancel()
    assert heard == [(Kind.FACTS, "afterwards")]


async def follow_and_fail(app: App) -> None:
    async with app.database.writing() as connection:
        await connection.execute(insert(follows).values(guild_id=GUILD, report=report().slug, since=NOW))
        raise ZeroDivisionError


async def test_a_date_that_moves_moves_once_however_many_processes_reckon(postgresql_url: str, tmp_path: Path) -> None:
    async with two(postgresql_url, tmp_path) as (one, other):
        found = replace(FOUND, published_on=date(2027, 2, 1), due_on=date(2027, 4, 1))
        slug = ReportSlug(f"publication-{found.publication_id}")
        services = one.services
        await services.guilds.change(GUILD, await person(one), channel_id=ChannelId(5))
        await services.publications._store.save([found])
        await services.reports.load()
        async with one.database.writing() as connection:
            await connection.execute(insert(follows).values(guild_id=GUILD, report=slug, since=NOW))
        await services.reports.load()
        await services.deadlines.following.follow(GUILD, slug, None)
        await asyncio.gather(one.recompute(), other.recompute())
        await services.publications._store.save([replace(found, due_on=date(2027, 4, 20))])
        for _ in range(3):
            await asyncio.gather(one.recompute(), other.recompute())
            await other.recompute()
            await one.recompute()
        async with one.database.reading() as connection:
            dates = (await connection.execute(text("SELECT due_on, revision FROM deadlines"))).all()
            reminders = (await connection.execute(text("SELECT kind, rung, state FROM reminders"))).all()
        assert [tuple(one) for one in dates] == [("2027-04-20", 2)]
        rungs = {(kind, rung) for kind, rung, _ in reminders}
        told = ("corrected", "corrected")
        moved = {(*rung, state) for rung in rungs - {told} for state in ("cancelled", "scheduled")}
        assert told in rungs
        assert len(rungs) == 7
        assert sorted(tuple(one) for one in reminders) == sorted({*moved, (*told, "scheduled")})
