"""What a letter says of a recommendation in short."""

from __future__ import annotations

import pytest

from bot.domain.identity import ItemKey
from bot.domain.letter_facts import QUOTED_WORDS, in_short
from bot.domain.reports import Recommendation

LONG = " ".join(["We recommend that the Department counts every lamp in the country and says so."] * 8)


@pytest.mark.parametrize(
    ("summary", "official", "said"),
    [
        ("Count the lamps.", LONG, "Count the lamps."),
        ("", "Count the lamps.", "“Count the lamps.”"),
        ("", LONG, "“" + " ".join(LONG.split()[:42]) + "”"),
        ("", "lamp " * 100, "“" + " ".join(["lamp"] * QUOTED_WORDS) + " …”"),
    ],
    ids=["our own line", "theirs is short", "theirs is cut at a sentence", "theirs has no sentence"],
)
def test_our_own_line_or_the_committees_words_in_marks(summary: str, official: str, said: str) -> None:
    item = Recommendation(ItemKey("1"), "Lamps", summary, "1", official=official)
    assert in_short(item) == said
    assert len(in_short(item).split()) <= QUOTED_WORDS + 1
