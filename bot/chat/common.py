"""What many commands and presses need, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.identity import PersonId, UserId

if TYPE_CHECKING:
    from bot.chat.client import Interaction


async def person_of(interaction: Interaction) -> PersonId:
    """Give the person who is at work, known from now on by a row of their own."""
    return await interaction.client.services.people.person_for(UserId(interaction.user.id))
