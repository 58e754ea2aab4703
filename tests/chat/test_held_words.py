"""Who receives a word to organisers is an organiser when it is sent; else it waits for one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.identity import ChannelId
from bot.rehearsal.reading import text_of
from tests.chat.test_doubts import say, told


async def no_longer_organises(room: Any, who: Any) -> None:
    guild = room.env.backend.get_guild(room.guild.id)
    for role in list(room.env.backend.get_member(guild.id, who.id).role_ids):
        room.env.backend.remove_member_role(guild.id, who.id, role)


def texts(room: Any, command: Any) -> str:
    return "\n".join([text_of(command.response), *(text_of(message) for message in command.followups)])


@pytest.mark.asyncio
async def test_whoever_no_longer_organises_hears_nothing_more(group: Any) -> None:
    await say(group, group.member)
    await no_longer_organises(group, group.organiser)
    assert await told(group) == []
    quiet = await group.organiser.slash(group.channel, "start")
    assert "page 4" not in texts(group, quiet)
    shown = await group.second_organiser.slash(group.channel, "admin health")
    assert "were waiting for an organiser" in texts(group, shown)
    assert "page 4" in texts(group, shown)
    again = await group.second_organiser.slash(group.channel, "admin health")
    assert "page 4" not in texts(group, again), "shown once, and kept no longer"
    assert group.posted == [], "never in the group's own channel"


@pytest.mark.asyncio
async def test_whoever_left_hears_nothing_more(group: Any) -> None:
    await say(group, group.member)
    group.env.backend.remove_member(group.guild.id, group.organiser.id)
    assert await told(group) == []
    shown = await group.second_organiser.slash(group.channel, "admin settings")
    assert "page 4" in texts(group, shown)


@pytest.mark.asyncio
async def test_it_is_not_sent_again_into_the_groups_channel(group: Any) -> None:
    await say(group, group.member)
    await no_longer_organises(group, group.organiser)
    await group.sweep()
    (held,) = await group.app.services.delivery.held_words(group.guild_id)
    assert held.delivery_id is not None
    changed = await group.app.services.delivery._store.decide(
        held.delivery_id, group.guild_id, posted=False, now=group.clock.now()
    )
    assert changed == 0
    await group.sweep()
    assert group.posted == []


@pytest.mark.asyncio
async def test_a_channel_for_organisers_is_asked_of_nobody(group: Any) -> None:
    await group.set_up(notice_channel_id=ChannelId(group.notices.id))
    await say(group, group.member)
    await no_longer_organises(group, group.organiser)
    await group.sweep()
    assert any("page 4" in text_of(message) for message in group.notices.history())


@pytest.mark.asyncio
async def test_set_up_says_that_a_channel_is_safer(group: Any) -> None:
    shown = await group.organiser.slash(group.channel, "admin settings")
    pressed = await group.organiser.select(shown.response, ["notice"])
    assert "when they are away or leave" in text_of(pressed.response)
