"""Five minutes of mixed interactions from many people: does the memory of the bot's process grow?

    python -m benchmarks.soak [--quick]

The bot runs in a process of its own, as in ``benchmarks.interactions``: payloads are handed to discord.py's parser, replies go to
a stand-in in another process. Commands that read, forms that open, key strokes and presses, by 500 people in turn, ten at once.
Any error that is logged fails the run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp
from discord.http import Route

from benchmarks import payloads
from benchmarks.figures import resident_mb, show_machine, show_table, without_own_settings
from benchmarks.interactions import NUMBERS, STROKES, Wrong, burst, stand_in
from bot.__main__ import START

PEOPLE = 500
AT_ONCE = 10
SECONDS, LOOK_EVERY = 300.0, 10.0
QUICK = 30.0
SETTLED_AFTER = 60.0
"""Until then what is remembered on purpose fills up: indexes, templates, corrections, statements."""

READING: tuple[tuple[str, dict[str, str]], ...] = (
    ("start", {}),
    ("help", {}),
    ("recommendations browse", {}),
    ("recommendations search", {"query": "cotton"}),
    ("recommendations search", {"query": "genocide determination"}),
    ("reports list", {}),
    ("reports committees", {}),
    ("deadlines list", {}),
    ("letter templates", {}),
    ("letter write", {}),
    ("letter follow-ups", {}),
    ("mp find", {}),
    ("remind me", {}),
    ("remind list", {}),
    ("action list", {}),
    ("privacy about", {}),
    ("privacy show", {}),
    ("admin settings", {}),
    ("admin health", {}),
)


def mixed() -> Iterator[dict[str, Any]]:
    """Give payloads for ever: every kind in turn, each by the next person."""
    from bot.chat.cogs.start import start_card

    drawn = ("pb:report.doors", "", start_card().view().to_components(), 1 << 15 | 1 << 6)
    numbers, strokes, people = cycle(NUMBERS), cycle(STROKES), cycle(range(PEOPLE))
    kinds: list[Callable[[], dict[str, Any]]] = [
        lambda: payloads.called("recommendations show", next(people), number=next(numbers)),
        lambda: payloads.command(next(strokes), typing=True),
        lambda: payloads.command(next(strokes), typing=True),
        lambda: payloads.press(*drawn),
    ]
    for words, options in READING:
        kinds.append(lambda words=words, options=options: payloads.called(words, next(people), **options))
    for make in cycle(kinds):
        yield make()


async def soak(port: int, data: Path, seconds: float) -> list[tuple[float, int, float]]:
    """Gives seconds, interactions so far and resident MB, every ten seconds."""
    from benchmarks.real import real_bot
    from bot.serving import settle

    wrong = Wrong()
    logging.getLogger().addHandler(wrong)
    address = f"http://127.0.0.1:{port}"
    Route.BASE = f"{address}/api/v10"
    rows: list[tuple[float, int, float]] = []
    async with real_bot(data) as client, aiohttp.ClientSession() as asking:
        await client.login("not-a-token")
        client._connection.parsers["GUILD_CREATE"](payloads.guild())
        settle()
        stream, done, began = mixed(), 0, time.monotonic()
        look = 0.0
        while (passed := time.monotonic() - began) < seconds + LOOK_EVERY:
            if passed >= look:
                async with asking.get(f"{address}/arrived") as answer:
                    await answer.read()
                rows.append((passed, done, resident_mb(os.getpid())))
                look += LOOK_EVERY
                if wrong.lines:
                    raise SystemExit(wrong.lines[0])
            await burst(client, lambda: next(stream), AT_ONCE)
            done += AT_ONCE
    return rows


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="half a minute, to see that it works")
    for name in ("--port", "--data"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    seconds = QUICK if asked.quick else SECONDS
    if asked.port:
        gc.set_threshold(*START)  # as bot.__main__ does
        print(json.dumps(asyncio.run(soak(int(asked.port), Path(asked.data), seconds))))
        return
    show_machine()
    with tempfile.TemporaryDirectory() as data, stand_in() as port:
        words = ["--port", str(port), "--data", data, *(["--quick"] if asked.quick else [])]
        ran = subprocess.run(
            [sys.executable, "-m", "benchmarks.soak", *words],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=without_own_settings(),
        )
    rows = json.loads(ran.stdout)
    shown = rows if asked.quick else rows[::3]
    show_table(
        "Memory while interactions go on",
        ("after, s", "interactions", "resident MB"),
        [[f"{passed:.0f}", f"{done:,}", f"{held:.1f}"] for passed, done, held in shown],
    )
    settled = next((row for row in rows if row[0] >= SETTLED_AFTER), rows[0])
    passed, done, held = rows[-1]
    print(
        f"From {settled[0]:.0f} s on: {held - settled[2]:+.1f} MB over {done - settled[1]:,} interactions"
        f" in {passed - settled[0]:.0f} s"
    )


if __name__ == "__main__":
    main()
