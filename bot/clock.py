"""The only source of the time: everything that needs "now" is handed a Clock."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
"""Parliament's own time zone: the dates of publications and deadlines are London dates."""


class Clock(Protocol):
    """Tell the time. ``now()`` is an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved: for the rehearsal room and for tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Set the clock to an aware datetime, later or earlier."""
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = instant.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the clock by an amount of time."""
        self._now += by


def steady_seconds() -> float:
    """Give seconds that never jump and, where the system counts so, go on while the machine sleeps."""
    slept_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if slept_too is None else time.clock_gettime(slept_too)


def london_today(clock: Clock) -> date:
    """Give today's date in London, the date by which Parliament counts."""
    return clock.now().astimezone(LONDON).date()
