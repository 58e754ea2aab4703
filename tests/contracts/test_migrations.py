from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, inspect, text

from bot.domain.errors import Refused
from storage.database import Database, open_database
from storage.kept import Kept
from storage.migrations import FOLDER, VERSION_TABLE, current_version, upgrade, versions
from storage.schema import metadata

OLD = Path(__file__).parent / "old"


def test_the_versions_listed_are_those_that_alembic_finds() -> None:
    script = ScriptDirectory(str(FOLDER))
    assert tuple(reversed([step.revision for step in script.walk_revisions()])) == versions()


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


def _restore(dump: Path, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))


@pytest.mark.asyncio
@pytest.mark.parametrize("dump", sorted(OLD.glob("*.sql")), ids=lambda path: path.stem)
async def test_a_database_of_every_released_schema_comes_up_to_date(dump: Path, tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    _restore(dump, path)
    async with open_database(f"sqlite+aiosqlite:///{path}") as database:
        assert (await database.check()).problems == ()
        async with database.reading() as connection:
            assert await connection.run_sync(current_version) == versions()[-1]
            rows = await connection.execute(
                text("SELECT title, step FROM deadlines JOIN reminders ON deadline_id = deadlines.id")
            )
            assert rows.all() == [("Lobby day", "due@2027-05-04")]


def test_there_is_an_old_database_of_every_version() -> None:
    assert {path.stem for path in OLD.glob("*.sql")} == set(versions())


@pytest.mark.asyncio
async def test_a_database_that_is_up_to_date_is_left_alone(database: Database) -> None:
    assert await upgrade(database) is False


@pytest.mark.asyncio
async def test_a_database_of_a_newer_postbag_is_refused_and_left_alone(database_url: str) -> None:
    async with open_database(database_url) as database:
        await Kept(database).put("a", "1")
        async with database.writing() as connection:
            await connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(Refused, match="newer Postbag") as told:
        async with open_database(database_url):
            pass
    assert "Install the newer Postbag" in told.value.next_step
    async with open_database(database_url, migrate=False) as database:
        assert await Kept(database).get("a") == "1"


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
