"""What people type, freed of characters that nobody sees: they hide words, or turn the order of the words around them."""

from __future__ import annotations

import re

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


def seen(text: str) -> str:
    """Take out what cannot be seen. Joiners inside a word stay, and so do direction marks beside right-to-left letters."""
    text = _UNSEEN.sub(lambda found: found[1] or "", _LINES.sub("\n", text).replace("\t", " "))
    text = _LOOSE_JOINER.sub("", text)
    return text if _RIGHT_TO_LEFT.search(text) else _MARKS.sub("", text)
