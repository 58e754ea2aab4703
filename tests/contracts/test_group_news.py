"""What a group was told is noted once, with its word, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from bot.domain.identity import GuildId, ReminderId
from bot.domain.reminders import CivilTime, Reminder, ReminderKind
from bot.sealing import Sealer
from storage.database import Database
from storage.group_news import GroupNews
from storage.schema import reminders

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
GROUP, OTHER = GuildId(11), GuildId(12)


def word(group: GuildId) -> Reminder:
    civil = CivilTime(date(2026, 3, 9), time(9), "UTC")
    return Reminder(ReminderId(0), ReminderKind.NOTICE, "this-week", NOW, civil, guild_id=group, text="This week")


async def test_a_word_is_planned_once_for_what_was_told_before(database: Database) -> None:
    store = GroupNews(database, Sealer(bytes(32)))
    assert await store.told(GROUP, "week") == ""
    assert await store.tell(GROUP, "week", "", "2026-03-09", word(GROUP), NOW)
    assert not await store.tell(GROUP, "week", "", "2026-03-09", word(GROUP), NOW)
    assert await store.told(GROUP, "week") == "2026-03-09"
    assert await store.told(GROUP, "coming") == await store.told(OTHER, "week") == ""
    assert await store.tell(GROUP, "week", "2026-03-09", "2026-03-16", None, NOW)
    assert await store.tell(OTHER, "week", "", "2026-03-16", word(OTHER), NOW)
    async with database.reading() as connection:
        planned = await connection.execute(select(reminders.c.guild_id, func.count()).group_by(reminders.c.guild_id))
        assert {row[0]: row[1] for row in planned} == {GROUP: 1, OTHER: 1}
