"""The pages of ``pages_unseen``: nothing false, no wrong number, verdict or kind, and nearly everything read whole."""

from __future__ import annotations

import pytest

from tests.sources.unseen import EXPECTED, FOLDER, JUDGED, REFUSED, Outcome, outcomes
from tests.sources.unseen_builds import sums_of


@pytest.fixture(scope="module")
def every() -> dict[str, Outcome]:
    """Read all pages once."""
    return outcomes()


def test_every_page_is_there_with_what_is_expected_of_it() -> None:
    assert {page.name for page in FOLDER.glob("*.html")} == set(EXPECTED)
    counts = [len(page.get("items", page.get("answers"))) for page in EXPECTED.values()]
    assert (len(counts), sum(counts)) == (43, 520)


@pytest.mark.parametrize("sort", ["reports in all", "responses in all"])
@pytest.mark.parametrize("what", ["false", "numbers", "kinds", "verdicts", "targets", "facts"])
def test_nothing_wrong_comes_of_any_page(every: dict[str, Outcome], sort: str, what: str) -> None:
    assert every[sort].counts[what] == 0, "\n".join(every[sort].said)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_is_read_whole_or_refused_where_that_is_right(every: dict[str, Outcome], name: str) -> None:
    found = every[name]
    if name in REFUSED or not found.counts["expected"]:
        assert found.refused
        return
    joined = JUDGED.get(name, {}).get("joined", 0)
    assert found.counts["right"] + joined == found.counts["expected"], "\n".join(found.said)


@pytest.mark.parametrize(
    ("build", "reports", "responses"), [("pasted", 336, 150), ("narrow", 326, 143), ("printed", 338, 156)]
)
def test_the_same_pages_pasted_or_printed_give_nothing_false(build: str, reports: int, responses: int) -> None:
    sums = sums_of(build)
    for what in ("false", "numbers", "kinds", "verdicts", "targets", "facts"):
        assert sums["reports"].counts[what] == 0, (what, sums["reports"].said)
    assert sums["reports"].counts["right"] >= reports
    for what in ("false", "numbers", "verdicts", "targets", "facts"):
        assert sums["responses"].counts[what] == 0, (what, sums["responses"].said)
    assert sums["responses"].counts["right"] >= responses
    assert build != "printed" or sums["responses"].counts["words"] == 0, sums["responses"].said
