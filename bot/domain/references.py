"""How people name a recommendation: "3", "recommendation 3", "T-12", "t12", "para 13", "never-again/3"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.reports import Recommendation, Report

_NAMED = re.compile(r"^(?:recommendations?|recs?|items?|asks?|numbers?|no|nr)\b[\s.:]*|^#\s*")
_PARAGRAPH = re.compile(r"^(?:paragraphs?|paras?|par|¶|§)[\s.:]*(\d{1,4})$")
_VALUE = re.compile(r"^([a-z0-9-]{1,40})/([a-z0-9.()-]{1,12})$")
_NUMBER = re.compile(r"^([a-z]{0,3})[\s.–—-]*0*(\d{1,4})([a-z]?)$")


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
    """Read how a person names a recommendation, or None where the text is words to search for."""
    rest = text.strip().casefold()
    value = _VALUE.match(rest)
    if value:
        return Reference(number=comparable(value.group(2)), report=value.group(1))
    rest = _NAMED.sub("", rest, count=1)
    paragraph = _PARAGRAPH.match(rest)
    if paragraph:
        return Reference(paragraph=int(paragraph.group(1)))
    return Reference(number=comparable(rest)) if _NUMBER.match(rest) else None


def is_named(item: Recommendation, number: str) -> bool:
    """Tell whether a comparable number is this item's official number or key."""
    return number == comparable(item.key) or (item.number is not None and number == comparable(item.number))


def paragraphs_of(item: Recommendation) -> tuple[int, int] | None:
    """Give the first and last paragraph that an item's range names, or None."""
    if "." in item.paragraphs:  # numbered by chapter, 1.12: no range of whole numbers
        return None
    numbers = [int(n) for n in re.findall(r"\d{1,4}", item.paragraphs)]
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
