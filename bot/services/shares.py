"""Count what people and groups use, in memory, so that nobody uses up what is there for the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, UserId
from bot.domain.shares import SHARES, What

# Tidied only now and then, since each look at everybody's costs as much as all of them.
SWEEP_AT = 10_000


class Shares:
    """Counts before anything is awaited, so that presses at once count as presses one after another.

    What is counted ends with its span, and with the process.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lifted: set[What] = set()
        self._used: dict[tuple[What, str, int], deque[datetime]] = {}

    def lift(self, kinds: Iterable[What]) -> None:
        """Count these no more: where the clock stands while a machine presses."""
        self._lifted.update(kinds)

    def take(self, what: What, user_id: UserId, group: GuildId | None) -> None:
        """Take one place. Refused: the person's share, or the group's, is used up; it says when there is room again."""
        if what in self._lifted:
            return
        share, now = SHARES[what], self._clock.now()
        mine = self._lately(what, "person", int(user_id), share.span, now)
        ours = self._lately(what, "group", int(group), share.span, now) if group is not None else None
        if len(mine) >= share.person:
            raise Refused(f"You have {share.words} in a short time.", _when(mine[0] + share.span - now))
        if ours is not None and len(ours) >= share.group:
            raise Refused(
                f"People in this server have {share.words} in a short time.", _when(ours[0] + share.span - now)
            )
        mine.append(now)
        if ours is not None:
            ours.append(now)

    def forget(self, user_id: UserId) -> None:
        """Forget what one person used."""
        for what in What:
            self._used.pop((what, "person", int(user_id)), None)

    def people_held(self) -> set[UserId]:
        """Give those of whom something is counted."""
        return {UserId(number) for _, whose, number in self._used if whose == "person"}

    def _lately(self, what: What, whose: str, number: int, span: timedelta, now: datetime) -> deque[datetime]:
        if len(self._used) > SWEEP_AT:
            over = [key for key, times in self._used.items() if not times or now - times[-1] >= SHARES[key[0]].span]
            for key in over:
                del self._used[key]
        times = self._used.setdefault((what, whose, number), deque())
        while times and not timedelta(0) <= now - times[0] < span:
            times.popleft()
        return times


def _when(wait: timedelta) -> str:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return "Try again in a minute." if minutes == 1 else f"Try again in {minutes} minutes."
