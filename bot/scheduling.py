"""The alarm clock: a handful of jobs that call services. It holds nothing that would be lost; the rows are the reminders."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from bot.clock import LONDON, Clock
from bot.domain.errors import PostbagError

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

SWEEP = "sweep"
# However far off the next reminder is: a wake that was lost, or a clock that was set forward, costs a minute at most.
LONGEST_WAIT = timedelta(seconds=60)
AFTER_FAILURE = timedelta(seconds=10)
LOOK_AFTER = 30.0
"""Seconds between two looks of the watch. It counts on the machine's steady time, which never jumps."""

LOST_AFTER = 75.0
SILENT_AFTER = 300.0
"""Seconds without a sweep after which its alarm is set anew; and without a good one, after which that is critical."""

STUCK_AFTER = 600.0
"""Seconds in which a sweep under way does not get on, after which it is ended: what it held is taken up by its lease."""

FIRST_AFTER: dict[str, float] = {"recompute": 10, "refresh": 30, "expire": 60, "tidy": 120}
"""Seconds after a start, or after another process is gone, in which a daily job is first called."""

EACH_FOR_ITSELF = frozenset({"expire"})
"""Jobs that each process is called for: it has files of its own."""

# Without these APScheduler forgets a job that is a second late, or makes up for every one that a sleeping machine missed.
JOB_DEFAULTS: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


class NextDue(Protocol):
    """What is asked of the delivery service."""

    @property
    def last_step(self) -> float: ...
    async def next_due(self) -> datetime | None: ...
    async def close(self) -> None: ...


class HasDelivery(Protocol):
    """What is asked of all services together."""

    @property
    def delivery(self) -> NextDue: ...


class Jobs(Protocol):
    """What is done on time: ``bot.jobs.App`` fits. ``clock`` may be another than the machine's, by which alarms are set."""

    @property
    def clock(self) -> Clock: ...
    @property
    def services(self) -> HasDelivery: ...
    @property
    def leads(self) -> bool:
        """Tell whether this process does what one does for all: the daily jobs."""
        ...

    async def sweep(self) -> None: ...
    async def recompute(self) -> None: ...
    async def refresh(self) -> None: ...
    async def tidy(self) -> None: ...
    async def expire(self) -> None: ...


class Alarm:
    """Call the jobs on time, from ``start`` until ``stop``. A job that fails is logged, and called again next time.

    Timers live in a context of their own, so that no caller's context is held by a timer that it set off.
    """

    def __init__(self) -> None:
        self._jobs: Jobs | None = None
        self._scheduler: AsyncIOScheduler | None = None
        self._context = contextvars.Context()
        self._sweeping: asyncio.Task[None] | None = None
        self._woken = False
        self._watching: asyncio.TimerHandle | None = None
        self._last_begun = 0.0
        self._last_good = 0.0
        self._said_silent = False

    @property
    def since_good(self) -> float:
        """Give the seconds since the last good sweep, on the machine's steady time."""
        return asyncio.get_running_loop().time() - self._last_good

    def start(self, jobs: Jobs) -> None:
        """Begin: the first sweep runs at once. Called once, on the running loop."""
        if self._scheduler is not None:
            raise RuntimeError("the alarm is set already")
        self._jobs = jobs
        self._last_begun = self._last_good = asyncio.get_running_loop().time()
        self._context.run(self._begin, jobs)

    def _begin(self, jobs: Jobs) -> None:
        from apscheduler.executors.asyncio import AsyncIOExecutor
        from apscheduler.schedulers.asyncio import AsyncIOScheduler
        from apscheduler.triggers.cron import CronTrigger

        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=JOB_DEFAULTS, executors={"default": AsyncIOExecutor()})
        soon = _machine_now()
        daily: tuple[tuple[str, Callable[[], Awaitable[None]], CronTrigger], ...] = (
            # None between one and two at night: that hour comes twice in October and not at all in March.
            ("recompute", jobs.recompute, CronTrigger(hour=0, minute=5, timezone=LONDON)),
            ("refresh", jobs.refresh, CronTrigger(hour="3,11,19", minute=20, timezone=LONDON)),
            ("tidy", jobs.tidy, CronTrigger(hour=4, minute=20, timezone=LONDON)),
            ("expire", jobs.expire, CronTrigger(minute=50, timezone=LONDON)),
        )
        for name, job, trigger in daily:
            first = soon + timedelta(seconds=FIRST_AFTER[name])
            scheduler.add_job(self._guarded, trigger, args=(name, job), id=name, next_run_time=first)
        scheduler.start()
        self._scheduler = scheduler
        self._arm(soon)
        self._watching = asyncio.get_running_loop().call_later(LOOK_AFTER, self._watch)

    def wake(self) -> None:
        """Look again what is due, at once: something may be due earlier than was thought. Harmless before ``start``."""
        self._woken = True
        if self._scheduler is not None and self._sweeping is None:
            self._context.run(self._arm, _machine_now())

    async def stop(self) -> None:
        """Set no more alarms; let a sweep under way finish what is being sent, and begin nothing new."""
        if self._scheduler is None or self._jobs is None:
            return
        self._scheduler.shutdown(wait=False)
        self._scheduler = None
        if self._watching is not None:
            self._watching.cancel()
        await self._jobs.services.delivery.close()
        if self._sweeping is not None:
            await asyncio.wait([self._sweeping])

    async def _ring(self) -> None:
        """Set a sweep going, apart from the scheduler, which cancels what it runs when it is stopped."""
        if self._sweeping is None and self._scheduler is not None:
            self._sweeping = asyncio.get_running_loop().create_task(self._sweep(), name="sweep")

    async def _sweep(self) -> None:
        assert self._jobs is not None
        jobs, loop = self._jobs, asyncio.get_running_loop()
        self._last_begun = loop.time()
        self._woken = False
        wait = AFTER_FAILURE
        try:
            await jobs.sweep()
            due = await jobs.services.delivery.next_due()
            wait = LONGEST_WAIT if due is None else max(timedelta(0), min(due - jobs.clock.now(), LONGEST_WAIT))
            self._last_good = loop.time()
            self._said_silent = False
        except PostbagError as error:  # a database that is away, or full: one line says it
            log.warning("a sweep failed: %s The next one follows in %d seconds", error.message, wait.total_seconds())
        except Exception:
            log.exception("a sweep failed; the next one follows in %d seconds", AFTER_FAILURE.total_seconds())
        finally:
            self._sweeping = None
            if self._scheduler is not None:
                self._arm(_machine_now() + (timedelta(0) if self._woken else wait))

    def _arm(self, when: datetime) -> None:
        """Set the one alarm of the sweep. Two may overlap for a moment: the earlier has rung, the later is being set."""
        from apscheduler.triggers.date import DateTrigger

        if self._scheduler is not None:
            self._scheduler.add_job(self._ring, DateTrigger(when), id=SWEEP, replace_existing=True, max_instances=2)

    def take_over(self) -> None:
        """Call the daily jobs soon: the process that did them for all is gone, maybe in the middle of one."""
        if self._scheduler is not None:
            for name, seconds in FIRST_AFTER.items():
                self._scheduler.modify_job(name, next_run_time=_machine_now() + timedelta(seconds=seconds))

    async def _guarded(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        if self._jobs is not None and not self._jobs.leads and name not in EACH_FOR_ITSELF:
            return
        try:
            await job()
        except PostbagError as error:
            log.warning("the job %s failed: %s It is tried again at its next time", name, error.message)
            return
        except Exception:
            log.exception("the job %s failed; it is tried again at its next time", name)
            return
        if name == "recompute":
            self.wake()

    def _watch(self) -> None:
        """Say it loudly when sweeps stop, and set the alarm anew where it was lost or the machine's clock went back."""
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(LOOK_AFTER, self._watch)
        step = self._jobs.services.delivery.last_step if self._jobs is not None else 0.0
        silent = loop.time() - max(self._last_good, step)
        if silent >= SILENT_AFTER and not self._said_silent:
            log.critical("no sweep has succeeded for %d minutes: reminders are not going out", silent // 60)
            self._said_silent = True
        if self._sweeping is not None and loop.time() - max(self._last_begun, step) >= STUCK_AFTER:
            log.critical("a sweep is stuck and is ended; another one follows")
            self._last_begun = loop.time()
            self._sweeping.cancel()
        if self._sweeping is None and loop.time() - self._last_begun >= LOST_AFTER:
            self._arm(_machine_now())


def _machine_now() -> datetime:
    """Give the machine's time, by which APScheduler runs: Postbag's own clock may be another."""
    return datetime.now(UTC)
