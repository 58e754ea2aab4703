"""People: the only table with a Discord user id, encrypted; what is held about a person, and forgetting them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    LargeBinary,
    Row,
    ScalarSelect,
    Table,
    bindparam,
    case,
    delete,
    exists,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.changes import Kind
from bot.domain.errors import PostbagError, Refused, Unavailable
from bot.domain.identity import PersonId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import ReminderKind
from storage.changes import announce
from storage.database import Database
from storage.installation_facts import insert_for
from storage.reminders.rows import keep_groups_words
from storage.schema import deliveries, kept, metadata, people, reminders

log = logging.getLogger(__name__)

# A row of a person is made a moment before what refers to it: a fresh one is not tidied away from under that.
UNUSED_AFTER = timedelta(days=1)
FORGOTTEN_FACT = "people forgotten"
"""How often somebody asked to be forgotten, where processes tell each other of it."""

UNREADABLE = "(encrypted with another key)"


class Sealer(Protocol):
    """What is asked of ``bot.sealing``."""

    def seal(self, plain: bytes) -> bytes: ...
    def open(self, sealed: bytes) -> bytes: ...
    def lookup(self, user_id: int) -> bytes: ...


def if_known() -> ScalarSelect[int]:
    """Give the person id bound as ``known_person``, or NULL where that person was forgotten meanwhile."""
    return select(people.c.id).where(people.c.id == bindparam("known_person")).scalar_subquery()


def references() -> tuple[Column[Any], ...]:
    """List every column, of every table, that refers to a person."""
    return tuple(
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.column is people.c.id for key in column.foreign_keys)
    )


class People:
    """The ``people`` table, and every column that refers to it. ``remember`` is told of whoever is forgotten."""

    def __init__(
        self, database: Database, sealer: Sealer, remember: Callable[[UserId, datetime], None] | None = None
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._remember = remember
        self._find = select(people.c.id).where(people.c.lookup == bindparam("wanted"))
        self._sealed = select(people.c.sealed_user_id).where(people.c.id == bindparam("wanted"))
        self._insert = insert_for(database, people).on_conflict_do_nothing().returning(people.c.id)

    async def person(self, user_id: UserId, now: datetime) -> PersonId:
        """Give the person id of a user, creating it."""
        found = await self.find(user_id)
        if found is not None:
            return found
        lookup = self._sealer.lookup(user_id)
        row = {"lookup": lookup, "sealed_user_id": self._sealer.seal(str(user_id).encode()), "created_at": now}
        async with self._database.writing(asked_for=False) as connection:
            made = (await connection.execute(self._insert, row)).scalar_one_or_none()
            if made is None:
                made = (await connection.execute(self._find, {"wanted": lookup})).scalar_one()
        return PersonId(made)

    async def find(self, user_id: UserId) -> PersonId | None:
        """Give the person id of a user, where there is one."""
        async with self._database.reading() as connection:
            found = await connection.execute(self._find, {"wanted": self._sealer.lookup(user_id)})
            person_id: PersonId | None = found.scalar_one_or_none()
        return person_id

    async def user_id(self, person_id: PersonId) -> UserId | None:
        """Give the Discord user id of a person, where they are still known."""
        async with self._database.reading() as connection:
            sealed = (await connection.execute(self._sealed, {"wanted": person_id})).scalar_one_or_none()
        return UserId(int(self._sealer.open(sealed))) if sealed is not None else None

    async def held(self, person_id: PersonId) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """List every row that refers to a person, by table: readable columns only, sealed ones opened. Empty tables are left out."""
        found: dict[str, list[Mapping[str, object]]] = {}
        async with self._database.reading(snapshot=True) as connection:
            for column in (people.c.id, *references()):
                table = _table(column)
                rows = await connection.execute(select(table).where(column == person_id).order_by(*table.primary_key))
                for row in rows:
                    found.setdefault(table.name, []).append(self._readable(table, row))
        return found

    def _readable(self, table: Table, row: Row[Any]) -> Mapping[str, object]:
        shown: dict[str, object] = {}
        of_a_group = _is_a_groups_word(table, row)
        for column in table.columns:
            value = row._mapping[column]
            if of_a_group and column.name.startswith("sealed_"):
                continue
            if not isinstance(column.type, LargeBinary):
                names = any(key.column is people.c.id for key in column.foreign_keys)
                if not names and column.name not in ("person_id", "token"):
                    shown[column.name] = value
            elif value is not None and column.name.startswith("sealed_"):
                shown[column.name.removeprefix("sealed_")] = self._plain_value(column.name, value)
        return shown

    def _plain_value(self, name: str, sealed: bytes) -> str:
        try:
            plain = self._sealer.open(sealed)
            return OutgoingMessage.from_bytes(plain).text if name == "sealed_message" else plain.decode()
        except (Refused, ValueError, KeyError):
            return UNREADABLE

    async def forget(self, person_id: PersonId, now: datetime) -> int:
        """Delete or unlink every row of a person, and the person, in one transaction. Gives the number of rows touched.

        What was theirs alone is deleted; a message on its way to them is stopped and emptied; what is the group's stays
        without them. Unavailable: they are forgotten, but that cannot be noted beside the database for copies put back.
        """
        touched = 0
        failed: PostbagError | None = None
        if self._remember is not None:
            try:
                user_id = await self.user_id(person_id)
                if user_id is not None:
                    await asyncio.to_thread(self._remember, user_id, now)
            except PostbagError as error:
                failed = error
                log.error("somebody asked to be forgotten, and that could not be noted: %s", error.message)
        async with self._database.writing() as connection:
            touched += await keep_groups_words(connection, person_id, now)
            for column in references():
                table = _table(column)
                if any(key.ondelete == "CASCADE" for key in column.foreign_keys):
                    done = await connection.execute(delete(table).where(column == person_id))
                else:
                    change = update(table).where(column == person_id).values({column.name: null()})
                    done = await connection.execute(change.values(**EMPTIED.get(table.name, {})))
                touched += done.rowcount
            touched += (await connection.execute(delete(people).where(people.c.id == person_id))).rowcount
        await self._database.forget_log()
        if failed is not None:
            raise Unavailable(
                "Postbag has erased everything it kept about you, but couldn't record that it did.",
                "If whoever runs this Postbag restores a backup this week, use /privacy forget-me again.",
            )
        return touched

    def hash_of(self, user_id: UserId) -> str:
        """Give the keyed hash of a user as text."""
        return self._sealer.lookup(user_id).hex()

    async def tell_forgotten(self, user_id: UserId) -> int:
        """Tell other processes by a keyed hash who is forgotten. Gives the number of this word; on SQLite there is nobody to tell.

        What is stored is how many there were, so that whoever could not listen meanwhile sees that it missed one.
        """
        if self._database.dialect == "sqlite":
            return 0
        async with self._database.writing(asked_for=False) as connection:
            await self._database.one_at_a_time(connection, FORGOTTEN_FACT)
            number = await _words_so_far(connection) + 1
            put = insert_for(self._database, kept).values(name=FORGOTTEN_FACT, value=str(number))
            await connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"value": str(number)}))
            told = f"{number}:{self.hash_of(user_id)}"
            await announce(connection, self._database.origin, Kind.FORGOTTEN, told)
        return number

    async def forgotten_so_far(self) -> int:
        """Give the number of the last word that somebody is forgotten."""
        if self._database.dialect == "sqlite":
            return 0
        async with self._database.reading() as connection:
            return await _words_so_far(connection)

    async def tidy(self, now: datetime) -> int:
        """Delete people whom nothing refers to any more. Gives their number."""
        unused = delete(people).where(
            people.c.created_at < now - UNUSED_AFTER,
            *(~exists().where(column == people.c.id) for column in references()),
        )
        async with self._database.writing() as connection:
            return (await connection.execute(unused)).rowcount


async def _words_so_far(connection: AsyncConnection) -> int:
    found = await connection.execute(select(kept.c.value).where(kept.c.name == FORGOTTEN_FACT))
    return int(found.scalar_one_or_none() or 0)


def _is_a_groups_word(table: Table, row: Row[Any]) -> bool:
    """Tell whether a row is a word to the organisers of a group, on its way to one of them: it is not about them.

    Whoever no longer organises must not read it in what is held about them.
    """
    if table is reminders:
        return bool(row._mapping[reminders.c.kind] == ReminderKind.NOTICE.value)
    return table is deliveries and row._mapping[deliveries.c.guild_id] is not None


def _table(column: Column[Any]) -> Table:
    table = column.table
    assert isinstance(table, Table)
    return table


EMPTIED: Mapping[str, Mapping[str, object]] = {
    "deliveries": {
        "state": case((deliveries.c.state.in_(("sending", "waiting")), "cancelled"), else_=deliveries.c.state),
        "sealed_message": null(),
        "digest": "",
        "channel_id": null(),
        "message_id": null(),
        "token": null(),
        "lease_until": null(),
        "retry_at": null(),
    },
}
"""What else goes from a row that stays behind when its person is forgotten."""
