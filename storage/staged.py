"""Drafts of reports and answers that wait for an organiser's word, for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from bot.domain.errors import Refused
from bot.domain.identity import GuildId
from bot.domain.staged import Staged, read, write_staged
from storage.database import Database
from storage.schema import report_drafts

STAGED_KEPT = timedelta(hours=24)
MOST_OF_A_GROUP = 10
LARGEST = 2_000_000


class StagedDrafts:
    """The table ``report_drafts``. Every question names the group."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, staged: Staged, now: datetime) -> Staged:
        """Keep a draft for a day; the group's oldest gives way. Refused: it is far too long."""
        content = _fitting(staged)
        mine = report_drafts.c.guild_id == staged.guild_id
        async with self._database.writing() as connection:
            await connection.execute(delete(report_drafts).where(report_drafts.c.created_at < now - STAGED_KEPT))
            made = await connection.execute(
                insert(report_drafts)
                .values(guild_id=staged.guild_id, kind=staged.kind, content=content, created_at=now)
                .returning(report_drafts.c.id)
            )
            staged = replace(staged, staged_id=made.scalar_one())
            if (await connection.execute(select(func.count()).where(mine))).scalar_one() > MOST_OF_A_GROUP:
                kept = select(report_drafts.c.id).where(mine).order_by(report_drafts.c.id.desc()).limit(MOST_OF_A_GROUP)
                await connection.execute(delete(report_drafts).where(mine, report_drafts.c.id.not_in(kept)))
        return staged

    async def get(self, guild_id: GuildId, staged_id: int, now: datetime) -> Staged | None:
        """Give a draft of a group that is not older than a day."""
        wanted = select(report_drafts).where(
            report_drafts.c.guild_id == guild_id,
            report_drafts.c.id == staged_id,
            report_drafts.c.created_at >= now - STAGED_KEPT,
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return _staged_of(row) if row is not None else None

    async def open(self, guild_id: GuildId, now: datetime) -> list[Staged]:
        """List a group's drafts that are not older than a day, newest first."""
        wanted = (
            select(report_drafts)
            .where(report_drafts.c.guild_id == guild_id, report_drafts.c.created_at >= now - STAGED_KEPT)
            .order_by(report_drafts.c.id.desc())
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return [staged for row in rows if (staged := _staged_of(row)) is not None]

    async def save(self, staged: Staged) -> None:
        """Keep what was said about a draft meanwhile."""
        content = _fitting(staged)
        wanted = (report_drafts.c.guild_id == staged.guild_id, report_drafts.c.id == staged.staged_id)
        async with self._database.writing() as connection:
            await connection.execute(update(report_drafts).where(*wanted).values(content=content))

    async def drop(self, guild_id: GuildId, staged_id: int) -> bool:
        """Throw a draft away. False: it is not there any more."""
        wanted = (report_drafts.c.guild_id == guild_id, report_drafts.c.id == staged_id)
        async with self._database.writing() as connection:
            return bool((await connection.execute(delete(report_drafts).where(*wanted))).rowcount)

    async def tidy(self, now: datetime) -> int:
        """Throw away the drafts of more than a day. Gives their number."""
        async with self._database.writing() as connection:
            old = delete(report_drafts).where(report_drafts.c.created_at < now - STAGED_KEPT)
            return (await connection.execute(old)).rowcount


def _staged_of(row: Row[Any]) -> Staged | None:
    try:
        return read(row.id, row.guild_id, row.kind, row.content)
    except (ValueError, KeyError, TypeError):
        return None


def _fitting(staged: Staged) -> str:
    content = write_staged(staged)
    if len(content) > LARGEST:
        raise Refused("Those pages are far longer than any report.", "Give only the pages with the list.")
    return content
