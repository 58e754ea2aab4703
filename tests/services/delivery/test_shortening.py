"""Texts cut for a post: at the end of a line or word, never longer than asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.services.delivery.shortening import shorten


def test_it_is_cut_at_a_word_or_line_and_says_so() -> None:
    assert shorten("Count every lantern", 19) == "Count every lantern"
    assert shorten("Count every lantern", 18) == "Count every…"
    assert shorten("Count\nevery lantern", 9) == "Count…"
    assert shorten("Countlesslanterns", 10) == "Countless…", "without a place to cut, anywhere"


@given(st.text(max_size=60), st.integers(2, 40))
def test_it_is_never_longer_than_asked_and_begins_as_it_did(text: str, most: int) -> None:
    short = shorten(text, most)
    assert len(short) <= most or short == text
    assert text.startswith(short.removesuffix("…"))
