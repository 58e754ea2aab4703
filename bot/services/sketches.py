"""Whether a letter is nearly the same as another of its group, judged without keeping a word of either."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from bot.clock import Clock, london_today
from bot.domain.identity import GuildId
from bot.domain.own_words import pieces
from bot.domain.sketches import LEAST_PIECES, highest, sketch
from bot.services.ports.groups import GuildStore
from bot.services.ports.letters import SketchStore

MOST_COMPARED = 2000
AT_ONCE = 250
"""Sketches compared before other work of the event loop gets a turn."""

Hashes = Callable[[int, Iterable[str]], list[bytes]]
"""Hash texts with the secret key, for one group: 8 bytes each. Two groups' hashes of one text have nothing in common."""


class SketchService:
    """Compare finished drafts within a group and keep their sketches. Nothing of it for a group at risk."""

    def __init__(self, store: SketchStore, guilds: GuildStore, clock: Clock, hashes: Hashes) -> None:
        self._store = store
        self._guilds = guilds
        self._clock = clock
        self._hashes = hashes

    async def keep_finished(self, guild_id: GuildId | None, draft: str, text: str) -> float:
        """Give the highest score of a finished letter against others of its group, and keep its sketch.

        ``draft`` tells this draft from others, so that one finished twice is not compared with itself. 0 outside a group,
        in a group at risk, and for a letter too short to tell.
        """
        if guild_id is None or (await self._guilds.get(guild_id)).high_risk:
            return 0.0
        found = pieces(text)
        if len(found) < LEAST_PIECES:
            return 0.0
        mine = sketch(self._hashes(guild_id, found))
        # Hashed like a piece: what is stored of a draft leads back to no draft and no person.
        (name,) = self._hashes(guild_id, [f"draft {draft}"])
        today = london_today(self._clock)
        others = await self._store.sketches_of_others(guild_id, name, today, MOST_COMPARED)
        found_highest = 0.0
        for start in range(0, len(others), AT_ONCE):
            found_highest = max(found_highest, highest(mine, others[start : start + AT_ONCE]))
            await asyncio.sleep(0)
        await self._store.keep(guild_id, name, mine, today)
        return found_highest

    async def forget(self, guild_id: GuildId) -> None:
        """Delete the sketches of a group that is at risk now."""
        await self._store.forget(guild_id)

    async def tidy(self) -> int:
        """Delete sketches past their four weeks, and those of groups at risk. Gives their number."""
        count = await self._store.tidy(london_today(self._clock))
        for settings in await self._guilds.everyone():
            if settings.high_risk:
                count += await self._store.forget(settings.guild_id)
        return count
