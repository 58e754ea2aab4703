"""A database moved to a server and back: the same rows, the ids that go on, nothing mixed, and a try that broke off goes on."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from bot.app import open_app
from bot.cli import app
from bot.clock import MovableClock
from bot.config import DatabaseSection, Settings
from bot.domain.errors import Refused, Unavailable
from bot.domain.identity import ChannelId, UserId
from storage import copying
from storage.copying import Copied, copy_database, plain_tables
from storage.database import Database, open_database
from storage.installation_facts import UNDER_WAY, Facts
from storage.processes import Processes
from storage.schema import kept, metadata, people
from tests.builders import GUILD, NOW, report
from tests.contracts.conftest import Server

pytestmark = [pytest.mark.postgres, pytest.mark.loopback]


async def filled(folder: Path) -> Settings:
    """Make a database in which people, groups, dates, reminders and records are."""
    settings = Settings(data=folder)
    async with open_app(settings, clock=MovableClock(NOW), reports=[report()]) as app:
        services = app.services
        person = await services.people.person_for(UserId(71))
        await services.people.person_for(UserId(72))
        await services.guilds.change(GUILD, person, channel_id=ChannelId(5))
        await services.deadlines.following.follow(GUILD, report().slug, person)
        async with app.database.writing() as connection:
            await connection.execute(delete(people).where(people.c.id == 2))
    return settings


def address(settings: Settings) -> str:
    return settings.database_url


async def sums(database: Database) -> list[Copied]:
    return [await copying._sum(database, table) for table in plain_tables()]


@pytest.mark.asyncio
async def test_there_and_back_everything_is_the_same_and_ids_go_on(tmp_path: Path, postgresql_url: str) -> None:
    settings = await filled(tmp_path / "data")
    back = f"sqlite+aiosqlite:///{tmp_path / 'back.db'}"
    heard: list[tuple[str, int, int]] = []
    async with open_database(address(settings)) as old, open_database(postgresql_url) as server:
        copied = await copy_database(old, server, lambda *said: heard.append(said))
        assert {one.table for one in copied} == set(metadata.tables) - {"processes", "leases"}
        assert sum(one.rows for one in copied) > 10
        assert await sums(old) == await sums(server) == list(copied)
        assert all(rows <= total for _, rows, total in heard)
        async with server.writing() as connection:
            new = insert(people).values(lookup=b"new", sealed_user_id=b"x", created_at=NOW)
            assert (await connection.execute(new.returning(people.c.id))).scalar_one() == 3, "2 is not given again"
    async with open_database(postgresql_url) as server, open_database(back) as here:
        assert [one.rows for one in await copy_database(server, here)]
        assert await sums(server) == await sums(here)
        async with here.writing() as connection:
            new = insert(people).values(lookup=b"newer", sealed_user_id=b"x", created_at=NOW)
            assert (await connection.execute(new.returning(people.c.id))).scalar_one() == 4
    moved = Settings(data=tmp_path / "moved", database=DatabaseSection(url=postgresql_url))
    moved.data.mkdir()
    shutil.copy(settings.key_file, moved.key_file)
    async with open_app(moved, clock=MovableClock(NOW), reports=[report()]) as app:
        assert await app.services.people.find(UserId(71)) == 1
        assert await app.services.reports.read_followed(GUILD) == (report().slug,)
        # Copies made before the move hold what people were promised would go.
        (folder := moved.data / "backups").mkdir()
        old_copy, new_copy = (folder / f"postbag-{when:%Y%m%dT%H%M%SZ}.sqlite3" for when in (NOW - timedelta(8), NOW))
        for copy in (old_copy, new_copy):
            copy.write_bytes(b"a copy")
        await app.expire()
        assert list(folder.iterdir()) == [new_copy]


@pytest.mark.asyncio
async def test_a_target_that_holds_something_and_a_database_in_use_are_refused(
    tmp_path: Path, postgresql_url: str
) -> None:
    settings = await filled(tmp_path / "data")
    async with open_database(address(settings)) as old, open_database(postgresql_url) as server:
        await Facts(server).put("something", "here")
        with pytest.raises(Refused, match="already has something"):
            await copy_database(old, server)
        async with server.writing() as connection:
            await connection.execute(delete(kept))
        process = Processes(server, "1.0")
        await process.beat(NOW)
        with pytest.raises(Refused, match="is running on"):
            await copy_database(old, server)
        await process.leave()
        assert await copy_database(old, server)
        with pytest.raises(Refused, match="already has something"):
            await copy_database(old, server)


@pytest.mark.asyncio
async def test_a_copy_that_broke_off_goes_on_and_a_half_one_is_no_database(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = await filled(tmp_path / "data")
    put, count = copying._put, 0

    async def breaks(connection, table, rows):  # type: ignore[no-untyped-def]
        nonlocal count
        count += 1
        await put(connection, table, rows)
        if count == 4:
            raise Unavailable("The network is gone.", "Try again.")

    async with open_database(address(settings)) as old, open_database(postgresql_url) as server:
        monkeypatch.setattr(copying, "_put", breaks)
        with pytest.raises(Unavailable, match="The copy stopped"):
            await copy_database(old, server)
        half = Settings(data=settings.data, database=DatabaseSection(url=postgresql_url))
        with pytest.raises(Refused, match="isn't whole"):
            async with open_app(half):
                pass
        async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}") as other:
            with pytest.raises(Refused, match="half a copy"):
                await copy_database(other, server)
        third = f"sqlite+aiosqlite:///{tmp_path / 'third.db'}"
        async with open_database(postgresql_url) as half_one, open_database(third) as new:
            with pytest.raises(Refused, match="is half a copy of another database"):
                await copy_database(half_one, new)
            assert await Facts(new).get(UNDER_WAY) is None, "nothing was begun"
        assert len(await copying._begin(old, server)) >= 3, "what was copied whole is not copied again"
        await copy_database(old, server)
        assert await sums(old) == await sums(server)
        assert await Facts(server).get(UNDER_WAY) is None


@pytest.mark.asyncio
async def test_many_rows_come_in_parts_in_the_order_of_their_keys(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "AT_ONCE", 7)
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}") as old, open_database(postgresql_url) as new:
        async with old.writing() as connection:
            names = [f"{'aÄz'[n % 3]}{n}" for n in range(100)]
            await connection.execute(insert(kept), [{"name": name, "value": name} for name in names])
        await copy_database(old, new)
        async with new.reading() as connection:
            assert (await connection.execute(select(func.count()).select_from(kept))).scalar_one() == 100


def test_the_command_says_what_is_in_both(tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = asyncio.run(filled(tmp_path / "data"))
    monkeypatch.setenv("POSTBAG_DATA", str(settings.data))
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["database", "copy", *words])
        return done.exit_code, " ".join((done.output + str(done.exception)).split())

    code, words = said("here", postgresql_url)
    assert code == 0, words
    assert "the same in both" in words
    assert "There's no database" in said("nothing.db", postgresql_url)[1]
    assert "same database" in said("here", "here")[1]
    assert "already has something" in said("here", postgresql_url)[1]


@pytest.mark.asyncio
async def test_a_table_is_never_full_and_not_noted_as_done(tmp_path: Path) -> None:
    """Refusing the note stands for a kill between the rows and the note: the next try must not fill the table again."""
    settings = await filled(tmp_path / "data")
    first = "guilds"
    async with (
        open_database(address(settings)) as old,
        open_database(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}") as new,
    ):
        async with new.writing() as connection:
            await connection.execute(
                text(
                    f"CREATE TRIGGER no_note BEFORE INSERT ON {kept.name} WHEN NEW.value LIKE '%{first}%' "
                    "BEGIN SELECT RAISE(ABORT, 'no note'); END"
                )
            )
        with pytest.raises(IntegrityError):
            await copy_database(old, new)
        async with new.reading() as connection:
            rows = (await connection.execute(select(func.count()).select_from(metadata.tables[first]))).scalar_one()
        assert rows == 0, "there is one in the database that is copied"
        async with new.writing() as connection:
            await connection.execute(text("DROP TRIGGER no_note"))
        assert await copy_database(old, new)
        assert await sums(new) == await sums(old)


async def fill(database: Database, count: int) -> None:
    if not count:
        return
    async with database.writing() as connection:
        names = [f"{'aÄz'[n % 3]}{n}" for n in range(count)]
        await connection.execute(insert(kept), [{"name": name, "value": name} for name in names])


@pytest.mark.asyncio
@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 20, 25])
async def test_rows_are_counted_a_part_at_a_time(
    database: Database, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "COUNTED_AT_ONCE", 10)
    tables = {table.name: table for table in plain_tables()}
    await fill(database, rows)
    assert await copying._count(database, tables["kept"]) == rows
    follows = tables["follows"]
    async with database.writing() as connection:
        pairs = [{"guild_id": n % 3, "report": f"r{n}", "since": 1} for n in range(rows)]
        if pairs:
            await connection.execute(insert(follows), pairs)
    assert await copying._count(database, follows) == rows, "of a key of two columns too"


@pytest.mark.asyncio
@pytest.mark.parametrize("where", ["source", "target"])
@pytest.mark.parametrize("stays", [True, False])
async def test_a_postbag_that_was_started_meanwhile_is_noticed_even_where_it_is_gone_again(
    tmp_path: Path, postgresql_server: Server, where: str, stays: bool
) -> None:
    number = next(postgresql_server.numbers)
    addresses = {side: await made(postgresql_server, f"{side}_{number}") for side in ("source", "target")}
    async with open_database(addresses["source"]) as old, open_database(addresses["target"]) as new:
        await fill(old, 10)
        process, began = Processes(old if where == "source" else new, "1.0"), []

        async def starts(*_: object) -> None:
            if not began:
                began.append(await process.beat(NOW))
                if not stays:
                    await process.leave()

        started = []

        def said(table: str, rows: int, total: int) -> None:
            if not started:
                started.append(asyncio.ensure_future(starts()))

        with pytest.raises(Refused, match="started meanwhile"):
            await copy_database(old, new, said)
        assert began
        assert await Facts(new).get(UNDER_WAY) is not None, "and it is not called whole"
        if stays:
            with pytest.raises(Refused, match="is running"):
                await copy_database(old, new)
            await process.leave()
        assert await copy_database(old, new), "run again, everything is compared"
        assert await Facts(new).get(UNDER_WAY) is None


async def made(server: Server, name: str) -> str:
    await server._create(name, "template0")
    return server.url(name)
