"""Which committees a group looks out for, and the reports of one whose response is awaited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import discord

from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card, Link, Option, plain
from bot.domain.publications import COMMITTEES_SITE, Publication
from bot.domain.reports import long_date
from bot.services.ports.reports import CommitteeFacts

SHOWN = 6


def committees_card(chosen: Sequence[CommitteeFacts], problem: str = "") -> Card:
    """List the committees that are chosen, with ways to add and to drop one."""
    card = Card("Which committees?")
    if problem:
        card.text(problem)
    card.text(
        "Postbag looks at Parliament's record several times a day. It tells organisers about each new report from the "
        "committees chosen here, and records the Government's response to a report you follow."
    )
    if chosen:
        card.text("**Chosen**\n" + "\n".join(f"- {_name_of(committee)}" for committee in chosen))
        rows = [Option(committee.name, str(committee.committee_id), committee.house) for committee in chosen]
        card.select("watch.drop", rows, placeholder="Stop following a committee")
    else:
        card.text("You haven't chosen any yet.")
    return card.buttons(Act("Add a committee", "watch.ask", style=discord.ButtonStyle.primary)).small(
        "For organisers. Only you can see this. Source: Parliament's Committees API."
    )


def found_card(words: str, found: Sequence[CommitteeFacts], most: int) -> Card:
    """Offer the committees whose name fits what was typed."""
    if not found:
        return (
            Card("No such committee")
            .text(f"No current select committee has “{shorten(words, 60)}” in its name. Try a single word.")
            .buttons(Act("Search again", "watch.ask"), Link("See the committees", COMMITTEES_SITE))
        )
    card = Card("Choose a committee")
    if len(found) >= most:
        card.text(f"The first {most} matches are listed. Type more of the name to see others.")
    rows = [Option(committee.name, str(committee.committee_id), committee.house) for committee in found]
    return card.select("watch.add", rows, placeholder="Which one?").buttons(Act("Search again", "watch.ask"))


def chosen_card(committee: CommitteeFacts, awaited: Sequence[Publication], today: date) -> Card:
    """Say that a committee is chosen, and offer the clocks that run now."""
    card = Card(f"Following the {shorten(committee.name, 80)}")
    if not awaited:
        card.text(
            "None of its reports from the last twelve months is waiting for a response. Postbag will tell you about the next one."
        )
    else:
        count = len(awaited)
        card.text(
            f"{count} {'report awaits' if count == 1 else 'reports await'} the Government's response. "
            "Choose one to watch its deadline from today."
        )
        card.text("\n".join(_line(publication, today) for publication in awaited[:SHOWN]))
        if count > SHOWN:
            card.small(f"The newest {SHOWN} are shown; the list below has {min(count, 25)}.")
        rows = [Option(p.title, str(p.publication_id), f"Published {long_date(p.published_on)}") for p in awaited[:25]]
        card.select("watch.follow", rows, placeholder="Follow one of these reports")
    return card.buttons(Act("Which committees?", "watch.open")).small("From Parliament's record, read just now.")


def _name_of(committee: CommitteeFacts) -> str:
    return f"{shorten(committee.name, 80)}{f' ({plain(committee.house)})' if committee.house else ''}"


def _line(publication: Publication, today: date) -> str:
    title = shorten(publication.title.replace("[", "(").replace("]", ")"), 120, 300)
    linked = f"[{title}](<{publication.url}>)" if publication.url else title
    return f"- {linked}, published {long_date(publication.published_on)}\n  {publication.clock_words(today)}"
