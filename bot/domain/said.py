"""What is said in Parliament, as its open services record it: written questions, statements, motions, speeches."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.plain_text import cut, without_invisible_signs

LONGEST_TEXT = 4000
"""Characters of official text that are read of one thing said; no more are stored or matched."""

LONGEST_HEADING = 200

_DROPPED = re.compile(r"(?is)<(script|style)\b.*?(?:</\1\s*>|\Z)")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAKS = re.compile(r"(?i)<\s*(?:/p|br|/li|/tr|/div|/h[1-6])\b[^<>]{0,200}>")
_INLINE = re.compile(r"(?i)</?(?:a|abbr|b|em|i|mark|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]{0,500})?/?>")
"""Tags that may stand within a word, which they don't part."""
_CUT_OFF = re.compile(r"(?:\.\.\.|…)\s*\Z")
_SLUG = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{1,99}")
_UIN = re.compile(r"[0-9A-Za-z]{1,20}")


class SaidKind(StrEnum):
    """What kind of thing was said."""

    QUESTION = "question"
    STATEMENT = "statement"
    MOTION = "motion"
    SPEECH = "speech"
    ORAL = "oral"


SEARCHED = (SaidKind.QUESTION, SaidKind.STATEMENT, SaidKind.MOTION, SaidKind.SPEECH)
"""What Parliament's services can search for a word. Oral questions are read whole, for some weeks, and looked through here."""


KIND_LABELS = {
    SaidKind.QUESTION: "Written question",
    SaidKind.STATEMENT: "Written statement",
    SaidKind.MOTION: "Early day motion",
    SaidKind.SPEECH: "Debate",
    SaidKind.ORAL: "Oral question",
}


class AnswerState(StrEnum):
    """How a written question stands. ``NONE`` for everything that is not a question. ``LAPSED``: its session ended without an answer."""

    NONE = ""
    OPEN = "open"
    HOLDING = "holding"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


STATE_LABELS = {
    AnswerState.OPEN: "not answered yet",
    AnswerState.HOLDING: "a holding answer only",
    AnswerState.ANSWERED: "answered",
    AnswerState.CORRECTED: "answer corrected",
    AnswerState.WITHDRAWN: "withdrawn",
    AnswerState.LAPSED: "lapsed with the session",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """A Member's name under an early day motion. One that was withdrawn is none. ``on`` None: the service gives no day."""

    member_id: int
    member: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in Parliament. ``key`` is its service's own id; with ``kind`` it is never another's.

    ``on`` is the day of tabling, making or speaking, ``number`` the UIN or the number of a motion, ``member`` the Member's name as the
    service gives it (empty: it gave none). ``text`` is plain official text; ``answer`` what a minister answered. ``is_cut`` says that
    the service cut a text off. ``due_on`` is the service's own day for an answer, of an oral question the day on which it is put.
    ``sponsors`` is how many signed a motion, as the service lists it; ``signed`` are those of them that were asked for.
    """

    kind: SaidKind
    key: str
    on: date
    heading: str = ""
    text: str = ""
    number: str = ""
    house: str = ""
    member_id: int | None = None
    member: str = ""
    body: str = ""
    state: AnswerState = AnswerState.NONE
    due_on: date | None = None
    answered_on: date | None = None
    corrected_on: date | None = None
    answer: str = ""
    is_cut: bool = False
    url: str = ""
    grouped: tuple[str, ...] = ()
    sponsors: int | None = field(default=None, compare=False)
    signed: tuple[Signature, ...] = ()

    @property
    def newest(self) -> date:
        """Give the day by which it is listed: of its correction, its answer, or itself."""
        return max(day for day in (self.on, self.answered_on, self.corrected_on) if day is not None)


@dataclass(frozen=True, slots=True)
class Found:
    """What one search gave. ``total`` is how many the service says there are; ``missed`` names fields that it did not give."""

    items: tuple[Said, ...]
    total: int
    missed: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        return len(self.items) >= self.total


@dataclass(frozen=True, slots=True)
class Sitting:
    """Something in Parliament's calendar. ``time`` as the service writes it, or empty."""

    key: str
    on: date
    title: str
    house: str = ""
    kind: str = ""
    time: str = ""
    place: str = ""
    committee: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class QuestionTime:
    """When a department answers in the House, and until when questions for it can be tabled."""

    on: date
    bodies: str
    closes: str = ""
    closes_on: date | None = None


def plain(markup: str, most: int = LONGEST_TEXT) -> str:
    """Take official text as a service gives it, with markup or without: words alone, in lines, of a bounded length."""
    text = _INLINE.sub("", _DROPPED.sub(" ", markup[: most * 8]))
    text = html.unescape(_TAG.sub(" ", _BREAKS.sub("\n", text)))
    lines = (" ".join(line.split()) for line in without_invisible_signs(text).splitlines())
    return cut("\n".join(line for line in lines if line), most)


def was_cut_off(text: str) -> bool:
    """Tell whether a service cut a text off: it then ends in three dots."""
    return bool(_CUT_OFF.search(text))


def question_page(on: date, uin: str) -> str:
    """Give the page of a written question, or "" where its number is none."""
    if not _UIN.fullmatch(uin):
        return ""
    return f"https://questions-statements.parliament.uk/written-questions/detail/{on.isoformat()}/{uin}"


def statement_page(on: date, uin: str) -> str:
    """Give the page of a written statement, or "" where its number is none."""
    if not _UIN.fullmatch(uin):
        return ""
    return f"https://questions-statements.parliament.uk/written-statements/detail/{on.isoformat()}/{uin}"


def motion_page(key: str) -> str:
    """Give the page of an early day motion."""
    return f"https://edm.parliament.uk/early-day-motion/{key}" if key.isascii() and key.isdecimal() else ""


def speech_page(house: str, on: date, debate: str, contribution: str) -> str:
    """Give a place in Hansard: the contribution, else its debate, else the House's day, which are named by the service's own ids."""
    chamber = "Lords" if house.casefold() == "lords" else "Commons"
    day = f"https://hansard.parliament.uk/{chamber}/{on.isoformat()}"
    if not _SLUG.fullmatch(debate):
        return day
    where = f"#contribution-{contribution}" if _SLUG.fullmatch(contribution) else ""
    return f"{day}/debates/{debate}/debate{where}"


def hansard_link(link: str) -> str:
    """Give a link into Hansard as a service names it, or "" where it leads elsewhere."""
    return link if re.fullmatch(r"https://hansard\.parliament\.uk/[!-;=?-~]{1,250}", link) else ""


_QUESTION_LINK = re.compile(
    r"https://questions-statements\.parliament\.uk/written-questions/detail/(\d{4}-\d{2}-\d{2})/([0-9A-Za-z]{1,20})/?"
)
_NUMBER = re.compile(r"(?i)(?:uin\s*)?((?:HL)?\d{1,7})")


def question_named(text: str) -> tuple[str, date | None] | None:
    """Read a question's number, with its day of tabling where a link was given. None: it is neither number nor link."""
    text = text.strip()
    link = _QUESTION_LINK.fullmatch(text.partition("?")[0].partition("#")[0])
    if link is not None:
        try:
            return link[2].upper(), date.fromisoformat(link[1])
        except ValueError:
            return None
    number = _NUMBER.fullmatch(text)
    return (number[1].upper(), None) if number is not None else None
