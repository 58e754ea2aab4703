"""Sketches by which two drafts of a group are found alike: neither a word of a draft, nor whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, delete, select

from bot.domain.identity import GuildId
from bot.domain.people import SKETCH_KEPT
from storage.database import Database
from storage.installation_facts import insert_for
from storage.schema import sketches


class Sketches:
    """The ``sketches`` table: for four weeks, by what a group's drafts can be told to be alike."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = insert_for(database, sketches)
        self._others = (
            select(sketches.c.pieces)
            .where(
                sketches.c.guild_id == bindparam("group"),
                sketches.c.draft != bindparam("mine"),
                sketches.c.made_on >= bindparam("since"),
            )
            .order_by(sketches.c.id.desc())
            .limit(bindparam("most"))
        )

    async def sketches_of_others(self, guild_id: GuildId, draft: bytes, today: date, most: int) -> Sequence[bytes]:
        """Give the newest sketches of a group, without that of this draft."""
        wanted = {"group": guild_id, "mine": draft, "since": (today - SKETCH_KEPT).isoformat(), "most": most}
        async with self._database.reading() as connection:
            return list((await connection.execute(self._others, wanted)).scalars())

    async def keep(self, guild_id: GuildId, draft: bytes, pieces: bytes, today: date) -> None:
        """Keep the sketch of a draft, in place of the earlier one of the same draft."""
        put = self._insert.values(guild_id=guild_id, draft=draft, made_on=today.isoformat(), pieces=pieces)
        changed = {"made_on": put.excluded.made_on, "pieces": put.excluded.pieces}
        async with self._database.writing() as connection:
            await connection.execute(put.on_conflict_do_update(index_elements=["guild_id", "draft"], set_=changed))

    async def forget(self, guild_id: GuildId) -> int:
        """Delete the sketches of a group."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(sketches).where(sketches.c.guild_id == guild_id))).rowcount

    async def tidy(self, today: date) -> int:
        """Delete sketches past their four weeks."""
        old = delete(sketches).where(sketches.c.made_on < (today - SKETCH_KEPT).isoformat())
        async with self._database.writing() as connection:
            return (await connection.execute(old)).rowcount
