"""Interaction to first reply, at 1, 50 and 200 at once: Postbag beside a bare discord.py bot.

    python -m benchmarks.interactions [--quick]

A round runs each bot in a fresh process, one after the other, changing which goes first. A gateway payload is handed to
discord.py's own parser as the text that Discord sends; the reply travels over loopback HTTP to a stand-in in a third
process, which notes its arrival. So everything of ours and of discord.py is counted, and neither Discord's network nor a
simulator is. "At once" is the worst case: all payloads come in one turn of the loop. The processor time of the bot's
process for each interaction is shown too: it is the figure that other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp
import discord
from discord.http import Route

from benchmarks import payloads
from benchmarks.figures import median, percentile, show_machine, show_table, without_own_settings
from benchmarks.payloads import KEY_STROKE, PRESS, SHOW
from bot.__main__ import START

POSTBAG, BARE = "Postbag", "bare"
KINDS = (SHOW, KEY_STROKE, PRESS)
AT_ONCE = (1, 50, 200)
BURSTS = {1: 150, 50: 8, 200: 3}
QUICK = {1: 20, 50: 1, 200: 1}
NUMBERS = ("3", "1", "6", "T-12", "T-01", "T-30", "2", "T-18")
STROKES = ("g", "ge", "gen", "genoc", "genocde", "cotton b", "coton b", "ol", "olym", "hikvsion", "T-1", "3")
EXPECTED = {SHOW: 4, KEY_STROKE: 8, PRESS: 4}

Make = Callable[[], dict[str, Any]]


# The process that is measured -------------------------------------------------------------------------------------


class Wrong(logging.Handler):
    """Keep what was logged as an error: a bot that fails quickly must not look fast."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _makers(bot: str) -> dict[str, Make]:
    """Give what makes each kind of payload; a press carries the message that the bot itself would have drawn."""
    numbers, strokes = cycle(NUMBERS), cycle(STROKES)
    if bot == POSTBAG:
        from bot.chat.cogs.start import start_card

        view: Any = start_card().view()
        drawn = ("pb:report.doors", "", view.to_components(), 1 << 15 | 1 << 6)
    else:
        button = {"type": 2, "style": 2, "label": "Read", "custom_id": "bare:read"}
        drawn = ("bare:read", "Hello.", [{"type": 1, "components": [button]}], 1 << 6)
    return {
        SHOW: lambda: payloads.command(next(numbers)),
        KEY_STROKE: lambda: payloads.command(next(strokes), typing=True),
        PRESS: lambda: payloads.press(*drawn),
    }


def _opened(bot: str, data: Path) -> AbstractAsyncContextManager[discord.Client]:
    if bot == POSTBAG:
        from benchmarks.real import real_bot

        return real_bot(data)
    from benchmarks.bare import bare_bot

    return bare_bot()


async def measure(bot: str, port: int, data: Path, bursts: dict[int, int]) -> list[dict[str, Any]]:
    """Measure one bot in this process. A row per kind and number at once: times in ms, processor time, reply size."""
    wrong = Wrong()
    logging.getLogger().addHandler(wrong)
    address = f"http://127.0.0.1:{port}"
    Route.BASE = f"{address}/api/v10"
    rows = []
    async with _opened(bot, data) as client, aiohttp.ClientSession() as asking:
        await client.login("not-a-token")
        client._connection.parsers["GUILD_CREATE"](payloads.guild())
        makers = _makers(bot)
        for kind in KINDS:
            for _ in range(3):
                await burst(client, makers[kind], 40)
        if bot == POSTBAG:
            from bot.serving import settle

            settle()  # as bot.app.serve does after login
        await _arrivals(asking, address)
        for kind in KINDS:
            for at_once, times in bursts.items():
                handed: dict[str, int] = {}
                worked = 0.0
                for _ in range(times):
                    began = time.process_time()
                    handed |= await burst(client, makers[kind], at_once)
                    worked += time.process_time() - began
                arrived, last = await _arrivals(asking, address)
                _check(bot, kind, handed, arrived, last, wrong.lines)
                rows.append(
                    {
                        "kind": kind,
                        "at_once": at_once,
                        "ms": [(arrived[number][0] - start) / 1e6 for number, start in handed.items()],
                        "cpu": worked * 1000 / len(handed),
                        "bytes": median([arrived[number][2] for number in handed]),
                    }
                )
    return rows


async def burst(client: discord.Client, make: Make, at_once: int) -> dict[str, int]:
    """Hand over payloads in one turn of the loop and wait until their tasks have ended. Gives when each was handed over."""
    made = [make() for _ in range(at_once)]
    texts = [(payload["id"], json.dumps(payload)) for payload in made]
    before = asyncio.all_tasks()
    parse = client._connection.parsers["INTERACTION_CREATE"]
    handed = {}
    for number, text in texts:
        handed[number] = time.monotonic_ns()
        parse(json.loads(text))
    while running := asyncio.all_tasks() - before:
        await asyncio.wait(running, timeout=30)
    return handed


async def _arrivals(asking: aiohttp.ClientSession, address: str) -> tuple[dict[str, list[int]], str]:
    async with asking.get(f"{address}/arrived") as answer:
        told = await answer.json()
    return told["arrived"], told["last"]


def _check(
    bot: str, kind: str, handed: dict[str, int], arrived: dict[str, list[int]], last: str, wrong: list[str]
) -> None:
    if wrong:
        raise SystemExit(f"{bot}, {kind}: {wrong[0]}")
    missing = handed.keys() - arrived.keys()
    if missing:
        raise SystemExit(f"{bot}, {kind}: {len(missing)} of {len(handed)} had no reply")
    if {entry[1] for entry in arrived.values()} != {EXPECTED[kind]} or "went wrong" in last:
        raise SystemExit(f"{bot}, {kind}: not the reply that was expected: {last[:300]}")


# The process that compares ----------------------------------------------------------------------------------------


@contextmanager
def stand_in() -> Iterator[int]:
    """Run the stand-in for Discord; gives its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.standin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def run_once(bot: str, data: str, quick: bool) -> list[dict[str, Any]]:
    """Measure a bot in a fresh process, against a fresh stand-in."""
    with stand_in() as port:
        words = ["--measure", bot, "--port", str(port), "--data", data, *(["--quick"] if quick else [])]
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.interactions", *words],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=without_own_settings(),
        )
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def compare(rounds: int, quick: bool) -> None:
    """Measure both bots in turn, and print the table."""
    show_machine()
    found: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as data:
        for number in range(rounds):
            for bot in (POSTBAG, BARE) if number % 2 == 0 else (BARE, POSTBAG):
                for row in run_once(bot, data, quick):
                    found[bot, row["kind"], row["at_once"]].append(row)
    lines = []
    for kind in KINDS:
        for at_once in AT_ONCE:
            ours, bare = found[POSTBAG, kind, at_once], found[BARE, kind, at_once]
            cpu = [median([row["cpu"] for row in rows]) for rows in (ours, bare)]
            lines.append(
                [
                    kind,
                    str(at_once),
                    _times(ours),
                    _times(bare),
                    f"{_part(ours, 0.5) / _part(bare, 0.5):.1f}×",
                    f"{cpu[0]:.2f} / {cpu[1]:.2f}",
                    f"{ours[0]['bytes'] / 1000:.1f} / {bare[0]['bytes'] / 1000:.1f}",
                ]
            )
    show_table(
        f"Interaction to first reply, median of {rounds} rounds",
        (
            "what",
            "at once",
            "Postbag p50 / p99 / slowest ms",
            "bare p50 / p99 / slowest ms",
            "p50 ratio",
            "CPU ms each",
            "reply kB",
        ),
        lines,
    )


def _part(rows: list[dict[str, Any]], part: float) -> float:
    return median([percentile(row["ms"], part) for row in rows])


def _times(rows: list[dict[str, Any]]) -> str:
    return " / ".join(f"{_part(rows, part):.1f}" for part in (0.5, 0.99, 1.0))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    parser.add_argument("--rounds", type=int, default=5)
    for name in ("--measure", "--port", "--data"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        if asked.measure == POSTBAG:
            gc.set_threshold(*START)  # as bot.__main__ does
        bursts = QUICK if asked.quick else BURSTS
        print(json.dumps(asyncio.run(measure(asked.measure, int(asked.port), Path(asked.data), bursts))))
    else:
        compare(1 if asked.quick else asked.rounds, asked.quick)


if __name__ == "__main__":
    main()
