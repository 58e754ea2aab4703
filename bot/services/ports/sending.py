"""What Discord is asked for by Postbag itself, and every answer it can give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.identity import ChannelId, GuildId, MessageId, RoleId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import Target

MAYBE_BLOCKED = (
    "that person's direct messages are closed to Postbag, or they have blocked it: they can allow direct messages in the "
    "server's privacy settings, and unblock Postbag"
)
NO_SHARED_SERVER = (
    "that person's direct messages are closed to Postbag, or they share no server with it: they can allow direct messages in "
    "the privacy settings of a server where Postbag is, or join one"
)
"""Why a direct message did not arrive, where Discord says so: who sends it gives these reasons, and who explains them knows them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Discord has the message."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Transient:
    """Not now. ``maybe_posted``: the request may have reached Discord, so the message may be there."""

    reason: str
    maybe_posted: bool
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The target is gone or closed to us (404, 403, closed direct messages): not to be tried again as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Discord refused the message itself (400): our bug."""

    reason: str


SendResult = Sent | Transient | Unreachable | Rejected


@dataclass(frozen=True, slots=True)
class Looked:
    """What a search of a channel for an earlier message found. ``sure`` False: the channel could not be read."""

    message_id: MessageId | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """What was found in a channel. ``sure`` False: there may be more that could not be read."""

    custom_ids: frozenset[str]
    sure: bool


class MessageSender(Protocol):
    """The one door to Discord for messages that Postbag posts by itself. It never raises for what Discord answers."""

    @property
    def is_ready(self) -> bool: ...

    async def send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, *, nonce: str) -> SendResult:
        """Post a message; ``user_id`` is the person of a private target. The same nonce is never posted twice within two minutes."""
        ...

    async def organises(self, guild_id: GuildId, user_id: UserId, role_id: RoleId | None) -> bool | Transient:
        """Tell whether somebody organises a group now: with Manage Server, or with its organisers' role."""
        ...

    async def find(self, target: Target, user_id: UserId | None, custom_id: str, since: datetime) -> Looked | Transient:
        """Look for our own message that carries a button of that custom_id, posted since a time. Transient: look again later."""
        ...

    async def posted_since(
        self, target: Target, user_id: UserId | None, prefix: str, since: datetime
    ) -> Posted | Transient:
        """List the custom_ids that begin so, of buttons on our own messages there since a time."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """What a look at a channel found: the permissions missing there, by the names Discord shows to people."""

    channel_id: ChannelId
    exists: bool
    missing: tuple[str, ...] = ()
