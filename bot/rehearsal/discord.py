"""SimCord, tuned to Postbag: the one module that knows its private names. ``tests/rehearsal/test_discord.py`` tests them all.

What is changed, and why:

* its clock starts at Postbag's time instead of 2026, so that Discord's own stamps are right, also in 2021;
* it looks for settled work every 2 ms instead of 50 (``_settle_internal``), so that a command takes milliseconds;
* the preview keeps one address when it is reopened (``capability``, the port), waits its turn behind the lock of everything
  else that drives SimCord, and does not refuse a click because the page was refreshed or the bot restarted in between
  (``_action``);
* every request of the bot passes ``StrictDiscord``;
* the same press several times in one instant (``backend.emit``, ``base_payload``);
* bad weather: requests that fail until told otherwise (``backend.faults``), a permission taken away in a channel
  (``set_overwrite``), a channel deleted, a bot that hears nothing because it is switched off (``parsers``);
* what people do can be listened to (``backend.subscribers``).
"""

from __future__ import annotations

import asyncio
import copy
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import discord
import simcord
from simcord._clock import Clock as SimcordClock
from simcord.backend import Backend
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType
from simcord.interactions import base_payload
from simcord.preview import Preview

from bot.clock import Clock
from bot.domain.errors import PostbagError
from bot.rehearsal.strict import StrictDiscord

BOT_NAME = "Postbag"
SETTLE_EVERY = 0.002
SETTLED_WITHIN = 10.0
"""Seconds after which the bot is taken to hang: a disk that many share may take several for one commit.

SimCord waits for each timer that ends within them. An HTTP connection kept open for the next request has one of 15 seconds.
"""


class _StartingAt(SimcordClock):
    def __init__(self, start: datetime) -> None:
        super().__init__()
        self._epoch = start


class Discord(simcord.Env):
    """A simulated Discord that begins at ``clock.now()`` and follows that clock forward.

    ``lock`` is held around everything that drives it: SimCord takes one operation at a time. ``strict`` holds what was
    refused and loses answers on demand.
    """

    def __init__(
        self, bot: discord.Client, clock: Clock, *, settle_every: float = SETTLE_EVERY, **options: Any
    ) -> None:
        super().__init__(bot, **{"settle_timeout": SETTLED_WITHIN} | options)
        self.backend = Backend(clock=_StartingAt(clock.now()))
        self.backend.bot_user.name = BOT_NAME
        self.strict = StrictDiscord(self.backend)
        self.lock = asyncio.Lock()
        self._postbag_clock = clock
        self._settle_every = settle_every
        self._capability = secrets.token_urlsafe(32)
        self._port: int | None = None

    async def _settle_internal(self, **how: Any) -> None:
        how.setdefault("idle", self._settle_every)
        await super()._settle_internal(**how)

    async def follow_clock(self) -> bool:
        """Bring Discord's time up to Postbag's. False: it is there already, or ahead, since it never goes back."""
        behind = (self._postbag_clock.now() - self.now()).total_seconds()
        if behind <= 0:
            return False
        await self.advance_time(behind)
        return True

    def _record_error(self, error: BaseException) -> None:
        """Note what the bot raised. A refusal that it answers in words is no fault of it, and the page would call it a crash."""
        if not isinstance(getattr(error, "original", error), PostbagError):
            super()._record_error(error)

    @property
    def errors_read(self) -> int:
        """Count the bot's errors that were looked at (``errors``) so far; ``errors_since`` gives those after."""
        return int(self._errors_acknowledged)

    @property
    def started(self) -> datetime:
        """Give the moment at which this Discord began."""
        epoch = self.backend.clock._epoch
        assert isinstance(epoch, datetime)
        return epoch

    @property
    def happened(self) -> int:
        """Count what happened so far: when it grows, an open page is out of date."""
        return len(self.backend.transcript)

    def fail(self, method: str, path: str, *, status: int, code: int = 0, message: str) -> Callable[[], None]:
        """Make matching requests of the bot fail until the function that is given back is called."""
        self.inject_error(method, path, status=status, code=code, message=message, times=None)
        fault = self.backend.faults[-1]

        def mend() -> None:
            self.backend.faults[:] = [other for other in self.backend.faults if other is not fault]

        return mend

    def deny(self, channel: Any, **permissions: bool) -> None:
        """Take permissions away from the bot in one channel."""
        value = discord.Permissions(**permissions).value
        self.backend.set_overwrite(channel.id, Overwrite(self.backend.bot_user.id, OverwriteType.MEMBER, deny=value))

    def allow_again(self, channel: Any) -> None:
        """Give back what ``deny`` took."""
        self.backend.delete_overwrite(channel.id, self.backend.bot_user.id)

    def delete_channel(self, channel: Any) -> None:
        """Delete a channel with everything in it, as a server manager would."""
        self.backend.delete_channel(channel.id)

    def has_channel(self, channel: Any) -> bool:
        """Say whether a channel is still there."""
        return channel.id in self.backend.channels

    def switch_off(self) -> None:
        """Let the bot hear of nothing any more, as if its process were gone. ``restart_bot`` ends that."""
        for event in ("INTERACTION_CREATE", "MESSAGE_CREATE"):
            self.bot._connection.parsers[event] = lambda _: None

    def listen(self, hears: Callable[[str, Mapping[str, Any]], None]) -> None:
        """Tell ``hears`` of every event, before the bot hears of it."""
        self.backend.subscribers.insert(0, hears)

    @contextmanager
    def at_once(self, times: int) -> Iterator[list[Any]]:
        """Let whatever is pressed, sent or typed meanwhile arrive so many times in the same instant, each as one of its own.

        Gives the records of the others, in the order in which the bot heard of them.
        """
        emit, others = self.backend.emit, []

        def several(event: str, payload: Any) -> Any:
            said = emit(event, payload)
            for _ in range(times - 1 if event == "INTERACTION_CREATE" else 0):
                record, another = self._another(payload)
                others.append(record)
                emit(event, another)
            return said

        self.backend.emit = several  # type: ignore[method-assign]
        try:
            yield others
        finally:
            self.backend.emit = emit  # type: ignore[method-assign]

    def _another(self, payload: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Make the same interaction again, with its own id and token."""
        user = payload.get("user") or payload["member"]["user"]
        guild_id = int(payload["guild_id"]) if "guild_id" in payload else None
        record, another = base_payload(
            self.backend,
            type=payload["type"],
            channel_id=int(payload["channel_id"]),
            guild_id=guild_id,
            user_id=int(user["id"]),
            data=copy.deepcopy(payload["data"]),
        )
        if "message" in payload:
            another["message"] = copy.deepcopy(payload["message"])
            record.source_message_id = int(payload["message"]["id"])
        return record, another

    @asynccontextmanager
    async def page(
        self,
        channel: Any,
        viewers: Sequence[Any],
        *,
        port: int | None = None,
        capability: str | None = None,
        locale: str = "en-GB",
    ) -> AsyncIterator[Preview]:
        """Serve the browser page of a channel to its viewers, at the address of the page before it where there was one."""
        preview = self.preview(
            channel, viewers=viewers, layout="channel", locale=locale, timezone="Europe/London", port=self._port or port
        )
        preview.capability = capability or self._capability
        act = preview._action

        async def act_in_turn(context_id: str | None, body: Any) -> dict[str, Any]:
            async with self.lock:
                page = preview._pages.get(context_id or "")
                if page is not None and isinstance(body, dict) and body.get("sequence") == page.last_sequence + 1:
                    body["published_revision"] = page.revision
                    if body.get("bot_generation", 0) < self._generation:
                        body |= {"bot_generation": self._generation, "generation": page.generation}
                return await act(context_id, body)

        preview._action = act_in_turn  # type: ignore[method-assign]
        async with preview:
            self._port = preview._server.port
            yield preview


@asynccontextmanager
async def simulated_discord(
    bot: discord.Client, clock: Clock, *, check_errors: bool = False, **options: Any
) -> AsyncIterator[Discord]:
    """Log the bot in to a simulated Discord, and out at the end. ``check_errors``: raise what the bot raised meanwhile."""
    env = Discord(bot, clock, check_errors=check_errors, **options)
    with env.strict:
        await env.start()
        try:
            yield env
        finally:
            await env.shutdown()
    if check_errors:
        env.raise_errors()
