"""A page as lines: what every kind of file is turned into before anything is looked for in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DROPPED = re.compile(
    "[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
)
"""Control characters, soft hyphens, marks of no width, and those that turn the direction of what follows them."""
BULLET = "• "
MOST_LINES = 40_000
"""More than any report has, by several times."""
LABEL = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})\)?[.:]?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``gap``: a paragraph begins here. ``mark``: the number, letter or bullet of a list, as a browser shows it.

    ``depth`` counts the lists around it; ``heading`` is 1 to 6, or 0; ``bold``: all of it is. ``cells`` is set for the row
    of a table, and ``italic`` where all of the line is.
    """

    text: str
    gap: bool = True
    mark: str = ""
    depth: int = 0
    heading: int = 0
    bold: bool = False
    cells: tuple[str, ...] = ()
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its lines and the title that its file states."""

    name: str
    lines: tuple[Line, ...]
    title: str = ""


_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
"""Letters that a PDF joins in one sign."""


def clean(text: str) -> str:
    """Make one line of a text: without what cannot be seen, with single spaces."""
    return " ".join(DROPPED.sub("", text).translate(_LIGATURES).split())


def lines_of_text(text: str) -> tuple[Line, ...]:
    """Split plain text into lines; an empty line makes a gap. Words divided at a line's end are put together."""
    found: list[Line] = []
    gap = True
    raw = re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text)
    marked = sum(line.count("**") for line in raw[:5000]) >= 4 or any(
        re.match(r"#{1,6} \w", line) for line in raw[:5000]
    )
    for line in mend_breaks(_without_heads_of_pages(raw)):
        said = clean(line)
        heading = 0
        if marked:
            heading = len(said) - len(said.lstrip("#")) if re.match(r"#{1,6} \w", said) else 0
            said = (
                clean(said.lstrip("#").replace("**", "").replace("__", ""))
                if heading
                else clean(said.replace("**", ""))
            )
        if said:
            found.append(Line(said, gap, heading=heading))
        gap = not said
    return tuple(found)


def _without_heads_of_pages(raw: Sequence[str]) -> list[str]:
    """Leave out the running heads of text copied from a PDF."""
    heads = places_of_heads(raw)
    return [line for place, line in enumerate(raw) if place not in heads]


def places_of_heads(raw: Sequence[str]) -> set[int]:
    """Tell which lines are running heads: one wording beside at least three different page numbers, or the title beside one."""
    beside: dict[str, set[str]] = {}
    heads: list[str] = []
    for line in raw:
        found = _HEAD.fullmatch(clean(line)) if len(line) < 120 else None
        head = (found["after"] or found["before"]) if found else ""
        head = "" if _COUNTED.search(head) else head
        heads.append(head)
        if found and head:
            beside.setdefault(head, set()).add(found["first"] or found["last"])
    titles = {said for line in raw[:15] if len(said := clean(line)) > SHORTEST_TITLE}
    return {
        place
        for place, head in enumerate(heads)
        if head and (head in titles or len(beside[head]) >= (2 if _OF_A_PAPER.search(head) else 3))
    }


_COUNTED = re.compile(
    r"\b(?:recommendations?|conclusions?|rec|items?|paragraphs?|paras?|number|no\.?|chapter|box|response to|to)$",
    re.IGNORECASE,
)
_OF_A_PAPER = re.compile(r"\b(?:response|report|minutes?)\b.{0,60}[:–—-] \S", re.IGNORECASE)
_HEAD = re.compile(r"(?P<first>\d{1,4}) (?P<after>\D.{2,90})|(?P<before>.{2,90}\D) (?P<last>\d{1,4})")


SHORTEST_TITLE = 12


def mend_breaks(raw: Sequence[str]) -> list[str]:
    """Join words that were divided at the end of a line: at a soft hyphen always, at a hyphen where the word is used whole."""
    joined: list[str] = []
    whole = Counter(re.findall(r"[^\W\d_]{4,}", " ".join(raw).casefold()))
    for line in raw:
        before = joined[-1].rstrip() if joined else ""
        head, _, rest = line.lstrip().partition(" ")
        if before.endswith("\u00ad") and head:
            joined[-1] = before[:-1].rstrip() + head
            joined.append(rest)
            continue
        broken = _last_letters(before[:-1]) if before.endswith("-") else ""
        start = re.match(r"[a-z]{2,60}", head)
        if len(broken) > 1 and start:
            word = (broken + start.group()).casefold()
            joined[-1] = (before[:-1] if whole[word] else before) + head
            joined.append(rest)
            continue
        joined.append(line)
    return joined


def _last_letters(text: str) -> str:
    first = len(text)
    while first and len(text) - first < 60 and text[first - 1].isalpha():
        first -= 1
    return text[first:]


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[str]:
    """Put the pages of a PDF in one, without page numbers and the lines that stand at the head or foot of many pages."""
    filled = [[line for line in page if clean(line)] for page in pages]
    return [
        line
        for page, out in zip(filled, places_of_running_lines(filled), strict=True)
        for place, line in enumerate(page)
        if place not in out
    ]


def places_of_running_lines(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """Tell where on each page, of which no line is empty, its number and its running head and foot stand."""
    edges: Counter[str] = Counter()
    for page in pages:
        said = [clean(line) for line in page]
        edges.update({_without_digits(line) for line in (*said[:2], *said[-2:])})
    common = {line for line, times in edges.items() if times >= 3 and times * 2 >= len(pages)}
    if len(pages) == 2:
        common |= {line for line, times in edges.items() if times == 2 and len(line.split()) >= 4 and "#" not in line}
    found: list[set[int]] = []
    for page in pages:
        edge = {0, 1, len(page) - 1, len(page) - 2} & set(range(len(page)))
        texts = {place: clean(page[place]) for place in edge}
        found.append(
            {place for place, text in texts.items() if _without_digits(text) in common or _PAGE.fullmatch(text)}
        )
    return found


_PAGE = re.compile(
    r"(?:page )?[\divxlc]{1,4}(?: (?:of|/) \d{1,4})?|official(?:[- –]+sensitive)?|"
    r"\d{1,4}/\d{1,2}/\d{1,4},? \d{1,2}:\d{2}.{0,250}|(?:https?|file|ﬁle)://\S{1,400} (?:page )?\d{1,3}(?:/| of )\d{1,3}|"
    r"\d{1,3} of \d{1,3} \d{1,2}/\d{1,2}/\d{2,4}.{0,20}",
    re.IGNORECASE,
)
"""The number of a page or the marking of a paper, alone on its line; and what a browser prints above and below a page."""


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def without_trail(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Leave out the numbered trail of a site: ``1. UK Parliament``, ``2. Business``, ``3. Committees``."""
    start = next(
        (
            n
            for n, line in enumerate(lines[:60])
            if _TRAIL.fullmatch(line.text) or (line.mark and _SITE.fullmatch(line.text))
        ),
        -1,
    )
    if start < 0:
        return tuple(lines)
    end = start + 1
    while end < len(lines) and end - start < LONGEST_TRAIL and _is_step(lines[end], end - start + 1):
        end += 1
    return (*lines[:start], *lines[end:]) if end - start > 1 else tuple(lines)


def _is_step(line: Line, number: int) -> bool:
    numbered = line.text.startswith(f"{number}.") or line.mark == f"{number}."
    return numbered and len(line.text) < 100 and line.text[-1:] not in ".;:)"


LONGEST_TRAIL = 8
_SITE = re.compile(r"(?:UK Parliament|Home|Parliament)")
_TRAIL = re.compile(r"1\. ?(?:UK Parliament|Home|Parliament)")


def rows_as_lines(cells: Iterable[str]) -> Line:
    """Make a line of a table's row: a first cell that is only a number or letter is its mark."""
    filled = tuple(cell for cell in (clean(c) for c in cells) if cell)
    if len(filled) > 1 and LABEL.fullmatch(filled[0]):
        return Line(" ".join(as_reference(c) for c in filled[1:]), mark=filled[0], cells=filled)
    return Line(" ".join(as_reference(c) if place else c for place, c in enumerate(filled)), cells=filled)


def as_reference(cell: str) -> str:
    """Write a cell that holds only paragraph numbers as the reference it is."""
    if re.fullmatch(
        r"(?>(?:(?:paragraphs?|paras?\.?|¶|§)\s*+)?)\d{1,4}(?>(?:\s*+(?:[-–—,&]|and|to)\s*+\d{1,4})*)",
        cell,
        re.IGNORECASE,
    ):
        return f"(Paragraph {re.sub(r'^[^0-9]+', '', cell)})"
    return cell
