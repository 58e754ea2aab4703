"""The operator's page: every command in it is pasted here and does what the page says; every line of the log is explained."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.contracts.conftest import USER, postgresql_programs, running_server
from tests.crash.discord_rest import TOKEN
from tests.faults.real_run import postbag, stand_in
from tests.faults.test_signs_of_life import free_port, until_ready
from tests.pasted import ROOT, Machine, steps
from tests.terminal_commands import every_command

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

PAGE = ROOT / "docs" / "operating.md"
NEW_TABLE = """
import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"


def upgrade() -> None:
    op.create_table("later", sa.Column("number", sa.Integer()))
    op.execute("UPDATE constituencies SET party = 'changed'")
"""
BROKEN = NEW_TABLE + '    raise LookupError("half-way")\n'


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Give a server with Postbag installed, a token, and a database."""
    return made(tmp_path_factory.mktemp("server") / "one")


def made(folder: Path) -> Machine:
    machine = Machine(folder)
    machine.install()
    (machine.folder / "etc/postbag/token").write_text(f"{TOKEN}\n")
    begin(machine)
    return machine


def begin(machine: Machine) -> None:
    """Make the database and its key, as the first reading of the MPs does. Parliament is not reached by a test."""
    assert machine.paste("postbag members refresh").returncode == 75


def version(machine: Machine) -> str:
    with closing(sqlite3.connect(machine.data / "postbag.sqlite3")) as connection:
        held: str = connection.execute("SELECT version_num FROM schema_version").fetchone()[0]
    return held


def tables(machine: Machine) -> set[str]:
    with closing(sqlite3.connect(machine.data / "postbag.sqlite3")) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def parties(machine: Machine) -> list[str]:
    with closing(sqlite3.connect(machine.data / "postbag.sqlite3")) as connection:
        return [row[0] for row in connection.execute("SELECT party FROM constituencies")]


def add_constituency(machine: Machine) -> None:
    with closing(sqlite3.connect(machine.data / "postbag.sqlite3")) as connection:
        connection.execute(
            "INSERT INTO constituencies (constituency_id, name, party) VALUES (7, 'Quillstone', 'Lamp Party')"
        )
        connection.commit()


# Every block of the page


@pytest.mark.asyncio
async def test_watch(tmp_path: Path) -> None:
    """Of a real process that is on Discord."""
    (block,) = steps(PAGE, "Watch")
    port = await free_port()
    life = {"POSTBAG_LIFE__LISTEN": f"127.0.0.1:{port}"}
    async with stand_in() as discord, postbag("run", discord=discord, data=tmp_path / "data", **life):
        await until_ready(port)
        done = await asyncio.to_thread(
            subprocess.run,
            ["bash", "-euc", block.replace("9630", str(port))],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("aliveready# HELP postbag_")


def test_the_log(machine: Machine) -> None:
    """The lines are found, of the journal as systemd keeps it."""
    every, one = steps(PAGE, "What the log says")
    lines = [
        "Nov 28 09:00:00 server postbag[7]: 2026-11-28 09:00:00,000 INFO bot.sources.http: Hansard took too long",
        "Nov 28 09:00:01 server postbag[7]: 2026-11-28 09:00:01,000 ERROR bot.chat.client: error 1a2b3c4d while answering",
    ]
    (machine.folder / "journal").write_text("\n".join(lines) + "\n")
    assert machine.pasted(every).splitlines() == lines[1:]
    assert machine.pasted(one).splitlines() == lines[1:]


def test_mps(machine: Machine) -> None:
    """Parliament is not reached by a test: the line says so and asks to try again."""
    (block,) = steps(PAGE, "MPs")
    stop, refresh, start = block.splitlines()
    machine.pasted(stop)
    assert machine.paste(refresh).returncode == 75
    machine.pasted(start)


def test_back_up_and_put_a_backup_back(machine: Machine) -> None:
    """Only the copy's name is another."""
    backup, verify = steps(PAGE, "Back up")
    assert "and checked" in machine.pasted(backup)
    assert "the key here opens it" in machine.pasted(verify)
    (restore,) = steps(PAGE, "Put a backup back")
    assert "Restored" in machine.pasted(named(restore, newest(machine)), typed="y\n")
    folder = machine.data / "backups"
    assert folder.stat().st_mode & 0o077 == 0, "nobody else reads the folder of copies"


def newest(machine: Machine) -> str:
    return max(path.name for path in (machine.data / "backups").glob("postbag-*.sqlite3"))


def named(restore: str, copy: str) -> str:
    found, count = re.subn(r"postbag-\d+T\d+Z\.sqlite3", copy, restore)
    assert count == 1
    return found


def test_upgrade_that_fails_half_way_and_roll_back(tmp_path: Path) -> None:
    machine = made(tmp_path / "server")
    add_constituency(machine)
    (upgrade,) = steps(PAGE, "Upgrade")
    (back,) = steps(PAGE, "Roll back")
    (restore,) = steps(PAGE, "Put a backup back")

    # The new release cannot change the tables: its start says so, nothing has changed, and the old release goes on.
    new = machine.release("new")
    (new / "storage/migrations/versions/0103_later.py").write_text(BROKEN)
    assert "from an older Postbag" in machine.pasted(upgrade, where=new)
    start = machine.paste("postbag database upgrade", where=new)
    assert start.returncode == 2, "starting again would not help: " + start.stderr
    assert "Nothing in the database has changed" in start.stderr
    assert "half-way" not in start.stderr, "an error's own words are never written"
    assert (version(machine), parties(machine)) == ("0102", ["Lamp Party"])
    assert "later" not in tables(machine)
    machine.pasted(back)
    machine.pasted("postbag database upgrade")
    assert version(machine) == "0102"

    # The release after it changes them. Going back from there takes the copy made before.
    (new / "storage/migrations/versions/0103_later.py").write_text(NEW_TABLE)
    machine.pasted(upgrade, where=new)
    machine.pasted("postbag database upgrade", where=new)
    assert (version(machine), parties(machine)) == ("0103", ["changed"])
    assert "made by a newer Postbag" in machine.pasted(back)
    assert machine.paste("postbag database upgrade").returncode == 2
    machine.pasted(named(restore, newest(machine)), typed="y\n")
    machine.pasted("postbag database upgrade")
    assert (version(machine), parties(machine)) == ("0102", ["Lamp Party"])


def test_move_to_another_machine(machine: Machine, tmp_path: Path) -> None:
    pack, unpack = steps(PAGE, "Move to another machine")
    add_constituency(machine)
    other = Machine(tmp_path / "other")
    other.install()
    machine.pasted(pack)
    file = machine.program / "postbag-move.tar.gz"
    assert file.stat().st_mode & 0o077 == 0
    file.rename(other.program / "postbag-move.tar.gz")
    (settings := other.folder / "etc/postbag/config.toml").unlink()
    # The other server stands in another folder: only there do the settings name another place.
    moved = re.sub(
        r"^(chown .*)$", f"sed -i 's#{machine.folder}#{other.folder}#' {settings}\n\\1", unpack, flags=re.MULTILINE
    )
    said = other.pasted(moved)
    assert "which fits this database" in said
    assert "Lamp Party" in parties(other)
    assert (other.folder / "etc/postbag/token").read_text() == f"{TOKEN}\n"
    assert not (other.program / "postbag-move.tar.gz").exists()


def test_the_key(tmp_path: Path) -> None:
    machine = made(tmp_path / "server")
    (block,) = steps(PAGE, "The key")
    before = (machine.data / "postbag.key").read_bytes()
    machine.pasted("postbag database backup")
    old = newest(machine)
    (machine.data / "backups" / old).rename(machine.data / "old.sqlite3")
    said = machine.pasted(block, typed="y\n")
    assert (machine.data / "postbag.key").read_bytes() != before
    assert (machine.data / "postbag.key.old").read_bytes() == before
    assert "postbag.key.old" in said
    assert "is complete" in machine.pasted(f"postbag database verify {machine.data}/backups/{newest(machine)}")
    refused = machine.paste(f"postbag database verify {machine.data}/old.sqlite3")
    assert refused.returncode == 2
    assert "opens with" in refused.stderr
    assert "postbag.key.old" in refused.stderr


def test_postgresql(tmp_path_factory: pytest.TempPathFactory) -> None:
    tmp_path = tmp_path_factory.mktemp("p", numbered=False)  # short: the path of a socket has at most 107 characters
    machine = made(tmp_path / "s")
    add_constituency(machine)
    move, look, dump, restore = steps(PAGE, "PostgreSQL")
    (setting,) = steps(PAGE, "PostgreSQL", "toml")
    with running_server() as server:
        (machine.folder / "var/run/postgresql").symlink_to(server.folder)
        path = f"{machine.folder}/usr/local/bin:{machine.bin}:{postgresql_programs()}:{os.environ['PATH']}"
        there = {"PGHOST": str(server.folder), "PGUSER": USER, "PATH": path}
        said = machine.pasted(move, **there)
        assert "are the same in both" in said
        with (machine.folder / "etc/postbag/config.toml").open("a") as settings:
            settings.write(machine.moved(setting))
        said = machine.pasted(look, **there)
        assert re.search(r"ok +database +postgresql", said), said
        assert "which fits this database" in said
        assert "Copied to" in machine.pasted(dump, **there)
        (copy,) = (machine.data / "backups").glob("*.dump")
        assert copy.stat().st_mode & 0o077 == 0
        machine.pasted('psql -qc "DELETE FROM constituencies" postbag', **there)
        mine = restore.replace("2026-11-27T03:20", copy.stem.removeprefix("postbag-"))
        machine.pasted(mine, **there)
        assert machine.pasted("psql -Atc 'SELECT name FROM constituencies' postbag", **there) == "Quillstone\n"
        ahead = machine.paste("postbag database restore --copied-at 2100-01-01T00:00", **there)
        assert ahead.returncode == 2
        old = machine.data / "backups/postbag-2026-01-01T00:00.dump"
        old.write_bytes(b"old")
        os.utime(old, (0, 0))
        os.utime(copy, None)
        machine.pasted(dump, **there)
        assert not old.exists(), "people have been promised that copies go after 7 days"
        containers(machine, there)


ENGINE = """#!/bin/sh
shift 3
case "$1" in
    exec) shift 3; exec "$@" ;;
    run) shift 3; exec postbag "$@" ;;
    cp) cp '{key}' "$3" ;;
esac
"""
"""What would be done in a container is done here: no engine is at hand. Containers begin and end at once."""


def containers(machine: Machine, there: dict[str, str]) -> None:
    """Copy, upgrade and put back, with the same database in the place of the container's."""
    copy, upgrade, restore = steps(PAGE, "In containers")
    machine.stub("docker", ENGINE.replace("{key}", str(machine.data / "postbag.key")))
    machine.pasted(copy, **there)
    (made,) = machine.program.glob("postbag-*.dump")
    assert (machine.program / "postbag.key").read_bytes() == (machine.data / "postbag.key").read_bytes()
    (old := machine.folder / "opt/postbag-old/deploy/secrets").mkdir(parents=True)
    (old / "token").write_text(TOKEN)
    machine.pasted(upgrade, **there)
    assert (machine.program / "deploy/secrets/token").read_text() == TOKEN
    machine.pasted('psql -qc "DELETE FROM constituencies" postbag', **there)
    said = machine.pasted(restore.replace("2026-11-27T03:20", made.stem.removeprefix("postbag-")), **there)
    assert "Marked" in said
    assert machine.pasted("psql -Atc 'SELECT name FROM constituencies' postbag", **there) == "Quillstone\n"


PASTED = {
    "Watch": test_watch,
    "What the log says": test_the_log,
    "MPs": test_mps,
    "Back up": test_back_up_and_put_a_backup_back,
    "Put a backup back": test_back_up_and_put_a_backup_back,
    "Upgrade": test_upgrade_that_fails_half_way_and_roll_back,
    "Roll back": test_upgrade_that_fails_half_way_and_roll_back,
    "PostgreSQL": test_postgresql,
    "In containers": containers,
    "Move to another machine": test_move_to_another_machine,
    "The key": test_the_key,
}
"""Each section that has commands, and the test that pastes them. What is stood in for, and why: ``pasted.MACHINE``."""


def test_every_block_of_the_page_is_pasted() -> None:
    text = PAGE.read_text(encoding="utf-8")
    sections = {part.partition("\n")[0] for part in text.split("\n## ")[1:] if "```sh\n" in part}
    assert sections == set(PASTED)
    for heading, test in PASTED.items():
        assert f'"{heading}")' in inspect.getsource(test), heading
    outside = text.partition("\n## ")[0]
    assert "```" not in outside
    assert not re.search(r"^    postbag ", text, re.MULTILINE), "a command that no test would see"


def test_every_command_of_the_operators_page_is_there() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    found = set(re.findall(r"^postbag ([a-z -]+?)(?: [-/A-Z].*)?$", text, re.MULTILINE))
    found |= set(re.findall(r"`postbag ([a-z ]+?)(?: [A-Z-][^`]*)?`", text))
    assert len(found) > 6
    for words in found:
        group: object = every_command()
        for word in words.split():
            children = getattr(group, "commands", {})
            assert word in children, words
            group = children[word]
