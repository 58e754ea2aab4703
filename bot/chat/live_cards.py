"""One live card for each thing: it is edited in place, and an earlier card of it loses its buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import TYPE_CHECKING

from bot.chat.answers import message_of, retire
from bot.chat.ui import Card

if TYPE_CHECKING:
    from bot.chat.client import Interaction

WITHIN = 14 * 60
"""Seconds in which Discord lets us edit a private card."""

MOST = 500


class LiveCards:
    """Remember which private card of a thing a person was shown last. Held in memory, for as long as it can be edited."""

    def __init__(self) -> None:
        self._shown: dict[Hashable, tuple[Interaction, float]] = {}

    async def shown(self, interaction: Interaction, thing: Hashable) -> None:
        """Note the card that was just shown, and take the buttons off the one before, if that is another message."""
        key, now = (interaction.user.id, thing), asyncio.get_running_loop().time()
        before = self._shown.pop(key, None)
        self._shown[key] = (interaction, now)
        while len(self._shown) > MOST:
            del self._shown[next(iter(self._shown))]
        if before is None or now - before[1] > WITHIN or None in (message_of(before[0]), message_of(interaction)):
            return
        if message_of(before[0]) != message_of(interaction):
            await retire(before[0], Card(accent=None).small("There's a newer version of this card below.").view())
