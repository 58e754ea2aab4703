"""Which processes share a PostgreSQL database, and which of them does what only one may do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.changes import Kind
from bot.domain.errors import Unavailable
from bot.domain.processes import LEASE, SILENT_FOR, LiveProcess, Standing, is_agreed
from storage.changes import announce
from storage.database import Database
from storage.installation_facts import insert_for
from storage.schema import Instant, leases, processes

NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) AS now").columns(now=Instant)
"""The server's own time: processes on several machines need not agree on theirs."""

CHORES = "what one process does for all"
COMMANDS = "sending commands to Discord"
SIGNS = "signs of life"

NOBODY = ""
"""The holder of a lease that was given back, or that nobody has: it only keeps two things apart."""


class Processes:
    """The ``processes`` and ``leases`` tables, for one process. On SQLite there is no other, and nothing is written."""

    def __init__(self, database: Database, version: str) -> None:
        self._database = database
        self._version = version
        self._joined: datetime | None = None
        self._counted: datetime | None = None
        self.name = secrets.token_hex(6)
        self.is_shared = database.dialect == "postgresql"

    async def beat(self, started_at: datetime, shards: str = "") -> Standing:
        """Say that this process lives, take or keep what one does for all, and see who else is there.

        Whoever was silent for too long is struck off the list; what it did for all is then free. One that comes, or comes back, is
        told to the others. Each sign of life says that this process keeps to the list which the one before it brought back: so
        whoever calls this acts on a list before it asks for the next.
        """
        if not self.is_shared:
            return Standing(leads=True, live=())
        async with self._database.writing(asked_for=False) as connection:
            await self._database.one_at_a_time(connection, SIGNS)
            now: datetime = (await connection.execute(NOW)).scalar_one()
            silent = delete(processes).where(processes.c.seen_at < now - SILENT_FOR).returning(processes.c.process)
            gone = set((await connection.execute(silent)).scalars()) - {self.name}
            known = await connection.execute(select(processes.c.process).where(processes.c.process == self.name))
            is_new = known.first() is None
            # One that is new sends nothing before the others have counted it: it keeps to any list.
            counted = now if is_new or self._counted is None else self._counted
            mine = {"seen_at": now, "shards": shards, "counted_at": counted}
            put = insert_for(self._database, processes).values(
                process=self.name, started_at=started_at, version=self._version, **mine
            )
            await connection.execute(put.on_conflict_do_update(index_elements=["process"], set_=mine))
            await self._take(connection, CHORES, now, LEASE)
            lease = (await connection.execute(select(leases).where(leases.c.name == CHORES))).one()
            rows = (await connection.execute(select(processes).order_by(processes.c.started_at))).all()
            if is_new:
                await announce(connection, self._database.origin, Kind.PROCESSES)
        if is_new or self._joined is None:
            self._joined = now
        live = tuple(
            LiveProcess(
                row.started_at,
                row.seen_at,
                row.version,
                row.shards,
                row.process == lease.holder,
                row.process == self.name,
                row.counted_at,
            )
            for row in rows
        )
        self._counted = now
        return Standing(lease.holder == self.name, live, len(gone), is_agreed(live, self._joined), lease.generation)

    async def take(self, name: str, lasts: timedelta) -> bool:
        """Take what one process does at a time, for so long. False: another has it."""
        if not self.is_shared:
            return True
        async with self._database.writing(asked_for=False) as connection:
            now: datetime = (await connection.execute(NOW)).scalar_one()
            return await self._take(connection, name, now, lasts)

    async def begin_apart(self, name: str, apart: timedelta) -> bool:
        """Begin what may begin once in so long, in whichever process, and in this one too. False: it is too soon."""
        if not self.is_shared:
            return True
        async with self._database.writing(asked_for=False) as connection:
            now: datetime = (await connection.execute(NOW)).scalar_one()
            put = insert_for(self._database, leases).values(name=name, holder=NOBODY, until=now + apart)
            begun = put.on_conflict_do_update(
                index_elements=["name"], set_={"until": now + apart}, where=leases.c.until <= now
            )
            return (await connection.execute(begun.returning(leases.c.holder))).first() is not None

    async def _take(self, connection: AsyncConnection, name: str, now: datetime, lasts: timedelta) -> bool:
        put = insert_for(self._database, leases).values(name=name, holder=self.name, until=now + lasts)
        is_mine = leases.c.holder == self.name
        generation = case((is_mine, leases.c.generation), else_=leases.c.generation + 1)
        taken = put.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": self.name, "until": now + lasts, "generation": generation},
            where=(leases.c.until <= now) | is_mine,
        )
        return (await connection.execute(taken.returning(leases.c.holder))).first() is not None

    @contextmanager
    def under_lease(self, generation: int) -> Iterator[None]:
        """Store what is written within only while this process still has, in this generation, what one does for all.

        It is asked in each transaction, as its last statement, and nobody can take it over until that is committed. So a process
        that was frozen and wakes up stores nothing of what another does by now.
        """
        if not self.is_shared:
            yield
            return
        mine = select(leases.c.name).where(
            leases.c.name == CHORES, leases.c.holder == self.name, leases.c.generation == generation
        )

        async def require_lease(connection: AsyncConnection) -> None:
            if (await connection.execute(mine.with_for_update(read=True))).first() is None:
                raise Unavailable(
                    "Another Postbag process is doing this now.", "Nothing was changed here: it carries on there."
                )

        with self._database.only_while(require_lease):
            yield

    async def let_go(self, name: str) -> None:
        """Give back what was taken."""
        if not self.is_shared:
            return
        async with self._database.writing(asked_for=False) as connection:
            await self._give_back(connection, leases.c.name == name)

    async def _give_back(self, connection: AsyncConnection, *which: object) -> None:
        """Let others take at once what this process has. The rows stay: generations only rise."""
        now: datetime = (await connection.execute(NOW)).scalar_one()
        mine = update(leases).where(leases.c.holder == self.name, *which)  # type: ignore[arg-type]
        await connection.execute(mine.values(holder=NOBODY, until=now))

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
                row.started_at,
                row.seen_at,
                row.version,
                row.shards,
                row.process == holder,
                row.process == self.name,
                row.counted_at,
            )
            for row in rows
        )

    async def turns(self) -> int:
        """Give how often what one does for all has changed hands: more than before means that a Postbag ran meanwhile."""
        if not self.is_shared:
            return 0
        async with self._database.reading() as connection:
            found = await connection.execute(select(leases.c.generation).where(leases.c.name == CHORES))
            return int(found.scalar_one_or_none() or 0)

    async def leave(self) -> None:
        """Strike this process off the list, so that what it did for all is taken over at once."""
        if not self.is_shared:
            return
        async with self._database.writing(asked_for=False) as connection:
            await self._database.one_at_a_time(connection, SIGNS)
            await self._give_back(connection)
            await connection.execute(delete(processes).where(processes.c.process == self.name))
            await announce(connection, self._database.origin, Kind.PROCESSES)
