"""One answer of a response while it is read: what repeats the recommendation, what answers it, and its target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.domain.answer_verdicts import is_verdict
from bot.domain.drafts import Doubt, DraftAnswer
from bot.sources.page_lines import BULLET, Line
from bot.sources.page_starts import LONGEST_HEADING, LONGEST_ITEM
from bot.sources.page_words import (
    ASKS,
    BULLETED,
    NOTE_MARK,
    REGION,
    SPEAKS,
    SUBLIST,
    paragraphs,
    reference,
)

_NUMBER = r"\d{1,3}[a-z]?"


ANSWER = re.compile(
    r"^(?:(?:the )?(?:uk )?government(?:’s|'s)? (?:response|reply|answer)|(?:our )?response|reply|answer|departmental response)"
    r"\s*(?:[:.–—-]\s*(?P<rest>.*))?$",
    re.IGNORECASE,
)


_LEADING = re.compile(
    r"^[(\[]\s*+(?:paragraphs?|paras?\.?)(?P<in>[\d\s,–—&to-]++|[\d ,]++and \d+)[)\]]\s*+[.:–—-]?\s*+", re.IGNORECASE
)


TARGET = re.compile(
    r"^(?:(?:target|revised|expected|new) ){0,3}(?:implementation|completion) date\s*[:–—-]\s*(?P<when>\S.{0,60})$",
    re.IGNORECASE,
)


SAYS_SO = re.compile(
    r"(?:the government|the department|we) (?:\w+ )?(?:agree|disagree|accept|reject|note)", re.IGNORECASE
)


_SPEAKS = re.compile(
    r"(?:we|i|our|the (?:uk |scottish |welsh )?government|hm government|the (?:department|ministry|minister|secretary)|ministers|"
    r"accepted|agreed|rejected|noted)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Part:
    labels: tuple[str, ...]
    restated: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    theme: str = ""
    is_marked: bool = False
    paragraphs: str = ""
    size: int = 0
    target: str = ""
    verdict: str = ""
    is_listed: bool = False
    asks_first: bool = False
    doubts: tuple[Doubt, ...] = ()


def take(part: Part, line: Line) -> None:
    if not part.target and (dated := TARGET.match(line.text)):
        part.target = dated["when"].rstrip(". ")
    part.size += len(line.text)
    if part.size <= 2 * LONGEST_ITEM:
        part.lines.append(line)


def divide(part: Part) -> None:
    """Part what repeats the recommendation from what answers it."""
    for place, line in enumerate(part.lines[:60]):
        said = ANSWER.match(line.text[:400]) if len(line.text) < 400 else None
        if said and (line.gap or line.heading):
            part.restated += part.lines[:place]
            part.lines = ([Line(said["rest"])] if said["rest"] else []) + part.lines[place + 1 :]
            part.is_marked = True
            close_restated(part)
            return
    for place, line in enumerate(part.lines[:20]):
        if reference(line.text)[1]:
            part.restated += part.lines[: place + 1]
            part.lines = part.lines[place + 1 :]
            close_restated(part)
            return
    if part.lines and _is_quoted(part):
        end = _first_paragraph(part.lines)
        part.restated += part.lines[:end]
        part.lines = part.lines[end:]
        close_restated(part)
        return
    if not part.restated or reference(part.restated[-1].text)[1] == "":
        bold = 0
        while bold < len(part.lines) and part.lines[bold].bold and not is_verdict(part.lines[bold].text):
            bold += 1
        first = part.lines[0] if part.lines else None
        slanted = 0
        while slanted < len(part.lines) and part.lines[slanted].italic and not is_verdict(part.lines[slanted].text):
            slanted += 1
        if 0 < max(bold, slanted) < len(part.lines):
            part.restated += part.lines[: max(bold, slanted)]
            part.lines = part.lines[max(bold, slanted) :]
        elif _is_only_title(part.restated) and _asks_before_it_answers(part.lines):
            take_wish(part)
        elif first and not part.restated and len(part.lines) > 1 and part.lines[1].gap and _is_title(first):
            part.restated.append(first)
            part.lines = part.lines[1:]
    close_restated(part)


def _is_quoted(part: Part) -> bool:
    """Tell whether the first of several paragraphs is in quotation marks from end to end: the committee's words."""
    first = _first_paragraph(part.lines)
    said = " ".join(line.text for line in part.lines[:first])
    return (
        first < len(part.lines)
        and len(said) > QUOTED_AT_LEAST
        and (said[0], said[-1]) in (("“", "”"), ('"', '"'), ("‘", "’"))
        and _is_only_title(part.restated)
    )


QUOTED_AT_LEAST = 40
"""Letters of a quotation that is a recommendation; a phrase that an answer quotes first is shorter."""


def _is_only_title(restated: Sequence[Line]) -> bool:
    return all(len(line.text) <= LONGEST_HEADING and _is_title(line) for line in restated)


def take_wish(part: Part) -> None:
    """Take an answer's first paragraph for what the response repeats."""
    part.theme = part.theme or (part.restated[0].text if part.restated else "")
    first = _first_paragraph(part.lines)
    part.restated, part.lines = part.lines[:first], part.lines[first:]
    while len(part.labels) > 1 and _asks_before_it_answers(part.lines):  # several are repeated before they are answered
        more = _first_paragraph(part.lines)
        part.restated, part.lines = [*part.restated, *part.lines[:more]], part.lines[more:]
    part.asks_first = True


def _first_paragraph(lines: Sequence[Line]) -> int:
    """Count the lines of the first paragraph."""
    return next((n for n in range(1, len(lines)) if lines[n].gap or lines[n].mark), len(lines))


def may_repeat(part: Part) -> bool:
    """Tell whether an answer's first paragraph may be what is answered, where the others of its response begin so."""
    lines = part.lines
    if part.asks_first or part.is_marked or part.paragraphs or not _is_only_title(part.restated) or len(lines) < 2:
        return False
    first = _first_paragraph(lines)
    return (
        first < len(lines)
        and not lines[first].mark
        and len(lines[0].text) >= 40
        and not is_verdict(lines[0].text)
        and not SPEAKS.match(lines[0].text)
    )


def begins_with_wish(part: Part) -> bool:
    """Tell whether an answer's first paragraph asks for something and no later one does: the committee speaks, then the Government."""
    if not may_repeat(part):
        return False
    first = _first_paragraph(part.lines)
    wish = " ".join(line.text for line in part.lines[:first][:20])[:2000]
    return (
        ASKS.search(wish) is not None
        and SAYS_SO.match(wish) is None
        and _SPEAKS_FIRST.match(wish) is None
        and ASKS.search(part.lines[first].text[:400]) is None
    )


_SPEAKS_FIRST = re.compile(r"(?:ministers|we) (?:have|will|are|do|welcome|accept|agree|note)\b", re.IGNORECASE)


def _asks_before_it_answers(lines: Sequence[Line]) -> bool:
    """Tell whether a first paragraph asks for something and the Government speaks only from the second on."""
    end = _first_paragraph(lines)
    if end >= len(lines) or lines[end].mark or lines[0].mark or len(lines[0].text) < 40:
        return False
    first, second = " ".join(line.text for line in lines[:end][:20]), lines[end].text
    if is_verdict(first) or SAYS_SO.match(first) or not ASKS.search(first[:2000]):
        return False
    is_wish = re.match(r"[“‘\"']?(?:we|the committee) (?:\w+ ){0,2}(?:recommend|urge|ask|call)", first, re.IGNORECASE)
    return bool(is_wish) or (
        bool(_SPEAKS.match(second)) and bool(is_wish or not _SPEAKS.match(first) or " should " in first[:400])
    )


def _is_title(line: Line) -> bool:
    if is_verdict(line.text):
        return False
    return bool(line.heading) or (len(line.text) <= LONGEST_HEADING and line.text[-1:] not in ".;:,?!")


def close_restated(part: Part) -> None:
    if part.restated and (leading := _LEADING.match(part.restated[0].text)):
        part.paragraphs = paragraphs(leading["in"])
        part.restated[0] = replace(part.restated[0], text=part.restated[0].text[leading.end() :])
    elif part.restated and not part.paragraphs:
        text, part.paragraphs = reference(part.restated[-1].text)
        part.restated[-1] = Line(text, part.restated[-1].gap, part.restated[-1].mark)


def labels_in(text: str) -> tuple[str, ...]:
    found = re.findall(rf"{_NUMBER}|to|[-–—]", text, re.IGNORECASE)
    labels: list[str] = []
    for place, one in enumerate(found):
        if one[0].isdigit():
            labels.append(one)
        elif labels and place + 1 < len(found) and labels[-1].isdigit() and found[place + 1].isdigit():
            labels += [str(n) for n in range(int(labels[-1]) + 1, min(int(found[place + 1]), int(labels[-1]) + 60))]
    return tuple(dict.fromkeys(labels))


def joined(lines: Sequence[Line]) -> str:
    whole: list[str] = []
    for line in lines:
        bullet = BULLETED.match(line.text)
        if line.mark == "•" or (bullet and line.text[bullet.end() :]):
            whole.append(BULLET + (line.text[bullet.end() :] if bullet and line.mark != "•" else line.text))
        elif line.mark:
            whole.append(f"{line.mark} {line.text}")
        elif not whole or line.gap or SUBLIST.match(line.text):
            whole.append(line.text)
        else:
            whole[-1] = f"{whole[-1]} {line.text}"
    return NOTE_MARK.sub("", "\n".join(whole)).strip().strip('“”"' if len(whole) == 1 and whole[0][:1] in '“"' else "")


def answer_of(part: Part) -> DraftAnswer:
    label = part.labels[0] if part.labels else ""
    name = f"answer {', '.join(part.labels)}" if part.labels else "an answer without a number"
    doubts = list(part.doubts)
    if len(part.labels) > 1:
        doubts.append(Doubt(name, "one answer is given to several recommendations.", "Please record it for each one."))
    if not part.labels and not part.paragraphs:
        doubts.append(Doubt(name, "the response doesn't number it.", "Choose the recommendation it answers."))
    if not part.restated:
        doubts.append(
            Doubt(
                name,
                "the response doesn't repeat the recommendation.",
                "Its number alone doesn't prove which one it is.",
            )
        )
    if part.size > 2 * LONGEST_ITEM:
        doubts.append(Doubt(name, "it's far longer than any answer, so Postbag cut it.", "Please check where it ends."))
    restated = joined([line for line in part.restated if line.text and REGION.match(line.text[:120]) is None])
    return DraftAnswer(
        label, joined(part.lines), restated, part.labels, part.paragraphs, part.theme, tuple(doubts), part.target
    )
