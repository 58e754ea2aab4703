"""What Members of both Houses said, from the search of Hansard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.said import LONGEST_HEADING, Found, Said, SaidKind, speech_page, was_cut_off
from bot.sources.http import Http
from bot.sources.paced import PAUSE_SECONDS, Paced
from bot.sources.said_shapes import Reading

SERVICE = "Hansard"
TAKE = 50


class HansardApi(Paced):
    """Searches by a term and a day from which: none names a Member."""

    def __init__(self, http: Http, base_url: str, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(http, SERVICE, base_url, pause_seconds=pause_seconds)

    async def speeches(self, term: str, since: date) -> Found:
        """Find what was said aloud with a term in it since a day, newest first. Unavailable: it failed."""
        reply = await self.get(
            "/search/contributions/Spoken.json",
            [
                ("queryParameters.searchTerm", f'"{term}"' if " " in term else term),
                ("queryParameters.startDate", since.isoformat()),
                ("queryParameters.orderBy", "SittingDateDesc"),
                ("queryParameters.take", str(TAKE)),
            ],
        )
        reading = Reading(SERVICE)
        rows = reading.rows(reply.data, "Results")
        found = [said for said in (_speech(reading, row) for row in rows) if said is not None]
        reading.dropped = len(rows) - len(found)
        return Found(
            tuple(found),
            reading.total(reply.data, len(rows), "SpokenResultCount", "TotalResultCount"),
            reading.done(len(rows), len(found)),
        )


def _speech(reading: Reading, row: Mapping[str, Any]) -> Said | None:
    on = reading.day(row, "SittingDate")
    contribution = reading.line(row, "ContributionExtId", most=100)
    item = reading.number(row, "ItemId")
    key = contribution or (str(item) if item is not None else "")
    if on is None or not key:
        return None
    text = reading.text(row, "ContributionTextFull", "ContributionText") or reading.text(row, "ContributionText")
    house = reading.line(row, "House", most=20)
    return Said(
        kind=SaidKind.SPEECH,
        key=key,
        on=on,
        heading=reading.line(row, "DebateSection", most=LONGEST_HEADING),
        text=text,
        house=house if house in ("Commons", "Lords") else "",
        member_id=reading.number(row, "MemberId"),
        member=reading.line(row, "MemberName", "AttributedTo", most=100),
        is_cut=was_cut_off(text),
        url=speech_page(house, on, reading.line(row, "DebateSectionExtId", most=100), contribution),
    )
