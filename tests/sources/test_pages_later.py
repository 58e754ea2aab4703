"""The pages of ``pages_later``: reports, responses, letters, and responses printed to a PDF with their type and running heads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typst

from bot.domain.drafts import SavedPage
from tests.sources.unseen import COUNTED, Outcome, outcome_of

FOLDER = Path(__file__).parent / "pages_later"
EXPECTED: dict[str, dict[str, Any]] = {
    path.name.removesuffix(".expected.json"): json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.expected.json"))
}


def page_named(name: str) -> SavedPage:
    """Give a page as its file; a source of Typst is printed to a PDF first."""
    (source,) = (path for path in FOLDER.glob(f"{name}.*") if not path.name.endswith(".json"))
    if source.suffix == ".typ":
        return SavedPage(f"{name}.pdf", bytes(typst.compile(source.read_bytes())))
    return SavedPage(source.name, source.read_bytes())


def outcome_later(name: str) -> Outcome:
    """Read one page and compare it with what is expected of it."""
    return outcome_of(name, page_named(name), EXPECTED[name])


def test_there_are_thirty_pages() -> None:
    counts = [len(page.get("items", page.get("answers"))) for page in EXPECTED.values()]
    assert (len(counts), sum(counts)) == (30, 131)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_page_is_read_whole_with_nothing_false(name: str) -> None:
    found = outcome_later(name)
    wrong = {what: found.counts[what] for what in COUNTED if what not in ("expected", "right") and found.counts[what]}
    assert not wrong, "\n".join(found.said)
    assert found.counts["right"] == found.counts["expected"], "\n".join(found.said)


if __name__ == "__main__":
    for name in EXPECTED:
        outcome = outcome_later(name)
        print(name, {what: count for what, count in outcome.counts.items() if count}, *outcome.said, sep="\n  ")
