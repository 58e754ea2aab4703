"""What people type, freed of characters that nobody sees: they hide words, or turn the order of the words around them."""

from __future__ import annotations

import re

ELLIPSIS = "…"

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*+\n){2,}")
_HALVES = re.compile("[\ud800-\udfff]+")
_LINES = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
_UNSEEN = re.compile(
    f"({_FLAG})|"
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls, overrides, embeddings and isolates of direction, zero-width spaces, fillers, tags. A flag of tags is one sign."""
_LOOSE_JOINER = re.compile("(?<![^\\s])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\s])|(?<=[\u200c\u200d])[\u200c\u200d]+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MARKS = re.compile("[\u200e\u200f\u061c]")


def tidied(text: str) -> str:
    """Take a text as somebody typed or pasted it: lines end alike, several blank lines are one, half characters are none."""
    return _BLANK_LINES.sub("\n\n", _LINES.sub("\n", _HALVES.sub("", text)))


WORD = 12
"""Characters within which the beginning of a word that was cut is looked for: nothing ends in the middle of one."""


def cut(text: str, most: int, most_bytes: int | None = None) -> str:
    """Shorten a text to a number of characters, and of bytes where they are given, ending in an ellipsis where it was cut."""
    if len(text) <= most and (most_bytes is None or len(text.encode()) <= most_bytes):
        return text
    kept = text[: max(0, most - 1)]
    if most_bytes is not None:
        kept = kept.encode()[: max(0, most_bytes - len(ELLIPSIS.encode()))].decode(errors="ignore")
    end = kept.rfind(" ")
    if not text[len(kept)].isspace() and end >= len(kept) - max(WORD, len(kept) // 5) and end > 0:
        kept = kept[:end]
    return kept.rstrip(" ,;:–-") + ELLIPSIS


def seen(text: str) -> str:
    """Take out what cannot be seen. Joiners inside a word stay, and so do direction marks beside right-to-left letters."""
    text = _UNSEEN.sub(lambda found: found[1] or "", _LINES.sub("\n", text).replace("\t", " "))
    text = _LOOSE_JOINER.sub("", text)
    return text if _RIGHT_TO_LEFT.search(text) else _MARKS.sub("", text)
