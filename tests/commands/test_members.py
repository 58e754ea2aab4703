"""``postbag members`` at a terminal: the directory and the table of postcodes from files, whole or not at all."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.check import Line, _database, _members
from bot.cli import app
from bot.config import Settings, load_settings
from bot.domain.errors import Refused
from storage.postcodes import PostcodeTable

HOUSE = "constituency,name,email\nTarning,Amina Thackwell,\nFenn,Barnaby Oystermouth,b@house.example\nAshlocke,,\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "data"))
    return tmp_path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["members", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def house(place: Path, text: str = HOUSE) -> str:
    file = place / "house.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_directory_is_taken_and_what_changed_is_said(place: Path) -> None:
    first = run("import", house(place), "--as-of", "2026-01-10")
    assert "3 constituencies, 1 of them vacant." in first
    assert "Changed" not in first
    second = run(
        "import", house(place, HOUSE.replace("Ashlocke,,", "Ashlocke,Comfort Osei,")), "--as-of", "12 January 2026"
    )
    assert "Ashlocke has a new MP: Comfort Osei." in second


def test_a_file_with_a_fault_changes_nothing(place: Path) -> None:
    run("import", house(place), "--as-of", "2026-01-10")
    with pytest.raises(Refused, match="line 2, column email"):
        run("import", house(place, "constituency,name,email\nTarning,Amina,at home\n"), "--as-of", "2026-01-11")
    again = run("import", house(place), "--as-of", "2026-01-12")
    assert "Changed" not in again


def test_a_much_smaller_house_is_refused_unless_it_is_meant(place: Path) -> None:
    run("import", house(place), "--as-of", "2026-01-10")
    part = house(place, "constituency,name\nTarning,Amina Thackwell\n")
    with pytest.raises(Refused, match="1 seats with 1 MPs, but the earlier list has 3 with 2") as refused:
        run("import", part, "--as-of", "2026-01-11")
    assert "--smaller" in refused.value.next_step
    assert "1 constituencies" in run("import", part, "--as-of", "2026-01-11", "--smaller")


@pytest.mark.parametrize("day", ["3026-01-01", "some day"])
def test_the_day_of_the_file_must_be_one(place: Path, day: str) -> None:
    with pytest.raises(Refused):
        run("import", house(place), "--as-of", day)


def test_postcodes_are_loaded_checked_against_the_directory_and_removed(place: Path) -> None:
    table = PostcodeTable(place / "data" / "postcodes.sqlite3")
    file = place / "postcodes.csv"
    file.write_text("postcode,constituency\nZA1 1AA,Tarning\nZA1 1AA,Fenn\nZA1 1AB,Fenn\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["database", "upgrade"]).exit_code == 0
    with pytest.raises(Refused, match="no list of constituencies yet"):
        run("postcodes", str(file), "--as-of", "2026-01-10")
    run("import", house(place), "--as-of", "2026-01-10")
    assert "2 postcodes: Postbag now looks them up here" in run("postcodes", str(file), "--as-of", "2026-01-10")
    assert asyncio.run(table.seats("ZA1 1AA")) == ("Fenn", "Tarning")
    file.write_text("postcode,constituency\nZA1 1AA,Nowhere\n", encoding="utf-8")
    with pytest.raises(Refused, match="line 2, column constituency"):
        run("postcodes", str(file), "--as-of", "2026-01-11")
    assert asyncio.run(table.seats("ZA1 1AB")) == ("Fenn",)
    with pytest.raises(Refused, match="Which file"):
        run("postcodes", str(file))
    assert "has been deleted" in run("postcodes", "--remove")
    assert "There was no table" in run("postcodes", "--remove")


async def seen(settings: Settings) -> list[Line]:
    return await _members(settings, (await _database(settings)).members)


def test_the_check_says_how_old_the_directory_is_and_where_postcodes_are_looked_up(place: Path) -> None:
    def said() -> dict[str, tuple[bool | None, str]]:
        return {line.name: (line.ok, line.words) for line in asyncio.run(seen(load_settings()))}

    assert said() == {}, "no database yet: the check says so elsewhere"
    assert CliRunner().invoke(app, ["database", "upgrade"]).exit_code == 0
    assert said()["MPs"][0] is None
    assert "postbag members refresh" in said()["MPs"][1]
    run("import", house(place), "--as-of", "today")
    assert said()["MPs"][0] is True
    assert "3 constituencies" in said()["MPs"][1]
    run("import", house(place), "--as-of", "40 days ago")
    assert said()["MPs"][0] is None
    assert "more than 30 days old" in said()["MPs"][1]
    PostcodeTable(place / "data" / "postcodes.sqlite3").build([("ZA1 1AA", "Tarning")], date(2026, 1, 10))
    assert said()["postcodes"] == (True, "looked up in your own table of 10 January 2026")
