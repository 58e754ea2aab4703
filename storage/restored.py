"""A database that was put back from a copy knows that it is one, however it was put there: each copy carries its mark."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, insert, select, update

from bot.domain.errors import PostbagError
from bot.domain.identity import PersonId
from bot.domain.restored import Restored
from storage.database import Database
from storage.forgotten import Forgotten, Listed
from storage.people import People
from storage.schema import deliveries, kept, people

log = logging.getLogger(__name__)

COPY_MADE = "copy made"
"""In a copy alone: when it was made. Where a database in use has it, that database was put back."""

RESTORED = "restored"
SETTLED_AFTER = timedelta(days=3)
"""When what was doubtful after an earlier restore surely has gone out, or was listed."""


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

    Gives what is known of the last time that a copy was put back; None: never. Refused: the list of who was forgotten cannot be read.
    """
    async with database.reading() as connection:
        facts = {
            row.name: row.value
            for row in await connection.execute(select(kept).where(kept.c.name.in_((COPY_MADE, RESTORED))))
        }
    before = _read(facts.get(RESTORED))
    if COPY_MADE not in facts:
        if before is not None:  # another machine put it to use, and knew only whom it forgot itself
            await _forget_again(database, held, forgotten.since(before.copied_at), before.copied_at, now)
        return before
    copied_at = datetime.fromisoformat(facts[COPY_MADE])
    since = copied_at
    if before is not None and copied_at - before.restored_at < SETTLED_AFTER:
        since = min(since, before.copied_at)
    listed = forgotten.since(copied_at)
    back, unread = await _forget_again(database, held, listed, copied_at, now)
    restored = Restored(since, max(now, copied_at), unread, listed.is_there)
    async with database.writing() as connection:
        # Whether the last run went on with these is not known here: so they count as tried, and are looked for first.
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.state.in_(("sending", "waiting")))
            .values(attempted_at=func.coalesce(deliveries.c.attempted_at, deliveries.c.created_at))
        )
        await connection.execute(delete(kept).where(kept.c.name.in_((COPY_MADE, RESTORED))))
        value = f"{restored.copied_at.isoformat()} {restored.restored_at.isoformat()} {unread} {int(listed.is_there)}"
        await connection.execute(insert(kept).values(name=RESTORED, value=value))
    log.warning(
        "this database was put back from a copy of %s: what fell due since is looked for before it is sent, and %d people "
        "who asked to be forgotten since are forgotten again",
        f"{copied_at:%Y-%m-%d %H:%M} UTC",
        back,
    )
    if not listed.is_there:
        log.error("there is no list of who asked to be forgotten since that copy, so nobody could be forgotten again")
    elif unread:
        log.error("%d entries of the list of who asked to be forgotten could not be tried on that copy", unread)
    return restored


async def _forget_again(
    database: Database, held: People, listed: Listed, copied_at: datetime, now: datetime
) -> tuple[int, int]:
    """Forget whoever is on the list and was in the copy. Gives how many, and how many could not be tried."""
    if not listed.hashes:
        return 0, listed.unread
    async with database.reading() as connection:
        chosen = select(people.c.id).where(people.c.created_at <= copied_at)
        there = [PersonId(one) for one in (await connection.execute(chosen)).scalars()]
    found, unread, failed = 0, listed.unread, None
    for person_id in there:
        try:
            user_id = await held.user_id(person_id)
        except PostbagError:
            unread += 1  # sealed with another key than this database's
            continue
        if user_id is not None and listed.has(user_id):
            found += 1
            try:
                await held.forget(person_id, now)
            except PostbagError as error:  # forgotten, and not noted: the others are forgotten first
                failed = error
    if failed is not None:
        raise failed
    return found, unread


def _read(value: str | None) -> Restored | None:
    if value is None:
        return None
    copied_at, restored_at, unread, is_there = value.split(" ")
    return Restored(
        datetime.fromisoformat(copied_at), datetime.fromisoformat(restored_at), int(unread), is_there == "1"
    )
