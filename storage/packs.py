"""Read a report pack (a TOML file) into a Report; say everything that is wrong with one, in words its author can act on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.domain.errors import BrokenPack
from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.reports import (
    UNKNOWN_ANSWER,
    Answer,
    AnswerStatus,
    Chapter,
    Confidence,
    Door,
    Evidence,
    FurtherItem,
    House,
    Recommendation,
    Report,
    ResponseFacts,
    RowKind,
    SinceStatus,
    Source,
    TimelineEvent,
)
from storage.pack_rows import LONG, Problem, Row

SCHEMA = 1
"""The version of the format that this Postbag reads and writes."""
LARGEST_PACK = 20 * 1024 * 1024
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ROW = re.compile(r"(?<![a-z0-9-])[a-z0-9]++(?>(?:-[a-z0-9]++)*)/[A-Za-z0-9][A-Za-z0-9.()-]*")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9.()-]*")


def shipped_packs() -> Path:
    """Give the folder of the packs that travel with Postbag, in a checkout and in an installed wheel alike."""
    return Path(__file__).parent / "packs"


def pack_files(places: Sequence[Path]) -> list[Path]:
    """List the pack files of some places (files, or folders of ``.toml`` files) in a stable order."""
    files: list[Path] = []
    for place in places:
        files += sorted(place.glob("*.toml")) if place.is_dir() else [place]
    return files


def read_pack(path: Path) -> Report:
    """Read a pack file. BrokenPack: it cannot be read, or breaks the format."""
    try:
        size = path.stat().st_size
        if size > LARGEST_PACK:
            raise BrokenPack(path.name, [Problem(path.name, "", "", f"is too large ({size:,} bytes) to be a pack.")])
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise BrokenPack(
            path.name, [Problem(path.name, "", "", f"can't be opened ({reason}). Check the name and who may read it.")]
        ) from error
    return parse_pack(content, path.name)


def load_packs(places: Sequence[Path], own: Sequence[Path] = ()) -> tuple[tuple[Report, ...], tuple[Problem, ...]]:
    """Read every pack of some places: the reports that are sound, and what is wrong with the others.

    A sound pack of ``own`` stands in place of one of the same name in ``places``.
    """
    held: dict[str, Report] = {}
    problems: list[Problem] = []
    for group in (own, places):
        before = set(held)
        for path in pack_files(group):
            try:
                report = read_pack(path)
            except BrokenPack as broken:
                problems += broken.problems
                continue
            if report.slug in before:
                continue
            if report.slug in held:
                problems.append(Problem(path.name, "report", "slug", f"there's already a pack called “{report.slug}”."))
                continue
            held[report.slug] = report
    return tuple(sorted(held.values(), key=lambda r: (r.published_on, r.slug))), tuple(problems)


def checksum_of(text: str) -> str:
    """Give the checksum of a pack's text: over every line but the one that states it, whatever the ends of lines."""
    lines = (line.rstrip() for line in text.removeprefix("\ufeff").splitlines())
    kept = "\n".join(line for line in lines if not line.startswith("checksum ="))
    return f"sha256:{sha256(kept.strip().encode()).hexdigest()}"


def parse_pack(content: bytes, file: str) -> Report:
    """Turn the bytes of a pack into a Report; ``file`` is the name used in errors and must be ``<slug>.toml``."""
    if len(content) > LARGEST_PACK:
        raise BrokenPack(file, [Problem(file, "", "", f"is too large ({len(content):,} bytes) to be a pack.")])
    try:
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BrokenPack(
            file, [Problem(file, "", "", "isn't saved as UTF-8 text. Save it again with the encoding UTF-8.")]
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError of its own
        raise BrokenPack(
            file,
            [
                Problem(
                    file, "", "", f"isn't valid TOML: {error}. A missing quotation mark or bracket is the usual cause."
                )
            ],
        ) from error
    return _Reader(file, data, checksum_of(text)).report()


class _Reader:
    """Reads one pack. Sources are read first, so that every other row can be checked against them."""

    def __init__(self, file: str, data: Mapping[str, Any], checksum: str) -> None:
        self.file = file
        self.checksum = checksum
        self.problems: list[Problem] = []
        self.top = Row(self.problems, file, "", data)
        self.sources: dict[str, Source] = {}
        self.chapters: dict[str, Chapter] = {}
        self.published = date.min

    def report(self) -> Report:
        self._check_schema()
        self._check_sum()
        self._read_sources()
        head = self.top.table("report", required=True)
        if head is None:
            raise BrokenPack(self.file, self.problems)
        self.published = head.day("published_on", required=True) or date.min
        self._read_chapters()
        items = self._recommendations()
        doors = self._doors(items)
        timeline = tuple(self._event(row) for row in self.top.rows("timeline", "timeline"))
        slug = head.text("slug", required=True, most=40)
        if slug and not _SLUG.fullmatch(slug):
            head.wrong("slug", "may have only lower-case letters a–z, digits and single hyphens between them.")
        elif slug and self.file != f"{slug}.toml":
            head.wrong("slug", f"is “{slug}”, so the file must be called {slug}.toml.")
        report = Report(
            slug=ReportSlug(slug),
            title=head.text("title", required=True),
            short_title=head.text("short_title", required=True, most=60),
            committee=head.text("committee", required=True),
            house=head.word("house", House, required=True) or House.COMMONS,
            paper=head.text("paper", most=60),
            session=head.text("session", most=60),
            ordinal=head.text("ordinal", most=60),
            published_on=self.published,
            url=head.link("url", required=True),
            as_of=head.day("as_of", required=True) or date.min,
            look_for=head.texts("look_for"),
            licence=head.text("licence", required=True),
            licence_url=head.link("licence_url", required=True),
            chapters=tuple(self.chapters.values()),
            doors=doors,
            recommendations=items,
            sources=tuple(self.sources.values()),
            timeline=tuple(sorted(timeline, key=lambda e: e.on)),
            response=self._response(),
            note=head.text("note", most=LONG),
            publication_id=head.whole("publication_id"),
            invented=head.flag("invented", False),
            addressees_confidence=head.word("addressees_confidence", Confidence) or Confidence.DERIVED,
            looked_until=head.day("looked_until"),
        )
        head.done()
        self.top.done()
        if self.problems:
            raise BrokenPack(self.file, self.problems)
        return report

    def _check_schema(self) -> None:
        schema = self.top.whole("schema")
        if schema is None:
            self.top.wrong("schema", f"is missing. Begin the file with schema = {SCHEMA}.")
        elif schema != SCHEMA:
            newer = (
                " It was made for a newer Postbag: update Postbag, then try again. Nothing was read from it."
                if schema > SCHEMA
                else ""
            )
            raise BrokenPack(
                self.file,
                [Problem(self.file, "", "schema", f"is {schema}; this Postbag reads schema {SCHEMA}.{newer}")],
            )

    def _check_sum(self) -> None:
        stated = self.top.text("checksum")
        if stated and stated != self.checksum:
            self.top.wrong(
                "checksum",
                "doesn't match: the file was changed or cut off after it was written. Get the file "
                "again. If you changed it yourself, delete this line.",
            )

    def _read_sources(self) -> None:
        for row in self.top.rows("sources", "source", required=True):
            source = Source(
                key=row.text("key", required=True, most=40),
                title=row.text("title", required=True, most=80),
                url=row.link("url", required=True),
                note=row.text("note"),
            )
            row.done()
            if source.key in self.sources:
                row.wrong("key", f"“{source.key}” is used by two sources.")
            self.sources[source.key] = source

    def _read_chapters(self) -> None:
        for row in self.top.rows("chapters", "chapter"):
            chapter = Chapter(
                key=row.text("key", required=True, most=40),
                title=row.text("title", required=True),
                paragraphs=row.text("paragraphs", most=40),
                source=row.text("source"),
            )
            row.done()
            if chapter.source and chapter.source not in self.sources:
                row.wrong("source", f"“{chapter.source}” isn't the key of any row under [[sources]].")
            if chapter.key in self.chapters:
                row.wrong("key", f"“{chapter.key}” is used by two chapters.")
            self.chapters[chapter.key] = chapter

    def _cited(self, row: Row, *, required: bool = True) -> tuple[str, ...]:
        keys = row.texts("sources", required=required)
        for key in keys:
            if key not in self.sources:
                row.wrong("sources", f"“{key}” isn't the key of any row under [[sources]].")
        return keys

    def _after_publication(self, row: Row, field: str, *, required: bool) -> date | None:
        day = row.day(field, required=required)
        if day is not None and day < self.published:
            row.wrong(field, "is before the report was published.")
        return day

    def _recommendations(self) -> tuple[Recommendation, ...]:
        items: list[Recommendation] = []
        taken: dict[str, str] = {}
        for row in self.top.rows("recommendations", "recommendation", required=True):
            number = row.text("number", most=12)
            key = row.text("key", most=12) or number
            if not key:
                row.wrong("number", "is missing. Give the committee's number, or a key of your own such as T-01.")
            for field, name in (("key", key), ("number", number)):
                if name and not _KEY.fullmatch(name):
                    row.wrong(field, f"“{name}” may have only letters, digits, hyphens, dots and brackets.")
            item = self._recommendation(row, key, number)
            for name in {known.casefold() for known in item.names}:
                if name in taken:
                    row.wrong("number" if name == number.casefold() else "key", f"“{name}” is used by two rows.")
                taken[name] = row.name
            items.append(item)
        return tuple(items)

    def _recommendation(self, row: Row, key: str, number: str) -> Recommendation:
        answer, evidence = row.table("answer"), row.rows("evidence", "evidence")
        further = row.rows("further", "further item")
        item = Recommendation(
            key=ItemKey(key),
            number=number or None,
            theme=row.text("theme", required=True, most=60),
            summary=row.text("summary", required=not row.data.get("official"), most=1000),
            letter_line=row.text("letter_line") or None,
            official=row.text("official", most=LONG),
            part_of=row.text("part_of", most=12),
            chapter=row.text("chapter", required=bool(self.chapters)),
            chapter_note=row.text("chapter_note"),
            paragraphs=row.text("paragraphs", most=40),
            addressees=row.texts("addressees"),
            answered_by=row.text("answered_by", most=20),
            subjects=row.texts("subjects"),
            follows=row.texts("follows"),
            kind=row.word("kind", RowKind) or RowKind.RECOMMENDATION,
            note=row.text("note", most=1000),
            confidence=row.word("confidence", Confidence, required=True) or Confidence.DERIVED,
            sources=self._cited(row),
            keywords=row.texts("keywords"),
            answer=self._answer(answer) if answer else UNKNOWN_ANSWER,
            evidence=tuple(sorted((self._evidence(e) for e in evidence), key=lambda e: e.on)),
            further=tuple(self._further(one) for one in further),
            former_keys=row.texts("former_keys"),
        )
        row.done()
        for earlier in item.follows:
            if not _ROW.fullmatch(earlier):
                row.wrong("follows", f"“{earlier}” must name a report and a row, such as never-again/T-18.")
        if item.kind is RowKind.CONCLUSION and item.answer.status in (AnswerStatus.AGREED, AnswerStatus.PARTLY_AGREED):
            row.wrong("answer", "a conclusion doesn't ask for anything, so leave the answer out.")
        if item.chapter and item.chapter not in self.chapters:
            row.wrong("chapter", f"“{item.chapter}” isn't the key of any row under [[chapters]].")
        return item

    def _answer(self, row: Row) -> Answer:
        status = row.word("status", AnswerStatus, required=True) or AnswerStatus.UNKNOWN
        given = status not in (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED)
        answer = Answer(
            status=status,
            by=row.text("by", required=given, most=120),
            on=self._after_publication(row, "on", required=given),
            text=row.text("text", most=LONG),
            note=row.text("note", most=1000),
            confidence=row.word("confidence", Confidence, required=given),
            sources=self._cited(row, required=given or "text" in row.data or "note" in row.data),
            when=row.text("when", most=40),
        )
        row.done()
        return answer

    def _further(self, row: Row) -> FurtherItem:
        number = row.text("number", most=12)
        if number and not _KEY.fullmatch(number):
            row.wrong("number", f"“{number}” may have only letters, digits, hyphens, dots and brackets.")
        item = FurtherItem(number or None, row.text("paragraphs", most=40), row.text("official", most=LONG))
        row.done()
        if not item.number and not item.official:
            row.wrong("number", "is missing: give the number of the committee's item that this row covers too.")
        return item

    def _evidence(self, row: Row) -> Evidence:
        evidence = Evidence(
            on=self._after_publication(row, "on", required=True) or date.min,
            text=row.text("text", required=True, most=1000),
            status=row.word("status", SinceStatus),
            confidence=row.word("confidence", Confidence, required=True) or Confidence.DERIVED,
            sources=self._cited(row),
            when=row.text("when", most=40),
        )
        row.done()
        return evidence

    def _event(self, row: Row) -> TimelineEvent:
        event = TimelineEvent(
            on=row.day("on", required=True) or date.min,
            text=row.text("text", required=True, most=1000),
            confidence=row.word("confidence", Confidence, required=True) or Confidence.DERIVED,
            sources=self._cited(row),
        )
        row.done()
        return event

    def _doors(self, items: Sequence[Recommendation]) -> tuple[Door, ...]:
        doors: dict[str, Door] = {}
        for row in self.top.rows("doors", "door"):
            door = Door(
                key=row.text("key", required=True, most=20),
                title=row.text("title", required=True, most=60),
                summary=row.text("summary", most=100),
                chapters=row.texts("chapters", required=True),
            )
            row.done()
            for key in door.chapters:
                if key not in self.chapters:
                    row.wrong("chapters", f"“{key}” isn't the key of any row under [[chapters]].")
            if door.key in doors:
                row.wrong("key", f"“{door.key}” is used by two doors.")
            doors[door.key] = door
        open_chapters = {key for door in doors.values() for key in door.chapters}
        for item in items if doors else ():
            if item.chapter in self.chapters and item.chapter not in open_chapters:
                self.problems.append(
                    Problem(
                        self.file,
                        f"recommendation {item.key}",
                        "chapter",
                        f"no door opens on chapter “{item.chapter}”, so readers wouldn't find this row.",
                    )
                )
        return tuple(doors.values())

    def _response(self) -> ResponseFacts:
        row = self.top.table("response")
        if row is None:
            return ResponseFacts()
        received = self._after_publication(row, "received_on", required=False)
        facts = ResponseFacts(
            expected=row.flag("expected", True),
            due_on=row.day("due_on"),
            received_on=received,
            public_on=self._after_publication(row, "public_on", required=False),
            title=row.text("title", required=received is not None),
            url=row.link("url", required=received is not None),
            note=row.text("note", most=LONG),
            sources=self._cited(row, required=received is not None or "due_on" in row.data),
            received_when=row.text("received_when", most=60),
        )
        row.done()
        return facts
