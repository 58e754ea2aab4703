"""Finding a constituency while its name is typed: beginnings, words, the Member's name, then typos. In memory alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.domain.members import Constituency, fold

LONGEST = 100
FEW = 3
"""With fewer sure finds than this, names that are only similar are offered after them."""
SIMILAR = 75.0


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

    def near(self, text: str, limit: int = 25) -> list[Constituency]:
        """List seats, best first; all of them from the top for an empty text."""
        typed = fold(text[:LONGEST])
        if not typed:
            return [entry.seat for entry in self._entries[:limit]]
        ranked = sorted(
            ((rank, place) for place, entry in enumerate(self._entries) if (rank := _rank(typed, entry)) is not None)
        )
        found = [place for _, place in ranked]
        if len(found) < FEW:
            similar = sorted(
                (-score, place)
                for place, entry in enumerate(self._entries)
                if place not in found and (score := _similarity(typed, entry)) >= SIMILAR
            )
            found += [place for _, place in similar]
        return [self._entries[place].seat for place in found[:limit]]


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
    left = list(words)
    for part in sorted(typed, key=len, reverse=True):
        match = next((word for word in left if word.startswith(part)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _similarity(typed: str, entry: _Entry) -> float:
    if len(typed) < FEW:
        return 0.0
    whole = max(fuzz.ratio(typed, entry.name), fuzz.ratio(typed, entry.name[: len(typed)]))
    parts = typed.split()
    return max(whole, _word_by_word(parts, entry.words), _word_by_word(parts, entry.person_words))


def _word_by_word(typed: Sequence[str], words: Sequence[str]) -> float:
    if not words:
        return 0.0
    return sum(
        max(max(fuzz.ratio(part, word), fuzz.ratio(part, word[: len(part) + 1])) for word in words) for part in typed
    ) / len(typed)
