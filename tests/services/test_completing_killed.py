"""A process that completes a report, killed at each step and started again; and what a first start does, as a table."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bot.clock import MovableClock
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.sources.http import Http
from tests.services.test_completions import clock, http, opened, parliament, rows, stand_in_pack, use

__all__ = ["clock", "http", "parliament"]

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

ROOT = Path(__file__).parents[2]


async def started(folder: Path, parliament: ParliamentStandIn) -> asyncio.subprocess.Process:
    words = ("-m", "tests.services.completing", str(folder), parliament.urls.committees_api)
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize("after", [1, 2, 3])
async def test_a_process_killed_while_it_completes_loses_and_doubles_nothing(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http, after: int
) -> None:
    pack = stand_in_pack(clock)
    process = await started(tmp_path, parliament)
    while len(parliament.asked) < after and process.returncode is None:  # noqa: ASYNC110 (another process is watched)
        await asyncio.sleep(0.002)
    if process.returncode is None:
        process.kill()
    await process.wait()
    async with opened(tmp_path, clock, pack) as app:
        before = rows(app)
        assert before == {str(i.key): i for i in pack.recommendations} or before["1"].official
    again = await started(tmp_path, parliament)
    said, wrong = await again.communicate()
    assert (again.returncode, said) == (0, b"done 1\n"), wrong.decode()
    async with opened(tmp_path, clock, pack) as app:
        held = rows(app)
        assert held["1"].official
        words = [item.official for item in held.values() if item.official and not item.part_of]
        assert len(words) == len(set(words)), "no item of the page is held twice"
        assert len(await app.services.completions.completed_reports()) == 1
        assert await use(app, http, parliament, clock).undo() == 1
        assert rows(app) == {str(i.key): i for i in pack.recommendations}


async def test_what_a_first_start_does_in_a_table(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    lines = [
        "| step | rows | with the committee's words | to decide | nothing fits | said |",
        "|---|---:|---:|---:|---:|---|",
    ]

    def note(step: str, held: dict[str, object], decide: int, left: int, said: str = "") -> None:
        full = sum(bool(getattr(item, "official", "")) for item in held.values())
        lines.append(f"| {step} | {len(held)} | {full} | {decide} | {left} | {said} |")

    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        note("first start", dict(rows(app)), 0, len(pack.recommendations))
        parliament.set_weather(Weather.DOWN)
        offline = await service.look()
        unchanged = rows(app) == {str(i.key): i for i in pack.recommendations}
        note("a look without network", dict(rows(app)), 0, len(pack.recommendations), service.problem)
        assert offline.is_offline
        assert unchanged
        assert service.problem, "health says it"
        parliament.set_weather(Weather.FAIR)
        (done,) = (await service.look()).done
        note("a look with network", dict(rows(app)), len(done.questions), len(done.left), done.words)
        assert done.filled
        assert done.questions
        assert service.problem == ""
        assert all(rows(app)[key].official for key in done.filled)
        assert all(not rows(app)[question.key].official for question in done.questions), "nothing unsure is filled in"
        await service.undo()
        note("taken away", dict(rows(app)), 0, len(pack.recommendations))
        assert rows(app) == {str(i.key): i for i in pack.recommendations}
    print("\n" + "\n".join(lines))
