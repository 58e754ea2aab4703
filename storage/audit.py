"""What organisers changed: one line for each change, the group's own, with who made it for as long as that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, insert, select, update

from bot.domain.identity import GuildId, PersonId
from bot.domain.people import LEDGER_KEPT, LEDGER_PEOPLE_KEPT
from bot.services.ports.groups import AuditLine
from storage.database import Database
from storage.people import if_known
from storage.schema import audit


class Audit:
    """The ``audit`` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, guild_id: GuildId, person_id: PersonId | None, what: Sequence[str], now: datetime) -> None:
        """Add lines about changes that one organiser made."""
        put = insert(audit).values(person_id=if_known())
        async with self._database.writing() as connection:
            for line in what:
                await connection.execute(put.values(guild_id=guild_id, at=now, what=line), {"known_person": person_id})

    async def lines(self, guild_id: GuildId, *, before: int | None = None, limit: int = 10) -> Sequence[AuditLine]:
        """List a group's lines, newest first; ``before`` is the number of the line above them."""
        where = audit.c.guild_id == guild_id
        if before is not None:
            where = and_(where, audit.c.id < before)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(audit).where(where).order_by(audit.c.id.desc()).limit(limit))
            return [AuditLine(row.id, row.at, row.what, row.person_id) for row in rows]

    async def tidy(self, now: datetime) -> int:
        """Delete lines of more than 400 days, and forget after 30 who made a change. Gives the number of rows touched."""
        old = delete(audit).where(audit.c.at < now - LEDGER_KEPT)
        named = (audit.c.person_id.is_not(None), audit.c.at < now - LEDGER_PEOPLE_KEPT)
        unnamed = update(audit).where(*named).values(person_id=None)
        async with self._database.writing() as connection:
            return (await connection.execute(old)).rowcount + (await connection.execute(unnamed)).rowcount
