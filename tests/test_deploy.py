"""The documented installation, pasted line by line into a clean folder (``pasted``), with what it installs and starts."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.discord_rest import TOKEN
from tests.pasted import ROOT, Machine, steps

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

GUIDE = ROOT / "deploy" / "README.md"


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
    assert "which fits this database" in machine.paste(second).stdout
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


def test_the_steps_for_containers_pasted_hand_the_secrets_to_the_program(tmp_path: Path) -> None:
    """No engine is at hand: what it would be asked is noted, and what it would start in the container is started here."""
    machine = Machine(tmp_path / "server")
    machine.install()
    machine.stub("docker", f"#!/bin/sh\necho \"$@\" >> '{tmp_path}/asked'\n")
    token, rest = steps(GUIDE, "In containers")
    machine.pasted(token, typed=f"{TOKEN}\n")
    machine.pasted(rest)
    secrets = machine.program / "deploy/secrets"
    assert secrets.stat().st_mode & 0o077 == 0
    assert (secrets / "token").read_text() == f"{TOKEN}\n"
    password = (secrets / "database").read_text().strip()
    assert password.isalnum()
    assert len(password) > 20
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets.iterdir()} == {0o400}
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.split("compose.yaml ")[1] for line in asked] == [
        "up --build --detach",
        "run --rm postbag check",
        "run --rm postbag members refresh",
        "run --rm postbag invite",
    ]
    compose = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    script = compose.partition("      - |\n")[2].partition("      - postbag\n")[0].replace("$$", "$")
    script = machine.moved(script.replace("/run/secrets", str(secrets)))
    done = machine.paste(f"sh -euc '{script}' postbag check", POSTBAG_DATA=str(tmp_path / "data"))
    assert re.search(r"to do +database", done.stdout), done.stdout + done.stderr
    assert password not in done.stdout + done.stderr
    assert not (tmp_path / "data").exists()
