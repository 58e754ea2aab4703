"""Saved HTML to lines, in one pass over the text without building a tree.

A page's nesting is in nobody's control, and tree builders take minutes or gigabytes for a few megabytes of unclosed tags.
What is wanted here are lines, list marks, headings and rows, so tags are read one after the other and forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import unescape

from bot.domain.errors import Refused
from bot.sources.page_lines import LABEL, MOST_LINES, Line, as_reference, clean, rows_as_lines

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*(?::[a-zA-Z0-9]+)?)(?=[\s/>])")
_ATTRIBUTE = re.compile(
    r"\b(start|value|type|href|reversed|hidden)\b(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?", re.IGNORECASE
)
_SKIPPED = frozenset(
    "script style iframe object embed applet noscript template svg math canvas audio video nav select textarea noembed "  # noqa: SIM905
    "noframes xmp button".split()
)
_RAW = frozenset(("script", "style", "iframe", "textarea", "xmp", "noembed", "noframes"))
_BLOCKS = frozenset(
    "p div section article main header footer aside blockquote pre address figure figcaption center form fieldset dl dt dd "  # noqa: SIM905
    "ul ol li table thead tbody tfoot tr td th caption h1 h2 h3 h4 h5 h6 hr body html title details summary legend".split()
)
_MARK = re.compile(r"\[?(?:\d{1,3}(?:\s*[,;]\s*\d{1,3})*|[*†‡§¶]{1,3})\]?")
_AFTER_WORD = re.compile(r"[^\W\d_][.,;:!?”’\"')\]]*$")
MOST_DEEP = 20
MOST_TAGS = 500_000
LONGEST_ATTRIBUTES = 1000
MOST_LOOKED_THROUGH = 50_000_000
"""Characters that may be looked through in vain for the end of a tag: quotes that never close would make each tag cost the rest."""
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int = 1
    kind: str = "1"
    step: int = 1


@dataclass(slots=True)
class _Row:
    cells: list[list[Line]] = field(default_factory=list)


def lines_of_html(text: str) -> tuple[tuple[Line, ...], str]:
    """Give the lines of a page and its title. Scripts, styles, frames and menus are left out; nothing is ever fetched."""
    return _Reading(text).run()


class _Reading:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[Line] = []
        self.title = ""
        self.parts: list[str] = []
        self.tail = ""
        self.bold = self.bolded = self.letters = 0
        self.italic = self.slanted = self.kept = 0
        self.heading = 0
        self.lists: list[_List] = []
        self.mark = ""
        self.tables: list[_Row] = []
        self.gap = True
        self.in_title = False
        self.small: list[tuple[str, bool, int]] = []
        self.never_closed: set[str] = set()
        self.looked_through = 0
        self.lone_quotes: set[str] = set()

    def run(self) -> tuple[tuple[Line, ...], str]:
        text, at, end, tags = self.text, 0, len(self.text), 0
        while at < end:
            tags += 1
            if tags > MOST_TAGS:
                raise _too_much()
            opened = text.find("<", at)
            if opened < 0:
                self._say(text[at:])
                break
            if opened > at:
                self._say(text[at:opened])
            at = self._tag(opened)
        self._flush()
        while self.tables:
            self._end_row()
            self.tables.pop()
        return tuple(self.lines), self.title

    def _tag(self, at: int) -> int:
        text = self.text
        if text.startswith("<!--", at):
            closed = text.find("-->", at + 4)
            return closed + 3 if closed >= 0 else len(text)
        if text.startswith(("<!", "<?"), at):
            closed = text.find(">", at)
            return closed + 1 if closed >= 0 else len(text)
        found = _TAG.match(text, at)
        if found is None:
            self._say("<")
            return at + 1
        after = _end_of_tag(text, found.end(), self.lone_quotes)
        if not after:
            self.looked_through += len(text) - at
            if self.looked_through > MOST_LOOKED_THROUGH:
                raise _too_much()
            after = text.find(">", found.end()) + 1
        if not after:
            return len(text)
        name = found.group(1).lower()
        if text[at + 1] == "/":
            self._close(name)
            return after
        if name in _SKIPPED:
            return self._skip(name, after)
        self._open(name, text[found.end() : min(after, found.end() + LONGEST_ATTRIBUTES)])
        return after

    def _skip(self, name: str, at: int) -> int:
        if name in self.never_closed:
            return at
        closed = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.text, at)
        if closed is None:
            self.never_closed.add(name)
            return len(self.text) if name in _RAW else at
        end = self.text.find(">", closed.end())
        return end + 1 if end >= 0 else len(self.text)

    def _say(self, raw: str) -> None:
        if self.in_title:
            if len(self.title) < 400:
                self.title = clean(f"{self.title} {unescape(raw[:2000])}")[:400]
            return
        said = unescape(raw)
        if self.kept and "\n" in said:
            self._say_as_set(said)
            return
        self._say_part(said)

    def _say_as_set(self, said: str) -> None:
        """Keep the line ends of text that is shown as it was typed; an empty line parts paragraphs."""
        first, *others = said.split("\n")
        self._say_part(first)
        for line in others:
            self._flush(gap=not clean("".join(self.parts)))
            self._say_part(line)

    def _say_part(self, said: str) -> None:
        self.parts.append(said)
        seen = said.strip()
        if seen:
            self.tail = said[-40:]
            self.letters += len(seen)
            self.bolded += len(seen) if self.bold > 0 else 0
            self.slanted += len(seen) if self.italic > 0 else 0
        elif said:
            self.tail = " "

    def _open(self, name: str, attributes: str) -> None:
        if name in ("b", "strong"):
            self.bold += 1
        elif name in ("i", "em"):
            self.italic += 1
        elif name in ("sup", "a"):
            link = _attributes(attributes).get("href", "") if name == "a" else ""
            self.small.append((name, name == "sup" or "#" in link, len(self.parts)))
            del self.small[:-MOST_DEEP]
        elif name == "br":
            self._flush(gap=False)
        elif name == "title" and not self.lines and not self.title:
            self.in_title = True
        elif name in _BLOCKS:
            self._flush()
            self._begin(name, attributes)

    def _begin(self, name: str, attributes: str) -> None:
        if name in ("ul", "ol"):
            said = _attributes(attributes)
            if len(self.lists) < MOST_DEEP:
                step = -1 if "reversed" in said else 1
                self.lists.append(_List(name == "ol", _whole(said.get("start"), 1), said.get("type", "1")[:1], step))
        elif name == "li":
            current = self.lists[-1] if self.lists else _List(False)
            if current.ordered:
                number = _whole(_attributes(attributes).get("value"), current.number)
                self.mark = _marked(number, current.kind)
                current.number = number + current.step
            else:
                self.mark = "•"
        elif name in ("td", "th"):
            if self.tables:
                self.tables[-1].cells.append([])
        elif name == "tr":
            if self.tables:
                self._end_row()
        elif name == "table":
            if len(self.tables) < MOST_DEEP:
                self.tables.append(_Row())
        elif name == "pre":
            self.kept += 1
        elif len(name) == 2 and name[0] == "h" and name[1].isdigit():
            self.heading = int(name[1])

    def _close(self, name: str) -> None:
        if name in ("b", "strong"):
            self.bold = max(0, self.bold - 1)
        elif name in ("i", "em"):
            self.italic = max(0, self.italic - 1)
        elif name in ("sup", "a"):
            self._end_small(name)
        elif name == "title":
            self.in_title = False
        elif name in _BLOCKS:
            self._flush()
            if name in ("ul", "ol") and self.lists:
                self.lists.pop()
            elif name == "li":
                self.mark = ""
            elif name == "pre":
                self.kept = max(0, self.kept - 1)
            elif name == "tr" and self.tables:
                self._end_row()
            elif name == "table" and self.tables:
                self._end_row()
                self.tables.pop()
            elif name[0] == "h" and name[1:].isdigit():
                self.heading = 0

    def _end_small(self, name: str) -> None:
        """Drop what was raised, or linked within the page, where it is only a footnote's mark behind a word."""
        while self.small:
            opened, suspect, place = self.small.pop()
            if opened != name:
                continue
            said = clean("".join(self.parts[place:]))
            if not suspect or not said or _MARK.fullmatch(said) is None:
                return
            before = "".join(self.parts[max(0, place - 6) : place])[-40:]
            if (name == "sup" and before.strip()) or _AFTER_WORD.search(before):
                del self.parts[place:]
                self.tail = before
            return

    def _flush(self, *, gap: bool = True) -> None:
        text = clean("".join(self.parts)) if self.parts else ""
        self.parts = []
        self.small = []
        if text:
            line = Line(
                text, self.gap, self.mark, len(self.lists), self.heading, self.bolded * 20 >= self.letters * 19 > 0,
                italic=self.slanted * 20 >= self.letters * 19 > 0,
            )  # fmt: skip
            self.mark = ""
            if len(self.lines) >= MOST_LINES:
                raise _too_much()
            if self.tables and self.tables[-1].cells:
                self.tables[-1].cells[-1].append(line)
            else:
                self._keep(line)
            self.gap = gap
        else:
            self.gap = self.gap or gap
        self.bolded = self.slanted = self.letters = 0

    def _keep(self, line: Line) -> None:
        self.lines.append(line)

    def _end_row(self) -> None:
        """Take a row's cells as one line where the row is short text behind a label; a layout's cells as they stand."""
        row, self.tables[-1] = self.tables[-1], _Row()
        cells = [cell for cell in row.cells if cell]
        if not cells:
            return
        whole: list[Line]
        labelled = 2 <= len(cells) <= 6 and len(cells[0]) == 1 and LABEL.fullmatch(cells[0][0].text)
        if labelled and all(len(cell) <= 60 for cell in cells):
            label, (first, *more), *others = cells[0][0].text, cells[1], *cells[2:]
            said = [as_reference(" ".join(part.text for part in cell)) for cell in others]
            whole = [replace(rows_as_lines([label, first.text]), gap=True), *more, *(Line(text) for text in said)]
            if len(cells) > 2 or any(len(cell) > 1 for cell in cells):
                whole[0] = replace(whole[0], cells=tuple("\n".join(part.text for part in cell) for cell in cells))
        elif 2 <= len(cells) <= 6 and all(len(cell) == 1 for cell in cells):
            whole = [rows_as_lines([cell[0].text for cell in cells])]
        else:
            whole = [line for cell in cells for line in cell]
            if 2 <= len(cells) <= 6:  # a table of recommendations and responses is read cell by cell
                whole[0] = replace(whole[0], cells=tuple("\n".join(part.text for part in cell) for cell in cells))
        outer = self.tables[-2] if len(self.tables) > 1 else None
        if outer is not None and outer.cells:
            outer.cells[-1].extend(whole)
        else:
            for line in whole:
                self._keep(replace(line, gap=True) if line.cells else line)


def _end_of_tag(text: str, at: int, lone_quotes: set[str]) -> int:
    """Give the place behind the ``>`` that closes a tag and stands in no quotes; 0: there is none.

    ``lone_quotes`` keeps the signs of which no more follow, so that nobody looks for them again.
    """
    closed = -1
    while True:
        if closed < at:
            closed = text.find(">", at)
        if closed < 0:
            return 0
        equals = text.find("=", at, closed)
        if equals < 0:
            return closed + 1
        at = equals + 1
        while at < len(text) and text[at].isspace():
            at += 1
        quote = text[at : at + 1]
        if quote in ('"', "'") and quote not in lone_quotes:
            ended = text.find(quote, at + 1)
            if ended < 0:
                lone_quotes.add(quote)
            else:
                at = ended + 1


def _too_much() -> Refused:
    return Refused(
        "That page has far more parts than any report.",
        "Save only the page with the list of recommendations, and try again.",
    )


def _attributes(text: str) -> dict[str, str]:
    return {
        m.group(1).lower(): unescape(next((g for g in m.groups()[1:] if g is not None), ""))
        for m in _ATTRIBUTE.finditer(text)
    }


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.strip().isdecimal() and len(text) < 6 else otherwise


def _marked(number: int, kind: str) -> str:
    if kind in "aA" and 1 <= number <= 26:
        return f"({chr(ord(kind) + number - 1)})"
    if kind in "iI" and 1 <= number < 40:
        roman, left = "", number
        for value, letters in _ROMAN:
            while left >= value:
                roman, left = roman + letters, left - value
        return f"({roman if kind == 'i' else roman.upper()})"
    return f"{number}."
