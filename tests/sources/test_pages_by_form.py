"""The pages of ``pages_by_form``: everything that stands on them is read, nothing else is, and every number is the page's."""

from __future__ import annotations

import pytest

from bot.domain.errors import Refused
from tests.sources.by_form import EXPECTED, FOLDER, Score, scores, table


@pytest.fixture(scope="module")
def found() -> dict[str, Score]:
    """Read all pages once, and print the table of kinds for whoever runs this with ``-s``."""
    kinds = scores()
    print(f"\n{table(kinds)}")
    return kinds


def test_every_page_is_there_with_what_is_expected_of_it() -> None:
    assert {page.name for page in FOLDER.iterdir()} - {"expected.json", "judged.json", "README.md"} == set(EXPECTED)
    items = [len(page.get("items", page.get("answers"))) for page in EXPECTED.values()]
    assert (len(items), sum(items)) == (83, 340)


@pytest.mark.parametrize("sort", ["reports", "answers"])
def test_nothing_false_and_no_wrong_number_comes_of_any_kind_of_page(found: dict[str, Score], sort: str) -> None:
    whole = found[f"{sort} in all"]
    assert (whole.false, whole.numbers, whole.verdicts) == (0, 0, 0), "\n".join(whole.said)
    assert whole.facts == 0, "\n".join(whole.said)


@pytest.mark.parametrize("sort", ["reports", "answers"])
def test_nearly_everything_is_read_whole_in_each_kind_of_page(found: dict[str, Score], sort: str) -> None:
    whole = found[f"{sort} in all"]
    assert whole.right * 100 >= whole.expected * 98, "\n".join(whole.said)
    for kind, score in found.items():
        assert score.right * 100 >= score.expected * 80, (kind, score.said)


def test_a_page_without_a_list_and_a_letter_that_only_promises_are_refused() -> None:
    from bot.domain.drafts import SavedPage
    from bot.sources.report_pages import read_answers, read_report

    for name, expected in EXPECTED.items():
        read = read_report if "items" in expected else read_answers
        if not expected.get("items", expected.get("answers")):
            with pytest.raises(Refused) as refused:
                read([SavedPage(name, (FOLDER / name).read_bytes())])
            assert refused.value.next_step
