"""Bank holidays: GOV.UK's list, read once a week and kept, over the one that is shipped. They never move a due date."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.domain.errors import PostbagError
from bot.services.ports.installation import FactStore

log = logging.getLogger(__name__)

KEPT_AS = "bank holidays"
READ_AFTER = timedelta(days=7)
"""GOV.UK adds a year or two at a time, and moves a day for a royal occasion some months ahead."""

MEASURED_BY = "england-and-wales"
ENDS_SOON = timedelta(days=90)
"""A ladder is planned so far ahead and further: by then somebody must have looked."""


class HolidaySource(Protocol):
    """Where the list is read. Unavailable: not just now."""

    async def days(self) -> Mapping[str, frozenset[date]]: ...


class DaysOffService:
    """Give the bank holidays of a division. ``shipped`` are those that came with Postbag."""

    def __init__(
        self, source: HolidaySource, facts: FactStore, clock: Clock, shipped: Callable[[str], frozenset[date]]
    ) -> None:
        self._source = source
        self._facts = facts
        self._clock = clock
        self._shipped = shipped
        self._read: dict[str, frozenset[date]] = {}
        self._read_at: datetime | None = None

    async def load(self) -> None:
        """Take up the list that was read last. One that is not whole any more is read again."""
        written = await self._facts.get(KEPT_AS)
        if written is None:
            return
        try:
            kept = json.loads(written)
            self._read = {name: frozenset(map(date.fromisoformat, days)) for name, days in kept["days"].items()}
            self._read_at = datetime.fromisoformat(kept["at"])
        except (ValueError, KeyError, TypeError, AttributeError):
            log.info("the kept list of bank holidays could not be read: it is read again from its source")

    async def read_if_due(self) -> bool:
        """Read the list where it is a week old. False: it is younger, or its source does not answer; what is known is kept."""
        now = self._clock.now()
        if self._read_at is not None and timedelta(0) <= now - self._read_at < READ_AFTER:
            return False
        try:
            found = await self._source.days()
        except PostbagError as error:
            log.info("the list of bank holidays was not read: %s", error.message)
            return False
        if not found.get(MEASURED_BY):
            log.info("the list of bank holidays that was read is empty: the one before is kept")
            return False
        self._read, self._read_at = dict(found), now
        days = {name: sorted(day.isoformat() for day in listed) for name, listed in found.items()}
        await self._facts.put(KEPT_AS, json.dumps({"at": now.astimezone(UTC).isoformat(), "days": days}))
        return True

    def of_division(self, division: str) -> frozenset[date]:
        """Give the days of a division, a list that was read before the one shipped; none for any other name."""
        return self._read.get(division) or self._shipped(division)

    def ending(self, today: date) -> date | None:
        """Give the last day that is listed, where the list ends soon or has ended; None where it goes on."""
        last = max(self.of_division(MEASURED_BY), default=date.min)
        return last if last < today + ENDS_SOON else None
