"""Which recommendation somebody's message is about: numbers and paragraphs first, its words only where it names none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.identity import ReportSlug
from bot.services.letter_mentions import MOST_READ, mentioned_rows
from bot.services.reports import ReportService
from tests.builders import opened, recommendation, report

THEMES = ("Tide mills", "Lantern keepers", "Oyster beds", "Ferry fares", "Reed cutters", "Salt pans", "Tide gauges")


ITEMS = tuple(
    recommendation(n, theme=theme, summary=f"Pay for the {theme.lower()}.", paragraphs=f"{10 * n}–{10 * n + 2}")
    for n, theme in enumerate(THEMES, start=1)
)


@pytest_asyncio.fixture
async def reports(empty_database: Path, tmp_path: Path) -> AsyncIterator[ReportService]:
    async with opened(empty_database, tmp_path, report(recommendations=ITEMS)) as desk:
        yield desk.reports


def keys(reports: ReportService, text: str, **changes: int) -> list[str]:
    return [str(found.item.key) for found in mentioned_rows(reports.for_group(None), text, **changes)]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Has anyone written about recommendation 3 yet?", ["3"]),
        ("recs 2, 5 and 7 are all ours", ["2", "5", "7"]),
        ("Rec. #4 & recommendation 1", ["4", "1"]),
        ("See recommendation 3, and recommendation 3 again", ["3"]),
        ("Paragraph 41 says it all", ["4"]),
        ("paras 20 or ¶ 62", ["2", "6"]),
        ("recommendation 99 is not there, recommendation 6 is", ["6"]),
    ],
)
async def test_what_is_named_is_found_in_the_order_of_the_message(
    reports: ReportService, text: str, expected: list[str]
) -> None:
    assert keys(reports, text) == expected


@pytest.mark.asyncio
async def test_a_named_recommendation_goes_before_what_the_words_are_near_to(reports: ReportService) -> None:
    assert keys(reports, "the oyster beds matter, but recommendation 6 matters more") == ["6"]


@pytest.mark.asyncio
async def test_words_are_looked_for_where_nothing_is_named(reports: ReportService) -> None:
    assert keys(reports, "oyster beds") == ["3"]
    assert (
        keys(reports, "These reports should really be about the ferry, and what the crossing costs everyone here")[0]
        == "4"
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["", "   ", "https://example.org/a-long-address", "<@4000000000000000001>", "***"])
async def test_a_message_without_words_is_about_nothing(reports: ReportService, text: str) -> None:
    assert keys(reports, text) == []


@pytest.mark.asyncio
async def test_words_that_every_letter_holds_point_nowhere(reports: ReportService) -> None:
    assert (
        keys(reports, "Everyone should write about these things to their parliament today, because nobody else could")
        == []
    )


@pytest.mark.asyncio
async def test_no_more_are_offered_than_asked_for(reports: ReportService) -> None:
    assert keys(reports, "recommendations 1, 2, 3, 4 and 5", most=2) == ["1", "2"]
    long = "The tide, the lantern, the oyster, the ferry, the reeds: keepers, gauges, cutters, mills and fares alike"
    assert 0 < len(keys(reports, long)) <= 5, "a message about everything is about nothing in particular"


@pytest.mark.asyncio
async def test_only_the_beginning_of_a_long_message_is_read(reports: ReportService) -> None:
    assert keys(reports, f"{'x ' * (MOST_READ // 2)}recommendation 3") == []
    assert keys(reports, f"recommendation 3 {'x ' * MOST_READ}") == ["3"]


@pytest.mark.asyncio
async def test_a_number_that_two_reports_have_gives_both(empty_database: Path, tmp_path: Path) -> None:
    async with opened(empty_database, tmp_path, report(), report(ReportSlug("tide-mills"), paper="HC 2")) as desk:
        found = mentioned_rows(desk.reports.for_group(None), "recommendation 2")
    assert {(str(one.report.slug), str(one.item.key)) for one in found} == {("salt-marshes", "2"), ("tide-mills", "2")}
