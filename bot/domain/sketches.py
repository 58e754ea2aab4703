"""Sketches of letters: enough to tell that two are nearly the same, and not one word of either.

A sketch is the 64 smallest keyed hashes of a letter's 32-character pieces (a bottom-k sketch). Of two of them the share of
pieces in common is estimated, and from it the score by which services that stop copies judge (``own_words.score``).
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import unpack_from

# A share that is estimated from 64 hashes is right to about 0.06 (half of 1/√64), enough to tell a copy from a cousin.
SKETCH_SIZE = 64
# Eight bytes: among the millions of pieces of a group's letters, two that differ practically never have one hash.
HASH_BYTES = 8
LEAST_PIECES = 100
"""A letter with fewer pieces is too short to be judged by them."""


def sketch(hashes: Iterable[bytes]) -> bytes:
    """Make a sketch of keyed hashes of 8 bytes each: the 64 smallest, in order, one after another."""
    return b"".join(sorted(set(hashes))[:SKETCH_SIZE])


def likeness(one: bytes, other: bytes) -> float:
    """Estimate the score of two letters from their sketches: 0 for nothing in common, 1 for the same."""
    return highest(one, (other,))


def highest(one: bytes, others: Iterable[bytes]) -> float:
    """Give the highest score of a letter against others. What cannot be the highest is passed over after one look."""
    mine = _hashes(one)
    best = 0.0
    for other in others:
        theirs = _hashes(other)
        shared = mine & theirs
        if not shared or _score(len(shared), min(SKETCH_SIZE, len(mine | theirs))) <= best:
            continue
        smallest = sorted(mine | theirs)[:SKETCH_SIZE]
        best = max(best, _score(sum(piece in shared for piece in smallest), len(smallest)))
    return best


def _score(shared: int, all_of_them: int) -> float:
    share = min(1.0, shared / all_of_them)
    return 2 * share / (1 + share)


def _hashes(made: bytes) -> frozenset[int]:
    whole = len(made) // HASH_BYTES
    return frozenset(unpack_from(f">{whole}Q", made))
