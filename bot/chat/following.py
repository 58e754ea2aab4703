"""What stands in Discord's own list of events follows what a group changed: tried again, since Discord limits how often one may change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.chat.faults import may_help_again, wait_before
from bot.domain.identity import GuildId

log = logging.getLogger(__name__)

FOLLOW_PAUSES = (20.0, 60.0, 180.0, 600.0)
"""Seconds before what did not follow is tried again; longer where Discord says so."""


class Follower:
    """Calls ``follow`` for a group that changed something, and again while the fault that it gives may pass.

    ``what`` names in the log whose events these are. A later change of the same group takes over from an earlier one: what is
    tried again is always as the group has it by then.
    """

    def __init__(self, what: str, follow: Callable[[GuildId], Awaitable[BaseException | None]]) -> None:
        self._what = what
        self._follow = follow
        self._changed: dict[GuildId, int] = {}

    async def changed(self, group: GuildId) -> None:
        """Let the group's events follow now, and later where that failed."""
        self._changed[group] = self._changed.get(group, 0) + 1
        change = self._changed[group]
        for pause in (*FOLLOW_PAUSES, None):
            failed = await self._follow(group)
            if failed is None or not may_help_again(failed):
                break
            if pause is None:
                log.info("what is in Discord's list did not follow a group's %s: %s", self._what, type(failed).__name__)
                break
            await asyncio.sleep(wait_before(failed, pause))
            if self._changed.get(group) != change:
                return  # a later change of this group tries now
        self._changed.pop(group, None)
