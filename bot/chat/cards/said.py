"""What Parliament says on a recommendation, and what one MP has said: dated lists, newest first, each line with who and where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import discord

from bot.chat.cards.deadlines import stamp
from bot.chat.cards.writing import label_text, shorten
from bot.chat.ui import Act, Card, Link, Option, plain
from bot.chat.views.deadlines import handed_back
from bot.clock import LONDON
from bot.domain.look_words import LookWords
from bot.domain.members import Constituency
from bot.domain.references import Found
from bot.domain.reports import long_date
from bot.domain.said import KIND_LABELS, STATE_LABELS, AnswerState, Said, SaidKind
from bot.domain.searches import Reach
from bot.services.said import InParliament, MemberSaid, SaidHealth

PAGE = 6
FIELDS = ("must", "terms")
SEARCH = "search"
"""What the button that saves words says where an organiser wants them searched for."""
LICENCE = "https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/"
SMALL = f"Contains Parliamentary information licensed under the [Open Parliament Licence v3.0](<{LICENCE}>). Not endorsed by Parliament."
OFF = "Whoever runs this Postbag has turned searching in Parliament off, so newer things aren't found."
STAYS_HERE = "Postbag doesn't send your group's own words to Parliament. It only uses them to choose from what the report's own words find."
SERVICES = {
    SaidKind.QUESTION: "written questions",
    SaidKind.STATEMENT: "written statements",
    SaidKind.MOTION: "early day motions",
    SaidKind.SPEECH: "debates",
    SaidKind.ORAL: "oral questions",
}


def said_card(found: Found, result: InParliament, page: int, *, organiser: bool) -> Card:
    """List what Parliament says on a row. ``organiser``: with ways to keep one as evidence and to change the words."""
    card = Card(shorten(f"In Parliament: {found.item.theme}", 100, 250))
    pages = max(1, -(-len(result.items) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = result.items[page * PAGE : (page + 1) * PAGE]
    if shown:
        for said in shown:
            card.text(said_line(said))
    else:
        card.text(nothing(result.reach, result.words))
    card.line().small(
        "\n".join(
            filter(
                None,
                (
                    how_far(result.reach, is_on=result.is_on),
                    by_words(result.words),
                    "" if result.is_asked else STAYS_HERE,
                    SMALL,
                ),
            )
        )
    )
    if organiser and any(said.url for said in shown):
        options = [
            Option(
                f"{long_date(said.newest)}: {said.heading or said.text or KIND_LABELS[said.kind]}",
                f"{said.kind}:{said.key}",
                f"{KIND_LABELS[said.kind]}, {said.member or 'no name given'}",
            )
            for said in shown
            if said.url  # evidence leads to its source
        ]
        card.select("said.keep", options, args=(found.value,), placeholder="Keep one as evidence")
    acts = [Act("Newer", "said.list", (found.value, page - 1))] if page > 0 else []
    acts += [Act("Older", "said.list", (found.value, page + 1))] if page < pages - 1 else []
    if organiser:
        acts.append(Act("Words to look for", "said.words", (found.value,)))
    acts.append(Act("Back to the card", "report.card", (found.value,)))
    return card.buttons(*acts)


def said_line(said: Said, report: str = "", *, of: int | None = None) -> str:
    """Write one thing said: the day, what it is and by whom, its own heading with its link, and how it stands.

    ``of`` is the Member it is listed for: where they signed what another moved, the line says so.
    """
    own = said.text if said.kind is SaidKind.ORAL else ""
    title = label_text(said.heading or " ".join(own.split()) or KIND_LABELS[said.kind], 90, 240)
    linked = f"[{title}](<{said.url}>)" if said.url else f"“{title}”"
    number = f" {shorten(said.number, 20)}" if said.number and said.kind is not SaidKind.SPEECH else ""
    who = shorten(said.member, 60, 150) or "the record names nobody"
    lords = " (Lords)" if said.house == "Lords" else ""
    asks = said.kind in (SaidKind.QUESTION, SaidKind.ORAL)
    to = f", to the {shorten(said.body, 60, 150)}" if asks and said.body else ""
    about = f" · *{shorten(report, 50, 120)}*" if report else ""
    stands = f"{_stands(said)}{_signed(said, of)}"
    return f"**{long_date(said.on)}** · {linked}\n{KIND_LABELS[said.kind]}{number}{lords}: {who}{to}{stands}{about}"


def _signed(said: Said, member_id: int | None) -> str:
    """Say that the Member meant signed a motion of another."""
    name = next((one for one in said.signed if one.member_id == member_id != said.member_id), None)
    if name is None:
        return ""
    return f" · **signed** on {long_date(name.on)}" if name.on is not None else " · **signed**"


def _stands(said: Said) -> str:
    if said.kind is SaidKind.ORAL and said.due_on is not None:
        return f" · for {long_date(said.due_on)}"
    if said.state is AnswerState.NONE:
        return ""
    words = STATE_LABELS[said.state]
    if said.state is AnswerState.CORRECTED and said.corrected_on is not None:
        return f" · **answer corrected** on {long_date(said.corrected_on)}"
    if said.state in (AnswerState.ANSWERED, AnswerState.CORRECTED) and said.answered_on is not None:
        return f" · **{words}** on {long_date(said.answered_on)}"
    due = f", answer due {long_date(said.due_on)}" if said.due_on is not None and said.state is AnswerState.OPEN else ""
    return f" · **{words}**{due}"


def nothing(reach: Reach, words: LookWords) -> str:
    """Say that nothing is listed, and whether that means anything."""
    if not words.is_ready:
        return "Postbag doesn't know which words to look for here. An organiser can choose them."
    if reach.since is None:
        return "Postbag hasn't looked yet. It looks once a day for the reports that a group follows."
    if not reach.is_whole:
        return (
            "**Nothing found so far**, but the last search wasn't complete. That doesn't mean nobody has said anything."
        )
    return f"**Nothing found** since {long_date(reach.since)}. People may have used other words."


def how_far(reach: Reach, *, is_on: bool) -> str:
    """Say how far was looked, and what could not be read."""
    lines = []
    if reach.since is not None and reach.looked_at is not None:
        oral = f" (oral questions to {long_date(reach.oral_since)})" if reach.oral_since is not None else ""
        lines.append(f"Looked back to {long_date(reach.since)}{oral}, last on {_day(reach.looked_at)}.")
    if reach.failed:
        named = " and ".join(SERVICES[kind] for kind in reach.failed[:3])
        lines.append(f"The last look at {named} failed, so newer ones may be missing.")
    if reach.waits and is_on:
        lines.append("Postbag will make the other searches within a day.")
    if not is_on:
        lines.append(OFF)
    return " ".join(lines)


def by_words(words: LookWords) -> str:
    """Say which words found it."""
    if not words.is_ready:
        return ""
    must, terms = (", ".join(f"“{shorten(w, 40, 100)}”" for w in some) for some in (words.must, words.terms))
    return f"Words: one of {must}, near one of {terms}."


def tried_card(found: Found, tried: InParliament, *, waits: bool, asks_first: bool) -> Card:
    """Show what changed words would find, before they are saved. ``asks_first``: whether they may leave Postbag is to be chosen."""
    card = Card("Save these words?").text(by_words(tried.words))
    count = len(tried.items)
    if count:
        card.text(f"**They find {count if count < 50 else '50 or more'}** in what Postbag has read. The newest:")
        for said in tried.items[:4]:
            card.text(said_line(said))
    else:
        card.text("**They find nothing** in what Postbag has read.")
    if asks_first:
        named = ", ".join(f"“{shorten(word, 40, 100)}”" for word in tried.words.must)
        card.text(
            "**Should Postbag search for them?** People in your group could be targeted, so Postbag asks first. *Save and search* sends "
            f"{named} to Parliament's search services once a day. It doesn't send your group's name, or anybody's. But "
            "whoever runs those services can see that somebody is looking for these words. *Save* sends nothing."
        )
    elif waits:
        card.text("You've added a word that must be there. Postbag will search for it within a day.")
    again = Act("Change them", "said.again", (found.value,))
    handed_back(card, FIELDS, (", ".join(tried.words.must), ", ".join(tried.words.terms)), again)
    saves = [Act("Save these words", "said.save", (found.value,), discord.ButtonStyle.primary)]
    if asks_first:
        saves = [Act("Save", "said.save", (found.value,), discord.ButtonStyle.primary)]
        saves.append(Act("Save and search", "said.save", (found.value, SEARCH)))
    return card.buttons(*saves, Act("Use the report's own", "said.reset", (found.value,))).small(
        "Nothing is saved yet. Only you can see this."
    )


def member_said_card(
    seat: Constituency,
    result: MemberSaid,
    page: int = 0,
    *,
    seats: Sequence[str] | None = None,
    seats_as_of: date | None = None,
) -> Card:
    """List what an MP asked, moved, signed or said on the words of the reports meant, under their post and committees (None: not known)."""
    assert seat.member is not None
    name = plain(seat.member.display_as)
    card = Card(shorten(f"{seat.member.display_as} in Parliament", 100, 250))
    pages = max(1, -(-len(result.items) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = result.items[page * PAGE : (page + 1) * PAGE]
    posts = [f"**Post:** {shorten(seat.member.post, 300, 700)}"] if seat.member.post else []
    posts += [f"**Committees:** {', '.join(shorten(one, 80, 200) for one in seats[:6])}"] if seats else []
    if posts:
        card.text("\n".join(posts))
    for said, report in shown:
        card.text(said_line(said, report, of=seat.member.member_id))
    if not shown:
        card.text(_nothing_of(name, result))
    reports = ", ".join(f"*{shorten(title, 50, 120)}*" for title in result.reports[:6])
    about = f"Found with the words of {reports}." if reports else ""
    not_against = "Saying nothing doesn't mean being against it." if not shown else ""
    known = f"Committees as of {long_date(seats_as_of)}." if seats_as_of is not None else "Committees not read yet."
    lines: Sequence[str] = (about, known, how_far(result.reach, is_on=result.is_on), not_against, SMALL)
    card.line().small("\n".join(filter(None, lines)))
    acts: list[Act | Link] = [Act("Newer", "mp.said", (seat.constituency_id, page - 1))] if page > 0 else []
    acts += [Act("Older", "mp.said", (seat.constituency_id, page + 1))] if page < pages - 1 else []
    acts.append(Act("Write to this MP", "letter.start", ("", seat.constituency_id, ""), discord.ButtonStyle.primary))
    return card.buttons(*acts)


def _nothing_of(name: str, result: MemberSaid) -> str:
    if not result.reports:
        return "No report that your group follows has words to look for yet."
    if result.reach.since is None:
        return "Postbag hasn't looked yet. It looks once a day for the reports that a group follows."
    if not result.reach.is_whole:
        return f"**Nothing found from {name} so far**, but the last search wasn't complete."
    return f"**Nothing found from {name}** since {long_date(result.reach.since)}."


def _day(at: datetime) -> str:
    return long_date(at.astimezone(LONDON).date())


def searches_line(said: SaidHealth) -> str:
    """Say how the shared searches in Parliament stand."""
    if not said.is_on:
        return "Searches in Parliament: turned off by whoever runs this Postbag"
    if said.problems:
        return f"**Some searches in Parliament failed**: {plain(said.problems[0])} What was found before is still shown"
    if said.oldest is None:
        return (
            "Searches in Parliament: none made yet" if said.searches else "Searches in Parliament: nothing to look for"
        )
    waits = f", {said.waiting} waiting" if said.waiting else ""
    return f"Searches in Parliament: {said.searches}{waits}, the oldest {stamp(said.oldest)}"
