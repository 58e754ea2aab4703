"""``postbag recommendations``: read by a person, and by a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.errors import NotFound, PostbagError


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder, without settings or database, at a wide terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["recommendations", *words])
    if isinstance(result.exception, PostbagError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(("words", "first"), [("genocde", "1"), ("cotton ban", "T-18"), ("para 13", "1")])
def test_search_forgives_and_speaks_to_scripts(words: str, first: str) -> None:
    found = json.loads(run("search", words, "--json"))
    assert found[0]["key"] == first
    assert found[0]["cited"][0]["url"].startswith("https://")
    assert found[0]["theme"] in run("search", words)


def test_browse_by_what_was_answered_who_must_act_and_what_happened() -> None:
    every = json.loads(run("browse", "--json"))
    assert len(every) == 37
    refused = json.loads(run("browse", "--answer", "not agreed", "--json"))
    assert {one["answer"]["status"] for one in refused} == {"not agreed"}
    revenue = run("browse", "--department", "hmrc")
    assert "Import" in revenue or "Customs" in revenue or revenue.count("\n") >= 4
    assert len(json.loads(run("browse", "--department", "hmrc", "--json"))) == 2
    assert all(one["since"] is None for one in json.loads(run("browse", "--since", "nothing recorded", "--json")))
    assert "Nothing matches" in run("browse", "--theme", "lamps")
    with pytest.raises(NotFound, match="doesn't know that answer"):
        run("browse", "--answer", "maybe")


def test_one_is_shown_whole_and_a_wrong_number_says_what_there_is() -> None:
    shown = run("show", "1")
    assert "Not agreed, by the Government of 2021, 1 November 2021" in shown
    assert "Open Parliament Licence" in shown
    assert json.loads(run("show", "T-12", "--json"))["number"] is None
    with pytest.raises(NotFound) as error:
        run("show", "99")
    assert "1–6" in error.value.next_step


@pytest.mark.every_pack
def test_one_says_who_answers_now_and_where_it_was_asked_again() -> None:
    shown = " ".join(run("show", "never again T-18").split())
    assert (
        "Asked of: Department for International Trade; HM Revenue & Customs, now with Department for Business" in shown
    )
    assert "Asked again in 2025: forced-labour/F-03 Import ban" in shown
    assert shown.index("Since then, 24 July 2025") < shown.index("Since then, 21 October 2021")
    plain = json.loads(run("show", "never-again/T-14", "--json"))
    assert plain["since"] == "no evidence found"
    assert plain["who_answers_today"]["minister_short"] == "the Foreign Secretary"
    assert plain["letter_line"].startswith("raise concerns with UNESCO")
    assert "no evidence found (looked for up to 26 February 2026)" in " ".join(run("show", "never-again/T-14").split())
