"""The weather in the room: what people see when something around the bot goes wrong, and after it is fair again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.config import Settings
from bot.domain.errors import Refused
from bot.rehearsal.house import VACANT_SEAT
from bot.rehearsal.prompt import Move, Word
from bot.rehearsal.reading import text_of
from bot.rehearsal.room import Room, open_room
from bot.rehearsal.scenes import ORDINARY
from bot.rehearsal.weather import SWITCHES

pytestmark = pytest.mark.loopback
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(Settings(), data=tmp_path, scene=replace(ORDINARY, steps=())) as opened:
        yield opened


async def asked(room: Room, who: Any, command: str, **options: Any) -> Any:
    stage = room.stage
    channel = stage.channel if stage.env.has_channel(stage.channel) else stage.notices
    async with stage.env.lock:
        return await who.slash(channel, command, **options)


async def later(room: Room, by: timedelta = HOUR) -> str:
    return await room.obey(Move(room.stage.clock.now() + by))


async def events(room: Room) -> list[str]:
    return [entry.event for entry in await room.stage.app.services.delivery.ledger()]


@pytest.mark.asyncio
async def test_switched_off_nobody_is_answered_and_afterwards_what_was_missed_comes_once(room: Room) -> None:
    due = await room.stage.app.services.delivery.next_due()
    assert due is not None
    await room.change_weather("postbag-off", True)
    assert not (await asked(room, room.stage.member, "start")).acknowledged
    assert "switched off" in await room.obey(Move(due + 3 * HOUR))
    await room.tick()
    assert room.stage.posted == []
    said = await room.change_weather("postbag-off", False)
    assert "1 message was posted" in said
    (late,) = room.stage.posted
    assert "09:00" in text_of(late)
    await room.tick()
    assert len(room.stage.posted) == 1
    assert (await asked(room, room.stage.member, "start")).acknowledged


@pytest.mark.asyncio
async def test_while_discord_fails_it_is_tried_again_and_comes_once(room: Room) -> None:
    await room.change_weather("discord-down", True)
    assert "Nothing was posted" in await room.obey(Word.NEXT)
    assert (await events(room))[0] == "to be tried again"
    await room.change_weather("discord-down", False)
    await later(room)
    assert len(room.stage.posted) == 1


@pytest.mark.asyncio
async def test_while_discord_is_slow_nothing_is_posted_twice(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    await room.change_weather("discord-slow", True)
    assert not (await asked(room, room.stage.member, "start")).acknowledged
    assert "came too late" in caplog.text
    assert "Traceback" not in caplog.text
    await room.obey(Word.NEXT)
    await room.change_weather("discord-slow", False)
    await later(room)
    assert len(room.stage.posted) == 1
    assert (await events(room))[0] == "sent"


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["channel-deleted", "permission-taken"])
async def test_where_it_cannot_post_the_organiser_is_told_once_and_health_says_why(room: Room, key: str) -> None:
    await room.change_weather(key, True)
    await room.obey(Word.NEXT)
    assert room.stage.posted == []
    told = [text_of(message) for message in room.stage.organiser.user.dm_channel.history()]
    assert len(told) == 1
    assert "couldn't post a reminder" in told[0]
    health = text_of(await asked(room, room.stage.organiser, "admin health"))
    assert "Undeliverable: 1" in health
    assert ("Send Messages" in health) == (key == "permission-taken")
    assert "Embed Links" not in health, "what is lost with another permission is not named beside it"
    assert (room.where, room.is_open) == ("#organisers" if key == "channel-deleted" else "#general", True)
    await room.change_weather(key, False)
    assert (room.where, room.is_open) == ("#general", True)
    assert (await asked(room, room.stage.member, "start")).acknowledged


@pytest.mark.asyncio
async def test_two_switches_about_one_channel_do_not_trip_over_each_other(room: Room) -> None:
    await room.change_weather("permission-taken", True)
    await room.change_weather("channel-deleted", True)
    await room.change_weather("permission-taken", False)
    with pytest.raises(Refused, match="deleted"):
        await room.change_weather("permission-taken", True)
    await room.change_weather("channel-deleted", False)
    assert room.sky.on == set()


@pytest.mark.asyncio
async def test_with_direct_messages_closed_the_failure_stays_in_health(room: Room) -> None:
    await room.change_weather("direct-closed", True)
    await room.change_weather("permission-taken", True)
    await room.obey(Word.NEXT)
    assert room.stage.organiser.user.dm_channel.history() == []
    assert "Undeliverable" in text_of(await asked(room, room.stage.organiser, "admin health"))


@pytest.mark.asyncio
async def test_without_parliament_what_is_not_known_is_not_denied(room: Room) -> None:
    await room.change_weather("parliament-down", True)
    found = text_of(await asked(room, room.stage.member, "mp find", constituency="Tarning"))
    assert "Amina Thackwell" in found
    assert "none is stated" not in found
    assert "couldn't read it just now" in found


@pytest.mark.asyncio
async def test_stale_data_are_seen_at_once_and_gone_again(room: Room) -> None:
    vacant = "This seat is vacant"
    assert vacant in text_of(await asked(room, room.stage.member, "mp find", constituency=VACANT_SEAT))
    await room.change_weather("parliament-stale", True)
    assert vacant not in text_of(await asked(room, room.stage.member, "mp find", constituency=VACANT_SEAT))
    await room.change_weather("parliament-stale", False)
    assert vacant in text_of(await asked(room, room.stage.member, "mp find", constituency=VACANT_SEAT))


@pytest.mark.asyncio
async def test_every_switch_turns_on_and_off_and_again(room: Room) -> None:
    for _ in range(2):
        for switch in SWITCHES:
            await room.change_weather(switch.key, True)
            await room.change_weather(switch.key, True)
            await room.tick()
            await room.change_weather(switch.key, False)
    assert room.sky.on == set()
    assert (await asked(room, room.stage.member, "start")).acknowledged
    with pytest.raises(Refused):
        await room.change_weather("rain", True)


@pytest.mark.asyncio
async def test_a_restart_keeps_the_weather_and_every_button(room: Room) -> None:
    shown = await asked(room, room.stage.member, "start")
    await room.change_weather("discord-down", True)
    await room.restart()
    assert room.sky.on == {"discord-down"}
    async with room.stage.env.lock:
        assert (await room.stage.member.click(shown.response, label="Read the recommendations")).acknowledged
