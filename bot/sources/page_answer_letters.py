"""A response that is one letter in prose: which paragraphs say plainly what they answer, and what follows each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.drafts import Doubt
from bot.sources.page_answer_parts import Part, take
from bot.sources.page_lines import Line
from bot.sources.page_mentions import mentions_in
from bot.sources.page_starts import MOST_ITEMS
from bot.sources.page_words import END, TAIL

_DEAR = re.compile(r"dear [\w .’'-]{2,50},?$", re.IGNORECASE)
_ORDINALS = tuple(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "  # noqa: SIM905
    "sixteenth seventeenth eighteenth nineteenth twentieth".split()
)
_COUNTED = re.compile(
    rf"\b(?:your|the committee[’']s) (?P<ordinal>{'|'.join(_ORDINALS)}) recommendation\b", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"\b(?:below|above|earlier|previous|come to it|return to)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"[(\[]|\b(?:see|(?:our|my|the|this|that|previous) (?:\w+ )?(?:answer|response|reply) (?:to|on)(?: (?:your|the committee[’']s))?|"
    r"\S\s+under|(?:un)?like|as (?:in|with)|as (?:set out|explained) (?:in|under|at)|(?:part|parts|much|some|most|all|half) of|"
    r"committee of|report of)\s*(?:the\s)?$",
    re.IGNORECASE,
)
"""What stands before a number that is named beside what is answered."""
_BESIDE = re.compile(
    r"\b(?:build(?:s|ing)? (?:up)?on|further to|following|alongside|together with|as well as|in addition to|because of|given|"
    r"linked to|related to|in line with|consistent with|after|before|with|than|from)\s*$",
    re.IGNORECASE,
)
"""What stands before the one of two that the sentence is not about."""
_IN_PASSING = re.compile(
    r"(?:these|those|both|such|doing so|the same|(?:this|that)(?! (?:government|department|letter|recommendation|conclusion)))\b",
    re.IGNORECASE,
)
"""How a sentence begins that says more about the answer before it."""
_IS_ANSWER = re.compile(
    r"(?:our|my|the(?: government[’']s)?) (?:answer|response|reply) (?:to|on)\s*(?:the\s)?$", re.IGNORECASE
)
_GIVES_IT = re.compile(r"\s?(?:is\b|:|[–—]|follows\b)", re.IGNORECASE)
_ADDRESSEE = r"(?:you|your|the committee|members of the committee|its members)\b"
_CLOSING = re.compile(
    rf"(?:once again,? |finally,? |may i (?:also )?|i (?:would like|want|wish) to |let me )?(?:thank (?:{_ADDRESSEE}|all)|thanks? again\b|"
    rf"(?:my |our |many )?thanks (?:to {_ADDRESSEE}|for (?:your|the committee))|"
    rf"i (?:look forward to (?:working|hearing|discussing|continuing|meeting|appearing|seeing|engaging|{_ADDRESSEE})|"
    r"(?:\w+ )?hope (?:that )?(?:this|these|the|you|my|our) (?:letter|response|reply|answers?|information|update|find|will find|is|"
    r"are|helps?|provides?|reassures?|assures?|committee|committee will)\b))|"
    rf"(?:i am|we are|i remain|we remain) (?:\w+ )?grateful (?:to {_ADDRESSEE}|for (?:your|the committee|the opportunity))|"
    r"(?:i am|we are|i will be|i have|we will be) (?:\w+ )?(?:copying|copied|placing|placed|sending|sent|depositing)\b"
    r"(?:.{0,60}\bthis (?:letter|response|reply)\b|.{0,60}\blibrar(?:y|ies) of (?:the|both) house|"
    r".{0,20}\bcop(?:y|ies) (?:of this|to the chair))|"
    r"(?:i am|we are) (?:\w+ )?copying this\b",
    re.IGNORECASE,
)
"""How a paragraph begins that plainly ends a letter."""
_PERHAPS_CLOSING = re.compile(
    r"(?:i am|we are|i remain) (?:\w+ )?(?:grateful|copying|placing|sending)\b(?:.{0,80}\b(?:letter|cop(?:y|ies)|librar(?:y|ies))\b)|"
    r"(?:i am|we are|i remain) (?:\w+ )?grateful\b|i (?:\w+ )?(?:look forward|hope this)\b|thanks? (?!to the £)\b|once again\b|"
    r"in conclusion,|finally,",
    re.IGNORECASE,
)
"""How one begins that may end it, or be the last of an answer."""
_SUBJECT = 90
"""Letters of the longest heading in a letter."""
FARTHEST = 130
"""How far into a paragraph its recommendation may be named, for the paragraph to be said to answer it."""


def is_letter(lines: Sequence[Line]) -> bool:
    """Tell whether a page is a letter."""
    return any(_DEAR.match(line.text) is not None for line in lines[:60] if len(line.text) < 60)


def letter_parts(lines: Sequence[Line]) -> list[Part]:
    """Read the paragraphs of a letter that say in their first sentence which recommendation they are about.

    A letter ends behind its last answer: before that, no paragraph closes it. What is left out is said to be.
    """
    parts: list[Part] = []
    left: list[str] = []
    known_as = _header(lines)
    read = [(paragraph, " ".join(line.text for line in paragraph)) for paragraph in _paragraphs(_body(lines))]
    heads = [_answered_in(text, known_as) for _, text in read]
    last = max((place for place, (labels, _) in enumerate(heads) if labels), default=-1)
    is_open = False
    for place, (paragraph, text) in enumerate(read):
        labels, doubts = heads[place]
        if labels and len(parts) < MOST_ITEMS:
            parts.append(Part(labels, is_marked=True, doubts=doubts))
            is_open = True
        elif place > last and is_open and _CLOSING.match(text):
            is_open = False
            continue
        elif is_open:
            parts[-1].doubts += _doubts_of_more(parts[-1], text, known_as)
            if place > last and _PERHAPS_CLOSING.match(text):
                parts[-1].doubts += (_doubt_of_end(parts[-1], text),)
        elif mentions_in(text, known_as) or (parts and not _CLOSING.match(text) and not _PERHAPS_CLOSING.match(text)):
            left.append(text)
        for line in paragraph if is_open else ():
            take(parts[-1], line)
    if parts and left:
        parts[-1].doubts += (_doubt_of_rest(left),)
    return parts


def _doubts_of_more(part: Part, text: str, known_as: str) -> tuple[Doubt, ...]:
    """Doubt where an answer goes on with a paragraph that names another recommendation, but for one that is pointed to."""
    name = f"answer {', '.join(part.labels)}"
    found = [one for one in mentions_in(text, known_as) if not _is_pointed_to(text[: one.start])]
    others = sorted({label for one in found if one.is_own is not False for label in one.labels} - set(part.labels))
    doubts = [_doubt_of_others(name, others)] if others else []
    foreign = sorted({label for one in found if one.is_own is False for label in one.labels})
    if foreign:
        said = f"its words name recommendation {', '.join(foreign[:5])}, which may not be this report's."
        doubts.append(Doubt(name, said, "Check whether that belongs to it."))
    return tuple(doubt for doubt in doubts if doubt not in part.doubts)


_POINTED = re.compile(r"\bsee (?:also )?(?:our |the )?(?:answer to |response to |reply to )?$", re.IGNORECASE)
"""What stands before a number that a reader is pointed to."""


def _is_pointed_to(before: str) -> bool:
    """Tell whether a reader is pointed to a number: in brackets, or with ``see``."""
    is_within = before.rfind("(") > before.rfind(")") or before.rfind("[") > before.rfind("]")
    return is_within or _POINTED.search(before[-60:]) is not None


def _doubt_of_others(name: str, others: Sequence[str]) -> Doubt:
    return Doubt(name, f"its words name {', '.join(others[:5])} too.", "Check whether they answer that as well.")


def _doubt_of_end(part: Part, text: str) -> Doubt:
    name = f"answer {', '.join(part.labels)}" if part.labels else "the last answer"
    return Doubt(name, f"the letter may end before “{_first_words(text)}”.", "Check where the answer ends.")


def _doubt_of_rest(left: Sequence[str]) -> Doubt:
    return Doubt(
        "the letter", f"Postbag left out “{_first_words(left[0])}”.", "Check whether that answers a recommendation."
    )


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:6]) + ("…" if len(words) > 6 else "")


def subject_parts(lines: Sequence[Line]) -> list[Part]:
    """Read the subjects of a letter that numbers nothing: each heading with what stands under it."""
    parts: list[Part] = []
    is_open = False
    body = _body(lines)
    read = body[1:] if body and _is_subject(body[0]) else body  # the first is the subject of the whole letter
    last = max((place for place, line in enumerate(read) if _is_subject(line)), default=-1)
    for place, line in enumerate(read):
        if _is_subject(line):
            parts.append(Part((), theme=line.text))
            is_open = len(parts) <= MOST_ITEMS
        elif parts:
            is_open = is_open and not (place > last and _CLOSING.match(line.text))
            if is_open and place > last and line.gap and _PERHAPS_CLOSING.match(line.text):
                parts[-1].doubts += (_doubt_of_end(parts[-1], line.text),)
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


def _header(lines: Sequence[Line]) -> str:
    """Give what stands above the greeting: who writes, and to which committee."""
    first = next((n for n, line in enumerate(lines[:60]) if len(line.text) < 60 and _DEAR.match(line.text)), 0)
    return " ".join(line.text for line in lines[:first])


def _answered_in(text: str, known_as: str) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """Give the numbers that a paragraph's first sentence is about; none: it is about none, or about somebody else's."""
    head = re.split(r"(?<=[a-z0-9)”’][.:;])\s", text[:600], maxsplit=1)[0]
    named = [one for one in mentions_in(text, known_as) if one.is_own is not False]
    found = [one for one in named if one.start < len(head) and not _is_other(head, one.start, one.end)]
    found = [one for one in found if len(found) == 1 or not _BESIDE.search(head[: one.start])] or found
    counted = [m for m in _COUNTED.finditer(head) if not _is_other(head, m.start(), m.end())]
    start = min([one.start for one in found[:1]] + [m.start() for m in counted[:1]], default=FARTHEST + 1)
    if start > FARTHEST or _ELSEWHERE.search(head):
        return (), ()
    is_counted = not found or found[0].start != start
    labels = (str(_ORDINALS.index(counted[0]["ordinal"].casefold()) + 1),) if is_counted else found[0].labels
    doubts: list[Doubt] = []
    name = f"answer {', '.join(labels)}"
    if is_counted:
        doubts.append(Doubt(name, "the letter counts it, and gives no number.", "Check which recommendation it means."))
    elif found[0].is_own is None:
        doubts.append(Doubt(name, "it may be another report's number.", "Check which recommendation it answers."))
    beside = [one for one in named if one.start >= len(head) or one in found or not _is_pointed_to(text[: one.start])]
    others = {label for one in beside for label in one.labels}
    others |= {str(_ORDINALS.index(m["ordinal"].casefold()) + 1) for m in counted}
    if others := others - set(labels):
        doubts.append(_doubt_of_others(name, sorted(others)))
    return labels, tuple(doubts)


def _is_other(head: str, start: int, end: int) -> bool:
    """Tell whether a number is named beside what its sentence is about."""
    before = head[:start]
    if _IS_ANSWER.fullmatch(before) and _GIVES_IT.match(head[end:]):
        return False
    return _OTHER.search(before) is not None or _IN_PASSING.match(head) is not None
