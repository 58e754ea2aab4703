"""The reminder engine: what waits, what is due at once, who waits for whom, and a slash command meanwhile.

    python -m benchmarks.reminders [--quick]

- N pending: start-up and memory beside an empty database, and what one idle sweep costs, each in a fresh process.
- 10,000 due at once to a null sink, 64 under way at a time at a pace that nothing reaches: the engine alone on SQLite with
  ``synchronous=FULL``.
- Through discord.py against a stand-in for Discord's REST interface in another process, with Discord's limits on: 50
  requests a second in all, 5 in 5 seconds for a channel. It runs in real time, so fewer are due; they last 20 seconds.
- One channel with 3,000 due beside 100 channels with 10, with the same limits, until the small channels have theirs; once as
  Postbag does it (joined into messages of 25), once with joining off.
- APScheduler 3.11 with one job for each reminder in its own SQLite job store.
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
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import discord
from discord.http import Route

import storage.reminders.claim
from benchmarks import payloads
from benchmarks.figures import median, percentile, resident_mb, show_machine, show_table, without_own_settings
from benchmarks.filling import CHANNELS, SEALER, Batch, empty, fill, later, one_each
from bot.__main__ import START
from bot.chat.sender import DiscordSender
from bot.clock import SystemClock
from bot.domain.identity import GuildId, MessageId, RoleId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import Target
from bot.resources import templates_folder
from bot.services.delivery import sweep as sweeping
from bot.services.delivery.sweep import DeliveryService
from bot.services.ports.sending import Looked, SendResult, Sent, Transient
from bot.serving import settle
from bot.templating import JinjaTemplates
from storage.database import open_database
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.store import Reminders

SMALL, EACH, BIG = 100, 10, 3000
SECONDS = 20
"""How long the run against Discord's limits lasts."""


class NullSink:
    """A Discord that takes everything at once."""

    is_ready = True

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, *, nonce: str) -> SendResult:
        await asyncio.sleep(0)
        self.taken += 1
        return Sent(MessageId(self.taken))

    async def organises(self, guild_id: GuildId, user_id: UserId, role_id: RoleId | None) -> bool | Transient:
        return True

    async def find(self, target: Target, user_id: UserId | None, custom_id: str, since: datetime) -> Looked | Transient:
        return Looked(None, sure=True)


@asynccontextmanager
async def service(path: Path, sender: Any, **options: Any) -> AsyncIterator[DeliveryService]:
    """Open the engine on a database file."""
    async with open_database(f"sqlite+aiosqlite:///{path}") as database:
        yield DeliveryService(
            Reminders(database, SEALER),
            sender,
            People(database, SEALER),
            Guilds(database),
            JinjaTemplates(templates_folder()),
            SystemClock(),
            **options,
        )


@asynccontextmanager
async def loop_watched() -> AsyncIterator[list[float]]:
    """Collect for how long the loop was held, in ms."""
    held: list[float] = []

    async def watch() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            held.append((now - last - 0.001) * 1000)
            last = now

    task = asyncio.create_task(watch())
    try:
        yield held
    finally:
        task.cancel()


def fresh(what: str, **told: Any) -> dict[str, Any]:
    """Measure something in a fresh process."""
    words = [sys.executable, "-m", "benchmarks.reminders", "--measure", what, "--told", json.dumps(told)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, env=without_own_settings())
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# What waits --------------------------------------------------------------------------------------------------------


async def pending(path: str) -> dict[str, float]:
    """Open a database, look what is due, and sweep in vain."""
    before = resident_mb(os.getpid())
    began = time.perf_counter()
    async with service(Path(path), NullSink()) as engine:
        await engine.recover()
        opened = time.perf_counter() - began
        memory = resident_mb(os.getpid()) - before
        worked, times = time.process_time(), []
        for _ in range(50):
            start = time.perf_counter()
            await engine.sweep()
            await engine.next_due()
            times.append((time.perf_counter() - start) * 1000)
        worked = (time.process_time() - worked) * 1000 / 50
    return {"opened": opened * 1000, "memory": memory, "sweep": median(times), "cpu": worked}


def compare_pending(folder: Path, counts: tuple[int, ...]) -> None:
    """Print what it costs that reminders wait."""
    now = datetime.now(UTC)
    rows = []
    for count in (0, *counts):
        path = folder / f"pending-{count}.db"
        empty(path)
        fill(path, later(count, 1000, now))
        runs = [fresh("pending", path=str(path)) for _ in range(3)]
        found = {name: median([run[name] for run in runs]) for name in runs[0]}
        rows.append(
            [
                f"{count:,}",
                f"{found['opened']:.0f}",
                f"{found['memory']:.1f}",
                f"{found['sweep']:.1f}",
                f"{found['cpu']:.1f}",
                f"{path.stat().st_size / 1e6:.0f}",
            ]
        )
    show_table(
        "Reminders that wait: median of 3 fresh processes",
        ("pending", "open and first sweep, ms", "memory for it, MB", "idle sweep, ms", "CPU ms of it", "file, MB"),
        rows,
    )


# All at once -------------------------------------------------------------------------------------------------------


async def sink(path: str) -> dict[str, float]:
    """Deliver everything to a sink."""
    sweeping.IN_FLIGHT, sweeping.CLAIM_LIMIT = 64, 200
    async with service(Path(path), NullSink(), per_second=1_000_000) as engine:
        settle()
        async with loop_watched() as held:
            began, worked = time.perf_counter(), time.process_time()
            report = await engine.sweep()
            took, cpu = time.perf_counter() - began, time.process_time() - worked
        health = await engine.health()
    return {
        "messages": report.sent,
        "seconds": took,
        "cpu": cpu,
        "held": max(held),
        "held99": percentile(held, 0.99),
        "twice": health.duplicates,
    }


def apscheduler(count: int, path: str) -> dict[str, float]:
    """Let APScheduler deliver so many from its own SQL job store, one job each."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    logging.disable(logging.CRITICAL)

    async def run() -> dict[str, float]:
        defaults = {"misfire_grace_time": None, "coalesce": True}
        store = {"default": SQLAlchemyJobStore(f"sqlite:///{path}")}
        scheduler = AsyncIOScheduler(jobstores=store, job_defaults=defaults, timezone=UTC)
        scheduler.start(paused=True)
        due = datetime.now(UTC)
        began = time.perf_counter()
        for number in range(count):
            scheduler.add_job(tick, "date", run_date=due, id=str(number))
        added = time.perf_counter() - began
        async with loop_watched() as held:
            await asyncio.sleep(0.05)
            began = time.perf_counter()
            scheduler.resume()
            while len(TICKS) < count and time.perf_counter() - began < 120:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            took = time.perf_counter() - began
            await asyncio.sleep(0.01)
        scheduler.shutdown(wait=False)
        return {"messages": len(TICKS), "seconds": took, "held": max(held), "added": added}

    return asyncio.run(run())


TICKS: list[int] = []


async def tick() -> None:
    """Stand for one reminder."""
    TICKS.append(1)


def compare_at_once(folder: Path, count: int, jobs: int) -> None:
    """Print how quickly everything that is due at once goes to a sink."""
    now = datetime.now(UTC)
    rows = []
    for name, batches in (
        (f"{count:,} in as many channels", one_each(count, now)),
        (f"{count:,} in {count // 20:,} channels, joined", [Batch(number, 20, now) for number in range(count // 20)]),
    ):
        found = []
        for number in range(3):
            path = folder / f"sink-{len(rows)}-{number}.db"
            empty(path)
            fill(path, batches)
            found.append(fresh("sink", path=str(path)))
        if any(run["twice"] for run in found):
            raise SystemExit("a reminder was sent twice")
        best = min(found, key=lambda run: run["seconds"])
        rows.append(
            [
                f"Postbag, {name}",
                f"{median([count / run['seconds'] for run in found]):,.0f}",
                f"{count / best['seconds']:,.0f}",
                f"{median([run['cpu'] for run in found]) * 1e6 / count:.0f}",
                f"{median([run['held'] for run in found]):.0f} / {median([run['held99'] for run in found]):.0f}",
            ]
        )
    other = fresh("apscheduler", path=str(folder / "jobs.db"), count=jobs)
    each = f"{other['messages'] / other['seconds']:,.0f}"
    rows.append([f"APScheduler, {jobs:,} jobs in its SQL store", each, each, "", f"{other['held']:,.0f} /"])
    show_table(
        "Due at once, to a null sink: median of 3 fresh processes",
        ("what", "reminders a second", "best", "CPU µs each", "loop held, ms: most / p99"),
        rows,
    )
    print(f"\nAdding the {jobs:,} jobs took APScheduler {other['added']:.0f} s.")


# Against Discord's limits ------------------------------------------------------------------------------------------


class TimedSender(DiscordSender):
    """The real sender; it notes when each message was posted, from ``began`` on."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(client)
        self.began = 0.0
        self.posted: list[tuple[int, float]] = []

    async def send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, *, nonce: str) -> SendResult:
        result = await super().send(target, user_id, message, nonce=nonce)
        if isinstance(result, Sent):
            self.posted.append((int(target.channel_id or 0), time.perf_counter() - self.began))
        return result


@contextmanager
def discord_with_limits() -> Iterator[str]:
    """Run the stand-in in a process of its own; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.limited"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=without_own_settings(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


async def ask(address: str, path: str, **told: Any) -> dict[str, Any]:
    """Steer the stand-in, or look at it."""
    async with aiohttp.ClientSession() as session:
        answer = session.post(f"{address}{path}", json=told) if told else session.get(f"{address}{path}")
        async with answer as read:
            found: dict[str, Any] = await read.json()
    return found


async def fairness(path: str, joined: bool, address: str) -> dict[str, Any]:
    """Send until the small channels have theirs."""
    if not joined:
        storage.reminders.claim.JOINED = 1
    Route.BASE = f"{address}/api/v10"
    await ask(address, "/control", channels={CHANNELS + number: "ok" for number in range(SMALL + 1)})
    client = discord.Client(intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none())
    from tests.crash.discord_rest import TOKEN

    await client.login(TOKEN)
    sender = TimedSender(client)
    wanted = SMALL * (1 if joined else EACH)
    async with service(Path(path), sender) as engine:
        sender.began = time.perf_counter()
        sweep = asyncio.create_task(engine.sweep())
        while sum(channel != CHANNELS for channel, _ in sender.posted) < wanted and not sweep.done():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await engine.close()
        await sweep
    await client.close()
    refused = (await ask(address, "/control"))["refused"]
    small = [took for channel, took in sender.posted if channel != CHANNELS]
    return {"small": small, "big": len(sender.posted) - len(small), "refused": refused}


def compare_fairness(folder: Path) -> None:
    """Print how long the small channels wait for the big one."""
    now = datetime.now(UTC)
    rows = []
    for joined in (False, True):
        path = folder / f"fair-{joined}.db"
        empty(path)
        fill(path, [Batch(0, BIG, now), *(Batch(number, EACH, now) for number in range(1, SMALL + 1))])
        with discord_with_limits() as address:
            found = fresh("fairness", path=str(path), joined=joined, address=address)
        small = found["small"]
        rows.append(
            [
                "joined, as Postbag does it" if joined else "joining off",
                str(len(small)),
                f"{percentile(small, 0.5):.1f} / {percentile(small, 0.99):.1f} / {max(small):.1f}",
                str(found["big"]),
                str(found["refused"].get("429", 0)),
            ]
        )
    show_table(
        f"One channel with {BIG:,} due beside {SMALL} with {EACH}, Discord's limits on, until the small ones have theirs",
        ("", "messages to the small", "they waited, s: p50 / p99 / most", "messages to the big meanwhile", "429"),
        rows,
    )


async def limits(data: str, count: int, address: str) -> dict[str, Any]:
    """Deliver through the real app while slash commands come in, twenty a second."""
    from benchmarks.real import real_bot

    gc.set_threshold(*START)
    Route.BASE = f"{address}/api/v10"
    await ask(address, "/control", channels={CHANNELS + number: "ok" for number in range(count)})
    async with real_bot(Path(data)) as client:
        from tests.crash.discord_rest import TOKEN

        await client.login(TOKEN)
        client._connection.parsers["GUILD_CREATE"](payloads.guild())
        handed: dict[str, int] = {}
        for _ in range(20):
            await _command(client, {})
        settle()
        store = client.services.delivery._store
        await ask(address, "/arrived")
        for _ in range(8 * 20):
            await _command(client, handed)
        idle = await _waits(address, handed)
        sealer: Any = store._sealer  # type: ignore[attr-defined]
        fill(Path(data, "postbag.sqlite3"), one_each(count, datetime.now(UTC)), sealer)
        began, sent_at = time.perf_counter(), time.time()
        handed = {}
        sweep = asyncio.create_task(client.services.delivery.sweep())
        while not sweep.done():
            await _command(client, handed)
        report = await sweep
        took = time.perf_counter() - began
        busy = await _waits(address, handed)
        seen = await ask(address, "/control")
    late = [message["at"] - sent_at for message in seen["messages"]]
    return {"sent": report.sent, "seconds": took, "idle": idle, "busy": busy, "late": late, "refused": seen["refused"]}


async def _command(client: discord.Client, handed: dict[str, int]) -> None:
    """Hand over one slash command, and wait for the twentieth of a second that it has."""
    payload = payloads.command("3")
    text = json.dumps(payload)
    handed[payload["id"]] = time.monotonic_ns()
    client._connection.parsers["INTERACTION_CREATE"](json.loads(text))
    await asyncio.sleep(0.05)


async def _waits(address: str, handed: dict[str, int]) -> list[float]:
    """Give how long each command waited for its first answer, in ms."""
    await asyncio.sleep(0.5)
    arrived = await ask(address, "/arrived")
    missing = handed.keys() - arrived.keys()
    if missing:
        raise SystemExit(f"{len(missing)} of {len(handed)} commands had no answer")
    return [(arrived[number] - start) / 1e6 for number, start in handed.items()]


def compare_limits(folder: Path, count: int) -> None:
    """Print what goes out against Discord's limits, and what a slash command waits for meanwhile."""
    with discord_with_limits() as address:
        found = fresh("limits", data=str(folder / "limits"), count=count, address=address)
    rate = found["sent"] / found["seconds"]
    late = found["late"]
    show_table(
        f"{count:,} due at once in as many channels, through discord.py, Discord's limits on",
        ("what", ""),
        [
            ["delivered", f"{found['sent']:,} in {found['seconds']:.1f} s"],
            ["a second", f"{rate:.1f}, {rate / 50:.0%} of Discord's 50"],
            ["429", str(found["refused"].get("429", 0))],
            [
                "late, s: p50 / p99 / most",
                f"{percentile(late, 0.5):.1f} / {percentile(late, 0.99):.1f} / {max(late):.1f}",
            ],
            ["slash command, idle, ms: p50 / p99", _waited(found["idle"])],
            ["slash command meanwhile, ms: p50 / p99", _waited(found["busy"])],
            ["p99 beside idle", f"{percentile(found['busy'], 0.99) / percentile(found['idle'], 0.99):.1f}×"],
        ],
    )
    print(f"\n10,000 would take {10_000 / rate:.0f} s at this pace.")


def _waited(waits: list[float]) -> str:
    return f"{percentile(waits, 0.5):.1f} / {percentile(waits, 0.99):.1f}"


MEASURES = {"pending": pending, "sink": sink, "fairness": fairness, "limits": limits}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller numbers, to see that it works")
    for name in ("--measure", "--told"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
        told = json.loads(asked.told)
        if asked.measure == "apscheduler":
            print(json.dumps(apscheduler(told["count"], told["path"])))
        else:
            measure: Any = MEASURES[asked.measure]
            print(json.dumps(asyncio.run(measure(**told))))
        return
    show_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare_pending(folder, (1_000,) if asked.quick else (1_000, 10_000, 100_000))
        compare_at_once(folder, 1_000 if asked.quick else 10_000, 200 if asked.quick else 2_000)
        compare_limits(folder, 100 if asked.quick else SECONDS * 47)
        compare_fairness(folder)


if __name__ == "__main__":
    main()
