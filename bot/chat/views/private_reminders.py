"""Forms for private reminders, and what their cards carry from one press to the next."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

import discord

from bot.chat.presses import CUSTOM_ID_LIMIT, custom_id
from bot.chat.ui import Act, Card, Option, form, select_field, text_field
from bot.chat.views.deadlines import FENCE, TYPED, typed_before
from bot.domain.dates.moments import LONGEST, say_moment
from bot.domain.dates.repeats import Repeat
from bot.domain.dates.times import say_time
from bot.domain.editions import edition
from bot.domain.errors import NotFound
from bot.domain.identity import DeadlineId, PersonalId
from bot.domain.private_reminders import TEXT_LIMIT, PersonSettings, PrivateReminder
from bot.domain.reminders import CivilTime
from bot.domain.reports import long_date
from bot.services.private_reminders import Typed, Understood

FIELDS = ("what", "when", "repeat", "until")
NEUTRAL = "neutral"
STAMP = "%Y%m%d%H%M"
WHEN_HINT = "tomorrow 6pm, 8 September, a week on Tuesday, in 90 minutes"


def remind_form(typed: Typed, about: str = "", *, edited: tuple[int, int] | None = None) -> discord.ui.Modal:
    """Ask for a reminder, filled with what is known. ``edited``: the number and revision of the one that is changed."""
    chosen = typed.repeat or Repeat.ONCE
    return form(
        "Remind me" if edited is None else "Change this reminder",
        "remind.read",
        text_field("what", "About what", value=typed.what, long=True, most=TEXT_LIMIT),
        text_field("when", "When", description=WHEN_HINT, value=typed.when[:LONGEST], most=LONGEST),
        select_field(
            "repeat",
            "How often",
            [Option(repeat.label, repeat.value, chosen=repeat == chosen) for repeat in Repeat],
            required=False,
        ),
        text_field("until", "Until (if it repeats)", value=typed.until, required=False, most=60),
        args=carried_args("remind.read", about, edited),
    )


def typed_in(fields: Sequence[str]) -> Typed:
    """Put the texts of a form or a card in their places."""
    what, when, repeat, until = (*fields, "", "", "", "")[:4]
    return Typed(what, when, repeat, until)


def snooze_form(number: int, when: str = "") -> discord.ui.Modal:
    """Ask when a reminder is to come again."""
    return form(
        "Remind me again",
        "remind.snooze.read",
        text_field("when", "When", description=WHEN_HINT, value=when, most=LONGEST),
        args=(number,),
    )


def settings_form(own: PersonSettings, typed: Sequence[str] = (), opened: str = "") -> discord.ui.Modal:
    """Ask for a person's own zone, time of day and notice; an empty field goes back to what is usual.

    ``typed`` fills the fields with what was typed before, on the state that ``opened`` names.
    """
    held = (
        own.zone or "",
        say_time(own.time_of_day) if own.time_of_day is not None else "",
        "" if own.lead_days is None else str(own.lead_days),
    )
    zone, at, lead = typed if typed and any(typed) else held
    return form(
        "My reminders",
        "remind.settings.keep",
        text_field(
            "zone",
            "Time zone",
            description="For example Europe/London, Asia/Almaty, Karachi. Empty: the group's, else London.",
            value=zone,
            required=False,
            most=60,
        ),
        text_field(
            "time",
            "Usual time of day",
            description="For example 9am, 18:30. Empty: the group's, else 9am.",
            value=at,
            required=False,
            most=20,
        ),
        text_field(
            "lead",
            "Days before a date",
            description="How many days 'before the deadline' means. Empty: 3.",
            value=lead,
            required=False,
            most=3,
        ),
        select_field(
            "wording",
            "What the messages say",
            [
                Option("As my group chose, or my own words", "own", chosen=not own.neutral),
                Option("Never what they're about", NEUTRAL, "For anyone who might see your screen", chosen=own.neutral),
            ],
            required=False,
        ),
        args=(opened or edition(own),),
    )


def typed_of(message: discord.Message | None) -> Typed:
    """Read from a card what was typed before."""
    return typed_in(typed_before(message, len(FIELDS)))


def carry(card: Card, typed: Typed) -> Card:
    """Show what was typed, so that the next press finds it in the message."""
    labels = ("**What**", "You typed", "How often", "Until")
    for number, (label, value) in enumerate(
        zip(labels, (typed.what, typed.when, typed.repeat, typed.until), strict=True)
    ):
        if value.strip():
            card.text(f"{label}:\n{FENCE}\n{value.replace(FENCE, chr(39) * 3).strip()}\n{FENCE}", id=TYPED + number)
    return card


def keep_act(
    label: str,
    wanted: Understood,
    edited: tuple[int, int] | None = None,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    draft: str = "",
) -> Act:
    """Make the button that keeps a reminder exactly as it is shown; its words are in the message.

    ``draft`` is the draft's key, so that pressing twice keeps one; a button that changes a reminder needs none.
    """
    until = f"{wanted.until:%Y%m%d}" if wanted.until is not None else ""
    count = "" if wanted.lead_days is None or wanted.deadline_id is None else f"{wanted.deadline_id}~{wanted.lead_days}"
    at = datetime.combine(wanted.first.on, wanted.first.at).strftime(STAMP)
    place: tuple[str | int, ...] = edited or (draft, "")
    args: tuple[str | int, ...] = (at, wanted.first.zone, wanted.repeat.value, until, count, *place)
    if len(custom_id_of("remind.keep", *args, wanted.about)) <= CUSTOM_ID_LIMIT:
        args = (*args, wanted.about)
    return Act(label, "remind.keep", args, style)


def change_act(about: str, edited: tuple[int, int] | None = None, label: str = "Change") -> Act:
    """Make the button that opens the form again; its words are in the message."""
    return Act(label, "remind.change", carried_args("remind.change", about, edited))


def carried_args(verb: str, about: str, edited: tuple[int, int] | None) -> tuple[str | int, ...]:
    """Give what a form or button carries, without what it is about where that is too long."""
    args: tuple[str | int, ...] = (about, *(edited or ()))
    return args if len(custom_id_of(verb, *args)) <= CUSTOM_ID_LIMIT else ("", *args[1:])


def custom_id_of(verb: str, *args: str | int) -> str:
    """Write a custom_id, or one that is too long where it is."""
    try:
        return custom_id(verb, *args)
    except ValueError:
        return "x" * (CUSTOM_ID_LIMIT + 1)


def new_draft() -> str:
    """Give a key for a new draft. It names nobody and nothing; its first letter tells it from a reminder's number."""
    return f"k{secrets.token_urlsafe(4)}"


def draft_in(args: Sequence[str]) -> str | None:
    """Read a draft's key from a *Keep it* button. None: it changes a reminder, or an earlier Postbag drew it."""
    return args[5] if len(args) > 5 and args[5].startswith("k") else None


def kept_in(args: Sequence[str], text: str) -> tuple[Understood, tuple[PersonalId, int] | None]:
    """Read a *Keep it* button: the reminder, and which one it takes the place of. NotFound: it is of another Postbag."""
    at, zone, repeat, until, count, number, revision, about = (*args, *("",) * 8)[:8]
    try:
        deadline_id, _, lead = count.partition("~")
        wanted = Understood(
            text,
            civil_in(at, zone),
            Repeat(repeat),
            date(int(until[:4]), int(until[4:6]), int(until[6:])) if until else None,
            about,
            DeadlineId(int(deadline_id)) if deadline_id else None,
            int(lead) if lead else None,
        )
        return wanted, (PersonalId(int(number)), int(revision)) if revision else None
    except (ValueError, KeyError):
        raise NotFound(
            "That button is from an earlier version of Postbag.", "Set the reminder with /remind me."
        ) from None


def civil_in(at: str, zone: str) -> CivilTime:
    """Read a civil time as a button carries it. ValueError: it is none."""
    when = datetime.strptime(at, STAMP)  # noqa: DTZ007 - a local time, its zone stands beside it
    return CivilTime(when.date(), when.time(), zone)


def as_typed(held: PrivateReminder, *, by_date: bool) -> Typed:
    """Give a kept reminder as its owner would type it. ``by_date``: its deadline is at hand, so it may count from that."""
    when = say_moment(held.next_time or held.first)
    if by_date and held.lead_days is not None:
        days = abs(held.lead_days)
        side = "before" if held.lead_days > 0 else "after"
        when = f"{days} days {side} the deadline" if days else "on the day"
        when += f" at {held.first.at:%H:%M}"
    return Typed(held.text, when, held.repeat.value, long_date(held.until) if held.until is not None else "")
