"""What is needed of the reports held, of Parliament's record of them, and of whoever reads their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.drafts import DraftAnswers, DraftReport, SavedPage
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.records import Overlay
from bot.domain.reports import Report
from bot.domain.shared_answers import ReadResponse


class ReportStore(Protocol):
    """Postbag has: shipped packs and, later, imported ones; and which group follows which."""

    async def all(self) -> Sequence[Report]: ...
    async def overlays(self) -> Mapping[GuildId, Overlay]:
        """Give what groups imported and recorded themselves, confirmed. A group that has nothing is left out."""
        ...

    async def overlay(self, guild_id: GuildId) -> Overlay:
        """Give what one group imported and recorded itself, confirmed; maybe nothing."""
        ...

    async def responses_read(self) -> Mapping[ReportSlug, Sequence[ReadResponse]]:
        """Give the responses whose answers whoever runs this Postbag went through, for everybody."""
        ...

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        """Follow a report. False: it was followed already."""
        ...

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool: ...
    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]: ...
    async def followers(self, report: ReportSlug) -> Sequence[GuildId]: ...


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """What the Committees API says of one publication.

    ``description`` is as it stands there, "First Report - Street trees"; ``title``, ``ordinal`` and ``session`` are taken
    from it and from the paper's entry. ``paper`` is "HC 429", "HL Paper 12", or both for a committee of both Houses.
    """

    publication_id: int
    description: str
    published_on: date | None
    committee: str
    committee_id: int | None
    house: str
    paper: str
    response_expected: bool
    response_due_on: date | None
    responses: tuple[tuple[int, date | None, str], ...] = ()
    url: str = ""
    documents: tuple[tuple[int, tuple[str, ...]], ...] = ()
    type_id: int | None = None
    title: str = ""
    ordinal: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class CommitteeFacts:
    """A select committee as the Committees API names it. ``house`` is "Commons", "Lords" or "Joint"."""

    committee_id: int
    name: str
    house: str


class CommitteeRecord(Protocol):
    """What the Committees API lists. Every method: Unavailable where it could not be read whole, which is never "none"."""

    async def publication(self, publication_id: int) -> PublicationFacts:
        """Give one publication, with what responds to it. NotFound: there is none of that number."""
        ...

    async def committees(self) -> Sequence[CommitteeFacts]: ...
    async def reports_of(self, committee_id: int, since: date) -> Sequence[PublicationFacts]:
        """List a committee's reports published since a day, newest first."""
        ...


class ReportSource(Protocol):
    """The Committees API, for one report's text. Every method: Unavailable where it could not be read whole, which is never "none"."""

    async def publication(self, publication_id: int) -> PublicationFacts:
        """Give one publication, with what responds to it. NotFound: there is none of that number."""
        ...

    async def pages(self, facts: PublicationFacts) -> Sequence[SavedPage]:
        """Fetch the documents of a publication, one page each, in the best format listed: Html before Pdf.

        NotFound: it lists no document that can be read. Unavailable: the service does not answer.
        """
        ...


class PageReader(Protocol):
    """Reads pages that a person saved, pasted, or that the Committees API gave: apart from the bot, so that nothing else
    waits, and one at a time for each group. ``group`` is None where Postbag reads for itself. Refused by both: the group's
    last file is still being read, or this one takes too much time or memory. Unavailable: too many wait."""

    async def report(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftReport:
        """Read one report from all its pages. Refused: not a report, no numbered items, too large, or not to be read."""
        ...

    async def answers(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftAnswers:
        """Read one Government response from all its pages. Refused: as above."""
        ...
