"""Words to look for in what Parliament says, and whether a text has them: whole words, near each other, rather too few than too many."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refused

MOST_TERMS = 12
MOST_MUST = 5
# A word of two letters (MP, UK) is in nearly every speech, so it finds everything and tells nothing.
SHORTEST = 3
LONGEST = 60
NEAR = 60
"""Words within which a recommendation's word must stand to the report's: a long speech touches many subjects."""

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_IZE = re.compile(r"iz(e|ed|es|er|ers|ing|ation|ations)\Z")
_SPLIT = re.compile(r"[,;\n]+")


class Match(StrEnum):
    """How well a text fits. ``PART``: the service found the report's word where the text was cut off, so Postbag did not see it."""

    NO = "no"
    PART = "part"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class LookWords:
    """``must``: one of these stands in everything found, whatever the recommendation. ``terms``: one of these too, near it.

    A term of several words is a phrase. A term that joins words with + wants all of them, anywhere near. ``weak`` are terms that
    tell too little alone, since much else is said in them: two of those, or one other, are needed.
    """

    must: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        return bool(self.must and (self.terms or len(self.weak) > 1))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words that a group chose. ``asked``: since when each is searched for; empty: none of them leaves the database."""

    words: tuple[str, ...]
    asked: tuple[datetime, ...] = ()

    @property
    def since(self) -> Mapping[str, datetime]:
        """Give each shared search that these words are, with the moment from which it is this group's too."""
        found: dict[str, datetime] = {}
        for word, at in zip(self.words, self.asked, strict=bool(self.asked)):
            for term in searchable([word]):
                found[term] = min(at, found.get(term, at))
        return found

    def with_words(self, words: Sequence[str], now: datetime) -> OwnWords:
        """Search for these words from now on, and for those that were searched for before since then."""
        return OwnWords(tuple(words), tuple(self.since.get(as_search(word), now) for word in words))


def folded(text: str) -> str:
    """Fold case, accents and apostrophes, so that words are compared as people hear them."""
    text = text.replace("’", "'")
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


def words_of(text: str) -> list[str]:
    """Split a text into folded words, spelt as in Britain; a possessive s is left off, and a hyphen parts words."""
    return [_as_spelt_here(word) for word in _split(text)]


def as_search(term: str) -> str:
    """Give a term as it is searched for: folded, and spelt as it was written."""
    return " ".join(_split(term))


def _split(text: str) -> list[str]:
    found = (word.removesuffix("'s").removesuffix("'") for word in _WORD.findall(folded(text)))
    return [part for word in found for part in word.split("-") if part]


def _as_spelt_here(word: str) -> str:
    """Give the British spelling of a word that has two, so that an organization is an organisation."""
    if len(word) > 6 and "z" in word:
        word = _IZE.sub(r"is\1", word)
    return "labour" + word[5:] if word in ("labor", "labors") else word


SHARED_BY = 3
"""A word that so many recommendations of a report have tells none of them from the others."""

_EVERYDAY = """
advertising allies alliance arts business children clothes community companies convention courts democracies development
education environment firms funding games goods government immigration infrastructure investment legislation licences media
meetings monitors news officials outreach police procurement protection public sector research safety science sport sponsors
teams threats trade travel treaty visit women workers
"""
EVERYDAY = frozenset(_EVERYDAY.split())
"""Words of many subjects: a restaurant applies for licences, too, and a department's name has development in it."""


def without_overlap(must: Sequence[str], keywords: Sequence[str], shared: Collection[str] = ()) -> LookWords:
    """Make a recommendation's words from its keywords: a keyword that is the report's own word would find everything.

    ``shared`` are those that several of its recommendations have (``shared_words``).
    """
    own = {tuple(words_of(word)) for word in must}
    kept = [word for word in keywords if tuple(words_of(word)) not in own and len(word.strip()) >= SHORTEST]
    chosen = tuple(dict.fromkeys(kept))[:MOST_TERMS]
    weak = tuple(word for word in chosen if word.casefold() in shared or EVERYDAY.issuperset(words_of(word)))
    return LookWords(tuple(must), tuple(word for word in chosen if word not in weak), weak)


def shared_words(keywords: Iterable[Sequence[str]]) -> frozenset[str]:
    """List the words that several recommendations of a report have."""
    counted = Counter(word.casefold() for words in keywords for word in set(words))
    return frozenset(word for word, count in counted.items() if count >= SHARED_BY)


def typed_terms(text: str, most: int = MOST_TERMS) -> tuple[str, ...]:
    """Read words as people type them: parted by commas or lines, quotes or not. Refused: too many, too short or too long."""
    found = [
        " ".join(part.replace('"', " ").replace("“", " ").replace("”", " ").split()) for part in _SPLIT.split(text)
    ]
    terms = tuple(dict.fromkeys(term for term in found if term))
    if len(terms) > most:
        raise Refused(f"Those are {len(terms)} words or phrases.", f"Choose the {most} that matter most.")
    for term in terms:
        if len(term) > LONGEST:
            raise Refused("One of those phrases is too long.", f"Keep each under {LONGEST} characters.")
        if sum(len(word) for word in words_of(term)) < SHORTEST:
            raise Refused(f"“{term}” is too short to search for.", "Use a word of three letters or more.")
    return terms


def match(words: LookWords, heading: str, text: str, *, is_cut: bool = False) -> Match:
    """Tell whether a thing said fits: one of the report's words, and one of the recommendation's near it.

    A heading is near everything. Where a text was cut off and the report's word is not seen, it fits in part at most.
    """
    if not words.is_ready:
        return Match.NO
    head, body = words_of(heading), words_of(text)
    must_head = any(_places(head, term) for term in words.must)
    must_at = [at for term in words.must for at in _places(body, term)]
    if not must_head and not must_at:
        if not is_cut:
            return Match.NO
        return Match.PART if _tells(words, head, body, None) else Match.NO
    near = None if must_head and not must_at else must_at
    if must_head and _reads_as_one(body):
        near = None
    return Match.WHOLE if _tells(words, head, body, near) else Match.NO


def _tells(words: LookWords, head: Sequence[str], body: Sequence[str], near: Sequence[int] | None) -> bool:
    """Tell whether enough of a recommendation's words stand there: one that tells by itself, or two weak ones."""
    if any(_stands(head, body, term, near) for term in words.terms):
        return True
    return sum(1 for term in words.weak if _stands(head, body, term, near)) > 1


def match_terms(words: LookWords, text: str) -> tuple[str, ...]:
    """List those of a recommendation's words that tell by themselves and stand in a text, whatever else does."""
    body = words_of(text)
    return tuple(term for term in words.terms if _stands((), body, term, None))


def match_must(must: Sequence[str], heading: str, text: str) -> bool:
    """Tell whether one of a report's own words stands in a thing said."""
    whole = [words_of(heading), words_of(text)]
    return any(_places(part, term) for term in must for part in whole)


def _reads_as_one(body: Sequence[str]) -> bool:
    return len(body) <= NEAR * 2


def _stands(head: Sequence[str], body: Sequence[str], term: str, near: Sequence[int] | None) -> bool:
    """Tell whether a term stands in the heading, or in the text near one of the places given (None: anywhere)."""
    return all(
        _places(head, part) or _is_near(_places(body, part), near) for part in (p for p in term.split("+") if p.strip())
    )


def _is_near(places: Sequence[int], near: Sequence[int] | None) -> bool:
    if near is None:
        return bool(places)
    return any(abs(place - other) <= NEAR for place in places for other in near[:200])


def _places(words: Sequence[str], term: str) -> list[int]:
    """Find where a term begins in a list of words, in the singular or with an s."""
    wanted = words_of(term)
    if not wanted:
        return []
    size = len(wanted)
    forms = [_forms(word, is_last=at == size - 1) for at, word in enumerate(wanted)]
    first, rest = forms[0], forms[1:]
    if not any(word in words for word in first):
        return []
    return [
        at
        for at, word in enumerate(words)
        if word in first and at + size <= len(words) and all(words[at + 1 + n] in form for n, form in enumerate(rest))
    ]


def _forms(wanted: str, *, is_last: bool) -> frozenset[str]:
    """Give the spellings that count as a word: itself, and as the last of a phrase its singular or plural."""
    if not is_last or len(wanted) < 4:
        return frozenset({wanted})
    return frozenset({wanted, f"{wanted}s", wanted.removesuffix("s")})


def searchable(terms: Iterable[str]) -> tuple[str, ...]:
    """List the terms of many reports once each, folded, in order: each is one shared search."""
    return tuple(sorted({as_search(term) for term in terms} - {""}))
