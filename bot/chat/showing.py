"""Post a card for everyone in a channel, as the bot's own message, without a trace of who asked."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import discord

from bot.chat.faults import DISCORD_FAULTS, UNKNOWN_MESSAGE, code_of, may_help_again, surely_not_done, wait_before
from bot.chat.permissions import group_of
from bot.chat.ui import Card
from bot.domain.errors import MaybeShown, Refused, Unavailable
from bot.services.turns import Turns

# Whoever asks again within this has not seen the first card; later, somebody scrolled past it and wants it again.
SAME_CARD_AGAIN = timedelta(minutes=10)
IN_A_CHANNEL = (3, timedelta(minutes=1))
"""At most so many cards in so much time, so that nobody can flood a channel through the bot."""

PAUSES = (0.5, 2.0)
NONCE_TRUSTED = timedelta(minutes=2)
"""So long Discord surely knows a nonce again, and gives the first message instead of posting another."""


@dataclass(slots=True)
class _Shown:
    at: datetime
    channel_id: int
    what: Hashable
    nonce: str
    message_id: int | None = None
    """None: on its way, or Discord did not say that it arrived."""


class Showing:
    """Remembers, in memory and without people, what was shown where in the last minutes."""

    def __init__(self) -> None:
        self._shown: list[_Shown] = []
        self.turns = Turns()

    def find(self, channel_id: int, what: Hashable, now: datetime) -> _Shown | None:
        """Give what is remembered of a card in a channel."""
        self._shown = [one for one in self._shown if timedelta(0) <= now - one.at < SAME_CARD_AGAIN]
        return next((one for one in self._shown if (one.channel_id, one.what) == (channel_id, what)), None)

    def begin(self, channel_id: int, what: Hashable, now: datetime, *, is_gone: bool = False) -> _Shown:
        """Note that a card is being shown, before anything is awaited. Refused: too many were shown just now.

        ``is_gone``: the one shown before was deleted, so Discord must not give that one again.
        """
        most, span = IN_A_CHANNEL
        if sum(one.channel_id == channel_id and now - one.at < span for one in self._shown) >= most:
            raise Refused("Several cards have just been posted here.", "Please wait a minute, then try again.")
        nonce = secrets.token_hex(10) if is_gone else shared_nonce(channel_id, what, now)
        shown = _Shown(now, channel_id, what, nonce)
        self._shown.append(shown)
        return shown

    def forget(self, shown: _Shown) -> None:
        """Take back the note of a card that is not there."""
        self._shown = [one for one in self._shown if one is not shown]


def shared_nonce(channel_id: int, what: Hashable, now: datetime) -> str:
    """Give the nonce that every process gives a card in a channel for a while: pressed in two of them, Discord posts it once."""
    while_it_lasts = int(now.timestamp() // SAME_CARD_AGAIN.total_seconds())
    return blake2b(repr((channel_id, what, while_it_lasts)).encode(), digest_size=10).hexdigest()


async def show_to_everyone(
    interaction: discord.Interaction[Any], card: Card, *, showing: Showing, what: Hashable, now: datetime
) -> None:
    """Post a card in the channel where it was asked for. Refused: it may not or cannot be posted there, or is there already."""
    channel = _channel(interaction)
    async with showing.turns.of((channel.id, what)):
        held, is_gone = showing.find(channel.id, what, now), False
        if held is not None and held.message_id is not None:
            if await _is_there(channel, held.message_id):
                raise Refused("This card was posted here a few minutes ago.", "Scroll up a little to find it.")
            showing.forget(held)
            held, is_gone = None, True
        if held is not None and now - held.at >= NONCE_TRUSTED:
            showing.forget(held)
            held = None
        shown = held or showing.begin(channel.id, what, now, is_gone=is_gone)
        try:
            shown.message_id = await _post(channel, card, shown.nonce)
            interaction.client.services.writes.happened()
        except BaseException as error:
            if not isinstance(error, MaybeShown):
                showing.forget(shown)
            raise


async def _post(channel: discord.abc.MessageableChannel, card: Card, nonce: str) -> int:
    for pause in (*PAUSES, None):
        try:
            posted = await channel.send(view=card.view(), nonce=nonce, allowed_mentions=discord.AllowedMentions.none())
        except discord.Forbidden:
            raise Refused(
                "Postbag isn't allowed to post in this channel.",
                "Ask an organiser to check its permissions, or try another channel.",
            ) from None
        except DISCORD_FAULTS as fault:
            if may_help_again(fault) and pause is not None:
                await asyncio.sleep(wait_before(fault, pause))
                continue
            if surely_not_done(fault):
                raise Unavailable("Discord didn't accept the message.", "Please try again in a minute.") from None
            raise MaybeShown(
                "Discord didn't say whether it posted the card.",
                "Look in this channel. If it isn't there, press again.",
            ) from None
        return posted.id
    raise AssertionError


async def _is_there(channel: discord.abc.MessageableChannel, message_id: int) -> bool:
    """Tell whether a card still stands where it was shown. Where nobody can tell, it does."""
    try:
        await channel.fetch_message(message_id)
    except DISCORD_FAULTS as fault:
        return code_of(fault) != UNKNOWN_MESSAGE
    return True


def _channel(interaction: discord.Interaction[Any]) -> discord.abc.MessageableChannel:
    channel = interaction.channel
    if group_of(interaction) is None or channel is None:
        raise Refused(
            "Postbag can only show cards in a server it has been added to.",
            "Here you can copy the text, or share a link to its source.",
        )
    thread = isinstance(channel, discord.Thread)
    name = "send_messages_in_threads" if thread else "send_messages"
    if not getattr(interaction.permissions, name):
        raise Refused("You can't post in this channel, so Postbag won't post for you.", "Try it in another channel.")
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
            f"Postbag can't post here. It's missing {' and '.join(missing)}.",
            "Ask an organiser to allow that in this channel's settings, or try another channel.",
        )
    if not isinstance(channel, discord.abc.Messageable):
        raise Refused("Postbag can't post in this kind of channel.", "Try it in a text channel.")
    return channel
