"""Who sits on which committee: the whole House at once, once a week, so that no request singles anybody out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.errors import PostbagError
from bot.domain.members import Directory
from bot.services.ports.installation import FactStore

log = logging.getLogger(__name__)

FACT = "committee-seats"
TRIED = "committee-seats-tried"
READ_AGAIN = timedelta(days=7)
AT_ONCE = 50
"""Members in one request; of a House of 650 that is 13."""


class SeatSource(Protocol):
    """Where it is read. Unavailable: it failed, which is never "sits on none"."""

    async def committee_seats(self, member_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]: ...


class HousePostService:
    """Read, hold and give. What was read before stays where a look fails."""

    def __init__(
        self, source: SeatSource | None, facts: FactStore, directory: Callable[[], Directory], clock: Clock
    ) -> None:
        self._source = source
        self._facts = facts
        self._directory = directory
        self._clock = clock

    async def look_if_due(self) -> bool:
        """Read the whole House's seats where that is a week old; at most one try a day. Tells whether they were read."""
        today = london_today(self._clock)
        as_of, _ = await self.seats()
        if self._source is None or (as_of is not None and today - as_of < READ_AGAIN):
            return False
        if await self._facts.get(TRIED) == today.isoformat():
            return False
        await self._facts.put(TRIED, today.isoformat())
        members = [seat.member for seat in self._directory().constituencies if seat.member is not None]
        numbers = sorted(member.member_id for member in members if member.member_id > 0)
        if not numbers:
            return False
        found: dict[int, tuple[str, ...]] = {}
        try:
            for start in range(0, len(numbers), AT_ONCE):
                found |= await self._source.committee_seats(numbers[start : start + AT_ONCE])
        except PostbagError as error:
            log.info("who sits on which committee could not be read: %s", error.message)
            return False
        held = {str(number): list(names) for number, names in found.items() if names}
        await self._facts.put(FACT, json.dumps({"on": today.isoformat(), "of": held}, ensure_ascii=False))
        return True

    async def seats(self) -> tuple[date | None, Mapping[int, tuple[str, ...]]]:
        """Give the day on which they were read (None: never), and the committees of each Member by number."""
        held = await self._facts.get(FACT)
        if held is None:
            return None, {}
        read = json.loads(held)
        return date.fromisoformat(read["on"]), {int(number): tuple(names) for number, names in read["of"].items()}
