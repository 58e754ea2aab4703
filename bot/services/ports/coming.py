"""What the use cases need from Parliament's services about what is coming up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.domain.said import QuestionTime, Sitting


class CalendarSource(Protocol):
    """The calendar of both Houses. Unavailable: it failed, which is never "nothing is on"."""

    async def events(self, start: date, end: date) -> tuple[Sitting, ...]: ...


class TimesSource(Protocol):
    """When departments answer in the House."""

    async def question_times(self, start: date, end: date) -> tuple[QuestionTime, ...]: ...


class CallsSource(Protocol):
    """Calls for evidence that are open: key, title, last day (None: none is given)."""

    async def calls_for_evidence(self) -> tuple[tuple[int, str, date | None], ...]: ...


@dataclass(frozen=True, slots=True)
class ComingSources:
    """The services that are read."""

    calendar: CalendarSource
    times: TimesSource
    calls: CallsSource
