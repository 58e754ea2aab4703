"""Finding a constituency while its name is typed: beginnings, words, the Member's name, then typos. In memory alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.members import Constituency, fold

LONGEST = 100
MOST_WORDS = 8
"""No seat and no Member has more words to their name; each word is compared with all of theirs."""
FEW = 3
"""With fewer sure finds than this, names that are only similar are offered after them."""
SIMILAR = 75.0
LIKE = 50.0
SLIP = 82.0
"""So like the name of a place is one with a slip in it. The table has short names of many sorts, so it is more than SIMILAR."""
SHORTEST_SLIP = 5


@dataclass(frozen=True, slots=True)
class _Entry:
    seat: Constituency
    name: str
    words: tuple[str, ...]
    person: str
    person_words: tuple[str, ...]


class NameIndex:
    """The names of a House, folded once. A House of 650 answers a key stroke in a few milliseconds."""

    def __init__(self, seats: Iterable[Constituency]) -> None:
        ordered = sorted(seats, key=lambda seat: fold(seat.name))
        self._entries = tuple(_entry(seat) for seat in ordered)
        self._words = sorted({word for entry in self._entries for word in entry.words + entry.person_words})

    def near(self, text: str, limit: int = 25) -> list[Constituency]:
        """List seats, best first; all of them from the top for an empty text."""
        typed = " ".join(fold(text[:LONGEST]).split()[:MOST_WORDS])
        if not typed:
            return [entry.seat for entry in self._entries[:limit]]
        ranked = sorted(
            ((rank, place) for place, entry in enumerate(self._entries) if (rank := _rank(typed, entry)) is not None)
        )
        found = [place for _, place in ranked]
        if len(found) < FEW <= len(typed):
            found += [place for place in self._similar(typed) if place not in found]
        return [self._entries[place].seat for place in found[:limit]]

    def is_sure(self, text: str) -> bool:
        """Tell whether a name begins as the text does, or holds it."""
        typed = " ".join(fold(text[:LONGEST]).split()[:MOST_WORDS])
        return bool(typed) and any(_rank(typed, entry) is not None for entry in self._entries)

    def _similar(self, typed: str) -> list[int]:
        """List the places of names with typing errors in them, the most similar first."""
        from rapidfuzz import fuzz, process

        scores = dict.fromkeys(range(len(self._entries)), 0.0)
        for names in ([e.name for e in self._entries], [e.name[: len(typed)] for e in self._entries]):
            for _, score, place in process.extract(typed, names, scorer=fuzz.ratio, limit=None, score_cutoff=SIMILAR):
                scores[place] = max(scores[place], score)
        parts = [self._like(part) for part in typed.split()]
        for place, entry in enumerate(self._entries):
            for words in (entry.words, entry.person_words):
                likeness = sum(max((part.get(word, 0.0) for word in words), default=0.0) for part in parts)
                scores[place] = max(scores[place], likeness / len(parts))
        return sorted((p for p, score in scores.items() if score >= SIMILAR), key=lambda p: (-scores[p], p))

    def _like(self, part: str) -> dict[str, float]:
        """Score the words of all names by how like one typed word they are, or their beginnings."""
        from rapidfuzz import fuzz, process

        scores: dict[str, float] = {}
        for words in (self._words, [word[: len(part) + 1] for word in self._words]):
            for _, score, place in process.extract(part, words, scorer=fuzz.ratio, limit=None, score_cutoff=LIKE):
                word = self._words[place]
                scores[word] = max(scores.get(word, 0.0), score)
        return scores


def with_a_slip(typed: str, names: Sequence[str], limit: int = 5) -> list[str]:
    """List the folded names that a text means but for a typing error, the most similar first."""
    if len(typed) < SHORTEST_SLIP:
        return []
    from rapidfuzz import fuzz, process

    found = process.extract(typed, names, scorer=fuzz.ratio, limit=limit, score_cutoff=SLIP)
    return [name for name, _, _ in found]


def _entry(seat: Constituency) -> _Entry:
    name = fold(seat.name)
    person = fold(f"{seat.member.display_as} {seat.member.list_as}") if seat.member is not None else ""
    return _Entry(seat, name, tuple(name.split()), person, tuple(dict.fromkeys(person.split())))


def _rank(typed: str, entry: _Entry) -> int | None:
    if entry.name == typed:
        return 0
    if entry.name.startswith(typed):
        return 1
    words = typed.split()
    if _each_begins(words, entry.words):
        return 2
    if _each_begins(words, entry.person_words):
        return 3
    if _each_begins(words, entry.words + entry.person_words):
        return 4
    if len(typed) >= FEW and typed.replace(" ", "") in entry.name.replace(" ", ""):
        return 5
    return None


def _each_begins(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether every typed word begins a word of its own."""
    if len(typed) == 1:
        return any(word.startswith(typed[0]) for word in words)
    left = list(words)
    for part in sorted(typed, key=len, reverse=True):
        match = next((word for word in left if word.startswith(part)), None)
        if match is None:
            return False
        left.remove(match)
    return True
