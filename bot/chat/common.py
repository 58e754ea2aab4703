"""What many commands and presses need, once: who is at work, the number in a control, the parts of a message, another cog."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from discord.ext import commands

from bot.chat.interaction import Interaction
from bot.clock import london_today
from bot.domain.errors import NotFound
from bot.domain.identity import PersonId, UserId

if TYPE_CHECKING:
    from bot.chat.client import PostbagClient


async def person_of(interaction: Interaction) -> PersonId:
    """Give the person who is at work, known from now on by a row of their own."""
    return await interaction.client.services.people.person_for(UserId(interaction.user.id))


DIGITS = 18
"""More than any row has, and what the database takes for certain: SQLite's whole numbers have 63 bits."""

C = TypeVar("C", bound=commands.Cog)


class DatedCog(commands.Cog):
    """A cog whose commands and presses need London's day."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def today(self) -> date:
        return london_today(self.client.services.clock)


def number_in(text: str, missing: str, next_step: str) -> int:
    """Read the number of a row from a control or an option. NotFound, in the words given: it is none, or longer than any."""
    if not text.isdecimal() or len(text) > DIGITS:
        raise NotFound(missing, next_step)
    return int(text)


def parts_of(components: Any) -> Iterator[Any]:
    """Walk the components of a message, and those within them, from top to bottom."""
    for component in components or ():
        yield component
        yield from parts_of(getattr(component, "children", ()))


def cog_of(client: commands.Bot, kind: type[C]) -> C:
    """Give the cog of a kind, for a command that belongs to one noun and is answered by another."""
    found = client.get_cog(kind.__cog_name__)
    assert isinstance(found, kind)
    return found
