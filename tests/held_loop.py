"""A process with a loop, a watchdog and something that holds it, for ``test_watchdog.py``: its name is the first argument.

The watchdog is the real one with shorter times, so that a test takes seconds.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import time
from pathlib import Path

from bot import watchdog
from bot.clock import SystemClock

HELD_FOR, PROCESSOR_SECONDS = 1.5, 3.0


def sleep() -> None:
    time.sleep(6)


def spin() -> None:
    until = time.monotonic() + 6
    while time.monotonic() < until:
        pass


def run_wild() -> None:
    """Hold the interpreter for some ten processor seconds, so that no other thread of Python runs."""
    re.match("(a|a)*$", "a" * 27 + "b")


def wake_late() -> None:
    """Let the machine's steady time jump by an hour between two looks, as where it counts a night asleep."""
    steady, jumped = time.monotonic, time.monotonic() + 3600
    watchdog.time.monotonic = lambda: steady() + 3600 if steady() < jumped else steady()


def nothing() -> None:
    pass


HOLDS = {"sleep": sleep, "spin": spin, "run wild": run_wild, "wake late": wake_late, "nothing": nothing}


async def main(hold: str, ends: bool, folder: Path, seconds: float) -> None:
    watchdog.LOOK_EVERY = 0.1
    once = [HOLDS[hold]]
    beats = 0

    def beat() -> None:
        """Hold the loop at its third beat: so it is held in Postbag's own code."""
        nonlocal beats
        beats += 1
        if beats == 3:
            once.pop()()

    watch = watchdog.Watchdog(
        SystemClock(), folder, ends=ends, beat=beat, held_for=HELD_FOR, processor_seconds=PROCESSOR_SECONDS
    )
    time.sleep(HELD_FOR * 2)  # noqa: ASYNC251 - a slow first start
    watch.start()
    print("started", flush=True)
    await asyncio.sleep(seconds)
    await asyncio.sleep(1)  # for the thread's next look, where the loop was held until now
    print(f"last: {watch.last.where if watch.last else None}", flush=True)
    watch.stop()
    print("stopped", flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    asyncio.run(main(sys.argv[1], sys.argv[2] == "ends", Path(sys.argv[3]), float(sys.argv[4])))
