"""The watchdog, on real processes: what holds the loop is found and named; what only looks like it is left alone."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.supervisor import Supervisor
from bot.watchdog import FILE, STUCK

ROOT = Path(__file__).resolve().parents[1]
OURS = re.compile(r"bot/watchdog\.py:\d+:_beat")


def begun(hold: str, what: str, folder: Path, seconds: float = 4.0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.held_loop", hold, what, str(folder), str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


@pytest.mark.parametrize("hold", ["sleep", "spin"])
def test_where_it_is_started_again_a_held_loop_ends_the_process_and_the_log_says_where(
    hold: str, tmp_path: Path
) -> None:
    code, out, err = ended(begun(hold, "ends", tmp_path))
    assert code == STUCK, err
    assert OURS.search(err)
    assert "Postbag ends now" in err
    assert "stopped" not in out


def test_what_holds_the_interpreter_itself_ends_it_too_and_the_next_start_says_where(tmp_path: Path) -> None:
    code, out, err = ended(begun("run wild", "ends", tmp_path))
    assert code == -signal.SIGPROF, err
    assert "stopped" not in out
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    code, out, err = ended(begun("nothing", "ends", tmp_path, 1.0))
    assert code == 0, err
    assert OURS.search(err)
    assert re.search("last: .*_beat", out)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("hold", ["sleep", "spin", "run wild"])
def test_elsewhere_it_stays_says_so_and_remembers_it(hold: str, tmp_path: Path) -> None:
    code, out, err = ended(begun(hold, "stays", tmp_path))
    assert code == 0, err
    assert err.count("CRITICAL") == 1
    assert OURS.search(err)
    assert re.search("last: .*_beat", out)
    assert "stopped" in out


@pytest.mark.parametrize("what", ["ends", "stays"])
def test_a_loop_that_runs_and_a_slow_start_are_left_alone(what: str, tmp_path: Path) -> None:
    assert ended(begun("nothing", what, tmp_path))[0::2] == (0, "")


def test_a_night_asleep_is_no_hang(tmp_path: Path) -> None:
    assert ended(begun("wake late", "ends", tmp_path))[0::2] == (0, "")


def test_a_process_that_was_stopped_goes_on(tmp_path: Path) -> None:
    process = begun("nothing", "ends", tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    for _ in range(3):
        process.send_signal(signal.SIGSTOP)
        time.sleep(3)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.3)
    assert ended(process)[0::2] == (0, "")


def test_who_starts_it_again_is_known_by_systemds_socket_a_container_or_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.supervisor.CONTAINER_MARKS", (tmp_path / ".containerenv",))
    assert not Supervisor({}).restarts(None)
    assert Supervisor({}).restarts(True)
    assert Supervisor({"NOTIFY_SOCKET": "/run/systemd/notify"}).restarts(None)
    assert not Supervisor({"NOTIFY_SOCKET": "/run/systemd/notify"}).restarts(False)
    assert Supervisor({"container": "podman"}).restarts(None)
    (tmp_path / ".containerenv").touch()
    assert Supervisor({}).restarts(None)


@pytest.mark.parametrize("name", ["{folder}/notify", "@postbag-test-{pid}"])
def test_systemd_is_told_on_its_socket(name: str, tmp_path: Path) -> None:
    address = name.format(folder=tmp_path, pid=os.getpid())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        heard.settimeout(10)
        supervisor = Supervisor({"NOTIFY_SOCKET": address})
        supervisor.ready("on Discord")
        assert heard.recv(1000) == b"READY=1\nSTATUS=on Discord"
        supervisor.alive()
        assert heard.recv(1000) == b"WATCHDOG=1"
        supervisor.stopping()
        assert heard.recv(1000) == b"STOPPING=1"


def test_where_nobody_listens_nothing_is_told_and_nothing_fails(tmp_path: Path) -> None:
    Supervisor({}).ready("on Discord")
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).alive()
