"""Forms for a group's own events, and how one is found by what was chosen or typed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import discord

from bot.chat.cards.group_events import event_card, event_label, event_reference
from bot.chat.client import Interaction
from bot.chat.permissions import group_of, is_organiser
from bot.chat.ui import Card, Option, form, meant, reply, select_field, text_field
from bot.domain.dates.moments import LONGEST
from bot.domain.deadlines import TITLE_LIMIT
from bot.domain.group_event_checks import when_words
from bot.domain.group_events import PLACE_LIMIT, WORDS_LIMIT, GroupEvent, GroupEventKind, Occurrence
from bot.domain.ladders import LONGEST_LADDER, write_ladder
from bot.domain.links import LINK_LIMIT
from bot.domain.reports import long_date

EVENT = ("title", "when", "place", "link")
POST = ("words", "when")
WHEN_HINT = "8 December 7pm to 9pm, next Friday, every first Tuesday 7pm"
POST_HINT = "Monday 9am, every Monday 9am, 8 December 6pm"


def names_of(kind: str) -> tuple[str, ...]:
    """Give the fields of the form for an event or for a post."""
    return POST if kind == GroupEventKind.POST else EVENT


def event_form(
    values: Sequence[str] = (), *, kind: str = "", draft: str = "", event: GroupEvent | None = None, revision: int = 0
) -> discord.ui.Modal:
    """Ask for a new event, or (``event``) what to change of one. ``values`` fills it; ``draft`` names this form for ever."""
    what = "add" if event is None else "edit"
    args: tuple[str, ...] = (draft or secrets.token_hex(6),)
    if event is not None:
        args = (str(int(event.group_event_id)), str(revision or event.revision))
        kind = kind or event.kind.value
    if kind == GroupEventKind.POST:
        words, when = (*(values or _present_values(event)), "", "")[:2]
        return form(
            "A post to the channel",
            f"event.{what}.keep",
            text_field("words", "What to post", value=words, long=True, most=WORDS_LIMIT),
            text_field("when", "When", description=POST_HINT, value=when, most=LONGEST),
            args=(*args, kind),
        )
    title, when, place, link = (*(values or _present_values(event)), "", "", "", "")[:4]
    kinds = [
        Option(k.label, k.value, chosen=k.value == (kind or "meeting"))
        for k in GroupEventKind
        if k is not GroupEventKind.POST
    ]
    return form(
        "An event of yours",
        f"event.{what}.keep",
        text_field("title", "What is it?", value=title, most=TITLE_LIMIT),
        select_field("kind", "What kind of event", kinds),
        text_field("when", "When", description=WHEN_HINT, value=when, most=LONGEST),
        text_field("place", "Where", value=place, required=False, most=PLACE_LIMIT),
        text_field("link", "Its page", value=link, required=False, most=LINK_LIMIT, placeholder="https://"),
        args=args,
    )


def edit_event_form(event: GroupEvent, title: str = "", when: str = "", link: str = "") -> discord.ui.Modal:
    """Ask what to change of an event, with what was typed in place of what is held."""
    held = _present_values(event)
    if event.kind is GroupEventKind.POST:
        return event_form((held[0], when or held[1]), event=event)
    return event_form((title or held[0], when or held[1], held[2], link or held[3]), event=event)


def move_form(event: GroupEvent, occurrence: Occurrence, revision: int, value: str = "") -> discord.ui.Modal:
    """Ask to when one occurrence moves."""
    return form(
        "Move one",
        "event.move.keep",
        text_field(
            "when",
            f"New day and time, instead of {long_date(occurrence.on)}",
            description="9 December 7pm. Without a time, the old one stays.",
            value=value,
            most=LONGEST,
        ),
        args=(int(event.group_event_id), revision, occurrence.for_day.isoformat()),
    )


def ladder_form(event: GroupEvent, value: str = "", revision: int = 0, *, aloud: str = "") -> discord.ui.Modal:
    """Ask on which days the group is reminded of an event, and whether days before it notify people (``aloud``: "1", as picked)."""
    notify = aloud == "1" if aloud else event.aloud
    return form(
        "When to remind",
        "event.ladder.keep",
        text_field(
            "days",
            "Days before it",
            description="Minus for days before, 0 for the day itself: -7, -1, 0. Empty: the usual days.",
            value=value or write_ladder(event.ladder),
            required=False,
            most=LONGEST_LADDER,
        ),
        select_field(
            "aloud",
            "Before the day",
            [
                Option("Show the post silently", "0", "Nobody gets a notification", chosen=not notify),
                Option("Notify people", "1", "As on the day itself", chosen=notify),
            ],
        ),
        args=(int(event.group_event_id), revision or event.revision),
    )


async def find_event(interaction: Interaction, named: str, *, by_words: bool) -> GroupEvent | None:
    """Find the event that was chosen by its label or number, or (``by_words``) by words that fit just one title."""
    group = group_of(interaction)
    if group is None or not named.strip():
        return None
    services = interaction.client.services
    held, now = await services.group_events.list(group), services.clock.now()
    wanted = meant(named, ((event_label(e, now), event_reference(e)) for e in held)).strip().casefold()
    exact = [e for e in held if event_reference(e) == wanted] or [e for e in held if e.title.casefold() == wanted]
    if not exact and by_words:
        exact = [e for e in held if all(word in e.title.casefold() for word in wanted.split())]
    return exact[0] if len(exact) == 1 else None


async def show_event(interaction: Interaction, event: GroupEvent, card: Card | None = None) -> None:
    """Show an event to whoever asked."""
    services = interaction.client.services
    ladder = await services.group_events.ladder(event)
    organiser = await is_organiser(interaction)
    await reply(interaction, card or event_card(event, services.clock.now(), ladder, organiser=organiser))


def _present_values(event: GroupEvent | None) -> tuple[str, ...]:
    if event is None:
        return ()
    if event.kind is GroupEventKind.POST:
        return event.words, when_words(event)
    return event.title, when_words(event), event.place, event.url
