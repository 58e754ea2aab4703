"""``postbag check`` writes nothing, and what it says is what a start would say."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot.app import open_app
from bot.check import look
from bot.config import load_settings
from bot.domain.errors import PostbagError
from storage.database import open_database
from storage.migrations import VERSION_TABLE

pytestmark = pytest.mark.loopback

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "http://127.0.0.1:9"
Said = dict[str, tuple[bool | None, str]]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("MEMBERS_API", "COMMITTEES_API", "POSTCODES", "BANK_HOLIDAYS"):
        monkeypatch.setenv(f"POSTBAG_SOURCES__{name}", NOWHERE)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def check() -> Said:
    """Look, holding that nothing in this folder changes by it, not even a file's time."""
    before = list(everything(Path.cwd()))
    lines = asyncio.run(look(None))
    assert list(everything(Path.cwd())) == before
    return {line.name: (line.ok, line.words) for line in lines}


def everything(folder: Path) -> Iterator[tuple[str, int, int, str]]:
    for path in sorted(folder.rglob("*")):
        stat = path.stat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        yield str(path), stat.st_mode, stat.st_mtime_ns, content


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def start() -> None:
    async with open_app(load_settings()):
        pass


def refusal() -> PostbagError:
    """Give what a start says."""
    with pytest.raises(PostbagError) as told:
        asyncio.run(start())
    return told.value


def to_do(said: Said) -> set[str]:
    return {name for name, (ok, _) in said.items() if ok is False}


def test_in_an_empty_folder_it_makes_nothing_and_all_is_well(data: Path) -> None:
    said = check()
    assert to_do(said) == set()
    assert not data.exists()
    assert {"data folder", "database", "key"} <= {name for name, (ok, _) in said.items() if ok is None}


def test_without_a_network_it_notes_it_and_is_content(data: Path) -> None:
    said = check()
    ok, words = said["network"]
    assert ok is None
    for name in (
        "Members API",
        "Committees API",
        "postcodes.io",
        "written questions",
        "motions",
        "Hansard",
        "calendar",
    ):
        assert name in words
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "DISCORD_TOKEN": ""}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"], env=env, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything is in order" in done.stdout
    assert done.stderr == "", "each thing is said once"


def test_after_a_start_it_compares_the_key_and_the_tables(data: Path) -> None:
    asyncio.run(start())
    said = check()
    assert to_do(said) == set()
    assert said["key"][0] is True
    assert said["database"][0] is True


def test_beside_a_running_postbag_it_reads_and_says_so(data: Path) -> None:
    async def beside() -> Said:
        async with open_app(load_settings()):
            before = names(data)
            lines = await look(None)
            assert names(data) == before
            return {line.name: (line.ok, line.words) for line in lines}

    said = asyncio.run(beside())
    assert "in use by a running Postbag" in said["database"][1]
    assert to_do(said) == set()


def test_what_a_killed_postbag_left_in_its_log_is_read_and_left_as_it_is(data: Path) -> None:
    asyncio.run(start())
    code = (
        "import sqlite3, os\n"
        "c = sqlite3.connect('data/postbag.sqlite3')\n"
        "c.execute('PRAGMA journal_mode=WAL'); c.execute(\"INSERT INTO kept VALUES ('x', 'y')\"); c.commit()\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert (data / "postbag.sqlite3-wal").stat().st_size > 0
    said = check()
    assert said["database"][0] is True


def test_a_lost_key_is_told_as_a_start_tells_it(data: Path) -> None:
    asyncio.run(start())
    (data / "postbag.key").unlink()
    said = check()
    assert to_do(said) == {"key"}
    assert said["key"][1] == str(refusal())


def test_another_databases_key_is_told_as_a_start_tells_it(data: Path) -> None:
    asyncio.run(start())
    shutil.move(data, data.with_name("first"))
    asyncio.run(start())
    shutil.copy(data.with_name("first") / "postbag.key", data / "postbag.key")
    said = check()
    assert to_do(said) == {"key"}
    assert said["key"][1] == str(refusal())


@pytest.mark.parametrize("empty", [True, False], ids=["an empty file", "no file"])
def test_a_key_beside_an_empty_database_is_told_as_a_start_tells_it(data: Path, empty: bool) -> None:
    asyncio.run(start())
    for path in data.glob("postbag.sqlite3*"):
        path.unlink()
    if empty:
        (data / "postbag.sqlite3").touch()
    said = check()
    assert to_do(said) == {"key"}
    assert said["key"][1] == str(refusal())
    assert "restore" in said["key"][1]


def test_a_parent_folder_that_is_a_file_is_to_do(data: Path) -> None:
    data.write_text("")
    said = check()
    assert {"data folder", "key"} <= to_do(said)


def test_a_folder_that_cannot_be_written_is_to_do(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run as root, who may write everywhere: so the answer of the system is given here."""
    closed = data.parent / "closed"
    closed.mkdir()
    monkeypatch.setenv("POSTBAG_DATA", str(closed / "data"))
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != closed)
    said = check()
    assert {"data folder", "database", "key"} <= to_do(said)
    assert str(closed) in said["data folder"][1]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_a_file_that_the_service_could_not_use_is_named_with_the_command(data: Path) -> None:
    asyncio.run(start())
    os.chown(data, 12_345, -1)
    said = check()
    assert "owner" in to_do(said)
    assert "chown 12345 '" in said["owner"][1]
    for path in data.iterdir():
        os.chown(path, 12_345, -1)
    said = check()
    assert said["owner"][0] is None
    assert "you're running this as root" in said["owner"][1]


def test_tables_of_an_older_and_a_newer_postbag(data: Path) -> None:
    async def make() -> None:
        async with open_database(load_settings().database_url):
            pass

    asyncio.run(make())
    with closing(sqlite3.connect(data / "postbag.sqlite3")) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
        connection.commit()
    said = check()
    assert "database" in to_do(said)
    assert said["database"][1] == str(refusal())


def test_a_damaged_page_is_to_do(data: Path) -> None:
    asyncio.run(start())
    file = data / "postbag.sqlite3"
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(content)
    said = check()
    assert "database" in to_do(said)
    assert "damaged" in said["database"][1]


def test_a_broken_pack_in_the_data_folder_is_to_do(data: Path) -> None:
    (data / "packs").mkdir(parents=True)
    (data / "packs" / "broken.toml").write_text("this is no pack")
    assert "packs" in to_do(check())


def test_bank_holidays_that_have_ended_are_a_note(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "bank holidays" not in check()
    monkeypatch.setattr("bot.sources.bank_holidays.bank_holidays", lambda division: frozenset({date(2020, 12, 28)}))
    ok, words = check()["bank holidays"]
    assert ok is None
    assert "28 December 2020" in words


def test_a_token_that_others_may_read_is_to_do(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = data.parent / "token"
    token.write_text("a.b.c")
    token.chmod(0o644)
    monkeypatch.setenv("POSTBAG_DISCORD__TOKEN_FILE", str(token))
    assert to_do(check()) == {"token"}
