"""What is needed of what is kept of letters: follow-ups, counts and sketches of drafts. The letters themselves are not kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.counts import Care, Figures, Reported
from bot.domain.follow_ups import FollowUp
from bot.domain.identity import FollowUpId, GuildId, PersonId
from bot.domain.reminders import PlannedReminder


class FollowUpStore(Protocol):
    """Letters that people say they sent, each with its checks, which are reminders. Each method is one transaction."""

    async def add(self, letter: FollowUp, checks: Sequence[PlannedReminder], now: datetime) -> FollowUp:
        """Store a letter with its checks; give it with its id. One told of twice is given as it is."""
        ...

    async def save(self, letter: FollowUp, checks: Sequence[PlannedReminder], now: datetime) -> bool:
        """Store a changed letter and put its checks in place of those not asked yet. False: it has gone."""
        ...

    async def remove(self, letter: FollowUp, now: datetime) -> bool: ...
    async def get(self, follow_up_id: FollowUpId, person_id: PersonId) -> FollowUp | None: ...
    async def of_person(self, person_id: PersonId) -> Sequence[FollowUp]: ...
    async def with_questions(self) -> Sequence[FollowUp]:
        """List the letters, of everybody, whose question is followed."""
        ...

    async def missed_letters(self, person_id: PersonId) -> Sequence[FollowUp]:
        """List a person's letters of which a check could not be delivered."""
        ...

    async def put(self, follow_up_id: FollowUpId) -> None:
        """Note that an undelivered check was put to its person at a visit instead."""
        ...

    async def tidy(self, today: date) -> int: ...


class CountStore(Protocol):
    """Counts of a group's letters, released in batches."""

    async def released(
        self,
        guild_id: GuildId,
        care: Care,
        now: datetime,
        count: Callable[[Sequence[Reported], Care, datetime], Figures],
    ) -> Figures | None:
        """Give what is released, releasing anew where it is time and enough people reported something new. None: nothing is."""
        ...


class SketchStore(Protocol):
    """Sketches of a group's drafts: no text, no author, four weeks."""

    async def sketches_of_others(self, guild_id: GuildId, draft: bytes, today: date, most: int) -> Sequence[bytes]: ...
    async def keep(self, guild_id: GuildId, draft: bytes, pieces: bytes, today: date) -> None: ...
    async def forget(self, guild_id: GuildId) -> int: ...
    async def tidy(self, today: date) -> int: ...
