"""``postbag export`` and ``postbag import``: a group's set-up between two Postbags, at a terminal."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app import open_app
from bot.cli import app
from bot.config import load_settings
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import ChannelId, GuildId, UserId

HERE, THERE = GuildId(4_000_000_000_000_000_001), GuildId(4_000_000_000_000_000_002)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "data"))
    return tmp_path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def set_up(*groups: GuildId) -> None:
    async def work() -> None:
        async with open_app(load_settings(None)) as opened:
            person = await opened.services.people.person_for(UserId(900_000_000_000_000_123))
            for group in groups:
                await opened.services.guilds.change(group, person, channel_id=ChannelId(5), zone="Asia/Almaty")

    asyncio.run(work())


def test_a_set_up_goes_from_one_group_to_another(place: Path) -> None:
    set_up(HERE, THERE)
    with pytest.raises(Refused, match="several groups"):
        run("export")
    file = place / "group.json"
    assert "Written" in run("export", "--group", str(HERE), "--to", str(file))
    with pytest.raises(Refused, match="already exists"):
        run("export", "--group", str(HERE), "--to", str(file))
    whole = json.loads(file.read_text(encoding="utf-8"))
    assert whole["settings"]["zone"] == "Asia/Almaty"
    assert "900000000000000123" not in file.read_text(encoding="utf-8")
    whole["settings"]["zone"] = "Asia/Tokyo"
    whole["reports"] = ["never-again", "no-such-report"]
    file.write_text(json.dumps(whole), encoding="utf-8")
    looked = run("import", str(file), "--group", str(THERE), "--look")
    assert "Nothing was changed." in looked
    done = run("import", str(file), "--group", str(THERE))
    assert "Time zone: Asia/Almaty → Asia/Tokyo" in done
    assert "no-such-report: Postbag doesn't have it" in done
    again = run("import", str(file), "--group", str(THERE), "--look")
    assert "Time zone" not in again
    assert json.loads(Path(file).read_text())["reports"][0] == "never-again"


def test_without_a_group_and_without_a_file_it_says_what_to_do(place: Path) -> None:
    with pytest.raises(NotFound, match="No group"):
        run("export")
    with pytest.raises(Refused, match="can't be read"):
        run("import", str(place / "missing.json"))
