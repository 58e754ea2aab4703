"""Signs of life for whoever watches from outside: answers on this computer alone, and an address that is called.

All of it is off by default. No answer holds an id, a name or a title: counts and seconds only. The address is called after a
finished sweep while Postbag is on Discord, without a body, a number or a redirect; that it stops coming is the alarm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.domain.errors import PostbagError, Refused
from bot.domain.reminders import ReminderState

if TYPE_CHECKING:
    from aiohttp import web

    from bot.services.ports.deliveries import ReminderHealth

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
CALL_EVERY = 60.0
SWEEP_STALE = 300.0
"""Seconds without a good sweep after which Postbag is not ready: as long as until its own log calls it critical."""

CALL_LIMIT = 10.0


class Watched(Protocol):
    """What the signs are read from."""

    @property
    def on_discord(self) -> bool: ...
    @property
    def since_sweep(self) -> float:
        """Give the seconds since the last good sweep."""
        ...

    @property
    def totals(self) -> Mapping[str, int]:
        """Give what all sweeps of this run did, by name."""
        ...

    async def health(self) -> ReminderHealth: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen: a loopback address and a port."""

    host: str
    port: int


class SignsOfLife:
    """Answer and call from ``start`` until ``stop``."""

    def __init__(self, watched: Watched, *, listen: Place | None, heartbeat: str) -> None:
        self._watched = watched
        self._listen = listen
        self._heartbeat = heartbeat
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._lag = 0.0
        self._failed = False

    async def start(self) -> None:
        """Begin. Refused: the port is taken."""
        if self._listen is not None:
            await self._open(self._listen)
            self._tasks.append(asyncio.create_task(self._measure(), name="loop lag"))
        if self._heartbeat:
            self._tasks.append(asyncio.create_task(self._call_on(), name="heartbeat"))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _open(self, place: Place) -> None:
        from aiohttp import web

        app = web.Application()
        app.router.add_get("/livez", self._livez)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, place.host, place.port).start()
        except OSError as error:
            raise Refused(
                f"Postbag can't listen on {place.host}:{place.port}: {error.strerror}.",
                "Set life.listen to another port.",
            ) from None

    async def _livez(self, request: web.Request) -> web.Response:
        return _text(200, "alive")

    async def _readyz(self, request: web.Request) -> web.Response:
        wrong = await self._wrong()
        return _text(200 if not wrong else 503, "\n".join(wrong) or "ready")

    async def _wrong(self) -> list[str]:
        wrong = []
        if not self._watched.on_discord:
            wrong.append("not connected to Discord")
        if self._watched.since_sweep > SWEEP_STALE:
            wrong.append("Postbag hasn't managed to check what is due for 5 minutes")
        try:
            await self._watched.health()
        except PostbagError:
            wrong.append("the database isn't answering")
        return wrong

    async def _metrics(self, request: web.Request) -> web.Response:
        totals, lines = self._watched.totals, []
        try:
            health = await self._watched.health()
        except PostbagError:
            health = None
        if health is not None:
            due = health.counts.get(ReminderState.SENDING, 0)
            lines += _gauge("reminders_scheduled", "Reminders to come", health.counts.get(ReminderState.SCHEDULED, 0))
            lines += _gauge("reminders_on_their_way", "Reminders being sent now", due)
            unsure = health.counts.get(ReminderState.UNKNOWN, 0) + health.counts.get(ReminderState.UNDELIVERABLE, 0)
            lines += _gauge("reminders_to_see_to", "Reminders that somebody should look at", unsure)
        lines += _gauge("database_up", "Whether the database answers", int(health is not None))
        lines += _gauge("discord_connected", "Whether Postbag is on Discord", int(self._watched.on_discord))
        lines += _gauge(
            "sweep_age_seconds", "Seconds since Postbag last checked what is due", self._watched.since_sweep
        )
        lines += _gauge("loop_lag_seconds", "How late the event loop was when last looked at", self._lag)
        for name, words in COUNTED.items():
            lines += _metric(f"{name}_total", words, totals.get(name, 0), "counter")
        return _text(200, "\n".join(lines) + "\n", "text/plain; version=0.0.4")

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(1.0)
            self._lag = max(0.0, loop.time() - began - 1.0)

    # The address that is called

    async def _call_on(self) -> None:
        loop = asyncio.get_running_loop()
        called = -CALL_EVERY
        while True:
            await asyncio.sleep(min(LOOK_EVERY, CALL_EVERY))
            if (
                self._watched.on_discord
                and self._watched.since_sweep < CALL_EVERY
                and loop.time() - called >= CALL_EVERY
            ):
                called = loop.time()
                await self._call()

    async def _call(self) -> None:
        """Call the address once. That it fails is logged once, and told by whoever waits for the call."""
        import aiohttp

        answered: int | None = None
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            limit = aiohttp.ClientTimeout(total=CALL_LIMIT)
            async with (
                aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.get(self._heartbeat, allow_redirects=False) as reply,
            ):
                answered = reply.status
        well = answered is not None and 200 <= answered < 300
        if not well and not self._failed:
            log.warning("the heartbeat address did not take the call (%s)", answered or "no answer")
        self._failed = not well


COUNTED = {
    "sent": "Messages sent",
    "late": "Messages sent late",
    "retried": "Messages put off to be tried again",
    "undeliverable": "Messages that could not be delivered",
    "unknown": "Messages that may or may not have arrived",
    "refused": "Times that Discord asked Postbag to wait",
    "taken_over": "Messages taken over from a process that ended",
}


def _gauge(name: str, words: str, value: float) -> list[str]:
    return _metric(name, words, value, "gauge")


def _metric(name: str, words: str, value: float, kind: str) -> list[str]:
    return [f"# HELP postbag_{name} {words}.", f"# TYPE postbag_{name} {kind}", f"postbag_{name} {value:g}"]


def _text(status: int, words: str, kind: str = "text/plain") -> web.Response:
    from aiohttp import web

    return web.Response(status=status, body=words.encode(), headers={"Content-Type": kind, "Cache-Control": "no-store"})
