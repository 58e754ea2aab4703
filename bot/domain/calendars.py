"""What of a deadline belongs into a calendar: a whole day with words, and an identity that an update keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.domain.deadlines import Deadline, DeadlineState
from bot.domain.reminders import CivilTime

NEUTRAL_TITLE = "A date to look at"
NEUTRAL_TEXT = "Open /deadlines list where your group uses Postbag."


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry of a calendar: a whole day, or the minute ``at``. ``sequence`` goes up with every change of the same ``uid``."""

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
    at: CivilTime | None = None


def entry_of(deadline: Deadline, today: date, *, neutral: bool = False) -> CalendarEntry:
    """Give the calendar entry of a deadline. It lies on the day that is waited for; closed without an answer, it is cancelled.

    ``neutral`` gives the day alone: no title, no working, no link.
    """
    state = deadline.state(today)
    cancelled = state in (DeadlineState.WITHDRAWN, DeadlineState.LAPSED)
    link = (deadline.received_url if state is DeadlineState.ANSWERED else "") or deadline.source_url
    lines = [f"{deadline.headline(today)}.", *deadline.working(today)]
    if deadline.rule.source_url:
        lines.append(deadline.rule.source_url)
    return CalendarEntry(
        uid=_uid(deadline),
        on=deadline.due_on if state is DeadlineState.ANSWERED else deadline.watch_on,
        title=NEUTRAL_TITLE if neutral else f"{_LEAD.get(state, 'Expected')}: {deadline.title}",
        text=NEUTRAL_TEXT if neutral else "\n".join(lines),
        url="" if neutral else link,
        category="" if neutral else deadline.kind.label,
        sequence=deadline.revision - 1,
        made_at=deadline.created_at,
        changed_at=deadline.updated_at,
        cancelled=cancelled,
    )


_LEAD = {
    DeadlineState.ANSWERED: "Answered",
    DeadlineState.PARTLY_ANSWERED: "Partly answered, rest expected",
    DeadlineState.PROMISED: "Promised",
    DeadlineState.OVERDUE: "Overdue, expected",
    DeadlineState.WITHDRAWN: "Withdrawn",
    DeadlineState.LAPSED: "Lapsed",
}


def _uid(deadline: Deadline) -> str:
    """Name a deadline the same for ever, and without any id of Discord's."""
    if not deadline.deadline_id:
        return f"response-to-{deadline.report}@postbag.invalid"
    made = deadline.created_at or datetime(1970, 1, 1, tzinfo=UTC)
    return f"deadline-{deadline.deadline_id}-{int(made.timestamp() * 1_000_000):x}@postbag.invalid"
