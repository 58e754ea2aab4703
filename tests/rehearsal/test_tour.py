"""The tour: 2021 as it happened, from the real bot's own messages."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.config import Settings
from bot.rehearsal.tour import run_tour

MOST_WORDS = 600
"""Two minutes of reading."""


@pytest.mark.asyncio
@pytest.mark.loopback
async def test_2021_as_it_happened() -> None:
    out = StringIO()
    assert await run_tour(Settings(), Console(file=out, width=100)) == 0
    told = out.getvalue()
    flat = re.sub(r"[\s│]+", " ", told)
    milestones = [
        "Invented: Nadia, Tomos",
        "Thursday 8 July 2021",
        "Tomos types /start",
        "presses [Read the recommendations]",
        "Recommendation 1: Genocide determination",
        "The Government's answer: Not yet answered",
        "Nadia types /admin setup",
        "Nadia types /reports follow",
        "expected by 8 September 2021, in 62 days",
        "Wednesday 25 August 2021",
        "in 14 days",
        "Sunday 5 September 2021",
        "in 3 days",
        "Wednesday 8 September 2021",
        "Expected today, 8 September 2021",
        "Thursday 9 September 2021",
        "1 day overdue: expected by 8 September 2021",
        "Who is your MP?",
        "Tarning",
        "Your letter, before you finish it",
        "Your letter is ready",
        "response was expected by 8 September 2021",
        "Wednesday 22 September 2021",
        "14 days overdue",
        "Friday 22 October 2021",
        "Monday 1 November 2021",
        "The Government has answered, 54 days late",
        "Sunday 14 November 2021",
        "The Government's answer: Not agreed, by the Government of 2021, 1 November 2021",
        "1. postbag rehearse",
    ]
    at = 0
    for milestone in milestones:
        found = flat.find(milestone, at)
        assert found >= 0, f"{milestone!r} is missing, or out of order, in:\n{told}"
        at = found
    assert "Something went wrong" not in told
    assert "Traceback" not in told
    assert len(re.findall(r"\w[\w'-]*", told)) <= MOST_WORDS, "it is read in two minutes"
    assert "%20" not in told, "nobody reads an address written in per cent signs"
    share = re.search(r"Your own words: (\d+)%", told)
    assert share is not None
    assert int(share[1]) >= 60


def within(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.asyncio
@pytest.mark.loopback
@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
async def test_told_to_stop_it_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    out = StringIO()
    playing = asyncio.create_task(run_tour(Settings(), Console(file=out, width=100)))
    async with asyncio.timeout(30):
        for _ in range(3000):
            if "Tomos types" in out.getvalue():
                break
            await asyncio.sleep(0.01)
    assert within(tmp_path) != []
    os.kill(os.getpid(), signal.SIGTERM)
    assert await playing == 130
    assert within(tmp_path) == []
