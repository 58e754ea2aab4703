"""A report that is held is known again, by whatever its saved page says of it; another is never taken for it unasked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.drafts import DraftItem, DraftReport
from bot.domain.report_new import report_from
from bot.domain.report_same import Same, folded_title, same_report
from bot.domain.reports import Report
from bot.resources import packs_folder
from storage.packs import load_packs

ITEMS = tuple(
    DraftItem(str(n), f"The Department should plant {tree} trees in every {place} street.", str(n + 3))
    for n, (tree, place) in enumerate((("oak", "long"), ("elm", "short"), ("ash", "wide"), ("lime", "dark")), 1)
)
TREES = report_from(
    DraftReport(
        ITEMS, "Street trees: the Government's plan", "Parks Committee", None, "HC 12", "2024–25", date(2025, 3, 4),
        "https://trees.example/report",
    ),
    as_of=date(2025, 4, 1),
)  # fmt: skip
OTHER = tuple(
    DraftItem(str(n), f"The Council should mend bench {n}, and paint gate {n} red or blue.", "") for n in range(1, 5)
)


def draft(items: tuple[DraftItem, ...] = OTHER, **known: Any) -> DraftReport:
    return replace(DraftReport(items), **known)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"paper": "HC 12"}, ""),
        ({"paper": "HC 12", "session": "2024–25", "title": "Another name"}, ""),
        ({"title": "Street trees: the Government’s plan", "committee": "Parks Committee"}, "title and committee"),
        ({"title": "STREET TREES: THE GOVERNMENT'S PLAN", "published_on": date(2025, 3, 4)}, "title and day"),
        ({"title": "First Report - Street trees: the Government's plan", "committee": "Select Committee on Parks"}, "title"),
        ({"title": "Street trees", "committee": "Parks Committee", "published_on": date(2025, 3, 4)}, "title, committee and day"),
        ({"title": "Street trees – the Government's plan"}, "title"),
        ({"committee": "The Parks Committee", "published_on": date(2025, 3, 4)}, "committee and day"),
        ({"items": ITEMS}, "wording of its items"),
        ({"items": ITEMS[1:], "title": "Conclusions"}, "wording of its items"),
        ({"items": tuple(replace(i, text=i.text.replace("should", "must")) for i in ITEMS)}, "wording of its items"),
    ],
)  # fmt: skip
def test_it_is_known_again(given: dict[str, Any], why: str) -> None:
    found = same_report([TREES], draft(**given))
    assert found is not None
    assert found.slug == TREES.slug
    assert why in found.why
    assert bool(why) == bool(found.why)


@pytest.mark.parametrize(
    "given",
    [
        {"title": "Park benches"},
        {"title": "Street trees", "committee": "Roads Committee", "published_on": date(2019, 3, 4)},
        {"title": "Street trees: the Government's plan", "committee": "Parks Committee", "paper": "HC 88"},
        {"title": "Street trees: the Government's plan", "committee": "Parks Committee", "session": "2019–21"},
        {"paper": "HC 12", "session": "2019–21"},
        {"paper": "HC 12", "committee": "Roads Committee", "title": "Potholes"},
        {"committee": "Parks Committee"},
        {"published_on": date(2025, 3, 4)},
        {"committee": "Parks Committee", "published_on": date(2025, 3, 4), "title": "Park benches"},
        {"items": ITEMS[:1]},
        {"items": ITEMS[:1] + OTHER},
        {},
    ],
)
def test_another_is_not_taken_for_it(given: dict[str, Any]) -> None:
    assert same_report([TREES], draft(**given)) is None


def test_the_shipped_report_is_known_by_title_committee_and_day() -> None:
    (never, *_), _ = load_packs([packs_folder()])
    page = draft(title=never.title.replace("'", "’"), committee=never.committee, published_on=never.published_on)
    assert same_report([TREES, never], page) == Same(never.slug, "It has the same title, committee and day.")


def test_of_two_the_one_that_shares_more_is_proposed() -> None:
    later: Report = replace(TREES, slug="later", published_on=date(2026, 1, 1), paper="HC 44")  # type: ignore[arg-type]
    page = draft(title=TREES.title, committee=TREES.committee, published_on=date(2026, 1, 1))
    found = same_report([TREES, later], page)
    assert found is not None
    assert found.slug == "later"


def test_titles_are_folded() -> None:
    assert folded_title("The Children’s Street – trees & benches") == folded_title(
        "the childrens street - trees and benches"
    )
