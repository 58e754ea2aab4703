"""One recommendation as a card, a list of them as lines that fit a phone, and what is shown when a name fits none or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.chat.ui import BYTE_LIMIT, TEXT_LIMIT, Act, Card, Link, Option, clip, plain
from bot.domain.errors import Ambiguous, UnknownNumber
from bot.domain.plain_text import ELLIPSIS, cut
from bot.domain.references import Found
from bot.domain.reports import (
    Answer,
    AnswerStatus,
    Confidence,
    Evidence,
    Recommendation,
    Report,
    SinceStatus,
    Source,
    long_date,
)
from bot.services.reports import NOTHING_SINCE, label

ANSWERS = tuple(status.value for status in AnswerStatus)
SINCE = (*(status.value for status in SinceStatus), NOTHING_SINCE)
PAGE = 8
"""Lines of a list that fit a phone."""
MOST_LINKS = 10
MOST_EVIDENCE = 5
SPARE = 100
"""Characters and bytes kept free for what shortening and small print add."""
OFFICIAL_KEPT = 350
"""Characters kept for the committee's own words, however much has happened since."""


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list shows, in the form that a custom_id carries: empty texts mean no such filter.

    ``theme`` and ``department`` may be sums of a name (``~`` and eight digits). ``answer`` and ``since`` are words, which
    ``args`` writes by their place in ``ANSWERS`` and ``SINCE`` so that all filters together fit 100 characters.
    """

    report: str = ""
    door: str = ""
    theme: str = ""
    answer: str = ""
    page: int = 0
    department: str = ""
    since: str = ""

    def args(self, page: int | None = None) -> tuple[str | int, ...]:
        """Write it as the arguments of a press, perhaps for another page."""
        shown = self.page if page is None else page
        words = (self.report, self.door, self.theme, _place(self.answer, ANSWERS), shown)
        more = (self.department, _place(self.since, SINCE))
        return (*words, *more) if any(more) else words

    @classmethod
    def read(cls, args: Sequence[str]) -> ListState:
        """Read the arguments of a press."""
        report, door, theme, answer, page, department, since = (*args, *[""] * 7)[:7]
        number = int(page) if page.isdecimal() and len(page) < 6 else 0
        return cls(report, door, theme, _word(answer, ANSWERS), number, department, _word(since, SINCE))


def _place(word: str, words: Sequence[str]) -> str:
    return str(words.index(word)) if word in words else word


def _word(written: str, words: Sequence[str]) -> str:
    return words[int(written)] if written.isdecimal() and len(written) < 3 and int(written) < len(words) else written


class _Room:
    """What is left of a card's text when some parts are written."""

    def __init__(self, *parts: str) -> None:
        self.characters, self.in_bytes = TEXT_LIMIT - SPARE, BYTE_LIMIT - SPARE
        for part in parts:
            self.take(part)

    def take(self, part: str) -> None:
        self.characters -= len(part)
        self.in_bytes -= len(part.encode())


def recommendation_card(found: Found, *, back: ListState | None = None, public: bool = False) -> Card:
    """Show one recommendation with its answer, what happened since, and its sources.

    ``public``: as posted for everyone in a channel. Whatever it holds, the answer and the footer are never cut off.
    """
    report, item = found
    heading = f"## {shorten(item.heading, 60)}: {shorten(item.theme, 80, 200)}"
    ours = f"\n**What it asks** (in our words)\n{shorten(item.summary, 700, 1400)}" if item.summary else ""
    top = f"{_whence(report, item)}{ours}"
    answer, addressees = _answer(item.answer), _addressees(report, item)
    note = f"**Note** {shorten(item.note, 250, 500)}" if item.note else ""
    footer = _footer(report, item)
    room = _Room(heading, top, answer, addressees, note, footer)
    kept = OFFICIAL_KEPT if item.official else 0
    since = _since(report, item, room.characters - kept, room.in_bytes - kept * 2)
    room.take(since)
    official = _official(item, room.characters, room.in_bytes)
    card = Card().text(heading).text(top).text(official)
    for part in (addressees, answer, since, note):
        card.text(part)
    card.line().small(footer)
    acts = [
        Act("Use in my letter", "letter.start", (found.value,), discord.ButtonStyle.primary),
        Act("Remind me", "remind.start", ("r", found.value)),
    ]
    if not public:
        acts.append(Act("Show to everyone", "report.share", (found.value,)))
        acts.append(
            Act("Back to the list", "report.list", back.args())
            if back is not None
            else Act("See the list", "report.list", ListState(report.slug).args())
        )
        if item.answer.confidence is Confidence.RECORDED or any(
            event.confidence is Confidence.RECORDED for event in item.evidence
        ):
            acts.append(Act("History", "record.history", (found.value,)))
    acts.append(Act("Something wrong?", "doubt.open", (found.value,)))
    return card.buttons(*acts).buttons(*_links(report, item))


def list_card(title: str, found: Sequence[Found], state: ListState, *, several: bool) -> Card:
    """Show one page of a list: short lines, a select that opens a card, and the pages before and after."""
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(state.page, 0), pages - 1)
    shown = found[page * PAGE : (page + 1) * PAGE]
    card = Card(shorten(title, 120, 300))
    if not shown:
        card.text("Nothing here fits.")
        return card.buttons(Act("See all", "report.list", ListState(state.report).args()))
    card.text("\n".join(line(f, several=several) for f in shown))
    card.small(_page_note(shown, len(found), page, pages))
    card.select("report.card", options(shown, several=several), args=state.args(page), placeholder="Open one")
    acts = []
    if page > 0:
        acts.append(Act("Previous", "report.list", state.args(page - 1)))
    if page < pages - 1:
        acts.append(Act("Next", "report.list", state.args(page + 1)))
    if state.report:
        acts.append(Act("Start page of the report", "report.doors", (state.report,)))
    return card.buttons(*acts)


def search_card(query: str, found: Sequence[Found], *, several: bool) -> Card:
    """Show what a search found: the best ones as lines, all of them in a select."""
    if not found:
        return (
            Card("Nothing found")
            .text(f"Nothing fits “{shorten(query, 80, 300)}”. Try fewer or other words, or look through the list.")
            .buttons(Act("See the list", "report.list", ListState().args()))
        )
    card = Card(f"Search: {shorten(query, 60, 200)}")
    card.text("\n".join(line(f, several=several) for f in found[:PAGE]))
    more = f"{len(found)} found, best first. " + (
        f"The first {PAGE} are above; all are in the list below." if len(found) > PAGE else ""
    )
    return card.small(more + _unconfirmed(found)).select(
        "report.card", options(found[:25], several=several), placeholder="Open one"
    )


def doors_card(report: Report, others: Sequence[Report]) -> Card:
    """Show the families of a report's recommendations from which a newcomer starts."""
    card = Card(shorten(report.title, 200, 500))
    card.text(_published(report))
    if report.doors:
        card.text(
            "Where would you like to start?\n"
            + "\n".join(
                f"**{shorten(d.title, 60)}** ({len(report.behind(d))}) {shorten(d.summary, 100)}" for d in report.doors
            )
        )
    acts = [
        Act(d.title, "report.list", ListState(report.slug, door=d.key).args(), discord.ButtonStyle.primary)
        for d in report.doors[:8]
    ]
    acts.append(Act(f"All {len(report.recommendations)}", "report.list", ListState(report.slug).args()))
    acts.append(Act("About this report", "report.show", (report.slug,)))
    card.buttons(*acts)
    if others:
        rows = [Option(r.short_title, r.slug, f"{r.committee}, {long_date(r.published_on)}") for r in others[:25]]
        card.select("report.doors", rows, placeholder="Another report")
    return card.small("Only you can see this.")


def unknown_card(error: UnknownNumber) -> Card:
    """Say which numbers are confirmed, with the list one press away."""
    return (
        Card(accent=None)
        .text(f"**{shorten(error.message, 300)}**\n{shorten(error.next_step, 1000)}")
        .buttons(Act("See the list", "report.list", ListState(error.report or "").args()))
    )


def ambiguous_card(error: Ambiguous) -> Card:
    """Let a person choose among what their words fit."""
    several = len({choice.report.slug for choice in error.choices}) > 1
    return (
        Card(accent=None)
        .text(f"**{shorten(error.message, 300)}**\nChoose one of them.")
        .select("report.card", options(error.choices[:25], several=several), placeholder="Which one?")
    )


def line(found: Found, *, several: bool) -> str:
    """Name a recommendation and its answer in one short line."""
    item = found.item
    where = f" · {shorten(found.report.short_title, 30)}" if several else ""
    return (
        f"**{shorten(item.number or item.key, 30)}** {shorten(item.theme, 60, 150)} · {item.answer.status.label}{where}"
    )


def options(found: Sequence[Found], *, several: bool) -> list[Option]:
    """Turn recommendations into the lines of a select."""
    return [Option(label(f, several=several), f.value, f"Answer: {f.item.answer.status.label}") for f in found]


def shorten(text: str, most: int, most_bytes: int | None = None) -> str:
    """Make a text harmless and no longer than so many characters and bytes of UTF-8, marks included."""
    safe = plain(" ".join(text.split()))
    room = most_bytes if most_bytes is not None else most * 3
    kept = cut(safe, most, room)
    return kept if kept is safe else kept.removesuffix(ELLIPSIS).rstrip("\\") + ELLIPSIS


def linked(source: Source) -> str:
    """Write a source as a link."""
    return f"[{_label(source.title, 80, 200)}](<{source.url.replace('>', '%3E')}>)"


def _label(text: str, most: int, most_bytes: int) -> str:
    return shorten(text.replace("[", "(").replace("]", ")"), most, most_bytes)


def small_print(report: Report, *lines: str) -> str:
    """Write the lines that end every card: as-of date, licence, no endorsement."""
    licence = (
        f"[{_label(report.licence, 150, 350)}](<{report.licence_url}>)"
        if report.licence_url
        else shorten(report.licence, 150, 350)
    )
    invented = ("This report is invented, for practice.",) if report.invented else ()
    return "\n".join((*invented, *lines, f"As of {long_date(report.as_of)}. {licence} Not endorsed by Parliament."))


def _whence(report: Report, item: Recommendation) -> str:
    chapter = report.chapter(item.chapter)
    parts = [
        f"*{shorten(report.short_title, 60, 150)}*, {shorten(report.committee, 80, 200)}, {long_date(report.published_on)}"
    ]
    if item.chapter_note:
        parts.append(shorten(item.chapter_note, 100, 250))
    elif chapter is not None:
        numbered = f"chapter {shorten(chapter.key, 10)}, " if chapter.key.isdigit() else ""
        parts.append(f"{numbered}{shorten(chapter.title, 80, 200)}")
    if item.paragraphs:
        parts.append(f"paragraph{'' if item.paragraphs.isdigit() else 's'} {shorten(item.paragraphs, 40)}")
    return " · ".join(parts)


def _official(item: Recommendation, characters: int, in_bytes: int) -> str:
    if not item.official:
        return "-# The committee's own words are not held here: read them at the source."
    title, rest = "**In the committee's words**\n> ", " … (the rest is at the source)"
    whole = shorten(item.official, TEXT_LIMIT, BYTE_LIMIT)
    if len(title) + len(whole) <= characters and len(title) + len(whole.encode()) <= in_bytes:
        return title + whole
    cut = shorten(item.official, characters - len(title) - len(rest), in_bytes - len(title) - len(rest.encode()))
    return title + cut.removesuffix("…").rstrip() + rest


def _addressees(report: Report, item: Recommendation) -> str:
    if not item.addressees:
        return ""
    how = " (worked out from the subject)" if report.addressees_confidence is Confidence.DERIVED else ""
    return f"**Who must act**{how}: {shorten('; '.join(item.addressees), 200, 450)}"


def _answer(answer: Answer) -> str:
    title = f"**The Government's answer: {shorten(answer.said, 160, 350)}**"
    if answer.status is AnswerStatus.NOT_YET_ANSWERED:
        return title
    lines = [title]
    if answer.status is AnswerStatus.UNKNOWN and not (answer.text or answer.note):
        lines.append("No answer to this was found.")
    if answer.text:
        lines.append(shorten(answer.text, 400, 900))
    if answer.note:
        lines.append(shorten(answer.note, 250, 500))
    if answer.confidence is not None:
        lines.append(f"-# How this is known: {answer.confidence.label}.")
    return "\n".join(lines)


def _since(report: Report, item: Recommendation, characters: int, in_bytes: int) -> str:
    """Tell what happened since, newest first, as far as there is room; what is left out is counted."""
    if not item.evidence:
        return "**Since then**: nothing is recorded here."
    newest = sorted(item.evidence, key=lambda e: e.on, reverse=True)
    title = f"**Since then{': ' + item.since.label if item.since else ''}**"
    lines = [title]
    for event in newest[:MOST_EVIDENCE]:
        line = _event(report, event)
        so_far = "\n".join((*lines, line))
        if len(so_far) + SPARE > characters or len(so_far.encode()) + SPARE > in_bytes:
            if len(lines) > 1:
                break
            room = max(80, characters - len(title) - SPARE * 2)
            line = f"- {shorten(event.dated, 40, 90)}: {shorten(event.text, room, room)}"
        lines.append(line)
    left = len(newest) - (len(lines) - 1)
    return "\n".join([*lines, f"… and {left} earlier."] if left else lines)


def _event(report: Report, event: Evidence) -> str:
    cited = [source for key in event.sources if (source := report.source(key)) is not None]
    status = f"**{event.status.label}.** " if event.status else ""
    how = "" if event.confidence is Confidence.READ else f" ({event.confidence.label})"
    where = f" {linked(cited[0])}" if cited else ""
    return f"- {shorten(event.dated, 40, 90)}: {status}{shorten(event.text, 220, 500)}{how}{where}"


def _footer(report: Report, item: Recommendation) -> str:
    number = "" if item.number else "Its number is not confirmed: the key is ours, not the committee's. "
    return small_print(report, f"{number}The ask itself: {item.confidence.label}.")


def _links(report: Report, item: Recommendation) -> list[Link]:
    keys = [*item.sources, *item.answer.sources, *(key for e in reversed(item.evidence) for key in e.sources)]
    cited = [source for key in dict.fromkeys(keys) if (source := report.source(key)) is not None]
    return [Link(f"Read source: {source.title}", source.url) for source in cited[:MOST_LINKS]]


def _published(report: Report) -> str:
    paper = f", {report.paper}" if report.paper else ""
    return f"{shorten(report.committee, 100)}{shorten(paper, 70)}, published {long_date(report.published_on)}"


def _page_note(shown: Sequence[Found], count: int, page: int, pages: int) -> str:
    where = f"Page {page + 1} of {pages}, {count} in all. " if pages > 1 else f"{count} in all. "
    return where + _unconfirmed(shown)


def _unconfirmed(shown: Sequence[Found]) -> str:
    own = next((clip(f.item.key, 12) for f in shown if f.item.number is None), "")
    return f"A key such as {shorten(own, 30)} is ours: its number is not confirmed." if own else ""
