"""What a file with a group's set-up would bring, or brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.chat.cards.setup import BACK
from bot.chat.ui import Act, Card, Field, form, plain
from bot.domain.plain_text import cut
from bot.services.moving import Outcome, Shown

LINES = 12
LINE = 420
"""Room for all the words that one line may say are searched for."""
ROOM = 2000


def export_card() -> Card:
    """Hand over the file, saying what is in it and what is not."""
    return (
        Card("Your group's set-up as a file")
        .text(
            "Settings, followed reports, committees, deadlines, plans and letter templates. It has no people, channels, roles "
            "or numbers in it. Use `/admin import` to bring it into another server, or back into this one."
        )
        .small("Anyone with this file can read your plans. Only you can see this.")
    )


def ask_file() -> discord.ui.Modal:
    """Ask for the file."""
    upload: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
        custom_id="file", required=True, min_values=1, max_values=1
    )
    return form(
        "Import a group's set-up",
        "moving.file",
        Field("The file", upload, "The file from /admin export"),
        note="Postbag shows you what would change before it changes anything.",
    )


def shown_card(shown: Shown) -> Card:
    """Say what a file would bring, and ask."""
    card = Card("What this file would change")
    if shown.is_again:
        card.text(
            "**Something in your group has changed since you looked.** Nothing was imported. This is what the file would change now."
        )
    _lists(card, shown.outcome, "New")
    if not shown.outcome.new:
        return card.small("Your group already has everything in it. Only you can see this.")
    card.buttons(
        Act("Import it", "moving.take", (shown.token,), style=discord.ButtonStyle.primary),
        Act("Cancel", "moving.drop", (shown.token,)),
    )
    return card.small("Nothing has changed yet, and importing posts nothing. Only you can see this.")


def taken_card(outcome: Outcome) -> Card:
    """Say what was imported, and what is to be done next."""
    card = Card("Imported")
    _lists(card, outcome, "New")
    card.text(
        "Plans that hadn't finished are now drafts. Rehearse and approve them with `/action list`. Letter templates need a second "
        "organiser's approval."
    )
    card.buttons(Act("See the settings", "admin.setup", ("done", BACK)), Act("See the plans", "counts.plans"))
    return card.small("Only you can see this.")


def _lists(card: Card, outcome: Outcome, new: str) -> None:
    for title, lines in ((new, outcome.new), ("Left out", outcome.out), ("Already here", outcome.same)):
        if lines:
            card.text(f"**{title}: {len(lines)}**\n{_listed(lines)}")
    if not (outcome.new or outcome.out or outcome.same):
        card.text("It's empty.")


def _listed(lines: Sequence[str]) -> str:
    shown: list[str] = []
    room = ROOM
    for line in lines[:LINES]:
        said = f"- {plain(cut(line, LINE))}"
        room -= len(said)
        if shown and room < 0:
            break
        shown.append(said)
    if len(lines) > len(shown):
        shown.append(f"- and {len(lines) - len(shown)} more")
    return "\n".join(shown)
