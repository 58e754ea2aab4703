"""What in a sound pack is worth its author's second look: it can be used, and would serve its readers better otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.departments import Departments
from bot.domain.letter_lines import line_problems
from bot.domain.reports import Recommendation, Report, RowKind
from storage.pack_rows import Problem


def second_looks(report: Report, file: str, departments: Departments) -> tuple[Problem, ...]:
    """List what is worth a second look in a pack that can be used."""
    found: list[Problem] = []
    for item in report.recommendations:
        row = f"recommendation {item.key}"
        found += (Problem(file, row, field, message) for field, message in _row(item, departments))
    return tuple(found)


def _row(item: Recommendation, departments: Departments) -> Iterator[tuple[str, str]]:
    if item.letter_line is not None:
        for message in line_problems(item.letter_line):
            yield "letter_line", message
    elif item.kind is RowKind.RECOMMENDATION:
        yield "letter_line", "is missing: letters then quote the committee's words, or cannot say what was asked."
    if item.answered_by and departments.department(item.answered_by) is None:
        known = ", ".join(found.key for found in departments.today)
        yield "answered_by", f"“{item.answered_by}” is not in the table of departments. Known: {known}."
