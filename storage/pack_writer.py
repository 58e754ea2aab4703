"""Write a Report as a pack: the same report always gives the same text, and reading it gives the same report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from bot.domain.reports import (
    UNKNOWN_ANSWER,
    Answer,
    Evidence,
    FurtherItem,
    Recommendation,
    Report,
    ResponseFacts,
    RowKind,
)
from storage.packs import SCHEMA, checksum_of

Value = str | bool | int | date | Sequence[str] | None


def write_pack(report: Report) -> str:
    """Give the text of a report's pack, with its checksum. Fields that are empty, or as they are when left out, are left out."""
    text = _pack(report)
    return f'checksum = "{checksum_of(text)}"\n{text}'


def _pack(report: Report) -> str:
    parts = [f"schema = {SCHEMA}", _table("[report]", _head(report))]
    for chapter in report.chapters:
        parts.append(
            _table(
                "[[chapters]]",
                {
                    "key": chapter.key,
                    "title": chapter.title,
                    "paragraphs": chapter.paragraphs,
                    "source": chapter.source,
                },
            )
        )
    for door in report.doors:
        parts.append(
            _table(
                "[[doors]]",
                {"key": door.key, "title": door.title, "summary": door.summary, "chapters": door.chapters},
            )
        )
    parts += [_response(report.response)] if report.response != ResponseFacts() else []
    for item in report.recommendations:
        parts.append(_table("[[recommendations]]", _item(item)))
        if item.answer != UNKNOWN_ANSWER:
            parts.append(_table("[recommendations.answer]", _answer(item.answer)))
        parts += [_table("[[recommendations.evidence]]", _evidence(event)) for event in item.evidence]
        parts += [_table("[[recommendations.further]]", _further(other)) for other in item.further]
    for event in report.timeline:
        parts.append(
            _table(
                "[[timeline]]",
                {"on": event.on, "text": event.text, "confidence": event.confidence, "sources": event.sources},
            )
        )
    for source in report.sources:
        parts.append(
            _table("[[sources]]", {"key": source.key, "title": source.title, "url": source.url, "note": source.note})
        )
    return "\n\n".join(parts) + "\n"


def _head(report: Report) -> Mapping[str, Value]:
    return {
        "slug": report.slug,
        "title": report.title,
        "short_title": report.short_title,
        "committee": report.committee,
        "house": report.house,
        "paper": report.paper,
        "session": report.session,
        "ordinal": report.ordinal or None,
        "published_on": report.published_on,
        "url": report.url,
        "as_of": report.as_of,
        "look_for": report.look_for,
        "looked_until": report.looked_until,
        "licence": report.licence,
        "licence_url": report.licence_url,
        "note": report.note,
        "publication_id": report.publication_id,
        "invented": report.invented or None,
        "addressees_confidence": report.addressees_confidence,
    }


def _item(item: Recommendation) -> Mapping[str, Value]:
    return {
        "number": item.number,
        "key": item.key if item.key != item.number else None,
        "chapter": item.chapter,
        "chapter_note": item.chapter_note,
        "paragraphs": item.paragraphs,
        "part_of": item.part_of,
        "former_keys": item.former_keys,
        "theme": item.theme,
        "kind": None if item.kind is RowKind.RECOMMENDATION else item.kind,
        "summary": item.summary,
        "letter_line": item.letter_line,
        "official": item.official,
        "addressees": item.addressees,
        "answered_by": item.answered_by,
        "subjects": item.subjects,
        "follows": item.follows,
        "keywords": item.keywords,
        "note": item.note,
        "confidence": item.confidence,
        "sources": item.sources,
    }


def _answer(answer: Answer) -> Mapping[str, Value]:
    return {
        "status": answer.status,
        "by": answer.by,
        "on": answer.on,
        "when": answer.when,
        "text": answer.text,
        "note": answer.note,
        "confidence": answer.confidence,
        "sources": answer.sources,
    }


def _further(item: FurtherItem) -> Mapping[str, Value]:
    return {"number": item.number, "paragraphs": item.paragraphs, "official": item.official}


def _evidence(event: Evidence) -> Mapping[str, Value]:
    return {
        "on": event.on,
        "when": event.when,
        "text": event.text,
        "status": event.status,
        "confidence": event.confidence,
        "sources": event.sources,
    }


def _response(response: ResponseFacts) -> str:
    return _table(
        "[response]",
        {
            "expected": None if response.expected else False,
            "due_on": response.due_on,
            "received_on": response.received_on,
            "received_when": response.received_when,
            "public_on": response.public_on,
            "title": response.title,
            "url": response.url,
            "note": response.note,
            "sources": response.sources,
        },
    )


def _table(head: str, fields: Mapping[str, Value]) -> str:
    kept = [f"{name} = {_value(value)}" for name, value in fields.items() if value not in (None, "", ())]
    return "\n".join((head, *kept))


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, StrEnum):
        return _text(value.value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return f"[{', '.join(_text(part) for part in value or ())}]"


def _text(text: str) -> str:
    """Write a TOML basic string. JSON's escapes are TOML's, but for characters that TOML may not hold as they are."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
