"""Reports held: packs read once from their files, and which group follows which."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

from bot.domain.identity import GuildId, ReportSlug
from bot.domain.publications import as_report, with_record
from bot.domain.reports import Report
from storage.database import Database
from storage.kept import insert_for
from storage.pack_rows import Problem
from storage.packs import load_packs, shipped_packs
from storage.publications import read_publications
from storage.schema import follows

log = logging.getLogger(__name__)


class Reports:
    """The reports of the shipped packs and of ``extra`` places (pack files, or folders of them); ``also`` are held beside them.

    What Parliament's record says of a report's response is added to it. A publication that a group follows is held as a
    report without recommendations until a pack of it is. A broken pack is left out and its problems are kept in
    ``problems``, so that one bad file does not hide the others.
    """

    def __init__(
        self, database: Database, *, packs: Path | None = None, extra: Sequence[Path] = (), also: Sequence[Report] = ()
    ) -> None:
        self._database = database
        self._also = tuple(also)
        self._places = (packs or shipped_packs(), *extra)
        self._lock = asyncio.Lock()
        self._held: tuple[Report, ...] | None = None
        self.problems: tuple[Problem, ...] = ()

    async def all(self) -> Sequence[Report]:
        """Give every report held, oldest first. The files are read once."""
        async with self._lock:
            if self._held is None:
                held, self.problems = await asyncio.to_thread(load_packs, self._places)
                for problem in self.problems:
                    log.warning("a report pack was left out: %s", problem)
                self._held = (*held, *self._also)
        async with self._database.reading() as connection:
            known = {found.publication_id: found for found in await read_publications(connection)}
            followed = {slug for (slug,) in await connection.execute(select(follows.c.report).distinct())}
        packed = [
            with_record(report, known[report.publication_id]) if report.publication_id in known else report
            for report in self._held
        ]
        of_packs = {report.publication_id for report in packed}
        bare = [
            as_report(found) for number, found in known.items() if found.slug in followed and number not in of_packs
        ]
        return tuple(sorted((*packed, *bare), key=lambda r: (r.published_on, r.slug)))

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        """Follow a report. False: it was followed already."""
        async with self._database.writing() as connection:
            result = await connection.execute(
                insert_for(self._database, follows)
                .values(guild_id=guild_id, report=report, since=now)
                .on_conflict_do_nothing()
                .returning(follows.c.guild_id)
            )
            return result.first() is not None

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool:
        """Stop following a report. False: it was not followed."""
        async with self._database.writing() as connection:
            result = await connection.execute(
                delete(follows)
                .where(follows.c.guild_id == guild_id, follows.c.report == report)
                .returning(follows.c.guild_id)
            )
            return result.first() is not None

    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]:
        """List the reports a group follows, in the order in which it began."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(follows.c.report)
                .where(follows.c.guild_id == guild_id)
                .order_by(follows.c.since, follows.c.report)
            )
            return [ReportSlug(slug) for (slug,) in rows]

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]:
        """List the groups that follow a report."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(follows.c.guild_id).where(follows.c.report == report).order_by(follows.c.since)
            )
            return [GuildId(guild) for (guild,) in rows]
