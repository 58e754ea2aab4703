"""Lines of a Government response to answers: which recommendation each names or repeats, and what was written under it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.answer_verdicts import is_verdict
from bot.domain.dates.words import MONTHS
from bot.domain.drafts import Doubt, DraftAnswer
from bot.sources.page_answer_letters import is_letter, letter_parts, subject_parts
from bot.sources.page_answer_parts import (
    ANSWER,
    TARGET,
    Part,
    answer_of,
    begins_with_wish,
    close_restated,
    divide,
    joined,
    labels_in,
    may_repeat,
    take,
    take_wish,
)
from bot.sources.page_answer_tables import minute_parts, table_parts
from bot.sources.page_joining import split_glued_lines, with_paragraphs
from bot.sources.page_lines import Line, Page
from bot.sources.page_starts import LONGEST_HEADING, LONGEST_ITEM, MOST_ITEMS
from bot.sources.page_words import (
    END,
    NUMBERED,
    RESPONSE,
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


_KEYED = re.compile(
    r"^(?:(?:the )?committee(?:’s|'s)? )?(?:recommendations?|conclusions?)(?: and (?:recommendations?|conclusions?))?\s*+"
    r"(?:[(\[]\s*+|,?+\s*+(?:at |in )?)(?:paragraphs?|paras?\.?)\s*+(?P<in>\d[\d\s,.–—&-]*+(?:(?:and|to) \d[\d.]*)?)"
    r"\s*+[)\]]?+\s*+[:.–—-]?+\s*+"
    r"(?P<rest>.*)$",
    re.IGNORECASE,
)
"""A heading that names its recommendation by the paragraph: ``Recommendation (Paragraph 12): Count trees.``"""


_IN_BRACKETS = re.compile(r"[(\[]\s*(?:recommendation|conclusion)s?\s+(\d{1,3}[a-z]?)\s*[)\]]\s*", re.IGNORECASE)
"""``3. (Recommendation 4) The Government should …``: the number that the report itself gave."""


def draft_answers(pages: Sequence[Page]) -> tuple[tuple[DraftAnswer, ...], tuple[Doubt, ...]]:
    """Read the answers of all pages, by the way in which most of them are found."""
    lines = [
        line
        for page in pages
        for line in split_glued_lines(with_paragraphs(page.lines))
        if not is_navigation(line.text)
    ]
    is_flat = any(with_paragraphs(page.lines) is not page.lines for page in pages)
    minute = minute_parts(lines)
    ways = (
        [minute]
        if len(minute) > 1 or (minute and minute[0].lines)
        else [_named(lines, is_flat=is_flat), _repeated(lines), _bold(lines)]
    )
    best = max(ways, key=_keyed_and_answered)
    tabled = table_parts([line for page in pages for line in page.lines])
    for other, least in ((tabled, _answered(best)), (_closed(lines, is_flat=is_flat), _answered(best) + 1)):
        if _answered(other) >= max(2, least):
            best = other
    if is_letter(lines):
        for other in (letter_parts(lines), subject_parts(lines)):
            if _keyed_and_answered(other) > _keyed_and_answered(best):
                best = other
    best = _without_contents(best)
    for place, part in enumerate(best):
        _without_what_follows(part, best[place + 1] if place + 1 < len(best) else None)
    answers = [answer_of(part) for part in best if part.lines]
    doubts: list[Doubt] = []
    empty = [", ".join(p.labels) or "without number" for p in best if not p.lines]
    if answers and empty:
        doubts.append(
            Doubt(
                "the whole",
                f"nothing was found under: {'; '.join(empty[:10])}.",
                "Is it answered together with the next one?",
            )
        )
    labels = [label for part in best for label in part.labels]
    twice = sorted(label for label, times in Counter(labels).items() if times > 1)[:10]
    if twice:
        doubts.append(Doubt("the numbers", f"more than one answer is headed {', '.join(twice)}.", "Please check each."))
    return tuple(answers), tuple(doubts)


def _without_contents(parts: list[Part]) -> list[Part]:
    """Leave out headings that come again with an answer and have nothing under them: those of a table of contents."""
    answered = {label for part in parts if part.lines and not part.is_listed for label in part.labels}
    return [
        part
        for part in parts
        if (part.lines and not part.is_listed) or not part.labels or not set(part.labels) <= answered
    ]


_COMMENT = re.compile(
    r"^(?:(?:the )?committee(?:’s|'s)? (?:further )?(?:comments?|observations?|view|assessment|reply)|our (?:further )?comments?)\s*:?$",
    re.IGNORECASE,
)
"""The heading of what the committee says to an answer."""
_SIGNED = re.compile(
    r"^(?:(?:hm |uk )?(?:department|ministry|office|treasury|cabinet office|home office|government) ?(?:for|of|office)?\b[^.;:]{0,60}|"
    rf"(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)}) \d{{4}})$",
    re.IGNORECASE,
)
"""Who answers and when, at the end of a response."""


def _without_what_follows(part: Part, after: Part | None) -> None:
    """Take off an answer's end what is none of it: the heading above the next, and behind the last the end of the page."""
    for place, line in enumerate(part.lines):
        ends = len(line.text) < 200 and (
            _COMMENT.match(line.text)
            or TAIL.match(line.text)
            or (not after and len(line.text) < 120 and END.match(line.text))
        )
        if ends or (after is None and (line.heading or line.bold) and _CLOSING.match(line.text[:100])):
            del part.lines[place:]
            break
    while (
        after is None and len(part.lines) > 1 and len(part.lines[-1].text) < 100 and _SIGNED.match(part.lines[-1].text)
    ):
        del part.lines[-1]
    while part.lines and re.fullmatch(r"\d{1,4}", part.lines[-1].text) and not part.lines[-1].mark:
        del part.lines[-1]
    above = ""
    while len(part.lines) > 1 and _stands_above(part.lines[-1]):
        above = part.lines.pop().text
    if after is not None and above and not after.theme:
        after.theme = above


_CLOSING = re.compile(r"(?:annex|appendix)\b|(?:next steps|conclusion|closing remarks)$", re.IGNORECASE)
"""A heading of what stands behind the last answer."""


def _stands_above(line: Line) -> bool:
    """Tell whether the last line of an answer is a heading above the next."""
    bold = line.bold and len(line.text) <= 100 and line.text[-1:] not in ".;:,)" and not line.mark
    return (bool(line.heading) or bold) and not is_verdict(line.text)


def _answered(parts: Sequence[Part]) -> int:
    return sum(bool(part.lines) for part in parts)


def _keyed_and_answered(parts: Sequence[Part]) -> int:
    """Count the answers, those twice that say which recommendation they answer."""
    return sum(1 + bool(part.labels or part.paragraphs) for part in parts if part.lines)


def _closed(lines: Sequence[Line], *, is_flat: bool) -> list[Part]:
    """Read a response that repeats each item without number: the reference that closes it is mark enough.

    Where the page shows no paragraphs (``is_flat``), repeats are not said to be answered together: an answer may be within.
    """
    parts: list[Part] = []
    paragraph: list[Line] = []
    last = 0
    lines = _with_gaps(lines)
    for place, line in enumerate(lines):
        if line.gap or line.heading:
            paragraph = []
        paragraph.append(line)
        ends = place + 1 == len(lines) or lines[place + 1].gap or bool(lines[place + 1].heading)
        numbers = reference(joined(paragraph[-6:])[-200:])[1] if ends and len(paragraph) < 60 else ""
        first = re.match(r"\d{1,4}", numbers)
        if first and int(first.group()) >= last and sum(len(p.text) for p in paragraph) > 20:
            if parts:
                del parts[-1].lines[len(parts[-1].lines) - len(paragraph) + 1 :]
            last = int(first.group())
            parts.append(Part((), list(paragraph)))
            paragraph = []
            if len(parts) > MOST_ITEMS:
                break
        elif parts:
            take(parts[-1], line)
    for part in parts:
        close_restated(part)
    return parts if is_flat else _answered_together(parts)


def _with_gaps(lines: Sequence[Line]) -> Sequence[Line]:
    """Begin a paragraph on each line of a page whose lines are whole paragraphs, parted by a break alone."""
    if sum(not line.gap and len(line.text) > UNWRAPPED for line in lines) < 3:
        return lines
    return [
        replace(line, gap=True) if place and lines[place - 1].text[-1:] in ".?!)”’:" else line
        for place, line in enumerate(lines)
    ]


def _answered_together(parts: Sequence[Part]) -> list[Part]:
    """Join repeats with nothing under them to the next that is answered: it answers all of them."""
    found: list[Part] = []
    waiting: list[Part] = []
    for part in parts:
        if not part.lines:
            waiting.append(part)
            continue
        if waiting:
            part.paragraphs = ", ".join(filter(None, (*(w.paragraphs for w in waiting), part.paragraphs)))
            part.restated = [line for w in (*waiting, part) for line in w.restated]
        waiting = []
        found.append(part)
    return [*found, *waiting]


UNWRAPPED = 200
"""A line longer than any that is broken by hand."""


def _named(lines: Sequence[Line], *, is_flat: bool) -> list[Part]:
    """Read a response whose answers stand under ``Recommendation 1``."""
    parts: list[Part] = []
    theme = ""
    ended = False
    for place, line in enumerate(lines):
        found = _HEADING.match(line.text[:1500]) if len(line.text) < 1500 else None
        keyed = _KEYED.match(line.text[:1500]) if len(line.text) < 1500 and not found else None
        if (line.heading or line.gap) and len(line.text) < 80 and not found:
            keyed = keyed or _PLACE.match(line.text)
        if keyed and (line.gap or line.heading):
            parts.append(Part((), theme=theme, paragraphs=paragraphs(keyed["in"])))
            ended = False
            if keyed["rest"].strip():
                parts[-1].restated.append(Line(keyed["rest"].strip(), True, bold=line.bold, heading=line.heading))
            if len(parts) > MOST_ITEMS:
                break
            continue
        if found and (line.gap or line.heading) and _is_heading(found, line):
            rest = found["rest"].strip()
            parts.append(Part(labels_in(found["labels"]), theme=theme, is_listed=bool(line.mark)))
            ended = False
            if rest and is_verdict(rest):
                parts[-1].verdict, rest = rest, ""
            if rest and not reference(rest)[0]:
                parts[-1].paragraphs, rest = reference(rest)[1], ""
            if rest:
                parts[-1].restated.append(Line(rest, True, bold=line.bold, heading=line.heading))
            if len(parts) > MOST_ITEMS:
                break
            continue
        if parts and len(line.text) < 120 and (END.match(line.text) or TAIL.match(line.text)):
            ended = True  # a heading of answers may follow: contents name the annex before them
        if ended:
            continue
        if _theme_before_heading(lines, place):
            theme = "" if RESPONSE.search(line.text) else line.text
            continue
        if parts:
            take(parts[-1], line)
    for part in parts:
        divide(part)
        if part.verdict and part.lines:
            part.lines.insert(0, Line(part.verdict))
    begun = sum(part.asks_first for part in parts)
    several = [part for part in parts if len(part.lines) > 1 or part.asks_first]
    if not is_flat and begun >= 3 and begun * 2 >= len(several):
        for part in filter(may_repeat, parts):
            take_wish(part)
    wishes = [part for part in several if not part.asks_first and begins_with_wish(part)]
    if not is_flat and len(wishes) >= 2 and (len(wishes) + begun) * 5 >= len(several) * 4:
        for part in wishes:  # where one is repeated in plain type, so are the others
            take_wish(part)
    return parts


_PLACE = re.compile(
    r"^(?:paragraphs?|paras?\.?)\s++(?P<in>\d{1,4}(?>(?:\s?(?:[,&–—-]|and|to)\s?\d{1,4})*))\s?[:.]?(?P<rest>)$",
    re.IGNORECASE,
)
"""A heading that is nothing but the paragraph: ``Paragraphs 61-63:``."""


def _is_heading(found: re.Match[str], line: Line) -> bool:
    """Tell a heading from a sentence that begins with the word: ``Recommendation 3 asks us to …`` is none, unless it is one."""
    if line.text[:1].islower() and not line.heading:
        return False  # a line that goes on from the one before: "… (at / recommendation 4 of our response)"
    rest = found["rest"]
    marked = line.heading or line.bold or not rest or found.string[: found.start("rest")].rstrip()[-1:] in ".:)–—-"
    return bool(marked) or rest[:1] in "(“‘\"'" or (rest[:1].isupper() and len(line.text) <= LONGEST_HEADING)


def _theme_before_heading(lines: Sequence[Line], place: int) -> bool:
    line = lines[place]
    if not (
        line.heading or (line.gap and len(line.text) <= 100 and line.text[-1:] not in ".;:,?!”)" and not line.mark)
    ):
        return False
    if ANSWER.match(line.text) or is_verdict(line.text) or TARGET.match(line.text[:200]) or place + 1 >= len(lines):
        return False
    after = lines[place + 1]
    return len(after.text) < 1500 and _HEADING.match(after.text) is not None


def _repeated(lines: Sequence[Line]) -> list[Part]:
    """Read a response that repeats each item with its number and paragraph, and answers behind it."""
    parts: list[Part] = []
    pending: list[Line] = []
    label = ""
    last = printed = 0
    for line in lines:
        mark = line.mark.strip("(). ")
        found = NUMBERED.match(line.text) if not line.mark else None
        number = int(found.group(1)) if found else int(mark) if mark.isdigit() and line.depth <= 1 else 0
        if number and (not parts or last < number <= last + 5):
            for late in pending if parts else ():
                take(parts[-1], late)
            label = str(number)
            text = line.text[found.end() :] if found else line.text
            if said := _IN_BRACKETS.match(text):
                label, text = said[1], text[said.end() :]
            printed = number
            pending = [Line(text, line.gap, bold=line.bold)]
        elif pending:
            pending.append(line)
        if pending and reference(pending[-1].text)[1] and sum(len(p.text) for p in pending[-40:]) < LONGEST_ITEM:
            parts.append(Part((str(int(label)) if label.isdigit() else label,)))
            last = printed
            parts[-1].restated = pending
            close_restated(parts[-1])
            pending = []
            if len(parts) > MOST_ITEMS:
                break
        elif parts and not pending:
            take(parts[-1], line)
        elif parts and len(pending) > 12:
            for late in pending:
                take(parts[-1], late)
            pending = []
    if parts:
        for late in pending:
            take(parts[-1], late)
    for part in parts:
        if part.lines and (said := ANSWER.match(part.lines[0].text[:400])) and len(part.lines[0].text) < 400:
            part.lines[0:1] = [Line(said["rest"])] if said["rest"] else []
    return parts


def _bold(lines: Sequence[Line]) -> list[Part]:
    """Read a response in which bold paragraphs repeat the items and plain ones answer."""
    parts: list[Part] = []
    theme = ""
    for line in lines:
        strong = line.bold and not line.heading and len(line.text) > 60
        if strong and (not parts or parts[-1].lines):
            parts.append(Part((), [line], theme=theme))
            if len(parts) > MOST_ITEMS:
                break
        elif strong and parts:
            parts[-1].restated.append(line)
        elif (line.heading or (line.bold and len(line.text) <= 60)) and not (parts and is_verdict(line.text)):
            theme = line.text
        elif parts:
            take(parts[-1], line)
    for part in parts:
        found = NUMBERED.match(part.restated[0].text)
        if found:
            part.labels = (str(int(found.group(1))),)
            part.restated[0] = Line(part.restated[0].text[found.end() :], bold=True)
        close_restated(part)
    keyed = [place for place, part in enumerate(parts) if part.labels or part.paragraphs]
    return parts[keyed[0] :] if len(keyed) * 2 > len(parts) else parts  # what stands above is the title of the whole
