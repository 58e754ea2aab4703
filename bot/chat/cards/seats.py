"""Who is your MP: one way to ask, in every place. What was typed is never shown again, as it may be a postcode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.chat.ui import CHOICE_LIMIT, Act, Card, Field, Option, plain, text_field, without_markdown
from bot.domain.errors import PostbagError
from bot.domain.members import Constituency
from bot.services.members import How, Picked

BUTTONS = 4
FIELD = "seat"
LIMIT = 100
SAID_LABEL = "What they've said"
OWN_ONLY = "MPs answer their own constituents only."
NOT_KEPT = "Postbag doesn't keep, show or log the postcode."
POSTCODE_NOTE = (
    "If you type a postcode, it goes to postcodes.io and to Parliament's Members API to find your constituency, without your "
    f"name or anything else about you. {NOT_KEPT}"
)
OWN_TABLE_NOTE = (
    "If you type a postcode, Postbag looks it up in a table on its own computer. Only if it isn't there, it goes to postcodes.io "
    f"and to Parliament's Members API, without your name or anything else about you. {NOT_KEPT}"
)


@dataclass(frozen=True, slots=True)
class Picker:
    """Where the controls of the picker lead: ``chosen`` for one seat as a button, ``listed`` (verb, arguments) for a list.

    ``more`` are other ways on, such as skipping.
    """

    chosen: Callable[[Constituency], Act]
    listed: tuple[str, tuple[str, ...]]
    again: Act
    more: tuple[Act, ...] = ()


def seat_field(*, postcodes: bool, value: str = "") -> Field:
    """Ask for a postcode, a place, a constituency or a name in one field."""
    if postcodes:
        return text_field(
            FIELD, "Your postcode, town or constituency", description="Or your MP's name", value=value, most=LIMIT
        )
    hint = "Or your MP's name. This server doesn't use postcodes."
    return text_field(FIELD, "Your town or constituency", description=hint, value=value, most=LIMIT)


def picked_card(picked: Picked, picker: Picker, as_of: str) -> Card:
    """Offer the constituencies that were found; nothing is chosen for the person."""
    seats = picked.seats
    if not seats:
        card = Card("No match").text(
            "Postbag found no constituency, place or MP with that name.\nTry the nearest town, or part of the name without the county."
        )
        return card.buttons(picker.again, *picker.more).small(as_of)
    if picked.how is How.POSTCODE and len(seats) == 1:
        card = Card("Is this your constituency?").text(f"That postcode is in **{plain(seats[0].name)}**.")
    elif picked.how is How.POSTCODE:
        card = Card("Which is yours?").text(
            "That postcode may be in any of these. Your polling card names the right one."
        )
    elif picked.how is How.PLACE and len(seats) == 1:
        card = Card("Is this your constituency?").text(f"That place is in **{plain(seats[0].name)}**.")
    elif picked.how is How.PLACE:
        card = Card("Which is yours?").text(
            "That place is in more than one constituency. Your polling card names yours."
        )
    elif len(seats) == 1:
        card = Card("Is this your constituency?").text("That's the nearest match.")
    else:
        card = Card("Which is yours?").text("No exact match. Did you mean one of these?")
    if picked.warning:
        card.text(plain(picked.warning))
    one = seats[0] if len(seats) == 1 and seats[0].member is not None else None
    said = (Act(SAID_LABEL, "mp.said", (one.constituency_id, 0)),) if one is not None else ()
    _choose(card, seats, picker).buttons(*said, picker.again, *picker.more)
    kept = NOT_KEPT if picked.how is How.POSTCODE else ""
    return card.small("\n".join(filter(None, (OWN_ONLY, kept, picked.source, as_of))))


def unpicked_card(error: PostbagError, picker: Picker, as_of: str) -> Card:
    """Say why a postcode led nowhere, with the ways on."""
    card = Card("No match").text(f"{without_markdown(error.message)}\n{without_markdown(error.next_step)}".strip())
    return card.buttons(picker.again, *picker.more).small(as_of)


def _choose(card: Card, seats: Sequence[Constituency], picker: Picker) -> Card:
    if len(seats) <= BUTTONS:
        return card.buttons(*(picker.chosen(seat) for seat in seats))
    verb, args = picker.listed
    options = [Option(seat.name, str(seat.constituency_id), who(seat)) for seat in seats[:CHOICE_LIMIT]]
    return card.select(verb, options, args=args, placeholder="Choose your constituency")


def who(seat: Constituency) -> str:
    return seat.member.display_as if seat.member is not None else "no MP until the by-election"


def seat_line(seat: Constituency) -> str:
    return f"{seat.name}: {who(seat)}"


def picker_note(table: bool) -> str:
    """Say where a postcode goes."""
    return OWN_TABLE_NOTE if table else POSTCODE_NOTE
