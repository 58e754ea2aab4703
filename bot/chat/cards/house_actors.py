"""Who in the House has acted on a report's words, for organisers: most first, with the newest day."""

from __future__ import annotations

from bot.chat.cards.said import SMALL, how_far
from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card
from bot.domain.house_acts import HouseActor
from bot.domain.reports import long_date
from bot.domain.said import SaidKind
from bot.services.house_actors import HouseActed

PAGE = 15
NOT_AGAINST = "Not being on this list doesn't mean being against it: people act in other ways, and use other words."
NAMES = {
    SaidKind.QUESTION: ("question", "questions"),
    SaidKind.ORAL: ("oral question", "oral questions"),
    SaidKind.MOTION: ("motion", "motions"),
    SaidKind.SPEECH: ("speech", "speeches"),
}


def acted_card(acted: HouseActed, page: int = 0) -> Card:
    """List Members by how often they asked, moved, signed and spoke on a report's own words."""
    card = Card(shorten(f"Who in the House has acted: {acted.report.short_title}", 100, 250))
    pages = max(1, -(-len(acted.actors) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = acted.actors[page * PAGE : (page + 1) * PAGE]
    if shown:
        card.text("\n".join(_actor_line(actor) for actor in shown))
    elif acted.reach.since is None:
        card.text("Postbag hasn't looked yet. It looks once a day for the reports that a group follows.")
    elif not acted.reach.is_whole:
        card.text("**Nobody found so far**, but the last search wasn't complete.")
    else:
        card.text(f"**Nobody found** since {long_date(acted.reach.since)}.")
    seats = f"Committee seats as of {long_date(acted.seats_as_of)}." if acted.seats_as_of is not None else SEATS_UNKNOWN
    lines = (how_far(acted.reach, is_on=acted.is_on), seats, NOT_AGAINST, SMALL)
    card.line().small("\n".join(filter(None, lines)))
    slug = acted.report.slug
    acts = [Act("Back", "said.house", (slug, page - 1))] if page > 0 else []
    acts += [Act("Next", "said.house", (slug, page + 1))] if page < pages - 1 else []
    if shown:
        acts.append(Act("Download a table (CSV)", "said.house.csv", (slug,)))
    acts.append(Act("Back to the report", "report.show", (slug,)))
    return card.buttons(*acts)


SEATS_UNKNOWN = "Postbag hasn't read yet who sits on the committee."


def _actor_line(actor: HouseActor) -> str:
    done = [f"{number} {NAMES[kind][number != 1]}" for kind, number in actor.counts.items() if number]
    if actor.signed:
        done.append(f"{actor.signed} {'signature' if actor.signed == 1 else 'signatures'}")
    counts = ", ".join(done)
    lords = "Lords" if actor.house == "Lords" else ""
    marks = "".join(f" · {mark}" for mark in filter(None, (lords, *actor.marks)))
    name = shorten(actor.name, 60, 150) or "A Member the record doesn't name"
    return f"- **{name}**{marks}: {counts}; newest {long_date(actor.newest)}"
