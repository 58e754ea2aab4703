"""What is coming up in Parliament, and what a week holds, as organisers see them."""

from __future__ import annotations

from bot.chat.cards.said import OFF, SMALL
from bot.chat.cards.writing import label_text, shorten
from bot.chat.ui import Act, Card, Option
from bot.domain.coming_up import KIND_NAMES, ComingKind, ComingUp
from bot.domain.group_events import GroupEvent
from bot.domain.reports import long_date
from bot.services.coming_up import ComingToGroup

MOST_SHOWN = 12
CONDITIONS = (
    "**Before you write evidence:** Parliament publishes it with its author's name, unless you ask for the name, or all the evidence, "
    "to be left out. Once you send it, it belongs to the committee, so don't publish it elsewhere first. Each call's page has the rules."
)


def coming_card(coming: ComingToGroup) -> Card:
    """List what touches the followed reports in the next fortnight, and the calls for evidence that are open."""
    card = Card("Coming up in Parliament")
    shown = coming.items[:MOST_SHOWN]
    for one, report in shown:
        card.text(_coming_line(one, report))
    if not shown:
        card.text(_nothing(coming))
    elif len(coming.items) > MOST_SHOWN:
        card.text(f"And {len(coming.items) - MOST_SHOWN} more, in the list below.")
    if coming.quiet:
        card.text("Nothing is listed in either House for the next two weeks, so Parliament may be in recess.")
    if any(one.kind is ComingKind.CALL for one, _ in coming.items):
        card.text(CONDITIONS)
    dated = [one for one, _ in coming.items if not one.is_open_ended]
    if dated:
        options = [Option(f"{long_date(one.on)}: {one.title}", one.ref, KIND_NAMES[one.kind]) for one in dated[:25]]
        card.select("coming.event", options, placeholder="Add one to your group's events")
    as_of = f"Postbag last read this on {long_date(coming.as_of)}." if coming.as_of is not None else ""
    off = "" if coming.is_on else OFF
    return card.small("\n".join(filter(None, (as_of, off, SMALL))))


def _coming_line(one: ComingUp, report: str) -> str:
    title = label_text(one.title, 120, 300)
    linked = f"[{title}](<{one.url}>)" if one.url else f"“{title}”"
    at = f", {one.time}" if one.time else ""
    until = "open until " if one.kind is ComingKind.CALL else ""
    when = f"{until}{long_date(one.on)}{at}" if not one.is_open_ended else "open, with no last day given"
    where = f" ({shorten(one.where, 80, 200)})" if one.where else ""
    hour = f", {one.closes}" if one.closes else ""
    closes = f". Questions can be tabled until {long_date(one.closes_on)}{hour}" if one.closes_on is not None else ""
    return f"**{when}** · {KIND_NAMES[one.kind]}: {linked}{where}{closes} · *{shorten(report, 50, 120)}*"


def _nothing(coming: ComingToGroup) -> str:
    if coming.as_of is None:
        return "Postbag hasn't read the whole calendar yet. It reads it once a day."
    return "**Nothing found** in the next two weeks that matches the reports your group follows."


def made_card(event: GroupEvent) -> Card:
    """Say that an event was made, with the way to plan back from it."""
    card = Card("Added to your group's events")
    card.text(
        f"**{shorten(event.title, 150, 400)}**, {long_date(event.on)}. Postbag will remind your group, as with its other events."
    )
    see = Act("See your dates", "deadlines.list")
    return card.buttons(see).small("To plan an action around it, use `/action plan`.")


def week_card(words: str, *, weekly: bool) -> Card:
    """Show what the Monday post says, without posting it."""
    card = Card("What this week's post says")
    card.text(words or "Your group has nothing this week, so Postbag won't post.")
    off = "Postbag posts it each Monday, without notifying anybody."
    return card.small(off if weekly else "The Monday post is off. Turn it on under /admin settings.")
