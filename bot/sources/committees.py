"""The Committees API: what it says of one publication, and which publications answer it."""

from __future__ import annotations

import asyncio
import binascii
import logging
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import TypeAdapter

from bot.clock import Clock, london_today
from bot.domain.drafts import SavedPage
from bot.domain.errors import NotFound, UnexpectedAnswer
from bot.domain.paper_names import paper_number, session_words, take_name_apart
from bot.services.ports.reports import CommitteeFacts, PublicationFacts
from bot.sources.http import TRY_LATER, Http, Reply
from bot.sources.members_shapes import Day, OrNone, Shape, read

log = logging.getLogger(__name__)

SERVICE = "The Committees API of Parliament"
PAUSE_SECONDS = 0.5
TAKE = 30
MOST_PAGES = 40
WINDOW = timedelta(days=365)
MOST_DOCUMENTS = 10
LARGEST_ANSWER = 28 * 1024 * 1024
"""A document of 20 MB as base64 within JSON, with room to spare."""
FORMATS = ("Html", "Pdf", "OriginalFormat")
"""The formats of a document, the best to read first."""
REPORT = 1
SELECT = "select"
TYPES_OF_ANSWERS = (2, 12, 3)
"""Government Response, Special Report, Correspondence: used where the API's own list of types cannot be read."""


class _Named(Shape):
    id: int
    name: str | None = None
    house: str | None = None


class _Type(Shape):
    id: int
    name: str | None = None
    canBeResponse: bool | None = None  # noqa: N815


class _Paper(Shape):
    number: str | None = None
    sessionId: int | None = None  # noqa: N815
    sessionDescription: str | None = None  # noqa: N815


class _File(Shape):
    fileDataFormat: str | None = None  # noqa: N815


class _Content(Shape):
    fileName: str | None = None  # noqa: N815
    data: str | None


class _Document(Shape):
    documentId: int  # noqa: N815
    files: list[_File] | None = None


class _Brief(Shape):
    id: int
    description: str | None = None
    publicationStartDate: Day = None  # noqa: N815


class _Responses(Shape):
    publication: list[_Brief] | None = None
    responseDeadline: Day = None  # noqa: N815
    responseExcepted: bool | None = None  # noqa: N815


class _Publication(_Brief):
    governmentResponses: _Responses | None = None  # noqa: N815
    documents: Annotated[list[_Document] | None, OrNone] = None
    hcNumber: Annotated[_Paper | None, OrNone] = None  # noqa: N815
    hlPaper: Annotated[_Paper | None, OrNone] = None  # noqa: N815
    type: Annotated[_Type | None, OrNone] = None
    responseToPublicationId: int | None = None  # noqa: N815
    additionalContentUrl: str | None = None  # noqa: N815
    committee: Annotated[_Named | None, OrNone] = None


class _Page(Shape):
    items: list[_Publication]
    totalResults: int  # noqa: N815


_PUBLICATION = TypeAdapter(_Publication)
_PAGE = TypeAdapter(_Page)
_CONTENT = TypeAdapter(_Content)


class _Committee(_Named):
    endDate: Day = None  # noqa: N815
    category: Annotated[_Named | None, OrNone] = None


class _Committees(Shape):
    items: list[_Committee]
    totalResults: int  # noqa: N815


class _Period(Shape):
    endDate: Day = None  # noqa: N815


class _Business(Shape):
    id: int
    title: str | None = None
    openSubmissionPeriods: Annotated[list[_Period] | None, OrNone] = None  # noqa: N815


class _BusinessPage(Shape):
    items: list[_Business]
    totalResults: int  # noqa: N815


_BUSINESS = TypeAdapter(_BusinessPage)


class _MemberInfo(Shape):
    mnisId: int | None = None  # noqa: N815


class _Memberships(Shape):
    memberInfo: Annotated[_MemberInfo | None, OrNone] = None  # noqa: N815
    committees: Annotated[list[_Committee] | None, OrNone] = None


_SEATS = TypeAdapter(list[_Memberships])
_COMMITTEES = TypeAdapter(_Committees)
_TYPES = TypeAdapter(list[_Type])


class CommitteesApi:
    """Publications of select committees. Calls go out one at a time, half a second apart."""

    def __init__(self, http: Http, base_url: str, clock: Clock, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._clock = clock
        self._pause = pause_seconds
        self._turn = asyncio.Lock()
        self._last = 0.0
        self._types: tuple[int, ...] = ()

    async def publication(self, publication_id: int) -> PublicationFacts:
        """Read one publication. Where a response is expected and none is attached, look for one that was not attached.

        NotFound: there is no such publication. Unavailable: it, or the look for answers, failed; that is never "none".
        """
        reply = await self._get(f"/api/Publications/{publication_id}", expect=frozenset({200, 404}))
        if reply.status == 404:
            raise NotFound(
                "The Committees API has no publication with that number.",
                "The number is in the address of the publication's page, after /publications/.",
            )
        found = read(_PUBLICATION, reply.data, SERVICE)
        if found.id != publication_id:
            raise UnexpectedAnswer(f"{SERVICE} sent a different publication from the one Postbag asked for.", TRY_LATER)
        facts = _facts(found)
        if facts.response_expected and not facts.responses:
            return _with_responses(facts, await self.answers(facts))
        return facts

    async def pages(self, facts: PublicationFacts) -> Sequence[SavedPage]:
        """Fetch the documents of a publication, one page each, in the best format that it lists: Html before Pdf.

        NotFound: it lists no document that can be had. Unavailable: the service does not answer.
        """
        found: list[SavedPage] = []
        for document_id, listed in facts.documents[:MOST_DOCUMENTS]:
            for name in (name for name in FORMATS if name in listed):
                page = await self._document(facts.publication_id, document_id, name)
                if page is not None:
                    found.append(page)
                    break
        if not found:
            raise NotFound(
                "The Committees API has no document for that publication.",
                "Open the report in your browser, save its page “Conclusions and recommendations”, and import that file.",
            )
        return tuple(found)

    async def _document(self, publication_id: int, document_id: int, name: str) -> SavedPage | None:
        path = f"/api/Publications/{publication_id}/Document/{document_id}/{name}"
        reply = await self._get(path, expect=frozenset({200, 404}), most_bytes=LARGEST_ANSWER)
        if reply.status == 404:
            return None
        given = read(_CONTENT, reply.data, SERVICE)
        if not given.data:
            return None
        try:
            content = b64decode(given.data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UnexpectedAnswer(f"{SERVICE} sent a document that Postbag can't open.", TRY_LATER) from error
        return SavedPage((given.fileName or "").strip() or f"document {document_id}", content)

    async def answers(self, facts: PublicationFacts) -> tuple[tuple[int, date | None, str], ...]:
        """Find publications of the same committee that name this one as what they respond to, oldest first."""
        if facts.committee_id is None or facts.published_on is None:
            return ()
        types = await self._types_of_answers()
        found: dict[int, tuple[int, date | None, str]] = {}
        start, today = facts.published_on, london_today(self._clock)
        while start <= today:
            end = min(start + WINDOW, today)
            for item in await self._window(types, facts.committee_id, start, end):
                if item.responseToPublicationId == facts.publication_id:
                    found[item.id] = _brief(item)
            start = end + timedelta(days=1)
        return tuple(sorted(found.values(), key=lambda brief: (brief[1] or date.max, brief[0])))

    async def committees(self) -> tuple[CommitteeFacts, ...]:
        """List the select committees that sit now, by name. Unavailable: the list could not be read whole."""
        items: list[_Committee] = []
        for _ in range(MOST_PAGES):
            asked = [("CommitteeStatus", "Current"), ("Skip", str(len(items))), ("Take", str(TAKE))]
            page = read(_COMMITTEES, (await self._get("/api/Committees", asked)).data, SERVICE)
            items += page.items
            if len(items) >= page.totalResults:
                found = {item.id: item for item in items if _sits(item)}
                named = (
                    CommitteeFacts(item.id, " ".join((item.name or "").split()), (item.house or "").strip())
                    for item in found.values()
                )
                return tuple(sorted(named, key=lambda c: (c.name.casefold(), c.committee_id)))
            if not page.items:
                break
        raise UnexpectedAnswer(f"{SERVICE} stopped before the end of its list.", TRY_LATER)

    async def reports_of(self, committee_id: int, since: date) -> tuple[PublicationFacts, ...]:
        """List a committee's reports published since a day, newest first. Unavailable: they could not be read whole."""
        found: dict[int, PublicationFacts] = {}
        start, today = since, london_today(self._clock)
        while start <= today:
            end = min(start + WINDOW, today)
            for item in await self._window((REPORT,), committee_id, start, end):
                if item.type is None or item.type.id == REPORT:
                    found[item.id] = _facts(item)
            start = end + timedelta(days=1)
        return tuple(sorted(found.values(), key=lambda f: (f.published_on or date.min, f.publication_id), reverse=True))

    async def calls_for_evidence(self) -> tuple[tuple[int, str, date | None], ...]:
        """List the inquiries that take written evidence now: number, title, last day. Unavailable: it could not be read whole."""
        items: list[_Business] = []
        for _ in range(MOST_PAGES):
            asked = [("CurrentlyAcceptingEvidence", "true"), ("Skip", str(len(items))), ("Take", str(TAKE))]
            page = read(_BUSINESS, (await self._get("/api/CommitteeBusiness", asked)).data, SERVICE)
            items += page.items
            if len(items) >= page.totalResults:
                named = [(one.id, " ".join((one.title or "").split()), _closes(one)) for one in items]
                return tuple(call for call in named if call[1])
            if not page.items:
                break
        raise UnexpectedAnswer(f"{SERVICE} stopped before the end of its list.", TRY_LATER)

    async def committee_seats(self, member_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
        """Give the select committees on which each of these Members sits now. Unavailable: it could not be read."""
        asked = [*(("Members", str(number)) for number in member_ids), ("MembershipStatus", "Current")]
        rows = read(_SEATS, (await self._get("/api/Members", asked)).data, SERVICE)
        found: dict[int, tuple[str, ...]] = {}
        for row in rows:
            number = row.memberInfo.mnisId if row.memberInfo is not None else None
            if number is not None:
                named = (" ".join((one.name or "").split()) for one in row.committees or () if _sits(one))
                found[number] = tuple(sorted(dict.fromkeys(named)))
        if rows and not found:
            raise UnexpectedAnswer(f"{SERVICE} sent an answer that Postbag doesn't understand.", TRY_LATER)
        return found

    async def _window(self, types: tuple[int, ...], committee: int, start: date, end: date) -> list[_Publication]:
        items: list[_Publication] = []
        for _ in range(MOST_PAGES):
            reply = await self._get(
                "/api/Publications",
                [
                    *(("PublicationTypeIds", str(number)) for number in types),
                    ("CommitteeId", str(committee)),
                    ("StartDate", start.isoformat()),
                    ("EndDate", f"{end.isoformat()}T23:59:59"),
                    ("SortOrder", "PublicationDateDescending"),
                    ("Skip", str(len(items))),
                    ("Take", str(TAKE)),
                ],
            )
            page = read(_PAGE, reply.data, SERVICE)
            items += page.items
            if len(items) >= page.totalResults:
                return items
            if not page.items:
                break
        raise UnexpectedAnswer(f"{SERVICE} stopped before the end of its list.", TRY_LATER)

    async def _types_of_answers(self) -> tuple[int, ...]:
        if not self._types:
            try:
                listed = read(_TYPES, (await self._get("/api/PublicationType")).data, SERVICE)
            except UnexpectedAnswer:
                log.info("the list of publication types could not be read: the usual ones are used")
                return TYPES_OF_ANSWERS
            named = tuple(kind.id for kind in listed if kind.canBeResponse)
            self._types = tuple(dict.fromkeys(named + TYPES_OF_ANSWERS))
        return self._types

    async def _get(
        self,
        path: str,
        parameters: list[tuple[str, str]] | None = None,
        *,
        expect: frozenset[int] = frozenset({200}),
        most_bytes: int | None = None,
    ) -> Reply:
        async with self._turn:
            loop = asyncio.get_running_loop()
            wait = min(self._pause, self._last + self._pause - loop.time())
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                return await self._http.get(
                    SERVICE, f"{self._base}{path}", parameters or (), expect=expect, most_bytes=most_bytes
                )
            finally:
                self._last = loop.time()


def _closes(item: _Business) -> date | None:
    """Give the last day of the periods that are open, in London. None: no period names one."""
    days = (_day(period.endDate) for period in item.openSubmissionPeriods or ())
    return max((day for day in days if day is not None), default=None)


def _sits(item: _Committee) -> bool:
    """Tell whether a committee is a select committee with a name that has not ended. Without a category it counts as one."""
    kind = (item.category.name or "").casefold() if item.category is not None else SELECT
    return item.endDate is None and bool((item.name or "").strip()) and SELECT in kind


def _facts(found: _Publication) -> PublicationFacts:
    said = found.governmentResponses or _Responses()
    committee = found.committee
    number, on, description = _brief(found)
    name = take_name_apart(description)
    papers = [(paper, lords) for paper, lords in ((found.hlPaper, True), (found.hcNumber, False)) if paper is not None]
    documents = tuple(
        (document.documentId, tuple(file.fileDataFormat for file in document.files or () if file.fileDataFormat))
        for document in found.documents or ()
    )
    return PublicationFacts(
        publication_id=number,
        description=description,
        published_on=on,
        committee=(committee.name or "").strip() if committee is not None else "",
        committee_id=committee.id if committee is not None else None,
        house=(committee.house or "").strip() if committee is not None else "",
        paper=", ".join(filter(None, (paper_number(paper.number or "", lords=lords) for paper, lords in papers))),
        response_expected=said.responseExcepted is True,
        response_due_on=_day(said.responseDeadline),
        responses=tuple(_brief(item) for item in said.publication or ()),
        url=_link(found, documents),
        documents=documents,
        type_id=found.type.id if found.type is not None else None,
        title=name.title,
        ordinal=name.ordinal,
        session=next(
            filter(None, (session_words(paper.sessionDescription or "") for paper, _ in papers)), name.session
        ),
    )


def _link(found: _Publication, documents: tuple[tuple[int, tuple[str, ...]], ...]) -> str:
    stated = (found.additionalContentUrl or "").strip()
    if stated.startswith("https://") and len(stated) <= 500 and stated.isprintable() and " " not in stated:
        return stated
    if documents:
        return f"https://committees.parliament.uk/publications/{found.id}/documents/{documents[0][0]}/default/"
    return ""


def _with_responses(facts: PublicationFacts, found: tuple[tuple[int, date | None, str], ...]) -> PublicationFacts:
    return replace(facts, responses=found) if found else facts


def _brief(found: _Brief) -> tuple[int, date | None, str]:
    return found.id, _day(found.publicationStartDate), " ".join((found.description or "").split())


def _day(instant: datetime | None) -> date | None:
    """Take the date part as it is written: these times carry no zone and are London wall-clock."""
    return None if instant is None else instant.date()
