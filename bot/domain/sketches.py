"""Sketches of letters: enough to tell that two are nearly the same, and not one word of either.

A sketch is the 64 smallest keyed hashes of a letter's 32-character pieces (a bottom-k sketch). Of two of them the share of
pieces in common is estimated, and from it the score by which services that stop copies judge (``own_words.score``).
"""

from __future__ import annotations

from collections.abc import Iterable

SKETCH_SIZE = 64
HASH_BYTES = 8
LEAST_PIECES = 100
"""A letter with fewer pieces is too short to be judged by them."""


def sketch(hashes: Iterable[bytes]) -> bytes:
    """Make a sketch of keyed hashes of 8 bytes each: the 64 smallest, in order, one after another."""
    return b"".join(sorted(set(hashes))[:SKETCH_SIZE])


def likeness(one: bytes, other: bytes) -> float:
    """Estimate the score of two letters from their sketches: 0 for nothing in common, 1 for the same."""
    first, second = _hashes(one), _hashes(other)
    if not first or not second:
        return 0.0
    smallest = sorted(first | second)[:SKETCH_SIZE]
    shared = sum(piece in first and piece in second for piece in smallest)
    jaccard = shared / len(smallest)
    return 2 * jaccard / (1 + jaccard)


def _hashes(made: bytes) -> frozenset[bytes]:
    return frozenset(made[start : start + HASH_BYTES] for start in range(0, len(made) - HASH_BYTES + 1, HASH_BYTES))
