"""What protects a group goes off slowly and on at once, and a change of settings is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.domain.errors import Overtaken, Refused
from bot.domain.guilds import WEAKER_AFTER
from bot.domain.identity import ChannelId, GuildId
from bot.services.guilds import GuildService, settings_edition
from storage.guilds import Guilds
from tests.builders import GUILD, OTHER, Desk

RISK = "high_risk"


class House:
    """The service with what it tells others."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.at_risk: list[GuildId] = []
        self.planned: list[GuildId] = []
        self.failing = False
        self.service = GuildService(
            Guilds(desk.database),
            desk.clock,
            lambda: desk.woken.append(1),
            replan=self._replan,
            reminders=desk.reminders,
            at_risk=self._risk,
            templates=desk.templates,
            notices=desk.notices,
            audit=desk.audit,
        )

    async def _risk(self, guild_id: GuildId) -> None:
        self.at_risk.append(guild_id)
        if self.failing:
            raise OSError("the disk is full")

    async def _replan(self, guild_id: GuildId) -> None:
        self.planned.append(guild_id)


@pytest_asyncio.fixture
async def house(postbag: Desk) -> House:
    """A group that chose to be protected."""
    await postbag.settle(high_risk=True, risk_answered=True, second_confirms=True, notice_channel_id=ChannelId(6))
    return House(postbag)


@pytest.mark.asyncio
async def test_posts_are_planned_anew_after_a_yes_whatever_else_of_it_fails(house: House, postbag: Desk) -> None:
    await postbag.settle_again(high_risk=False)
    house.failing = True
    with pytest.raises(OSError, match="full"):
        await house.service.protect(GUILD, await postbag.organiser(), RISK)
    assert (await postbag.settings()).high_risk
    assert house.planned == [GUILD]


@pytest.mark.asyncio
async def test_one_organiser_alone_waits_a_day_and_the_group_is_told(house: House, postbag: Desk) -> None:
    first = await postbag.organiser()
    asked = await house.service.protect_less(GUILD, first, RISK)
    assert asked is not None
    assert asked.until == postbag.clock.now() + WEAKER_AFTER
    assert (await postbag.settings()).high_risk
    assert len(await postbag.sweep()) == 2, "the channel, and the organisers in theirs"
    held = await house.service.protect_less(GUILD, first, RISK)
    assert held is not None
    assert held.asked_at == asked.asked_at, "asked again, it waits no longer and no shorter"
    assert await house.service.apply_due() == 0
    postbag.clock.move_to(asked.until - timedelta(seconds=1))
    house.service.look_who_waits()
    assert await house.service.apply_due() == 0
    postbag.clock.move_to(asked.until)
    assert await house.service.apply_due() == 1
    assert not (await postbag.settings()).high_risk
    assert await house.service.apply_due() == 0
    assert len(await postbag.sweep()) == 2


@pytest.mark.asyncio
async def test_a_second_organiser_takes_it_away_at_once(house: House, postbag: Desk) -> None:
    await house.service.protect_less(GUILD, await postbag.organiser(), RISK)
    assert await house.service.protect_less(GUILD, await postbag.second(), RISK) is None
    assert not (await postbag.settings()).high_risk
    assert await house.service.waiting(GUILD) == []
    assert any("a second organiser agreed" in line for line in await postbag.noted())


@pytest.mark.asyncio
async def test_what_was_asked_is_taken_back_and_a_protection_goes_on_at_once(house: House, postbag: Desk) -> None:
    first = await postbag.organiser()
    await house.service.protect_less(GUILD, first, RISK)
    await house.service.protect(GUILD, first, RISK)
    assert await house.service.waiting(GUILD) == []
    assert not await house.service.keep_protection(GUILD, RISK, first)
    postbag.clock.move_to(postbag.clock.now() + WEAKER_AFTER)
    assert await house.service.apply_due() == 0
    assert (await postbag.settings()).high_risk


@pytest.mark.asyncio
async def test_what_never_was_on_goes_at_once_and_nonsense_is_refused(house: House, postbag: Desk) -> None:
    first = await postbag.organiser()
    await postbag.settle_again(second_confirms=False)
    assert await house.service.protect_less(GUILD, first, "second_confirms") is None
    assert await house.service.waiting(GUILD) == []
    with pytest.raises(Refused):
        await house.service.protect_less(GUILD, first, "zone")


@pytest.mark.asyncio
async def test_no_other_way_takes_a_protection_away(house: House, postbag: Desk) -> None:
    with pytest.raises(Refused, match="one organiser can't do it alone"):
        await house.service.change(GUILD, await postbag.organiser(), high_risk=False)


@pytest.mark.asyncio
async def test_a_group_that_becomes_careful_loses_what_was_kept_otherwise(house: House, postbag: Desk) -> None:
    await postbag.settle_again(high_risk=False)
    await house.service.protect(GUILD, await postbag.organiser(), RISK)
    assert house.at_risk == [GUILD]
    await house.service.protect(GUILD, await postbag.organiser(), RISK)
    assert house.at_risk == [GUILD], "it was careful already"


@pytest.mark.asyncio
async def test_the_last_change_is_taken_back_and_nothing_else(house: House, postbag: Desk) -> None:
    first, service = await postbag.organiser(), house.service
    with pytest.raises(Refused, match="no change to undo"):
        await service.undo(GUILD, first)
    await service.change(GUILD, first, zone="Europe/Paris")
    await service.change(GUILD, first, monthly=False)
    assert service.can_undo(GUILD)
    assert not service.can_undo(OTHER)
    await postbag.settle_again(pings_a_day=4)
    undone = await service.undo(GUILD, first)
    assert (undone.monthly, undone.zone, undone.pings_a_day) == (True, "Europe/Paris", 4)
    assert (await service.undo(GUILD, first)).zone == "Europe/London"
    assert not service.can_undo(GUILD)


@pytest.mark.asyncio
@pytest.mark.parametrize("of", [GUILD, None])
async def test_nothing_is_taken_back_over_what_another_process_changed(
    house: House, postbag: Desk, of: GuildId | None
) -> None:
    await house.service.change(GUILD, await postbag.organiser(), monthly=False)
    house.service.changed_elsewhere(of)
    assert not house.service.can_undo(GUILD)


@pytest.mark.asyncio
async def test_a_form_opened_before_another_change_of_the_same_setting_is_shown_it(house: House, postbag: Desk) -> None:
    opened = settings_edition(await postbag.settings(), ["zone"])
    await house.service.change(GUILD, await postbag.second(), zone="Europe/Paris")
    with pytest.raises(Overtaken):
        await house.service.change(GUILD, await postbag.organiser(), opened=opened, zone="Europe/Rome")
    await house.service.change(GUILD, await postbag.organiser(), opened=opened, zone="Europe/Paris")
    assert (await postbag.settings()).zone == "Europe/Paris"


@pytest.mark.asyncio
async def test_a_test_message_needs_a_channel(house: House, postbag: Desk) -> None:
    await house.service.send_test(GUILD)
    assert len(await postbag.sweep()) == 1
    with pytest.raises(Refused, match="hasn't chosen a channel"):
        await house.service.send_test(OTHER)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("karachi", "Asia/Karachi"), ("europe/london", "Europe/London"), ("new york", "America/New_York")],
)
@pytest.mark.asyncio
async def test_a_zone_is_named_whole_or_by_its_place(house: House, typed: str, zone: str) -> None:
    assert house.service.zone_named(typed) == zone


def test_the_day_that_people_are_told_of_is_a_day() -> None:
    assert timedelta(hours=24) == WEAKER_AFTER
