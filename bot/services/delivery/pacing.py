"""How fast messages may go out: a little under what Discord takes in all, and what it takes for one channel."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.domain.errors import Unavailable
from bot.domain.reminders import Target

PER_SECOND = 47.0
"""Discord takes 50 requests a second from a bot; answers to people are not counted, and look-ups need a little room."""

WINDOW = 1.0
"""Seconds in which no more than that many turns are handed out."""

CATCH_UP = 0.85
"""The least gap between two turns, as a part of the even one."""

LOOK_AGAIN = 0.25
"""Seconds between two looks whether this process has its part of the pace again."""

AS_USUAL = 0.03
"""Seconds by which an answer may be later than the quickest ones: half of the room between the pace and what Discord takes."""

QUICKEST_OF = 50
"""So many answers tell how quick the quickest is."""

QUICK, SLOW = 0.1, 0.4
"""Seconds of the quickest answer before any is known, and at most: where all are later, something holds them up."""

UNANSWERED_AGAIN = 0.05
"""Seconds until a turn is asked for again where all are used up by requests without an answer."""

PER_CHANNEL = 5
CHANNEL_WINDOW = 5.25
"""Discord takes about 5 messages in 5 seconds for one channel; the rest is for a request's way there."""


class Pacer:
    """Hand out turns in order, and never more in a second than asked, whenever they reach Discord.

    A turn is used up from when it is taken until a second after its request is there. A network that holds requests up, and lets
    all of them go at once, so finds no more of them than one second may have. What was held up is made good a little quicker, but
    two turns that a busy moment delayed never become a burst.
    """

    def __init__(self, per_second: float = PER_SECOND) -> None:
        self._per_second = per_second
        self._most = self._wanted = max(1, int(per_second))
        self._gap = self._wanted_gap = CATCH_UP / per_second
        self._grows_at: float | None = None
        self._last = float("-inf")
        self._under_way = 0
        self._over: list[float] = []
        self._took: deque[float] = deque([QUICK], maxlen=QUICKEST_OF)
        self._queue = asyncio.Lock()
        self._has_part: Callable[[], bool] = lambda: True
        self._is_closing = False

    def share(self, processes: int, has_part: Callable[[], bool] = lambda: True) -> None:
        """Take an even part of the pace: Discord counts what all processes of one bot send together.

        ``has_part``: the others leave this process its part. While they do not, because it has just come or was silent for so long
        that they gave it away, no turn is handed out. A greater part is taken a second later: until then it still counts what was sent
        by whoever has gone.
        """
        self._has_part = has_part
        mine = self._per_second / max(1, processes)
        self._wanted, self._wanted_gap, self._grows_at = max(1, int(mine)), CATCH_UP / mine, None
        if self._wanted <= self._most:
            self._most, self._gap = self._wanted, self._wanted_gap

    async def ready(self) -> None:
        """Wait until this process has its part of the pace. What is claimed before would wait in vain."""
        while not self._has_part():
            self._require_open()
            await asyncio.sleep(LOOK_AGAIN)

    def close(self) -> None:
        """Let nobody wait any longer for a part of the pace: Postbag stops, and the database may be away for hours."""
        self._is_closing = True

    def _require_open(self) -> None:
        if self._is_closing:
            raise Unavailable("Postbag is stopping.", "Anything not sent yet goes out when it starts again.")

    @asynccontextmanager
    async def turn(self, count: int = 1) -> AsyncIterator[None]:
        """Wait for a turn worth ``count`` requests, which are made within.

        Where this process' part is smaller than that, the turn takes one request after another and waits for no end of its own.
        """
        loop = asyncio.get_running_loop()
        taken: list[float] = []
        try:
            async with self._queue:
                for _ in range(count):
                    while (wait := self.wait(loop.time(), len(taken))) > 0:
                        if not self._has_part():
                            self._require_open()
                        await asyncio.sleep(wait)
                    taken.append(self.take(loop.time()))
            yield
        finally:
            for at in taken:
                self.end(at, loop.time())

    def wait(self, now: float, own: int = 0) -> float:
        """Give the seconds until the next turn may be taken, or is to be asked for again; none or fewer: now.

        ``own``: requests that the turn which waits has taken already. They end only after it.
        """
        if not self._has_part():
            return LOOK_AGAIN
        if self._wanted > self._most:
            if self._grows_at is None:
                self._grows_at = now + WINDOW
            if now >= self._grows_at:
                self._most, self._gap = self._wanted, self._wanted_gap
        while self._over and self._over[0] + WINDOW <= now:
            heapq.heappop(self._over)
        wait = self._last + self._gap - now
        if self._under_way - own + len(self._over) < max(1, self._most - own):
            return wait
        return max(wait, self._over[0] + WINDOW - now if self._over else UNANSWERED_AGAIN)

    def take(self, now: float) -> float:
        """Note that a turn is taken, and give when: it is to be ended with that."""
        self._under_way += 1
        self._last = now
        return now

    def end(self, taken: float, now: float) -> None:
        """Note that what a turn was taken for is answered. By how late the answer is, it is known when the request got there."""
        self._under_way -= 1
        self._took.append(now - taken)
        heapq.heappush(self._over, max(taken, now - min(SLOW, *self._took) - AS_USUAL))


class Channels:
    """Which targets may be sent to now: one message of each under way, few in a few seconds, none while Discord says wait."""

    def __init__(self, window: float = CHANNEL_WINDOW) -> None:
        self._window = window
        self._busy: set[Target] = set()
        self._recent: dict[Target, deque[float]] = {}
        self._held: dict[Target, tuple[datetime, timedelta]] = {}

    @property
    def busy(self) -> frozenset[Target]:
        """Give the targets that a message is under way to."""
        return frozenset(self._busy)

    @property
    def any_held(self) -> bool:
        """Tell whether Discord asked to wait with any target, not long ago."""
        return bool(self._held)

    def ready_at(self, target: Target, now: float) -> float | None:
        """Give the loop time from which a target may be sent to; None: when its present message is done."""
        if target in self._busy:
            return None
        recent = self._recent.get(target)
        if recent is not None and len(recent) == PER_CHANNEL:
            return max(now, recent[0] + self._window)
        return now

    def begin(self, target: Target, now: float) -> None:
        """Note that a message is on its way."""
        self._busy.add(target)
        self._recent.setdefault(target, deque(maxlen=PER_CHANNEL)).append(now)

    def end(self, target: Target) -> None:
        """Note that the message is done with, well or badly."""
        self._busy.discard(target)

    def hold(self, target: Target, now: datetime, wait: timedelta) -> None:
        """Note that Discord asked for a wait before the next message to a target."""
        self._held[target] = (now + wait, wait)

    def held_until(self, target: Target, now: datetime) -> datetime | None:
        """Give the time until which Discord asked to wait. A clock that was moved since makes no wait longer."""
        until, wait = self._held.get(target, (now, timedelta(0)))
        return until if now < until <= now + wait else None

    def forget(self, loop_now: float, now: datetime) -> None:
        """Drop what no longer matters, so that memory does not grow with the number of channels ever seen."""
        self._recent = {t: seen for t, seen in self._recent.items() if seen[-1] + self._window > loop_now}
        self._held = {t: held for t, held in self._held.items() if held[0] > now}
