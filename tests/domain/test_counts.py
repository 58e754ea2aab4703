"""Numbers that point at nobody: every cell, and whatever is left of a total, has enough people behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.counts import Care, Reported, care_of, figures_of, read_figures

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LETTERS = st.lists(
    st.builds(
        Reported,
        person=st.integers(1, 14),
        item=st.sampled_from("abc"),
        kind=st.sampled_from(["waiting", "answered", "nothing"]),
        seat=st.sampled_from([None, 1, 2]),
    ),
    max_size=40,
)


def held_by(letters: list[Reported], name: str, key: str) -> set[int]:
    values = {"kinds": lambda x: x.kind, "items": lambda x: x.item, "seats": lambda x: str(x.seat or "")}
    return {letter.person for letter in letters if values[name](letter) == key}


@given(LETTERS, st.sampled_from([5, 10]))
def test_no_number_and_no_difference_of_numbers_stands_for_a_few(letters: list[Reported], fewest: int) -> None:
    figures = figures_of(letters, Care(fewest), NOW)
    everyone = {letter.person for letter in letters}
    if len(everyone) < fewest:
        assert figures.letters == 0
        assert not any((figures.kinds.shown, figures.items.shown, figures.seats.shown, figures.kinds.rest))
        return
    for name in ("kinds", "items", "seats"):
        cells = getattr(figures, name)
        assert figures.letters == cells.rest + sum(number for _, number in cells.shown) == len(letters)
        shown = [held_by(letters, name, key) for key, _ in cells.shown]
        assert all(len(people) >= fewest for people in shown)
        keys = {key for key, _ in cells.shown}
        for size in range(len(shown)):
            for some in combinations(sorted(keys), size):
                values = {"kinds": lambda x: x.kind, "items": lambda x: x.item, "seats": lambda x: str(x.seat or "")}
                left = {x.person for x in letters if values[name](x) not in some}
                assert not left or len(left) >= fewest, "a total less some of its cells points at a few"


def test_a_cell_next_to_a_small_one_is_hidden_with_it() -> None:
    letters = [Reported(n, "a", "answered") for n in range(6)] + [Reported(n, "a", "nothing") for n in range(6, 11)]
    alone = figures_of([*letters, Reported(99, "a", "waiting")], Care(5), NOW)
    assert alone.kinds.shown == (("answered", 6),)
    assert alone.kinds.rest == 6
    assert figures_of(letters, Care(5), NOW).kinds.shown == (("answered", 6), ("nothing", 5))


def test_one_busy_person_makes_no_number() -> None:
    letters = [Reported(1, "a", "answered")] * 30 + [Reported(n, "a", "nothing") for n in range(2, 5)]
    assert figures_of(letters, Care(5), NOW).letters == 0


@pytest.mark.parametrize("at_risk", [False, True])
def test_figures_come_back_as_they_were(at_risk: bool) -> None:
    letters = [Reported(n, "pack/1", "answered", 7) for n in range(12)]
    figures = figures_of(letters, care_of(at_risk), NOW)
    assert read_figures(figures.as_json()) == figures
    assert bool(figures.seats.shown) is not at_risk
    assert figures.fewest == (10 if at_risk else 5)


def test_how_many_people_and_days_stand_behind_a_number_is_what_the_privacy_page_says() -> None:
    """ "five people or more", "at most once a day"; "ten people, once a week, and no constituency is named"."""
    assert care_of(high_risk=False) == Care(fewest=5, every=timedelta(days=1), seats=True)
    assert care_of(high_risk=True) == Care(fewest=10, every=timedelta(days=7), seats=False)
