"""Reports as their packs have them, for terminal jobs that need no database: nothing heavy is loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.errors import Unavailable
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.records import Overlay
from bot.domain.reports import Report
from bot.domain.shared_answers import ReadResponse
from bot.resources import packs_folder
from bot.search import RecommendationIndex
from bot.services.reports import ReportService
from storage.departments import read_departments
from storage.packs import load_packs
from storage.themes import read_themes

log = logging.getLogger(__name__)


class _PacksAlone:
    """Reports as their packs have them, for jobs that need no database: nobody follows anything."""

    def __init__(self, places: Sequence[Path], own: Sequence[Path]) -> None:
        self._places, self._own = places, own

    async def all(self) -> Sequence[Report]:
        held, problems = load_packs(self._places, self._own)
        for problem in problems:
            log.warning("a report pack was left out: %s", problem)
        return held

    async def overlays(self) -> Mapping[GuildId, Overlay]:
        return {}

    async def overlay(self, guild_id: GuildId) -> Overlay:
        return Overlay()

    async def responses_read(self) -> Mapping[ReportSlug, Sequence[ReadResponse]]:
        return {}

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        raise Unavailable("No database is open.", "Follow a report on Discord: /reports follow")

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool:
        return False

    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]:
        return ()

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]:
        return ()


async def reports_alone(settings: Settings) -> ReportService:
    """Give the reports that are held, without opening the database."""
    store = _PacksAlone((packs_folder(),), settings.pack_places)
    service = ReportService(store, SystemClock(), RecommendationIndex, read_departments(), read_themes())
    await service.load()
    return service
