"""Who receives a word to organisers is an organiser when it is sent; else it waits for one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.sender import DiscordSender
from bot.domain.identity import ChannelId
from bot.domain.reminders import Target
from bot.rehearsal.reading import text_of
from bot.services.ports.sending import Unreachable
from tests.chat.full_group import shown_by
from tests.chat.test_doubts import say, told


async def no_longer_organises(room: Any, who: Any) -> None:
    guild = room.env.backend.get_guild(room.guild.id)
    for role in list(room.env.backend.get_member(guild.id, who.id).role_ids):
        room.env.backend.remove_member_role(guild.id, who.id, role)


def close_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    send = DiscordSender.send

    async def closed(self: Any, target: Target, *rest: Any, **more: Any) -> Any:
        if target.person_id is not None:
            return Unreachable("that person's direct messages are closed to Postbag")
        return await send(self, target, *rest, **more)

    monkeypatch.setattr(DiscordSender, "send", closed)


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
async def test_whoever_is_forgotten_takes_none_of_the_groups_words_along(group: Any) -> None:
    await say(group, group.member)
    asked = await group.organiser.slash(group.channel, "privacy forget-me")
    await group.organiser.click(asked.response, label="Forget me")
    assert await told(group) == []
    await group.sweep()
    shown = await group.second_organiser.slash(group.channel, "admin health")
    assert "page 4" in texts(group, shown)
    assert group.organiser.name not in texts(group, shown)
    assert "erase" not in texts(group, shown).casefold(), "nor that somebody had themselves forgotten"
    assert group.posted == [], "never in the group's own channel"


@pytest.mark.asyncio
async def test_whoever_left_hears_nothing_more(group: Any) -> None:
    await say(group, group.member)
    group.env.backend.remove_member(group.guild.id, group.organiser.id)
    assert await told(group) == []
    shown = await group.second_organiser.slash(group.channel, "admin settings")
    assert "page 4" in texts(group, shown)


@pytest.mark.asyncio
async def test_what_closed_messages_kept_back_is_not_shown_to_somebody_who_no_longer_organises(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_messages(monkeypatch)
    await say(group, group.member)
    await group.sweep()
    await no_longer_organises(group, group.organiser)
    for command in ("start", "remind list", "privacy show", "privacy export"):
        assert "page 4" not in await shown_by(await group.organiser.slash(group.channel, command)), command
    shown = await group.second_organiser.slash(group.channel, "admin health")
    assert "page 4" in texts(group, shown)
    assert group.posted == []


@pytest.mark.asyncio
async def test_what_closed_messages_kept_back_is_shown_to_an_organiser_at_the_next_visit(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_messages(monkeypatch)
    await say(group, group.member)
    await group.sweep()
    quiet = await group.organiser.slash(group.channel, "start")
    assert "page 4" not in texts(group, quiet), "an answer to /start may be read over a shoulder: /admin shows it"
    shown = await group.organiser.slash(group.channel, "admin settings")
    assert "direct messages are closed" in texts(group, shown)
    assert "page 4" in texts(group, shown)


@pytest.mark.asyncio
async def test_what_is_still_on_its_way_is_not_in_the_export_of_somebody_who_no_longer_organises(group: Any) -> None:
    await say(group, group.member)
    await no_longer_organises(group, group.organiser)
    assert "page 4" not in await shown_by(await group.organiser.slash(group.channel, "privacy export"))
    assert "page 4" not in await shown_by(await group.organiser.slash(group.channel, "privacy show"))


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
    assert "if somebody is away" in text_of(pressed.response)
