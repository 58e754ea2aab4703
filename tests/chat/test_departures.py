"""The bot removed from a server and invited back, as Discord tells of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import Unavailable
from bot.domain.identity import RoleId
from bot.domain.reminders import ReminderState

pytestmark = pytest.mark.asyncio


async def told(room: Any, event: str, **payload: Any) -> None:
    """Hand an event of the gateway to discord.py, and wait until what it sets going has ended."""
    before = asyncio.all_tasks()
    room.app.client._connection.parsers[event]({"id": str(room.guild_id), **payload})
    while running := asyncio.all_tasks() - before:
        await asyncio.wait(running, timeout=10)


async def removed(room: Any) -> None:
    """Let a server remove the bot: Discord no longer shows it."""
    room.env.backend.guilds.pop(int(room.guild_id), None)
    await told(room, "GUILD_DELETE")


async def known(room: Any) -> tuple[int, int]:
    here, away = await room.app.services.departures._store.present_and_removed()
    return len(here), len(away)


async def at_ease(room: Any) -> None:
    """Set the group up as one whose members nobody targets: its data is kept a while."""
    opened = await room.organiser.slash(room.channel, "admin setup")
    assert opened.response is not None
    services = room.app.services
    person = (await services.guilds.settings(room.guild_id)).owner
    await services.guilds.change(room.guild_id, person, high_risk=False)


@pytest.mark.claim("P-32")
async def test_removed_nothing_is_sent_and_invited_back_it_goes_on(group: Any) -> None:
    await at_ease(group)
    await group.app.services.guilds.send_test(group.guild_id)
    there = group.env.backend.guilds[int(group.guild_id)]
    await removed(group)
    assert await known(group) == (0, 1)
    report = await group.app.services.delivery.sweep()
    assert (report.sent, report.undeliverable) == (0, 0)
    assert await group.app.services.delivery.next_due() is None
    group.clock.advance(timedelta(minutes=30))
    await group.app.tidy()
    group.env.backend.guilds[int(group.guild_id)] = there
    await group.app.services.departures.look_round([int(group.guild_id)])
    assert await known(group) == (1, 0)
    assert (await group.app.services.delivery.sweep()).sent == 1


async def test_after_seven_days_nothing_is_left(group: Any) -> None:
    await at_ease(group)
    await removed(group)
    group.clock.advance(timedelta(days=7, minutes=1))
    await group.app.tidy()
    assert await known(group) == (0, 0)
    assert (await group.app.services.guilds.settings(group.guild_id)).revision == 0


async def test_a_group_at_risk_is_deleted_at_once(group: Any) -> None:
    guilds = group.app.services.guilds
    await guilds.protect(group.guild_id, (await guilds.settings(group.guild_id)).owner, "high_risk")
    await removed(group)
    assert await known(group) == (0, 0)


async def test_a_group_that_never_answered_the_risk_question_can_come_back(group: Any) -> None:
    settings = await group.app.services.guilds.settings(group.guild_id)
    assert (settings.high_risk, settings.risk_answered) == (True, False)
    there = group.env.backend.guilds[int(group.guild_id)]
    await removed(group)
    assert await known(group) == (0, 1)
    group.env.backend.guilds[int(group.guild_id)] = there
    await told(group, "GUILD_CREATE", name="Back", roles=[], channels=[], members=[], member_count=1, emojis=[])
    assert (await group.app.services.guilds.settings(group.guild_id)).revision == settings.revision


async def at_risk(room: Any) -> None:
    guilds = room.app.services.guilds
    await guilds.protect(room.guild_id, (await guilds.settings(room.guild_id)).owner, "high_risk")


async def test_an_old_word_of_a_removal_told_again_after_a_broken_line_changes_nothing(group: Any) -> None:
    """Another process has seen the server remove the bot, invite it back and set it up anew."""
    await at_risk(group)
    settings = await group.app.services.guilds.settings(group.guild_id)
    await told(group, "GUILD_DELETE")
    assert await known(group) == (1, 0)
    assert await group.app.services.guilds.settings(group.guild_id) == settings


async def test_where_discord_does_not_say_a_group_is_held_back_and_not_deleted(group: Any) -> None:
    await at_risk(group)
    departures, asked = group.app.services.departures, []

    async def silent(guild_id: Any) -> bool | None:
        asked.append(guild_id)
        return None

    async def at_once(_: float) -> None:
        return None

    asks, departures.is_in, departures.sleep = departures.is_in, silent, at_once
    await told(group, "GUILD_DELETE")
    assert await known(group) == (0, 1)
    assert len(asked) == 5
    group.clock.advance(timedelta(hours=2))
    await departures.tidy()
    assert await known(group) == (0, 1), "it waits for another night"
    departures.is_in = asks
    await departures.tidy()
    assert await known(group) == (1, 0), "Discord says that it is there"
    departures.is_in = silent
    with pytest.raises(Unavailable):
        await departures.left(group.guild_id)
    group.clock.advance(timedelta(days=1))
    await departures.tidy()
    assert await known(group) == (0, 0), "and waits no longer than that"


async def test_invited_back_while_discord_is_asked_it_stays_whole(group: Any) -> None:
    await at_risk(group)
    departures = group.app.services.departures

    async def late(guild_id: Any) -> bool | None:
        await departures.joined(guild_id)
        return False

    departures.is_in = late
    await told(group, "GUILD_DELETE")
    assert await known(group) == (1, 0)


async def test_a_group_that_is_there_after_all_is_not_deleted_in_the_night(group: Any) -> None:
    await at_ease(group)
    await group.app.services.departures.look_round([])
    group.clock.advance(timedelta(days=8))
    await group.app.tidy()
    assert await known(group) == (1, 0)


async def test_an_outage_of_discord_is_no_removal(group: Any) -> None:
    await told(group, "GUILD_DELETE", unavailable=True)
    assert await known(group) == (1, 0)


async def test_removed_while_the_bot_was_off_is_seen_at_the_next_session_and_deletes_nothing_yet(group: Any) -> None:
    await group.app.services.departures.look_round([])
    assert await known(group) == (0, 1)
    await group.app.tidy()
    assert await known(group) == (0, 1)
    await group.app.services.departures.look_round([int(group.guild_id)])
    assert await known(group) == (1, 0)


async def test_a_deleted_role_holds_up_no_reminder(group: Any) -> None:
    services = group.app.services
    person = (await services.guilds.settings(group.guild_id)).owner
    await services.guilds.change(
        group.guild_id, person, ping_role_id=RoleId(987_654_321), organiser_role_id=RoleId(987_654_322)
    )
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="5 March 2026"
    )
    await group.play_to(datetime(2026, 3, 5, 12, tzinfo=UTC))
    health = await services.delivery.health(group.guild_id)
    assert health.counts[ReminderState.SENT] >= 1
    assert not health.problems
