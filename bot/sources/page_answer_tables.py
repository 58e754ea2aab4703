"""Answers that are printed by column or by numbered paragraph: tables, and Treasury Minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.answer_verdicts import is_verdict
from bot.sources.page_answer_parts import (
    SAYS_SO,
    Part,
    close_restated,
    labels_in,
    take,
)
from bot.sources.page_lines import Line
from bot.sources.page_starts import MOST_ITEMS
from bot.sources.page_words import (
    END,
    NUMBERED,
    reference,
)

_MINUTE = re.compile(
    r"^(?P<label>\d{1,2}[a-z]?)[.:)]?\s*(?:PAC|(?:the )?committee(?:’s|'s)?(?: of public accounts)?) (?P<kind>conclusion|recommendation)s?"
    r"\s*[:.–—-]?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
"""A heading of a Treasury Minute."""


_MINUTE_NUMBER = re.compile(r"^\d{1,2}[a-z]?\.\d{1,2}\.?\s+(?=\S)")


_ASKED_COLUMN = re.compile(
    r"^(?:(?:the )?committee(?:’s|'s)? |pac )?(?:conclusions?|recommendations?)\b.{0,40}$", re.IGNORECASE
)


_SAID_COLUMN = re.compile(
    r"^(?:(?:the )?(?:uk )?government(?:’s|'s)? |departmental |department(?:’s|'s)? |our )?(?:response|reply|answer|position)\b.{0,40}$",
    re.IGNORECASE,
)


def minute_parts(lines: Sequence[Line]) -> list[Part]:
    """Read a Treasury Minute: each conclusion and recommendation repeated, then paragraphs 1.1, 1.2 of the answer."""
    parts: list[Part] = []
    concluded: list[Line] = []
    is_conclusion = is_closed = False
    for line in lines:
        found = _MINUTE.match(line.text[:1500]) if len(line.text) < 1500 else None
        if found and found["kind"].casefold() == "conclusion":
            concluded, is_conclusion = [Line(found["rest"])] if found["rest"] else [], True
            continue
        if found:
            parts.append(Part((found["label"],), list(concluded), is_marked=True))
            parts[-1].restated += [Line(found["rest"])] if found["rest"] else []
            is_conclusion = is_closed = False
            if len(parts) > MOST_ITEMS:
                break
            continue
        if is_conclusion:
            concluded.append(line)
            continue
        is_closed = bool(parts) and (is_closed or _begins_next(line, parts[-1]))
        if not parts or is_closed:
            continue
        if END.match(line.text[:200]) and len(line.text) < 120:
            break
        numbered = _MINUTE_NUMBER.match(line.text)
        if not parts[-1].lines and not numbered and not line.mark and not is_verdict(line.text):
            if SAYS_SO.match(line.text):
                take(parts[-1], line)
            else:
                parts[-1].restated.append(line)
            continue
        take(parts[-1], replace(line, text=line.text[numbered.end() :]) if numbered else line)
    return parts


def _begins_next(line: Line, part: Part) -> bool:
    """Tell whether a heading begins the minute on another report: what stands under it answers nothing yet."""
    return bool(part.lines) and (
        0 < line.heading <= 2 or bool((line.heading or line.bold) and _OTHER_REPORT.search(line.text[:300]))
    )


_OTHER_REPORT = re.compile(r"\breport of session\b|\bupdated government response\b", re.IGNORECASE)
_DUE_COLUMN = re.compile(
    r"^(?:due|by when|when|"
    r"(?:target|due|expected|implementation|completion) ?(?:date|timing)?|date|deadline|times?cales?|timing)\b.{0,30}$",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"^(?:recommendations? |conclusions? |nos?\.? )?\d{1,3}[a-z]?(?>(?:\s?(?:,|&|and|to|[-–—])\s?\d{1,3}[a-z]?)*)\.?$",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"^(?:[-–—]+|n/?a|none|not applicable)\.?$", re.IGNORECASE)


def table_parts(lines: Sequence[Line]) -> list[Part]:
    """Read a table with a column of recommendations and one of responses."""
    parts: list[Part] = []
    asked, said, due, width = -1, -1, -1, 0
    for line in lines:
        cells = line.cells
        if len(cells) < 2:
            continue
        heads = [n for n, cell in enumerate(cells) if len(cell) < 80 and _SAID_COLUMN.match(cell)]
        names = [n for n, cell in enumerate(cells) if len(cell) < 80 and _ASKED_COLUMN.match(cell)]
        if heads and names and heads[-1] > names[0] and not reference(cells[names[0]])[1]:
            asked, said, width = names[0], next(n for n in heads if n > names[0]), len(cells)
            due = next((n for n in range(said + 1, width) if len(cells[n]) < 80 and _DUE_COLUMN.match(cells[n])), -1)
            continue
        if width and len(cells) == width:
            wish, answer, rest = cells[asked], cells[said], [c for n, c in enumerate(cells) if n > said and n != due]
            when = cells[due].strip() if due > 0 and not _NOTHING.match(cells[due].strip()) else ""
        elif reference(cells[-2].split("\n")[-1])[1] and len(cells) <= 3:
            wish, answer, rest, when = cells[-2], cells[-1], [], ""
        else:
            continue
        number = NUMBERED.match(wish)
        mark = cells[0].strip("(). ") if cells[0] != wish else ""
        keys = (
            (str(int(number.group(1))),) if number else labels_in(mark) if len(mark) < 60 and _KEYS.match(mark) else ()
        )
        parts.append(Part(keys, [Line(t) for t in wish[number.end() if number else 0 :].split("\n")]))
        parts[-1].target = when if "\n" not in when and len(when) <= 60 else ""
        for text in (*answer.split("\n"), *(part for cell in rest for part in cell.split("\n"))):
            take(parts[-1], Line(text))
        close_restated(parts[-1])
        if len(parts) > MOST_ITEMS:
            break
    return parts
