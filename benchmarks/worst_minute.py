"""How long the worst minute takes: a message for each of so many groups, due at once, on invented time.

The real pacers and signs of life of one, two and four processes, against as much of Discord as refuses more than fifty a second. No
machine's speed is in it; that one process is fast enough is measured by ``benchmarks.reminders``.
"""

from __future__ import annotations

import argparse
import asyncio
import random

from benchmarks.figures import show_machine, show_table
from tests.services.delivery.test_shared_pace import Discord, Process, Table, now, on_invented_time

QUICKEST, SLOWEST = 0.02, 0.15
"""Seconds of a request's way there, and of the answer's way back; between them Discord takes 0.12."""


async def seconds_for(messages: int, processes: int) -> tuple[float, int]:
    """Give the seconds until so many messages are out, and how many were refused."""
    chance = random.Random(messages + processes)
    discord, table = Discord(), Table(lag=lambda: 0.01, notice_lag=lambda: 0.01)

    def way() -> float:
        return chance.uniform(QUICKEST, SLOWEST)

    running = [Process(str(number + 1), table, discord, way) for number in range(processes)]
    for process in running:
        await process.comes()
    await asyncio.sleep(30)  # each has its part by now
    before, began = discord.sent, now()
    while discord.sent - before < messages:  # noqa: ASYNC110
        await asyncio.sleep(0.25)
    took = now() - began
    for process in running:
        await process.leaves()
    return took, discord.refused


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, nargs="+", default=[100, 1_000, 2_500, 10_000, 100_000])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    given = parser.parse_args()
    rows = []
    for groups in given.groups:
        row = [f"{groups:,}"]
        for processes in given.processes:
            took, refused = on_invented_time(lambda g=groups, p=processes: seconds_for(g, p))  # type: ignore[misc]
            row.append(f"{took:,.0f} s, {groups / took:.0f} a second, {refused} refused")
        rows.append(row)
    show_machine()
    show_table("A message for each group, on invented time", ["groups", *map(str, given.processes)], rows)


if __name__ == "__main__":
    main()
