"""Lines of a Government response to answers: which recommendation each names or repeats, and what was written under it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.domain.answer_verdicts import is_verdict
from bot.domain.drafts import Doubt, DraftAnswer
from bot.sources.page_items import LONGEST_HEADING, LONGEST_ITEM, MOST_ITEMS, split_glued_lines
from bot.sources.page_lines import BULLET, Line, Page
from bot.sources.page_words import (
    ASKS,
    BULLETED,
    END,
    NOTE_MARK,
    NUMBERED,
    REGION,
    RESPONSE,
    SUBLIST,
    TAIL,
    is_navigation,
    paragraphs,
    reference,
)

_NUMBER = r"\d{1,3}[a-z]?"
_HEADING = re.compile(
    rf"^(?:(?:the )?government(?:’s|'s)? (?:response|reply)(?: to)?[:\s]*)?(?:(?:the )?committee(?:’s|'s)? )?"
    rf"(?:conclusions?(?:(?: and| &)? |\s?/\s?))?(?:recommendations?|conclusions?|rec\.?)"
    rf"(?:\s+(?:and|&) (?:conclusions?|recommendations?))?\s*(?:nos?\.?\s*|numbers?\s*)?#?"
    rf"(?P<labels>{_NUMBER}(?:\s*(?:,|&|and|to|[-–—])\s*(?:and\s*)?(?:recommendations?\s*)?{_NUMBER})*)(?=$|[\s.:)(–—-])"
    rf"\s*[.:)–—-]?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^(?:(?:the )?(?:uk )?government(?:’s|'s)? (?:response|reply|answer)|(?:our )?response|reply|answer|departmental response)"
    r"\s*(?:[:.–—-]\s*(?P<rest>.*))?$",
    re.IGNORECASE,
)


_LEADING = re.compile(
    r"^[(\[]\s*+(?:paragraphs?|paras?\.?)(?P<in>[\d\s,–—&to-]++|[\d ,]++and \d+)[)\]]\s*+[.:–—-]?\s*+", re.IGNORECASE
)


_KEYED = re.compile(
    r"^(?:(?:the )?committee(?:’s|'s)? )?(?:recommendations?|conclusions?)(?: and (?:recommendations?|conclusions?))?\s*+"
    r"(?:[(\[]\s*+|,?+\s*+(?:at |in )?)(?:paragraphs?|paras?\.?)\s*+(?P<in>\d[\d\s,.–—&-]*+(?:(?:and|to) \d[\d.]*)?)"
    r"\s*+[)\]]?+\s*+[:.–—-]?+\s*+"
    r"(?P<rest>.*)$",
    re.IGNORECASE,
)
"""A heading that names its recommendation by the paragraph: ``Recommendation (Paragraph 12): Count trees.``"""
_MINUTE = re.compile(
    r"^(?P<label>\d{1,2}[a-z]?)[.:)]?\s*(?:PAC|(?:the )?committee(?:’s|'s)?(?: of public accounts)?) (?P<kind>conclusion|recommendation)s?"
    r"\s*[:.–—-]?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
"""A heading of a Treasury Minute."""
_IN_BRACKETS = re.compile(r"[(\[]\s*(?:recommendation|conclusion)s?\s+(\d{1,3}[a-z]?)\s*[)\]]\s*", re.IGNORECASE)
"""``3. (Recommendation 4) The Government should …``: the number that the report itself gave."""
_MINUTE_NUMBER = re.compile(r"^\d{1,2}[a-z]?\.\d{1,2}\.?\s+(?=\S)")
_TARGET = re.compile(
    r"^(?:target|revised|expected)? ?(?:implementation|completion) date\s*[:–—-]\s*(?P<when>\S.{0,60})$", re.IGNORECASE
)
_ASKED_COLUMN = re.compile(
    r"^(?:(?:the )?committee(?:’s|'s)? |pac )?(?:conclusions?|recommendations?)\b.{0,40}$", re.IGNORECASE
)
_SAID_COLUMN = re.compile(
    r"^(?:(?:the )?(?:uk )?government(?:’s|'s)? |departmental |department(?:’s|'s)? |our )?(?:response|reply|answer|position)\b.{0,40}$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Part:
    labels: tuple[str, ...]
    restated: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    theme: str = ""
    is_marked: bool = False
    paragraphs: str = ""
    size: int = 0
    target: str = ""


def draft_answers(pages: Sequence[Page]) -> tuple[tuple[DraftAnswer, ...], tuple[Doubt, ...]]:
    """Read the answers of all pages, by the way in which most of them are found."""
    lines = [line for page in pages for line in split_glued_lines(page.lines) if not is_navigation(line.text)]
    minute = _minute(lines)
    ways = (
        [minute] if len(minute) > 1 or (minute and minute[0].lines) else [_named(lines), _repeated(lines), _bold(lines)]
    )
    best = max(ways, key=_answered)
    for other in (_tabled([line for page in pages for line in page.lines]), _closed(lines)):
        if _answered(other) > max(1, _answered(best)):
            best = other
    for place, part in enumerate(best):
        _without_what_follows(part, best[place + 1] if place + 1 < len(best) else None)
    answers = [_answer(part) for part in best if part.lines]
    doubts: list[Doubt] = []
    empty = [", ".join(p.labels) or "without number" for p in best if not p.lines]
    if answers and empty:
        doubts.append(
            Doubt(
                "the whole",
                f"nothing was found under: {'; '.join(empty[:10])}.",
                "Is it answered together with the next?",
            )
        )
    labels = [label for part in best for label in part.labels]
    twice = sorted(label for label, times in Counter(labels).items() if times > 1)[:10]
    if twice:
        doubts.append(Doubt("the numbers", f"more than one answer is headed {', '.join(twice)}.", "Please check each."))
    return tuple(answers), tuple(doubts)


def _without_what_follows(part: _Part, after: _Part | None) -> None:
    """Take off an answer's end what is none of it: the heading above the next, and behind the last the end of the page."""
    for place, line in enumerate(part.lines):
        ends = len(line.text) < 200 and (
            TAIL.match(line.text) or (not after and len(line.text) < 120 and END.match(line.text))
        )
        if ends or (after is None and line.heading and re.match(r"(?:annex|appendix)\b", line.text, re.IGNORECASE)):
            del part.lines[place:]
            break
    while part.lines and re.fullmatch(r"\d{1,4}", part.lines[-1].text) and not part.lines[-1].mark:
        del part.lines[-1]
    above = ""
    while len(part.lines) > 1 and part.lines[-1].heading and not is_verdict(part.lines[-1].text):
        above = part.lines.pop().text
    if after is not None and above and not after.theme:
        after.theme = above


def _answered(parts: Sequence[_Part]) -> int:
    return sum(bool(part.lines) for part in parts)


def _minute(lines: Sequence[Line]) -> list[_Part]:
    """Read a Treasury Minute: each conclusion and recommendation repeated, then paragraphs 1.1, 1.2 of the answer."""
    parts: list[_Part] = []
    concluded: list[Line] = []
    is_conclusion = False
    for line in lines:
        found = _MINUTE.match(line.text[:1500]) if len(line.text) < 1500 else None
        if found and found["kind"].casefold() == "conclusion":
            concluded, is_conclusion = [Line(found["rest"])] if found["rest"] else [], True
            continue
        if found:
            parts.append(_Part((found["label"],), list(concluded), is_marked=True))
            parts[-1].restated += [Line(found["rest"])] if found["rest"] else []
            is_conclusion = False
            if len(parts) > MOST_ITEMS:
                break
            continue
        if is_conclusion:
            concluded.append(line)
            continue
        if not parts:
            continue
        if END.match(line.text[:200]) and len(line.text) < 120:
            break
        numbered = _MINUTE_NUMBER.match(line.text)
        if not parts[-1].lines and not numbered and not line.mark and not is_verdict(line.text):
            if _SAYS_SO.match(line.text):
                _take(parts[-1], line)
            else:
                parts[-1].restated.append(line)
            continue
        _take(parts[-1], replace(line, text=line.text[numbered.end() :]) if numbered else line)
    return parts


_SAYS_SO = re.compile(
    r"(?:the government|the department|we) (?:\w+ )?(?:agree|disagree|accept|reject|note)", re.IGNORECASE
)


def _tabled(lines: Sequence[Line]) -> list[_Part]:
    """Read a table with a column of recommendations and one of responses."""
    parts: list[_Part] = []
    asked, said, width = -1, -1, 0
    for line in lines:
        cells = line.cells
        if len(cells) < 2:
            continue
        heads = [n for n, cell in enumerate(cells) if len(cell) < 80 and _SAID_COLUMN.match(cell)]
        names = [n for n, cell in enumerate(cells) if len(cell) < 80 and _ASKED_COLUMN.match(cell)]
        if heads and names and heads[-1] > names[0] and not reference(cells[names[0]])[1]:
            asked, said, width = names[0], next(n for n in heads if n > names[0]), len(cells)
            continue
        if width and len(cells) == width:
            wish, answer, rest = cells[asked], cells[said], cells[said + 1 :]
        elif reference(cells[-2].split("\n")[-1])[1] and len(cells) <= 3:
            wish, answer, rest = cells[-2], cells[-1], ()
        else:
            continue
        number = NUMBERED.match(wish)
        mark = cells[0].strip("(). ") if cells[0] != wish else ""
        label = str(int(number.group(1))) if number else mark if mark.isdigit() else ""
        parts.append(
            _Part((label,) if label else (), [Line(t) for t in wish[number.end() if number else 0 :].split("\n")])
        )
        for text in (*answer.split("\n"), *(part for cell in rest for part in cell.split("\n"))):
            _take(parts[-1], Line(text))
        _close_restated(parts[-1])
        if len(parts) > MOST_ITEMS:
            break
    return parts


def _closed(lines: Sequence[Line]) -> list[_Part]:
    """Read a response that repeats each item without number: the reference that closes it is mark enough."""
    parts: list[_Part] = []
    paragraph: list[Line] = []
    last = 0
    for place, line in enumerate(lines):
        if line.gap or line.heading:
            paragraph = []
        paragraph.append(line)
        ends = place + 1 == len(lines) or lines[place + 1].gap or bool(lines[place + 1].heading)
        numbers = reference(_joined(paragraph[-6:])[-200:])[1] if ends and len(paragraph) < 60 else ""
        first = re.match(r"\d{1,4}", numbers)
        if first and int(first.group()) >= last and sum(len(p.text) for p in paragraph) > 20:
            if parts:
                del parts[-1].lines[len(parts[-1].lines) - len(paragraph) + 1 :]
            last = int(first.group())
            parts.append(_Part((), list(paragraph)))
            paragraph = []
            if len(parts) > MOST_ITEMS:
                break
        elif parts:
            _take(parts[-1], line)
    for part in parts:
        _close_restated(part)
    return parts


def _named(lines: Sequence[Line]) -> list[_Part]:
    """Read a response whose answers stand under ``Recommendation 1``."""
    parts: list[_Part] = []
    theme = ""
    for place, line in enumerate(lines):
        found = _HEADING.match(line.text[:1500]) if len(line.text) < 1500 else None
        keyed = _KEYED.match(line.text[:1500]) if len(line.text) < 1500 and not found else None
        if keyed and (line.gap or line.heading):
            parts.append(_Part((), theme=theme, paragraphs=paragraphs(keyed["in"])))
            if keyed["rest"].strip():
                parts[-1].restated.append(Line(keyed["rest"].strip(), True, bold=line.bold, heading=line.heading))
            if len(parts) > MOST_ITEMS:
                break
            continue
        if found and (line.gap or line.heading) and _is_heading(found, line):
            rest = found["rest"].strip()
            parts.append(_Part(_labels(found["labels"]), theme=theme))
            if rest and not reference(rest)[0]:
                parts[-1].paragraphs, rest = reference(rest)[1], ""
            if rest:
                parts[-1].restated.append(Line(rest, True, bold=line.bold, heading=line.heading))
            if len(parts) > MOST_ITEMS:
                break
            continue
        if parts and line.heading and len(line.text) < 120 and END.match(line.text):
            break
        if _theme_before_heading(lines, place):
            theme = "" if RESPONSE.search(line.text) else line.text
            continue
        if parts:
            if END.match(line.text[:200]) and len(line.text) < 120:
                break
            _take(parts[-1], line)
    for part in parts:
        _divide(part)
    return parts


def _is_heading(found: re.Match[str], line: Line) -> bool:
    """Tell a heading from a sentence that begins with the word: ``Recommendation 3 asks us to …`` is none, unless it is one."""
    rest = found["rest"]
    marked = line.heading or line.bold or not rest or found.string[: found.start("rest")].rstrip()[-1:] in ".:)–—-"
    return bool(marked) or rest[:1] in "(“‘\"'" or (rest[:1].isupper() and len(line.text) <= LONGEST_HEADING)


def _theme_before_heading(lines: Sequence[Line], place: int) -> bool:
    line = lines[place]
    if not (
        line.heading or (line.gap and len(line.text) <= 100 and line.text[-1:] not in ".;:,?!”)" and not line.mark)
    ):
        return False
    if _ANSWER.match(line.text) or is_verdict(line.text) or _TARGET.match(line.text[:200]) or place + 1 >= len(lines):
        return False
    after = lines[place + 1]
    return len(after.text) < 1500 and _HEADING.match(after.text) is not None


def _repeated(lines: Sequence[Line]) -> list[_Part]:
    """Read a response that repeats each item with its number and paragraph, and answers behind it."""
    parts: list[_Part] = []
    pending: list[Line] = []
    label = ""
    last = printed = 0
    for line in lines:
        mark = line.mark.strip("(). ")
        found = NUMBERED.match(line.text) if not line.mark else None
        number = int(found.group(1)) if found else int(mark) if mark.isdigit() and line.depth <= 1 else 0
        if number and (not parts or last < number <= last + 5):
            for late in pending if parts else ():
                _take(parts[-1], late)
            label = str(number)
            text = line.text[found.end() :] if found else line.text
            if said := _IN_BRACKETS.match(text):
                label, text = said[1], text[said.end() :]
            printed = number
            pending = [Line(text, line.gap, bold=line.bold)]
        elif pending:
            pending.append(line)
        if pending and reference(pending[-1].text)[1] and sum(len(p.text) for p in pending[-40:]) < LONGEST_ITEM:
            parts.append(_Part((str(int(label)) if label.isdigit() else label,)))
            last = printed
            parts[-1].restated = pending
            _close_restated(parts[-1])
            pending = []
            if len(parts) > MOST_ITEMS:
                break
        elif parts and not pending:
            _take(parts[-1], line)
        elif parts and len(pending) > 12:
            for late in pending:
                _take(parts[-1], late)
            pending = []
    if parts:
        for late in pending:
            _take(parts[-1], late)
    for part in parts:
        if part.lines and (said := _ANSWER.match(part.lines[0].text[:400])) and len(part.lines[0].text) < 400:
            part.lines[0:1] = [Line(said["rest"])] if said["rest"] else []
    return parts


def _bold(lines: Sequence[Line]) -> list[_Part]:
    """Read a response in which bold paragraphs repeat the items and plain ones answer."""
    parts: list[_Part] = []
    theme = ""
    for line in lines:
        strong = line.bold and not line.heading and len(line.text) > 60
        if strong and (not parts or parts[-1].lines):
            parts.append(_Part((), [line], theme=theme))
            if len(parts) > MOST_ITEMS:
                break
        elif strong and parts:
            parts[-1].restated.append(line)
        elif (line.heading or (line.bold and len(line.text) <= 60)) and not (parts and is_verdict(line.text)):
            theme = line.text
        elif parts:
            _take(parts[-1], line)
    for part in parts:
        found = NUMBERED.match(part.restated[0].text)
        if found:
            part.labels = (str(int(found.group(1))),)
            part.restated[0] = Line(part.restated[0].text[found.end() :], bold=True)
        _close_restated(part)
    return parts


def _take(part: _Part, line: Line) -> None:
    if not part.target and (dated := _TARGET.match(line.text)):
        part.target = dated["when"].rstrip(". ")
    part.size += len(line.text)
    if part.size <= 2 * LONGEST_ITEM:
        part.lines.append(line)


def _divide(part: _Part) -> None:
    """Part what repeats the recommendation from what answers it."""
    for place, line in enumerate(part.lines[:60]):
        said = _ANSWER.match(line.text[:400]) if len(line.text) < 400 else None
        if said and (line.gap or line.heading):
            part.restated += part.lines[:place]
            part.lines = ([Line(said["rest"])] if said["rest"] else []) + part.lines[place + 1 :]
            part.is_marked = True
            _close_restated(part)
            return
    for place, line in enumerate(part.lines[:20]):
        if reference(line.text)[1]:
            part.restated += part.lines[: place + 1]
            part.lines = part.lines[place + 1 :]
            _close_restated(part)
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
        elif not part.restated and _asks_before_it_answers(part.lines):
            part.restated = part.lines[:1]
            part.lines = part.lines[1:]
        elif first and not part.restated and len(part.lines) > 1 and _is_title(first):
            part.restated.append(first)
            part.lines = part.lines[1:]
    _close_restated(part)


_SPEAKS = re.compile(
    r"(?:we|i|our|the (?:uk |scottish |welsh )?government|hm government|the (?:department|ministry|minister|secretary)|ministers|"
    r"accepted|agreed|rejected|noted)\b",
    re.IGNORECASE,
)


def _asks_before_it_answers(lines: Sequence[Line]) -> bool:
    """Tell whether a first paragraph asks for something and the Government speaks only from the second on."""
    if len(lines) < 2 or not lines[1].gap or lines[0].mark or len(lines[0].text) < 40:
        return False
    first, second = lines[0].text, lines[1].text
    if is_verdict(first) or _SAYS_SO.match(first) or not ASKS.search(first[:2000]):
        return False
    is_wish = re.match(r"(?:we|the committee) (?:\w+ ){0,2}(?:recommend|urge|ask|call)", first, re.IGNORECASE)
    return bool(_SPEAKS.match(second)) and bool(is_wish or not _SPEAKS.match(first) or " should " in first[:400])


def _is_title(line: Line) -> bool:
    if is_verdict(line.text):
        return False
    return bool(line.heading) or (len(line.text) <= LONGEST_HEADING and line.text[-1:] not in ".;:,?!")


def _close_restated(part: _Part) -> None:
    if part.restated and (leading := _LEADING.match(part.restated[0].text)):
        part.paragraphs = paragraphs(leading["in"])
        part.restated[0] = replace(part.restated[0], text=part.restated[0].text[leading.end() :])
    elif part.restated and not part.paragraphs:
        text, part.paragraphs = reference(part.restated[-1].text)
        part.restated[-1] = Line(text, part.restated[-1].gap, part.restated[-1].mark)


def _labels(text: str) -> tuple[str, ...]:
    found = re.findall(rf"{_NUMBER}|to|[-–—]", text, re.IGNORECASE)
    labels: list[str] = []
    for place, one in enumerate(found):
        if one[0].isdigit():
            labels.append(one)
        elif labels and place + 1 < len(found) and labels[-1].isdigit() and found[place + 1].isdigit():
            labels += [str(n) for n in range(int(labels[-1]) + 1, min(int(found[place + 1]), int(labels[-1]) + 60))]
    return tuple(dict.fromkeys(labels))


def _joined(lines: Sequence[Line]) -> str:
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


def _answer(part: _Part) -> DraftAnswer:
    label = part.labels[0] if part.labels else ""
    name = f"answer {', '.join(part.labels)}" if part.labels else "an answer without a number"
    doubts: list[Doubt] = []
    if len(part.labels) > 1:
        doubts.append(Doubt(name, "one answer is given to several recommendations.", "Please record it for each."))
    if not part.labels and not part.paragraphs:
        doubts.append(Doubt(name, "the response gives it no number.", "Choose the recommendation it answers."))
    if not part.restated:
        doubts.append(
            Doubt(
                name,
                "the response does not repeat the recommendation.",
                "Its number alone does not prove which one it is.",
            )
        )
    if part.size > 2 * LONGEST_ITEM:
        doubts.append(Doubt(name, "it is far longer than any answer, and was cut.", "Please check where it ends."))
    restated = _joined([line for line in part.restated if line.text and REGION.match(line.text[:120]) is None])
    return DraftAnswer(
        label, _joined(part.lines), restated, part.labels, part.paragraphs, part.theme, tuple(doubts), part.target
    )
