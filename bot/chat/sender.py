"""The one door to Discord for what Postbag posts by itself. Every error is put into one of four classes, here and once."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord

from bot.chat.common import parts_of
from bot.chat.permissions import has_role
from bot.domain.identity import ChannelId, GuildId, MessageId, RoleId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import Target
from bot.services.ports.sending import (
    MAYBE_BLOCKED,
    NO_SHARED_SERVER,
    Looked,
    Posted,
    Rejected,
    SendResult,
    Sent,
    Transient,
    Unreachable,
)

PAGE = 100
WINDOW = timedelta(hours=1)
"""How far Discord's clock and this machine's may differ when an earlier message is looked for."""

LOOKED_THROUGH = 500
"""Messages read in a busy channel before it is admitted that they cannot tell."""

FIRST_TRY = 0.9
"""Seconds within which discord.py cannot have tried twice: between its own tries it waits at least one."""

# A 429 without Retry-After comes from what stands before Discord, which bans whoever comes back at once.
WAIT_UNSAID = 30.0

_CLOSED = {
    10003: "the channel was deleted, or Postbag can no longer see it",
    10004: "Postbag is no longer in that server",
    10007: "that person is no longer in the server",
    10013: "that account no longer exists",
    50001: "Postbag isn't allowed to see that channel",
    50007: MAYBE_BLOCKED,
    50013: "Postbag isn't allowed to send messages in that channel",
    50083: "that thread is archived",
    50278: NO_SHARED_SERVER,
}


class DiscordSender:
    """Send through a discord.py client, which may be set later. The gateway need not be connected: logged in is enough."""

    def __init__(self, client: discord.Client | None = None) -> None:
        self.client = client

    @property
    def is_ready(self) -> bool:
        """Tell whether the client is logged in and open."""
        return self.client is not None and not self.client.is_closed() and self.client.user is not None

    async def send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, *, nonce: str) -> SendResult:
        """Post a message; ``user_id`` is the person of a private target."""
        began = asyncio.get_running_loop().time()
        try:
            channel = await self._channel(target, user_id)
            began = asyncio.get_running_loop().time()
            sent = await channel.send(
                message.text,
                nonce=nonce,
                allowed_mentions=_mentions(message),
                view=_view(message),
                silent=message.silent,
            )
        except asyncio.CancelledError:
            self._reopen()
            raise
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
            return classify(error, asyncio.get_running_loop().time() - began)
        return Sent(MessageId(sent.id))

    async def organises(self, guild_id: GuildId, user_id: UserId, role_id: RoleId | None) -> bool | Transient:
        """Ask Discord whether somebody organises a group now. Who left, or a server that Postbag left, has no organiser."""
        if self.client is None:
            return Transient("Postbag isn't connected", maybe_posted=False)
        try:
            guild = self.client.get_guild(guild_id) or await self.client.fetch_guild(guild_id, with_counts=False)
            member = await guild.fetch_member(user_id)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
            failed = classify(error, 0.0)
            return failed if isinstance(failed, Transient) else False
        return member.guild_permissions.manage_guild or has_role(member, role_id)

    async def find(self, target: Target, user_id: UserId | None, custom_id: str, since: datetime) -> Looked | Transient:
        """Look for our own message that carries a button of that custom_id, posted since a time.

        Newest first, then through the time around ``since``. Discord gives an empty list, not an error, to whoever may
        not read a channel's history, so an empty list alone proves nothing. A deleted channel surely has no message.
        """
        try:
            channel = await self._channel(target, user_id)
            found, seen, oldest = await self._newest(channel, custom_id)
            if found is not None:
                return Looked(found, sure=True)
            # An empty list may be a history that the bot may not read. In a direct message it always may.
            if seen == 0 and target.person_id is None:
                return self._nothing_there(target.channel_id)
            if seen < PAGE or (oldest is not None and oldest < since - WINDOW):
                return Looked(None, sure=True)
            return await self._around(channel, custom_id, since)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
            failed = classify(error, 0.0)
            if isinstance(failed, Transient):
                return failed
            return Looked(None, sure=isinstance(error, discord.NotFound))

    async def posted_since(
        self, target: Target, user_id: UserId | None, prefix: str, since: datetime
    ) -> Posted | Transient:
        """List the custom_ids that begin so, of buttons on our own messages there since a time."""
        found: set[str] = set()
        seen = 0
        try:
            channel = await self._channel(target, user_id)
            async for posted in channel.history(limit=LOOKED_THROUGH, after=since, oldest_first=True):
                seen += 1
                found |= {name for name in self._names(posted) if name.startswith(prefix)}
            if seen == 0 and target.person_id is None and [posted async for posted in channel.history(limit=1)] == []:
                looked = self._nothing_there(target.channel_id)
                return looked if isinstance(looked, Transient) else Posted(frozenset(), looked.sure)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
            failed = classify(error, 0.0)
            if isinstance(failed, Transient):
                return failed
            return Posted(frozenset(), sure=isinstance(error, discord.NotFound))
        return Posted(frozenset(found), sure=seen < LOOKED_THROUGH)

    async def _channel(self, target: Target, user_id: UserId | None) -> discord.abc.Messageable:
        client = self.client
        if client is None:
            raise RuntimeError("there is no client yet")
        if user_id is not None:
            return await client.create_dm(discord.Object(user_id))
        assert target.channel_id is not None
        return client.get_partial_messageable(target.channel_id, guild_id=target.guild_id)

    def _reopen(self) -> None:
        """Undo what a cancelled request leaves behind: discord.py 2.7 holds every request back for good if one is cancelled
        while it waits out a limit on all of them."""
        gate = getattr(self.client.http, "_global_over", None) if self.client is not None else None
        if isinstance(gate, asyncio.Event):
            gate.set()

    async def _newest(
        self, channel: discord.abc.Messageable, custom_id: str
    ) -> tuple[MessageId | None, int, datetime | None]:
        seen, oldest = 0, None
        async for posted in channel.history(limit=PAGE):
            if self._is_ours(posted, custom_id):
                return MessageId(posted.id), seen, oldest
            seen, oldest = seen + 1, posted.created_at
        return None, seen, oldest

    async def _around(self, channel: discord.abc.Messageable, custom_id: str, since: datetime) -> Looked:
        seen = 0
        async for posted in channel.history(limit=LOOKED_THROUGH, after=since - WINDOW, oldest_first=True):
            if self._is_ours(posted, custom_id):
                return Looked(MessageId(posted.id), sure=True)
            if posted.created_at > since + WINDOW:
                return Looked(None, sure=True)
            seen += 1
        return Looked(None, sure=seen < LOOKED_THROUGH)

    def _is_ours(self, posted: discord.Message, custom_id: str) -> bool:
        return custom_id in self._names(posted)

    def _names(self, posted: discord.Message) -> set[str]:
        """Give the custom_ids on a message of our own; none for anybody else's."""
        client = self.client
        if client is None or client.user is None or posted.author.id != client.user.id:
            return set()
        return {
            str(name) for item in parts_of(posted.components) if (name := getattr(item, "custom_id", None)) is not None
        }

    def _nothing_there(self, channel_id: ChannelId | None) -> Looked | Transient:
        """Judge an empty history: only a channel whose permissions are known can be said to be empty."""
        assert self.client is not None
        channel = self.client.get_channel(channel_id or 0)
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return Looked(None, sure=channel.permissions_for(channel.guild.me).read_message_history)
        if not self.client.is_ready():
            return Transient("Postbag doesn't know the channel's permissions yet", maybe_posted=True)
        return Looked(None, sure=False)


def classify(error: BaseException, seconds: float) -> Transient | Unreachable | Rejected:
    """Put an error of discord.py or aiohttp into its class. ``seconds``: how long the request took.

    discord.py tries again by itself after some 5xx, so only what fails at once surely posted nothing.
    """
    maybe_tried_before = seconds >= FIRST_TRY
    match error:
        case discord.RateLimited():
            return Transient("Discord asked Postbag to wait", maybe_tried_before, error.retry_after)
        case discord.LoginFailure():
            return Transient("Discord no longer accepts Postbag's token", maybe_posted=False)
        case discord.HTTPException():
            return _answered(error, maybe_tried_before)
        case aiohttp.ClientConnectorError():
            return Transient("Postbag can't reach Discord", maybe_tried_before)
        case RuntimeError():
            return Transient("Postbag isn't connected", maybe_tried_before)
        case TimeoutError():
            return Transient("Discord didn't answer in time", maybe_posted=True)
    return Transient("the connection to Discord was lost", maybe_posted=True)


def _answered(error: discord.HTTPException, maybe_tried_before: bool) -> Transient | Unreachable | Rejected:
    status, code = error.status, error.code
    if status == 429:
        return Transient("Discord asked Postbag to wait", maybe_tried_before, _wait(error))
    if status >= 500:
        return Transient(f"Discord had a problem (HTTP {status})", maybe_posted=True)
    if status == 401:
        return Transient("Discord no longer accepts Postbag's token", maybe_tried_before)
    if code in _CLOSED:
        return Unreachable(_CLOSED[code])
    if status in (403, 404):
        if code == 0:  # not Discord itself but what stands before it, and not about this channel
            return Transient(f"Discord turned Postbag away (HTTP {status})", maybe_tried_before)
        return Unreachable(f"Discord doesn't let Postbag post there (code {code})")
    return Rejected(f"Discord refused the message (HTTP {status}, code {code})")


def _wait(error: discord.HTTPException) -> float:
    headers: Any = getattr(error.response, "headers", {})
    with contextlib.suppress(TypeError, ValueError):
        return max(1.0, float(headers.get("Retry-After")))
    return WAIT_UNSAID


def _mentions(message: OutgoingMessage) -> discord.AllowedMentions:
    roles = [discord.Object(message.ping_role)] if message.ping_role is not None else False
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


def _view(message: OutgoingMessage) -> discord.ui.View:
    """Draw the buttons. The view is stopped at once: presses are answered by custom_id, whoever drew the button."""
    view = discord.ui.View(timeout=None)
    for button in message.buttons:
        if button.action:
            view.add_item(discord.ui.Button(label=button.label, custom_id=button.action))
        else:
            view.add_item(discord.ui.Button(label=button.label, url=button.url))
    view.stop()
    return view
