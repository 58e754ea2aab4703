"""From ``make run`` to the first card on screen: seconds and steps, in a real browser.

``--folder`` names a clone; without a ``.venv`` in it the set-up is part of what is measured. Needs a Chromium.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import re
import signal
import time
from pathlib import Path

from bot.rehearsal.browser import Visitor, chromium

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+/\S+/")
MOST = 15 * 60


async def measure(folder: Path) -> None:
    """Run it once, as a newcomer would, and print what it took."""
    environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        "make", "run", cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    marks = [("make run", began)]
    try:
        async with asyncio.timeout(MOST):
            url = await _address(process)
        marks.append(("the address is printed", time.perf_counter()))
        async with chromium() as browser:
            context = await browser.new_context(viewport={"width": 1280, "height": 900})
            page = await context.new_page()
            started = time.perf_counter()
            await page.goto(url)
            button = page.get_by_role("button", name="Open #general as Tomos")
            await button.wait_for()
            marks.append(("the desk is open", time.perf_counter()))
            async with context.expect_page() as opened:
                await button.click()
            chat = Visitor(await opened.value)
            await chat.ready()
            marks.append(("#general is open, as Tomos", time.perf_counter()))
            await chat.types("start")
            marks.append(("/start is answered", time.perf_counter()))
            await chat.presses("Read the recommendations")
            await chat.presses("What should happen next")
            await chat.chooses("5 · Safety")
            await chat.sees("Give every school a lit path")
            marks.append(("the first card is on screen", time.perf_counter()))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        await process.wait()
    for (_, before), (name, at) in itertools.pairwise(marks):
        print(f"{name:32} {at - before:7.1f} s")
    print(
        f"{'from the open desk to the card':32} {marks[-1][1] - started:7.1f} s (a driven browser does not stop to read)"
    )
    print(f"{'in all':32} {marks[-1][1] - began:7.1f} s")
    print(
        "steps: make run; open the address; Open #general; /start; Read the recommendations; a theme; a recommendation"
    )


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async for line in process.stdout:
        if found := ADDRESS.search(line):
            return found[0].decode()
    raise SystemExit("make run ended without an address")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT)
    asyncio.run(measure(parser.parse_args().folder))
