"""Publications of committees as Parliament's own record lists them: a report's clock before anyone has brought in its text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.deadlines import response_due
from bot.domain.identity import ReportSlug
from bot.domain.paper_names import short_title
from bot.domain.reports import House, Report, ResponseFacts, Source, long_date

LICENCE = "Contains Parliamentary information licensed under the Open Parliament Licence v3.0."
LICENCE_URL = "https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/"
COMMITTEES_SITE = "https://committees.parliament.uk/"
RECORD = "record"


@dataclass(frozen=True, slots=True)
class Response:
    """What answers a report in Parliament's record. ``is_letter``: correspondence, which may be the answer or may not."""

    publication_id: int
    on: date
    title: str
    url: str = ""
    is_letter: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """A committee's report as the Committees API lists it. ``url`` is https or empty. ``checked_at``: last read without fault.

    ``due_on`` is set where the record gives a date; ``response`` where it lists one; ``maybe`` is the newest letter that names
    the report, which a person must read. ``problem`` says why the last look failed, if it did. ``session`` and ``ordinal``
    ("First Report") are empty where the record does not say them.
    """

    publication_id: int
    committee_id: int
    committee: str
    house: str
    title: str
    paper: str
    published_on: date
    expected: bool
    due_on: date | None = None
    url: str = ""
    response: Response | None = None
    maybe: Response | None = None
    checked_at: datetime | None = None
    problem: str = ""
    session: str = ""
    ordinal: str = ""

    @property
    def slug(self) -> ReportSlug:
        """Name it among the reports held, until a pack with its text is."""
        return ReportSlug(f"publication-{self.publication_id}")

    @property
    def is_awaited(self) -> bool:
        """Tell whether a response is expected and none is recorded."""
        return self.expected and self.response is None

    def clock_words(self, today: date) -> str:
        """Say in one line when a response is expected and how that is known."""
        if not self.expected:
            return "It doesn't need an answer."
        if self.response is not None:
            return f"Answered on {long_date(self.response.on)}."
        due_on, rule = response_due(self.published_on, lords=self.is_lords, printed=self.due_on)
        verb = "was expected" if due_on < today else "is expected"
        return f"A response {verb} by {long_date(due_on)}: {rule.words}."

    @property
    def is_lords(self) -> bool:
        return self.house.casefold() == "lords"


def as_report(publication: Publication) -> Report:
    """Make a report without recommendations of it: enough for a clock, a card and a chaser letter."""
    title = publication.title or f"Publication {publication.publication_id}"
    url = publication.url or COMMITTEES_SITE
    checked = publication.checked_at
    return Report(
        slug=publication.slug,
        title=title,
        short_title=short_title(title),
        committee=publication.committee,
        house=House.named(publication.house) or House.COMMONS,
        paper=publication.paper,
        session=publication.session,
        ordinal=publication.ordinal,
        published_on=publication.published_on,
        url=url,
        as_of=checked.date() if checked is not None else publication.published_on,
        licence=LICENCE,
        licence_url=LICENCE_URL,
        chapters=(),
        doors=(),
        recommendations=(),
        sources=(Source(RECORD, "Parliament's record of committee publications", url),),
        response=_facts(ResponseFacts(expected=publication.expected, sources=(RECORD,)), publication),
        note="Postbag doesn't have its recommendations yet. An organiser can import them with "
        f"/reports import {publication.publication_id}.",
        publication_id=publication.publication_id,
    )


def with_record(report: Report, publication: Publication) -> Report:
    """Add to a pack's report what Parliament's record says of its response, where the pack says nothing."""
    return replace(report, response=_facts(report.response, publication))


def _facts(known: ResponseFacts, publication: Publication) -> ResponseFacts:
    if known.due_on is None and publication.due_on is not None:
        known = replace(known, due_on=publication.due_on)
    found = publication.response
    if known.received_on is None and found is not None:
        known = replace(known, received_on=found.on, title=known.title or found.title, url=found.url or known.url)
    return known
