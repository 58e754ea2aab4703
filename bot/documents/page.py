"""A letter as what stands on its page, and in which script each paragraph is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.domain.letters import Letter

_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_HAN = re.compile(r"[\u2e80-\u2fdf\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_STRONG = re.compile(r"[^\W\d_]")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\u202a-\u202e]")
"""Characters no document may hold, and those that turn the order of other people's words."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the writer wants under and above the letter in this one file. It is used in memory and never kept."""

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)

    @property
    def lines(self) -> tuple[str, ...]:
        """Give the sender's lines at the head of the page."""
        return tuple(line for line in map(str.strip, clean(self.address).splitlines()) if line)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the page. ``date`` is written out."""

    sender: tuple[str, ...] = field(repr=False)
    date: str
    to: tuple[str, ...]
    subject: str
    paragraphs: tuple[str, ...] = field(repr=False)
    name: str = field(repr=False)


def page_of(letter: Letter, date: str, signature: Signature | None = None) -> Page:
    """Lay a letter out. Without a signature it holds nothing about its writer but their words."""
    by = signature or Signature()
    paragraphs = tuple(part for part in map(str.strip, re.split(r"\n\s*\n", clean(letter.text))) if part)
    to = tuple(map(clean, letter.recipient.envelope))
    return Page(by.lines, date, to, clean(letter.subject), paragraphs, clean(by.name).strip())


def clean(text: str) -> str:
    """Take out what no document may hold, and marks that turn the order of the words around them."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def has_han(text: str) -> bool:
    return bool(_HAN.search(text))


def has_arabic(text: str) -> bool:
    return bool(_ARABIC.search(text))


def is_right_to_left(text: str) -> bool:
    """Tell whether a paragraph runs from right to left: by the first letter that has a direction."""
    first = _STRONG.search(text)
    return bool(first and (_ARABIC.match(first[0]) or "\u0590" <= first[0] <= "\u05ff"))
