"""Lines put together that a page prints apart, and parted where two items stand in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.sources.page_lines import MOST_LINES, Line
from bot.sources.page_words import (
    GLUED,
    NAMED,
    OPEN_REFERENCE,
    REGION,
    SPEAKS,
    reference,
)

LONGEST_LINE = 2_000_000


_FIRST_OF_HEADING = re.compile(
    r"(?:\d{1,2}[.:)]?\s*)?(?:annex|appendix|summary|list|full|main|key|principal|general|the|our|chapter|conclusions?|"
    r"recommendations?|committee[’']s)\b",
    re.IGNORECASE,
)


_ALONE = re.compile(r"\d{1,3}\.|\([a-z]{1,2}\)|(?:Recommendation|Conclusion) \d{1,3}[.:]")


def with_paragraphs(lines: Sequence[Line]) -> Sequence[Line]:
    """Part the lines of a page that shows no paragraphs, as a PDF's text does: behind a short last line, and round a heading."""
    if len(lines) < FEWEST_LINES or sum(line.gap for line in lines) * 10 > len(lines) or any(n.heading for n in lines):
        return lines
    lengths = sorted(len(line.text) for line in lines)
    wide = max(lengths[-1 - len(lengths) // 50], NARROWEST)
    found = [lines[0]]
    for before, line in pairwise(lines):
        ends = before.text[-1:] in ".?!:”)"
        parted = (ends and len(before.text) < wide * 0.85) or _is_heading_alone(before.text, line.text, wide)
        begins = NAMED.match(line.text) is not None and len(line.text) < wide * 0.85
        parted = parted or (ends and (begins or SPEAKS.match(line.text) is not None))
        found.append(replace(line, gap=line.gap or (parted and not line.text[:1].islower())))
    return found


def _is_heading_alone(text: str, after: str, wide: int) -> bool:
    """Tell whether a line is short, ends no sentence, and what follows begins anew."""
    return len(text) < wide * 0.6 and text[-1:] not in ".,;:–—-" and text[:1].isupper() and after[:1].isupper()


FEWEST_LINES, NARROWEST = 4, 40


def split_glued_lines(lines: Sequence[Line]) -> list[Line]:
    """Begin a new line behind a paragraph reference that another item follows in the same line."""
    found: list[Line] = []
    for line in _with_own_lines_joined(_with_headings_joined(lines)):
        parts = GLUED.sub(r"\1\n", line.text[:LONGEST_LINE]).split("\n") if len(line.text) > 20 else [line.text]
        found.append(
            line if len(parts) == 1 else Line(parts[0], line.gap, line.mark, line.depth, line.heading, line.bold)
        )
        found += [Line(part, True, "", line.depth) for part in parts[1:]]
        if len(found) > MOST_LINES:
            break
    return found


def _with_headings_joined(lines: Sequence[Line]) -> list[Line]:
    """Put the heading of a list that is printed over several lines on one."""
    found: list[Line] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        joined = _heading_over_lines(lines, place) if _FIRST_OF_HEADING.match(line.text) else 0
        if joined:
            text = " ".join(part.text for part in lines[place : place + joined])
            found.append(replace(line, text=text))
            place += joined
        else:
            found.append(line)
            place += 1
    return found


def _heading_over_lines(lines: Sequence[Line], place: int) -> int:
    for most in (4, 3, 2):
        parts = lines[place : place + most]
        short = len(parts) == most and all(len(part.text) < 60 and not part.mark for part in parts)
        if short and REGION.match(" ".join(part.text for part in parts)):
            return most
    return 0


def _with_own_lines_joined(lines: Sequence[Line]) -> list[Line]:
    """Put a number that stands alone (``1.``) on the line of the words behind it."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        ended = len(found) < 2 or (before and before.gap) or reference(found[-2].text)[1]
        if before and OPEN_REFERENCE.search(before.text[-60:]) and line.text[:1].isdigit():
            found[-1] = replace(before, text=f"{before.text} {line.text}")
        elif before and ended and _ALONE.fullmatch(before.text) and not (before.mark or line.mark or before.heading):
            found[-1] = replace(line, text=f"{before.text} {line.text}", gap=before.gap)
        else:
            found.append(line)
    return found
