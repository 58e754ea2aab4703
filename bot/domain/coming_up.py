"""What is coming up in Parliament that touches a report: debates, question times, committee sessions, calls for evidence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.look_words import match_must, words_of

AHEAD = timedelta(days=14)
NO_LAST_DAY = date.max
"""The day of a call for evidence that stays open until its committee ends it: after everything that has one."""

CALLS_AHEAD = timedelta(days=90)
"""Calls for evidence stay open for weeks, and writing takes weeks, too."""


class ComingKind(StrEnum):
    """What kind of thing it is."""

    BUSINESS = "business"
    QUESTION_TIME = "question time"
    SESSION = "session"
    CALL = "call"


KIND_NAMES = {
    ComingKind.BUSINESS: "In the House",
    ComingKind.QUESTION_TIME: "Question time",
    ComingKind.SESSION: "Committee session",
    ComingKind.CALL: "Call for evidence",
}


@dataclass(frozen=True, slots=True)
class ComingUp:
    """One thing to come. ``on`` is its day; of a call its last day (``NO_LAST_DAY``: it names none).

    ``closes_on``: until when questions can be tabled.

    ``time`` and ``closes`` are as the service writes them (14:30), or empty. ``url`` is its page, or empty.
    """

    kind: ComingKind
    key: str
    on: date
    title: str
    time: str = ""
    where: str = ""
    committee: str = ""
    closes_on: date | None = None
    closes: str = ""
    url: str = ""

    @property
    def is_open_ended(self) -> bool:
        """Tell whether it has no day to plan back from."""
        return self.on == NO_LAST_DAY

    @property
    def ref(self) -> str:
        """Name it in a control and among what organisers were told: another day is another thing to tell.

        Another time on the same day is not: the list shows the time as it was last read.
        """
        return f"{self.kind.value.replace(' ', '-')}-{self.key}-{self.on:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Touched:
    """What a report is touched by: its own words, its committee, and the departments that must act on it."""

    must: tuple[str, ...]
    committee: str
    departments: tuple[str, ...]


def touches(coming: ComingUp, report: Touched) -> bool:
    """Tell whether something to come is about a report: by its own words, or by who meets.

    That is its own committee in session, or the departments that must act on it at their question time.
    """
    if coming.kind is ComingKind.QUESTION_TIME:
        bodies = [words_of(one) for one in coming.title.split(";")]
        wanted = [words_of(one) for one in report.departments]
        return any(_is_within(name, body) for name in wanted for body in bodies)
    if coming.kind is ComingKind.SESSION and _same_committee(coming.committee, report.committee):
        return True
    return match_must(report.must, coming.title, "")


def _same_committee(one: str, other: str) -> bool:
    names = [[word for word in words_of(name) if word not in ("the", "committee")] for name in (one, other)]
    return bool(names[0]) and names[0] == names[1]


def _is_within(name: Sequence[str], body: Sequence[str]) -> bool:
    telling = [
        word for word in name if word not in ("and", "the", "of", "for", "department", "office", "ministry", "hm")
    ]
    return bool(telling) and set(telling) <= set(body)


def told_day(ref: str) -> date | None:
    """Read the day out of a ``ref``; None: it is none."""
    try:
        return date.fromisoformat(ref.rpartition("-")[2])
    except ValueError:
        return None


def still_to_come(items: Collection[ComingUp], today: date) -> tuple[ComingUp, ...]:
    """List what has not passed, in order."""
    found = [one for one in items if today <= one.on]
    return tuple(sorted(found, key=lambda one: (one.on, one.time, one.kind, one.key)))
