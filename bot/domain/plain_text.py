"""What people type, freed of characters that nobody sees: they hide words, or turn the order of the words around them."""

from __future__ import annotations

import re

ELLIPSIS = "…"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*+\n){2,}")
_HALVES = re.compile("[\ud800-\udfff]+")
_LINES = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
_UNSEEN = re.compile(
    f"({_FLAG})|"
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u200b\u202d\u202e\u2060-\u2065\u206a-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""Controls, overrides of direction, zero-width spaces, fillers, tags. A flag of tags is one sign. Marks of direction, joiners and
signs that choose the form of a letter are looked at for themselves: scripts need them."""
_FORMS = re.compile(
    "(?:(?<=[A-Za-z\u00c0-\u024f\u0370-\u052f\u061c\\s\u200c-\u200f\u202a-\u202c\u2066-\u2069])|(?<![^\n]))"
    "[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]+|(?<![\u1820-\u18aa])[\u180b-\u180f]+"
)
"""Signs that choose a form where there is none to choose: behind a Latin letter, a space; a Mongolian one behind another script."""
_JOINING = (
    "\u0590-\u08ff\u0900-\u0dff\u0e80-\u0eff\u0f00-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\ua8ff\ua980-\uaaff\uabc0-\uabff"
    "\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00011fff\U0001e800-\U0001efff"
)
"""Letters of Arabic, Persian, Uyghur, Mongolian, Indian and other scripts whose form depends on whether they join."""
_PICTURE = "\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001fbff"
_SEVERAL_JOINERS = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_JOINER = re.compile(
    f"((?<=[{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?=[{_JOINING}])|(?<=[{_PICTURE}])\u200d(?=[{_PICTURE}]))|[\u200c\u200d]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_MARKS = re.compile("[\u200e\u200f\u061c]")
_DIRECTIONS = re.compile("[\u202a-\u202c\u2066-\u2069]")
_EMBEDS, _EMBEDDED, _ISOLATES, _ISOLATED = "\u202a\u202b", "\u202c", "\u2066\u2067\u2068", "\u2069"
_SPACES = re.compile("[^\\S\u202f]+")
"""A narrow space that does not break stands inside words in Mongolian and French."""


def tidy_text(text: str) -> str:
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
    return _closed(kept).rstrip(" ,;:–-") + ELLIPSIS


def within_sentence(words: str) -> str:
    """Give a label as it stands within a sentence: its first letter small, unless it begins with the name of a day."""
    return words if words.split(" ")[0] in _DAYS else words[:1].lower() + words[1:]


def on_one_line(text: str) -> str:
    """Give a text on one line, without what cannot be seen."""
    return " ".join(_SPACES.split(without_invisible_signs(text))).strip()


def without_invisible_signs(text: str) -> str:
    """Take out what cannot be seen.

    Joiners stay where a script or an emoji needs them. In a text with right-to-left letters marks of direction stay, and a direction
    that is closed again on its line: it turns nothing around it.
    """
    text = _UNSEEN.sub(lambda found: found[1] or "", _LINES.sub("\n", text).replace("\t", " "))
    text = _FORMS.sub("", text)
    text = _closed(text) if _RIGHT_TO_LEFT.search(text) else _MARKS.sub("", _DIRECTIONS.sub("", text))
    return _JOINER.sub(lambda found: found[1] or "", _SEVERAL_JOINERS.sub(r"\1", text))


def _closed(text: str) -> str:
    """Take out each direction that is begun and not closed on its line, or closed without having begun."""
    if not _DIRECTIONS.search(text):
        return text
    loose: set[int] = set()
    begun: list[int] = []
    isolates = 0
    for place, sign in enumerate(text):
        if sign == "\n":
            loose.update(begun)
            begun.clear()
            isolates = 0
        elif sign in _EMBEDS or sign in _ISOLATES:
            begun.append(place)
            isolates += sign in _ISOLATES
        elif sign == _EMBEDDED:
            if begun and text[begun[-1]] in _EMBEDS:
                begun.pop()
            else:
                loose.add(place)
        elif sign == _ISOLATED:
            if not isolates:
                loose.add(place)
                continue
            isolates -= 1
            while text[begun[-1]] in _EMBEDS:
                loose.add(begun.pop())
            begun.pop()
    loose.update(begun)
    return "".join(sign for place, sign in enumerate(text) if place not in loose)
