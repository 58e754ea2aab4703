"""All shipped reports together: one is found by any name that people use, and what several asked is found in one look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.config import Settings
from bot.domain.errors import Ambiguous, UnknownNumber
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.records import Overlay
from bot.domain.report_links import tally
from bot.domain.reports import AnswerStatus, Confidence, Report, SinceStatus
from bot.packs_alone import reports_alone
from bot.search import RecommendationIndex
from bot.services.report_names import label, report_label
from bot.services.reports import ReportService, ReportView
from storage.departments import read_departments
from storage.themes import read_themes

pytestmark = [pytest.mark.every_pack, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def view() -> ReportView:
    return (await reports_alone(Settings())).for_group(None)


async def test_a_number_in_words_is_never_a_loose_match(view: ReportView) -> None:
    for words, value in (
        ("three", "never-again/3"), ("two", "never-again/2"), ("recommendation three", "never-again/3"),
        ("3.", "never-again/3"), ("the sixth", "never-again/6"),
    ):  # fmt: skip
        assert view.find(words).value == value
    with pytest.raises(UnknownNumber):
        view.find("nine")
    with pytest.raises(UnknownNumber):
        view.find("recommendation twelve", "never-again")


async def test_a_report_and_a_key_together_are_that_row(view: ReportView) -> None:
    for text in ("never again T-12", "T-12 never again", "Never Again: t12", "recommendation T-12 of never again"):
        assert view.find(text).value == "never-again/T-12"
        assert view.search(text)[0].value == "never-again/T-12"
    assert view.find("forced labour in uk supply chains F-03").value == "forced-labour/F-03"
    assert view.find("uyghur forced labour 3").value == "uyghur-forced-labour/3"
    assert view.find("never again solar").value == "never-again/T-21"


async def test_every_label_that_is_shown_is_accepted(view: ReportView) -> None:
    for report in view.reports():
        assert view.report(report_label(report)) == report
    for name, value in view.complete(""):
        assert view.find(name).value == value
    for report in view.reports():
        for name, value in view.complete("", report.slug):
            assert view.find(name, report.slug).value == value
        for item in report.recommendations:
            found = view.find(f"{report.slug}/{item.key}")
            assert view.find(label(found, several=True)) == found


async def test_a_loose_match_asks_before_it_is_taken(view: ReportView) -> None:
    assert view.find("hikvision", "never-again").value == "never-again/T-28"
    with pytest.raises(Ambiguous) as caught:
        view.find("hikvison", "never-again")
    assert caught.value.choices[0].value == "never-again/T-28"
    assert "Did you mean" in caught.value.message


async def test_what_another_report_has_is_offered(view: ReportView) -> None:
    with pytest.raises(UnknownNumber) as unknown:
        view.find("T-21", "forced-labour")
    assert [found.value for found in unknown.value.elsewhere] == ["never-again/T-21"]
    with pytest.raises(Ambiguous) as near:
        view.find("hikvision", "atrocity-prevention")
    assert near.value.choices[0].value == "never-again/T-28"
    assert "From Srebrenica" in near.value.message


@pytest.mark.parametrize(
    ("query", "reports"),
    [
        ("forced labour", {"never-again", "forced-labour", "uyghur-forced-labour"}),
        ("cotton", {"never-again", "forced-labour"}),
        ("hikvision", {"never-again"}),
        ("harassment in the UK", {"never-again", "transnational-repression"}),
        ("genocide", {"never-again", "atrocity-prevention"}),
    ],
)
async def test_one_search_finds_what_every_report_asked(view: ReportView, query: str, reports: set[str]) -> None:
    assert reports <= {found.report.slug for found in view.search(query)}


async def test_what_fits_in_the_first_report_stands_first(view: ReportView) -> None:
    found = view.search("forced labour", first=ReportSlug("uyghur-forced-labour"))
    assert found[0].report.slug == "uyghur-forced-labour"
    assert len({one.value for one in found}) == len(found)


async def test_a_shared_theme_is_browsed_over_every_report_by_any_of_its_names(view: ReportView) -> None:
    by_name = view.browse(None, "Safety in the UK")
    assert {found.report.slug for found in by_name} == {"never-again", "transnational-repression"}
    assert next(found.report.slug for found in by_name) == "transnational-repression", "the newest report comes first"
    assert view.browse(None, "transnational repression") == by_name
    assert [found.value for found in view.browse(None, "Cotton")] == ["never-again/T-18"], "a row's own theme is meant"
    assert ("Forced labour", 21) in view.shared_by_several()
    assert view.complete_theme("slave labour")[0][0] == "Forced labour"


async def test_rows_lead_there_and_back(view: ReportView) -> None:
    cotton, ban = view.find("never-again/T-18"), view.find("forced-labour/F-03")
    assert [one.value for one in view.related(cotton).asked_again] == ["forced-labour/F-03"]
    assert "never-again/T-18" in [one.value for one in view.related(ban).follows]
    law = view.related(view.find("never-again/T-17"))
    assert [one.value for one in law.follows] == ["uyghur-forced-labour/B-02"]
    assert {one.report.slug for one in law.asked_again} == {"forced-labour"}


async def test_answers_are_counted_each_with_how_it_is_known(view: ReportView) -> None:
    first, business = tally(view.report("never-again")), tally(view.report("uyghur-forced-labour"))
    assert first.rows == 37
    assert (AnswerStatus.AGREED, 3, ((Confidence.REPORTED, 3),)) in first.counted
    assert (AnswerStatus.UNKNOWN, 27, ()) in first.counted
    assert (business.rows, business.conclusions, business.of_others) == (4, 2, 2)


async def test_rows_where_nothing_was_found_are_filtered_so(view: ReportView) -> None:
    silent = view.browse("never-again", since="no evidence found")
    assert {"never-again/T-14", "never-again/5"} <= {found.value for found in silent}
    assert all(found.report.since(found.item) is SinceStatus.NO_EVIDENCE_FOUND for found in silent)


class _Followed:
    """Reports of which one group follows one."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = reports

    async def all(self) -> Sequence[Report]:
        return self._reports

    async def responses_read(self) -> dict[ReportSlug, tuple[()]]:
        return {}

    async def overlays(self) -> Mapping[GuildId, Overlay]:
        return {}

    async def overlay(self, guild_id: GuildId) -> Overlay:
        return Overlay()

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        return False

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool:
        return False

    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]:
        return (ReportSlug("never-again"),)

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]:
        return (GuildId(7),) if report == "never-again" else ()


async def test_in_2021_what_came_later_is_not_known(view: ReportView) -> None:
    clock = MovableClock(datetime(2021, 9, 20, 9, tzinfo=UTC))
    service = ReportService(_Followed(view.reports()), clock, RecommendationIndex, read_departments(), read_themes())
    await service.load()
    then = service.for_group(GuildId(7))
    assert [report.slug for report in then.reports()] == ["uyghur-forced-labour", "never-again"]
    assert then.related(then.find("never-again/T-18")).asked_again == ()
    assert then.default_now() == "never-again"
