"""The directory of Members: every seat with its holder, replaced as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Refused
from bot.domain.identity import GuildId
from bot.domain.members import Constituency, Directory, Member, MemberRole
from bot.domain.reminders import Reminder
from bot.services.ports.members import MemberNews
from storage.database import Database
from storage.installation_facts import insert_for
from storage.reminders.rows import Sealer, reminder_values
from storage.schema import constituencies, kept, reminders, staged_pages

KEPT = "directory of Members"
NEWS = "news of Members"


class Members:
    """The ``constituencies`` table; its day and source are one row of ``kept``."""

    def __init__(self, database: Database, sealer: Sealer | None = None) -> None:
        self._database = database
        self._sealer = sealer

    async def load(self) -> Directory:
        """Give the directory as it was last stored, seats by name; an empty one before that."""
        async with self._database.reading(snapshot=True) as connection:
            return await _read(connection)

    async def replace(self, directory: Directory, news: Callable[[Directory], Sequence[str]] = lambda _: ()) -> None:
        """Put a directory in place of the stored one, in one transaction. Refused: it says no day.

        ``news`` is given the stored one and says what is new. It is read where it is replaced: what this process knew may be
        older than what another has stored meanwhile, and its news would be told a second time.
        """
        if directory.as_of is None:
            raise Refused("A list of Members needs its date.", "Fetch it again.")
        about = json.dumps(
            {"as_of": directory.as_of.isoformat(), "source": directory.source, "invented": directory.invented},
            ensure_ascii=False,
        )
        async with self._database.writing() as connection:
            await self._database.one_at_a_time(connection, KEPT)
            found = tuple(news(await _read(connection)))
            await connection.execute(delete(constituencies))
            if directory.constituencies:
                await connection.execute(insert(constituencies), [_row(seat) for seat in directory.constituencies])
            await self._put(connection, KEPT, about)
            if found:
                await self._put(connection, NEWS, _news_text(MemberNews(directory.as_of, found)))

    async def news(self) -> MemberNews | None:
        """Give the news that was last stored, told or not."""
        async with self._database.reading() as connection:
            found = (await connection.execute(select(kept.c.value).where(kept.c.name == NEWS))).scalar_one_or_none()
        return _news(found) if found is not None else None

    async def tell(self, news: MemberNews, guild_id: GuildId, word: Reminder, now: datetime) -> bool:
        """Plan the word that tells a group, and note that it was told, in one transaction. False: it was told already."""
        async with self._database.writing() as connection:
            await self._database.one_at_a_time(connection, KEPT)
            found = (await connection.execute(select(kept.c.value).where(kept.c.name == NEWS))).scalar_one_or_none()
            held = _news(found) if found is not None else None
            if held is None or held.as_of != news.as_of or guild_id in held.told:
                return False
            await self._put(connection, NEWS, _news_text(replace(held, told=(*held.told, guild_id))))
            await connection.execute(insert(reminders), reminder_values(word, now, self._sealer))
        return True

    async def _put(self, connection: AsyncConnection, name: str, value: str) -> None:
        put = insert_for(self._database, kept).values(name=name, value=value)
        await connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def _read(connection: AsyncConnection) -> Directory:
    about = (await connection.execute(select(kept.c.value).where(kept.c.name == KEPT))).scalar_one_or_none()
    rows = (await connection.execute(select(constituencies).order_by(constituencies.c.name))).mappings().all()
    if about is None:
        return Directory()
    said = json.loads(about)
    return Directory(
        constituencies=tuple(_seat(row) for row in rows),
        as_of=datetime.fromisoformat(said["as_of"]),
        source=said["source"],
        invented=said["invented"],
    )


class StagedPages:
    """The ``staged_pages`` table: pages of a list that is being fetched."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pages(self, name: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """Give the pages of a list from the first on, without a gap; none where one is older than ``since``."""
        query = select(staged_pages).where(staged_pages.c.list == name).order_by(staged_pages.c.number)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        if any(row.at < since for row in rows):
            return ()
        return [(row.at, row.page) for place, row in enumerate(rows) if row.number == place]

    async def add(self, name: str, number: int, at: datetime, page: str) -> None:
        """Keep a page."""
        put = insert_for(self._database, staged_pages).values(list=name, number=number, at=at, page=page)
        async with self._database.writing() as connection:
            await connection.execute(
                put.on_conflict_do_update(index_elements=["list", "number"], set_={"at": at, "page": page})
            )

    async def clear(self) -> None:
        """Let go of every page."""
        async with self._database.writing() as connection:
            await connection.execute(delete(staged_pages))


def _news_text(news: MemberNews) -> str:
    said = {"as_of": news.as_of.isoformat(), "lines": news.lines, "told": news.told}
    return json.dumps(said, ensure_ascii=False)


def _news(written: str) -> MemberNews:
    said = json.loads(written)
    return MemberNews(datetime.fromisoformat(said["as_of"]), tuple(said["lines"]), tuple(said["told"]))


def _row(seat: Constituency) -> dict[str, Any]:
    member = seat.member
    return {
        "constituency_id": seat.constituency_id,
        "name": seat.name,
        "member_id": member.member_id if member else None,
        "display_as": member.display_as if member else "",
        "full_title": member.full_title if member else "",
        "address_as": member.address_as if member else "",
        "list_as": member.list_as if member else "",
        "party": member.party if member else "",
        "role": member.role.value if member else "",
        "post": member.post if member else "",
        "email": member.email if member else "",
        "phone": member.phone if member else "",
    }


def _seat(row: RowMapping) -> Constituency:
    if row["member_id"] is None:
        return Constituency(row["constituency_id"], row["name"])
    member = Member(
        member_id=row["member_id"],
        display_as=row["display_as"],
        full_title=row["full_title"],
        address_as=row["address_as"],
        list_as=row["list_as"],
        party=row["party"],
        constituency=row["name"],
        role=_role(row["role"]),
        post=row["post"],
        email=row["email"],
        phone=row["phone"],
    )
    return Constituency(row["constituency_id"], row["name"], member)


def _role(written: str) -> MemberRole:
    try:
        return MemberRole(written)
    except ValueError:
        return MemberRole.UNKNOWN
