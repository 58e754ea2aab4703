"""All processes together keep to Discord's pace: real pacers and signs of life, on invented time, while anything happens to them.

Processes come, leave, are killed and are held up; the database answers late; the network holds requests up and lets them go at once.
Discord counts what reaches it, as it does: fifty a second for the bot, and whoever is refused tries again when it is told to.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from bot.clock import MovableClock
from bot.domain.processes import SILENT_FOR, LiveProcess, Standing, is_agreed
from bot.services.delivery.pacing import Pacer
from bot.services.processes import ProcessService

T = TypeVar("T")
START = datetime(2027, 3, 1, tzinfo=UTC)
TAKES, TRIES = 50, 5
WORKERS = 20
ANSWERS_AFTER = 0.12


class InventedTime(asyncio.SelectorEventLoop):
    """A loop whose seconds pass as soon as everybody waits."""

    def __init__(self) -> None:
        self._at = 0.0
        super().__init__(selectors.SelectSelector())
        looks: Callable[[float | None], Any] = self._selector.select  # type: ignore[attr-defined]

        def passes(wait: float | None) -> Any:
            assert wait is not None, "everybody waits for ever"
            self._at += max(0.0, wait)
            return looks(0)

        self._selector.select = passes  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._at


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Discord:
    """What takes fifty requests a second, and refuses the rest."""

    taken: deque[float] = field(default_factory=deque)
    refused: int = 0
    sent: int = 0
    held_until: float = 0.0

    async def ask(self, way: Callable[[], float]) -> None:
        """Make a request as discord.py does: refused, it waits for as long as it is told to and tries again, five times."""
        for _ in range(TRIES):
            await asyncio.sleep(way())
            while (hold := self.held_until - now()) > 0:  # noqa: ASYNC110 - it may be held on
                await asyncio.sleep(hold)
            while self.taken and self.taken[0] <= now() - 1:
                self.taken.popleft()
            if len(self.taken) < TAKES:
                self.taken.append(now())
                self.sent += 1
                await asyncio.sleep(ANSWERS_AFTER + way())
                return
            self.refused += 1
            await asyncio.sleep(self.taken[0] + 1 - now())


@dataclass
class Table:
    """The list of processes, as the database holds it: a sign of life is one transaction."""

    rows: dict[str, LiveProcess] = field(default_factory=dict)
    listeners: dict[str, ProcessService] = field(default_factory=dict)
    lag: Callable[[], float] = lambda: 0.0
    notice_lag: Callable[[], float] = lambda: 0.0

    def tell(self, but: str) -> None:
        for name, service in self.listeners.items():
            if name != but:
                asyncio.get_running_loop().call_later(self.notice_lag(), service.look_soon)


class Place:
    """What one process does with the list. The rules of ``storage.processes`` that matter here, without the database."""

    is_shared = True

    def __init__(self, table: Table, name: str) -> None:
        self.table, self.name = table, name
        self.joined: datetime | None = None
        self.counted: datetime | None = None

    async def beat(self, started_at: datetime, shards: str = "") -> Standing:
        await asyncio.sleep(self.table.lag())
        at = START + timedelta(seconds=now())
        rows = {name: row for name, row in self.table.rows.items() if row.seen_at >= at - SILENT_FOR}
        is_new = self.name not in rows
        counted = at if is_new or self.counted is None else self.counted
        began = START + timedelta(microseconds=int(self.name))
        rows[self.name] = LiveProcess(began, at, "", "", leads=False, is_this=False, counted_at=counted)
        self.table.rows = rows
        if is_new:
            self.table.tell(self.name)
        if is_new or self.joined is None:
            self.joined = at
        live = tuple(
            LiveProcess(r.started_at, r.seen_at, "", "", leads=False, is_this=n == self.name, counted_at=r.counted_at)
            for n, r in rows.items()
        )
        await asyncio.sleep(self.table.lag())
        self.counted = at
        return Standing(False, live, 0, is_agreed(live, self.joined))

    async def leave(self) -> None:
        await asyncio.sleep(self.table.lag())
        self.table.rows.pop(self.name, None)
        self.table.tell(self.name)

    async def take(self, name: str, lasts: timedelta) -> bool:
        return False

    async def begin_apart(self, name: str, apart: timedelta) -> bool:
        return False

    async def let_go(self, name: str) -> None: ...

    async def live(self) -> tuple[LiveProcess, ...]:
        return ()

    def under_lease(self, generation: int) -> AbstractContextManager[None]:
        return self._never()

    @contextmanager
    def _never(self) -> Iterator[None]:
        yield


class Process:
    """A process that always has something to send."""

    def __init__(self, name: str, table: Table, discord: Discord, way: Callable[[], float]) -> None:
        self.name, self.table, self.discord, self.way = name, table, discord, way
        self.pacer = Pacer()
        self.service = ProcessService(Place(table, name), MovableClock(START), counted=self.pacer.share, steady=now)
        self.workers: list[asyncio.Task[None]] = []
        self.sent: set[asyncio.Task[None]] = set()

    async def comes(self) -> None:
        self.table.listeners[self.name] = self.service
        await self.service.start()
        self.workers = [asyncio.create_task(self.works()) for _ in range(WORKERS)]

    async def works(self) -> None:
        while True:
            await self.pacer.ready()
            await asyncio.sleep(self.way() / 5)
            async with self.pacer.turn():
                request = asyncio.create_task(self.discord.ask(self.way))
                self.sent.add(request)
                request.add_done_callback(self.sent.discard)
                await asyncio.shield(request)  # whoever is killed has sent it all the same

    async def leaves(self) -> None:
        for worker in self.workers:
            worker.cancel()
        await asyncio.gather(*self.workers, *self.sent, return_exceptions=True)
        await self.service.stop()
        self.table.listeners.pop(self.name)

    async def is_killed(self) -> None:
        self.table.listeners.pop(self.name)
        tasks = [*self.workers, *([self.service._task] if self.service._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def walk(seed: int, seconds: float, *, most: int = 4, holds: bool = True) -> Discord:
    """Let anything happen to processes for so many seconds, and give what Discord saw."""
    chance = random.Random(seed)
    discord = Discord()

    def way() -> float:
        return chance.uniform(0.005, 0.03)

    table = Table(lag=lambda: chance.choice((0.005, 0.02, 0.4, 1.5)), notice_lag=lambda: chance.uniform(0.01, 0.3))
    known: list[Process] = []
    running: list[Process] = []
    names = iter(range(1, 1000))
    try:
        while now() < seconds:
            happens = chance.choice(["comes", "comes", "leaves", "is killed", "hold", "hold", "nothing"])
            if happens == "comes" and len(running) < most:
                running.append(Process(str(next(names)), table, discord, way))
                known.append(running[-1])
                await running[-1].comes()
            elif happens in ("leaves", "is killed") and len(running) > 1:
                gone = running.pop(chance.randrange(len(running)))
                await (gone.leaves() if happens == "leaves" else gone.is_killed())
            elif happens == "hold" and holds:
                discord.held_until = now() + chance.choice((0.2, 0.5, 0.9, 1.5, 3.0))
            await asyncio.sleep(chance.choice((0.1, 1.0, 3.0, 8.0)))
    finally:
        for process in running:
            await process.is_killed()
        for process in known:
            await asyncio.gather(*process.sent, return_exceptions=True)
    return discord


def on_invented_time(work: Callable[[], Awaitable[T]]) -> T:
    loop = InventedTime()
    try:
        return loop.run_until_complete(_of(work))
    finally:
        loop.close()


async def _of(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_them_discord_refuses_nothing(seed: int) -> None:
    discord = on_invented_time(lambda: walk(seed, 150.0))
    assert discord.refused == 0
    assert discord.sent > 1000, "and they get on"


def test_one_process_is_refused_nothing_either() -> None:
    assert on_invented_time(lambda: walk(0, 150.0, most=1)).refused == 0


def test_the_walk_finds_requests_that_were_held_up_and_are_not_counted_when_they_get_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class CountsWhenTaken(Pacer):
        def end(self, taken: float, now: float) -> None:
            super().end(taken, taken)

    monkeypatch.setitem(globals(), "Pacer", CountsWhenTaken)
    assert on_invented_time(lambda: walk(0, 150.0)).refused > 50


def test_the_walk_finds_a_process_that_begins_before_the_others_keep_to_their_smaller_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def is_seen(live: tuple[LiveProcess, ...], joined: datetime) -> bool:
        return all(one.is_this or one.seen_at > joined for one in live)

    monkeypatch.setitem(globals(), "is_agreed", is_seen)
    assert on_invented_time(lambda: walk(2, 150.0, holds=False)).refused > 50


def test_all_together_use_nearly_all_of_the_pace() -> None:
    """Answers that are a little early or late cost next to nothing of it."""

    async def sent_by(many: int) -> int:
        chance = random.Random(1)
        discord, table = Discord(), Table(lag=lambda: 0.01, notice_lag=lambda: 0.01)
        running = [Process(str(n + 1), table, discord, lambda: chance.uniform(0.02, 0.06)) for n in range(many)]
        for process in running:
            await process.comes()
        await asyncio.sleep(30)
        before = discord.sent
        await asyncio.sleep(60)
        sent = discord.sent - before
        for process in running:
            await process.leaves()
        assert discord.refused == 0
        return sent

    assert on_invented_time(lambda: sent_by(1)) > 44 * 60
    assert on_invented_time(lambda: sent_by(2)) > 43 * 60
    assert on_invented_time(lambda: sent_by(4)) > 41 * 60
