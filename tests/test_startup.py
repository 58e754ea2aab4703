"""Postbag starts with what it declares, loads nothing heavy on the way, and works from a wheel in any folder."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = (
    *("typst", "docx", "icalendar", "dateparser", "holidays", "govuk_bank_holidays", "pypdf", "simcord", "PIL", "lxml"),
    *("jinja2", "rich", "rapidfuzz", "tenacity", "apscheduler", "alembic", "asyncpg", "sqlalchemy.orm", "aiohttp.web"),
    *("bot.commands", "bot.templating", "bot.rehearsal", "bot.check", "sqlalchemy.dialects.postgresql"),
)
"""What the way to login leaves to whoever needs it: counted, since a time says as much of the machine."""


def run(*words: str, cwd: Path, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("POSTBAG_") and k != "DISCORD_TOKEN"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**env, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


AS_RUN_DOES = """
import asyncio, json, sys
import bot.cli
from storage.without_orm import spare_orm
spare_orm()
import bot.serving, bot.chat.connection
from bot.app import open_app
from bot.config import load_settings

async def ready():
    async with open_app(load_settings()) as app, app.client:
        await app.client.setup_hook()
        await app.services.delivery.recover()
        print(json.dumps(sorted(sys.modules)))

asyncio.run(ready())
"""


def test_nothing_heavy_is_loaded_on_the_way_to_login(tmp_path: Path) -> None:
    """The second start: the first one makes the tables, with what that takes."""
    settings = {"POSTBAG_DISCORD__SYNC_COMMANDS": "false"}
    for _ in range(2):
        done = run("-c", AS_RUN_DOES, cwd=tmp_path, path=ROOT, **settings)
        assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert {"discord", "sqlalchemy.ext.asyncio.engine", "bot.services.letters"} <= loaded
    heavy = {name for name in loaded for one in HEAVY if name == one or name.startswith(f"{one}.")}
    assert not heavy


def test_whoever_asks_the_spared_package_for_more_gets_all_of_it(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom storage.without_orm import spare_orm\nspare_orm()\n"
        "from sqlalchemy.ext.asyncio import create_async_engine\nassert 'sqlalchemy.orm' not in sys.modules\n"
        "from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine as again\n"
        "assert again is create_async_engine and 'sqlalchemy.orm' in sys.modules and AsyncSession.close_all\n"
        "spare_orm()\n"
    )
    done = run("-c", code, cwd=tmp_path, path=ROOT)
    assert done.returncode == 0, done.stderr


def declared(*extras: str) -> set[str]:
    rows = [*PROJECT["dependencies"], *(row for extra in extras for row in PROJECT["optional-dependencies"][extra])]
    return {canonicalize_name(Requirement(row).name) for row in rows}


def test_every_library_that_is_imported_is_declared() -> None:
    owners = packages_distributions()
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "storage").rglob("*.py")]:
        allowed = declared("postgres", *(["rehearsal"] if "rehearsal" in path.parts else []))
        if (
            path.name == "browser.py"
        ):  # pictures and browser tests are for who works on Postbag; it says what is missing
            allowed |= declared("dev")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            else:
                continue
            for name in names:
                top = name.split(".")[0]
                if top in sys.stdlib_module_names or top in ("bot", "storage"):
                    continue
                mine = {canonicalize_name(owner) for owner in owners.get(top, [])}
                needed_by = {"yarl": "aiohttp", "click": "typer"}.get(top)
                assert mine & allowed or needed_by in allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_the_locked_files_hold_hashes_and_no_address() -> None:
    for file in (ROOT / "deploy").glob("*requirements*.txt"):
        text = file.read_text(encoding="utf-8")
        assert "://" not in text
        assert "index" not in text.replace("index-", "")
        packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert len(packages) > (4 if file.name.startswith("build") else 20)
        assert all("==" in line and line.endswith("\\") for line in packages), file.name


def test_the_audit_names_every_package_that_a_server_installs() -> None:
    audit = runpy.run_path(str(ROOT / ".ci" / "audit"))
    for name in audit["LOCKED"]:
        text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
        rows = audit["pins"](text)
        assert len(rows) == text.count("==") - text.count(" == ")
        listed = tomllib.loads(audit["project"](rows))["project"]["dependencies"]
        assert [Requirement(row).name for row in listed] == re.findall(r"^([A-Za-z0-9._-]+)", text, re.MULTILINE)
    assert audit["AWAY"].search("cause: error sending request for url")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and lay its files out, as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_works_in_any_folder(wheel: Path, tmp_path: Path) -> None:
    shown = run("-m", "bot", "recommendations", "show", "3", cwd=tmp_path, path=wheel)
    assert shown.returncode == 0, shown.stderr
    assert "Recommendation 3" in shown.stdout
    assert "Traceback" not in shown.stderr
    linted = run("-m", "bot", "templates", "lint", cwd=tmp_path, path=wheel)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    upgraded = run("-m", "bot", "database", "upgrade", cwd=tmp_path, path=wheel)
    assert upgraded.returncode == 0, upgraded.stderr
    assert (tmp_path / "data" / "postbag.sqlite3").exists()
    assert (wheel / "bot" / "_shipped" / "config.example.toml").exists()


def test_the_wheel_carries_only_the_program(wheel: Path) -> None:
    tops = {path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")}
    assert tops == {"bot", "storage"}
    assert not list(wheel.rglob("tests"))


def test_a_start_without_a_token_is_one_kind_line(tmp_path: Path) -> None:
    done = run("-m", "bot", "run", cwd=tmp_path, path=ROOT)
    assert done.returncode == 2
    assert "postbag rehearse" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_broken_settings_file_is_one_kind_message(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[log]\nlevel = 'loud'\n", encoding="utf-8")
    done = run("-m", "bot", "run", cwd=tmp_path, path=ROOT)
    assert done.returncode == 2
    assert "log.level" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
