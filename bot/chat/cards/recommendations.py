"""One recommendation as a card: what it asks, of whom, what was answered, what happened since, and where else it is asked."""

from __future__ import annotations

from datetime import date

import discord

from bot.chat.cards.recommendation_lists import ListState
from bot.chat.cards.since import newest_first, since_act, since_on_card
from bot.chat.cards.writing import SPARE, shorten, small_print, source_link
from bot.chat.layout import ROW
from bot.chat.ui import BYTE_LIMIT, TEXT_LIMIT, Act, Card, Link, clip
from bot.domain.departments import Responsible
from bot.domain.references import Found
from bot.domain.report_links import Related
from bot.domain.reports import Answer, AnswerStatus, Confidence, Recommendation, Report, RowKind, long_date
from bot.domain.times_asked import TimesAsked

MOST_LINKS = 10
MOST_TIES = 3
OFFICIAL_KEPT = 350
"""Characters kept for the committee's own words, however much has happened since."""
NO_TIES = Related()


class _Room:
    """What is left of a card's text when some parts are written."""

    def __init__(self, *parts: str) -> None:
        self.characters, self.in_bytes = TEXT_LIMIT - SPARE, BYTE_LIMIT - SPARE
        for part in parts:
            self.take(part)

    def take(self, part: str) -> None:
        self.characters -= len(part)
        self.in_bytes -= len(part.encode())


def recommendation_card(
    found: Found,
    *,
    back: ListState | None = None,
    public: bool = False,
    ties: Related = NO_TIES,
    responsible: Responsible | None = None,
    today: date | None = None,
    asked: TimesAsked | None = None,
) -> Card:
    """Show one recommendation with its answer, the newest of what happened since, and its sources.

    ``public``: as posted for everyone in a channel. Whatever it holds, the answer and the footer are never cut off.
    ``ties``: where else it was asked. ``responsible``: who answers on it today. ``asked``: how often Members asked about it.
    """
    report, item = found
    heading = f"## {shorten(item.heading, 60)}: {shorten(item.theme, 80, 200)}"
    what = "What it says" if item.kind is RowKind.CONCLUSION else "What it asks"
    ours = f"**{what}** (in our words)\n{shorten(item.summary, 700, 1400)}" if item.summary else ""
    in_parliament = f"**In Parliament**: {asked.line}\n" if asked is not None else ""
    top = f"{_at_a_glance(report, item)}{in_parliament}{_whence(report, item)}"
    answer, addressees = _answer(item), _addressees(report, item, responsible, today)
    note = f"-# Note: {shorten(item.note, 250, 500)}" if item.note else ""
    tied, footer = _ties(ties), _footer(report, item)
    room = _Room(heading, top, ours, answer, addressees, note, tied, footer)
    kept = OFFICIAL_KEPT if item.wordings else 0
    since = since_on_card(report, item, room.characters - kept, room.in_bytes - kept * 2)
    room.take(since)
    official = _official(report, item, room.characters, room.in_bytes)
    card = Card().text(heading).text(top)
    for part in (ours, answer, since, official, addressees, tied, note):
        if part:
            card.text(part)
    card.line().small(footer)
    main, others = _acts(found, back, ties, public=public)
    return card.buttons(*main).buttons(*others)


def _acts(
    found: Found, back: ListState | None, ties: Related, *, public: bool
) -> tuple[list[Act | Link], list[Act | Link]]:
    """Give two rows of buttons: what most people want next, then the rest. A posted card has none of its asker's own."""
    report, item = found
    main: list[Act | Link] = []
    if item.kind is not RowKind.CONCLUSION:
        main.append(Act("Use in my letter", "letter.start", (found.value,), discord.ButtonStyle.primary))
    others: list[Act | Link] = [Act("Remind me", "remind.start", ("r", found.value))]
    if not public:
        if (every := since_act(found)) is not None:
            main.append(every)
        main += _tied_acts(ties)[-1:] if ties.asked_again else _tied_acts(ties)[:1]
        others.append(Act("In Parliament", "said.list", (found.value, 0)))
        others.append(Act("Show to everyone", "report.share", (found.value,)))
    main.append(Act("Sources", "report.sources", (found.value,)))
    others.append(Act("Something wrong?", "doubt.open", (found.value,)))
    if not public:
        state = back if back is not None else ListState(report.slug)
        main.append(Act("Back to the list" if back is not None else "See the list", "report.list", state.args()))
        recorded = [event.confidence for event in item.evidence] + [item.answer.confidence]
        if Confidence.RECORDED in recorded:
            others.append(Act("History", "record.history", (found.value,)))
    others.append(Link("Read the report", report.url))
    return main, others[:ROW]  # where it has no room, *Sources* leads to the report


def sources_card(found: Found, ties: Related = NO_TIES) -> Card:
    """List where each thing that a card says can be checked, and lead to the report, to its history and to other reports."""
    report, item = found
    card = Card(shorten(f"Sources: {item.heading}, {item.theme}", 120, 300))
    since = tuple(key for event in newest_first(item) for key in event.sources)
    named: set[str] = {report.url}
    for title, keys in (
        ("What it asks", item.sources),
        ("The Government's answer", item.answer.sources),
        ("What's happened since", since),
    ):
        cited = [source for key in dict.fromkeys(keys) if (source := report.source(key)) is not None]
        new = [source for source in cited if source.url not in named]
        named.update(source.url for source in new)
        if new:
            lines = [f"- {source_link(source)}" for source in new[:MOST_LINKS]]
            left = len(new) - MOST_LINKS
            card.text("\n".join([f"**{title}**", *lines, *([f"-# … and {left} more."] if left > 0 else [])]))
    if len(named) == 1:
        card.text("All of it comes from the report itself.")
    if item.read_on is not None:
        card.small(f"Postbag read the committee's words in Parliament's record on {long_date(item.read_on)}.")
    back = Act("Back to the card", "report.card", (found.value,))
    return card.buttons(back, Link("Read the report", report.url)).buttons(*_tied_acts(ties))


def _at_a_glance(report: Report, item: Recommendation) -> str:
    """Say in one line how it was answered and what came of it, where both are known: on a phone the rest is a page long."""
    state = report.since(item)
    if item.kind is not RowKind.RECOMMENDATION or state is None or item.answer.status is AnswerStatus.UNKNOWN:
        return ""
    return f"**Answer**: {item.answer.status.label.lower()} · **Since then**: {state.label.lower()}\n"


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
    if paragraphs := item.whole_paragraphs:
        parts.append(f"paragraph{'' if paragraphs.isdigit() else 's'} {shorten(paragraphs, 40)}")
    return " · ".join(parts)


def _official(report: Report, item: Recommendation, characters: int, in_bytes: int) -> str:
    if not item.wordings:
        return f"-# Postbag doesn't have the committee's own words yet. [Read them in the report](<{report.url}>)."
    title, rest = "**In the committee's words**\n> ", " … (read the rest at the source)"
    whole = "\n> ".join(shorten(words, TEXT_LIMIT, BYTE_LIMIT) for words in item.worded_items)
    if len(title) + len(whole) <= characters and len(title) + len(whole.encode()) <= in_bytes:
        return title + whole
    cut = shorten(item.whole_official, characters - len(title) - len(rest), in_bytes - len(title) - len(rest.encode()))
    return title + cut.removesuffix("…").rstrip() + rest


def _addressees(report: Report, item: Recommendation, responsible: Responsible | None, today: date | None) -> str:
    """Say who was asked, and who answers on it now where that is another."""
    if not item.addressees:
        return ""
    how = " (our reading)" if report.addressees_confidence is Confidence.DERIVED else ""
    asked = f"**Asked of**{how}: {shorten('; '.join(item.addressees), 200, 450)}"
    if responsible is None or item.kind is not RowKind.RECOMMENDATION:
        return asked
    elsewhere = responsible.was and responsible.department not in item.addressees[:1]
    now = f" · **now with** {responsible.department} ({responsible.minister_short})" if elsewhere else ""
    old = responsible.warning(today) if today is not None else ""
    return f"{asked}{now}" + (f"\n-# {old}" if old else "")


def _answer(item: Recommendation) -> str:
    answer: Answer = item.answer
    if item.kind is not RowKind.RECOMMENDATION and answer.status in (
        AnswerStatus.UNKNOWN,
        AnswerStatus.NOT_YET_ANSWERED,
    ):
        what = (
            "This is a conclusion: it asks for nothing"
            if item.kind is RowKind.CONCLUSION
            else "This was asked of others"
        )
        return f"-# {what}, so the Government isn't expected to answer."
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
    if answer.confidence is Confidence.REPORTED:
        lines.append("-# From a news report or another secondary source, not the response itself.")
    elif answer.confidence is not None and answer.confidence is not Confidence.READ:
        lines.append(f"-# How this is known: {answer.confidence.label}.")
    return "\n".join(lines)


def _ties(ties: Related) -> str:
    """Say which earlier row this follows, and where it was asked again."""
    lines = []
    for word, rows in (("Follows", ties.follows), ("Asked again in", ties.asked_again)):
        for other in rows[-MOST_TIES:]:
            year, title = other.report.published_on.year, shorten(other.report.short_title, 60, 150)
            name = shorten(other.item.name, 20)
            lines.append(f"**{word}** {year}: {name} {shorten(other.item.theme, 60, 150)} (*{title}*)")
    return "\n".join(lines)


def _footer(report: Report, item: Recommendation) -> str:
    """Say what is not confirmed of the row itself, above the report's small print."""
    told = (
        []
        if item.numbers
        else [f"We don't know its official number, so Postbag uses its own ({shorten(item.key, 20)})."]
    )
    if item.confidence is Confidence.REPORTED:
        told.append("What it asks comes from a news report or another secondary source.")
    elif item.confidence is not Confidence.READ:
        told.append(f"What it asks: {item.confidence.label}.")
    return small_print(report, " ".join(told)) if told else small_print(report)


def _tied_acts(ties: Related) -> list[Act]:
    """Give the buttons that lead to the rows of other reports."""
    acts = []
    for word, rows in (("Follows", ties.follows), ("Asked again", ties.asked_again)):
        for other in rows[-MOST_TIES:]:
            words = f"{word}: {clip(other.item.name, 12)}, {other.report.published_on.year}"
            acts.append(Act(words, "report.card", (other.value,)))
    return acts[:5]
