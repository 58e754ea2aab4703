"""What begins an item: a number, a letter, a Roman number or a name, and its place in their sequence."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.sources.page_lines import Line
from bot.sources.page_words import (
    LETTERED,
    NAMED,
    NUMBERED,
    ROMAN,
    SPACED,
    roman,
)

LONGEST_HEADING = 160


MOST_ITEMS = 500


LONGEST_ITEM = 18_000


Start = Callable[[Line], "tuple[str, str] | None"]
"""Give the label that a line begins with and the rest of the line; None: it begins no item."""


def numbered(line: Line) -> tuple[str, str] | None:
    """Read ``7.We``, ``7) We``, ``7 We``, ``7We``, or the number of an outer list."""
    mark = line.mark.strip("(). ")
    if mark.isdigit() and line.depth <= 1:
        return str(int(mark)), line.text
    if line.mark:
        return None
    found = NUMBERED.match(line.text) or SPACED.match(line.text)
    return (str(int(found.group(1))), line.text[found.end() :]) if found else None


def lettered(line: Line) -> tuple[str, str] | None:
    """Read ``(a) We``, ``a) We``, ``A. We``, or the letter of an outer list."""
    mark = line.mark.strip("(). ")
    if mark.isalpha() and mark.isascii() and len(mark) <= 2 and line.depth <= 1:
        return mark, line.text
    found = LETTERED.match(line.text) if not line.mark else None
    return (next(g for g in found.groups() if g), line.text[found.end() :]) if found else None


def in_roman(line: Line) -> tuple[str, str] | None:
    """Read ``(iv) We``, ``iv. We``, or the Roman number of an outer list."""
    mark = line.mark.strip("(). ")
    if mark and roman(mark) and line.depth <= 1:
        return f"({mark})", line.text
    found = ROMAN.match(line.text) if not line.mark else None
    label = next((g for g in found.groups() if g), "") if found else ""
    return (f"({label})", line.text[found.end() :]) if found and roman(label) else None


def named(line: Line) -> tuple[str, str] | None:
    """Read ``Recommendation 7: We``, ``Conclusion 7``, ``R7``, ``C7``."""
    found = NAMED.match(line.text)
    return (found.group(1) or f"{found.group(2)}{found.group(3)}", line.text[found.end() :]) if found else None


def order(label: str) -> int | None:
    """Give the place of a label in its sequence: 7 is 7, ``b`` is 2, ``ab`` is 28; None where it has none."""
    digits = re.fullmatch(r"[RC]?(\d{1,3})[a-z]?", label)
    if digits:
        return int(digits.group(1))
    letters = label.casefold()
    if letters.startswith("("):
        return roman(letters.strip("()"))
    if not re.fullmatch(r"[a-z]{1,2}", letters):
        return None
    first = ord(letters[0]) - 96
    return first if len(letters) == 1 else first * 26 + ord(letters[1]) - 96
