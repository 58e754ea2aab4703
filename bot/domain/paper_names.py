"""How Parliament's record names a paper, taken apart: the paper's number, the session, which report it is, and its title."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ORDINAL = re.compile(
    r"^((?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ])?"
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    r"sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|fortieth|fiftieth|sixtieth|seventieth|eightieth|"
    r"ninetieth|\d{1,3}(?:st|nd|rd|th))(?: joint)? (?:special )?report)"
    r"(?: of (?:the )?session (\d{4}\s?[-–—/]\s?\d{2,4}))?\s*(?:[-–—:,.]+\s*|$)",
    re.IGNORECASE,
)
_PAPER = re.compile(r"(?<!\d)(\d{1,4})(?!\d)(?:\s?[-–]?\s?([IVX]{1,4})\b)?", re.IGNORECASE)
_SESSION = re.compile(r"\b((?:19|20)\d{2})\s?[-–—/]\s?(\d{2}|(?:19|20)\d{2})\b")
_SHORT_ENDS = re.compile(r"[:;?]|\s[–—-]\s")
SHORT = 60


@dataclass(frozen=True, slots=True)
class PaperName:
    """A description of the record, taken apart. ``ordinal`` and ``session`` are empty where it does not say them."""

    title: str
    ordinal: str = ""
    session: str = ""


def take_name_apart(description: str) -> PaperName:
    """Take ``First Report - Street trees`` apart; what has no such beginning is a title as it stands."""
    said = " ".join(description.split())
    found = _ORDINAL.match(said)
    if found is None:
        return PaperName(said)
    title = said[found.end() :].strip()
    ordinal = " ".join(word if word[0].isdigit() else word.capitalize() for word in found[1].split())
    return PaperName(title or ordinal, ordinal if title else "", session_words(found[2] or ""))


def short_title(title: str) -> str:
    """Give the part of a title that people say: what stands before its colon or dash, at most 60 characters."""
    said = " ".join(title.split())
    end = next((m.start() for m in _SHORT_ENDS.finditer(said) if m.start() >= 3), len(said))
    kept = said[: end + 1] if said[end : end + 1] == "?" else said[:end]
    kept = kept.strip() or said
    if len(kept) <= SHORT:
        return kept
    cut = kept[: SHORT - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[30:] else cut).rstrip(" ,") + "…"


def paper_number(number: str, *, lords: bool) -> str:
    """Write a paper's number in the one way that it is cited: ``HC 429``, ``HL Paper 12``. The record writes it in several."""
    found = _PAPER.search(number)
    if found is None:
        return ""
    part = f"-{found[2].upper()}" if found[2] else ""
    return f"{'HL Paper' if lords else 'HC'} {int(found[1])}{part}"


def session_words(text: str) -> str:
    """Write a session as it is cited: ``2024–25``. Empty where the text names none."""
    found = _SESSION.search(text)
    return f"{found[1]}–{found[2][-2:]}" if found else ""


def papers_of(text: str) -> frozenset[str]:
    """Name each paper of a text in comparable form, for a report that has one of each House: ``hc429``, ``hl12``."""
    found = re.findall(r"\b(HC|HL)\s*(?:paper\s*)?(\d{1,4})", text, re.IGNORECASE)
    return frozenset(f"{house.casefold()}{int(number)}" for house, number in found)
