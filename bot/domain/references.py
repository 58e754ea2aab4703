"""How people name a recommendation: "3", "three", "recommendation twelve", "T-12", "t12", "para 13", "never-again/3"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.reports import Recommendation, Report

_NAMED = re.compile(r"^(?:recommendations?|recs?|items?|asks?|numbers?|no|nr)\b[\s.:]*|^#\s*")
_PARAGRAPH = re.compile(r"^(?:paragraphs?|paras?|par|¶|§)[\s.:]*(\d{1,4})$")
_VALUE = re.compile(r"^([a-z0-9-]{1,40})/([a-z0-9.()-]{1,12})$")
_NUMBER = re.compile(r"^([a-z]{0,3})[\s.–—-]*0*(\d{1,4})([a-z]?)$")
_SHOWN = re.compile(r" \((?:number not confirmed|part of [^()]{1,20})\)$")
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "  # noqa: SIM905
    "eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_ORDINALS = {
    "first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight", "ninth": "nine",
    "twelfth": "twelve",
}  # fmt: skip
_MOST_SPOKEN = 6
"""Words that a spoken number has at most: "one hundred and twenty three" has five."""


class Found(NamedTuple):
    """A recommendation with the report that holds it."""

    report: Report
    item: Recommendation

    @property
    def value(self) -> str:
        """Name it unambiguously across reports: ``never-again/3``."""
        return f"{self.report.slug}/{self.item.key}"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a text names: a number or key in comparable form ("3", "t12"), or a paragraph; maybe within a named report."""

    number: str = ""
    paragraph: int | None = None
    report: str = ""


def comparable(number: str) -> str:
    """Write a number or key so that its spellings compare equal: "T-01", "t1" and "t 01" are all "t1"."""
    match = _NUMBER.match(number.strip().casefold())
    return "".join(match.groups()) if match else number.strip().casefold()


def read_reference(text: str) -> Reference | None:
    """Read how a person names a recommendation, or None where the text is words to search for.

    Numbers in words, as dictation writes them, count as figures: "three", "recommendation twelve", "the third".
    """
    rest = text.strip().casefold().rstrip(".,;:!?").strip()
    value = _VALUE.match(rest)
    if value:
        return Reference(number=comparable(value.group(2)), report=value.group(1))
    rest = _SHOWN.sub("", rest)
    rest = _NAMED.sub("", _NAMED.sub("", rest.removeprefix("the "))).strip()
    rest = _in_figures(rest)
    paragraph = _PARAGRAPH.match(rest)
    if paragraph:
        return Reference(paragraph=int(paragraph.group(1)))
    return Reference(number=comparable(rest)) if _NUMBER.match(rest) else None


def spoken_number(text: str) -> int | None:
    """Read a whole number written in words, up to 999: "twenty-one", "one hundred and five", "third"; None: it is none."""
    words = [word for word in text.casefold().replace("-", " ").split() if word != "and"]
    if not words or len(words) > _MOST_SPOKEN:
        return None
    words[-1] = _ORDINALS.get(words[-1], words[-1].removesuffix("th") if words[-1] not in _UNITS else words[-1])
    if words[-1].endswith("tie"):
        words[-1] = f"{words[-1][:-2]}y"
    total, left = 0, words
    if len(words) > 1 and words[1] == "hundred" and words[0] in _UNITS[1:10]:
        total, left = 100 * _UNITS.index(words[0]), words[2:]
    match left:
        case []:
            return total
        case [one] if one in _UNITS:
            return total + _UNITS.index(one)
        case [ten] if ten in _TENS:
            return total + 10 * (_TENS.index(ten) + 2)
        case [ten, one] if ten in _TENS and one in _UNITS[1:10]:
            return total + 10 * (_TENS.index(ten) + 2) + _UNITS.index(one)
    return None


def _in_figures(text: str) -> str:
    """Write what is a number in words in figures, also behind "paragraph" or a letter: "paragraph nine", "t twelve"."""
    number = spoken_number(text)
    if number is not None:
        return str(number)
    first, _, rest = text.partition(" ")
    if rest and (_PARAGRAPH.match(f"{first} 1") or (first.isalpha() and len(first) <= 2)):
        number = spoken_number(rest)
        if number is not None:
            return f"{first} {number}"
    return text


def within_report(text: str, names: Sequence[str]) -> str | None:
    """Give what is left of a text that begins or ends with one of a report's names: "never again T-12", "3 of Never Again".

    None: it names the report nowhere. Empty: it names nothing else.
    """
    plain = _spaced(text)
    for name in sorted({_spaced(name) for name in names}, key=len, reverse=True):
        if not name:
            continue
        if plain == name:
            return ""
        if plain.startswith(name) and not plain[len(name)].isalnum():
            return _unjoined(plain[len(name) :])
        if plain.endswith(name) and not plain[-len(name) - 1].isalnum():
            return _unjoined(plain[: -len(name)])
    return None


_JOINED = re.compile(r"^[\s:,·/–—-]+|[\s:,·/–—-]+$")


def _spaced(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def _unjoined(text: str) -> str:
    rest = _JOINED.sub("", text)
    for word in ("of", "in", "from", "to"):
        rest = rest.removeprefix(f"{word} ").removesuffix(f" {word}")
    return _JOINED.sub("", rest)


def is_named(item: Recommendation, number: str) -> bool:
    """Tell whether a comparable number is this item's official number or key."""
    return any(number == comparable(name) for name in item.names)


def paragraphs_of(item: Recommendation) -> tuple[int, int] | None:
    """Give the first and last paragraph that an item's range names, or None."""
    if "." in item.whole_paragraphs:  # numbered by chapter, 1.12: no range of whole numbers
        return None
    numbers = [int(n) for n in re.findall(r"\d{1,4}", item.whole_paragraphs)]
    return (min(numbers), max(numbers)) if numbers else None


def covers(item: Recommendation, paragraph: int) -> bool:
    """Tell whether a paragraph lies in an item's range."""
    span = paragraphs_of(item)
    return span is not None and span[0] <= paragraph <= span[1]


def in_ranges(numbers: list[str]) -> str:
    """Write numbers shortly: ``1–6, 9``. Those that are not plain digits stand by themselves."""
    runs: list[tuple[int, int]] = []
    for n in sorted({int(n) for n in numbers if n.isdigit()}):
        if runs and n == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    parts = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    return ", ".join(parts + sorted(n for n in numbers if not n.isdigit()))
