"""Who in the House has acted on a report's words, for organisers: from what the shared searches found, and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.domain.house_acts import COUNTED, HouseActor, house_actors
from bot.domain.identity import GuildId
from bot.domain.members import Directory, MemberRole
from bot.domain.reports import Report
from bot.domain.said import KIND_LABELS, Said
from bot.domain.searches import Reach
from bot.services.ledger_files import cell
from bot.services.ports.files import File

OFFICES = {
    MemberRole.MINISTER: "minister",
    MemberRole.WHIP: "whip",
    MemberRole.SPEAKER: "in the Speaker's chair",
}


class FoundSayings(Protocol):
    """What is asked of what was found in Parliament."""

    @property
    def is_on(self) -> bool: ...

    async def of_report(self, guild_id: GuildId, report: Report) -> tuple[Sequence[Said], Reach]: ...


class CommitteeSeats(Protocol):
    """What is asked of who sits where."""

    async def seats(self) -> tuple[date | None, Mapping[int, tuple[str, ...]]]: ...


@dataclass(frozen=True, slots=True)
class HouseActed:
    """Members who acted on a report's words, how far was looked, and as of when seats on its committee are known."""

    report: Report
    actors: tuple[HouseActor, ...]
    reach: Reach
    seats_as_of: date | None = None
    is_on: bool = True


class HouseActorService:
    """Count. Nothing goes out."""

    def __init__(self, said: FoundSayings, seats: CommitteeSeats, directory: Callable[[], Directory]) -> None:
        self._said = said
        self._seats = seats
        self._directory = directory

    async def acted_on(self, guild_id: GuildId, report: Report) -> HouseActed:
        """List who has acted on a report, with those marked who sit on its committee or hold an office."""
        said, reach = await self._said.of_report(guild_id, report)
        as_of, seats = await self._seats.seats()
        marks: dict[int, list[str]] = {}
        wanted = _folded(report.committee)
        for number, names in seats.items():
            if any(_folded(name) == wanted for name in names):
                marks.setdefault(number, []).append("sits on the committee")
        for seat in self._directory().constituencies:
            office = OFFICES.get(seat.member.role) if seat.member is not None else None
            if seat.member is not None and office is not None:
                marks.setdefault(seat.member.member_id, []).append(office)
        return HouseActed(report, house_actors(said, marks), reach, as_of, is_on=self._said.is_on)


def _folded(committee: str) -> str:
    return committee.casefold().removeprefix("the ").removesuffix(" committee").strip()


def actors_file(acted: HouseActed) -> File:
    """Write the list as CSV: nothing that a spreadsheet could take for a formula, and nobody of a group."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("Member", "House", *(f"{KIND_LABELS[kind]}s" for kind in COUNTED), "Signatures", "newest", "marks")
    )
    for actor in acted.actors:
        counts = (actor.counts[kind] for kind in COUNTED)
        marks = cell(", ".join(actor.marks))
        writer.writerow((cell(actor.name), cell(actor.house), *counts, actor.signed, actor.newest.isoformat(), marks))
    return File("acted-in-parliament.csv", "text/csv", text.getvalue().encode())
