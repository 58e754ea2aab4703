"""What letters need from the rest of the house, as Protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.letters import Letter, LetterFrame, Signature
from bot.domain.members import Constituency, Directory, Dissolution
from bot.domain.own_words import Part
from bot.domain.references import Found
from bot.domain.reports import Report
from bot.services.ports import File


class LetterTemplates(Protocol):
    """The frames of letters."""

    @property
    def frames(self) -> Mapping[str, LetterFrame]: ...
    def letter(self, slug: str, facts: Mapping[str, str], own: Mapping[str, str]) -> tuple[Part, ...]: ...


class HeldReports(Protocol):
    """What is asked of the reports held."""

    def report(self, slug: str) -> Report: ...
    def find(self, number_text: str, report: str | None = None) -> Found: ...


class Seats(Protocol):
    """What is asked of the House of Commons."""

    @property
    def directory(self) -> Directory: ...
    @property
    def dissolution(self) -> Dissolution: ...
    @property
    def suspects_dissolution(self) -> bool: ...
    def as_of_line(self, now: datetime) -> str: ...
    def near(self, text: str, limit: int = 25) -> Sequence[Constituency]: ...
    async def with_contact(self, seat: Constituency) -> Constituency: ...


class LetterFiles(Protocol):
    """Makers of files: in memory, off the event loop. The second of a pair are notes for the writer."""

    async def files(
        self, letter: Letter, day: date, signature: Signature | None = None
    ) -> tuple[tuple[File, ...], tuple[str, ...]]: ...
    async def blank(self, letter: Letter, day: date, hints: tuple[str, ...]) -> tuple[File, ...]: ...
    def link(self, letter: Letter) -> str: ...
    async def warm(self) -> None: ...
