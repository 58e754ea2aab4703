"""Who joins a plan privately: a first message shows that Postbag can write to them, and they may leave again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.clock import Clock, london_today
from bot.domain.actions import (
    Action,
)
from bot.domain.errors import Refused
from bot.domain.identity import ActionId, GuildId, PersonId
from bot.services.action_posts import ActionPosts
from bot.services.action_writing import ActionWriter
from bot.services.ports.actions import ActionStore
from bot.services.ports.groups import GuildStore

COUNTED_BY = 5
"""Organisers are told how many joined in steps of so many, so that one who comes or goes is not seen."""


class ActionJoining:
    """Let people join a group's plans and leave them. ``person_for`` makes a person known, ``find_person`` looks for one."""

    def __init__(
        self,
        store: ActionStore,
        guilds: GuildStore,
        posts: ActionPosts,
        writer: ActionWriter,
        clock: Clock,
        wake: Callable[[], None],
        *,
        person_for: Callable[[Any], Awaitable[PersonId]],
        find_person: Callable[[Any], Awaitable[PersonId | None]],
    ) -> None:
        self._store = store
        self._guilds = guilds
        self._posts = posts
        self._writer = writer
        self._clock = clock
        self._wake = wake
        self._person_for = person_for
        self._find_person = find_person

    async def join(self, guild_id: GuildId, action_id: ActionId, user_id: Any) -> tuple[Action, bool]:
        """Let a person join privately: a first message proves that Postbag can write to them. False: they had joined."""
        action = await self._writer.get(guild_id, action_id)
        state = action.state(london_today(self._clock))
        if not state.is_planned:
            raise Refused(f"This plan is {state.value}, so it has no more steps.", "Ask an organiser what's next.")
        person_id = await self._person_for(user_id)
        settings = await self._guilds.get(guild_id)
        now = self._clock.now()
        welcome = self._posts.welcome(action, settings)
        joined = await self._store.join(action, person_id, (welcome, *self._posts.private(action, settings)), now)
        self._wake()
        return action, joined

    async def leave(self, action_id: ActionId, user_id: Any) -> bool:
        """Let a person go. False: they had not joined."""
        person_id = await self._find_person(user_id)
        action = await self._store.any(action_id)
        if person_id is None or action is None:
            return False
        return await self._store.leave(action, person_id, self._clock.now())

    async def joined(self, action_id: ActionId, user_id: Any) -> Action | None:
        """Give an action to a person who joined it, or None."""
        person_id = await self._find_person(user_id)
        if person_id is None or not await self._store.has_joined(action_id, person_id):
            return None
        return await self._store.any(action_id)

    async def shown_count(self, action: Action) -> int:
        """Give how many joined a plan, for its organisers: in steps of five, counted once a day; 0 in a group at risk."""
        today = london_today(self._clock)
        if not action.state(today).is_planned or (await self._guilds.get(action.guild_id)).high_risk:
            return 0
        return await self._store.count_joined(action.action_id, today, COUNTED_BY)
