"""The sender on real discord.py, logged in to a stand-in that refuses what Discord refuses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.client_reqrep import ConnectionKey

from bot.chat.sender import DiscordSender, classify
from bot.domain.identity import ChannelId, GuildId, PersonId, RoleId, UserId
from bot.domain.messages import MessageButton, OutgoingMessage
from bot.domain.reminders import Target
from bot.services.ports.sending import Looked, Rejected, Sent, Transient, Unreachable
from tests.crash.discord_rest import BLIND, BOT_ID, GONE, HIDDEN, MUTE, OK, TOKEN, DiscordRest, Fault, World, dm_channel

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

CHANNEL = 501
HERE = Target(GuildId(5), ChannelId(CHANNEL))
PERSON = UserId(900)
PRIVATE = Target(person_id=PersonId(1))
WHY = MessageButton("Why this message?", action="pb:why:abc")
MESSAGE = OutgoingMessage("**Lobby day**\nExpected today.", (MessageButton("Read", url="https://example.org/a"), WHY))


@pytest.fixture
def world() -> World:
    return World(channels={CHANNEL: OK}, people={int(PERSON): OK})


@pytest_asyncio.fixture
async def sender(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordSender]:
    runner = web.AppRunner(DiscordRest(world).app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api/v10")
    client = discord.Client(intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none())
    try:
        await client.login(TOKEN)
        yield DiscordSender(client)
    finally:
        await client.close()
        await runner.cleanup()


async def post(sender: DiscordSender, nonce: str = "n1", message: OutgoingMessage = MESSAGE) -> Any:
    return await sender.send(HERE, None, message, nonce=nonce)


async def test_a_message_arrives_as_it_was_written(sender: DiscordSender, world: World) -> None:
    sent = await post(sender)
    (message,) = world.messages
    assert sent == Sent(int(message["id"]))  # type: ignore[arg-type]
    assert message["content"] == MESSAGE.text
    assert message["nonce"] == "n1"
    (row,) = message["components"]
    assert [(b["label"], b.get("url"), b.get("custom_id")) for b in row["components"]] == [
        ("Read", "https://example.org/a", None),
        ("Why this message?", None, "pb:why:abc"),
    ]


async def test_it_costs_one_request_and_keeps_nothing_in_memory(sender: DiscordSender, world: World) -> None:
    before = len(world.requests)
    await post(sender)
    assert len(world.requests) == before + 1
    assert sender.client is not None
    assert list(sender.client.persistent_views) == []
    assert sender.client._connection._view_store._views == {}


async def test_nobody_is_mentioned_but_the_role_that_was_chosen(sender: DiscordSender, world: World) -> None:
    await post(sender, "n1", OutgoingMessage("@everyone <@1> <@&2>"))
    await post(sender, "n2", OutgoingMessage("<@&77> now", ping_role=RoleId(77)))
    assert world.messages[0]["allowed_mentions"] == {"parse": []}
    assert world.messages[1]["allowed_mentions"] == {"parse": [], "roles": [77]}


async def test_the_same_nonce_is_posted_once_for_two_minutes(sender: DiscordSender, world: World) -> None:
    first = await post(sender)
    assert await post(sender) == first
    world.offset += 121
    assert await post(sender) != first
    assert len(world.messages) == 2
    assert world.recognised == 1


async def test_a_private_message_opens_its_channel_once(sender: DiscordSender, world: World) -> None:
    for nonce in ("n1", "n2"):
        assert isinstance(await sender.send(PRIVATE, PERSON, MESSAGE, nonce=nonce), Sent)
    assert [m["channel_id"] for m in world.messages] == [str(dm_channel(PERSON))] * 2
    opened = [path for _, path in world.requests if path.endswith("/users/@me/channels")]
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("state", "said"), [(GONE, "deleted"), (HIDDEN, "isn't allowed to see"), (MUTE, "isn't allowed to send messages")]
)
async def test_a_closed_channel_is_unreachable_after_one_request(
    sender: DiscordSender, world: World, state: str, said: str
) -> None:
    world.channels[CHANNEL] = state
    result = await post(sender)
    assert isinstance(result, Unreachable)
    assert said in result.reason
    assert str(CHANNEL) not in result.reason
    assert world.posts == 1


@pytest.mark.parametrize(("state", "said"), [("closed", "closed"), (GONE, "no longer exists")])
async def test_a_closed_person_is_unreachable(sender: DiscordSender, world: World, state: str, said: str) -> None:
    world.people[int(PERSON)] = state
    result = await sender.send(PRIVATE, PERSON, MESSAGE, nonce="n1")
    assert isinstance(result, Unreachable)
    assert said in result.reason


@pytest.mark.parametrize(
    "message",
    [
        OutgoingMessage("x" * 2001),
        OutgoingMessage(" "),
        OutgoingMessage("x", (WHY, WHY)),
        OutgoingMessage("x", (MessageButton("Read", url="ftp://example.org"),)),
        OutgoingMessage("x", (MessageButton("l" * 81, action="pb:a"),)),
    ],
)
async def test_what_discord_refuses_is_our_fault_and_not_tried_again(
    sender: DiscordSender, world: World, message: OutgoingMessage
) -> None:
    result = await post(sender, message=message)
    assert isinstance(result, Rejected)
    assert world.posts == 1
    assert world.messages == []


async def test_a_nonce_that_is_too_long_is_refused(sender: DiscordSender) -> None:
    assert isinstance(await post(sender, nonce="n" * 26), Rejected)
    assert isinstance(await post(sender, nonce="n" * 25), Sent)


async def test_a_fault_of_discords_may_have_posted(sender: DiscordSender, world: World) -> None:
    world.faults.append(Fault("status", value=503))
    result = await post(sender)
    assert result == Transient("Discord had a problem (HTTP 503)", maybe_posted=True)


@pytest.mark.parametrize(("kind", "stored"), [("lost", 1), ("dropped", 0)])
async def test_a_lost_answer_may_have_posted(sender: DiscordSender, world: World, kind: str, stored: int) -> None:
    world.faults.append(Fault(kind))
    result = await post(sender)
    assert isinstance(result, Transient)
    assert result.maybe_posted
    assert len(world.messages) == stored
    assert isinstance(await post(sender), Sent)
    assert len(world.messages) == 1


async def test_discords_own_wait_is_waited_out_by_the_library(sender: DiscordSender, world: World) -> None:
    world.faults.append(Fault("429", value=0.05))
    assert isinstance(await post(sender), Sent)
    assert world.posts == 2


async def test_a_door_closed_before_discord_says_how_long(sender: DiscordSender, world: World) -> None:
    world.faults.append(Fault("closed door", value=17))
    assert await post(sender) == Transient("Discord asked Postbag to wait", maybe_posted=False, retry_after=17)


async def test_an_answer_that_turns_everybody_away_is_not_about_the_channel(
    sender: DiscordSender, world: World
) -> None:
    world.faults.append(Fault("status", value=403))
    result = await post(sender)
    assert isinstance(result, Transient)
    assert not result.maybe_posted


async def test_a_token_that_was_taken_back_is_not_the_channels_fault(sender: DiscordSender, world: World) -> None:
    world.faults.append(Fault("status", value=401))
    result = await post(sender)
    assert isinstance(result, Transient)
    assert not result.maybe_posted


async def test_a_cancelled_request_leaves_the_door_open(sender: DiscordSender, world: World) -> None:
    """Cancelled while it waits for Discord's limit on everything, discord.py alone would hold back all that follows."""
    world.limited = True
    world._all.extend([time.monotonic() + 1] * 50)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await post(sender)
    world.limited = False
    async with asyncio.timeout(60):
        assert isinstance(await post(sender, "n2"), Sent)


async def test_without_a_server_nothing_was_posted(sender: DiscordSender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9/api/v10")
    assert await post(sender) == Transient("Postbag can't reach Discord", maybe_posted=False)


async def test_a_closed_client_is_not_ready_and_says_so(sender: DiscordSender) -> None:
    assert sender.is_ready
    assert not DiscordSender().is_ready
    assert await DiscordSender().send(HERE, None, MESSAGE, nonce="n") == Transient("Postbag isn't connected", False)
    assert sender.client is not None
    await sender.client.close()
    assert not sender.is_ready
    result = await post(sender)
    assert isinstance(result, Transient)
    assert not result.maybe_posted


async def test_a_slow_failure_may_hide_an_earlier_try() -> None:
    key = ConnectionKey("h", 443, True, True, None, None, None)
    refused = aiohttp.ClientConnectorError(key, OSError(111, "refused"))
    quick, slow = classify(refused, 0.01), classify(refused, 3.0)
    assert isinstance(quick, Transient)
    assert isinstance(slow, Transient)
    assert (quick.maybe_posted, slow.maybe_posted) == (False, True)


# Finding what may have been posted


async def look(sender: DiscordSender, since: datetime | None = None, custom_id: str = "pb:why:abc") -> Any:
    return await sender.find(HERE, None, custom_id, since or datetime.now(UTC))


async def test_our_own_message_is_found_by_its_button(sender: DiscordSender, world: World) -> None:
    sent = await post(sender)
    assert await look(sender) == Looked(sent.message_id, sure=True)
    assert await look(sender, custom_id="pb:why:other") == Looked(None, sure=True)


async def test_somebody_elses_copy_of_the_button_does_not_count(sender: DiscordSender, world: World) -> None:
    await post(sender)
    world.messages[0]["author"]["id"] = str(BOT_ID + 5)
    assert await look(sender) == Looked(None, sure=True)


async def test_a_private_message_is_found(sender: DiscordSender) -> None:
    assert await sender.find(PRIVATE, PERSON, "pb:why:abc", datetime.now(UTC)) == Looked(None, sure=True)
    sent = await sender.send(PRIVATE, PERSON, MESSAGE, nonce="n")
    assert isinstance(sent, Sent)
    assert await sender.find(PRIVATE, PERSON, "pb:why:abc", datetime.now(UTC)) == Looked(sent.message_id, sure=True)


async def test_a_busy_channel_is_read_around_the_time_of_the_attempt(
    sender: DiscordSender, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = datetime.now(UTC)
    sent = await post(sender)
    world.offset += 4 * 3600
    for _ in range(150):
        chatter(world)
    assert await look(sender, began) == Looked(sent.message_id, sure=True)
    assert await look(sender, began, "pb:why:other") == Looked(None, sure=True)


async def test_a_channel_too_busy_to_read_cannot_tell(sender: DiscordSender, world: World) -> None:
    for _ in range(620):
        chatter(world)
    assert await look(sender) == Looked(None, sure=False)


async def test_an_empty_history_is_no_proof_while_permissions_are_unknown(sender: DiscordSender, world: World) -> None:
    result = await look(sender)
    assert isinstance(result, Transient)
    await post(sender)
    world.channels[CHANNEL] = BLIND
    assert isinstance(await look(sender), Transient)


@pytest.mark.parametrize(("may_read", "sure"), [(True, True), (False, False)])
async def test_an_empty_history_counts_where_it_may_be_read(
    sender: DiscordSender, world: World, may_read: bool, sure: bool
) -> None:
    assert sender.client is not None
    joined(sender.client, may_read=may_read)
    assert await look(sender) == Looked(None, sure=sure)


@pytest.mark.parametrize(("state", "sure"), [(GONE, True), (HIDDEN, False)])
async def test_a_deleted_channel_holds_nothing_and_a_hidden_one_cannot_tell(
    sender: DiscordSender, world: World, state: str, sure: bool
) -> None:
    world.channels[CHANNEL] = state
    assert await look(sender) == Looked(None, sure=sure)


async def test_a_fault_while_looking_is_tried_again(sender: DiscordSender, world: World) -> None:
    world.faults.append(Fault("history", value=503))
    assert isinstance(await look(sender), Transient)


async def test_a_clock_an_hour_off_still_finds_it(sender: DiscordSender, world: World) -> None:
    sent = await post(sender)
    for wrong in (timedelta(minutes=59), -timedelta(minutes=59)):
        assert await look(sender, datetime.now(UTC) + wrong) == Looked(sent.message_id, sure=True)


def chatter(world: World) -> None:
    world.messages.append(
        {
            "id": str(world.next_id()),
            "channel_id": str(CHANNEL),
            "author": {"id": "3", "username": "u", "discriminator": "0", "avatar": None},
            "content": "Hello",
            "timestamp": datetime.now(UTC).isoformat(),
            "components": [],
            "nonce": None,
            "at": world.now(),
        }
    )


def joined(client: discord.Client, *, may_read: bool) -> None:
    """Tell the client of its server, as the gateway would."""
    permissions = discord.Permissions(view_channel=True, read_message_history=may_read)
    me = {"user": {"id": str(BOT_ID), "username": "p", "discriminator": "0", "avatar": None}, "roles": []}
    role = {
        "id": "5",
        "name": "@everyone",
        "permissions": str(permissions.value),
        "position": 0,
        "color": 0,
        "flags": 0,
    }
    role |= {"hoist": False, "managed": False, "mentionable": False}
    guild = discord.Guild(
        data={  # type: ignore[typeddict-item]
            "id": "5",
            "name": "g",
            "owner_id": "1",
            "roles": [role],
            "members": [me | {"joined_at": None, "deaf": False, "mute": False, "flags": 0}],
            "channels": [{"id": str(CHANNEL), "type": 0, "name": "c", "position": 0, "permission_overwrites": []}],
        },
        state=client._connection,
    )
    client._connection._add_guild(guild)
