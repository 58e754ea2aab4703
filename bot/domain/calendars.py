"""What of a deadline or a plan belongs into a calendar: whole days with words that stay true, and an identity that an update keeps.

A file is out of reach once it is in somebody's calendar. So nothing in it counts from today, each thing has one identity in
every file of this installation and in no other's, and what ended is sent as cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.domain.actions import Action, ActionState
from bot.domain.deadlines import Deadline, DeadlineState
from bot.domain.group_events import (
    EVENT_BACK,
    EVENTS_AHEAD,
    SINGLE,
    GroupEvent,
    GroupEventKind,
    Occurrence,
    repeat_words,
)
from bot.domain.reports import long_date

NEUTRAL_TITLE = "A date to look at"
NEUTRAL_NAME = "Dates"
NEUTRAL_FILE = "dates.ics"
DAY_BEFORE = -timedelta(hours=15)
"""When an alarm rings that is asked for: 9am on the day before, from the midnight on which a whole day begins."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry of a calendar: a whole day, or (``starts`` and ``ends``) a time. ``sequence`` goes up with every change of the
    same ``uid``.

    ``last_on`` is the last of several whole days. ``alarm`` is when it rings, from the midnight on which the day begins, or
    from the start of a time.
    """

    uid: str
    on: date
    title: str
    text: str = ""
    url: str = ""
    category: str = ""
    sequence: int = 0
    made_at: datetime | None = None
    changed_at: datetime | None = None
    cancelled: bool = False
    alarm: timedelta | None = None
    last_on: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    place: str = ""


def entry_of(
    deadline: Deadline,
    today: date,
    *,
    neutral: bool = False,
    installation: str = "",
    alarm: timedelta | None = None,
) -> CalendarEntry:
    """Give the calendar entry of a deadline. It lies on the day that is waited for; closed without an answer, it is cancelled.

    ``neutral`` gives the day alone: no title, no working, no link, no name.
    """
    state = deadline.state(today)
    cancelled = state in (DeadlineState.WITHDRAWN, DeadlineState.LAPSED)
    answered = state is DeadlineState.ANSWERED
    link = (deadline.received_url if answered else "") or deadline.source_url
    return CalendarEntry(
        uid=_uid_of(deadline, installation),
        on=deadline.due_on if answered else deadline.watch_on,
        title=NEUTRAL_TITLE if neutral else f"{_LEAD.get(state, 'Expected')}: {deadline.title}",
        text="" if neutral else "\n".join(_facts(deadline, today)),
        url="" if neutral else link,
        category="" if neutral else deadline.kind.label,
        sequence=deadline.revision - 1,
        made_at=deadline.created_at,
        changed_at=deadline.updated_at,
        cancelled=cancelled,
        alarm=None if answered or cancelled else alarm,
    )


def entries_of(
    action: Action,
    gone: Mapping[str, date],
    now: datetime,
    *,
    neutral: bool = False,
    installation: str = "",
    alarm: timedelta | None = None,
) -> list[CalendarEntry]:
    """Give the calendar entries of a plan: its steps, and as cancelled those that are skipped or were taken out (``gone``)."""
    over = action.stored is ActionState.CANCELLED
    steps = [(step.key, step.on, step.title, over or step.is_skipped) for step in action.steps]
    held = {step.key for step in action.steps}
    steps += [(key, on, "A step", True) for key, on in sorted(gone.items()) if key not in held]
    return [
        CalendarEntry(
            uid=_uid(installation, "step", int(action.action_id), key, action.created_at),
            on=on,
            title=NEUTRAL_TITLE if neutral else f"{action.title}: {title}",
            text="" if neutral else f"A step of your group's plan “{action.title}”, for {long_date(action.centre_on)}.",
            sequence=action.revision - 1,
            made_at=action.created_at,
            changed_at=action.updated_at or now,
            cancelled=cancelled,
            alarm=None if cancelled else alarm,
        )
        for key, on, title, cancelled in steps
    ]


def entries_of_event(
    event: GroupEvent,
    now: datetime,
    *,
    neutral: bool = False,
    installation: str = "",
    alarm: timedelta | None = None,
) -> list[CalendarEntry]:
    """Give the calendar entries of an event: each of its next times, and as cancelled those that were left out or called off.

    A time keeps its identity where it is moved. ``neutral`` gives the days alone.
    """
    if event.kind is GroupEventKind.POST:
        return []
    since = event.local_day(now) - EVENT_BACK
    off = event.off_on is not None
    found = [(o, o.for_day.isoformat() if event.repeats else "", off) for o in event.occurrences(since, EVENTS_AHEAD)]
    for move in event.moved:
        if move.on is None and (move.for_day >= since or move.for_day == SINGLE):
            part = "" if move.for_day == SINGLE else move.for_day.isoformat()
            day = move.for_day if part else event.on
            found.append(
                (Occurrence(move.for_day, day, event.at, event.zone, event.minutes, event.by_clock), part, True)
            )
    again = f" It repeats {repeat_words(event)}; download the file again for later ones." if event.repeats else ""
    return [
        _entry_of_time(event, here, part, again, now, neutral, installation, alarm, cancelled=gone)
        for here, part, gone in found
    ]


def _entry_of_time(
    event: GroupEvent,
    here: Occurrence,
    part: str,
    again: str,
    now: datetime,
    neutral: bool,
    installation: str,
    alarm: timedelta | None,
    *,
    cancelled: bool,
) -> CalendarEntry:
    timed = here.at is not None and not neutral
    rings = alarm if not timed or alarm is None else -timedelta(days=1)
    ends = here.ends if event.minutes else here.starts + timedelta(hours=1)
    return CalendarEntry(
        uid=_uid(installation, "event", int(event.group_event_id), part, event.created_at),
        on=here.on,
        title=NEUTRAL_TITLE if neutral else event.title,
        text="" if neutral else f"{event.kind.label} of your group.{again}",
        url="" if neutral else event.url,
        category="" if neutral else event.kind.label,
        sequence=event.revision - 1,
        made_at=event.created_at,
        changed_at=event.updated_at or now,
        cancelled=cancelled,
        alarm=None if cancelled or here.ends <= now else rings,
        last_on=here.last_day,
        starts=here.starts if timed else None,
        ends=ends if timed else None,
        place="" if neutral else event.place,
    )


def _facts(deadline: Deadline, today: date) -> Iterable[str]:
    """Give what is known of a deadline, with the day it was known on; nothing that counts from today."""
    known_on = deadline.updated_at.date() if deadline.updated_at is not None else today
    yield f"As recorded on {long_date(known_on)}:"
    answered = deadline.state(today) is DeadlineState.ANSWERED
    for line in deadline.working(today):
        if answered or not line.startswith(f"{long_date(deadline.due_on)} to "):
            yield line
    if deadline.rule.source_url:
        yield deadline.rule.source_url


_LEAD = {
    DeadlineState.ANSWERED: "Answered",
    DeadlineState.PROMISED: "Promised",
    DeadlineState.WITHDRAWN: "Withdrawn",
    DeadlineState.LAPSED: "Lapsed",
}


def _uid_of(deadline: Deadline, installation: str) -> str:
    if not deadline.deadline_id:
        return _uid(installation, "response", str(deadline.report), "", None)
    return _uid(installation, "deadline", int(deadline.deadline_id), "", deadline.created_at)


def _uid(installation: str, kind: str, number: int | str, part: str, made_at: datetime | None) -> str:
    """Name a thing the same for ever, in every file and in this installation alone. It tells nobody what it names."""
    made = int((made_at or datetime(1970, 1, 1, tzinfo=UTC)).timestamp() * 1_000_000)
    namespace = UUID(installation) if installation else NAMESPACE_URL
    return str(uuid5(namespace, f"{kind}/{number}/{part}/{made:x}"))
