"""Reports and answers brought into a group: staged for a day, put beside what is held, kept whole when an organiser says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.drafts import DraftAnswer, DraftAnswers, DraftItem, DraftReport, ItemKind, SavedPage
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import GuildId
from bot.domain.reports import House
from bot.domain.staged import Given
from bot.services.imports import ImportService, ReportDraft
from bot.services.ports.reports import PublicationFacts
from storage.staged import StagedDrafts
from tests.builders import GUILD, MARSHES, OTHER, Desk

PAGES = [SavedPage("saved.html", b"<html>")]
PIERS = DraftReport(
    (
        DraftItem("1", "We recommend that every pier be lit by night.", "12", kind=ItemKind.RECOMMENDATION),
        DraftItem("2", "We recommend that the ferry fares be published.", "13", kind=ItemKind.RECOMMENDATION),
    ),
    title="Piers at night",
    committee="Piers Committee",
    house=House.COMMONS,
    paper="HC 77",
    session="2026–27",
    published_on=date(2027, 2, 10),
    url="https://committees.example/piers",
)
ANSWERS = DraftAnswers(
    (
        DraftAnswer("1", "We agree, and will mend dyke 1 this year.", labels=("1",), restated="Mend dyke 1."),
        DraftAnswer("2", "We do not agree with this.", labels=("2",), restated="Mend dyke 2."),
    ),
    published_on=date(2027, 2, 25),
    url="https://example.gov.uk/response",
)


class Pages:
    """Reads pages and Parliament's record, as the test says."""

    def __init__(self) -> None:
        self.report_read, self.answers_read = PIERS, ANSWERS

    async def report(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftReport:
        return self.report_read

    async def answers(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftAnswers:
        return self.answers_read

    async def publication(self, publication_id: int) -> PublicationFacts:
        return PublicationFacts(
            publication_id, "Piers at night", date(2027, 2, 10), "Piers Committee", 5, "Commons", "HC 77", True, None,
            url="https://committees.example/77", ordinal="First Report", session="2026–27",
        )  # fmt: skip

    async def pages(self, facts: PublicationFacts) -> Sequence[SavedPage]:
        return PAGES


class Importing:
    """The service with what it reads."""

    def __init__(self, desk: Desk) -> None:
        self.pages = Pages()
        self.service = ImportService(
            StagedDrafts(desk.database), desk.held, desk.reports, self.pages, self.pages, desk.clock, desk.audit
        )

    async def read(self, **how: Any) -> ReportDraft:
        return await self.service.read_report(GUILD, PAGES, **how)


@pytest_asyncio.fixture
async def importing(postbag: Desk) -> Importing:
    await postbag.settle()
    return Importing(postbag)


@pytest.mark.asyncio
async def test_a_new_report_is_staged_and_kept_for_its_group_alone(importing: Importing, postbag: Desk) -> None:
    draft = await importing.read()
    assert (draft.held, draft.missing) == (None, "")
    assert len(await importing.service.open_drafts(GUILD)) == 1
    assert list(await importing.service.open_drafts(OTHER)) == []
    kept = await importing.service.keep(GUILD, draft.staged.staged_id, await postbag.organiser())
    assert [item.number for item in kept.recommendations] == ["1", "2"]
    assert postbag.reports.for_group(GUILD).report(kept.slug).title == "Piers at night"
    with pytest.raises(NotFound):
        postbag.reports.for_group(OTHER).report(kept.slug)
    assert list(await importing.service.open_drafts(GUILD)) == []
    assert (await postbag.noted())[-1] == f"Imported the report “{kept.short_title}”"


@pytest.mark.asyncio
async def test_what_the_pages_do_not_say_is_asked_and_filled_in(importing: Importing, postbag: Desk) -> None:
    importing.pages.report_read = replace(PIERS, published_on=None)
    draft = await importing.read()
    assert draft.merge is None
    assert draft.missing
    number = draft.staged.staged_id
    with pytest.raises(Refused):
        await importing.service.keep(GUILD, number, await postbag.organiser())
    filled = await importing.service.fill_in(GUILD, number, Given(published_on=date(2027, 2, 10)))
    assert filled.missing == ""
    assert (await importing.service.keep(GUILD, number, await postbag.organiser())).published_on == date(2027, 2, 10)


@pytest.mark.asyncio
async def test_the_same_report_again_brings_nothing(importing: Importing, postbag: Desk) -> None:
    first = await importing.read()
    kept = await importing.service.keep(GUILD, first.staged.staged_id, await postbag.organiser())
    again = await importing.read()
    assert again.staged.report == kept.slug, "it is put beside the report of the same paper"
    with pytest.raises(Refused, match="already has everything"):
        await importing.service.keep(GUILD, again.staged.staged_id, await postbag.organiser())


@pytest.mark.asyncio
async def test_a_report_taken_for_another_is_set_apart(importing: Importing, postbag: Desk) -> None:
    first = await importing.read()
    kept = await importing.service.keep(GUILD, first.staged.staged_id, await postbag.organiser())
    again = await importing.read(into=kept.slug)
    assert again.held is not None
    apart = await importing.service.set_apart(GUILD, again.staged.staged_id)
    assert (apart.held, apart.staged.report) == (None, "")
    other = await importing.service.keep(GUILD, again.staged.staged_id, await postbag.organiser())
    assert other.slug != kept.slug, "its name is taken"


@pytest.mark.asyncio
async def test_a_publication_of_the_record_is_read_with_what_the_record_says(
    importing: Importing, postbag: Desk
) -> None:
    importing.pages.report_read = replace(PIERS, title="", committee="", paper="", published_on=None)
    draft = await importing.service.read_publication(GUILD, 77)
    assert draft.missing == ""
    kept = await importing.service.keep(GUILD, draft.staged.staged_id, await postbag.organiser())
    assert (kept.publication_id, kept.paper, kept.committee) == (77, "HC 77", "Piers Committee")


@pytest.mark.asyncio
async def test_answers_are_staged_beside_their_report(importing: Importing) -> None:
    with pytest.raises(Refused, match="Which report"):
        await importing.service.read_answers(GUILD, PAGES, to="")
    found = await importing.service.read_answers(GUILD, PAGES, to=MARSHES)
    assert [str(one.keys[0]) for one in found.proposed] == ["1", "2"]
    number = found.staged.staged_id
    await importing.service.settle(GUILD, number, 1)
    await importing.service.settle(GUILD, number, 0)
    await importing.service.amend(GUILD, number, given=Given(url="https://example.gov.uk/other"))
    again = await importing.service.answers_draft(GUILD, number)
    assert (again.staged.settled, again.staged.given.url) == ((0, 1), "https://example.gov.uk/other")


@pytest.mark.asyncio
async def test_a_draft_is_of_one_kind(importing: Importing) -> None:
    report = await importing.read()
    answers = await importing.service.read_answers(GUILD, PAGES, to=MARSHES)
    with pytest.raises(NotFound):
        await importing.service.answers_draft(GUILD, report.staged.staged_id)
    with pytest.raises(NotFound):
        await importing.service.report_draft(GUILD, answers.staged.staged_id)


@pytest.mark.asyncio
async def test_a_draft_waits_for_a_day_for_its_own_group(importing: Importing, postbag: Desk) -> None:
    number = (await importing.read()).staged.staged_id
    with pytest.raises(NotFound):
        await importing.service.report_draft(OTHER, number)
    postbag.at(date(2027, 3, 3))
    with pytest.raises(NotFound):
        await importing.service.report_draft(GUILD, number)
    await importing.service.tidy()
    fresh = (await importing.read()).staged.staged_id
    await importing.service.drop(GUILD, fresh)
    with pytest.raises(NotFound):
        await importing.service.report_draft(GUILD, fresh)
