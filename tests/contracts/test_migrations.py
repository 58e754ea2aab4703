from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, inspect, text

from bot.clock import SystemClock
from bot.domain.errors import PostbagError, Refused
from storage.backup import check_backup, copier, put_back
from storage.database import Database, open_database
from storage.installation_facts import Facts
from storage.migrations import FOLDER, VERSION_TABLE, current_version, upgrade, versions
from storage.schema import metadata


def test_the_versions_listed_are_those_that_alembic_finds() -> None:
    script = ScriptDirectory(str(FOLDER))
    assert tuple(reversed([step.revision for step in script.walk_revisions()])) == versions()


@pytest.mark.filterwarnings("ignore:(Skipped unsupported reflection|autogenerate skipping).*expression-based")
@pytest.mark.asyncio
async def test_migrations_give_exactly_the_schema(empty_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        # Alembic reads an empty default back wrongly from SQLite; there the next test compares the words themselves.
        defaults = connection.dialect.name == "postgresql"
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": defaults, "version_table": VERSION_TABLE}
        )
        return list(compare_metadata(context, metadata))

    async with open_database(empty_url) as database, database.reading() as connection:
        assert await connection.run_sync(current_version) == versions()[-1]
        assert await connection.run_sync(differences) == []


@pytest.mark.asyncio
async def test_an_index_that_is_partial_on_sqlite_is_so_on_postgresql(database: Database) -> None:
    meant = {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    named = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    if database.dialect == "sqlite":
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    async with database.reading() as connection:
        made = {name for name, words in await connection.execute(text(named)) if " WHERE " in words}
    assert meant
    assert made == meant


def _sqlite_words(connection: Connection) -> dict[str, str]:
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {
        name: re.sub(r"\s+", " ", sql).replace('"', "").strip()
        for name, sql in found
        if name != VERSION_TABLE and not name.startswith("sqlite_")
    }


def _clauses(words: str) -> set[str]:
    """Take a statement apart: the order of constraints is of no weight."""
    return set(re.split(r", (?=[a-z_]+ |CONSTRAINT)", re.sub(r" ?\) STRICT$", "", words)))


@pytest.mark.asyncio
async def test_on_sqlite_the_words_are_the_same_too_strict_and_checked(tmp_path: Path) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        meant = _sqlite_words(connection)
    engine.dispose()
    async with (
        open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.db'}") as database,
        database.reading() as reading,
    ):
        made = await reading.run_sync(_sqlite_words)
    assert {name: _clauses(words) for name, words in made.items()} == {n: _clauses(w) for n, w in meant.items()}
    for table in metadata.tables.values():
        assert made[table.name].endswith("STRICT"), table.name
        if "id" in table.columns:
            assert "AUTOINCREMENT" in made[table.name], table.name
    assert "CHECK (state IN ('scheduled'" in made["reminders"]


SECOND = f"{int(versions()[-1]) + 1:04}"
THIRD = f"{int(SECOND) + 1:04}"
STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade():
{body}
"""
REBUILDS = """
    op.execute("INSERT INTO kept (name, value) VALUES ('{revision}', 'once')")
    with op.batch_alter_table("people", recreate="auto", table_kwargs={{"sqlite_strict": True}}) as people:
        people.add_column(sa.Column("invented", sa.Text(), server_default="yes", nullable=False))
"""
FAILS = """
    op.execute("CREATE TABLE half (name TEXT)")
    op.execute("DELETE FROM deadlines")
    raise RuntimeError("broken half-way on purpose")
"""
FILL = (
    "INSERT INTO people (id, lookup, sealed_user_id, created_at) VALUES (7, '\\x01', '\\x02', 1)",
    "INSERT INTO deadlines (guild_id, kind, title, due_on, rule, revision, person_id, created_at, updated_at)"
    " VALUES (1, 'own date', 'Lobby day', '2027-05-04', 'date given by the group', 1, 7, 1, 1)",
)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Give what adds an invented migration after ours, as a later release would."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def add(revision: str, body: str) -> None:
        before = f"{int(revision) - 1:04}"
        words = STEP.format(revision=revision, before=before, body=body.format(revision=revision))
        (folder / "versions" / f"{revision}_invented.py").write_text(words, encoding="utf-8")
        monkeypatch.setattr("storage.migrations.FOLDER", folder)

    return add


async def _fill(url: str) -> None:
    async with open_database(url) as database, database.writing() as connection:
        for words in FILL:
            if database.dialect == "sqlite":
                words = words.replace("'\\x", "x'")
            await connection.execute(text(words))


async def _state(url: str) -> tuple[str | None, list[Any], list[str]]:
    """Give the version, the date with whose it is, and the tables, as they are."""
    async with open_database(url, migrate=False) as database, database.reading() as connection:
        held = await connection.execute(
            text("SELECT title, person_id FROM deadlines JOIN people p ON p.id = person_id")
        )
        tables = await connection.run_sync(lambda c: sorted(inspect(c).get_table_names()))
        return await connection.run_sync(current_version), [tuple(row) for row in held], tables


@pytest.mark.asyncio
async def test_the_next_migration_keeps_every_row_and_is_done_once(
    database_url: str, later: Callable[[str, str], None]
) -> None:
    await _fill(database_url)
    later(SECOND, REBUILDS)
    for _ in range(2):
        async with open_database(database_url) as database:
            assert (await database.check()).problems == ()
            assert (await database.check()).version == SECOND
            assert await Facts(database).get(SECOND) == "once"
            async with database.reading() as connection:
                assert (await connection.execute(text("SELECT invented FROM people"))).scalars().all() == ["yes"]
    assert (await _state(database_url))[1] == [("Lobby day", 7)]


@pytest.mark.asyncio
async def test_a_migration_that_fails_half_way_undoes_those_before_it_too(
    database_url: str, later: Callable[[str, str], None]
) -> None:
    await _fill(database_url)
    before = await _state(database_url)
    later(SECOND, REBUILDS)
    later(THIRD, FAILS)
    with pytest.raises(Refused, match="could not be changed"):
        async with open_database(database_url):
            pass
    assert await _state(database_url) == before
    async with open_database(database_url, migrate=False) as database:
        assert await Facts(database).get(SECOND) is None
    later(THIRD, REBUILDS.replace("invented", "mended"))
    async with open_database(database_url) as database:
        assert (await database.check()).version == THIRD


@pytest.mark.asyncio
async def test_two_that_start_at_once_change_the_tables_once(
    database_url: str, later: Callable[[str, str], None]
) -> None:
    """On PostgreSQL the second waits and finds them done; a SQLite file has one Postbag, and the second says so."""
    await _fill(database_url)
    later(SECOND, REBUILDS)
    both_open = asyncio.Event()
    opened = 0

    async def start() -> str:
        nonlocal opened
        try:
            async with open_database(database_url) as database:
                opened += 1
                if opened == 2 or database.dialect == "sqlite":
                    both_open.set()
                await asyncio.wait_for(both_open.wait(), 30)
                return (await database.check()).version
        except PostbagError as refused:
            return refused.message

    first, second = await asyncio.gather(start(), start())
    assert first == SECOND
    assert second in (SECOND, "Another Postbag is using this database.")
    async with open_database(database_url) as database:
        assert await Facts(database).get(SECOND) == "once"


@pytest.mark.asyncio
@pytest.mark.parametrize("version", [f"{number:04}" for number in range(1, 14)])
async def test_a_database_from_before_the_first_release_is_refused_and_nothing_in_it_touched(
    version: str, tmp_path: Path
) -> None:
    path = tmp_path / "postbag.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL;"
            f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL);"
            f"INSERT INTO {VERSION_TABLE} VALUES ('{version}');"
            "CREATE TABLE deadlines (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO deadlines VALUES (1, 'Lobby day');"
        )
    before = path.read_bytes()
    for look_only in (False, True):
        with pytest.raises(Refused, match="before the first release") as told:
            async with open_database(f"sqlite+aiosqlite:///{path}", look_only=look_only):
                pass
        assert "Nothing in it was changed" in told.value.next_step
        assert "database.url" in told.value.next_step
    assert path.read_bytes() == before


@pytest.mark.asyncio
async def test_on_either_database_it_is_refused_by_its_version_alone(database_url: str) -> None:
    await _fill(database_url)
    async with open_database(database_url) as database, database.writing() as connection:
        await connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0013'"))
    before = await _state(database_url)
    with pytest.raises(Refused, match="before the first release"):
        async with open_database(database_url):
            pass
    assert await _state(database_url) == before


@pytest.mark.asyncio
async def test_a_database_that_is_up_to_date_is_left_alone(database: Database) -> None:
    assert await upgrade(database) is False


@pytest.mark.asyncio
async def test_a_database_of_a_newer_postbag_is_refused_and_left_alone(database_url: str) -> None:
    async with open_database(database_url) as database:
        await Facts(database).put("a", "1")
        async with database.writing() as connection:
            await connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(Refused, match="newer Postbag") as told:
        async with open_database(database_url):
            pass
    assert "Install the newer Postbag" in told.value.next_step
    async with open_database(database_url, migrate=False) as database:
        assert await Facts(database).get("a") == "1"


@pytest.mark.asyncio
async def test_a_database_of_another_program_is_refused_and_left_alone(empty_url: str) -> None:
    async with open_database(empty_url, migrate=False) as database, database.writing() as connection:
        await connection.execute(text("CREATE TABLE cats (name TEXT)"))
    with pytest.raises(Refused, match="another program"):
        async with open_database(empty_url):
            pass
    async with open_database(empty_url, migrate=False) as database, database.reading() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == ["cats"]


@pytest.mark.asyncio
async def test_a_migration_that_fails_changes_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: Connection) -> None:
        MetaData().create_all(connection)
        connection.execute(text("CREATE TABLE half (name TEXT)"))
        raise Refused("broken on purpose")

    monkeypatch.setattr("storage.migrations._run", broken)
    with pytest.raises(Refused, match="on purpose"):
        async with open_database(empty_url):
            pass
    async with open_database(empty_url, migrate=False) as database, database.reading() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == []


@pytest.mark.asyncio
async def test_an_upgrade_that_fails_half_way_leaves_a_copy_from_before_and_the_way_back(
    tmp_path: Path, later: Callable[[str, str], None]
) -> None:
    file, copies = tmp_path / "postbag.sqlite3", tmp_path / "backups"
    url = f"sqlite+aiosqlite:///{file}"
    await _fill(url)
    before = await _state(url)
    later(SECOND, REBUILDS)
    later(THIRD, FAILS)
    with pytest.raises(Refused, match="could not be changed"):
        async with open_database(url, before_change=copier(copies, SystemClock())):
            pass
    assert await _state(url) == before
    (copy,) = copies.iterdir()
    await check_backup(copy)
    put_back(copy, file, SystemClock().now())
    assert await _state(url) == before


@pytest.mark.asyncio
async def test_tables_that_cannot_be_copied_first_are_not_changed(
    tmp_path: Path, later: Callable[[str, str], None]
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'postbag.sqlite3'}"
    await _fill(url)
    before = await _state(url)
    later(SECOND, REBUILDS)
    (tmp_path / "backups").write_text("a file, where the folder should be")
    with pytest.raises(PostbagError):
        async with open_database(url, before_change=copier(tmp_path / "backups", SystemClock())):
            pass
    assert await _state(url) == before
