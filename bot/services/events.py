"""What follows when something happens to a group: one table of events and handlers, filled by the composition root.

A service says that something happened, and does not know who follows. So no service needs one that is made after it, and whoever
wants to know what a change sets off reads one table.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum, auto
from functools import partial

from bot.domain.identity import GuildId

log = logging.getLogger(__name__)

Handler = Callable[[GuildId], Awaitable[object]]


class Event(Enum):
    """What may happen to a group."""

    AT_RISK = auto()
    """An organiser said that somebody in it could be targeted: what was kept or worded otherwise goes."""
    SETTINGS_CHANGED = auto()
    """A setting by which reminders are planned is another one."""
    REMOVED_OR_BACK = auto()
    """Its server removed the bot and its data has gone, or invited the bot back."""


class Events:
    """Hand what happened to those who follow, in the table's order. One that fails keeps none of the others from it."""

    def __init__(self) -> None:
        self._table: dict[Event, Sequence[Handler]] = {}

    def when(self, table: Mapping[Event, Sequence[Handler]]) -> None:
        """Say who follows what. ValueError: an event is missing, so that nobody would notice it."""
        missing = set(Event) - set(table)
        if missing:
            raise ValueError(f"nothing follows {', '.join(sorted(event.name for event in missing))}")
        self._table = dict(table)

    async def happened(self, event: Event, guild_id: GuildId) -> None:
        """Let follow what follows. What one raised is raised when all have had their turn: the first, where several did."""
        failed: Exception | None = None
        for handler in self._table[event]:
            try:
                await handler(guild_id)
            except Exception as error:
                if failed is not None:
                    log.exception("what follows %s failed too", event.name)
                failed = failed or error
        if failed is not None:
            raise failed

    def teller(self, event: Event) -> Handler:
        """Give a service the way to say that one thing happened, before the table is filled."""
        return partial(self.happened, event)
