"""What is needed of the deadlines that storage keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.deadlines import Deadline, Recorded
from bot.domain.identity import DeadlineId, GuildId, ReportSlug
from bot.domain.reminders import PlannedReminder


class DeadlineStore(Protocol):
    """A group's deadlines."""

    async def add(self, deadline: Deadline, reminders: Sequence[PlannedReminder], now: datetime) -> Deadline:
        """Store a new deadline with its ladder in one transaction; give it with its id."""
        ...

    async def save(
        self,
        deadline: Deadline,
        reminders: Sequence[PlannedReminder],
        now: datetime,
        *,
        own: bool = True,
        same: bool = False,
    ) -> tuple[Deadline, int]:
        """Store a changed deadline and put ``reminders`` in place of those still to come, in one transaction.

        ``same``: only the reminders are planned again, so that the revision stays.

        Gives the deadline with its new revision, and how many reminders were being sent at that moment. Refused:
        somebody saved meanwhile.
        """
        ...

    async def recorded(self, guild_id: GuildId, deadline_id: DeadlineId) -> Sequence[Recorded]:
        """List what was recorded of a deadline, by whom and when, oldest first."""
        ...

    async def get(self, guild_id: GuildId, deadline_id: DeadlineId) -> Deadline | None: ...
    async def of_guild(self, guild_id: GuildId) -> Sequence[Deadline]: ...
    async def of_report(self, guild_id: GuildId, report: ReportSlug) -> Deadline | None: ...
    async def everyone(self) -> Sequence[Deadline]:
        """List every deadline that is neither answered, withdrawn nor lapsed, of every group."""
        ...
