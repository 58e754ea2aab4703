"""How much of a letter is its writer's own, and how alike two letters look to a service that stops copies.

*Score* follows the published method of WriteToThem (FYR/SubstringHash): salutation and sign-off are taken off, letters
made small, punctuation and spaces dropped, overlapping 32-character pieces hashed; the score is 2·shared/(a+b), and
from 0.50 on two letters are taken for copies. Unlike there no hash is left out. *Share* is own words over all words but the
sentence that says what was asked, with its citation: a reader needs it, so it never counts against the writer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PIECE = 32
SCORE_CLOSES = 0.50
OWN_AIM = 0.50
"""The share to aim at: half of what is counted. Two or three sentences, about fifty words, reach it in every shipped letter."""
GROWS_FROM, GROWS_BELOW = 0.60, 0.45
"""A frame says more only in a letter whose share stays above the first and whose score stays below the second."""
MOST_SHARED = 110
"""Shared words that a frame never grows beyond: offices want short letters."""
ASKED = "asked"
"""The fact of a frame that says what the committee asked."""
COPIED_RUN = 6
"""So many words in a row that also stand in the frame are not the writer's own."""
REPEATED_RUN = 4
"""So many words in a row that the writer wrote before count once."""
OFTEN = 3
"""Words in ordinary prose come back about twice over a letter; beyond three times on average it is one word typed again."""

_SALUTATION = re.compile(r"\A\s*+dear\b[^\n]*\n", re.IGNORECASE)
_SIGN_OFF = re.compile(
    r"\n[^\S\n]*+(?:yours (?:sincerely|faithfully|truly|ever)|(?:with )?(?:kind |warm |best )?(?:regards|wishes))\b[^\n]{0,20}"
    r"(?:\n[^\n]*){0,6}\Z",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff](?:[^\W_]|['’‑-](?=\w))*"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a letter.

    ``field`` names the writer's field it came from; empty: text that every such letter shares.

    ``picked`` names the question whose answer was picked from a list: shared text too. ``fact`` names a fact that is measured
    apart, such as what the committee asked.
    """

    text: str
    field: str = ""
    picked: str = ""
    fact: str = ""

    @property
    def is_own(self) -> bool:
        return bool(self.field)


def words_of(text: str) -> list[str]:
    """List the words of a text, in small letters; a Chinese or Japanese character counts as one."""
    return [word.lower() for word in _WORD.findall(text)]


def count_words(text: str) -> int:
    return len(words_of(text))


def normalise(text: str) -> str:
    """Reduce a letter to what is compared: without salutation and sign-off, small letters and digits only."""
    body = _SIGN_OFF.sub("", _SALUTATION.sub("", text.strip() + "\n").rstrip())
    return "".join(filter(str.isalnum, body.lower()))


def pieces(text: str) -> frozenset[str]:
    """Give the overlapping 32-character pieces of a letter as a set, which hashes them. A shorter letter is one piece."""
    flat = normalise(text)
    if not flat:
        return frozenset()
    return frozenset(flat[start : start + PIECE] for start in range(max(1, len(flat) - PIECE + 1)))


def score(one: str, other: str) -> float:
    """Give the likeness of two letters: 0 for nothing in common, 1 for the same."""
    first, second = pieces(one), pieces(other)
    if not first and not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def sibling_score(parts: Sequence[Part]) -> float:
    """Score a letter against an imagined one of the same frame with as many different own words."""
    letter = "".join(part.text for part in parts)
    return score(letter, "".join(_other(part.text) if part.is_own else part.text for part in parts))


def own_word_count(parts: Sequence[Part], known: Sequence[str] = ()) -> int:
    """Count the writer's own words, each stretch once. ``known`` are texts that were there to be copied, such as a sample.

    A run of six or more that stands in the frame or in one of those is not theirs, a run of four that they wrote before counts no second
    time, and no word counts more than three times over all.
    """
    runs: set[tuple[str, ...]] = set()
    for text in (" ".join(part.text for part in parts if not part.is_own), *known):
        shared = words_of(text)
        runs.update(tuple(shared[start : start + COPIED_RUN]) for start in range(len(shared) - COPIED_RUN + 1))
    words: list[str] = []
    taken: set[int] = set()
    first: dict[tuple[str, ...], int] = {}
    for part in parts:
        if not part.is_own:
            continue
        begin = len(words)
        words += words_of(part.text)
        for start in range(begin, len(words) - COPIED_RUN + 1):
            if tuple(words[start : start + COPIED_RUN]) in runs:
                taken.update(range(start, start + COPIED_RUN))
        for start in range(begin, len(words) - REPEATED_RUN + 1):
            before = first.setdefault(tuple(words[start : start + REPEATED_RUN]), start)
            taken.update(range(max(start, before + REPEATED_RUN), start + REPEATED_RUN) if before < start else ())
    own = [word for place, word in enumerate(words) if place not in taken]
    return min(len(own), OFTEN * len(set(own)))


def own_share(parts: Sequence[Part], known: Sequence[str] = (), *, own_words: int | None = None) -> float:
    """Give the writer's own words over all words of the letter but those of what was asked, 0 to 1.

    ``own_words``: their number, where it was counted before.
    """
    total = count_words("".join(part.text for part in parts if part.fact != ASKED))
    counted = own_word_count(parts, known) if own_words is None else own_words
    return min(1.0, counted / total) if total else 0.0


_ELSEWHERE = 0x13000
"""Egyptian hieroglyphs: letters that no letter to an MP has, so that an imagined text shares nothing with a real one."""


def _other(text: str) -> str:
    return "".join(chr(_ELSEWHERE + place % 1000) if ch.isalnum() else ch for place, ch in enumerate(text.lower()))
