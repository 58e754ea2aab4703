"""A report as tables for other programs: CSV with a row for each recommendation, JSON with everything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.domain.reports import Recommendation, Report
from storage.packs import SCHEMA

COLUMNS = (
    "report", "number", "key", "part_of", "theme", "paragraphs", "kind", "summary", "letter_line", "official_words",
    "who_must_act", "who_answers_today", "subjects", "follows", "answer", "answered_by", "answered_on", "answer_text",
    "answer_note", "answer_known_how", "since_then", "since_then_events", "note", "known_how", "sources", "as_of", "licence",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def as_csv(reports: Iterable[Report]) -> str:
    """Write a row for each recommendation. A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for report in reports:
        for item in report.recommendations:
            writer.writerow([_cell(value) for value in _row(report, item)])
    return text.getvalue()


def as_json(report: Report) -> str:
    """Write everything that is held of a report, with its licence and the version of the format."""
    content: dict[str, Any] = {"schema": SCHEMA, **asdict(report)}
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _row(report: Report, item: Recommendation) -> tuple[str, ...]:
    answer = item.answer
    keys = dict.fromkeys((*item.sources, *answer.sources, *(key for event in item.evidence for key in event.sources)))
    links = [source.url for key in keys if (source := report.source(key)) is not None]
    events = [
        f"{event.dated}: {event.status.label + '. ' if event.status else ''}{event.text}" for event in item.evidence
    ]
    return (
        report.slug,
        "; ".join(item.numbers),
        item.key,
        item.part_of,
        item.theme,
        item.whole_paragraphs,
        item.kind.value,
        item.summary,
        item.letter_line or "",
        item.whole_official,
        "; ".join(item.addressees),
        item.answered_by,
        "; ".join(item.subjects),
        "; ".join(item.follows),
        answer.status.value,
        answer.by,
        answer.on.isoformat() if answer.on else "",
        answer.text,
        answer.note,
        answer.confidence.value if answer.confidence else "",
        since.value if (since := report.since(item)) else "",
        "\n".join(events),
        item.note,
        item.confidence.value,
        "\n".join(links),
        report.as_of.isoformat(),
        report.licence,
    )


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
