"""This process among others: it leads only while its lease is believed, and stands back as soon as it is held up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MovableClock
from bot.domain.errors import Unavailable
from bot.domain.processes import BELIEVED, LiveProcess, Standing
from bot.services.processes import ProcessService

CLOCK = MovableClock(datetime(2027, 3, 1, tzinfo=UTC))


class Others:
    """The list of processes in memory: the next sign of life brings back ``standing``."""

    def __init__(self, *, is_shared: bool = True) -> None:
        self.is_shared = is_shared
        self.standing = Standing(leads=True, live=())
        self.broken = False
        self.left = 0
        self.under: list[int] = []
        self.taken: set[str] = set()
        self.beats = 0
        self.beaten = asyncio.Event()

    async def beat(self, started_at: datetime, shards: str = "") -> Standing:
        self.beats += 1
        self.beaten.set()
        if self.broken:
            raise Unavailable("The database doesn't answer.", "Wait.")
        return self.standing

    async def take(self, name: str, lasts: timedelta) -> bool:
        is_free = name not in self.taken
        self.taken.add(name)
        return is_free

    async def begin_apart(self, name: str, apart: timedelta) -> bool:
        return await self.take(name, apart)

    @contextmanager
    def under_lease(self, generation: int) -> Iterator[None]:
        self.under.append(generation)
        yield

    async def let_go(self, name: str) -> None:
        self.taken.discard(name)

    async def live(self) -> tuple[LiveProcess, ...]:
        return self.standing.live

    async def next_beat(self, service: ProcessService) -> None:
        """Wait until another sign of life was given and heard."""
        self.beaten.clear()
        service.look_soon()
        await asyncio.wait_for(self.beaten.wait(), 60)
        await asyncio.sleep(0)

    async def leave(self) -> None:
        self.left += 1


class Steady:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Heard:
    """What the service says of its part."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.has_part: Callable[[], bool] = lambda: False

    def __call__(self, processes: int, has_part: Callable[[], bool], /) -> None:
        self.counts.append(processes)
        self.has_part = has_part


def opened(others: Others) -> tuple[ProcessService, Steady, Heard]:
    steady, heard = Steady(), Heard()
    return ProcessService(others, CLOCK, counted=heard, steady=steady), steady, heard


@pytest.mark.asyncio
async def test_on_sqlite_this_process_is_the_only_one_and_leads() -> None:
    others = Others(is_shared=False)
    service, _, _ = opened(others)
    await service.start()
    assert (service.leads, service.many, others.beats) == (True, 1, 0)
    with service.under_lease():
        assert others.under == []
    await service.stop()
    assert others.left == 0


@pytest.mark.asyncio
async def test_a_lease_is_believed_for_less_than_it_lasts() -> None:
    others = Others()
    service, steady, heard = opened(others)
    await service.start()
    assert service.leads
    assert heard.has_part()
    with service.under_lease():
        assert others.under == [0]
    steady.now += BELIEVED
    assert not service.leads, "this process was held up: another may do it by now"
    assert not heard.has_part()
    await service.stop()
    assert (others.left, service.leads) == (1, False)


@pytest.mark.asyncio
async def test_whoever_takes_over_hears_of_it_and_of_how_many_there_are() -> None:
    others = Others()
    process = LiveProcess(CLOCK.now(), CLOCK.now(), "1.0", "", leads=True, is_this=False, counted_at=CLOCK.now())
    others.standing = Standing(leads=False, live=(process, process), is_agreed=False)
    service, _, heard = opened(others)
    taken_over: list[int] = []
    service.take_over = lambda: taken_over.append(1)
    await service.start()
    assert (service.leads, service.many, taken_over) == (False, 2, [])
    assert not heard.has_part(), "the others have not made room yet"
    others.standing = Standing(leads=True, live=(process,), gone=1, generation=2)
    await others.next_beat(service)
    assert taken_over == [1]
    assert (service.leads, heard.counts[-1]) == (True, 1)
    await service.stop()


@pytest.mark.asyncio
async def test_a_sign_of_life_that_fails_costs_the_lead_and_nothing_else() -> None:
    others = Others()
    others.broken = True
    service, _, _ = opened(others)
    await service.start()
    assert not service.leads
    await others.next_beat(service)
    assert not service.leads
    others.broken = False
    await others.next_beat(service)
    assert service.leads
    await service.start()
    await service.stop()
    await service.stop()
    assert others.left == 1


@pytest.mark.asyncio
async def test_what_one_does_at_a_time_is_taken_and_given_back() -> None:
    service, _, _ = opened(Others())
    assert await service.once("copy", timedelta(minutes=5))
    assert not await service.once("copy", timedelta(minutes=5))
    await service.done("copy")
    assert await service.begin_apart("copy", timedelta(minutes=5))
    assert await service.live() == ()
