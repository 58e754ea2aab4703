"""What ties reports together: rows that ask again for much the same, and how a report's answers are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.references import Found, comparable
from bot.domain.reports import AnswerStatus, Confidence, Report, RowKind


@dataclass(frozen=True, slots=True)
class Related:
    """The rows of other reports that one follows, and those that asked again later. Each oldest first."""

    follows: tuple[Found, ...] = ()
    asked_again: tuple[Found, ...] = ()


def related_rows(found: Found, reports: Iterable[Report]) -> Related:
    """Find the rows that a row is tied to, among the reports that are held."""
    every = [Found(report, item) for report in reports for item in report.recommendations]
    earlier = [one for one in every if _names(found, one)]
    later = [one for one in every if _names(one, found)]
    return Related(tuple(sorted(earlier, key=_age)), tuple(sorted(later, key=_age)))


def _names(row: Found, other: Found) -> bool:
    """Tell whether a row says that it follows another."""
    for value in row.item.follows:
        slug, _, key = value.partition("/")
        names = set(map(comparable, other.item.names))
        if slug == other.report.slug and comparable(key) in names:
            return True
    return False


def _age(found: Found) -> tuple[str, str]:
    return found.report.published_on.isoformat(), found.item.key


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of a report have an answer of each status, and how each of these is known."""

    counted: tuple[tuple[AnswerStatus, int, tuple[tuple[Confidence, int], ...]], ...]
    conclusions: int = 0
    of_others: int = 0

    @property
    def rows(self) -> int:
        return sum(count for _, count, _ in self.counted)


def tally(report: Report) -> Tally:
    """Count the answers of a report. Conclusions and what others are asked are counted apart: nobody answers them."""
    asked = [item for item in report.recommendations if item.kind is RowKind.RECOMMENDATION]
    counted = []
    for status in AnswerStatus:
        found = [item.answer for item in asked if item.answer.status is status]
        said = status not in (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED)
        how = Counter(answer.confidence for answer in found if answer.confidence is not None and said)
        if found:
            counted.append((status, len(found), tuple((c, how[c]) for c in Confidence if how[c])))
    kinds = Counter(item.kind for item in report.recommendations)
    return Tally(tuple(counted), kinds[RowKind.CONCLUSION], kinds[RowKind.ASKED_OF_OTHERS])
