"""What waited for an organiser, because it could not be sent to the one it was for, or they no longer organise the group."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.cards.deadlines import stamp
from bot.chat.ui import Card, clip
from bot.domain.reminders import Reminder

MOST_SHOWN = 5
LONGEST = 600


def shown_first(waiting: Sequence[Reminder]) -> Sequence[Reminder]:
    """Give those that one card has room for."""
    return waiting[:MOST_SHOWN]


def held_words_card(waiting: Sequence[Reminder]) -> Card:
    """Show the messages once. They are written by a template, which has made them harmless."""
    card = Card("Messages that were waiting for an organiser").text(
        "Postbag couldn't send these to the organiser who set it up: their direct messages are closed, or they no longer "
        "organise this server."
    )
    for one in shown_first(waiting):
        card.text(f"{stamp(one.due_at)}\n{clip(one.text, LONGEST)}")
    rest = len(waiting) - len(shown_first(waiting))
    if rest:
        card.text(f"{rest} more {'is' if rest == 1 else 'are'} waiting. Run /admin health again to see them.")
    return card.small(
        "To get messages in a channel, run /admin settings and choose *Messages for organisers*. Only you can see this."
    )
