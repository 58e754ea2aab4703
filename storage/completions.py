"""What was read of Parliament's record to complete the reports held, and when a look for it last found nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence, Set
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.completions import Completion, as_text, complete, from_text
from bot.domain.errors import Refused
from bot.domain.identity import ReportSlug
from bot.domain.reports import Report
from storage.database import Database
from storage.installation_facts import Facts, insert_for
from storage.schema import kept

log = logging.getLogger(__name__)

DONE, TRIED = "completed ", "looked to complete "
UNDONE, UNTOLD, ASIDE = "undone by hand ", "to be told as completed ", "set aside with its choices "


class Completions:
    """Completions among the small facts of the installation: one value each, so that each is there whole or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts = Facts(database)

    async def all(self) -> Mapping[ReportSlug, Completion]:
        """Give the completions that are kept, by report."""
        return await self._kept_under(DONE)

    async def set_aside(self) -> Mapping[ReportSlug, Completion]:
        """Give those that were undone and hold choices that a person made: they come back with the next completion."""
        return await self._kept_under(ASIDE)

    async def _kept_under(self, mark: str) -> Mapping[ReportSlug, Completion]:
        async with self._database.reading() as connection:
            texts = await read_completions(connection, mark)
        found: dict[ReportSlug, Completion] = {}
        for slug, text in texts.items():
            try:
                found[slug] = from_text(text)
            except Refused:
                log.info("what was read to complete a report is of another version and is left out")
        return found

    async def put(self, completion: Completion) -> None:
        """Keep a completion, in place of one that was set aside."""
        await self._facts.put(DONE + completion.slug, as_text(completion))
        await self._unmark(ASIDE, (completion.slug,))

    async def drop(self, slugs: Sequence[str]) -> int:
        """Take completions away, all at once, and mark them as undone by hand. Gives how many there were.

        Those with choices that a person made are set aside, so that no choice has to be made twice.
        """
        mark = insert_for(self._database, kept).on_conflict_do_nothing()
        chosen = {slug: found for slug, found in (await self.all()).items() if slug in slugs and found.decisions}
        async with self._database.writing() as connection:
            await connection.execute(delete(kept).where(kept.c.name.in_([UNTOLD + slug for slug in slugs])))
            gone = await connection.execute(delete(kept).where(kept.c.name.in_([DONE + slug for slug in slugs])))
            await connection.execute(delete(kept).where(kept.c.name.in_([ASIDE + slug for slug in chosen])))
            for chosen_slug, found in chosen.items():
                await connection.execute(mark.values(name=ASIDE + chosen_slug, value=as_text(found)))
            for slug in slugs:
                await connection.execute(mark.values(name=UNDONE + slug, value=""))
            return gone.rowcount

    async def undone(self) -> Set[str]:
        """Name the reports whose completion somebody undid: no look fills those in again by itself."""
        return await self._marked(UNDONE)

    async def allow(self, slugs: Sequence[str]) -> None:
        """Lift the mark that a completion was undone by hand."""
        await self._unmark(UNDONE, slugs)

    async def untold(self) -> Set[str]:
        """Name the reports that were completed and whose followers may not have been told."""
        return await self._marked(UNTOLD)

    async def note_untold(self, slug: str) -> None:
        await self._facts.put(UNTOLD + slug, "")

    async def note_told(self, slug: str) -> None:
        await self._unmark(UNTOLD, (slug,))

    async def _marked(self, mark: str) -> Set[str]:
        async with self._database.reading() as connection:
            names = await connection.scalars(select(kept.c.name).where(kept.c.name.like(f"{mark}%")))
            return {name.removeprefix(mark) for name in names}

    async def _unmark(self, mark: str, slugs: Sequence[str]) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(kept).where(kept.c.name.in_([mark + slug for slug in slugs])))

    async def tried_on(self, slug: str) -> date | None:
        """Say when a look last found nothing to complete a report with."""
        written = await self._facts.get(TRIED + slug)
        return date.fromisoformat(written) if written else None

    async def note_try(self, slug: str, on: date) -> None:
        await self._facts.put(TRIED + slug, on.isoformat())


async def read_completions(connection: AsyncConnection, mark: str = DONE) -> Mapping[ReportSlug, str]:
    """Give the completions as they are written, by report."""
    rows = await connection.execute(select(kept.c.name, kept.c.value).where(kept.c.name.like(f"{mark}%")))
    return {ReportSlug(name.removeprefix(mark)): value for name, value in rows}


class Completing:
    """Lays completions over reports, each once for as long as neither changes."""

    def __init__(self) -> None:
        self._known: dict[ReportSlug, tuple[Report, str, Report]] = {}

    @property
    def misfits(self) -> Set[ReportSlug]:
        """Name the reports that what was read did not fit when they were last laid over each other."""
        return {slug for slug, (report, _, after) in self._known.items() if after is report}

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
            log.info(
                "what was read of the record does not fit the report held any more, and is left out: it is read again"
            )
            after = report
        self._known[report.slug] = (report, text, after)
        return after
