"""For every test: no network but marked loopback, and a plain word at the end about what could not run here."""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from hypothesis import settings

from bot.logs import Terminal
from bot.resources import packs_folder

IN_MEMORY = Path("/dev/shm")
ENOUGH = 4 * 1024**3


def _write_to_memory() -> None:
    """Put what tests write into memory where there is room: each commit of a database waits for the disk, thousands of times.

    ``TMPDIR=/tmp make test`` tries it all on a disk.
    """
    if "TMPDIR" in os.environ or not os.access(IN_MEMORY, os.W_OK | os.X_OK):
        return
    found = os.statvfs(IN_MEMORY)
    if found.f_bavail * found.f_frsize < ENOUGH or found.f_flag & os.ST_NOEXEC:
        return
    folder = IN_MEMORY / f"postbag-tests-{os.geteuid()}"
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.stat().st_uid == os.geteuid() and not folder.is_symlink():
        os.environ["TMPDIR"] = str(folder)  # children and pytest's own workers go there too
        tempfile.tempdir = None


_write_to_memory()
settings.register_profile("postbag", deadline=None)  # how long a busy machine takes says nothing about the code
settings.load_profile("postbag")

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
MAY_CONNECT = ("loopback", "postgres", "browser", "crash")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash-trials", type=int, default=60, help="how many times the crash tests kill the process")
    parser.addoption("--crash-seed", type=int, default=20210708, help="seed of the crash tests")


LONG = ("crash/", "test_operating.py", "test_deploy.py", "test_startup.py", "faults/", "several/", "browser/")
"""Where tests take long, the longest first: begun last, one of them would keep a single process busy at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long; within it, and for all others, the order stays."""
    tests = Path(__file__).parent

    def turn(item: pytest.Item) -> int:
        place = item.path.relative_to(tests).as_posix() if item.path.is_relative_to(tests) else ""
        return next((number for number, long in enumerate(LONG) if place.startswith(long)), len(LONG))

    items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Run one process more than there are processors: many tests wait for a child, a server or a browser."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if any(item.get_closest_marker(name) for name in MAY_CONNECT):
        pytest_socket.enable_socket()
        pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    else:
        pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ("POSTBAG_NO_SKIPS", "POSTBAG_CHROMIUM")
    for name in list(os.environ):
        if name == "DISCORD_TOKEN" or (name.startswith("POSTBAG_") and name not in kept):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def first_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder that holds one shipped report alone, so that other packs do not change what most tests see."""
    folder = tmp_path_factory.mktemp("packs")
    shutil.copy(packs_folder() / "never-again.toml", folder)
    for module in WITH_PACKS:  # first imported within a test, they would go on with that test's folder
        importlib.import_module(module)
    return folder


WITH_PACKS = ("bot.app", "bot.packs_alone", "bot.check")


@pytest.fixture(autouse=True)
def _one_report(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, first_report: Path) -> None:
    if request.node.get_closest_marker("every_pack") is None:
        monkeypatch.setattr("bot.resources.packs_folder", lambda: first_report)
        for module in WITH_PACKS:
            monkeypatch.setattr(f"{module}.packs_folder", lambda: first_report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    reasons = sorted({str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else "" for report in skipped})
    terminalreporter.section("not run here", sep="-")
    terminalreporter.write_line(f"{len(skipped)} tests were skipped on this machine:")
    for reason in reasons:
        terminalreporter.write_line(f"  {reason.removeprefix('Skipped: ')}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and os.environ.get("POSTBAG_NO_SKIPS"):
        reporter.write_line("a skipped test is a failure here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """Leave the log as it was: a command that is run inside a test sets its level and its handler for the whole process."""
    root = logging.getLogger()
    level = root.level
    levels = {name: logging.getLogger(name).level for name in ("bot", "storage", "discord")}
    yield
    for handler in [one for one in root.handlers if isinstance(one, Terminal)]:
        root.removeHandler(handler)
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
