"""How often Members asked about a recommendation, and when one was last answered: a line that never claims more than was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.reports import long_date
from bot.domain.said import AnswerState, Said, SaidKind
from bot.domain.searches import Reach

_TIMES = dict(
    enumerate(
        ["once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times"], 1
    )
)


@dataclass(frozen=True, slots=True)
class TimesAsked:
    """Written questions on a row, as the searches found them.

    ``first`` is the day of the earliest, ``answered_on`` of the newest answer. ``is_all`` False: there may be more than ``count``.
    ``since`` is how far was looked, ``published_on`` the day from which questions count. ``state`` is that of the newest question.
    ``looked_on``: when it was last looked; ``is_old``: so long ago that there may be more by now.
    """

    count: int
    since: date
    is_all: bool
    first: date | None = None
    answered_on: date | None = None
    state: AnswerState = AnswerState.NONE
    published_on: date | None = None
    looked_on: date | None = None
    is_old: bool = False

    @property
    def line(self) -> str:
        """Say it in one short line."""
        if not self.count and self.is_all:
            if not self.is_old:
                return f"no written question found since {long_date(self.since)}"
            if self.looked_on is not None:
                return f"no written question found from {long_date(self.since)} to {long_date(self.looked_on)}, the last search"
        if not self.count or self.first is None:
            return "no written question found so far, but the last search wasn't complete"
        times = _TIMES.get(self.count, f"{self.count} times")
        # "Since 2023" speaks of the whole of that year, or of what came of it after the report.
        from_day = max(date(self.first.year, 1, 1), self.published_on or date.min)
        known = self.is_all and not self.is_old and self.since <= from_day
        return f"asked {'' if known else 'at least '}{times} since {self.first.year}; {self._answer}"

    @property
    def _answer(self) -> str:
        if self.answered_on is not None:
            return f"last answered on {long_date(self.answered_on)}"
        if self.state is AnswerState.HOLDING:
            return "only a holding answer so far"
        return "not answered" if self.state is AnswerState.LAPSED else "not answered yet"


def times_asked(
    items: Sequence[Said], reach: Reach, *, is_all: bool, is_old: bool = False, published_on: date | None = None
) -> TimesAsked | None:
    """Count the questions among what was found. None: nobody has looked yet, and nothing was found.

    ``reach`` is that of the searches for questions. ``is_all`` False: not all that they found was looked through. ``is_old``: nobody has
    looked for days. Nothing counts from before ``published_on``.
    """
    asked = [said for said in items if said.kind is SaidKind.QUESTION]
    if reach.since is None and not asked:
        return None
    newest = max(asked, key=lambda said: said.on, default=None)
    first = min((said.on for said in asked), default=None)
    return TimesAsked(
        len(asked),
        reach.since or date.max,
        is_all and reach.is_whole,
        first,
        max((said.answered_on for said in asked if _is_answered(said) and said.answered_on is not None), default=None),
        newest.state if newest is not None else AnswerState.NONE,
        published_on,
        reach.looked_at.date() if reach.looked_at is not None else None,
        is_old,
    )


def _is_answered(said: Said) -> bool:
    return said.state in (AnswerState.ANSWERED, AnswerState.CORRECTED)
