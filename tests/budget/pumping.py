"""Texts made to be hard for a pattern: each of its repeats pumped up, and ended so that it has to look again."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _constants as codes  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]

LENGTH = 6_000
TAILS = ("", "\x00", "\n\x00", " x", "!")
COMMON = (
    " ",
    "\n",
    "\r\n",
    "\t",
    "a",
    "A",
    "é",
    "汉",
    "🏳️‍🌈",
    "1",
    "12 ",
    "1, ",
    "word ",
    "of the ",
    " \n",
    "x\n",
    "- ",
    "[",
    "<",
)
"""What is pumped in every pattern, whatever it is made of."""

_CATEGORY = {
    codes.CATEGORY_DIGIT: "7",
    codes.CATEGORY_NOT_DIGIT: "q",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "q",
    codes.CATEGORY_WORD: "w",
    codes.CATEGORY_NOT_WORD: "!",
}


def pumped(pattern: re.Pattern[Any], seed: int = 0) -> Iterator[str]:
    """Give texts of 6,000 characters that a pattern finds hard, if any does."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags)
    rng = random.Random(seed)
    pieces = list(dict.fromkeys((*COMMON, *_characters(tree), *_literals(tree))))
    made: dict[str, None] = {}
    for piece in pieces:
        for tail in TAILS:
            made[_filled(piece, "", tail)] = None
    for first in pieces[:30]:
        for second in rng.sample(pieces, min(4, len(pieces))):
            made[_filled(first + second, "", "\x00")] = None
    for _ in range(4):
        for before, body in _repeats(tree, "", rng):
            for tail in TAILS:
                made[_filled(body, before, tail)] = None
            made[_filled(before + body, "", "\x00")] = None
        whole = _sample(tree, rng)
        made[_filled(whole, "", "\x00")] = None
        made[_filled(whole[:-1], "", "")] = None
    yield from made


def _filled(piece: str, before: str, tail: str) -> str:
    room = LENGTH - len(before) - len(tail)
    return before + (piece * (room // max(1, len(piece)) + 1))[: max(0, room)] + tail if piece else before + tail


def _nodes(tree: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for code, value in tree:
        yield code, value
        for part in _inside(code, value):
            yield from _nodes(part)


def _inside(code: Any, value: Any) -> list[Any]:
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [value[2]]
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.ATOMIC_GROUP:
        return [value]
    if code is codes.BRANCH:
        return list(value[1])
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    return []


def _characters(tree: Any) -> Iterator[str]:
    for code, value in _nodes(tree):
        if code is codes.LITERAL:
            yield chr(value)
        elif code is codes.IN:
            yield from {_one_of(value, random.Random(turn)) for turn in range(4)}


def _literals(tree: Any) -> Iterator[str]:
    """Give the runs of letters that a pattern asks for, as words with a space after them too."""
    for _, value in (("", tree), *_nodes(tree)):
        for part in [tree] if value is tree else []:
            yield from _runs(part)
    for code, value in _nodes(tree):
        for part in _inside(code, value):
            yield from _runs(part)


def _runs(tree: Any) -> Iterator[str]:
    run = ""
    for code, value in tree:
        if code is codes.LITERAL:
            run += chr(value)
            continue
        if len(run) > 1:
            yield run
            yield run + " "
        run = ""
    if len(run) > 1:
        yield run
        yield run + " "


def _repeats(tree: Any, before: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Give each repeat as what leads to it and one turn of it."""
    lead = before
    for code, value in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            yield lead, _sample(value[2], rng)
        for part in _inside(code, value):
            yield from _repeats(part, lead, rng)
        lead += _sample([(code, value)], rng)
        lead = lead[:400]


def _sample(tree: Any, rng: random.Random) -> str:
    """Make a text that the tree matches, or nearly."""
    made = ""
    for code, value in tree:
        if code is codes.LITERAL:
            made += chr(value)
        elif code is codes.NOT_LITERAL:
            made += "q" if value != ord("q") else "z"
        elif code is codes.ANY:
            made += "q"
        elif code is codes.IN:
            made += _one_of(value, rng)
        elif code is codes.BRANCH:
            made += _sample(rng.choice(value[1]), rng)
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, body = value
            for _ in range(min(int(most), rng.choice((least, least + 1, least + 2)))):
                made += _sample(body, rng)
        elif code is codes.SUBPATTERN:
            made += _sample(value[3], rng)
        elif code is codes.ATOMIC_GROUP:
            made += _sample(value, rng)
    return made


def _one_of(choices: Any, rng: random.Random) -> str:
    negated = choices[0][0] is codes.NEGATE
    if negated:
        held = {chr(value) for code, value in choices if code is codes.LITERAL}
        return next(sign for sign in rng.sample("qz7 \n-!é汉", 9) if sign not in held or sign == "汉")
    code, value = rng.choice(choices)
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.RANGE:
        sign = chr(rng.choice((value[0], value[1], (value[0] + value[1]) // 2)))
        return sign if not 0xD800 <= ord(sign) <= 0xDFFF else "q"
    return _CATEGORY.get(value, "q")
