"""``postbag deadlines`` in the terminal, with and without a database."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app import open_app
from bot.cli import app
from bot.config import Settings
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import GuildId

GROUP = 4_000_000_000_000_000_001


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config.toml"
    path.write_text(f'data = "{tmp_path / "data"}"\n')
    return str(path)


def said(*words: str) -> str:
    done = CliRunner().invoke(app, ["deadlines", *words], env={"COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_the_clocks_of_the_reports_need_no_database(config: str, tmp_path: Path) -> None:
    assert "54 days late" in said("list", "--config", config)
    shown = said("show", "never-again", "--config", config)
    assert "8 July 2021 + 2 calendar months = 8 September 2021" in shown
    assert "● Received: 1 November 2021, 54 days late" in shown
    assert "https://erskinemay.parliament.uk" in shown
    assert not (tmp_path / "data").exists()


def test_an_unknown_name_says_where_to_look(config: str) -> None:
    with pytest.raises(NotFound, match="no deadline with that name"):
        said("show", "nothing", "--config", config)


def test_the_calendar_is_written_to_a_file_or_to_the_terminal(config: str, tmp_path: Path) -> None:
    file = tmp_path / "dates.ics"
    assert "1 date." in said("calendar", str(file), "--config", config)
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert "BEGIN:VEVENT" in said("calendar", "--config", config)
    with pytest.raises(Refused, match="can't be written"):
        said("calendar", str(tmp_path / "no" / "dates.ics"), "--config", config)


def test_a_groups_own_dates_are_read_from_the_database(config: str, tmp_path: Path) -> None:
    async def prepare() -> None:
        async with open_app(Settings(data=tmp_path / "data")) as opened:
            service = opened.services.deadlines
            kept = await service.add(GuildId(GROUP), None, "Vote on the towpath", due_on=date(2030, 6, 2))
            gone = await service.add(GuildId(GROUP), None, "Vote on piers", due_on=date(2030, 6, 3))
            await service.facts.withdraw(GuildId(GROUP), gone.deadline_id, None)
            assert kept.deadline_id == 1

    asyncio.run(prepare())
    listed = said("list", "--group", str(GROUP), "--config", config)
    assert "Vote on the towpath" in listed
    assert "piers" not in listed
    assert "Expected by: 2 June 2030" in said("show", "1", "--group", str(GROUP), "--config", config)
    written = said("calendar", "--group", str(GROUP), "--config", config)
    assert written.count("BEGIN:VEVENT") == 2
    assert "STATUS:CANCELLED" in written
    assert "There are no dates yet" in said("list", "--group", "5", "--config", config)
