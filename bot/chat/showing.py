"""Post a card for everyone in a channel, as the bot's own message, without a trace of who asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.chat.permissions import group_of
from bot.chat.ui import Card
from bot.domain.errors import Refused, Unavailable

SAME_CARD_AGAIN = timedelta(minutes=10)
IN_A_CHANNEL = (3, timedelta(minutes=1))
"""At most so many cards in so much time, so that nobody can flood a channel through the bot."""


class Showing:
    """Remembers, in memory and without people, what was shown where in the last minutes."""

    def __init__(self) -> None:
        self._shown: deque[tuple[datetime, int, Hashable]] = deque()

    def allow(self, channel_id: int, what: Hashable, now: datetime) -> None:
        """Note that a card is shown. Refused: it stands there already, or too many were shown just now."""
        while self._shown and not timedelta(0) <= now - self._shown[0][0] < SAME_CARD_AGAIN:
            self._shown.popleft()
        here = [(at, shown) for at, channel, shown in self._shown if channel == channel_id]
        if any(shown == what for _, shown in here):
            raise Refused("This card was shown here a few minutes ago.", "Scroll up a little to find it.")
        most, span = IN_A_CHANNEL
        if sum(1 for at, _ in here if now - at < span) >= most:
            raise Refused("Several cards were shown here just now.", "Please wait a minute, then try again.")
        self._shown.append((now, channel_id, what))

    def forget(self, channel_id: int, what: Hashable) -> None:
        """Take back the note of a card that could not be posted."""
        self._shown = deque(entry for entry in self._shown if entry[1:] != (channel_id, what))


async def show_to_everyone(
    interaction: discord.Interaction[Any], card: Card, *, showing: Showing, what: Hashable, now: datetime
) -> None:
    """Post a card in the channel where it was asked for. Refused: it may not or cannot be posted there."""
    channel = interaction.channel
    if group_of(interaction) is None or channel is None:
        raise Refused(
            "A card can be shown only in a server where Postbag is a member.",
            "Here you can copy the text, or pass on the link of a source.",
        )
    thread = isinstance(channel, discord.Thread)
    name = "send_messages_in_threads" if thread else "send_messages"
    if not getattr(interaction.permissions, name):
        raise Refused(
            "You cannot write in this channel, so Postbag does not do it for you.", "Try it in another channel."
        )
    ours = interaction.app_permissions
    missing = [
        words
        for permission, words in (
            ("view_channel", "View Channel"),
            (name, "Send Messages in Threads" if thread else "Send Messages"),
        )
        if not getattr(ours, permission)
    ]
    if missing:
        raise Refused(
            f"Postbag may not post here: it lacks {' and '.join(missing)}.",
            "Ask an organiser to allow that in this channel's settings, or try another channel.",
        )
    showing.allow(channel.id, what, now)
    try:
        if not isinstance(channel, discord.abc.Messageable):
            raise Refused("Nothing can be posted in this kind of channel.", "Try it in a text channel.")
        await channel.send(view=card.view(), allowed_mentions=discord.AllowedMentions.none())
    except discord.Forbidden:
        showing.forget(channel.id, what)
        raise Refused(
            "Postbag may not post in this channel.",
            "Ask an organiser to check its permissions, or try another channel.",
        ) from None
    except discord.HTTPException:
        showing.forget(channel.id, what)
        raise Unavailable("Discord did not take the message just now.", "Please try again in a minute.") from None
    except Refused:
        showing.forget(channel.id, what)
        raise
