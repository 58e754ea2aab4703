"""Which recommendation somebody's message is about: what it names, else what its words are near to. Nothing is kept of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from bot.domain.errors import Ambiguous, NotFound
from bot.domain.plain_text import without_invisible_signs
from bot.domain.references import Found

# A message has up to 4,000 characters, and says in its beginning what it is about; each word is a search.
MOST_READ = 1_500
MOST_WORDS = 12

_NUMBERS = re.compile(
    r"(?i)\b(?:recommendations?|recs?|asks?)\b[\s.:#]*((?:T[\s-]?)?\d{1,3}(?:\s*(?:,|and|&|or)\s*(?:T[\s-]?)?\d{1,3})*)"
    r"|(?<![\w-])(T-\d{1,3})\b"
)
_PARAGRAPHS = re.compile(r"(?i)(?:\b(?:paragraphs?|paras?)\b|¶|§)[\s.:]*(\d{1,4})")
_ONE = re.compile(r"(?i)(?:T[\s-]?)?\d{1,3}")
_NOT_WORDS = re.compile(r"https?://\S+|<[^>\n]{1,60}>|[*_~`|>#\\]")
_WORD = re.compile(r"[^\W\d_]{5,}")
_COMMON_WORDS = """
about above after again against because before being below between could doing every everyone first government ministers
other please recommendation recommendations report reports should still their theirs there these thing things think this
those through today under until where which while would writing letter letters paragraph number committee parliament anyone
anything everybody someone something really going tomorrow
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class Shelf(Protocol):
    """What is asked of the reports held."""

    def find(self, number_text: str, report: str | None = None) -> Found: ...
    def search(self, query: str, report: str | None = None, limit: int = 25) -> tuple[Found, ...]: ...


def mentioned_rows(shelf: Shelf, text: str, report: str | None = None, *, most: int = 10) -> tuple[Found, ...]:
    """List the recommendations that a text names by number or paragraph; where it names none, those its words are near to."""
    said = without_invisible_signs(text[:MOST_READ])
    named = dict.fromkeys(_rows_named(shelf, said, report))
    return tuple(named)[:most] or _near(shelf, said, report, most)


def _rows_named(shelf: Shelf, said: str, report: str | None) -> Iterator[Found]:
    names = [one for match in _NUMBERS.finditer(said) for one in _ONE.findall(match[1] or match[2])]
    names += [f"paragraph {match[1]}" for match in _PARAGRAPHS.finditer(said)]
    for name in names:
        try:
            yield shelf.find(name, report)
        except Ambiguous as several:
            yield from several.choices
        except NotFound:
            continue


def _near(shelf: Shelf, said: str, report: str | None, most: int) -> tuple[Found, ...]:
    words = _NOT_WORDS.sub(" ", said).strip()
    if not words:
        return ()
    if len(words.split()) <= 6:
        return shelf.search(words, report, most)
    telling = [word for word in dict.fromkeys(_WORD.findall(words.casefold())) if word not in _COMMON][:MOST_WORDS]
    points: dict[Found, float] = {}
    for word in telling:
        hits: Sequence[Found] = shelf.search(word, report, 8)
        for place, found in enumerate(hits):
            points[found] = points.get(found, 0) + 1 / (1 + len(hits)) + 0.1 / (1 + place)
    return tuple(sorted(points, key=lambda found: -points[found]))[: min(most, 5)]
