"""Saved pages, pasted text and documents of the Committees API to a draft report or draft answers.

Everything here computes, for seconds where a page is hostile: ``foreign.py`` runs it in a process apart. It relies on the
shape of the text, not on the classes of a page, because those differ between years and committees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.domain.drafts import Doubt, DraftAnswers, DraftItem, DraftReport, ItemKind, SavedPage
from bot.domain.errors import Refused
from bot.domain.report_words import plain
from bot.sources.page_answer_letters import is_letter
from bot.sources.page_answers import draft_answers
from bot.sources.page_facts import facts_of
from bot.sources.page_files import SAVE_IT, check_sizes, page_of
from bot.sources.page_items import Found, Reading, best_reading, is_region
from bot.sources.page_lines import BULLET, Page
from bot.sources.page_starts import order
from bot.sources.page_words import ASKS, CONCLUDES, GLUED_MARK, NOTE_MARK, PLAINLY_ASKS, RESPONSE


def read_report(saved: Sequence[SavedPage]) -> DraftReport:
    """Read the list of conclusions and recommendations from the pages of one report, given in any order."""
    check_sizes(saved)
    pages = [page_of(one) for one in saved]
    readings = [(page, best_reading(page.lines)) for page in pages]
    kept = [(page, reading) for page, reading in readings if _is_list(reading)]
    if not kept:
        raise _no_list(pages, readings)
    facts = facts_of(pages)
    for _, reading in kept:
        if reading.items and reading.items[0].is_asked_above:
            for item in reading.items:
                item.kind = item.kind or "recommendation"
    items, doubts = _together(kept)
    doubts = [*facts.doubts, *doubts]
    if not any(reading.announced for _, reading in kept):
        doubts.append(
            Doubt(
                "the whole", "no heading says that this is the list of conclusions and recommendations.",
                "Please check that the items are the committee's.",
            )
        )  # fmt: skip
    if _reads_as_response(pages):
        doubts.append(
            Doubt("the whole", "the page looks like the Government's response.", "If it is, import it as the answers.")
        )
    return DraftReport(
        items=tuple(items),
        title=facts.title,
        committee=facts.committee,
        house=facts.house,
        paper=facts.paper,
        session=facts.session,
        published_on=facts.published_on,
        ordinal=facts.ordinal,
        doubts=tuple(doubts),
        sources=tuple(page.name for page in pages),
    )


def read_answers(saved: Sequence[SavedPage]) -> DraftAnswers:
    """Read what the Government wrote under each heading of its response, from its pages in the order given."""
    check_sizes(saved)
    pages = [page_of(one) for one in saved]
    answers, doubts = draft_answers(pages)
    if not answers and any(is_letter(page.lines) for page in pages):
        raise Refused(
            "That's a letter, and no paragraph of it says plainly which recommendation it answers.",
            "Read it, then record each answer by hand: in Discord with /reports record-answer, naming the letter as its "
            "source.",
        )
    if not answers:
        raise Refused(
            "Postbag found no answer to a numbered recommendation there.",
            "Give the page of the Government's response, where each recommendation has a heading or is repeated.",
        )
    facts = facts_of(pages)
    return DraftAnswers(
        answers=answers,
        title=facts.title,
        committee=facts.committee,
        paper=facts.paper,
        session=facts.session,
        published_on=facts.published_on,
        doubts=(*facts.doubts, *doubts),
        sources=tuple(page.name for page in pages),
    )


def _is_list(reading: Reading) -> bool:
    """Tell whether a reading is a list of a committee's items, not any numbered paragraphs."""
    items = reading.items
    referred = sum(bool(item.paragraphs) for item in items)
    if reading.announced:
        if len(items) > 1 and items[0].is_asked_above:
            return True
        run = [order(item.label) for item in items] == list(range(1, len(items) + 1))
        if len(items) > 2 and run and any(PLAINLY_ASKS.search(_text(item)) for item in items):
            return True
        asks = sum(bool(ASKS.search(_text(item)) or CONCLUDES.search(_text(item))) for item in items)
        return referred > 0 or (len(items) > 0 and asks * 2 >= len(items))
    if not _looks_back(items) or (len(items) == 1 and _is_its_own_paragraph(items[0])):
        return False
    asking = sum(bool(PLAINLY_ASKS.search(_text(item))) for item in items)
    numbers = [order(item.label) for item in items]
    return (referred >= 2 and referred * 2 >= len(items)) or (
        referred == len(items) == 1 or (len(items) >= 2 and numbers[0] == 1 and asking * 3 >= len(items) * 2)
    )


def _is_its_own_paragraph(item: Found) -> bool:
    """Tell whether an item refers to its own number: minutes quote a paragraph so."""
    return bool(item.paragraphs) and (item.label == item.paragraphs or f"{item.paragraphs}. " in _text(item))


def _looks_back(items: Sequence[Found]) -> bool:
    """Tell whether the references go forwards and name paragraphs not before the item's own number.

    A list's do. Those of a chapter's paragraphs name earlier ones: it is no list.
    """
    found = [(order(i.label) or 0, m) for i in items if (m := re.match(r"(\d+)(?:\.(\d+))?", i.paragraphs))]
    firsts = [(number, int(m[1]) * 1000 + int(m[2]) if m[2] else int(m[1])) for number, m in found]
    forward = sum(one[1] <= two[1] for one, two in pairwise(firsts))
    return all(number <= paragraph for number, paragraph in firsts) and forward * 5 >= 4 * (len(firsts) - 1)


def _no_list(pages: Sequence[Page], readings: Sequence[tuple[Page, Reading]]) -> Refused:
    names = "That page" if len(pages) == 1 else "None of those pages"
    numbers = [
        n
        for page in pages
        for line in page.lines
        if (m := re.match(r"(\d{1,3})\.\s?[A-Z“‘]", line.text))
        for n in [int(m[1])]
    ]
    if _reads_as_response(pages):
        return Refused(
            f"{names} looks like the Government's response, not like the report.",
            "Import it as the answers to the report.",
        )
    if any(is_region(line) for page in pages for line in page.lines):
        return Refused(
            f"{names} names a list of conclusions and recommendations, but Postbag couldn't find any numbered items.",
            "If the list is on another page, save that one. If not, copy the list and paste it as text.",
        )
    if numbers and all(not _is_list(reading) for _, reading in readings):
        which = f"paragraph {numbers[0]}" if len(numbers) == 1 else f"paragraphs {min(numbers)} to {max(numbers)}"
        whose = "is" if len(pages) == 1 else "are"
        return Refused(
            f"{names.replace('None of those pages', 'Those pages')} {whose} a chapter of a report ({which}): it doesn't have "
            "the numbered list of conclusions and recommendations.",
            "In the report's contents choose “Conclusions and recommendations”, which is usually after the last chapter. "
            + SAVE_IT,
        )
    return Refused(f"{names} doesn't look like a committee's report: it has no numbered recommendations.", SAVE_IT)


def _reads_as_response(pages: Sequence[Page]) -> bool:
    """Tell whether a page's title or headings call it a response. That a chapter speaks of one makes it none."""
    said = [page.title for page in pages]
    for page in pages:
        said += [line.text for line in page.lines[:12] if len(line.text) <= 200 and line.text[-1:] not in ".;,"]
    return any(RESPONSE.search(text) for text in said)


def _text(item: Found) -> str:
    return "\n".join(item.lines)


def _together(kept: Sequence[tuple[Page, Reading]]) -> tuple[list[DraftItem], list[Doubt]]:
    """Join the items of several pages: each once, in the order of their numbers where all of them have one."""
    doubts: list[Doubt] = []
    seen: dict[tuple[str, str], int] = {}
    items: list[tuple[Found, str]] = []
    for page, reading in kept:
        for found in reading.items:
            same = (found.label, plain(_text(found)))
            if same in seen:
                continue
            seen[same] = len(items)
            items.append((found, page.name))
    numbers = [order(found.label) for found, _ in items]
    families = {reading.family for _, reading in kept}
    if len(families) > 1:
        doubts.append(
            Doubt("the numbers", "the pages number their items in different ways.", "Please check each number.")
        )
    elif len(kept) > 1 and all(n is not None for n in numbers):
        items = [pair for _, pair in sorted(enumerate(items), key=lambda e: (numbers[e[0]] or 0, e[0]))]
        numbers.sort(key=lambda n: n or 0)
    doubts += _about_sequence([n for n in numbers if n is not None])
    labels = [found.label for found, _ in items]
    twice = {label for label in labels if label and labels.count(label) > 1}
    return [_item(found, found.label in twice) for found, _ in items], doubts


def _about_sequence(numbers: Sequence[int]) -> list[Doubt]:
    doubts: list[Doubt] = []
    if numbers and min(numbers) > 1:
        doubts.append(
            Doubt("the start", f"the first item found is {min(numbers)}.", "Are the items before it on another page?")
        )
    missing = sorted(set(range(min(numbers), max(numbers))) - set(numbers)) if numbers else []
    if missing:
        named = ", ".join(map(str, missing[:10])) + (" and more" if len(missing) > 10 else "")
        doubts.append(
            Doubt("the numbers", f"{named} could not be found.", "Please look at the page: were they left out?")
        )
    return doubts


def _item(found: Found, is_twice: bool) -> DraftItem:
    name = f"item {found.label}" if found.label else f"“{' '.join(_text(found).split()[:6])} …”"
    doubts: list[Doubt] = []
    marks: list[str] = []

    def without(match: re.Match[str]) -> str:
        marks.append(match.group(1) or match.group(2))
        return ""

    text = NOTE_MARK.sub(without, _text(found)).strip()
    text = text if found.label else text.removeprefix(BULLET)
    if marks:
        doubts.append(
            Doubt(
                name,
                f"these looked like footnote marks, so Postbag left them out: {', '.join(marks[:12])}.",
                "Please compare with the page.",
            )
        )
    glued = GLUED_MARK.findall(text)
    if glued:
        doubts.append(Doubt(name, f"“{glued[0]}” may end in a footnote mark.", "Please compare with the page."))
    if is_twice:
        doubts.append(
            Doubt(name, "two items have this number.", "Postbag won't number it until somebody says which is right.")
        )
    if not found.label:
        doubts.append(Doubt(name, "the page doesn't number it.", "Postbag saves it without one."))
    if not found.paragraphs:
        doubts.append(Doubt(name, "the page doesn't give its paragraph.", "Please check where it ends."))
    if found.is_cut:
        doubts.append(Doubt(name, "it's far longer than any item, so Postbag cut it.", "Please check where it ends."))
    if found.after:
        said = " ".join(line.text for line in found.after)
        doubts.append(
            Doubt(
                name,
                f"Postbag left out the text that followed it: “{said[:120]}{'…' if len(said) > 120 else ''}”.",
                "Please check.",
            )
        )
    return DraftItem(found.label, text, found.paragraphs, found.theme, stated_or_shown(found.kind, text), tuple(doubts))


def stated_or_shown(stated: str, text: str) -> ItemKind:
    """Take the kind that the list states for an item, else what its words show."""
    if stated == "recommendation":
        return ItemKind.RECOMMENDATION
    return ItemKind.CONCLUSION if stated == "conclusion" else kind_of(text)


def kind_of(text: str) -> ItemKind:
    """Tell what the words of an item plainly show it to be."""
    said = text.replace(BULLET, " ")
    if PLAINLY_ASKS.search(said):
        return ItemKind.RECOMMENDATION
    if not ASKS.search(said) and CONCLUDES.search(said):
        return ItemKind.CONCLUSION
    return ItemKind.UNKNOWN
