from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.clock import MovableClock, london_today
from bot.domain.answer_match import propose_answers
from bot.domain.deadlines import response_clock, response_due
from bot.domain.drafts import TO_BE_READ
from bot.domain.errors import NotFound, Unavailable
from bot.domain.identity import GuildId
from bot.domain.letter_facts import reference
from bot.domain.report_merge import propose
from bot.domain.report_new import report_from
from bot.domain.report_same import same_report
from bot.domain.reports import House
from bot.rehearsal import committee as invented
from bot.rehearsal import parliament as stand_in
from bot.rehearsal.parliament import ParliamentStandIn, Weather, invented_report
from bot.services.imports import with_facts
from bot.sources.bank_holidays import BankHolidaysApi
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http
from bot.sources.report_pages import read_answers, read_report

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

REPORT = invented.PUBLICATION_ID


async def test_the_facts_of_a_report_that_awaits_its_response(committees: CommitteesApi, clock: MovableClock) -> None:
    facts = await committees.publication(REPORT)
    today = london_today(clock)
    assert facts.publication_id == REPORT
    assert facts.description == f"First Report - {invented.TITLE}"
    assert (facts.title, facts.ordinal, facts.session) == (invented.TITLE, "First Report", "2026–27")
    assert facts.committee == invented.COMMITTEE
    assert facts.committee_id == invented.COMMITTEE_ID
    assert facts.house == "Commons"
    assert facts.paper == "HC 9901"
    assert facts.response_expected
    assert facts.response_due_on == today + timedelta(days=21)
    assert facts.published_on == invented_report(today).published_on
    assert facts.responses == ()
    assert facts.url == invented.PAGE
    assert facts.documents == ((invented.DOCUMENT_ID, ("Pdf", "Html")),)
    assert facts.type_id == 1


async def test_a_response_that_staff_attached_is_told(committees: CommitteesApi, parliament: ParliamentStandIn) -> None:
    number = parliament.committee.answer(date(2027, 1, 12))
    facts = await committees.publication(REPORT)
    assert [(key, on) for key, on, _ in facts.responses] == [(number, date(2027, 1, 12))]
    answer = await committees.publication(number)
    assert answer.type_id == 2


@pytest.mark.parametrize("type_id", [2, 12, 3])
async def test_a_response_that_was_not_attached_is_found_too(
    committees: CommitteesApi, parliament: ParliamentStandIn, type_id: int
) -> None:
    number = parliament.committee.answer(date(2027, 1, 12), type_id=type_id, attached=False)
    facts = await committees.publication(REPORT)
    assert [key for key, _, _ in facts.responses] == [number]


async def test_responses_are_looked_for_in_windows_over_the_years(
    committees: CommitteesApi, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    clock.advance(timedelta(days=800))
    number = parliament.committee.answer(date(2029, 2, 1), attached=False)
    facts = await committees.publication(REPORT)
    assert [key for key, _, _ in facts.responses] == [number]
    assert [route for _, route in parliament.asked].count("/api/Publications") == 3


async def test_many_answers_are_read_page_by_page(committees: CommitteesApi, parliament: ParliamentStandIn) -> None:
    for _ in range(35):
        parliament.committee.answer(date(2027, 1, 12), attached=False)
    assert len((await committees.publication(REPORT)).responses) == 35


async def test_a_report_to_which_nothing_is_due_is_not_searched_for(
    committees: CommitteesApi, parliament: ParliamentStandIn
) -> None:
    facts = await committees.publication(990080)
    assert not facts.response_expected
    assert facts.url == ""
    assert [route for _, route in parliament.asked] == ["/api/Publications/{id}"]


async def test_an_unknown_publication_is_not_found(committees: CommitteesApi) -> None:
    with pytest.raises(NotFound):
        await committees.publication(1)


@pytest.mark.parametrize("weather", [Weather.BROKEN, Weather.DOWN, Weather.WRONG_SHAPE, Weather.NOT_JSON])
async def test_a_failed_read_is_never_taken_for_no_response(
    committees: CommitteesApi, parliament: ParliamentStandIn, weather: Weather
) -> None:
    facts = await committees.publication(REPORT)
    parliament.set_weather(weather)
    with pytest.raises(Unavailable):
        await committees.publication(REPORT)
    with pytest.raises(Unavailable):
        await committees.answers(facts)


async def test_a_list_that_ends_too_soon_is_an_error(committees: CommitteesApi, parliament: ParliamentStandIn) -> None:
    facts = await committees.publication(REPORT)
    parliament.set_weather(Weather.CUT_SHORT)
    with pytest.raises(Unavailable):
        await committees.answers(facts)


async def test_the_usual_types_are_asked_for_where_the_list_of_types_makes_no_sense(
    http: Http, parliament: ParliamentStandIn, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = parliament.committee.answer(date(2027, 1, 12), attached=False)
    monkeypatch.setattr(stand_in, "publication_types", lambda: {"types": None})
    committees = CommitteesApi(http, parliament.urls.committees_api, clock, pause_seconds=0)
    assert [key for key, _, _ in (await committees.publication(REPORT)).responses] == [number]


async def test_nulls_in_every_place_are_borne(
    committees: CommitteesApi, parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = {"id": REPORT, "description": None, "publicationStartDate": None, "governmentResponses": None}
    bare |= dict.fromkeys(("documents", "hcNumber", "hlPaper", "type", "committee", "additionalContentUrl"))
    monkeypatch.setattr(invented.Committee, "publications", lambda self: [bare])
    facts = await committees.publication(REPORT)
    assert (facts.published_on, facts.committee, facts.response_expected, facts.url) == (None, "", False, "")


async def test_a_dangerous_link_is_not_passed_on(
    committees: CommitteesApi, parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = parliament.committee.publications()
    for body in published:
        body["additionalContentUrl"] = "javascript:alert(1)"
    monkeypatch.setattr(invented.Committee, "publications", lambda self: published)
    facts = await committees.publication(REPORT)
    document = f"https://committees.parliament.uk/publications/{REPORT}/documents/{invented.DOCUMENT_ID}/default/"
    assert facts.url == document


async def test_calls_keep_their_distance(http: Http, parliament: ParliamentStandIn, clock: MovableClock) -> None:

    committees = CommitteesApi(http, parliament.urls.committees_api, clock, pause_seconds=0.05)
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(committees.publication(990080) for _ in range(4)))
    assert asyncio.get_running_loop().time() - began >= 0.15


@pytest.mark.claim("P-38")
async def test_bank_holidays_are_read_by_division(http: Http, parliament: ParliamentStandIn) -> None:
    days = await BankHolidaysApi(http, parliament.urls.bank_holidays).days()
    assert date(2027, 12, 25) in days["scotland"]
    assert set(days) == {"england-and-wales", "scotland", "northern-ireland"}
    parliament.set_weather(Weather.WRONG_SHAPE)
    with pytest.raises(Unavailable):
        await BankHolidaysApi(http, parliament.urls.bank_holidays).days()


@pytest.mark.parametrize("start", [date(2027, 1, 15), date(2027, 4, 9), date(2028, 2, 8), date(2026, 11, 23)])
async def test_the_invented_report_is_due_three_weeks_after_its_start(start: date) -> None:
    report = invented_report(start)
    due_on, _ = response_due(report.published_on, printed=report.response.due_on)
    assert due_on == start + timedelta(days=21)
    assert report.published_on < start
    assert report.invented
    assert 6 <= len(report.recommendations) <= 8
    assert all(report.source(key) for r in report.recommendations for key in r.sources)
    assert all(report.chapter(r.chapter) for r in report.recommendations)
    behind = [r for door in report.doors for r in report.behind(door)]
    assert len(behind) == len(report.recommendations)
    assert replace(report).as_known_on(start).recommendations == report.recommendations


async def test_the_select_committees_that_sit(committees: CommitteesApi) -> None:
    found = await committees.committees()
    assert [(c.committee_id, c.house) for c in found] == [(invented.COMMITTEE_ID, "Commons"), (9902, "Lords")]
    assert found[0].name == invented.COMMITTEE


async def test_the_reports_of_a_committee_since_a_day(
    committees: CommitteesApi, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    parliament.committee.answer(london_today(clock))
    since = london_today(clock) - timedelta(days=400)
    found = await committees.reports_of(invented.COMMITTEE_ID, since)
    assert [f.publication_id for f in found] == [REPORT, 990080]
    assert [f.response_expected for f in found] == [True, False]
    assert [route for _, route in parliament.asked].count("/api/Publications") == 2, "a window is a year at most"
    assert await committees.reports_of(9902, since) == ()


@pytest.mark.parametrize("weather", [Weather.DOWN, Weather.BROKEN])
async def test_a_list_that_cannot_be_read_is_never_an_empty_one(
    committees: CommitteesApi, parliament: ParliamentStandIn, weather: Weather
) -> None:
    parliament.set_weather(weather, "committees_api")
    with pytest.raises(Unavailable):
        await committees.committees()
    with pytest.raises(Unavailable):
        await committees.reports_of(invented.COMMITTEE_ID, date(2026, 1, 1))


async def test_the_documents_of_a_report_are_fetched_as_html_and_read(
    committees: CommitteesApi, parliament: ParliamentStandIn
) -> None:
    facts = await committees.publication(REPORT)
    pages = await committees.pages(facts)
    assert [page.name for page in pages] == ["lights-out.html"]
    draft = await asyncio.to_thread(read_report, pages)
    held = parliament.committee.report
    assert [(i.label, i.text, i.paragraphs) for i in draft.items] == [
        (r.number, r.official, r.paragraphs) for r in held.recommendations
    ]
    assert draft.title == invented.TITLE
    assert not propose(held, draft).is_change


async def test_a_pdf_is_fetched_where_the_html_is_listed_and_not_to_be_had(
    committees: CommitteesApi, parliament: ParliamentStandIn
) -> None:
    parliament.committee.withdrawn.add("Html")
    pages = await committees.pages(await committees.publication(REPORT))
    assert [page.name for page in pages] == ["lights-out.pdf"]
    draft = await asyncio.to_thread(read_report, pages)
    assert [i.text for i in draft.items] == [r.official for r in parliament.committee.report.recommendations]


async def test_only_listed_formats_are_asked_for_and_none_at_all_is_said(
    committees: CommitteesApi, parliament: ParliamentStandIn
) -> None:
    facts = await committees.publication(REPORT)
    parliament.asked.clear()
    with pytest.raises(NotFound, match="no document"):
        await committees.pages(replace(facts, documents=((invented.DOCUMENT_ID, ("Odd",)),)))
    assert not parliament.asked
    parliament.committee.withdrawn |= {"Html", "Pdf"}
    with pytest.raises(NotFound, match="no document"):
        await committees.pages(facts)


async def test_a_response_is_fetched_and_each_answer_finds_its_recommendation(
    committees: CommitteesApi, parliament: ParliamentStandIn
) -> None:
    number = parliament.committee.answer(date(2027, 1, 12))
    pages = await committees.pages(await committees.publication(number))
    draft = await asyncio.to_thread(read_answers, pages)
    found = propose_answers(parliament.committee.report, draft)
    assert [(p.keys[0], p.status) for p in found] == [
        (r.key, TO_BE_READ) for r in parliament.committee.report.recommendations
    ]
    assert all("It will think about it." in p.answer.text for p in found)


@pytest.mark.parametrize("weather", [Weather.BROKEN, Weather.DOWN, Weather.WRONG_SHAPE, Weather.NOT_JSON])
async def test_a_document_that_cannot_be_had_is_never_an_empty_one(
    committees: CommitteesApi, parliament: ParliamentStandIn, weather: Weather
) -> None:
    facts = await committees.publication(REPORT)
    parliament.set_weather(weather, "committees_api")
    with pytest.raises(Unavailable):
        await committees.pages(facts)


@pytest.mark.parametrize("odd", ["", "0001-01-01T00:00:00", "tomorrow", 7])
async def test_an_odd_date_of_one_report_refuses_nothing_and_is_no_due_date(
    committees: CommitteesApi, parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch, odd: object
) -> None:
    made = parliament.committee.publications()
    for row in made:
        row["governmentResponses"]["responseDeadline"] = odd
        row["committee"]["endDate"] = odd
    made[0]["hcNumber"] = "HC 9"
    monkeypatch.setattr(type(parliament.committee), "publications", lambda self: made)
    since = date(2020, 1, 1)
    reports = await committees.reports_of(invented.COMMITTEE_ID, since)
    assert REPORT in {facts.publication_id for facts in reports}
    facts = await committees.publication(REPORT)
    assert facts.response_due_on is None
    assert facts.response_expected


async def test_a_report_of_a_joint_committee_keeps_both_numbers_and_the_commons_rule(
    committees: CommitteesApi, parliament: ParliamentStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = parliament.committee.publications()
    for row in made:
        row["committee"]["house"] = "Joint"
        row["hlPaper"] = {"number": "HL Paper 59", "sessionId": 99, "sessionDescription": "2026-27"}
        row["governmentResponses"]["responseDeadline"] = None
    monkeypatch.setattr(type(parliament.committee), "publications", lambda self: made)
    facts = await committees.publication(REPORT)
    assert (facts.house, facts.paper, facts.session) == ("Joint", "HL Paper 59, HC 9901", "2026–27")
    draft = with_facts(read_report(await committees.pages(facts)), facts)
    report = report_from(draft, as_of=date(2027, 1, 15))
    assert report.house is House.JOINT
    assert report.paper == "HL Paper 59, HC 9901"
    day, rule = response_due(report.published_on)
    clock = response_clock(report, GuildId(0))
    assert clock is not None
    assert (clock.due_on, clock.rule) == (day, rule)
    assert reference(report, report.recommendations[0]) == "“Lights Out”, HC 9901, recommendation 1"
    assert same_report([report], replace(draft, publication_id=None, paper="HC 9901", session="")) is not None
