"""A group whose server removed Postbag: held back, asked after, brought back as it was, and deleted when its time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.domain.errors import Unavailable
from bot.domain.identity import GuildId
from bot.services.removed_groups import ASK_AGAIN, DepartureService
from storage.guilds import Guilds
from storage.removed_groups import RemovedGroups
from tests.builders import CHANNEL, GUILD, Desk


class House:
    """The service with what it tells others; ``there`` is what Discord says next, and goes on saying at the end."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.again: list[GuildId] = []
        self.let_go = 0
        self.waits: list[float] = []
        self.there: list[bool | None] = [False]
        self.service = DepartureService(
            RemovedGroups(desk.database), desk.clock, lambda: desk.woken.append(1), self._reread, self._let_go
        )
        self.service.is_in = self._is_in
        self.service.sleep = self._sleep

    async def _reread(self, guild_id: GuildId) -> None:
        self.again.append(guild_id)

    async def _let_go(self) -> None:
        self.let_go += 1

    async def _is_in(self, guild_id: GuildId) -> bool | None:
        return self.there.pop(0) if len(self.there) > 1 else self.there[0]

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def present(self) -> Sequence[GuildId]:
        return [settings.guild_id for settings in await Guilds(self.desk.database).everyone()]


@pytest_asyncio.fixture
async def house(postbag: Desk) -> House:
    await postbag.settle()
    return House(postbag)


@pytest.mark.asyncio
async def test_a_removed_group_is_held_back_and_comes_back_as_it_was(house: House) -> None:
    await house.service.left(GUILD)
    assert (await house.present(), house.let_go) == ([], 1)
    await house.service.joined(GUILD)
    assert await house.present() == [GUILD]
    assert (await house.desk.settings()).channel_id == CHANNEL
    assert house.again == [GUILD], "what is held in memory of it is read again"


@pytest.mark.asyncio
async def test_a_group_at_risk_goes_at_once(house: House) -> None:
    await house.desk.settle_again(high_risk=True, risk_answered=True)
    await house.service.left(GUILD)
    assert (await house.desk.settings()).revision == 0
    assert house.again == [GUILD]


@pytest.mark.asyncio
async def test_an_old_word_changes_nothing_where_discord_says_otherwise(house: House) -> None:
    house.there = [None, True]
    await house.service.left(GUILD)
    assert await house.present() == [GUILD]
    assert house.waits == list(ASK_AGAIN[:1])


@pytest.mark.asyncio
async def test_where_discord_says_nothing_a_group_is_held_back_and_nothing_is_deleted(house: House) -> None:
    await house.desk.settle_again(high_risk=True, risk_answered=True)
    house.there = [None]
    with pytest.raises(Unavailable):
        await house.service.left(GUILD)
    assert house.waits == list(ASK_AGAIN)
    assert await house.present() == []
    assert (await house.desk.settings()).revision > 0


@pytest.mark.asyncio
async def test_when_its_time_is_over_nothing_is_left(house: House) -> None:
    await house.service.left(GUILD)
    assert await house.service.tidy() == 0
    house.desk.clock.move_to(house.desk.clock.now() + timedelta(days=8))
    assert await house.service.tidy() > 0
    assert (await house.desk.settings()).revision == 0


@pytest.mark.asyncio
async def test_whose_time_is_over_is_asked_after_first(house: House) -> None:
    await house.service.left(GUILD)
    house.desk.clock.move_to(house.desk.clock.now() + timedelta(days=7, hours=1))
    house.there = [None]
    assert await house.service.tidy() == 0, "Discord does not say: it waits for the next night"
    house.there = [True]
    assert await house.service.tidy() == 0
    assert await house.present() == [GUILD]


@pytest.mark.asyncio
async def test_a_night_later_it_goes_whether_discord_says_so_or_not(house: House) -> None:
    await house.service.left(GUILD)
    house.there = [None]
    house.desk.clock.move_to(house.desk.clock.now() + timedelta(days=30))
    assert await house.service.tidy() > 0


@pytest.mark.asyncio
async def test_at_a_new_session_it_is_seen_who_came_and_went(house: House) -> None:
    await house.service.look_round([], ours=lambda _: False)
    assert await house.present() == [GUILD], "another process has its server"
    await house.service.look_round([])
    assert await house.present() == []
    await house.service.look_round([GUILD])
    assert await house.present() == [GUILD]


@pytest.mark.asyncio
async def test_from_a_terminal_there_is_nobody_to_ask(postbag: Desk) -> None:
    await postbag.settle()
    service = DepartureService(RemovedGroups(postbag.database), postbag.clock, lambda: None)
    await service.left(GUILD)
    assert await Guilds(postbag.database).everyone() == []


@pytest.mark.asyncio
async def test_the_next_night_is_the_last_that_waits_for_an_answer(house: House) -> None:
    await house.service.left(GUILD)
    house.there = [None]
    house.desk.clock.move_to(house.desk.clock.now() + timedelta(days=7, hours=19))
    assert await house.service.tidy() == 0
    house.desk.clock.move_to(house.desk.clock.now() + timedelta(hours=2))
    assert await house.service.tidy() > 0
