"""``postbag parliament`` at a terminal, against the stand-in in a process of its own thread."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import MovableClock
from bot.rehearsal.parliament import ParliamentStandIn, Weather

pytestmark = pytest.mark.loopback
NAMES = ("questions_api", "motions_api", "hansard_api", "whats_on_api")


@pytest.fixture
def parliament(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParliamentStandIn]:
    """Run the stand-in on a loop of its own, as a service would run elsewhere."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stand_in = ParliamentStandIn(MovableClock(datetime.now(UTC)))
    asyncio.run_coroutine_threadsafe(stand_in.open_door(), loop).result(30)
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path))
    monkeypatch.setattr("bot.sources.paced.PAUSE_SECONDS", 0)
    for name in NAMES:
        monkeypatch.setenv(f"POSTBAG_SOURCES__{name.upper()}", getattr(stand_in.urls, name))
    yield stand_in
    asyncio.run_coroutine_threadsafe(stand_in.close_door(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
    loop.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["parliament", *words])


def test_a_search_lists_what_was_said_newest_first(parliament: ParliamentStandIn) -> None:
    found = run("search", "street lamps")
    assert found.exit_code == 0, found.output
    places = [found.output.index(words) for words in ("Rural Roads", "Lit paths", "Street lamps\n", "Lamps: Counting")]
    assert places == sorted(places)
    as_json = json.loads(run("search", "street lamps", "--json").stdout)
    assert {row["kind"] for row in as_json} == {"question", "statement", "motion", "speech"}


def test_a_part_that_fails_is_named_and_the_rest_is_shown(parliament: ParliamentStandIn) -> None:
    parliament.set_weather(Weather.NOT_JSON, "hansard_api")
    found = run("search", "street lamps")
    assert found.exit_code == 1
    assert "Lit paths" in found.output
    assert "Hansard" in found.output


def test_a_question_is_shown_with_its_state_and_its_answer(parliament: ParliamentStandIn) -> None:
    found = run("question", "90001")
    assert found.exit_code == 0, found.output
    assert "answered on" in found.output
    assert "in due course" in found.output
    assert run("question", "31337").exit_code != 0
    assert run("question", "lamps").exit_code != 0


def test_what_is_on_is_listed_with_the_closing_time_for_questions(parliament: ParliamentStandIn) -> None:
    found = run("coming")
    assert found.exit_code == 0, found.output
    assert "Cost of street lamps" in found.output
    assert "tabling closes" in found.output


def test_turned_off_it_says_so(parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTBAG_SOURCES__SEARCH_PARLIAMENT", "false")
    found = run("search", "street lamps")
    assert found.exit_code != 0
    assert not parliament.asked
