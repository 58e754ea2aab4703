"""The reports held: shipped packs and extra ones, read once, one broken file not hiding the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.identity import ReportSlug
from storage.database import Database, open_database
from storage.packs import load_packs, shipped_packs
from storage.reports import Reports


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.db'}") as opened:
        yield opened


@pytest.mark.asyncio
async def test_a_broken_extra_pack_is_left_out_and_its_problems_kept(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "bad.toml").write_text("schema = ")
    reports = Reports(database, extra=[tmp_path])
    assert "never-again" in [r.slug for r in await reports.all()]
    assert [p.file for p in reports.problems] == ["bad.toml"]
    assert "bad.toml" in caplog.text


@pytest.mark.asyncio
async def test_the_files_are_read_once(database: Database, tmp_path: Path) -> None:
    pack = tmp_path / "never-again.toml"
    pack.write_bytes((shipped_packs() / "never-again.toml").read_bytes())
    reports = Reports(database, packs=tmp_path)
    first = await reports.all()
    pack.unlink()
    assert await reports.all() == first
    assert len(first) == 1


def test_a_second_pack_of_the_same_name_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "never-again.toml"
    copy.write_bytes((shipped_packs() / "never-again.toml").read_bytes())
    held, problems = load_packs([shipped_packs(), copy])
    assert [r.slug for r in held].count(ReportSlug("never-again")) == 1
    assert "already" in str(problems[0])


def test_a_place_that_is_not_there_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    held, problems = load_packs([tmp_path / "nothing.toml"])
    assert held == ()
    assert "can't be opened" in str(problems[0])
