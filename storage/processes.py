"""Which processes share a PostgreSQL database, and which of them does what only one may do."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.processes import LEASE, SILENT_FOR, LiveProcess, Standing
from storage.database import Database
from storage.installation_facts import insert_for
from storage.schema import Instant, leases, processes

NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) AS now").columns(now=Instant)
"""The server's own time: processes on several machines need not agree on theirs."""

CHORES = "what one process does for all"
COMMANDS = "sending commands to Discord"


class Processes:
    """The ``processes`` and ``leases`` tables, for one process. On SQLite there is no other, and nothing is written."""

    def __init__(self, database: Database, version: str) -> None:
        self._database = database
        self._version = version
        self.name = secrets.token_hex(6)
        self.is_shared = database.dialect == "postgresql"

    async def beat(self, started_at: datetime, shards: str = "") -> Standing:
        """Say that this process lives, take or keep what one does for all, and see who else is there.

        Whoever was silent for too long is struck off the list; what it did for all is then free.
        """
        if not self.is_shared:
            return Standing(leads=True, live=())
        async with self._database.writing(asked_for=False) as connection:
            now: datetime = (await connection.execute(NOW)).scalar_one()
            mine = {"seen_at": now, "shards": shards}
            put = insert_for(self._database, processes).values(
                process=self.name, started_at=started_at, version=self._version, **mine
            )
            await connection.execute(put.on_conflict_do_update(index_elements=["process"], set_=mine))
            gone = await connection.execute(delete(processes).where(processes.c.seen_at < now - SILENT_FOR))
            await self._take(connection, CHORES, now, LEASE)
            holder = (
                await connection.execute(select(leases.c.holder).where(leases.c.name == CHORES))
            ).scalar_one_or_none()
            rows = (await connection.execute(select(processes).order_by(processes.c.started_at))).all()
        live = tuple(
            LiveProcess(
                row.started_at, row.seen_at, row.version, row.shards, row.process == holder, row.process == self.name
            )
            for row in rows
        )
        return Standing(leads=holder == self.name, live=live, gone=gone.rowcount)

    async def take(self, name: str, lasts: timedelta) -> bool:
        """Take what one process does at a time, for so long. False: another has it."""
        if not self.is_shared:
            return True
        async with self._database.writing(asked_for=False) as connection:
            now: datetime = (await connection.execute(NOW)).scalar_one()
            return await self._take(connection, name, now, lasts)

    async def _take(self, connection: AsyncConnection, name: str, now: datetime, lasts: timedelta) -> bool:
        put = insert_for(self._database, leases).values(name=name, holder=self.name, until=now + lasts)
        free = (leases.c.until < now) | (leases.c.holder == self.name)
        taken = put.on_conflict_do_update(
            index_elements=["name"], set_={"holder": self.name, "until": now + lasts}, where=free
        )
        return (await connection.execute(taken.returning(leases.c.holder))).first() is not None

    async def let_go(self, name: str) -> None:
        """Give back what was taken."""
        if not self.is_shared:
            return
        async with self._database.writing(asked_for=False) as connection:
            await connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == self.name))

    async def live(self) -> tuple[LiveProcess, ...]:
        """List the processes that are there, the oldest first; none on SQLite."""
        if not self.is_shared:
            return ()
        async with self._database.reading() as connection:
            now: datetime = (await connection.execute(NOW)).scalar_one()
            there = select(processes).where(processes.c.seen_at >= now - SILENT_FOR).order_by(processes.c.started_at)
            holder = (
                await connection.execute(select(leases.c.holder).where(leases.c.name == CHORES, leases.c.until >= now))
            ).scalar_one_or_none()
            rows = (await connection.execute(there)).all()
        return tuple(
            LiveProcess(
                row.started_at, row.seen_at, row.version, row.shards, row.process == holder, row.process == self.name
            )
            for row in rows
        )

    async def leave(self) -> None:
        """Strike this process off the list, so that what it did for all is taken over at once."""
        if not self.is_shared:
            return
        async with self._database.writing(asked_for=False) as connection:
            await connection.execute(delete(leases).where(leases.c.holder == self.name))
            await connection.execute(delete(processes).where(processes.c.process == self.name))
