"""The drawn lines of a PDF to the lines of a page: paragraphs by the room between lines, headings by size, cells by place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.sources.page_lines import (
    BULLET,
    LABEL,
    Line,
    as_reference,
    clean,
    mend_breaks,
    places_of_heads,
    places_of_running_lines,
)
from bot.sources.page_words import (
    BULLETED,
    LETTERED,
    NAMED,
    NUMBERED,
    REGION,
    SPACED,
    SPEAKS,
    SUBLIST,
    is_navigation,
    reference,
)
from bot.sources.pdf_text import DrawnLine

WIDER = 1.18
"""How much more room than usual stands between two lines of which the second begins a paragraph."""
LARGER = 1.12
"""How much larger than the rest a heading is set."""
SMALLER = 0.86
"""How much smaller a footnote is."""
LONGEST_HEADING = 200
LINES_OF_HEADING = 1.45
"""How far one line of a heading stands under the other, at most, where letters are one high."""
FEWEST_GAPS = 20
"""One line in this many begins a paragraph, at least, where the room between lines tells of paragraphs."""
FARTHEST_INDENT = 40
"""How far in the first line of a paragraph is set, at most."""
LONGEST_PARAGRAPH = 20_000


@dataclass(frozen=True, slots=True)
class _Set:
    """A line as it is set on its page: ``above`` is the room between it and the line before; nothing at the top of a page."""

    text: str
    drawn: DrawnLine
    above: float | None

    @property
    def style(self) -> tuple[bool, bool]:
        """Tell whether nearly all letters are bold, and whether they are italic."""
        drawn = self.drawn
        return drawn.bold * 20 >= drawn.letters * 19 > 0, drawn.italic * 20 >= drawn.letters * 19 > 0


def lines_of_drawn(pages: Sequence[Sequence[DrawnLine]]) -> tuple[Line, ...] | None:
    """Give the paragraphs of a PDF, as a web page has them; None: how it is drawn tells of none."""
    kept = _without_heads(pages)
    body = _usual_size([line for page in kept for line in page])
    lines = _mended([line for page in kept for line in _on_page(page, body * LARGER)])
    usual = _usual_room(lines, body)
    if not lines or not usual:
        return None
    lines = [line for line in lines if not _is_note(line, body)]
    wide = _usual_widths(lines)
    rooms = [wide[round(line.drawn.left / SAME_COLUMN)] for line in lines]
    pairs = zip(pairwise(lines), rooms, strict=False)
    gaps = [True, *(_begins(before, line, usual, body, room) for (before, line), room in pairs)]
    if sum(gaps) * FEWEST_GAPS < len(gaps):
        return None
    found: list[list[_Set]] = []
    for line, gap in zip(lines, gaps, strict=True):
        if gap or not found or sum(len(one.text) for one in found[-1]) > LONGEST_PARAGRAPH:
            found.append([])
        found[-1].append(line)
    return tuple(_with_rows(found, _Headings(body, lines)))


def _without_heads(pages: Sequence[Sequence[DrawnLine]]) -> list[list[DrawnLine]]:
    """Leave out empty lines, page numbers and running heads."""
    filled = [[line for line in page if clean(line.text)] for page in pages]
    running = places_of_running_lines([[line.text for line in page] for page in filled])
    kept = [
        [line for place, line in enumerate(page) if place not in out] for page, out in zip(filled, running, strict=True)
    ]
    heads = places_of_heads([line.text for page in kept for line in page])
    found: list[list[DrawnLine]] = []
    first = 0
    for page in kept:
        found.append([line for place, line in enumerate(page, first) if place not in heads])
        first += len(page)
    return found


def _on_page(page: Sequence[DrawnLine], largest: float) -> list[_Set]:
    """Part lines in which two cells of a table stand beside each other, and measure the room above each."""
    columns = [
        line.left for before, line in pairwise(page) if line.height > before.height + 1 and line.left > before.left + 20
    ]
    parted: list[DrawnLine] = []
    for line in page:
        parted += [line] if is_navigation(clean(line.text)) or line.size > largest else _parted(line, columns)
    found: list[_Set] = []
    for place, line in enumerate(parted):
        above = parted[place - 1].height - line.height if place else None
        found.append(_Set(line.text.strip(" \t\r"), line, above))
    return [line for line in found if line.text]


def _parted(line: DrawnLine, columns: Sequence[float]) -> list[DrawnLine]:
    at = [
        start
        for (before, behind), (start, left) in pairwise(line.parts)
        if left > line.left + 20
        and (
            any(abs(left - column) < 2 for column in columns)
            or _is_far(line.text[before:start].strip(), behind, left, line.size)
        )
    ]
    if not at:
        return [line]
    lefts = dict(line.parts)
    bounds = [0, *dict.fromkeys(at), len(line.text)]
    found: list[DrawnLine] = []
    for start, end in pairwise(bounds):
        text = line.text[start:end]
        if text.strip():
            found.append(replace(line, text=text, left=lefts.get(start, line.left), parts=[], letters=len(text)))
            found[-1].bold = found[-1].letters if line.bold == line.letters else 0
            found[-1].italic = found[-1].letters if line.italic == line.letters else 0
    return found


def _is_far(text: str, left: float, after: float, size: float) -> bool:
    """Tell whether so much room stands behind a few words that what follows is in another column."""
    return 0 < len(text) <= 40 and "..." not in text and left + len(text) * size * WIDEST + 2 * size < after


WIDEST = 0.62
"""How wide a letter is at most on average, where letters are one high."""


def _mended(lines: Sequence[_Set]) -> list[_Set]:
    texts = mend_breaks([line.text for line in lines])
    return [replace(line, text=said) for line, text in zip(lines, texts, strict=True) if (said := clean(text))]


def _usual_room(lines: Sequence[_Set], size: float) -> float:
    """Give the room between two lines of one paragraph: the least that is seen often, of lines set one under the other."""
    least = max(0.95 * size, 4.0)
    rooms = Counter(round(line.above * 2) / 2 for line in lines if line.above and least <= line.above < 60)
    if not rooms:
        return 0.0
    often = max(2, max(rooms.values()) // 12)
    return min((room for room, times in rooms.items() if times >= often), default=0.0)


def _usual_size(lines: Sequence[DrawnLine]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += line.letters
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _usual_widths(lines: Sequence[_Set]) -> dict[int, int]:
    """Give how many letters a full line has, by how far from the left it begins: a cell is narrower than the page."""
    lengths: dict[int, list[int]] = {}
    for line in lines:
        lengths.setdefault(round(line.drawn.left / SAME_COLUMN), []).append(len(line.text))
    found = {
        left: sorted(many)[-1 - len(many) // 20] for left, many in lengths.items() if len(many) >= FEWEST_IN_COLUMN
    }
    every = sorted(len(line.text) for line in lines)
    whole = max(every[-1 - len(every) // 20], 40) if every else 40
    return {left: found.get(left, whole) for left in lengths}


SAME_COLUMN = 4
FEWEST_IN_COLUMN = 6
"""Lines that tell how wide a column is."""


def _is_note(line: _Set, body: float) -> bool:
    """Tell a footnote: small, and numbered."""
    return bool(body) and line.drawn.size < body * SMALLER and re.match(r"\d{1,3}\s", line.text) is not None


def _begins(before: _Set, line: _Set, usual: float, body: float, wide: int) -> bool:
    """Tell whether a line begins a paragraph, or the cell of a table."""
    text, said = line.text, before.text
    ended = _ends(said) or reference(said)[1] != ""
    goes_on = text[:1].islower() and not ended
    if _LABEL_LINE.fullmatch(said) or (_LABEL_LINE.fullmatch(text) and ended):
        return True
    if before.style != line.style and min(len(said), len(text)) > 3:
        return ended or (before.style[0] != line.style[0] and not goes_on)
    if abs(before.drawn.size - line.drawn.size) > 0.08 * max(before.drawn.size, line.drawn.size):
        return True
    if line.above is not None and (line.above < -1 or (line.above < 1 and line.drawn.left > before.drawn.left + 20)):
        return True  # it stands higher than the line before, or beside it: another cell
    if line.drawn.left < before.drawn.left - FARTHEST_INDENT:
        return True  # back at the margin, from a cell
    if BULLETED.match(text) or _DATED.match(text) or _DATED.match(said):
        return True
    outdented = line.drawn.left < before.drawn.left - 8
    if _begins_item(text) and (ended or outdented or len(said) < wide * 0.6 or _follows(said, text)):
        return True
    if REGION.match(said) or (ended and REGION.match(text)):
        return True
    if ended and SPEAKS.match(text) and len(said) < wide * 0.9:
        return True
    if line.above is None:
        return _begins_page(said, text, wide, ended=ended)
    if min(before.drawn.size, line.drawn.size) > body * LARGER:  # a heading over several lines
        return line.above > LINES_OF_HEADING * line.drawn.size
    if line.above > usual * WIDER:
        return not (goes_on and line.above < usual * 2.2)
    if ended:
        return len(said) < wide * 0.6 and not text[:1].islower()
    alone = len(said) < wide * 0.6 and said[-1:] not in ",–—-" and said[:1].isupper()
    return alone and text[:1].isupper()  # headings, or rows of contents, one under the other


def _begins_page(said: str, text: str, wide: int, *, ended: bool) -> bool:
    """Tell whether the first line of a page begins a paragraph: no room above it tells that."""
    if ended:
        has_room = len(said) + 1 + len(text.split(" ", 1)[0]) <= wide * 0.97  # the next word would have fitted there
        return has_room or reference(said)[1] != "" or (said[-1:] in "”’" and not text[:1].islower())
    short = len(said) < wide * 0.6 and said[-1:] not in ",–—-"
    return short and (
        text[:1].isupper() or _begins_item(text)
    )  # a heading, or a row of contents, at the foot of the page before


def _begins_item(text: str) -> bool:
    return any(one.match(text) for one in (NAMED, NUMBERED, SPACED, SUBLIST, LETTERED, _ALONE))


def _follows(said: str, text: str) -> bool:
    """Tell whether two lines begin with numbers that follow each other."""
    one, two = NUMBERED.match(said), NUMBERED.match(text)
    return one is not None and two is not None and int(two[1]) == int(one[1]) + 1


_DATED = re.compile(
    r"(?:(?:target|revised|original|expected|new) ){0,3}(?:implementation|completion) date\s?:", re.IGNORECASE
)
"""The line of a Treasury Minute that gives a date."""
_LABEL_LINE = re.compile(
    r"(?:(?:the )?committee(?:[’']s)? (?:further )?comments?|"
    r"(?:(?:the )?(?:uk )?(?:government|department)(?:[’']s)? |our )?(?:response|reply)|"
    r"recommendations?|conclusions?)(?: \d{1,3}[a-z]?)?\s?:?",
    re.IGNORECASE,
)
"""A label that stands on a line of its own."""
_ALONE = re.compile(r"(?:\d{1,3}[.)]?|\([a-z]{1,3}\))$")


def _ends(text: str) -> bool:
    return text[-1:] in ".?!:;”)]"


def _with_rows(blocks: Sequence[Sequence[_Set]], headings: _Headings) -> list[Line]:
    """Make a line of each paragraph, and put the cells of a table's row together where they stand beside each other."""
    found: list[Line] = []
    heads: set[tuple[str, ...]] = set()
    row: list[_Cell] = []
    for block in blocks:
        first, above, line = block[0].drawn, block[0].above, _line(block, headings)
        top, foot = first.height, block[-1].drawn.height
        cell = row[-1] if row else None
        if cell is not None and above is not None:
            over = top >= min(cell.foot for cell in row) - 2 and foot <= max(cell.top for cell in row) + 2
            if (above < -1 or over) and first.left > cell.left + 20:
                row.append(_Cell(first.left, top, foot, [line]))
                continue
        if cell is not None and len(row) > 1 and abs(first.left - cell.left) < 3 and (above is None or top < cell.foot):
            cell.lines.append(line)
            cell.foot = foot
            continue
        found += _row(row, heads)
        row = [_Cell(first.left, top, foot, [line])]
    return found + _row(row, heads)


@dataclass(slots=True)
class _Cell:
    left: float
    top: float
    foot: float
    lines: list[Line]


def _row(row: Sequence[_Cell], heads: set[tuple[str, ...]]) -> list[Line]:
    """Give the lines of a row; the first has its cells. A number in a cell of its own stands before the words beside it.

    A row of bold words that came before is the table's head, printed again on the next page: it is left out.
    """
    lines = [line for cell in row for line in cell.lines]
    if not 2 <= len(row) <= 6:
        return lines
    cells = tuple("\n".join(line.text for line in cell.lines) for cell in row)
    if all(line.bold for line in lines):
        if cells in heads:
            return []
        heads.add(cells)
    if _names_item(cells[0]):
        is_mark = LABEL.fullmatch(cells[0]) is not None
        words = row[1].lines[0]
        words = replace(words, mark=cells[0]) if is_mark else replace(words, text=f"{cells[0]} {words.text}")
        lines = [words, *row[1].lines[1:], *(Line(as_reference(cell)) for cell in cells[2:])]
    lines[0] = replace(lines[0], cells=cells)
    return lines


def _names_item(cell: str) -> bool:
    named = NAMED.match(cell)
    return LABEL.fullmatch(cell) is not None or (named is not None and named.end() == len(cell))


class _Headings:
    """The sizes of headings on a page: the largest is the first level."""

    def __init__(self, body: float, lines: Sequence[_Set]) -> None:
        large = {round(line.drawn.size) for line in lines if body and line.drawn.size >= body * LARGER}
        self._levels = {size: min(level, 6) for level, size in enumerate(sorted(large, reverse=True), 1)}

    def level(self, block: Sequence[_Set], text: str) -> int:
        """Give the level of a heading; nought for any other text."""
        sizes = {self._levels.get(round(line.drawn.size), 0) for line in block}
        return max(sizes) if len(text) <= LONGEST_HEADING and 0 not in sizes else 0


def _line(block: Sequence[_Set], headings: _Headings) -> Line:
    text = clean(" ".join(line.text for line in block))
    letters = sum(line.drawn.letters for line in block) or 1
    bold, italic = sum(line.drawn.bold for line in block), sum(line.drawn.italic for line in block)
    level = headings.level(block, text)
    bullet = BULLETED.match(text)
    if bullet and text[bullet.end() :]:
        text = BULLET + text[bullet.end() :]
    return Line(text, heading=level, bold=bold * 20 >= letters * 19, italic=italic * 20 >= letters * 19)
