"""Groups whose server removed the bot: held back at once, deleted after a while, whole again when it is invited back in time.

Every table with a ``guild_id`` is the group's and is emptied of it, but for what is a person's own (``persons_own``). A new
table needs nothing here: ``tests/contracts/test_removed_groups.py`` walks the schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, delete, exists, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import GuildId
from bot.domain.people import REMOVED_GUILD_KEPT
from bot.domain.reminders import ReminderKind
from storage.database import Database
from storage.private_reminders import NEUTRAL_NOW
from storage.schema import guilds, metadata, personal_reminders, reminders

CERTAIN_AFTER = timedelta(hours=1)
"""How long a group is missing from Discord's list of servers before that is taken for a removal."""

_OF_THE_GROUP = ("guild_id", "channel_id", "deadline_id", "action_id", "group_event_id")


def here(table: Table) -> ColumnElement[bool]:
    """Tell whether a row may be sent: it is a person's, or the bot is still in its group's server."""
    gone = exists().where(guilds.c.guild_id == table.c.guild_id, guilds.c.left_at.is_not(None))
    return or_(table.c.person_id.is_not(None), ~gone)


def persons_own(table: Table) -> ColumnElement[bool] | None:
    """Tell which rows stay with their person when the group goes: they lose the group, and the date of it that they hung on.

    All rows of a table in which each must have a person and may have a group; of reminders those that a person asked for.
    """
    if table is reminders:
        groups_own = (ReminderKind.NOTICE.value, ReminderKind.ACTION.value)
        return and_(reminders.c.person_id.is_not(None), reminders.c.kind.not_in(groups_own))
    if "person_id" in table.c and not table.c.person_id.nullable and table.c.guild_id.nullable:
        return true()
    return None


def tables_of_groups() -> tuple[Table, ...]:
    """List every table with rows of groups, those that others refer to last; the settings at the very end."""
    found = [table for table in reversed(metadata.sorted_tables) if "guild_id" in table.c and table is not guilds]
    return (*found, guilds)


class RemovedGroups:
    """What becomes of a group's rows when the bot is removed from its server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark_removed(self, guild_id: int, now: datetime) -> bool:
        """Hold back everything of a group. True: its data goes at once, since organisers said *yes* to the risk question, or it
        was never set up. A group that never answered is only protected by default: it may be invited back."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(guilds).where(guilds.c.guild_id == guild_id, guilds.c.left_at.is_(None)).values(left_at=now)
            )
            found = (
                await connection.execute(
                    select(guilds.c.high_risk, guilds.c.risk_answered).where(guilds.c.guild_id == guild_id)
                )
            ).one_or_none()
        return found is None or bool(found.high_risk and found.risk_answered)

    async def restore(self, guild_id: int) -> bool:
        """Take a group up again where it was left. False: it was not away, or nothing of it is held."""
        async with self._database.writing() as connection:
            done = await connection.execute(
                update(guilds).where(guilds.c.guild_id == guild_id, guilds.c.left_at.is_not(None)).values(left_at=None)
            )
        return done.rowcount == 1

    async def present_and_removed(self) -> tuple[frozenset[int], frozenset[int]]:
        """Give the groups with settings that the bot was in when it last looked, and those that it had been removed from."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(guilds.c.guild_id, guilds.c.left_at))).all()
        away = frozenset(row.guild_id for row in rows if row.left_at is not None)
        return frozenset(row.guild_id for row in rows) - away, away

    async def forget_removed(self, guild_id: int) -> int:
        """Delete everything of a group that is held back, or was never set up. Gives the number of rows touched.

        One that was taken up again meanwhile stays whole: its row is looked at under a lock, in the same transaction.
        """
        async with self._database.writing() as connection:
            row = await connection.execute(
                select(guilds.c.left_at).where(guilds.c.guild_id == guild_id).with_for_update()
            )
            found = row.one_or_none()
            if found is not None and found.left_at is None:
                return 0
            touched = await _emptied(connection, guild_id)
        await self._database.forget_log()
        return touched

    async def whose_time_is_over(self, now: datetime) -> Sequence[GuildId]:
        """List the groups to be deleted: seven days after they were left, or an hour where *yes* was said to the risk question.

        A high-risk group that is seen to go is deleted at once by ``forget_removed``. This is for one that went while the bot was off.
        """
        over = or_(
            and_(guilds.c.high_risk == 1, guilds.c.risk_answered == 1, guilds.c.left_at <= now - CERTAIN_AFTER),
            guilds.c.left_at <= now - REMOVED_GUILD_KEPT,
        )
        async with self._database.reading() as connection:
            found = await connection.execute(select(guilds.c.guild_id).where(guilds.c.left_at.is_not(None), over))
        return [GuildId(group) for group in found.scalars()]


async def _emptied(connection: AsyncConnection, group: int) -> int:
    touched = 0
    for table in tables_of_groups():
        own = persons_own(table)
        if own is not None:
            loses: dict[str, Any] = {name: None for name in _OF_THE_GROUP if name in table.c and table.c[name].nullable}
            if table is personal_reminders:
                # Nobody is left to ask whether they could be targeted: what was not to be said then is not said later.
                loses["neutral"] = case((NEUTRAL_NOW, 1), else_=0)
            kept = update(table).where(table.c.guild_id == group, own).values(loses)
            touched += (await connection.execute(kept)).rowcount
        touched += (await connection.execute(delete(table).where(table.c.guild_id == group))).rowcount
    return touched
