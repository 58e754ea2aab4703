"""News of the House for organisers: once for each refresh that brought some, and to groups that are set up alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from bot.clock import LONDON, Clock
from bot.domain.errors import Refused
from bot.domain.identity import GuildId
from bot.domain.reminders import Reminder
from bot.domain.reports import long_date
from bot.services.ports.groups import GuildStore
from bot.services.ports.members import MemberNews, MemberStore

log = logging.getLogger(__name__)

NEWS_USE = timedelta(days=14)
TEMPLATE = "members-changed"


class Notices(Protocol):
    """What is asked of the words to organisers."""

    async def plan(self, guild_id: GuildId, template: str, fields: dict[str, object]) -> Reminder: ...


class MemberNewsService:
    """Tell organisers what changed in the House: in the notice channel or privately, never in the group's own channel.

    A group at risk is only told that there is news, which `/admin health` shows.
    """

    def __init__(
        self,
        store: MemberStore,
        guilds: GuildStore,
        notices: Notices,
        clock: Clock,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._wake = wake
        self._store = store
        self._guilds = guilds
        self._notices = notices
        self._clock = clock

    async def latest(self) -> MemberNews | None:
        """Give what changed last, while it is of use."""
        news = await self._store.news()
        return news if news is not None and self._clock.now() - news.as_of <= NEWS_USE else None

    async def tell(self) -> int:
        """Tell the groups that have not been told yet. Gives their number. A group nobody set up is passed over."""
        news = await self.latest()
        if news is None:
            return 0
        count = 0
        day = long_date(news.as_of.astimezone(LONDON).date())
        for settings in await self._guilds.everyone():
            if settings.guild_id in news.told or settings.channel_id is None:
                continue
            try:
                lines = [] if settings.high_risk else list(news.lines)
                word = await self._notices.plan(settings.guild_id, TEMPLATE, {"day": day, "lines": lines})
            except Refused:
                continue
            count += await self._store.tell(news, settings.guild_id, word, self._clock.now())
        if count:
            self._wake()
            log.info("news of the House was planned for %d groups", count)
        return count
