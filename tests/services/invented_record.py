"""Parliament's record of committees, invented and held in memory, and the service that looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.errors import NotFound, Unavailable
from bot.services.ports.reports import CommitteeFacts, PublicationFacts
from bot.services.publications import LETTER, PublicationService
from storage.installation_facts import Facts
from storage.publications import Publications
from tests.builders import SEALER, Desk

TIDES = CommitteeFacts(11, "Tides Committee", "Commons")
LANTERNS = CommitteeFacts(12, "Lanterns Committee", "Lords")


def facts(number: int, on: date | None = date(2027, 2, 20), **changes: Any) -> PublicationFacts:
    base = PublicationFacts(
        number, f"Report {number}", on, "Tides Committee", 11, "Commons", f"HC {number}", True, None,
        url=f"https://committees.example/{number}",
    )  # fmt: skip
    return replace(base, **changes)


class Record:
    """Parliament's record in memory. ``broken``: what cannot be read now."""

    def __init__(self) -> None:
        self.known: dict[int, PublicationFacts] = {}
        self.broken: set[object] = set()
        self.asked: list[object] = []

    def put(self, *found: PublicationFacts) -> None:
        self.known |= {one.publication_id: one for one in found}

    def _ask(self, what: object) -> None:
        self.asked.append(what)
        if what in self.broken:
            raise Unavailable(f"{what} can't be read now.", "Try later.")

    async def publication(self, publication_id: int) -> PublicationFacts:
        self._ask(publication_id)
        if publication_id not in self.known:
            raise NotFound("No such publication.", "Check the number.")
        return self.known[publication_id]

    async def committees(self) -> Sequence[CommitteeFacts]:
        self._ask("committees")
        return [TIDES, LANTERNS]

    async def reports_of(self, committee_id: int, since: date) -> Sequence[PublicationFacts]:
        self._ask(f"committee {committee_id}")
        found = [one for one in self.known.values() if one.committee_id == committee_id and one.type_id != LETTER]
        return [one for one in found if one.published_on is None or one.published_on >= since]


class Shelf:
    """The service with the record that it looks at, and how often deadlines were brought up to date."""

    def __init__(self, postbag: Desk) -> None:
        self.record = Record()
        self.changed: list[int] = []
        self.postbag = postbag
        self.store = Publications(postbag.database, SEALER)
        self.service = self.opened()

    def opened(self) -> PublicationService:
        async def changed() -> int:
            self.changed.append(1)
            return 1

        desk = self.postbag
        return PublicationService(
            self.store,
            self.record,
            desk.reports,
            desk.notices,
            Facts(desk.database),
            desk.clock,
            follows=desk.held,
            changed=changed,
            wake=lambda: desk.woken.append(1),
            audit=desk.audit,
        )
