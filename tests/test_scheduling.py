from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot import scheduling
from bot.clock import Clock, SystemClock
from bot.scheduling import Alarm

pytestmark = pytest.mark.asyncio


class OffsetClock:
    """The machine's clock, moved by a fixed amount: it runs, but in another year."""

    def __init__(self, offset: timedelta) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset


class Delivery:
    """A delivery service that knows only when something is due."""

    def __init__(self) -> None:
        self.due: datetime | None = None
        self.closed = False
        self.last_step = 0.0

    async def close(self) -> None:
        self.closed = True

    async def next_due(self) -> datetime | None:
        return self.due


class Services:
    def __init__(self) -> None:
        self.delivery = Delivery()


class Jobs:
    """Jobs that count how often they are called."""

    leads = True

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.services = Services()
        self.sweeps = 0
        self.done: list[str] = []
        self.fails = False
        self.hold: asyncio.Event | None = None
        self.on_sweep: Callable[[], None] | None = None

    async def sweep(self) -> None:
        self.sweeps += 1
        self.services.delivery.due = None
        if self.on_sweep is not None:
            self.on_sweep()
        if self.hold is not None:
            await self.hold.wait()
        if self.fails:
            raise RuntimeError("the disk is full")

    async def recompute(self) -> None:
        self.done.append("recompute")

    async def refresh(self) -> None:
        self.done.append("refresh")

    async def tidy(self) -> None:
        self.done.append("tidy")

    async def expire(self) -> None:
        self.done.append("expire")


@pytest.fixture
def jobs() -> Jobs:
    return Jobs(SystemClock())


@pytest_asyncio.fixture
async def alarm() -> AsyncIterator[Alarm]:
    made = Alarm()
    yield made
    await made.stop()


async def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - the thing looked at has no event
            await asyncio.sleep(0.005)


async def test_the_first_sweep_runs_at_once_and_then_it_waits(alarm: Alarm, jobs: Jobs) -> None:
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    await asyncio.sleep(0.2)
    assert jobs.sweeps == 1


async def test_the_next_sweep_is_at_the_next_due_time(alarm: Alarm, jobs: Jobs) -> None:
    begun = asyncio.get_running_loop().time()

    def plan() -> None:
        if jobs.sweeps == 1:
            jobs.services.delivery.due = datetime.now(UTC) + timedelta(seconds=0.3)

    jobs.on_sweep = plan
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 2)
    assert asyncio.get_running_loop().time() - begun > 0.28


async def test_another_clock_than_the_machines_counts_only_as_a_difference(alarm: Alarm) -> None:
    jobs = Jobs(OffsetClock(timedelta(days=400)))

    def plan() -> None:
        if jobs.sweeps == 1:
            jobs.services.delivery.due = jobs.clock.now() + timedelta(seconds=0.2)

    jobs.on_sweep = plan
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 2)


async def test_what_is_overdue_is_swept_again_at_once_every_time(alarm: Alarm, jobs: Jobs) -> None:
    def plan() -> None:
        if jobs.sweeps < 50:
            jobs.services.delivery.due = datetime.now(UTC) - timedelta(days=1)

    jobs.on_sweep = plan
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 50)


async def test_a_process_that_does_not_lead_sweeps_and_leaves_the_daily_jobs_until_it_takes_over(
    alarm: Alarm, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduling.FIRST_AFTER", {"recompute": 0, "refresh": 0, "expire": 0, "tidy": 0})
    jobs.leads = False
    alarm.take_over()  # harmless before it is set
    alarm.start(jobs)
    await until(lambda: jobs.sweeps > 0)
    await until(lambda: jobs.done == ["expire"])  # each has files of its own
    jobs.done.clear()
    jobs.leads = True
    alarm.take_over()
    await until(lambda: sorted(jobs.done) == ["expire", "recompute", "refresh", "tidy"])


async def test_waking_sweeps_at_once(alarm: Alarm, jobs: Jobs) -> None:
    alarm.wake()
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    await asyncio.sleep(0.05)
    alarm.wake()
    await until(lambda: jobs.sweeps == 2)


async def test_waking_during_a_sweep_is_not_forgotten(alarm: Alarm, jobs: Jobs) -> None:
    jobs.hold = asyncio.Event()
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    alarm.wake()
    await asyncio.sleep(0.05)
    assert jobs.sweeps == 1
    jobs.hold.set()
    await until(lambda: jobs.sweeps == 2)


async def test_a_sweep_that_fails_is_logged_and_followed_by_another(
    alarm: Alarm, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduling, "AFTER_FAILURE", timedelta(seconds=0.05))
    jobs.fails = True
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 3)
    assert "a sweep failed" in caplog.text


async def test_when_sweeps_stop_it_is_said_as_critical_once(
    alarm: Alarm, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduling, "LOOK_AFTER", 0.02)
    monkeypatch.setattr(scheduling, "SILENT_AFTER", 0.1)
    monkeypatch.setattr(scheduling, "AFTER_FAILURE", timedelta(seconds=0.02))
    jobs.fails = True
    alarm.start(jobs)
    await until(lambda: any(r.levelno == logging.CRITICAL for r in caplog.records))
    await asyncio.sleep(0.15)
    assert sum(r.levelno == logging.CRITICAL for r in caplog.records) == 1


async def test_a_sweep_that_hangs_is_ended_and_another_begun(
    alarm: Alarm, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduling, "LOOK_AFTER", 0.02)
    monkeypatch.setattr(scheduling, "STUCK_AFTER", 0.2)
    monkeypatch.setattr(scheduling, "AFTER_FAILURE", timedelta(seconds=0.02))
    jobs.hold = asyncio.Event()  # never set
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    for _ in range(20):  # one that gets on is left alone, however long it takes
        jobs.services.delivery.last_step = asyncio.get_running_loop().time()
        await asyncio.sleep(0.02)
    assert jobs.sweeps == 1
    await until(lambda: jobs.sweeps >= 2)
    assert "a sweep is stuck" in caplog.text
    jobs.hold.set()


async def test_an_alarm_lost_to_a_clock_that_went_back_is_set_anew(
    alarm: Alarm, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "LOOK_AFTER", 0.02)
    monkeypatch.setattr(scheduling, "LOST_AFTER", 0.1)
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    await asyncio.sleep(0.02)
    alarm._arm(datetime.now(UTC) + timedelta(hours=1))  # as if the hour had been put back after it was set
    await until(lambda: jobs.sweeps == 2)


async def test_stopping_waits_for_the_sweep_under_way_and_begins_none(alarm: Alarm, jobs: Jobs) -> None:
    jobs.hold = asyncio.Event()
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    stopping = asyncio.create_task(alarm.stop())
    await asyncio.sleep(0.05)
    assert jobs.services.delivery.closed
    assert not stopping.done()
    jobs.hold.set()
    await stopping
    alarm.wake()
    await asyncio.sleep(0.1)
    assert jobs.sweeps == 1


async def test_the_other_jobs_run_after_start_and_a_failing_one_harms_nobody(
    alarm: Alarm, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(jobs, "refresh", broken)
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    assert alarm._scheduler is not None
    for name in ("recompute", "refresh", "expire", "tidy"):
        alarm._scheduler.modify_job(name, next_run_time=datetime.now(UTC))
    await until(lambda: len(jobs.done) == 3)
    assert sorted(jobs.done) == ["expire", "recompute", "tidy"]
    assert "the job refresh failed" in caplog.text
    assert {job.id for job in alarm._scheduler.get_jobs()} >= {"recompute", "refresh", "expire", "tidy"}
    await until(lambda: jobs.sweeps >= 2)  # what was recomputed may be due


async def test_a_caller_that_wakes_it_leaves_nothing_of_its_own_behind(alarm: Alarm, jobs: Jobs) -> None:
    """A timer carries the context it was made in: one made for a command must not make the command look unfinished."""
    mark: contextvars.ContextVar[str] = contextvars.ContextVar("mark", default="")
    seen: list[str] = []
    jobs.on_sweep = lambda: seen.append(mark.get())
    alarm.start(jobs)
    await until(lambda: jobs.sweeps == 1)
    await asyncio.sleep(0.02)
    mark.set("a command")
    alarm.wake()
    await until(lambda: jobs.sweeps == 2)
    assert seen == ["", ""]


async def test_it_is_set_once(alarm: Alarm, jobs: Jobs) -> None:
    alarm.start(jobs)
    with pytest.raises(RuntimeError, match="already"):
        alarm.start(jobs)
