"""A letter as what stands on its page, and in which script each paragraph is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from bot.domain.letters import BY_EMAIL, FrameKind, Letter, Signature
from bot.domain.plain_text import without_invisible_signs

_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_HAN = re.compile(r"[\u2e80-\u2fdf\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_STRONG = re.compile(r"[^\W\d_]")
_LONG_WORD = re.compile(r"[!-\u02ff\u1e00-\u1eff]{41,}")
_PAPER = re.compile(r"\b(HC|HL Paper|paragraphs?) (\d)")
_GREEK_AND_BEFORE, _HEBREW, _GREEK_EXTENDED = 0x0530, range(0x0590, 0x0600), range(0x1D00, 0x2000)
# Where Unicode's blocks of pictures begin: few fonts for letters have them.
_EMOJI = 0x1F000
_RARE_HAN = 0x20000
"""Chinese characters from here on are in few fonts: they may be boxes where the common ones are set."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the page. ``date`` is written out.

    ``note`` stands under the name. ``is_letter``: it has an address, a subject line and
    room for a signature; notes for oneself have none of them.
    """

    sender: tuple[str, ...] = field(repr=False)
    date: str
    to: tuple[str, ...]
    subject: str
    paragraphs: tuple[str, ...] = field(repr=False)
    name: str = field(repr=False)
    is_letter: bool = True
    note: str = ""


def page_of(letter: Letter, date: str, signature: Signature | None = None) -> Page:
    """Lay a letter out. Without a signature it holds nothing about its writer but their words."""
    by = signature or Signature()
    paragraphs = tuple(
        part for part in map(str.strip, re.split(r"\n\s*\n", without_invisible_signs(letter.text))) if part
    )
    subject = without_invisible_signs(letter.subject)
    if letter.frame.kind is not FrameKind.LETTER:
        return Page((), date, (), subject, paragraphs, "", is_letter=False)
    note = BY_EMAIL if by.by_email else ""
    return Page(
        by.lines,
        date,
        tuple(map(without_invisible_signs, letter.recipient.envelope)),
        subject,
        paragraphs,
        by.signed,
        note=note,
    )


def has_han(text: str) -> bool:
    return bool(_HAN.search(text))


def has_arabic(text: str) -> bool:
    return bool(_ARABIC.search(text))


def has_others(text: str) -> bool:
    """Tell whether a text has emoji, or letters of a script that no font was looked for."""
    return not text.isascii() and any(map(_is_of_another_script, text))


def _is_of_another_script(sign: str) -> bool:
    number = ord(sign)
    if number >= _RARE_HAN:
        return unicodedata.category(sign).startswith("L")
    if (
        number < _GREEK_AND_BEFORE
        or number in _HEBREW
        or number in _GREEK_EXTENDED
        or has_arabic(sign)
        or has_han(sign)
    ):
        return False
    return number >= _EMOJI or unicodedata.category(sign).startswith("L")


def breakable(text: str) -> str:
    """Let a very long word go on in the next line instead of over the paper's edge, and keep a paper's number in one line."""
    text = _PAPER.sub("\\1\u00a0\\2", text)
    return _LONG_WORD.sub(lambda found: "\u200b".join(re.findall(".{1,20}", found[0])), text)


def is_right_to_left(text: str) -> bool:
    """Tell whether a paragraph runs from right to left: by the first letter that has a direction."""
    first = _STRONG.search(text)
    return bool(first and (_ARABIC.match(first[0]) or "\u0590" <= first[0] <= "\u05ff"))
