"""Following reports, over both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.identity import GuildId, ReportSlug
from storage.database import Database
from storage.reports import Reports

NOW = datetime(2021, 7, 8, 9, tzinfo=UTC)
GROUP, OTHER = GuildId(901), GuildId(902)
FIRST, SECOND = ReportSlug("never-again"), ReportSlug("harbours")


@pytest.mark.asyncio
async def test_a_group_follows_and_unfollows(database: Database) -> None:
    reports = Reports(database)
    assert await reports.follow(GROUP, SECOND, NOW) is True
    assert await reports.follow(GROUP, SECOND, NOW + timedelta(days=1)) is False
    assert await reports.follow(GROUP, FIRST, NOW + timedelta(hours=1)) is True
    assert await reports.follow(OTHER, FIRST, NOW) is True
    assert list(await reports.followed(GROUP)) == [SECOND, FIRST]
    assert list(await reports.followers(FIRST)) == [OTHER, GROUP]
    assert await reports.unfollow(GROUP, SECOND) is True
    assert await reports.unfollow(GROUP, SECOND) is False
    assert list(await reports.followed(GROUP)) == [FIRST]
    assert list(await reports.followed(OTHER)) == [FIRST]
