"""What is needed of the settings of groups, of what organisers changed in them, and of groups that removed Postbag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.guilds import GuildSettings, WaitingChange
from bot.domain.identity import GuildId, PersonId


class GuildStore(Protocol):
    """Settings of groups."""

    async def get(self, guild_id: GuildId) -> GuildSettings:
        """Give a group's settings; defaults (revision 0) where none are stored."""
        ...

    async def save(self, settings: GuildSettings, now: datetime) -> GuildSettings:
        """Store settings whose ``revision`` is the stored one; give them with the next. Refused: somebody saved meanwhile."""
        ...

    async def ask(self, change: WaitingChange) -> bool:
        """Keep that an organiser wants a protection off. False: that was asked already."""
        ...

    async def drop(self, guild_id: GuildId, name: str) -> bool: ...
    async def waiting(self, guild_id: GuildId | None = None) -> Sequence[WaitingChange]:
        """List what waits in one group; or in every group that the bot is still in, the oldest first."""
        ...

    async def everyone(self) -> Sequence[GuildSettings]: ...


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change that an organiser made. ``by`` is None once that is forgotten."""

    number: int
    at: datetime
    what: str
    by: PersonId | None


class AuditStore(Protocol):
    """What organisers changed."""

    async def add(self, guild_id: GuildId, person_id: PersonId | None, what: Sequence[str], now: datetime) -> None: ...
    async def lines(self, guild_id: GuildId, *, before: int | None = None, limit: int = 10) -> Sequence[AuditLine]:
        """List a group's lines, newest first; ``before`` is the number of the line above them."""
        ...

    async def tidy(self, now: datetime) -> int: ...


class RemovedGroupStore(Protocol):
    """Groups whose server removed the bot."""

    async def mark_removed(self, guild_id: GuildId, now: datetime) -> bool:
        """Hold back everything of a group. True: its data is to go at once (high-risk, or it was never set up)."""
        ...

    async def restore(self, guild_id: GuildId) -> bool:
        """Take a group up again where it was left. False: it was not away."""
        ...

    async def present_and_removed(self) -> tuple[frozenset[int], frozenset[int]]:
        """Give the groups that are held as here, and those held as departed."""
        ...

    async def forget_removed(self, guild_id: GuildId) -> int:
        """Delete everything of a group that is held back, or was never set up. Gives the number of rows touched; of any other none."""
        ...

    async def whose_time_is_over(self, now: datetime) -> Sequence[GuildId]: ...
