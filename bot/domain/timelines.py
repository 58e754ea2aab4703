"""The life of a deadline as marks on a line: published, expected, promised, received; how late. Picture and text share it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.deadlines import Deadline, DeadlineState, days
from bot.domain.group_events import GroupEvent
from bot.domain.reports import long_date

TIMES_DRAWN = 3


class Mark(StrEnum):
    """What happened, or is to happen, on a day. Each has a shape of its own, so that none is told by colour alone."""

    PUBLISHED = "Published"
    EXPECTED = "Expected"
    PROMISED = "Promised"
    PARTLY = "Partly answered"
    RECEIVED = "Received"
    ENDED = "Ended"
    EVENT = "Takes place"
    TODAY = "Today"

    @property
    def sign(self) -> str:
        return {
            Mark.PUBLISHED: "○",
            Mark.EXPECTED: "◇",
            Mark.PROMISED: "△",
            Mark.PARTLY: "◐",
            Mark.RECEIVED: "●",
            Mark.ENDED: "×",
            Mark.EVENT: "◆",
            Mark.TODAY: "│",
        }[self]


@dataclass(frozen=True, slots=True)
class Point:
    """One mark with its day and, where there is more to say, a few words."""

    mark: Mark
    on: date
    words: str = ""

    @property
    def line(self) -> str:
        said = f"{self.mark.value}: {long_date(self.on)}"
        return f"{said}, {self.words}" if self.words else said


@dataclass(frozen=True, slots=True)
class Timeline:
    """One deadline drawn out. ``points`` are in order of day. ``late_from`` to ``late_until`` is the time after the day."""

    title: str
    state: str
    points: tuple[Point, ...]
    today: date
    late_from: date | None = None
    late_until: date | None = None
    is_open: bool = True
    waits_for: date = date.max

    @property
    def begins(self) -> date:
        return min(point.on for point in self.points)

    @property
    def ends(self) -> date:
        return max(point.on for point in self.points)


def timeline_of(deadline: Deadline, today: date) -> Timeline:
    """Draw out a deadline as it stands on a London day."""
    state = deadline.state(today)
    until = deadline.received_on if state is DeadlineState.ANSWERED and deadline.received_on is not None else today
    open_or_answered = state.is_open or state is DeadlineState.ANSWERED
    late = max(0, (until - deadline.due_on).days) if open_or_answered else 0
    points = [Point(Mark.EXPECTED, deadline.due_on)]
    if deadline.started_on is not None:
        points.append(Point(Mark.PUBLISHED, deadline.started_on))
    if deadline.promised_on is not None:
        points.append(Point(Mark.PROMISED, deadline.promised_on))
    if deadline.partly_on is not None and deadline.partly_on <= today:
        points.append(Point(Mark.PARTLY, deadline.partly_on))
    if state is DeadlineState.ANSWERED and deadline.received_on is not None:
        lateness = f"{days(late)} late" if late else "on time"
        points.append(Point(Mark.RECEIVED, deadline.received_on, lateness))
    elif state in (DeadlineState.WITHDRAWN, DeadlineState.LAPSED):
        points.append(Point(Mark.ENDED, deadline.told_on(today), state.label.lower()))
    else:
        points.append(Point(Mark.TODAY, today, _today_words(deadline, state, late, today)))
    order = list(Mark)
    points.sort(key=lambda point: (point.on, order.index(point.mark)))
    return Timeline(
        title=" ".join(deadline.title.split()),
        state=state.label,
        points=tuple(points),
        today=today,
        late_from=deadline.due_on if late else None,
        late_until=until if late else None,
        is_open=state.is_open,
        waits_for=deadline.watch_on,
    )


def timeline_of_event(event: GroupEvent, now: datetime) -> Timeline:
    """Draw out an event that is still to come: today, and its next times. Nothing of it can be late."""
    today = event.local_day(now)
    coming = event.coming(now, TIMES_DRAWN)
    first = coming[0].on if coming else today
    ahead = (first - today).days
    points = [Point(Mark.TODAY, today, f"{days(ahead)} to go" if ahead > 0 else "the day itself")]
    points += [Point(Mark.EVENT, here.on, here.when.partition(", ")[2]) for here in coming]
    points.sort(key=lambda point: (point.on, point.mark is Mark.EVENT))
    return Timeline(
        title=" ".join(event.title.split()),
        state=event.state(now).label,
        points=tuple(points),
        today=today,
        waits_for=first,
    )


def _today_words(deadline: Deadline, state: DeadlineState, late: int, today: date) -> str:
    if state is DeadlineState.PROMISED and deadline.promised_on is not None and deadline.promised_on > today:
        return f"{days((deadline.promised_on - today).days)} to the promised day"
    if late:
        return f"{days(late)} overdue" if state is DeadlineState.OVERDUE else f"{days(late)} after the day"
    if state is DeadlineState.DUE_TODAY:
        return "the day itself; not seen yet"
    return f"{days((deadline.due_on - today).days)} to go"
