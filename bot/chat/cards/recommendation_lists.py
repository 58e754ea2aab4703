"""Recommendations as lists that fit a phone: pages, searches, the doors of a report, and what is shown when a name fits none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card, Option, clip
from bot.domain.errors import Ambiguous, UnknownNumber
from bot.domain.references import Found
from bot.domain.report_gist import asked_words
from bot.domain.reports import AnswerStatus, Recommendation, Report, RowKind, SinceStatus, long_date
from bot.services.report_names import label
from bot.services.reports import NOTHING_SINCE

ANSWERS = tuple(status.value for status in AnswerStatus)
SINCE = (*(status.value for status in SinceStatus), NOTHING_SINCE)
PAGE = 8
"""Lines of a list that fit a phone."""
GIST = 110
MOST_DOORS = 8
"""Characters of what a recommendation asks, under its line."""


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


def list_card(title: str, found: Sequence[Found], state: ListState, *, several: bool) -> Card:
    """Show one page of a list: short lines, a select that opens a card, and the pages before and after."""
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(state.page, 0), pages - 1)
    shown = found[page * PAGE : (page + 1) * PAGE]
    card = Card(shorten(title, 120, 300))
    if not shown:
        card.text("Nothing matches.")
        return card.buttons(Act("See all", "report.list", ListState(state.report).args()))
    _rows(card, shown, grouped=several and not state.report)
    card.small(_page_note(shown, len(found), page, pages))
    card.select("report.card", options(shown, several=several), args=state.args(page), placeholder="Open one")
    acts = []
    if page > 0:
        acts.append(Act("Previous", "report.list", state.args(page - 1)))
    if page < pages - 1:
        acts.append(Act("Next", "report.list", state.args(page + 1)))
    if state.report:
        acts.append(Act("Report's start page", "report.doors", (state.report,)))
    return card.buttons(*acts)


def search_card(
    query: str, found: Sequence[Found], *, several: bool, looked_in: str = "", elsewhere: Sequence[Found] = ()
) -> Card:
    """Show what a search found, the best of each report as lines, all of it in a select.

    ``looked_in``: the one report that was searched, by its title; ``elsewhere``: what the others have.
    """
    where = f" in {shorten(looked_in, 60)}" if looked_in else ""
    if not found and not elsewhere:
        return (
            Card("Nothing found")
            .text(
                f"Nothing{where} matches “{shorten(query, 80, 300)}”. Try fewer or other words, or look through the list."
            )
            .buttons(Act("See the list", "report.list", ListState().args()))
        )
    card = Card(f"Search: {shorten(query, 60, 200)}")
    if found:
        groups = _by_report(found)
        each = PAGE if len(groups) == 1 else max(2, PAGE // len(groups))
        shown = [f for group in groups for f in group[:each]][: PAGE + 2]
        _rows(card, shown, grouped=several)
        more = f"{len(found)} found{where}, best first. "
        more += "All are in the list below. " if len(found) > len(shown) else ""
        card.small(more + _unconfirmed(found))
        ordered = [f for group in groups for f in group]
        card.select("report.card", options(ordered[:25], several=several), placeholder="Open one")
    else:
        card.text(f"Nothing{where} matches.")
    if elsewhere:
        card.text(f"Only {shorten(looked_in, 60)} was searched. **{len(elsewhere)} more** in other reports:")
        card.select(
            "report.card", options(elsewhere[:25], several=True), args=("elsewhere",), placeholder="In other reports"
        )
    return card


def doors_card(report: Report, others: Sequence[Report]) -> Card:
    """Show the families of a report's recommendations from which a newcomer starts."""
    card = Card(shorten(report.title, 200, 500))
    card.text(_published(report))
    for door in report.doors[:MOST_DOORS]:
        card.text(f"**{shorten(door.title, 60)}** ({len(report.behind(door))})\n{shorten(door.summary, 100)}")
    card.text("Where would you like to start?" if report.doors else "")
    acts = [
        Act(d.title, "report.list", ListState(report.slug, door=d.key).args(), discord.ButtonStyle.primary)
        for d in report.doors[:MOST_DOORS]
    ]
    acts.append(Act(f"All {len(report.recommendations)}", "report.list", ListState(report.slug).args()))
    acts.append(Act("About this report", "report.show", (report.slug,)))
    card.buttons(*acts)
    if others:
        rows = [Option(r.short_title, r.slug, f"{r.committee}, {long_date(r.published_on)}") for r in others[:25]]
        card.select("report.doors", rows, placeholder="Another report")
    return card.small("Only you can see this.")


def unknown_card(error: UnknownNumber) -> Card:
    """Say which numbers are confirmed, with the list one press away, and where else that number is found."""
    card = Card(accent=None).text(f"**{shorten(error.message, 300)}**\n{shorten(error.next_step, 1000)}")
    if error.elsewhere:
        card.select("report.card", options(error.elsewhere[:25], several=True), placeholder="In other reports")
    return card.buttons(Act("See the list", "report.list", ListState(error.report or "").args()))


def ambiguous_card(error: Ambiguous) -> Card:
    """Let a person choose among what their words fit."""
    several = len({choice.report.slug for choice in error.choices}) > 1
    return (
        Card(accent=None)
        .text(f"**{shorten(error.message, 300)}**\nChoose one of them.")
        .select("report.card", options(error.choices[:25], several=several), placeholder="Which one?")
    )


def line(found: Found, *, several: bool) -> str:
    """Name a recommendation and its answer in one short line, and under it what it asks."""
    item = found.item
    where = f" · {shorten(found.report.short_title, 30)}" if several else ""
    name = f"**{shorten(item.name, 30)}** {shorten(item.theme, 60, 150)}"
    state = _state(item)
    return f"{name}{f' · {state}' if state else ''}{where}\n-# {shorten(asked_words(item), GIST, GIST * 2)}"


def _state(item: Recommendation) -> str:
    """Say how it was answered, in words that need no heading over them."""
    if item.kind is RowKind.CONCLUSION:
        return "A conclusion"
    if item.kind is RowKind.ASKED_OF_OTHERS and item.answer.status is AnswerStatus.UNKNOWN:
        return "Asked of others"
    if item.answer.status is AnswerStatus.UNKNOWN:
        return ""
    return f"Answer: {item.answer.status.label.lower()}"


def _rows(card: Card, found: Sequence[Found], *, grouped: bool) -> None:
    """Write each row as a part of its own, under the name and year of its report where there are several."""
    before = None
    for one in found:
        heading = ""
        if grouped and one.report.slug != before:
            before = one.report.slug
            heading = f"__{shorten(one.report.short_title, 60, 150)}, {one.report.published_on.year}__\n"
        card.text(heading + line(one, several=False))


def _by_report(found: Sequence[Found]) -> list[list[Found]]:
    """Group what was found by report: the report of the best one first."""
    groups: dict[str, list[Found]] = {}
    for one in found:
        groups.setdefault(one.report.slug, []).append(one)
    return list(groups.values())


def options(found: Sequence[Found], *, several: bool) -> list[Option]:
    """Turn recommendations into the lines of a select, each with what it asks."""
    return [
        Option(
            label(f, several=several),
            f.value,
            clip(". ".join(filter(None, (_state(f.item), asked_words(f.item)))), 100),
        )
        for f in found
    ]


def _published(report: Report) -> str:
    paper = f", {report.paper}" if report.paper else ""
    return f"{shorten(report.committee, 100)}{shorten(paper, 70)}, published {long_date(report.published_on)}"


def _page_note(shown: Sequence[Found], count: int, page: int, pages: int) -> str:
    where = f"Page {page + 1} of {pages}, {count} in all. " if pages > 1 else f"{count} in all. "
    return where + _unconfirmed(shown)


def _unconfirmed(shown: Sequence[Found]) -> str:
    own = next((clip(f.item.key, 12) for f in shown if not f.item.numbers), "")
    return (
        f"Where the official number isn't known, Postbag uses its own key, such as {shorten(own, 30)}." if own else ""
    )
