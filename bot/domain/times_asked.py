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
    ``since`` is how far was looked. ``state`` is that of the newest question.
    """

    count: int
    since: date
    is_all: bool
    first: date | None = None
    answered_on: date | None = None
    state: AnswerState = AnswerState.NONE

    @property
    def line(self) -> str:
        """Say it in one short line."""
        if not self.count and self.is_all:
            return f"no written question found since {long_date(self.since)}"
        if not self.count or self.first is None:
            return "no written question found so far, but the last search wasn't complete"
        times = _TIMES.get(self.count, f"{self.count} times")
        known = self.is_all and self.since <= self.first
        return f"asked {'' if known else 'at least '}{times} since {self.first.year}; {self._answer}"

    @property
    def _answer(self) -> str:
        if self.answered_on is not None:
            return f"last answered on {long_date(self.answered_on)}"
        if self.state is AnswerState.HOLDING:
            return "only a holding answer so far"
        return "not answered" if self.state is AnswerState.LAPSED else "not answered yet"


def times_asked(items: Sequence[Said], reach: Reach, *, is_all: bool) -> TimesAsked | None:
    """Count the questions among what was found. None: nobody has looked yet, and nothing was found.

    ``reach`` is that of the searches for questions. ``is_all`` False: not all that they found was looked through.
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
    )


def _is_answered(said: Said) -> bool:
    return said.state in (AnswerState.ANSWERED, AnswerState.CORRECTED)
