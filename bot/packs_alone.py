"""Reports as their packs have them, completed where that was done, for terminal jobs: nothing heavy is loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.completions import complete, from_text
from bot.domain.errors import Refused, Unavailable
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.records import Overlay
from bot.domain.reports import Report
from bot.domain.shared_answers import ReadResponse
from bot.domain.shared_answers import from_text as responses_from_text
from bot.resources import packs_folder
from bot.search import RecommendationIndex
from bot.services.reports import ReportService
from storage.departments import read_departments
from storage.packs import load_packs
from storage.read_alone import ANSWERED, COMPLETED, facts_alone, of_report
from storage.themes import read_themes

log = logging.getLogger(__name__)


class _PacksAlone:
    """Reports as their packs have them, with what was read of Parliament's record: nobody follows anything."""

    def __init__(self, places: Sequence[Path], own: Sequence[Path], facts: Mapping[str, str]) -> None:
        self._places, self._own, self._facts = places, own, facts

    async def all(self) -> Sequence[Report]:
        held, problems = load_packs(self._places, self._own)
        for problem in problems:
            log.warning("a report pack was left out: %s", problem)
        read = of_report(self._facts, COMPLETED)
        return [_filled_in(report, read[report.slug]) if report.slug in read else report for report in held]

    async def overlays(self) -> Mapping[GuildId, Overlay]:
        return {}

    async def overlay(self, guild_id: GuildId) -> Overlay:
        return Overlay()

    async def responses_read(self) -> Mapping[ReportSlug, Sequence[ReadResponse]]:
        found: dict[ReportSlug, Sequence[ReadResponse]] = {}
        for slug, text in of_report(self._facts, ANSWERED).items():
            with suppress(Refused):  # written by another version
                found[ReportSlug(slug)] = responses_from_text(text)
        return found

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        raise Unavailable("No database is open.", "Follow a report on Discord: /reports follow")

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool:
        return False

    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]:
        return ()

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]:
        return ()


async def reports_alone(settings: Settings, *, packs_only: bool = False) -> ReportService:
    """Give the reports that are held, with what was read of Parliament's record; ``packs_only``: without it."""
    facts = {} if packs_only else await facts_alone(settings.database_url, settings.database_file)
    store = _PacksAlone((packs_folder(),), settings.pack_places, facts)
    service = ReportService(store, SystemClock(), RecommendationIndex, read_departments(), read_themes())
    await service.load()
    return service


def _filled_in(report: Report, text: str) -> Report:
    try:
        return complete(report, from_text(text)).report
    except Refused:  # of another version, or it no longer fits the pack: a running Postbag reads it again
        return report
