"""Sessions on Discord begin apart: in one process and in several, of each kind of shard, also where Discord or the database is silent."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.chat.identifying import APART, Identifying
from bot.domain.errors import Unavailable

pytestmark = pytest.mark.asyncio
DISCORDS_OWN = 5.0


@dataclass
class Steps:
    """A time that goes on only where everybody sleeps, from step to step; and the turns of all processes, kept by it."""

    now: float = 100.0
    is_away: bool = False
    waiting: list[tuple[float, int, asyncio.Event]] = field(default_factory=list)
    free_at: dict[str, float] = field(default_factory=dict)

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        heapq.heappush(self.waiting, (self.now + seconds, id(woken), woken))
        await woken.wait()

    async def go_on(self, done: Callable[[], bool]) -> None:
        while not done():
            for _ in range(20):
                await asyncio.sleep(0)
            if self.waiting and not done():
                self.now, _, woken = heapq.heappop(self.waiting)
                woken.set()

    async def begin_apart(self, name: str, apart: timedelta) -> bool:
        if self.is_away:
            raise Unavailable("The database isn't answering just now.", "Try again in a minute.")
        if self.free_at.get(name, 0.0) > self.now:
            return False
        self.free_at[name] = self.now + apart.total_seconds()
        return True


async def begun(steps: Steps, kinds: Callable[[], Awaitable[int]], *processes: range) -> dict[int, float]:
    """Let each process begin all its shards at once, and note when each began."""
    at: dict[int, float] = {}

    async def begins(one: Identifying, shard: int) -> None:
        await one.turn(shard)
        at[shard] = steps.now

    tasks = []
    for shards in processes:
        one = Identifying(steps, kinds, steady=lambda: steps.now, sleep=steps.sleep)
        tasks += [asyncio.create_task(begins(one, shard)) for shard in shards]
    await steps.go_on(lambda: all(task.done() for task in tasks))
    await asyncio.gather(*tasks)
    return at


def kinds(many: int) -> Callable[[], Awaitable[int]]:
    async def asked() -> int:
        return many

    return asked


def nearest(at: dict[int, float], many: int) -> float:
    """Give the least time between two sessions of one kind."""
    gaps = [DISCORDS_OWN * 100]
    for kind in range(many):
        times = sorted(when for shard, when in at.items() if shard % many == kind)
        gaps += [later - sooner for sooner, later in pairwise(times)]
    return min(gaps)


@pytest.mark.parametrize("many", [1, 2, 16])
@pytest.mark.parametrize("processes", [(range(6),), (range(3), range(3, 6)), (range(2), range(2, 4), range(4, 9))])
async def test_no_two_sessions_of_a_kind_begin_within_discords_time(many: int, processes: tuple[range, ...]) -> None:
    at = await begun(Steps(), kinds(many), *processes)
    assert len(at) == sum(len(shards) for shards in processes)
    assert nearest(at, many) > DISCORDS_OWN


async def test_sessions_of_different_kinds_wait_for_nobody() -> None:
    at = await begun(Steps(), kinds(16), range(8), range(8, 16))
    assert set(at.values()) == {100.0}


async def test_a_process_whose_database_is_away_keeps_its_own_sessions_apart() -> None:
    at = await begun(Steps(is_away=True), kinds(1), range(4))
    assert nearest(at, 1) > DISCORDS_OWN


async def test_where_discord_does_not_say_how_many_there_is_one_kind() -> None:
    async def silent() -> int:
        raise OSError

    at = await begun(Steps(), silent, range(3), range(3, 5))
    assert nearest(at, 1) > DISCORDS_OWN


async def test_a_session_long_after_the_last_begins_at_once() -> None:
    steps = Steps()
    one = Identifying(steps, kinds(1), steady=lambda: steps.now, sleep=steps.sleep)
    await one.turn(0)
    steps.now += APART.total_seconds()
    await one.turn(0)
    assert steps.waiting == []
