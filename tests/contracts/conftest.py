"""Every contract test runs over SQLite and over PostgreSQL: take the ``database`` fixture."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from storage.database import Database, open_database

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=40")
USER = "postbag"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of this test session alone, on a socket in its own folder."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://{USER}@/{name}?host={self.folder}"

    def make(self, name: str, template: str = "template0") -> str:
        """Create a database and give its address."""
        _run(self._create(name, template))
        return self.url(name)

    async def _create(self, name: str, template: str) -> None:
        connection = await asyncpg.connect(host=str(self.folder), user=USER, database="postgres")
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            await connection.close()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run something async for a fixture that is not, away from the tests' own loops."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _migrate(url: str) -> None:
    async with open_database(url):
        pass


def postgresql_programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if all((f / name).exists() for name in ("initdb", "postgres"))), None)


def _owner() -> pwd.struct_passwd | None:
    """Give the user to run as: the server refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("PostgreSQL does not run as root, and there is no other user")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@contextmanager
def running_server(*settings: str, files: Mapping[str, bytes] | None = None) -> Iterator[Server]:
    """Start a server, and end it with all that is in it. ``files`` are put into its folder of data first."""
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine")
    owner = _owner()
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    folder = Path(tempfile.mkdtemp(prefix="postbag-pg-"))
    data = folder / "data"
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        initdb = [programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        made = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, check=False, **who)
        assert made.returncode == 0, made.stderr
        for name, content in (files or {}).items():
            (data / name).write_bytes(content)
            (data / name).chmod(0o600)
            if owner:
                os.chown(data / name, owner.pw_uid, owner.pw_gid)
        options = [
            part for setting in (*FAST, *settings, f"unix_socket_directories={folder}") for part in ("-c", setting)
        ]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *options], cwd=folder, stdout=log, stderr=subprocess.STDOUT, **who
            )
        try:
            _wait(server, folder)
            yield Server(folder)
        finally:
            if server.poll() is not None:  # it was restarted: another one runs by now
                control(folder, "stop", "-m", "immediate")
            server.send_signal(signal.SIGINT)  # its fast stop: it does not wait for clients
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def control(folder: Path, *words: str) -> None:
    """Give a running server a word of its own control program: ``restart``, ``stop``."""
    programs, owner = postgresql_programs(), _owner()
    assert programs is not None
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    with (folder / "control").open("wb") as said:
        subprocess.run(
            [programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "data" / "log", *words],
            cwd=folder, stdout=said, stderr=subprocess.STDOUT, check=True, **who,
        )  # fmt: skip


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    status = folder / "data" / "postmaster.pid"
    for _ in range(600):
        if server.poll() is None:
            try:
                if "ready" in status.read_text().splitlines()[-1]:
                    return
            except (OSError, IndexError):
                pass
            try:
                server.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError((folder / "log").read_text())
    raise AssertionError("PostgreSQL did not start within 30 seconds")


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with our tables, to be copied."""
    path = tmp_path_factory.mktemp("prepared") / "postbag.db"
    _run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def prepared_name(postgresql_server: Server) -> str:
    """A PostgreSQL database with our tables, to be copied."""
    _run(_migrate(postgresql_server.make("prepared")))
    return "prepared"


BOTH = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.loopback])]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with our tables, empty, of its own for each test."""
    if request.param == "sqlite":
        path = tmp_path / "postbag.db"
        shutil.copyfile(request.getfixturevalue("prepared_file"), path)
        return f"sqlite+aiosqlite:///{path}"
    server: Server = request.getfixturevalue("postgresql_server")
    return server.make(f"test_{next(server.numbers)}", request.getfixturevalue("prepared_name"))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a place for a database, with no table in it."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'postbag.db'}"
    server: Server = request.getfixturevalue("postgresql_server")
    return server.make(f"test_{next(server.numbers)}")


@pytest.fixture
def postgresql_url(postgresql_server: Server, prepared_name: str) -> str:
    """As ``database_url``, for what a SQLite file has not. Mark such a test ``postgres`` and ``loopback``."""
    return postgresql_server.make(f"test_{next(postgresql_server.numbers)}", prepared_name)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with our tables, empty, of its own for each test."""
    async with open_database(database_url) as opened:
        yield opened
