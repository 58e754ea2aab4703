"""Several processes on one PostgreSQL, with Discord's limits switched on: ten thousand reminders, one process killed half-way.

Real ``postbag run`` processes against the crash tests' stand-in. A reminder is lost where it is not marked as sent at the end, and
doubled where two messages carry one delivery's button; a repeat stopped by its nonce is one that Discord would have doubled.
With ``--join`` nobody is killed: the last process comes in the middle of it all, and has to be given its part of the pace.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.figures import show_machine, show_table
from bot.app import open_app
from bot.config import DatabaseSection, Settings
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, GuildId, ReminderId, UserId
from bot.domain.reminders import CivilTime, Reminder, ReminderKind
from bot.sealing import Sealer, read_key
from storage.database import open_database
from storage.reminders.rows import reminder_values
from storage.schema import reminders
from tests.contracts.conftest import Server, running_server
from tests.crash.discord_rest import OK, Fault
from tests.faults.real_run import Running, postbag, stand_in

GROUP, CHANNEL = 1 << 30, 2 << 30
ANSWERS_AFTER = 0.12
"""Seconds after which Discord answers a post: whoever is killed leaves some that were posted and are not noted."""

START = 25
"""Seconds from now at which everything is due: all processes are on Discord by then."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought."""

    lost: int
    doubled: int
    stopped_by_nonce: int
    refused: int
    taken_over: int
    after_kill: float
    whole: float
    most_in_a_second: int


def most_in_a_second(times: list[float]) -> int:
    """Give the most requests of any second, wherever it begins."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


async def prepare(url: str, data: Path, count: int, channels: int) -> datetime:
    settings = Settings(data=data, database=DatabaseSection(url=url))
    async with open_app(settings) as app:
        person = await app.services.people.person_for(UserId(7))
        for number in range(channels):
            chosen = GuildSettings(GuildId(GROUP + number), channel_id=ChannelId(CHANNEL + number), owner=person)
            await app.groups.save(chosen, datetime.now(UTC))
    due = datetime.now(UTC) + timedelta(seconds=START)
    sealer = Sealer(read_key(settings.key_file))
    civil = CivilTime(due.date(), due.time().replace(second=0, microsecond=0), "UTC")
    async with open_database(url) as database:
        for first in range(0, count, 2_000):
            rows = [
                reminder_values(
                    Reminder(
                        ReminderId(0),
                        ReminderKind.NOTICE,
                        "notice",
                        due,
                        civil,
                        guild_id=GuildId(GROUP + number % channels),
                        channel_id=ChannelId(CHANNEL + number % channels),
                        text=f"Reminder {number}",
                    ),
                    due,
                    sealer,
                )
                for number in range(first, min(first + 2_000, count))
            ]
            async with database.writing() as connection:
                await connection.execute(insert(reminders), rows)
    return due


async def left(url: str) -> int:
    async with open_database(url, look_only=True, migrate=False) as database, database.reading() as connection:
        query = select(func.count()).select_from(reminders).where(reminders.c.state != "sent")
        return int((await connection.execute(query)).scalar_one())


async def one_round(
    url: str, folder: Path, processes: int, count: int, channels: int, *, kills: bool, joins: bool = False
) -> Round:
    data = [folder / f"p{number}" for number in range(processes)]
    due = await prepare(url, data[0], count, channels)
    for other in data[1:]:
        other.mkdir()
        shutil.copy(data[0] / "postbag.key", other / "postbag.key")
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(stand_in())
        world = discord.world
        world.channels = {CHANNEL + number: OK for number in range(channels)}
        world.limited = True
        world.faults = [Fault("slow", 1 << 40, value=ANSWERS_AFTER)]
        discord.gateway.guilds = [GROUP + number for number in range(channels)]

        async def start(place: Path) -> Running:
            return await stack.enter_async_context(
                postbag("run", discord=discord, data=place, POSTBAG_DATABASE__URL=url)
            )

        running = [await start(place) for place in (data[:-1] if joins else data)]
        for process in running:
            await process.hears("is on Discord")
        if (early := (due - datetime.now(UTC)).total_seconds()) > 0:
            await asyncio.sleep(early)
        before, began, killed = len(world.requests), time.monotonic(), None
        while time.monotonic() - began < 120:
            if kills and killed is None and len(world.messages) >= channels // 2:
                running[0].process.kill()
                killed = time.monotonic()
            if joins and len(running) < processes and len(world.messages) >= channels // 4:
                running.append(await start(data[-1]))
            if len(world.messages) >= channels and await left(url) == 0:
                break
            await asyncio.sleep(0.05 if killed is None else 0.5)
        ended = time.monotonic()
        keys = Counter(_key(message) for message in world.messages)
        taken = sum(
            int(line.split("interruption: ")[1].split()[0])
            for process in running
            for line in process.said
            if "interruption: " in line
        )
        return Round(
            lost=await left(url),
            doubled=sum(many - 1 for many in keys.values()),
            stopped_by_nonce=world.recognised,
            refused=world.refused[429],
            taken_over=taken,
            after_kill=ended - (killed or ended),
            whole=ended - began,
            most_in_a_second=most_in_a_second([at for at, _ in world.requests[before:]]),
        )


def _key(message: dict[str, Any]) -> str:
    names = [part.get("custom_id", "") for row in message.get("components") or () for part in row.get("components", ())]
    return next((name for name in names if name), json.dumps(message, default=str))


async def run(
    processes: int, rounds: int, count: int, channels: int, *, kills: bool, joins: bool, server: Server
) -> list[Round]:
    found = []
    for number in range(rounds):
        name = f"round_{processes}_{number}_{kills}".lower()
        await server._create(name, "template0")
        with tempfile.TemporaryDirectory() as folder:
            found.append(
                await one_round(server.url(name), Path(folder), processes, count, channels, kills=kills, joins=joins)
            )
        print(found[-1], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=1_000)
    parser.add_argument("--no-kill", action="store_true")
    parser.add_argument("--join", action="store_true")
    given = parser.parse_args()
    rows = []
    with running_server() as server:
        for processes in given.processes:
            kills = processes > 1 and not given.no_kill and not given.join
            joins = given.join and processes > 1
            work = run(
                processes, given.rounds, given.reminders, given.channels, kills=kills, joins=joins, server=server
            )
            for one in asyncio.run(work):
                counts = (
                    one.lost,
                    one.doubled,
                    one.stopped_by_nonce,
                    one.taken_over,
                    one.refused,
                    one.most_in_a_second,
                )
                after = f"{one.after_kill:.0f} s" if kills else "–"
                killed = "one" if kills else "none"
                rows.append([str(processes), killed, *map(str, counts), f"{one.whole:.0f} s", after])
    show_machine()
    show_table(
        f"{given.reminders:,} reminders in {given.channels:,} channels, due at once, at 50 requests a second",
        [
            "processes",
            "killed",
            "lost",
            "doubled",
            "stopped by nonce",
            "taken over",
            "refused (429)",
            "most in a second",
            "all out",
            "after the kill",
        ],
        rows,
    )


if __name__ == "__main__":
    main()
