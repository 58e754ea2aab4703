"""A response that is one letter in prose: which paragraphs say plainly what they answer, and what follows each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.drafts import Doubt
from bot.sources.page_answer_parts import Part, labels_in, take
from bot.sources.page_lines import Line
from bot.sources.page_starts import MOST_ITEMS
from bot.sources.page_words import END, TAIL

_NUMBER = r"\d{1,3}[a-z]?"
_DEAR = re.compile(r"dear [\w .’'-]{2,50},?$", re.IGNORECASE)
_MENTION = re.compile(
    rf"\b(?:recommendations?|conclusions?)\s+(?:nos?\.?\s*|number(?:s|ed)?\s+)?"
    rf"(?P<labels>{_NUMBER}(?>(?:\s?(?:,|&|and|to|[-–—])\s?(?:and\s)?{_NUMBER}\b)*))",
    re.IGNORECASE,
)
_ORDINALS = tuple(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "  # noqa: SIM905
    "sixteenth seventeenth eighteenth nineteenth twentieth".split()
)
_COUNTED = re.compile(
    rf"\b(?:your|the committee[’']s) (?P<ordinal>{'|'.join(_ORDINALS)}) recommendation\b", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"\b(?:below|above|earlier|previous|come to it|return to)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"[(\[]|\b(?:see|answer to|response to|reply to|under|like|unlike|as (?:in|with)|committee of|report of)\s*$",
    re.IGNORECASE,
)
"""What stands before a number that is named beside what is answered."""
_CLOSING = re.compile(
    r"(?:i am|we are|i remain) (?:\w+ )?(?:grateful|copying|placing|sending)\b|i (?:\w+ )?(?:look forward|hope this)\b|"
    r"(?:thank you|thanks)\b|once again\b|in conclusion\b|i (?:would like|want) to thank\b",
    re.IGNORECASE,
)
_SUBJECT = 90
"""Letters of the longest heading in a letter."""
FARTHEST = 130
"""How far into a paragraph its recommendation may be named, for the paragraph to be said to answer it."""


def is_letter(lines: Sequence[Line]) -> bool:
    """Tell whether a page is a letter."""
    return any(_DEAR.match(line.text) is not None for line in lines[:60] if len(line.text) < 60)


def letter_parts(lines: Sequence[Line]) -> list[Part]:
    """Read the paragraphs of a letter that say in their first sentence which recommendation they are about."""
    parts: list[Part] = []
    is_open = False
    for paragraph in _paragraphs(_body(lines)):
        text = " ".join(line.text for line in paragraph)
        labels, doubt = _answered_in(text)
        if labels and len(parts) < MOST_ITEMS:
            parts.append(Part(labels, is_marked=True, doubts=doubt))
            is_open = True
        elif labels is None or _CLOSING.match(text):
            is_open = False
        for line in paragraph if is_open else ():
            take(parts[-1], line)
    return parts


def subject_parts(lines: Sequence[Line]) -> list[Part]:
    """Read the subjects of a letter that numbers nothing: each heading with what stands under it."""
    parts: list[Part] = []
    is_open = False
    body = _body(lines)
    for line in body[1:] if body and _is_subject(body[0]) else body:  # the first is the subject of the whole letter
        if _is_subject(line):
            parts.append(Part((), theme=line.text))
            is_open = len(parts) <= MOST_ITEMS
        elif parts:
            is_open = is_open and _CLOSING.match(line.text) is None
            if is_open:
                take(parts[-1], line)
    return [part for part in parts if part.lines]


def _is_subject(line: Line) -> bool:
    return (line.bold or line.heading > 0) and len(line.text) <= _SUBJECT and line.text[-1:] not in ".;,:"


def _body(lines: Sequence[Line]) -> Sequence[Line]:
    """Give what stands between the address and the signature."""
    first = next((n for n, line in enumerate(lines[:60]) if len(line.text) < 60 and _DEAR.match(line.text)), -1)
    if first < 0:
        return []
    ends = (
        n
        for n, line in enumerate(lines[first + 1 :], first + 1)
        if len(line.text) < 200 and (TAIL.match(line.text) or (len(line.text) < 120 and END.match(line.text)))
    )
    return lines[first + 1 : next(ends, len(lines))]


def _paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    found: list[list[Line]] = []
    for line in lines:
        if line.gap or not found:
            found.append([])
        found[-1].append(line)
    return found


def _answered_in(text: str) -> tuple[tuple[str, ...] | None, tuple[Doubt, ...]]:
    """Give the numbers that a paragraph's first sentence is about; none: it goes on; None: it names several, one by one."""
    head = re.split(r"(?<=[a-z0-9)”’][.:;])\s", text[:600], maxsplit=1)[0]
    found = [m for m in _MENTION.finditer(head) if not _OTHER.search(head[: m.start()])]
    counted = [m for m in _COUNTED.finditer(head) if not _OTHER.search(head[: m.start()])]
    if len(found) + len(counted) > 1:
        return None, ()
    if not (found or counted) or (found or counted)[0].start() > FARTHEST or _ELSEWHERE.search(head):
        return (), ()
    labels = labels_in(found[0]["labels"]) if found else (str(_ORDINALS.index(counted[0]["ordinal"].casefold()) + 1),)
    doubts: list[Doubt] = []
    name = f"answer {', '.join(labels)}"
    if counted:
        doubts.append(Doubt(name, "the letter counts it, and gives no number.", "Check which recommendation it means."))
    others = {label for m in _MENTION.finditer(text[len(head) :]) for label in labels_in(m["labels"])} - set(labels)
    if others:
        doubts.append(
            Doubt(
                name, f"its words name {', '.join(sorted(others)[:5])} too.", "Check whether they answer that as well."
            )
        )
    return labels, tuple(doubts)
