"""What becomes of a group that the bot was removed from: held back at once, deleted after a while, whole again when it is invited back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from bot.clock import Clock
from bot.domain.errors import Unavailable
from bot.domain.identity import GuildId
from bot.domain.people import REMOVED_GUILD_KEPT
from bot.services.ports.groups import RemovedGroupStore

log = logging.getLogger(__name__)

KEPT_DAYS = REMOVED_GUILD_KEPT.days

ASK_AGAIN = (5.0, 30.0, 120.0, 300.0)
"""Seconds between the questions to Discord whether a server is there, where it does not answer."""

ASKED_WITHIN = timedelta(hours=20)
"""How long the deletion of a group waits for Discord's answer: until the next night."""


class DepartureService:
    """What becomes of a group when its server removes the bot, and when it invites it back.

    ``reread`` is called when what is held in memory of a group may have gone, ``let_go`` when what all groups share may hold
    what only this one wanted. ``is_in``, which the Discord client sets, asks Discord
    whether the bot is in a server, None where it does not say: an old word may be told again after a broken line, and of several
    processes one may hear late.
    """

    def __init__(
        self,
        store: RemovedGroupStore,
        clock: Clock,
        wake: Callable[[], None],
        reread: Callable[[GuildId], Awaitable[object]] | None = None,
        let_go: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._reread = reread
        self._let_go = let_go
        self.is_in: Callable[[GuildId], Awaitable[bool | None]] = _believed
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def left(self, guild_id: GuildId) -> None:
        """Send nothing more for a group. Its data goes after seven days, in the high-risk preset at once.

        It is held back first and Discord is asked then, so that an invitation which comes in between is not lost: it lifts what holds
        the group back, and what is not held back is not deleted.
        """
        goes_at_once = await self._store.mark_removed(guild_id, self._clock.now())
        if await self._is_there(guild_id):
            await self.joined(guild_id)
            log.info(
                "it was said that a server removed the bot, and Discord says that it is there: nothing was changed"
            )
        elif goes_at_once:
            await self._store.forget_removed(guild_id)
            if self._reread is not None:
                await self._reread(guild_id)
            log.info("a server removed the bot: its data was deleted")
        else:
            log.info("a server removed the bot: nothing is sent for it, and its data goes in %d days", KEPT_DAYS)
        if self._let_go is not None:
            await self._let_go()

    async def _is_there(self, guild_id: GuildId) -> bool:
        """Ask Discord until it answers, for some minutes. Where it does not, a group is held back and the night's work asks again."""
        for wait in (*ASK_AGAIN, None):
            seen = await self.is_in(guild_id)
            if seen is not None:
                return seen
            if wait is not None:
                await self.sleep(wait)
        raise Unavailable(
            "Discord did not say whether a server removed the bot.",
            "Postbag sends nothing there, and asks Discord again tonight.",
        )

    async def joined(self, guild_id: GuildId) -> None:
        """Go on where a group was left, if its data is still held."""
        if self._reread is not None:
            await self._reread(guild_id)
        if await self._store.restore(guild_id):
            log.info("a server invited the bot back: its reminders go on")
            self._wake()

    async def look_round(self, present: Collection[int], *, ours: Callable[[int], bool] = lambda _: True) -> None:
        """Learn at a new session what happened while the bot was off. Nothing is deleted on this word alone.

        ``ours`` tells whether a server comes to this process: of any other, that it is not present says nothing.
        """
        here, away = await self._store.present_and_removed()
        for guild_id in filter(ours, here - frozenset(present)):
            await self._store.mark_removed(GuildId(guild_id), self._clock.now())
        for guild_id in away & frozenset(present):
            await self.joined(GuildId(guild_id))

    async def tidy(self) -> int:
        """Delete the data of groups whose time is over and that Discord says the bot is not in; give the number of rows touched.

        Where Discord does not say, a group waits for the next night, and no longer.
        """
        now, touched = self._clock.now(), 0
        overdue = set(await self._store.whose_time_is_over(now - ASKED_WITHIN))
        for guild_id in await self._store.whose_time_is_over(now):
            seen = await self.is_in(guild_id)
            if seen:
                await self.joined(guild_id)
            elif seen is False or guild_id in overdue:
                touched += await self._store.forget_removed(guild_id)
        if self._let_go is not None:
            await self._let_go()
        return touched


async def _believed(_: GuildId) -> bool | None:
    """Take a server to be gone where there is nobody to ask, as in a command from a terminal."""
    return False
