"""What a list shows survives the trip through a custom_id, with every filter at once."""

from __future__ import annotations

from itertools import product

import pytest

from bot.chat.cards.recommendation_lists import ANSWERS, SINCE, ListState
from bot.chat.presses import custom_id, read_custom_id

LONGEST_SLUG = "a" * 40


@pytest.mark.parametrize(("answer", "since"), list(product(("", *ANSWERS), ("", *SINCE))))
def test_every_filter_at_once_fits_and_comes_back(answer: str, since: str) -> None:
    state = ListState(LONGEST_SLUG, "", "w" * 22, answer, 999, "~1234abcd", since)
    found = read_custom_id(custom_id("report.list", *state.args()))
    assert found is not None
    assert ListState.read(found[1]) == state


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (("never-again", "", "", "not agreed", "2"), ListState("never-again", answer="not agreed", page=2)),
        ((), ListState()),
        (("r", "d", "", "99", "x"), ListState("r", "d", answer="99")),
    ],
    ids=["as drawn before there were more filters", "nothing", "nonsense"],
)
def test_older_and_odd_buttons_are_read(written: tuple[str, ...], meant: ListState) -> None:
    assert ListState.read(written) == meant
