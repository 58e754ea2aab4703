"""What is on in Parliament in the coming days, from its own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.said import LONGEST_HEADING, Sitting
from bot.sources.http import Http
from bot.sources.paced import PAUSE_SECONDS, Paced
from bot.sources.said_shapes import Reading

SERVICE = "Parliament's calendar"


class WhatsOnApi(Paced):
    """The whole calendar of some days at once: nothing is searched for."""

    def __init__(self, http: Http, base_url: str, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(http, SERVICE, base_url, pause_seconds=pause_seconds)

    async def events(self, start: date, end: date) -> tuple[Sitting, ...]:
        """List what both Houses and their committees have on between two days, in order. Unavailable: it failed."""
        reply = await self.get(
            "/calendar/events/list.json",
            [("queryParameters.startDate", start.isoformat()), ("queryParameters.endDate", end.isoformat())],
        )
        reading = Reading(SERVICE)
        rows = reading.rows(reply.data, "Results", "items")
        found = [event for event in (_event(reading, row) for row in rows) if event is not None]
        reading.dropped = len(rows) - len(found)
        reading.done(len(rows), len(found))
        kept = (event for event in found if start <= event.on <= end)
        return tuple(sorted(kept, key=lambda event: (event.on, event.time, event.key)))


def _event(reading: Reading, row: Mapping[str, Any]) -> Sitting | None:
    key, on = reading.number(row, "Id"), reading.day(row, "StartDate")
    if key is None or on is None:
        return None
    committee = reading.part(row, "Committee")
    named = reading.line(committee, "Description", most=LONGEST_HEADING) if committee is not None else ""
    return Sitting(
        key=str(key),
        on=on,
        title=reading.line(row, "Description", "SummarisedDetails", most=300) or named,
        house=reading.line(row, "House", most=20),
        kind=reading.line(row, "Category", "Type", most=60),
        time=reading.line(row, "StartTime", most=8)[:5],
        place=reading.line(row, "Location", most=100),
        committee=named,
        is_cancelled=reading.day(row, "CancelledDate") is not None,
    )
