"""Lines to numbered items: which numbers begin one, where it ends, and what stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.sources.page_joining import split_glued_lines, with_paragraphs
from bot.sources.page_lines import BULLET, Line
from bot.sources.page_starts import (
    LONGEST_HEADING,
    LONGEST_ITEM,
    MOST_ITEMS,
    Start,
    in_roman,
    lettered,
    named,
    numbered,
    order,
)
from bot.sources.page_words import (
    ASKS,
    BULLETED,
    CONTENTS_PAGE,
    END,
    FURNITURE,
    LABEL_ALONE,
    LABELLED,
    NUMBERED,
    REGION,
    SUBLIST,
    TAIL,
    is_navigation,
    reference,
    stated_kind,
)

MOST_REGIONS = 10


SHORT_HEADING = 80


@dataclass(slots=True)
class Found:
    """An item as it is read. ``after`` are lines that follow its paragraph reference and are no heading."""

    label: str
    lines: list[str] = field(default_factory=list)
    paragraphs: str = ""
    theme: str = ""
    after: list[Line] = field(default_factory=list)
    bold: bool = False
    size: int = 0
    kind: str = ""
    after_label: bool = False
    is_asked_above: bool = False

    @property
    def is_cut(self) -> bool:
        """Tell whether the item was longer than any can be."""
        return self.size > LONGEST_ITEM


@dataclass(slots=True)
class Reading:
    """The items of one region, the family that labels them, and whether a heading announced it."""

    items: list[Found]
    family: str = ""
    announced: bool = False

    @property
    def score(self) -> tuple[int, int, bool]:
        """Rank it: by the items that refer, then by all, then whether it begins at 1, as a list does and contents need not."""
        referred = sum(bool(item.paragraphs) for item in self.items)
        begins = bool(self.items) and order(self.items[0].label) == 1
        return 3 * referred + 2 * self.announced * bool(self.items) + len(self.items), len(self.items), begins


def best_reading(lines: Sequence[Line], *, announced: bool = True) -> Reading:
    """Read every region that a heading announces, and the whole page; give the reading with most items."""
    split = split_glued_lines(lines)
    starts = [place for place, line in enumerate(split) if is_region(line)]
    if len(starts) > MOST_REGIONS:
        starts = starts[: MOST_REGIONS // 2] + starts[-MOST_REGIONS // 2 :]
    readings = [_announced(split, place) for place in starts]
    whole = _region(split, announced=False)
    most = max((sum(bool(i.paragraphs) for i in r.items) for r in readings), default=0)
    if (
        not announced
        or not any(r.items for r in readings)
        or sum(bool(i.paragraphs) for i in whole.items) > 2 * most + 2
    ):
        readings.append(whole)
    return max(readings, key=lambda r: r.score)


def _announced(lines: Sequence[Line], place: int) -> Reading:
    """Read the region under a heading. A chapter called "Conclusions" whose paragraphs go on from those before is no list."""
    reading = _region(lines[place + 1 :], announced=True, level=lines[place].heading)
    first = order(reading.items[0].label) if reading.items and reading.family == "number" else None
    if first is not None and first > 1 and not any(item.paragraphs for item in reading.items):
        before = (numbered(line) for line in lines[:place])
        if any(begun is not None and begun[0] == str(first - 1) for begun in before):
            return Reading([], reading.family, announced=True)
    return reading


def is_region(line: Line) -> bool:
    """Tell whether a line is the heading of a list of conclusions and recommendations."""
    return len(line.text) < 100 and not line.mark.rstrip(".").isdigit() and REGION.match(line.text) is not None


def _region(lines: Sequence[Line], *, announced: bool, level: int = 0) -> Reading:
    body: list[Line] = []
    for place, line in enumerate(lines):
        if (
            announced
            and body
            and (_is_end(lines, place) or _begins_another(line, level) or _begins_chapter(lines, place, body))
        ):
            break
        if not is_navigation(line.text):
            body.append(line)
    readings = [
        Reading(_without_notes_behind(_items(body, start, announced=announced)), name, announced)
        for name, start in (("named", named), ("number", numbered), ("letter", lettered), ("roman", in_roman))
    ]
    by_name, by_number = readings[:2]
    names, numbers = ({item.label for item in reading.items} for reading in (by_name, by_number))
    if len(names) > 1 and names <= numbers and len(by_number.items) == len(numbers):
        readings[0] = Reading([], "named", announced)  # "Recommendation 1" stands within item 1, under its conclusion
    if len(by_number.items) > 1:  # letters and Roman numbers within numbered items are parts of them
        most = sum(bool(i.paragraphs) for i in by_number.items)
        readings[2:] = [r for r in readings[2:] if sum(bool(i.paragraphs) for i in r.items) > most]
    loose = Reading(_unlabelled(with_paragraphs(body)), "none", announced)
    best = max(readings, key=lambda r: r.score)
    if sum(bool(i.paragraphs) for i in loose.items) > 2 * sum(bool(i.paragraphs) for i in best.items):
        return loose
    return best


def _is_end(lines: Sequence[Line], place: int) -> bool:
    """Tell whether the list ends: a heading like "Notes" is a theme where the next number of the list stands right under it."""
    text = lines[place].text
    if len(text) < 200 and TAIL.match(text):
        return True
    if len(text) >= 120 or END.match(text) is None:
        return False
    following = next(iter(lines[place + 1 : place + 2]), None)
    if following is None:
        return True
    for start in (numbered, in_roman, lettered):
        begun = start(following)
        number = order(begun[0]) if begun else None
        if number is not None and number > 1:
            before = (order(b[0]) for line in reversed(lines[max(0, place - 60) : place]) if (b := start(line)))
            return next((n for n in before if n is not None), None) != number - 1
    return True


_ANOTHER = re.compile(r"^(?:\d{1,2}[.:)]?\s+\S|chapter \d|introduction\b|annex\b|appendix\b|summary\b)", re.IGNORECASE)


def _begins_another(line: Line, level: int) -> bool:
    """Tell whether a heading begins another part of the page: above the list's own, or a chapter beside it."""
    return 0 < line.heading < level or (line.heading == level > 0 and _ANOTHER.match(line.text) is not None)


def _begins_chapter(lines: Sequence[Line], place: int, body: Sequence[Line]) -> bool:
    """Tell whether a numbered heading begins a chapter behind a list without references: its paragraphs count from 1 again."""
    line, after = lines[place], lines[place + 1 : place + 2]
    if not (
        (line.bold or line.heading) and len(line.text) <= SHORT_HEADING and re.match(r"\d{1,2}\s+[A-Z]", line.text)
    ):
        return False
    counts_again = bool(after) and (begun := numbered(after[0])) is not None and begun[0] == "1"
    if not counts_again or reference(after[0].text)[1]:
        return False
    firsts = (begun for one in body if not (one.bold and len(one.text) <= SHORT_HEADING) and (begun := numbered(one)))
    return any(label == "1" for label, _ in firsts) and not any(reference(one.text)[1] for one in body)


def _without_notes_behind(items: list[Found]) -> list[Found]:
    """Leave out what is numbered from 1 again and refers to nothing, behind items that all refer: the notes of the page."""
    anew = next((n for n in range(len(items) - 1, 0, -1) if order(items[n].label) == 1), 0)
    referred = sum(bool(item.paragraphs) for item in items[:anew])
    if referred >= 2 and referred == anew and not any(item.paragraphs for item in items[anew:]):
        return items[:anew]
    return items


def _closes(lines: Sequence[Line], place: int, start: Start) -> bool:
    """Tell whether a line ends its item: a paragraph reference, and no sentence going on behind it."""
    text = lines[place].text
    if not reference(text)[1]:
        before = (
            lines[place - 1].text[-60:] if place and not lines[place].gap and text[-2:].rstrip(".")[-1:] in ")]" else ""
        )
        if not (before and reference(f"{before} {text[-60:]}")[1]):
            return False
    if place + 1 >= len(lines):
        return True
    after = lines[place + 1]
    return after.gap or bool(after.mark or after.heading) or start(after) is not None or not after.text[:1].islower()


def _items(lines: Sequence[Line], start: Start, *, announced: bool = False) -> list[Found]:
    begins = _without_numbered_headings(lines, [start(line) for line in lines])
    closes = [_closes(lines, place, start) for place in range(len(lines))]
    opened = [True, *closes[:-1]] if lines else []
    for place in range(1, len(lines)):
        if begins[place] is not None and not opened[place]:
            opened[place] = _only_headings_since_close(lines, closes, begins, place)
    real = _sequence(lines, begins, opened, refers=sum(closes) >= 2, announced=announced)
    found: list[Found] = []
    above: list[str] = []
    theme = ""
    closed = True
    for place, line in enumerate(lines):
        begun = begins[place]
        if place in real and begun is not None:
            asked = bool(above) and above[-1][-1:] == ":" and _asks_for_all(above[-1][-400:])
            theme = _theme(above) or theme
            above = []
            found.append(Found(begun[0], theme=theme, bold=line.bold, is_asked_above=asked))
            if start is named:
                is_conclusion = line.text[:10].casefold() == "conclusion" or begun[0][:1] == "C"
                found[-1].kind = "conclusion" if is_conclusion else "recommendation"
            if len(found) > MOST_ITEMS:
                return found
            _add(found[-1], Line(begun[1], False, "", 0) if begun[1] else None)
            closed = False
        elif not closed and found and not (line.heading or _is_heading(lines, place, real)):
            _add(found[-1], line)
        elif line.heading or _is_heading(lines, place, real) or not found:
            above.append(line.text)
        elif above and not line.gap and line.text[:1].islower() and len(above[-1]) + len(line.text) < LONGEST_HEADING:
            above[-1] = f"{above[-1]} {line.text}"
        else:
            found[-1].after.append(line)
            above = []
        if found and not closed and closes[place]:
            _end(found[-1])
            closed = True
    for item in found:
        if not item.paragraphs:
            _end(item)
    return [item for item in found if any(item.lines)]


def _asks_for_all(lead: str) -> bool:
    """Tell whether the sentence above a list asks for all that it lists; one that names conclusions too does not."""
    return ASKS.search(lead) is not None and re.search(r"\bconclu", lead, re.IGNORECASE) is None


def _without_numbered_headings(
    lines: Sequence[Line], begins: list[tuple[str, str] | None]
) -> list[tuple[str, str] | None]:
    """Take ``3 Locks`` for a chapter's heading where the items themselves have a stop behind their numbers."""
    stopped = sum(NUMBERED.match(line.text) is not None for line in lines)
    if stopped < 3:
        return begins
    return [
        None
        if begun is not None
        and (line.bold or line.heading or _is_stopped(lines[place + 1 : place + 2]))
        and len(line.text) <= SHORT_HEADING
        and line.text[-1:] not in ".;:!?)]"
        and re.match(r"\d{1,2}\s", line.text)
        else begun
        for place, (line, begun) in enumerate(zip(lines, begins, strict=True))
    ]


def _is_stopped(following: Sequence[Line]) -> bool:
    return any(NUMBERED.match(line.text) is not None for line in following)


def _only_headings_since_close(
    lines: Sequence[Line], closes: Sequence[bool], begins: Sequence[tuple[str, str] | None], place: int
) -> bool:
    """Tell whether only headings stand between the last reference and here."""
    for back in range(place - 1, max(-1, place - 5), -1):
        if closes[back]:
            return True
        if begins[back] is not None or len(lines[back].text) > LONGEST_HEADING or lines[back].text[-1:] in ".;,":
            return False
    return place <= 4


def _sequence(
    lines: Sequence[Line],
    begins: Sequence[tuple[str, str] | None],
    opened: Sequence[bool],
    *,
    refers: bool,
    announced: bool,
) -> set[int]:
    """Choose the beginnings that are items: those in sequence; out of it only where the item before has ended."""
    known = [(place, order(b[0])) for place, b in enumerate(begins) if b is not None]
    places = [(place, number) for place, number in known if number is not None]
    after_close: list[int | None] = [None] * (len(places) + 1)
    for at in range(len(places) - 1, -1, -1):
        after_close[at] = places[at][1] if opened[places[at][0]] else after_close[at + 1]
    chosen: set[int] = set()
    last = 0
    for at, (place, number) in enumerate(places):
        line = lines[place]
        fresh = opened[place] if refers else line.gap or bool(line.mark)
        if not chosen:
            accept = fresh or line.gap or (announced and number == 1 and place <= 6)
        elif refers:
            accept = opened[place] or (number == last + 1 and line.depth <= 1 and after_close[at + 1] != number)
        else:
            accept = (
                number == last + 1 or (fresh and last < number <= last + 3) or (fresh and number == last and line.gap)
            )
        if accept:
            chosen.add(place)
            last = number
    return chosen


def _is_heading(lines: Sequence[Line], place: int, real: set[int]) -> bool:
    """Tell whether a line is a theme's heading: short, no sentence, and an item or another heading follows."""
    line = lines[place]
    if line.heading:
        return True
    if len(line.text) > LONGEST_HEADING or line.mark or line.text[-1:] in ".;:,!" or reference(line.text)[1]:
        return False
    if line.text[:1].islower() or BULLETED.match(line.text) or SUBLIST.match(line.text):
        return False
    before = lines[place - 1] if place else None
    ended = (
        before is None
        or before.heading
        or reference(_joined_tail(lines, place - 1))[1]
        or (before.text[-1:] in ".?!”’)" and (line.gap or (place + 1 in real and len(line.text) < SHORT_HEADING)))
    )
    short_before = (
        before is not None and line.gap and len(before.text) <= LONGEST_HEADING and before.text[-1:] not in ".;:,"
    )
    if not (ended or short_before):
        return False
    return any(after in real for after in range(place + 1, min(place + 4, len(lines)))) and (
        place + 1 in real or lines[place + 1].gap or len(lines[place + 1].text) <= LONGEST_HEADING
    )


def _joined_tail(lines: Sequence[Line], place: int) -> str:
    """Give the end of a line with what it goes on from: a reference may be broken over two."""
    line = lines[place]
    return line.text if line.gap or place == 0 else f"{lines[place - 1].text[-60:]} {line.text[-200:]}"


def _theme(above: Sequence[str]) -> str:
    """Give the nearest heading; one printed over two lines is put together."""
    if not above:
        return ""
    named_so = [
        text
        for text in above
        if REGION.match(text) is None
        and len(text) <= LONGEST_HEADING
        and text[-1:] not in ":."
        and FURNITURE.match(text) is None
        and LABEL_ALONE.match(text) is None
    ]
    if not named_so:
        return ""
    return re.sub(r"^(?:chapter\s+)?\d{1,2}[.:)]?\s*(?=[A-Z])", "", named_so[-1], flags=re.IGNORECASE)


def _add(item: Found, line: Line | None) -> None:
    if line is None:
        return
    if LABEL_ALONE.match(line.text):
        item.kind = item.kind or ("recommendation" if line.text[:1] in "rR" else "")
        item.after_label = True
        return
    text = CONTENTS_PAGE.sub("", line.text) if line.text[-1:].isdigit() else line.text
    item.size += len(text)
    if item.size > LONGEST_ITEM:
        return
    bullet = BULLETED.match(text)
    if bullet and (line.gap or len(text) > bullet.end()) and text[bullet.end() :]:
        item.lines.append(BULLET + text[bullet.end() :].lstrip())
    elif line.mark:
        item.lines.append((BULLET if line.mark == "•" else f"{line.mark} ") + text)
    elif (
        not item.lines
        or item.after_label
        or LABELLED.match(text)
        or (line.gap and not _goes_on(item.lines[-1], text))
        or SUBLIST.match(text)
    ):
        item.lines.append(text)
    else:
        item.lines[-1] = f"{item.lines[-1]} {text}"
    item.after_label = False


def _goes_on(before: str, after: str) -> bool:
    """Tell whether a sentence runs over a gap (the end of a PDF's page, an odd empty line)."""
    return before[-1:] not in ".:;!?”’)" and (after[:1].islower() or reference(after)[0] == "")


def _end(item: Found) -> None:
    if item.lines:
        item.kind = stated_kind(item.lines[-1]) or item.kind
        text, item.paragraphs = reference(item.lines[-1])
        item.lines[-1:] = [text] if text else []


_SOURCE = re.compile(r"(?:sources?|notes?)\s*:\s", re.IGNORECASE)
"""What stands under a box or a table: its reference is to where it comes from."""


def _unlabelled(lines: Sequence[Line]) -> list[Found]:
    """Read items without numbers: each ends with its paragraph reference."""
    found: list[Found] = []
    current = Found("")
    theme = ""
    has_gaps = sum(line.gap for line in lines) * 10 > len(lines)
    for place, line in enumerate(lines):
        if _SOURCE.match(line.text[:40]):
            current = Found("")
            continue
        alone = place + 1 >= len(lines) or lines[place + 1].gap or not has_gaps
        if line.heading or (not current.lines and alone and len(line.text) < 100 and line.text[-1:] not in ".)]"):
            theme, current = line.text, Found("")
            continue
        if line.gap and current.lines and len(lines) > place and not BULLETED.match(line.text) and not line.mark:
            ended = current.lines[-1][-1:] in ".!?"
            current = Found("") if ended and reference(line.text)[0] else current
        _add(current, line)
        if _closes(lines, place, lambda _: None):
            current.theme = theme
            _end(current)
            if current.lines:
                found.append(current)
            current = Found("")
        if len(found) > MOST_ITEMS:
            break
    return found
