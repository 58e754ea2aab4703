"""What a report asked for and what was answered, in the few lines that fit into a post."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from bot.domain.report_links import tally
from bot.domain.reports import AnswerStatus, Confidence, Recommendation, Report, RowKind, SinceStatus

FEW = 3
"""Rows that a post names: more than these, a reader on a phone no longer reads any of them."""

LINE_LIMIT = 200
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)”’][.!?]) (?=[A-Z“‘])")


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One thing that a report asked for. ``answer`` is empty while nobody knows what was answered."""

    words: str
    name: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Gist:
    """What a post says of a report. ``more``: it asked for other things too. ``is_reported``: no answer was read at its source."""

    asked: tuple[AskedLine, ...]
    more: bool = False
    answers: str = ""
    is_reported: bool = False


def foremost(report: Report, chosen: Sequence[str] = ()) -> tuple[Recommendation, ...]:
    """Give the rows that stand for a report: those chosen, else the first of each of its families in turn.

    The first three of the list would all come from one chapter, and say less of what the report is about.
    """
    asked = [row for row in report.recommendations if row.kind is RowKind.RECOMMENDATION]
    picked = [row for key in chosen for row in asked if key in row.names]
    if picked:
        return tuple(dict.fromkeys(picked[:FEW]))
    live = [row for row in asked if report.since(row) is not SinceStatus.OVERTAKEN]
    usable = [row for row in live if row.letter_line] or live or asked
    families = [[row for row in report.behind(door) if row in usable] for door in report.doors]
    in_turn = [row for row in chain.from_iterable(zip_longest(*families)) if row is not None]
    taken = list(dict.fromkeys((*in_turn, *usable, *live)))[:FEW]
    return tuple(row for row in asked if row in taken)


def asked_words(row: Recommendation) -> str:
    """Say what a row asked for as a command: our line for letters, else the first sentence of the words that are here."""
    if row.letter_line:
        line = row.letter_line.strip().rstrip(".")
        return f"{line[:1].upper()}{line[1:]}"
    first = _SENTENCE_END.split(" ".join(row.gist.split()), maxsplit=1)[0].rstrip(".")
    if len(first) <= LINE_LIMIT:
        return first
    return f"{first[: first.rfind(' ', 0, LINE_LIMIT)]}…"


def row_name(row: Recommendation) -> str:
    """Name a row in brackets behind what it asked: ``recommendation 3``, or the key where its number is not known."""
    return f"recommendation{'s' if len(row.numbers) > 1 else ''} {row.name}" if row.numbers else row.key


def gist_of(report: Report, chosen: Sequence[str] = (), *, answered: bool = False) -> Gist:
    """Give what a post says of a report as it stood that day; with what was answered, where something was."""
    rows = foremost(report, chosen)
    lines = tuple(
        AskedLine(asked_words(row), row_name(row), _answer_word(row.answer.status) if answered else "") for row in rows
    )
    others = sum(1 for row in report.recommendations if row.kind is RowKind.RECOMMENDATION) - len(rows)
    if not answered:
        return Gist(lines, more=others > 0)
    known = {row.answer.confidence for row in report.recommendations if _answer_word(row.answer.status)}
    return Gist(lines, others > 0, answers_in_words(report), is_reported=known == {Confidence.REPORTED})


def answers_in_words(report: Report) -> str:
    """Count the answers in one line: ``3 agreed, 1 partly agreed, 4 not agreed; 27 not recorded yet``. Empty: none is known."""
    counted = {status: count for status, count, _ in tally(report).counted}
    known = [f"{count} {_answer_word(status)}" for status, count in counted.items() if _answer_word(status)]
    if not known:
        return ""
    unknown = sum(count for status, count in counted.items() if not _answer_word(status))
    return ", ".join(known) + (f"; {unknown} not recorded yet" if unknown else "")


def _answer_word(status: AnswerStatus) -> str:
    if status in (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED):
        return ""
    return status.label.lower()
