"""What organisers see of ladders: the dates that one would give, before it is kept."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.cards.deadlines import ladder_lines
from bot.chat.ui import Act, Card, clip, plain
from bot.domain.deadlines import Deadline, OwnLadder
from bot.domain.ladders import ladder_words, write_ladder
from bot.services.ladders import Ladder

CLOCKS_SHOWN = 3


def ladder_code(ladder: OwnLadder) -> int:
    """Write in one figure whether a ladder goes on monthly (1), and whether days before the day notify people (2)."""
    return int(ladder.monthly) + 2 * int(ladder.aloud)


def proposed_card(
    ladder: OwnLadder,
    planned: Sequence[tuple[Deadline, Ladder]],
    deadline: Deadline | None,
    *,
    days_words: str,
    opened: str = "",
) -> Card:
    """Show a ladder as dates. ``deadline`` None: it is the group's, for every clock without one of its own.

    ``opened`` names the ladder that the form was opened on.
    """
    card = Card("Reminders for this deadline" if deadline is not None else "Your group's reminders")
    card.text(
        f"Postbag understood: **{ladder_words(ladder.days, monthly=ladder.monthly, aloud=ladder.aloud)}**. Not saved yet."
    )
    if days_words:
        card.text(days_words)
    for clock, shown in planned[:CLOCKS_SHOWN]:
        lines = ladder_lines(shown) or ["All of these days have passed."]
        card.text(f"**{plain(clip(clock.title, 120))}**\n" + "\n".join(f"- {line}" for line in lines))
    if len(planned) > CLOCKS_SHOWN:
        card.text(f"and {len(planned) - CLOCKS_SHOWN} more deadlines")
    if not planned:
        card.text("No deadline uses these days yet.")
    number = int(deadline.deadline_id) if deadline is not None else 0
    args = (number, write_ladder(ladder.days).replace(" ", ""), ladder_code(ladder), opened)
    controls = [
        Act("Save", "ladder.keep", args, style=discord.ButtonStyle.primary),
        Act("Change the days", "ladder.edit", args),
    ]
    return card.buttons(*controls).small("Only you can see this. Postbag never posts the same reminder twice.")


def kept_card(ladder: OwnLadder, deadline: Deadline | None) -> Card:
    """Say that a ladder was kept, and where it can be looked at."""
    whose = plain(clip(deadline.title, 120)) if deadline is not None else "every deadline without days of its own"
    card = Card("Saved").text(
        f"**{ladder_words(ladder.days, monthly=ladder.monthly, aloud=ladder.aloud)}**, for {whose}."
    )
    number = int(deadline.deadline_id) if deadline is not None else 0
    look = Act("Open the deadline", "deadlines.show", (number,)) if number else Act("Our deadlines", "deadlines.list")
    return card.buttons(look).small("Only you can see this.")
