"""Asking one of Parliament's services gently: one call at a time, apart from each other, and none for a while after it failed."""

from __future__ import annotations

import asyncio
import logging

from bot.domain.errors import Unavailable
from bot.sources.http import TRY_LATER, Http, Parameters, Reply

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
FIRST_REST = 60.0
LONGEST_REST = 3600.0
KEPT_SECONDS = 900.0
MOST_KEPT = 8
MOST_BYTES = 3 * 1024 * 1024
FOUND = frozenset({200})


class Paced:
    """One service's door. ``calls`` counts what was really asked, for health and for measuring.

    After a failure it rests a minute, then two, then four, up to an hour: meanwhile whoever asks hears that at once, and nothing goes
    out. An answer is held in memory for a quarter of an hour, so that the same search twice is one call.
    """

    def __init__(self, http: Http, service: str, base_url: str, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self.service = service
        self.calls = 0
        self._http = http
        self._base = base_url.rstrip("/")
        self._pause = pause_seconds
        self._turn = asyncio.Lock()
        self._last = 0.0
        self._rest = 0.0
        self._rests_until = 0.0
        self._kept: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, Reply]] = {}

    async def get(
        self,
        path: str,
        parameters: list[tuple[str, str]] | None = None,
        *,
        expect: frozenset[int] = FOUND,
        fresh: bool = False,
    ) -> Reply:
        """Fetch JSON. ``fresh`` asks again what is held. Unavailable: it failed, or rests since it failed."""
        asked = (path, tuple(parameters or ()))
        async with self._turn:
            loop = asyncio.get_running_loop()
            held = self._kept.get(asked)
            if held is not None and not fresh and loop.time() - held[0] < KEPT_SECONDS:
                return held[1]
            if loop.time() < self._rests_until:
                raise Unavailable(
                    f"{self.service} failed a moment ago, so Postbag is leaving it alone for a while.", TRY_LATER
                )
            # Never longer than the pause, whatever the loop's clock does: a rehearsal moves it.
            wait = min(self._pause, self._last + self._pause - loop.time())
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                reply = await self._ask(f"{self._base}{path}", asked[1], expect)
            except Unavailable:
                self._rest = min(max(FIRST_REST, self._rest * 2), LONGEST_REST)
                self._rests_until = loop.time() + self._rest
                raise
            finally:
                self._last = loop.time()
            self._rest = 0.0
            self._keep(asked, loop.time(), reply)
            return reply

    async def _ask(self, address: str, parameters: Parameters, expect: frozenset[int]) -> Reply:
        self.calls += 1
        return await self._http.get(self.service, address, parameters, expect=expect, attempts=3, most_bytes=MOST_BYTES)

    def _keep(self, asked: tuple[str, tuple[tuple[str, str], ...]], now: float, reply: Reply) -> None:
        self._kept[asked] = (now, reply)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
