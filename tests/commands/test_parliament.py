"""``postbag parliament`` at a terminal, against the stand-in in a process of its own thread."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import MovableClock
from bot.domain.members import Constituency, Directory, Member
from bot.domain.said import SEARCHED, Said, SaidKind, Signature
from bot.domain.searches import Look
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from storage.database import open_database
from storage.members import Members
from storage.said import SaidStore

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


def test_an_mp_is_shown_with_how_far_was_looked_and_what_failed(parliament: ParliamentStandIn, tmp_path: Path) -> None:
    """Written as Postbag writes it, then read at the terminal, which asks nobody."""
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    name = "Elif Huxtable-Demir"
    member = Member(990123, name, f"{name} MP", name, name, "Harbour", "Quillstone")
    motion = Said(
        SaidKind.MOTION, "1", date(2026, 1, 5), "A motion", "On Uyghur forced labour.", "9001", "Commons", 7, "Somebody"
    )

    async def write() -> None:
        async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'postbag.sqlite3'}") as database:
            await Members(database).replace(Directory((Constituency(1, "Quillstone", member),), now, "test"))
            store = SaidStore(database)
            for kind in SEARCHED:
                problem = "It was down." if kind is SaidKind.SPEECH else ""
                await store.found(Look("uyghur", kind, date(2023, 3, 2), now, now, problem=problem), [], now)
            await store.found(Look("uyghur", SaidKind.MOTION, date(2023, 3, 2), now, now), [motion], now)
            await store.put_signatures("1", [Signature(990123, "Elif Huxtable-Demir", date(2026, 1, 9))], 2, now)

    before = run("mp", "Quillstone")
    assert before.exit_code != 0
    asyncio.run(write())
    found = run("mp", "Quillstone")
    assert found.exit_code == 0, found.output
    assert "signed on 9 January 2026" in found.output
    assert "Looked back to 2 March 2023, last on 2 March 2026." in found.output
    assert "The last look failed for: debates." in found.output
    assert not parliament.asked
