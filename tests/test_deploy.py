"""The documented installation, pasted line by line into a clean folder, with what it installs and starts.

What belongs to the whole machine is stood in for: packages, users, services. The folders are moved into the test's own.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app as command
from tests.crash.discord_rest import TOKEN

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "deploy" / "README.md"

PROGRAM = ("bot", "storage", "templates", "deploy", "pyproject.toml", "README.md", "LICENSE", "config.example.toml")
WITHOUT_OWNERS = """
for word; do shift; case "$drop$word" in -o|-g) drop=x;; x*) drop=;; *) set -- "$@" "$word";; esac; done
exec /usr/bin/install "$@"
"""
MACHINE = {
    "apt-get": "exit 0",
    "useradd": "exit 0",
    "systemctl": "exit 0",
    "python3": f"exec '{sys.executable}' \"$@\"",
    "runuser": 'shift 3; exec "$@"',
    "sudo": 'shift 3; exec "$@"',
    "install": WITHOUT_OWNERS,
}
"""Commands of the procedure that are the whole machine's, or change whose a file is; the rest is real."""


def steps(guide: Path, heading: str) -> list[str]:
    """Give the shell blocks of a section, as they stand."""
    section = guide.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


class Machine:
    """A folder that stands for a server: its /opt, /etc, /var/lib and /usr/local/bin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "source"
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in ("opt", "etc/systemd/system", "var/lib", "usr/local/bin"):
            (folder / name).mkdir(parents=True)
        for name, body in MACHINE.items():
            self.stub(name, f"#!/bin/sh\n{body}\n")
        self.program.mkdir()
        for name in PROGRAM:
            if (ROOT / name).is_dir():
                shutil.copytree(
                    ROOT / name, self.program / name, ignore=shutil.ignore_patterns("__pycache__", "images")
                )
            else:
                shutil.copy(ROOT / name, self.program / name)
        for file in (self.program / "deploy").iterdir():
            file.write_text(self.moved(file.read_text(encoding="utf-8")), encoding="utf-8")

    def stub(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def moved(self, text: str) -> str:
        return re.sub(
            r"(?<![\w/])/(opt/postbag|etc/postbag|etc/systemd|var/lib/postbag|usr/local/bin)",
            rf"{self.folder}/\1",
            text,
        )

    def paste(self, block: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a block as it stands. What pip would fetch is lent by the Python that runs the tests."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("POSTBAG_", "DISCORD_", "VIRTUAL_ENV"))}
        env |= {"PATH": f"{self.folder}/usr/local/bin:{self.bin}:{env['PATH']}", "COLUMNS": "200", **environment}
        env |= {
            f"POSTBAG_SOURCES__{name}": "http://127.0.0.1:9" for name in ("MEMBERS_API", "COMMITTEES_API", "POSTCODES")
        }
        lent = rf"'{sys.executable}' '{LENDER}' {self.folder}/opt/postbag \1"
        script = re.sub(r"^\S*/pip install --require-hashes -r (\S+)$", lent, self.moved(block), flags=re.MULTILINE)
        return subprocess.run(
            ["bash", "-euc", script],
            cwd=self.program, env=env, input=typed, capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip


SERVICES = ("MEMBERS_API", "COMMITTEES_API", "POSTCODES")
LENDER = ROOT / "tests" / "lend_packages.py"


def test_the_procedure_pasted_line_by_line_ends_in_a_postbag_that_is_in_order(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    needs, program, folders, token, look, service, invite = steps(GUIDE, "A small server with systemd")
    for block in (needs, program, folders):
        done = machine.paste(block)
        assert done.returncode == 0, done.stdout + done.stderr
    assert machine.paste(token, typed=f"{TOKEN}\n").returncode == 0
    held = tmp_path / "etc/postbag/token"
    assert held.read_text() == f"{TOKEN}\n"
    assert stat.S_IMODE(held.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var/lib/postbag").stat().st_mode) == 0o700

    first, refresh, second = look.strip().splitlines()
    done = machine.paste(first)
    assert "token" in done.stdout, done.stdout + done.stderr
    assert list((tmp_path / "var/lib/postbag").iterdir()) == []
    assert machine.paste(refresh).returncode == 75, "Parliament is not reached by a test"
    done = machine.paste("postbag database upgrade")
    assert done.returncode == 0, done.stderr
    assert "the one of this database" in machine.paste(second).stdout
    assert {path.name for path in (tmp_path / "var/lib/postbag").iterdir()} >= {"postbag.sqlite3", "postbag.key"}

    assert machine.paste(service).returncode == 0
    unit = (tmp_path / "etc/systemd/system/postbag.service").read_text()
    started = re.search("^ExecStart=(.*)$", unit, re.MULTILINE)
    assert started is not None
    assert Path(started[1].split()[0]).exists()
    assert f"POSTBAG_CONFIG={tmp_path}/etc/postbag/config.toml" in unit
    done = machine.paste(invite)
    assert "Postbag can't reach Discord" in done.stdout + done.stderr or "oauth2" in done.stdout


def test_every_file_of_the_procedure_is_there_and_no_step_leaves_its_user_open() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for name in set(re.findall(r"deploy/([\w.-]+)", text)) - {"secrets"}:
        assert (GUIDE.parent / name).exists(), name
    for block in steps(GUIDE, "A small server with systemd"):
        assert not re.search(r"/opt/postbag/bin/postbag", block), "the wrapper runs it as the service's user"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_unit_is_sound_and_shut_in() -> None:
    unit = ROOT / "deploy" / "postbag.service"
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = re.search(r"exposure level for postbag.service: ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert float(found[1]) <= 2.0


# The container


def instructions() -> list[tuple[str, str]]:
    """Give the instructions of the Dockerfile, lines that go on joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.strip()]


def test_the_steps_of_the_container_build_a_postbag_that_starts(tmp_path: Path) -> None:
    """No engine is needed: each COPY and RUN of the first stage is done in a folder, what pip would fetch is lent."""
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    machine = Machine(tmp_path)
    shutil.rmtree(machine.program)
    machine.program.mkdir()
    machine.stub("python", f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n")
    stage = 0
    environment: dict[str, str] = {}
    for name, words in instructions():
        stage += name == "FROM"
        if name == "COPY" and stage == 1:
            *sources, target = words.split()
            for source in sources:
                assert any(source == one or source.startswith(f"{one}/") for one in allowed), f".dockerignore: {source}"
                place = (
                    machine.program / target / Path(source).name if target.endswith("/") else machine.program / target
                )
                place.parent.mkdir(parents=True, exist_ok=True)
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / source, place)
        elif name == "RUN" and stage == 1:
            done = machine.paste(words.replace("--no-cache-dir ", "").replace("compileall", "this"))
            assert done.returncode == 0, words + done.stdout + done.stderr
        elif name == "ENV":
            environment |= dict(part.split("=", 1) for part in words.split())
    assert ("USER", "10001:10001") in instructions()
    environment["POSTBAG_DATA"] = str(tmp_path / "data")
    done = machine.paste("/opt/postbag/bin/postbag check", **environment)
    assert "Traceback" not in done.stderr
    assert "database" in done.stdout, done.stdout + done.stderr
    assert not (tmp_path / "data").exists()


def test_the_compose_file_names_what_is_there_and_shuts_the_program_in() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    for words in (
        "read_only: true",
        "cap_drop: [ALL]",
        "no-new-privileges:true",
        "service_healthy",
        "restart: unless-stopped",
    ):
        assert words in text
    health = next(words for name, words in instructions() if name == "HEALTHCHECK")
    listen = next(words for name, words in instructions() if name == "ENV" and "LIFE__LISTEN" in words)
    port = re.search(r"LIFE__LISTEN=127\.0\.0\.1:(\d+)", listen)
    assert port is not None
    assert f"127.0.0.1:{port[1]}/livez" in health
    assert re.search(r"^/?deploy/secrets/$", (ROOT / ".gitignore").read_text(), re.MULTILINE)


# The operator's page


def test_every_command_of_the_operators_page_is_there() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    found = set(re.findall(r"^postbag ([a-z -]+?)(?: [-/A-Z].*)?$", text, re.MULTILINE))
    found |= set(re.findall(r"`postbag ([a-z ]+?)(?: [A-Z-][^`]*)?`", text))
    assert len(found) > 6
    for words in found:
        group: object = get_command(command)
        for word in words.split():
            children = getattr(group, "commands", {})
            assert word in children, words
            group = children[word]


def test_every_line_of_the_log_that_the_page_explains_is_written_by_the_program() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").partition("## What the log says")[2]
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    source += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "storage").glob("*.py"))
    explained = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert len(explained) >= 9
    for line in explained:
        for part in line.split(" … "):
            assert part in source, line


def test_a_copy_made_by_the_page_goes_back_by_the_page(tmp_path: Path) -> None:
    """Its blocks for backing up and putting back, pasted: only the copy's name is another."""
    machine = Machine(tmp_path)
    guide = ROOT / "docs" / "operating.md"
    for block in steps(GUIDE, "A small server with systemd")[:3]:
        assert machine.paste(block).returncode == 0
    assert machine.paste("postbag database upgrade").returncode == 0
    (backup,) = steps(guide, "Back up")
    done = machine.paste(backup)
    assert "read through" in done.stdout, done.stderr
    (copy,) = (tmp_path / "var/lib/postbag/backups").glob("postbag-*.sqlite3")
    restore, _ = steps(guide, "Put a backup back")
    done = machine.paste(re.sub(r"postbag-\d+T\d+Z\.sqlite3", copy.name, restore), typed="y\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Restored" in done.stdout
    assert machine.paste("postbag database verify " + str(copy)).returncode == 0
