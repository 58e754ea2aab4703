"""What is needed of the plans that storage keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.actions import Action
from bot.domain.identity import ActionId, DeadlineId, GroupEventId, GuildId, PersonId
from bot.domain.reminders import PlannedReminder


class ActionStore(Protocol):
    """Actions with their steps, the reminders that post them, and who joined: always changed together."""

    async def add(self, action: Action, now: datetime) -> Action: ...
    async def save(
        self,
        action: Action,
        now: datetime,
        *,
        public: Sequence[PlannedReminder] = (),
        private: Sequence[PlannedReminder] = (),
        news: PlannedReminder | None = None,
        private_news: PlannedReminder | None = None,
        same: bool = False,
    ) -> Action:
        """Store a changed action, and put its posts in place of those still to come. Refused: somebody saved meanwhile."""
        ...

    async def join(self, action: Action, person_id: PersonId, posts: Sequence[PlannedReminder], now: datetime) -> bool:
        """Let a person join, with the private posts that follow. False: they had joined."""
        ...

    async def leave(self, action: Action, person_id: PersonId, now: datetime) -> bool: ...
    async def has_joined(self, action_id: ActionId, person_id: PersonId) -> bool: ...
    async def count_joined(self, action_id: ActionId, today: date, step: int) -> int:
        """Give how many joined, in whole steps, as it was when it was first asked on a day."""
        ...

    async def get(self, guild_id: GuildId, action_id: ActionId) -> Action | None: ...
    async def any(self, action_id: ActionId) -> Action | None: ...
    async def of_guild(self, guild_id: GuildId) -> Sequence[Action]: ...
    async def last_planned(self, guild_id: GuildId) -> Action | None: ...
    async def on_deadline(self, deadline_id: DeadlineId) -> Sequence[Action]: ...
    async def on_group_event(self, group_event_id: GroupEventId) -> Sequence[Action]: ...
    async def worded_too_plainly(self) -> Sequence[ActionId]:
        """List the plans of groups at risk of which a post to come is still in words that name what it is about."""
        ...

    async def unarchived(self) -> Sequence[Action]: ...
    async def planned_days(self, action_id: ActionId) -> Mapping[str, date]:
        """Give the day of every step that was ever planned to be posted, by its key, those taken out since too."""
        ...

    async def posted(self, action_id: ActionId) -> int: ...
