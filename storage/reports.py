"""Postbag has: packs read once from their files, and which group follows which."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from bot.domain.errors import BrokenPack, Refused
from bot.domain.identity import GuildId, PersonId, ReportSlug
from bot.domain.publications import as_report, with_record
from bot.domain.records import Overlay, Record
from bot.domain.reports import Report
from bot.domain.shared_answers import ReadResponse
from storage.completions import Completing, read_completions
from storage.database import Database
from storage.installation_facts import insert_for
from storage.pack_rows import Problem
from storage.pack_writer import write_pack
from storage.packs import load_packs, parse_pack, shipped_packs
from storage.people import if_known
from storage.publications import read_publications
from storage.records import Records
from storage.schema import follows, imported_reports
from storage.shared_answers import SharedAnswers

log = logging.getLogger(__name__)

MOST_IMPORTED = 25
LARGEST_IMPORTED = 2_000_000
"""Reports of one group, and characters of one report: a hostile group cannot fill the memory of all."""


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
        self._records = Records(database)
        self._responses = SharedAnswers(database)
        self._also = tuple(also)
        self._places, self._extra = (packs or shipped_packs(),), tuple(extra)
        self._lock = asyncio.Lock()
        self._held: tuple[Report, ...] | None = None
        self._bare: tuple[Report, ...] = ()
        self._completing = Completing()
        self.problems: tuple[Problem, ...] = ()

    async def all(self) -> Sequence[Report]:
        """Give every report held, oldest first. The files are read once."""
        async with self._lock:
            if self._held is None:
                held, self.problems = await asyncio.to_thread(load_packs, self._places, self._extra)
                for problem in self.problems:
                    log.warning("a report pack was left out: %s", problem)
                self._held = (*held, *self._also)
        async with self._database.reading() as connection:
            known = {found.publication_id: found for found in await read_publications(connection)}
            read = await read_completions(connection)
            followed = {slug for (slug,) in await connection.execute(select(follows.c.report).distinct())}
        packed = [
            with_record(report, known[report.publication_id]) if report.publication_id in known else report
            for report in self._held
        ]
        of_packs = {report.publication_id for report in packed}
        bare = [
            as_report(found) for number, found in known.items() if found.slug in followed and number not in of_packs
        ]
        self._bare = tuple(packed)
        whole = await asyncio.to_thread(self._completing.fill_in, packed, read)
        return tuple(sorted((*whole, *bare), key=lambda r: (r.published_on, r.slug)))

    async def without_completions(self) -> Sequence[Report]:
        """Give the reports of packs as they are without what was read of Parliament's record to complete them."""
        await self.all()
        return self._bare

    async def misfits(self) -> Set[ReportSlug]:
        """Name the reports of packs that what was read to complete them no longer fits."""
        await self.all()
        return self._completing.misfits

    async def overlays(self) -> Mapping[GuildId, Overlay]:
        """Give what groups imported and recorded themselves, confirmed. A group that has nothing is left out."""
        imported = await self._imported()
        told: dict[GuildId, list[Record]] = {}
        for record in await self._records.confirmed():
            told.setdefault(record.guild_id, []).append(record)
        return {
            guild: Overlay(tuple(imported.get(guild, ())), tuple(told.get(guild, ())))
            for guild in imported.keys() | told.keys()
        }

    async def overlay(self, guild_id: GuildId) -> Overlay:
        """Give what one group imported and recorded itself, confirmed; maybe nothing."""
        imported = await self._imported(imported_reports.c.guild_id == guild_id)
        return Overlay(tuple(imported.get(guild_id, ())), tuple(await self._records.confirmed(guild_id)))

    async def responses_read(self) -> Mapping[ReportSlug, Sequence[ReadResponse]]:
        return await self._responses.all()

    async def _imported(self, *where: ColumnElement[bool]) -> Mapping[GuildId, Sequence[Report]]:
        chosen = select(imported_reports).where(*where).order_by(imported_reports.c.created_at)
        async with self._database.reading() as connection:
            rows = list(await connection.execute(chosen))
            if not rows:
                return {}
            known = {found.publication_id: found for found in await read_publications(connection)}
        found: dict[GuildId, list[Report]] = {}
        for guild_id, report in await asyncio.to_thread(lambda: [(row.guild_id, self._report_of(row)) for row in rows]):
            if report is not None:
                record = known.get(report.publication_id or 0)
                found.setdefault(guild_id, []).append(with_record(report, record) if record is not None else report)
        return found

    async def keep_imported(self, guild_id: GuildId, report: Report, person_id: PersonId, now: datetime) -> bool:
        """Keep a report for one group alone, in place of an earlier one of that name. False: it was new.

        Refused: the group has as many as one may. BrokenPack: the report breaks the rules of a pack.
        """
        pack = write_pack(report)
        parse_pack(pack.encode(), f"{report.slug}.toml")
        if len(pack) > LARGEST_IMPORTED:
            raise Refused("This report is too long to save.", "Import fewer pages of it at a time.")
        key = (imported_reports.c.guild_id == guild_id, imported_reports.c.report == report.slug)
        values = {"pack": pack, "updated_at": now, "person_id": if_known()}
        async with self._database.writing() as connection:
            known = {"known_person": person_id}
            replaced = await connection.execute(update(imported_reports).where(*key).values(**values), known)
            if replaced.rowcount:
                return True
            count = select(func.count()).where(imported_reports.c.guild_id == guild_id)
            if (await connection.execute(count)).scalar_one() >= MOST_IMPORTED:
                raise Refused(
                    f"Your group has imported {MOST_IMPORTED} reports, which is the most one group can.",
                    "Ask whoever runs this Postbag to import it for everybody.",
                )
            made = values | {"guild_id": guild_id, "report": report.slug, "created_at": now}
            await connection.execute(insert(imported_reports).values(**made), known)
        return False

    def _report_of(self, row: Row[Any]) -> Report | None:
        try:
            return parse_pack(row.pack.encode(), f"{row.report}.toml")
        except BrokenPack as broken:
            log.warning("an imported report was left out: %s", broken.problems[0].message)
            return None

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
