"""Committees that groups look out for, what Parliament's record says of their reports, and who was told of which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import GuildId
from bot.domain.publications import Publication, Response
from bot.domain.reminders import Reminder
from bot.services.ports.reports import CommitteeFacts
from storage.database import Database
from storage.installation_facts import insert_for
from storage.reminders.rows import Sealer, reminder_values
from storage.schema import publication_news, publications, reminders, watched_committees


class Publications:
    """The tables ``watched_committees``, ``publications`` and ``publication_news``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def watch(self, guild_id: GuildId, committee: CommitteeFacts, now: datetime) -> bool:
        """Look out for a committee's new reports. False: the group did so already."""
        values = {
            "guild_id": guild_id,
            "committee_id": committee.committee_id,
            "name": committee.name,
            "house": committee.house,
            "since": now,
        }
        put = insert_for(self._database, watched_committees).values(**values).on_conflict_do_nothing()
        async with self._database.writing() as connection:
            made = await connection.execute(put.returning(watched_committees.c.guild_id))
            return made.first() is not None

    async def unwatch(self, guild_id: GuildId, committee_id: int) -> bool:
        """Look out no longer. False: the group did not."""
        async with self._database.writing() as connection:
            gone = await connection.execute(
                delete(watched_committees)
                .where(watched_committees.c.guild_id == guild_id, watched_committees.c.committee_id == committee_id)
                .returning(watched_committees.c.guild_id)
            )
            return gone.first() is not None

    async def watched(self, guild_id: GuildId) -> Sequence[CommitteeFacts]:
        """List the committees that a group looks out for, by name."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(watched_committees)
                .where(watched_committees.c.guild_id == guild_id)
                .order_by(watched_committees.c.name, watched_committees.c.committee_id)
            )
            return [CommitteeFacts(row.committee_id, row.name, row.house) for row in rows]

    async def watchers(self) -> Sequence[tuple[GuildId, int]]:
        """List every (group, committee) that is looked out for, by committee."""
        columns = (watched_committees.c.guild_id, watched_committees.c.committee_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(*columns).order_by(columns[1], columns[0]))
            return [(GuildId(row.guild_id), row.committee_id) for row in rows]

    async def all(self) -> Sequence[Publication]:
        """List everything that was read of Parliament's record, oldest first."""
        async with self._database.reading() as connection:
            return await read_publications(connection)

    async def save(self, found: Sequence[Publication]) -> None:
        """Store what was read, in place of what was known before."""
        if not found:
            return
        put = insert_for(self._database, publications)
        columns = {c.name: put.excluded[c.name] for c in publications.columns if not c.primary_key}
        put = put.on_conflict_do_update(index_elements=["publication_id"], set_=columns)
        async with self._database.writing() as connection:
            await connection.execute(put, [_values(publication) for publication in found])

    async def note_failure(self, publication_id: int, problem: str) -> None:
        """Keep why a look failed. What was known stays as it was."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(publications).where(publications.c.publication_id == publication_id).values(problem=problem)
            )

    async def tell(self, guild_id: GuildId, publication_id: int, word: Reminder | None, now: datetime) -> bool:
        """Note that a group knows of a publication, and plan the word that tells it, in one transaction. False: it knew.

        Without a word it is only noted: the group saw it on its screen.
        """
        put = (
            insert_for(self._database, publication_news)
            .values(guild_id=guild_id, publication_id=publication_id, told_at=now)
            .on_conflict_do_nothing()
            .returning(publication_news.c.guild_id)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(put)).first() is None:
                return False
            if word is not None:
                await connection.execute(insert(reminders), reminder_values(word, now, self._sealer))
        return True


async def read_publications(connection: AsyncConnection) -> Sequence[Publication]:
    """List the rows of ``publications``, oldest first."""
    rows = await connection.execute(
        select(publications).order_by(publications.c.published_on, publications.c.publication_id)
    )
    return [_publication(row) for row in rows]


def _values(found: Publication) -> dict[str, Any]:
    return {
        "publication_id": found.publication_id,
        "committee_id": found.committee_id,
        "committee": found.committee,
        "house": found.house,
        "title": found.title,
        "paper": found.paper,
        "published_on": found.published_on.isoformat(),
        "expected": int(found.expected),
        "due_on": found.due_on.isoformat() if found.due_on is not None else None,
        "url": found.url,
        **_response_values("response", found.response),
        **_response_values("maybe", found.maybe),
        "checked_at": found.checked_at,
        "problem": found.problem,
        "session": found.session,
        "ordinal": found.ordinal,
    }


def _response_values(name: str, found: Response | None) -> dict[str, Any]:
    return {
        f"{name}_id": found.publication_id if found is not None else None,
        f"{name}_on": found.on.isoformat() if found is not None else None,
        f"{name}_title": found.title if found is not None else "",
        f"{name}_url": found.url if found is not None else "",
    }


def _publication(row: Row[Any]) -> Publication:
    return Publication(
        publication_id=row.publication_id,
        committee_id=row.committee_id,
        committee=row.committee,
        house=row.house,
        title=row.title,
        paper=row.paper,
        published_on=date.fromisoformat(row.published_on),
        expected=bool(row.expected),
        due_on=date.fromisoformat(row.due_on) if row.due_on else None,
        url=row.url,
        response=_response(row, "response"),
        maybe=_response(row, "maybe"),
        checked_at=row.checked_at,
        problem=row.problem,
        session=row.session,
        ordinal=row.ordinal,
    )


def _response(row: Row[Any], name: str) -> Response | None:
    number = row._mapping[f"{name}_id"]
    if number is None:
        return None
    return Response(
        number,
        date.fromisoformat(row._mapping[f"{name}_on"]),
        row._mapping[f"{name}_title"],
        row._mapping[f"{name}_url"],
        is_letter=name == "maybe",
    )
