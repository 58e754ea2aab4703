"""SimCord, tuned to Postbag: the one module that knows its private names. ``tests/rehearsal/test_discord.py`` tests them all.

What is changed, and why:

* its clock starts at Postbag's time instead of 2026, so that Discord's own stamps are right, also in 2021;
* it looks for settled work every 2 ms instead of 50 (``_settle_internal``), so that a command takes milliseconds;
* the preview keeps one address when it is reopened (``capability``, the port), waits its turn behind the lock of everything
  else that drives SimCord, and does not refuse a click because the page was refreshed in between (``_action``);
* every request of the bot passes ``StrictDiscord``.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import discord
import simcord
from simcord._clock import Clock as SimcordClock
from simcord.backend import Backend
from simcord.preview import Preview

from bot.clock import Clock
from bot.rehearsal.strict import StrictDiscord

BOT_NAME = "Postbag"
SETTLE_EVERY = 0.002


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
        super().__init__(bot, **options)
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

    @property
    def errors_read(self) -> int:
        """Count the bot's errors that were looked at (``errors``) so far; ``errors_since`` gives those after."""
        return int(self._errors_acknowledged)

    @property
    def happened(self) -> int:
        """Count what happened so far: when it grows, an open page is out of date."""
        return len(self.backend.transcript)

    @asynccontextmanager
    async def page(
        self, channel: Any, viewers: Sequence[Any], *, port: int | None = None, locale: str = "en-GB"
    ) -> AsyncIterator[Preview]:
        """Serve the browser page of a channel to its viewers, at the address of the page before it where there was one."""
        preview = self.preview(
            channel, viewers=viewers, layout="channel", locale=locale, timezone="Europe/London", port=self._port or port
        )
        preview.capability = self._capability
        act = preview._action

        async def act_in_turn(context_id: str | None, body: Any) -> dict[str, Any]:
            async with self.lock:
                page = preview._pages.get(context_id or "")
                if page is not None and isinstance(body, dict) and body.get("sequence") == page.last_sequence + 1:
                    body["published_revision"] = page.revision
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
