"""What a group's organisers record about a recommendation: what was said, or what happened since; and their view of a report.

A record is never changed once it is kept: a later one takes its place, or it is undone. What a group records is seen by
that group alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ItemKey, PersonId, RecordId, ReportSlug
from bot.domain.links import host_of, is_web_address
from bot.domain.plain_text import on_one_line
from bot.domain.reports import (
    Answer,
    AnswerStatus,
    Confidence,
    Evidence,
    Recommendation,
    Report,
    SinceStatus,
    Source,
    long_date,
)

Word = TypeVar("Word", bound=StrEnum)

WORDS_LIMIT = 1000
BY_LIMIT = 120
UNSAID = (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED)
"""Answers that nobody gave on any day."""


class RecordKind(StrEnum):
    """Which of the two fields a record fills: what they said, or what happened."""

    ANSWER = "answer"
    EVIDENCE = "evidence"

    @property
    def label(self) -> str:
        return {RecordKind.ANSWER: "Answer", RecordKind.EVIDENCE: "Since then"}[self]


class RecordState(StrEnum):
    """A draft is only a preview; what is proposed waits for a second organiser; what is confirmed is shown to the group."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        return {
            RecordState.DRAFT: "Not saved yet",
            RecordState.PROPOSED: "Proposed: a second organiser needs to confirm it",
            RecordState.CONFIRMED: "Shown to your group",
            RecordState.UNDONE: "Undone",
        }[self]


class RecordEvent(StrEnum):
    """What organisers did with a record."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    UNDONE = "undone"
    UNDO_ASKED = "undo asked"
    """An organiser wants it taken back, and a second one has to agree."""


@dataclass(frozen=True, slots=True)
class RecordStep:
    """One thing done with a record. ``person_id`` is None where that person was forgotten."""

    event: RecordEvent
    at: datetime
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One answer or piece of evidence as organisers recorded it.

    ``status`` is the word of an ``AnswerStatus`` or ``SinceStatus``, empty for evidence that only informs. ``was`` says in
    words what stood there before.
    """

    record_id: RecordId
    guild_id: GuildId
    report: ReportSlug
    item: ItemKey
    kind: RecordKind
    status: str = ""
    by: str = ""
    on: date | None = None
    words: str = ""
    url: str = ""
    was: str = ""
    state: RecordState = RecordState.DRAFT
    steps: tuple[RecordStep, ...] = ()

    @property
    def source(self) -> Source | None:
        """Give where it can be checked, or None where no link was needed."""
        return Source(f"own-{self.record_id}", host_of(self.url), self.url) if self.url else None

    @property
    def recorded_by(self) -> PersonId | None:
        """Give who recorded it, where that is still known."""
        return next((step.person_id for step in self.steps if step.event is RecordEvent.RECORDED), None)

    @property
    def said(self) -> str:
        """Say it in one line, without the words and the link."""
        if self.kind is RecordKind.ANSWER:
            return self.answer.said
        word = f"{SinceStatus(self.status).label}, " if self.status else ""
        return f"{word}{long_date(self.on)}" if self.on else word.rstrip(", ")

    @property
    def answer(self) -> Answer:
        """Give it as an answer."""
        source = self.source
        return Answer(
            AnswerStatus(self.status),
            by=self.by,
            on=self.on,
            text=self.words,
            confidence=Confidence.RECORDED,
            sources=(source.key,) if source else (),
        )

    @property
    def evidence(self) -> Evidence:
        """Give it as evidence. ValueError: it has no date."""
        source = self.source
        if self.on is None:
            raise ValueError("evidence without a date")
        return Evidence(
            self.on,
            self.words,
            SinceStatus(self.status) if self.status else None,
            Confidence.RECORDED,
            (source.key,) if source else (),
        )


@dataclass(frozen=True, slots=True)
class Overlay:
    """What one group holds beside what everybody does: reports it imported, and what it recorded, oldest first."""

    reports: tuple[Report, ...] = ()
    records: tuple[Record, ...] = ()


def with_records(report: Report, records: Iterable[Record]) -> Report:
    """Give a report as its group sees it: the latest confirmed answer of each item, and all confirmed evidence.

    Records of items that the report does not have are left out.
    """
    held = {item.key: item for item in report.recommendations}
    keys = {ItemKey(name): item.key for item in report.recommendations for name in item.names}
    sources: dict[str, Source] = {}
    for record in records:
        item = held.get(record.item) or held.get(keys.get(record.item, record.item))
        if item is None or record.report != report.slug or record.state is not RecordState.CONFIRMED:
            continue
        if record.kind is RecordKind.ANSWER:
            held[item.key] = replace(item, answer=record.answer)
        else:
            held[item.key] = replace(
                item, evidence=tuple(sorted((*item.evidence, record.evidence), key=lambda e: e.on))
            )
        if record.source is not None:
            sources[record.source.key] = record.source
    items = tuple(held[item.key] for item in report.recommendations)
    if items == report.recommendations:
        return report
    return replace(report, recommendations=items, sources=(*report.sources, *sources.values()))


def changes_status(item: Recommendation, record: Record) -> bool:
    """Tell whether a record changes a status that people read."""
    if record.kind is RecordKind.ANSWER:
        return record.status != item.answer.status.value
    return bool(record.status)


def answer_status(text: str) -> AnswerStatus:
    """Read an answer's word as a person types it. Refused: it is not one of the list, which is given."""
    return _word(text, AnswerStatus, "one of the answers Postbag knows")


def since_status(text: str) -> SinceStatus | None:
    """Read the word for what happened since; empty or "none": it only informs. Refused: it is not one of the list."""
    if text.strip().casefold() in ("", "none"):
        return None
    return _word(text, SinceStatus, "one of the words Postbag uses for what happened since")


def check_record(record: Record, published_on: date, today: date) -> Record:
    """Give a record that can be kept, tidied. Refused: something is missing or makes no sense."""
    words, by, url = on_one_line(record.words), on_one_line(record.by), " ".join(record.url.split())
    needs = record.kind is RecordKind.EVIDENCE or AnswerStatus(record.status) not in UNSAID
    if record.kind is RecordKind.EVIDENCE and not words:
        raise Refused("You haven't said what happened.", "Say it in a sentence or two of your own, from the source.")
    for text, most, what in ((words, WORDS_LIMIT, "The text"), (by, BY_LIMIT, "Who said it")):
        if len(text) > most:
            raise Refused(
                f"{what} is too long: {len(text):,} characters. The limit is {most:,}.", "Shorten it a little."
            )
    if needs and record.on is None:
        raise Refused("You haven't given a date.", "Give the day it was said or happened, for example 1 November 2021.")
    if record.on is not None:
        if record.on > today:
            raise Refused(f"{long_date(record.on)} is in the future.", "Record what has been said or has happened.")
        if record.on < published_on:
            raise Refused(
                f"{long_date(record.on)} is before the report was published ({long_date(published_on)}).",
                "Check the year of the date.",
            )
    if needs and not url:
        raise Refused(
            "You haven't given a link.", "Give the address where anyone can check it, beginning with https://"
        )
    if url and not is_web_address(url):
        raise Refused(
            "That link isn't a full web address.",
            "Copy it from your browser's address bar, including https://",
        )
    if record.kind is RecordKind.ANSWER and needs and not by and record.on is not None:
        by = f"the Government of {record.on.year}"
    return replace(record, words=words, by=by if needs else "", url=url)


def in_words(text: str) -> str:
    """Cut the Government's words to what a record holds, at the end of a sentence where there is one."""
    said = " ".join(text.split())
    if len(said) <= WORDS_LIMIT:
        return said
    cut = said[: WORDS_LIMIT - 1]
    end = cut.rfind(". ")
    return cut[: end + 1] if end > WORDS_LIMIT // 2 else cut.rsplit(" ", 1)[0] + "…"


def _word(text: str, words: type[Word], what: str) -> Word:
    wanted = " ".join(text.replace("_", " ").split()).casefold()
    for word in words:
        if wanted == word.value:
            return word
    listed: Sequence[str] = [word.value.capitalize() for word in words]
    raise Refused(f"“{text.strip()[:40]}” is not {what}.", f"Choose one of: {', '.join(listed)}.")
