"""A database that was put back from a copy knows that it is one, however it was put there: each copy carries its mark."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, insert, select, update

from bot.domain.people import BACKUP_KEPT
from bot.domain.restored import Restored
from storage.database import Database
from storage.people import People
from storage.schema import deliveries, kept, people

log = logging.getLogger(__name__)

COPY_MADE = "copy made"
"""In a copy alone: when it was made. Where a database in use has it, that database was put back."""

RESTORED = "restored"
SETTLED_AFTER = timedelta(days=3)
"""When what was doubtful after an earlier restore surely has gone out, or was listed."""

FORGOTTEN_KEPT = BACKUP_KEPT + timedelta(days=1)


class Forgotten:
    """A file beside the database that keeps, for as long as copies, the keyed hashes of people who asked to be forgotten.

    It is not part of the database, so that putting back a copy does not bring them back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, lookup: bytes, now: datetime) -> None:
        """Keep a hash. What cannot be written is logged: it holds nobody's wish up."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="ascii") as file:
                file.write(f"{now.astimezone(UTC).isoformat()} {lookup.hex()}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            log.error("who was forgotten could not be kept beside the database; a copy put back would hold them again")

    def since(self, when: datetime) -> list[bytes]:
        return [lookup for at, lookup in self._read() if at >= when]

    def tidy(self, now: datetime) -> None:
        """Let go of what no copy holds any more."""
        held = self._read()
        left = [(at, lookup) for at, lookup in held if at >= now - FORGOTTEN_KEPT]
        if len(left) == len(held):
            return
        unfinished = self._path.with_name(f"{self._path.name}.new")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(f"{at.isoformat()} {lookup.hex()}\n" for at, lookup in left)
        unfinished.replace(self._path)

    def _read(self) -> list[tuple[datetime, bytes]]:
        found = []
        with suppress(FileNotFoundError):
            for line in self._path.read_text(encoding="ascii", errors="replace").splitlines():
                at, _, lookup = line.partition(" ")
                with suppress(ValueError):
                    found.append((datetime.fromisoformat(at), bytes.fromhex(lookup)))
        return found


def mark_as_copy(file: Path, made: datetime) -> None:
    """Write into a copy when it was made. A database of strange tables stays as it is."""
    with closing(sqlite3.connect(file)) as connection, suppress(sqlite3.OperationalError):
        connection.execute("INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", (COPY_MADE, made.isoformat()))
        connection.commit()


def made_at(file: Path) -> datetime | None:
    """Read when a copy was made. None: it does not say."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        try:
            row = connection.execute("SELECT value FROM kept WHERE name = ?", (COPY_MADE,)).fetchone()
        except sqlite3.DatabaseError:
            return None
    return datetime.fromisoformat(row[0]) if row else None


async def settle(database: Database, held: People, forgotten: Forgotten, now: datetime) -> Restored | None:
    """Take a copy that was put back into use: what was on its way is looked for, who was forgotten since is forgotten.

    Gives what is known of the last time that a copy was put back; None: never.
    """
    async with database.reading() as connection:
        facts = {
            row.name: row.value
            for row in await connection.execute(select(kept).where(kept.c.name.in_((COPY_MADE, RESTORED))))
        }
    before = _read(facts.get(RESTORED))
    if COPY_MADE not in facts:
        return before
    copied_at = datetime.fromisoformat(facts[COPY_MADE])
    since = copied_at
    if before is not None and copied_at - before.restored_at < SETTLED_AFTER:
        since = min(since, before.copied_at)
    restored = Restored(since, max(now, copied_at))
    async with database.reading() as connection:
        hashes = forgotten.since(copied_at)
        back = (await connection.execute(select(people.c.id).where(people.c.lookup.in_(hashes)))).scalars().all()
    for person_id in back:
        await held.forget(person_id, now)
    async with database.writing() as connection:
        # Whether the last run went on with these is not known here: so they count as tried, and are looked for first.
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.state.in_(("sending", "waiting")))
            .values(attempted_at=func.coalesce(deliveries.c.attempted_at, deliveries.c.created_at))
        )
        await connection.execute(delete(kept).where(kept.c.name.in_((COPY_MADE, RESTORED))))
        value = f"{restored.copied_at.isoformat()} {restored.restored_at.isoformat()}"
        await connection.execute(insert(kept).values(name=RESTORED, value=value))
    log.warning(
        "this database was put back from a copy of %s: what fell due since is looked for before it is sent, and %d people "
        "who asked to be forgotten since are forgotten again",
        f"{copied_at:%Y-%m-%d %H:%M} UTC",
        len(back),
    )
    return restored


def _read(value: str | None) -> Restored | None:
    if value is None:
        return None
    copied_at, _, restored_at = value.partition(" ")
    return Restored(datetime.fromisoformat(copied_at), datetime.fromisoformat(restored_at))
