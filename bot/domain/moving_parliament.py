"""A group's words to look for and the questions that it follows, as they travel in its set-up file: written, and read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from bot.domain.errors import Refused
from bot.domain.followed_questions import FollowedQuestion
from bot.domain.identity import GuildId
from bot.domain.look_words import MOST_MUST, MOST_TERMS, typed_terms
from bot.domain.said import AnswerState

LONGEST_WORDS = 1000
KEY_DIGITS = 18


class Part(Protocol):
    """A part of a file with its place, as ``bot.domain.moving`` reads it."""

    place: str

    def text(self, name: str, most: int, *, needed: bool = True, lines: bool = False) -> str: ...
    def flag(self, name: str, default: bool) -> bool: ...
    def day(self, name: str) -> date: ...
    def maybe_day(self, name: str) -> date | None: ...
    def one_of(self, name: str, kind: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class MovedWords:
    """A group's own words for a report's row, or in place of the report's own where ``item`` is empty: those may be searched for."""

    report: str
    item: str
    words: tuple[str, ...]
    is_searched: bool = False


def words_as_written(moved: MovedWords) -> Mapping[str, Any]:
    """Give words to look for as they are written to a file."""
    return {
        "report": moved.report,
        "item": moved.item,
        "words": ", ".join(moved.words),
        "searched": moved.is_searched,
    }


def read_words(part: Part) -> MovedWords:
    """Read words to look for. Refused: they cannot be right."""
    item = part.text("item", 40, needed=False)
    try:
        words = typed_terms(part.text("words", LONGEST_WORDS), MOST_TERMS if item else MOST_MUST)
    except Refused as error:
        raise Refused(f"In the file, {part.place}.words can't be right. {error.message}", error.next_step) from None
    return MovedWords(part.text("report", 200), item, words, part.flag("searched", False))


def question_as_written(one: FollowedQuestion) -> Mapping[str, Any]:
    """Give a followed question as it is written to a file: as the group was last told of it."""
    return {
        "key": one.key,
        "number": one.number,
        "tabled_on": one.tabled_on.isoformat(),
        "state": one.state.value,
        "changed_on": one.changed_on.isoformat() if one.changed_on is not None else None,
        "department": one.body,
    }


def read_question(part: Part) -> FollowedQuestion:
    """Read a followed question; whose it is, is said later. Refused: it cannot be right."""
    key = part.text("key", KEY_DIGITS)
    if not (key.isascii() and key.isdecimal()):
        raise Refused(
            f"In the file, {part.place}.key is not Parliament's number of a question.",
            "Choose the file that /admin export gave, or fix it there. Nothing was changed.",
        )
    return FollowedQuestion(
        GuildId(0),
        key,
        part.text("number", 20),
        part.day("tabled_on"),
        part.one_of("state", AnswerState),
        part.maybe_day("changed_on"),
        body=part.text("department", 200, needed=False),
    )


def same_words(one: MovedWords, others: Sequence[MovedWords]) -> MovedWords | None:
    """Find the words of the same row among others."""
    return next((other for other in others if (other.report, other.item) == (one.report, one.item)), None)
