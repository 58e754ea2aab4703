"""What the use cases need from Parliament's services about what is said there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.domain.said import Found, Said, Signature


class SaidSource(Protocol):
    """Searches for a term since a day. Every method: Unavailable where it failed, which is never "none"."""

    async def questions(self, term: str, since: date) -> Found: ...
    async def statements(self, term: str, since: date) -> Found: ...


class QuestionSource(SaidSource, Protocol):
    """Written questions, one by one as well. NotFound: there is none."""

    async def question(self, key: str) -> Said: ...
    async def numbered(self, uin: str, tabled: date | None = None) -> tuple[Said, ...]: ...


class MotionSource(Protocol):
    """Early day motions, who signed them, and the oral questions of some days. Nothing is asked about a Member."""

    async def motions(self, term: str, since: date) -> Found: ...
    async def signatures(self, key: str) -> tuple[Signature, ...]: ...
    async def oral_questions(self, start: date, end: date) -> Found: ...


class SpeechSource(Protocol):
    """What was said aloud."""

    async def speeches(self, term: str, since: date) -> Found: ...


@dataclass(frozen=True, slots=True)
class SaidSources:
    """The services that are searched."""

    questions: QuestionSource
    motions: MotionSource
    speeches: SpeechSource
