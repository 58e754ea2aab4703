"""What was read of Parliament's record to complete the reports held, and when a look for it last found nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.completions import Completion, as_text, complete, from_text
from bot.domain.errors import Refused
from bot.domain.identity import ReportSlug
from bot.domain.reports import Report
from storage.database import Database
from storage.installation_facts import Facts
from storage.schema import kept

log = logging.getLogger(__name__)

DONE, TRIED = "completed ", "looked to complete "


class Completions:
    """Completions among the small facts of the installation: one value each, so that each is there whole or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts = Facts(database)

    async def all(self) -> Mapping[ReportSlug, Completion]:
        """Give the completions that are kept, by report."""
        async with self._database.reading() as connection:
            texts = await read_completions(connection)
        found: dict[ReportSlug, Completion] = {}
        for slug, text in texts.items():
            try:
                found[slug] = from_text(text)
            except Refused:
                log.info("what was read to complete a report is of another version and is left out")
        return found

    async def put(self, completion: Completion) -> None:
        await self._facts.put(DONE + completion.slug, as_text(completion))

    async def drop(self, slugs: Sequence[str]) -> int:
        """Take completions away, all at once. Gives how many there were; a look may read them again only when asked to."""
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(kept).where(kept.c.name.in_([DONE + slug for slug in slugs])))
            return gone.rowcount

    async def tried_on(self, slug: str) -> date | None:
        """Say when a look last found nothing to complete a report with."""
        written = await self._facts.get(TRIED + slug)
        return date.fromisoformat(written) if written else None

    async def note_try(self, slug: str, on: date) -> None:
        await self._facts.put(TRIED + slug, on.isoformat())


async def read_completions(connection: AsyncConnection) -> Mapping[ReportSlug, str]:
    """Give the completions as they are written, by report."""
    rows = await connection.execute(select(kept.c.name, kept.c.value).where(kept.c.name.like(f"{DONE}%")))
    return {ReportSlug(name.removeprefix(DONE)): value for name, value in rows}


class Completing:
    """Lays completions over reports, each once for as long as neither changes."""

    def __init__(self) -> None:
        self._known: dict[ReportSlug, tuple[Report, str, Report]] = {}

    def fill_in(self, reports: Sequence[Report], texts: Mapping[ReportSlug, str]) -> tuple[Report, ...]:
        """Give the reports with what was read of the record filled in; one that no longer fits its report is left out."""
        return tuple(self._one(report, texts[report.slug]) if report.slug in texts else report for report in reports)

    def _one(self, report: Report, text: str) -> Report:
        known = self._known.get(report.slug)
        if known is not None and known[0] == report and known[1] == text:
            return known[2]
        try:
            after = complete(report, from_text(text)).report
        except Refused:
            log.info("what was read of the record does not fit the report held any more, and is left out")
            after = report
        self._known[report.slug] = (report, text, after)
        return after
