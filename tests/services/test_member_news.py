"""News of the House: told once to each group that is set up, without its lines where people could be targeted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.identity import GuildId
from bot.domain.reminders import Reminder
from bot.services.member_news import NEWS_USE, MemberNewsService
from bot.services.ports.members import MemberNews
from storage.guilds import Guilds
from storage.reminders.store import Reminders
from tests.builders import CHANNEL, GUILD, OTHER, SEALER, Desk

LINES = ("Marsh East: Ada Invented was elected.",)


class News:
    """The store of the House's news: what was told to whom."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.held: MemberNews | None = MemberNews(desk.clock.now(), LINES)

    async def news(self) -> MemberNews | None:
        return self.held

    async def tell(self, news: MemberNews, guild_id: GuildId, word: Reminder, now: datetime) -> bool:
        assert self.held is not None
        if guild_id in self.held.told:
            return False
        await Reminders(self.desk.database, SEALER).add(word, now)
        self.held = replace(self.held, told=(*self.held.told, guild_id))
        return True


class House:
    """The service with its store."""

    def __init__(self, desk: Desk) -> None:
        self.store = News(desk)
        store: Any = self.store
        self.service = MemberNewsService(
            store, Guilds(desk.database), desk.notices, desk.clock, lambda: desk.woken.append(1)
        )


@pytest_asyncio.fixture
async def house(postbag: Desk) -> House:
    await postbag.settle(notice_channel_id=CHANNEL)
    return House(postbag)


async def told(house: House, postbag: Desk) -> Sequence[str]:
    await house.service.tell()
    return await postbag.sweep()


@pytest.mark.asyncio
async def test_news_is_told_once_to_a_group_that_is_set_up(house: House, postbag: Desk) -> None:
    (said,) = await told(house, postbag)
    assert "Ada Invented" in said
    assert postbag.woken
    assert await told(house, postbag) == []


@pytest.mark.asyncio
async def test_a_group_at_risk_hears_that_there_is_news_and_of_nobody(house: House, postbag: Desk) -> None:
    await postbag.settle_again(high_risk=True)
    (said,) = await told(house, postbag)
    assert "Invented" not in said


@pytest.mark.asyncio
async def test_a_group_without_a_channel_or_anybody_to_tell_is_passed_over(house: House, postbag: Desk) -> None:
    await postbag.settle(OTHER, channel_id=None)
    assert await house.service.tell() == 1
    assert house.store.held is not None
    assert house.store.held.told == (GUILD,)
    house.store.held = MemberNews(postbag.clock.now(), LINES)
    await postbag.settle_again(notice_channel_id=None, owner=None)
    assert await house.service.tell() == 0


@pytest.mark.asyncio
async def test_old_news_is_none(house: House, postbag: Desk) -> None:
    start = postbag.clock.now()
    postbag.clock.move_to(start + NEWS_USE)
    assert await house.service.latest() is not None
    postbag.clock.move_to(start + NEWS_USE + timedelta(seconds=1))
    assert await house.service.latest() is None
    assert await house.service.tell() == 0
    house.store.held = None
    assert await house.service.tell() == 0
