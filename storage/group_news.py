"""What groups were told, noted in the transaction that plans the word, so that nothing is told twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from bot.domain.identity import GuildId
from bot.domain.reminders import Reminder
from storage.database import Database
from storage.installation_facts import insert_for
from storage.reminders.rows import Sealer, reminder_values
from storage.schema import group_news, reminders


class GroupNews:
    """The table ``group_news``. It holds nothing of a person."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def told(self, guild_id: GuildId, name: str) -> str:
        """Give what a group was told of a kind of news, or ""."""
        chosen = select(group_news.c.told).where(group_news.c.guild_id == guild_id, group_news.c.name == name)
        async with self._database.reading() as connection:
            return (await connection.execute(chosen)).scalar_one_or_none() or ""

    async def tell(
        self, guild_id: GuildId, name: str, before: str, after: str, word: Reminder | None, now: datetime
    ) -> bool:
        """Note what a group is told now and plan the word that tells it. False: somebody told it meanwhile."""
        first = insert_for(self._database, group_news).values(guild_id=guild_id, name=name, told="")
        async with self._database.writing() as connection:
            await connection.execute(first.on_conflict_do_nothing())
            noted = await connection.execute(
                update(group_news)
                .where(group_news.c.guild_id == guild_id, group_news.c.name == name, group_news.c.told == before)
                .values(told=after)
            )
            if not noted.rowcount:
                return False
            if word is not None:
                await connection.execute(insert(reminders), reminder_values(word, now, self._sealer))
            return True
