from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import InUse, Refused, Unavailable
from storage.database import Database, open_database
from storage.installation_facts import Facts
from storage.schema import kept

ROOT = Path(__file__).resolve().parents[2]


def url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def names(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set((await connection.execute(select(kept.c.name))).scalars())


async def write(connection: AsyncConnection, name: str) -> str:
    await connection.execute(insert(kept).values(name=name, value=""))
    return name


async def pair(database: Database, first: str, second: str) -> None:
    async with database.writing() as connection:
        await write(connection, first)
        await write(connection, second)


async def fail(database: Database) -> None:
    async with database.writing() as connection:
        await write(connection, "a")
        raise KeyError


def contents(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


@contextmanager
def python(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run code in a process of its own until the block ends."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


HOLD = """
import asyncio, sys
from storage.database import open_database
async def main():
    async with open_database(sys.argv[1]):
        print("open", flush=True)
        sys.stdin.read()
asyncio.run(main())
"""


# Opening


@pytest.mark.asyncio
async def test_a_new_database_is_made_with_its_folder_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "postbag.db"
    async with open_database(url(path)) as database:
        health = await database.check()
        assert (health.dialect, health.problems) == ("sqlite", ())
        assert health.size > 10_000
        async with database.writing() as connection:
            pragmas = [
                (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            ]
    assert pragmas == ["wal", 2, 1, 1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(p.name for p in path.parent.iterdir()) == ["postbag.db", "postbag.db.lock"]


@pytest.mark.asyncio
async def test_a_second_process_is_kept_out_until_the_first_has_gone(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    with python(HOLD, url(path)) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(InUse, match="Another Postbag is using this database") as told:
            async with open_database(url(path)):
                pass
        assert str(path) in told.value.next_step
        async with open_database(url(path), look_only=True) as database:
            assert await names(database) == set()
            with pytest.raises(Refused, match="can't write to it"):
                await Facts(database).put("a", "1")
        other.kill()
        other.wait()
    async with open_database(url(path)) as database:
        assert await names(database) == set()


@pytest.mark.asyncio
async def test_the_same_process_cannot_open_it_twice_either(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")):
        with pytest.raises(InUse, match="Another Postbag"):
            async with open_database(url(tmp_path / "postbag.db")):
                pass
    async with open_database(url(tmp_path / "postbag.db")):
        pass


@pytest.mark.asyncio
async def test_looking_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There's no database"):
        async with open_database(url(tmp_path / "none.db"), look_only=True):
            pass
    assert not (tmp_path / "none.db").exists()


@pytest.mark.asyncio
async def test_looking_needs_tables_that_are_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    async with open_database(url(path), migrate=False):
        pass
    with pytest.raises(Refused, match="not up to date") as told:
        async with open_database(url(path), look_only=True):
            pass
    assert "postbag database upgrade" in told.value.next_step
    async with open_database(url(path), look_only=True, migrate=False):
        pass
    async with open_database(url(path)):
        pass
    async with open_database(url(path), look_only=True) as database:
        assert await names(database) == set()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "can't read"),
        ("mysql://localhost/postbag", "kind of database: mysql"),
        ("sqlite:///postbag.db", "kind of database: sqlite"),
        ("sqlite+aiosqlite://", "needs a file"),
        ("sqlite+aiosqlite:///:memory:", "needs a file"),
    ],
)
async def test_an_address_that_cannot_be_used_is_told_with_the_key(address: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as told:
        async with open_database(address):
            pass
    assert "database.url" in told.value.next_step


@pytest.mark.asyncio
@pytest.mark.parametrize("server", ["127.0.0.1:1", "/?host={folder}"])
@pytest.mark.loopback
async def test_a_server_that_does_not_answer_is_told(server: str, tmp_path: Path) -> None:
    address = f"postgresql+asyncpg://me:secret@{server.format(folder=tmp_path)}" + ("/x" if ":" in server else "")
    with pytest.raises(Unavailable, match="answering") as told:
        async with open_database(address):
            pass
    assert "secret" not in str(told.value)


@pytest.mark.asyncio
async def test_a_folder_or_another_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "letter.db").write_text("Dear Sir, this is not a database at all. " * 50)
    for name in ("folder.db", "letter.db", "letter.db/inside.db"):
        with pytest.raises(Refused) as told:
            async with open_database(url(tmp_path / name)):
                pass
        assert told.value.next_step, name
    assert (tmp_path / "letter.db").read_text().startswith("Dear Sir")


READ_ONLY = """
import asyncio, os, sys
from storage.database import open_database
import aiosqlite, sqlalchemy.dialects.sqlite.aiosqlite, storage.migrations
from bot.domain.errors import PostbagError
async def main():
    try:
        async with open_database(sys.argv[1]):
            print("opened")
    except PostbagError as error:
        print(type(error).__name__, error)
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
asyncio.run(main())
"""


async def make(path: Path) -> None:
    async with open_database(url(path)):
        pass


@pytest.mark.parametrize("read_only", ["file", "folder"])
def test_a_database_that_may_not_be_written_is_told(read_only: str) -> None:
    folder = Path(tempfile.mkdtemp())  # not tmp_path, which other users may not enter
    try:
        path = folder / "data" / "postbag.db"
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, make(path)).result()
        folder.chmod(0o755)
        everyone_reads, everyone_writes = 0o444, 0o666
        for file in path.parent.iterdir():
            file.chmod(everyone_writes)
        path.chmod(everyone_reads if read_only == "file" else everyone_writes)
        if read_only == "folder":
            (path.parent / "postbag.db.lock").unlink()
        path.parent.chmod(0o777 if read_only == "file" else 0o555)
        with python(READ_ONLY, url(path)) as other:
            said, _ = other.communicate(timeout=60)
        assert said.startswith("Refused Postbag can read the database but can't write to it. Give the user"), said
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


# Faults while open


@pytest.mark.asyncio
async def test_a_database_that_another_program_holds_is_told_and_works_again_after(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    async with open_database(url(path), busy_seconds=0.1) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="another program is using it") as told:
                await Facts(database).put("a", "1")
            assert str(path) in told.value.next_step
            with pytest.raises(Unavailable, match="another program"):
                await database.batched(lambda connection: write(connection, "b"))
            assert await names(database) == set()
            assert "another program is using it" in " ".join((await database.check()).problems)
            other.execute("ROLLBACK")
        await Facts(database).put("a", "1")
        assert await names(database) == {"a"}


@pytest.mark.asyncio
async def test_a_database_held_at_the_start_is_told(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    async with open_database(url(path)):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable, match="another program is using it"):
            async with open_database(url(path), busy_seconds=0.1):
                pass


@pytest.mark.asyncio
async def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        await Facts(database).put("before", "safe")
        async with database.writing() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count={pages}"))
        with pytest.raises(Unavailable, match="full") as told:
            await Facts(database).put("big", "x" * 1_000_000)
        assert "What was saved before is safe" in told.value.next_step
        assert await Facts(database).get("before") == "safe"
        async with database.writing() as connection:
            await connection.execute(text("PRAGMA max_page_count=1000000"))
        await Facts(database).put("big", "x" * 1_000_000)


@pytest.mark.asyncio
async def test_damage_is_found_by_the_check(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    async with open_database(url(path)) as database:
        for number in range(300):
            await Facts(database).put(f"name {number}", "x" * 500)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 3 * 4096)
        file.write(b"\xff" * 3 * 4096)
    try:
        async with open_database(url(path)) as database:
            problems = " ".join((await database.check()).problems)
    except Refused as refused:
        problems = str(refused)
    assert "damaged" in problems


@pytest.mark.asyncio
async def test_a_broken_rule_of_the_schema_stays_what_it_is(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        await Facts(database).put("a", "1")
        with pytest.raises(IntegrityError):
            await pair(database, "b", "a")
        assert await names(database) == {"a"}
        with pytest.raises(IntegrityError):
            async with database.writing() as connection:
                await connection.execute(text("INSERT INTO kept VALUES ('strict', x'00')"))


# Transactions


@pytest.mark.asyncio
async def test_an_exception_undoes_the_whole_transaction(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        with pytest.raises(KeyError):
            await fail(database)
        async with database.writing():
            pass
        assert await names(database) == set()
        with pytest.raises(RuntimeError, match="open in this task"):
            async with database.writing(), database.writing():
                pass
        await Facts(database).put("b", "1")
        assert await names(database) == {"b"}


@pytest.mark.asyncio
async def test_readers_do_not_write_and_a_snapshot_stands_still(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        with pytest.raises(Refused, match="can't write"):
            async with database.reading() as connection:
                await write(connection, "a")
        async with database.reading(snapshot=True) as still, database.reading() as moving:
            assert (await still.execute(select(kept))).all() == []
            assert (await moving.execute(select(kept))).all() == []
            await Facts(database).put("b", "1")
            assert (await still.execute(select(kept))).all() == []
            assert (await moving.execute(select(kept))).all() == [("b", "1")]
        assert await names(database) == {"b"}


@pytest.mark.asyncio
async def test_a_reader_waits_for_no_writer(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        async with database.writing() as connection:
            await write(connection, "a")
            async with asyncio.timeout(60):
                assert await names(database) == set()
        assert await names(database) == {"a"}


@pytest.mark.asyncio
async def test_many_writers_and_readers_at_once(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:

        async def one(number: int) -> None:
            async with database.writing() as connection:
                await write(connection, f"n{number}")
                await asyncio.sleep(0)
            assert f"n{number}" in await names(database)

        await asyncio.gather(*(one(number) for number in range(60)))
        assert len(await names(database)) == 60


@pytest.mark.asyncio
@pytest.mark.parametrize("turns", range(12))
async def test_a_cancelled_write_is_whole_or_not_there_and_the_next_one_works(tmp_path: Path, turns: int) -> None:
    async with open_database(url(tmp_path / "postbag.db"), busy_seconds=0.5) as database:
        task = asyncio.create_task(pair(database, "first", "second"))
        for _ in range(turns):
            await asyncio.sleep(0.0005)
        task.cancel()
        await asyncio.wait([task])
        assert await names(database) in (set(), {"first", "second"})
        await Facts(database).put("third", "1")
        assert "third" in await names(database)


@pytest.mark.asyncio
async def test_a_task_cancelled_between_two_statements_leaves_nothing(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db"), busy_seconds=0.5) as database:
        begun = asyncio.Event()

        async def stuck() -> None:
            async with database.writing() as connection:
                await write(connection, "first")
                begun.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(stuck())
        await begun.wait()
        waiting = asyncio.create_task(Facts(database).put("waiting", "1"))
        given_up = asyncio.create_task(Facts(database).put("given up", "1"))
        await asyncio.sleep(0)
        given_up.cancel()
        task.cancel()
        await asyncio.wait([task, given_up])
        await waiting
        assert await names(database) == {"waiting"}


# Shared commits


@pytest.mark.asyncio
async def test_batched_work_shares_a_commit_and_each_gets_its_result(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        commits = 0
        async with database.writing() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            assert driver is not None

        def traced(statement: str) -> None:
            nonlocal commits
            commits += statement == "COMMIT"

        await driver.set_trace_callback(traced)
        names_given = [f"n{number}" for number in range(40)]
        results = await asyncio.gather(*(database.batched(lambda c, n=name: write(c, n)) for name in names_given))
        assert results == names_given
        assert await names(database) == set(names_given)
        assert 1 <= commits <= 3


@pytest.mark.asyncio
async def test_one_failure_in_a_batch_is_its_own_only(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        await Facts(database).put("taken", "1")

        async def halfway(connection: AsyncConnection) -> None:
            await write(connection, "half")
            raise KeyError("on purpose")

        results = await asyncio.gather(
            database.batched(lambda c: write(c, "a")),
            database.batched(lambda c: write(c, "taken")),
            database.batched(halfway),
            database.batched(lambda c: write(c, "b")),
            return_exceptions=True,
        )
        assert (results[0], results[3]) == ("a", "b")
        assert isinstance(results[1], IntegrityError)
        assert isinstance(results[2], KeyError)
        assert await names(database) == {"taken", "a", "b"}


@pytest.mark.asyncio
async def test_who_gives_up_before_the_batch_writes_nothing_and_harms_nobody(tmp_path: Path) -> None:
    async with open_database(url(tmp_path / "postbag.db")) as database:
        async with database.writing():
            tasks = [asyncio.create_task(database.batched(lambda c, n=n: write(c, n))) for n in ("a", "b", "c")]
            await asyncio.sleep(0.01)
            tasks[1].cancel()
        await asyncio.wait(tasks)
        assert await names(database) == {"a", "c"}
        async with database.writing() as connection:
            await write(connection, "d")


@pytest.mark.asyncio
async def test_closing_finishes_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    async with open_database(url(path)) as database:
        tasks = [asyncio.create_task(database.batched(lambda c, n=n: write(c, f"n{n}"))) for n in range(100)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    async with open_database(url(path)) as database:
        assert len(await names(database)) == 100


# Power loss


@pytest.mark.asyncio
async def test_after_power_loss_what_was_committed_is_there_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    said: list[tuple[Path, set[str]]] = []
    async with open_database(url(path)) as database:
        done: set[str] = set()

        async def writer() -> None:
            for number in range(400):
                async with database.writing() as connection:
                    await write(connection, f"n{number}")
                    await write(connection, f"m{number}")
                done.update({f"n{number}", f"m{number}"})

        task = asyncio.create_task(writer())
        for crash in range(8):
            await asyncio.sleep(0.02)
            committed = set(done)
            folder = tmp_path / f"crash{crash}"
            folder.mkdir()
            # The log first: a file that is newer than its log is what a checkpoint in between could leave.
            for suffix in ("-wal", ""):
                shutil.copyfile(f"{path}{suffix}", folder / f"postbag.db{suffix}")
            said.append((folder, committed))
        async with database.writing() as connection:
            await write(connection, "uncommitted")
            folder = tmp_path / "torn"
            folder.mkdir()
            for suffix in ("", "-wal"):
                shutil.copyfile(f"{path}{suffix}", folder / f"postbag.db{suffix}")
            with (folder / "postbag.db-wal").open("r+b") as log:
                log.truncate(log.seek(0, os.SEEK_END) - 100)
        await task
        assert len(done) == 800
    for folder, committed in said:
        async with open_database(url(folder / "postbag.db")) as database:
            found = await names(database)
            assert committed <= found
            assert {name[1:] for name in found if name[0] == "n"} == {name[1:] for name in found if name[0] == "m"}
            assert (await database.check()).problems == ()
    async with open_database(url(tmp_path / "torn" / "postbag.db")) as database:
        assert "uncommitted" not in await names(database)
        assert (await database.check()).problems == ()


@pytest.mark.asyncio
async def test_nothing_deleted_stays_in_the_files(tmp_path: Path) -> None:
    path = tmp_path / "postbag.db"
    async with open_database(url(path)) as database:
        await Facts(database).put("secret", "the words to forget")
        assert b"the words to forget" in contents(tmp_path)
        async with database.writing() as connection:
            await connection.execute(kept.delete())
        await database.forget_log()
        assert b"the words to forget" not in contents(tmp_path)
