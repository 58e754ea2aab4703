from __future__ import annotations

import pytest

from bot.domain.errors import Refused
from bot.domain.look_words import LookWords, Match, match, searchable, typed_terms, without_overlap

WORDS = LookWords(("Uyghur", "Xinjiang"), ("cotton", "supply chains", "solar + panel"))
FILL = " and".join(" one more word" for _ in range(40))


@pytest.mark.parametrize(
    ("heading", "text", "fits"),
    [
        ("China: Cotton", "To ask what steps she takes on cotton from Xinjiang.", Match.WHOLE),
        ("China: Uyghurs", "To ask about cottons.", Match.WHOLE),
        ("Uyghurs: Supply Chains", "To ask what progress was made.", Match.WHOLE),
        ("China", "Uyghur people's supply-chain work.", Match.WHOLE),
        ("China", "Uyghur’s supply   chains", Match.WHOLE),
        ("Xinjiang", "To ask about panels made with solar power.", Match.WHOLE),
        ("Energy", "To ask about solar panels from XINJIANG.", Match.WHOLE),
        ("Egypt: Cotton", "To ask about cotton from Egypt.", Match.NO),
        ("China: Uyghurs", "To ask about a visit to Kashgar.", Match.NO),
        ("Xinjiang", "To ask about solar energy.", Match.NO),
        ("Uyghurish", "Cottonwood trees.", Match.NO),
        ("Xinjiang chains", "The supply of coal.", Match.NO),
        ("World", f"Uyghur people.{FILL} Cotton prices.", Match.NO),
        ("Supply of chains", "Uyghur", Match.NO),
        ("", "", Match.NO),
    ],
)
def test_a_text_fits_where_both_words_stand_near_each_other(heading: str, text: str, fits: Match) -> None:
    assert match(WORDS, heading, text) is fits


def test_where_the_answer_was_cut_off_it_fits_in_part_at_most() -> None:
    assert match(WORDS, "Cotton", "The Government takes note of cotton …", is_cut=True) is Match.PART
    assert match(WORDS, "Wool", "The Government …", is_cut=True) is Match.NO


def test_without_words_nothing_fits() -> None:
    assert match(LookWords(("Uyghur",)), "Uyghur", "cotton") is Match.NO
    assert match(LookWords((), ("cotton",)), "Uyghur", "cotton") is Match.NO


def test_a_keyword_that_is_the_reports_own_word_is_left_out() -> None:
    assert without_overlap(("Uyghur",), ("cotton", "uyghur", "UN")) == LookWords(("Uyghur",), ("cotton",))


def test_what_is_typed_is_read_and_refused_where_it_would_find_everything() -> None:
    assert typed_terms('cotton, "supply chains"\n\ncotton; solar') == ("cotton", "supply chains", "solar")
    for typed in ("a, b", ",".join(f"word{n}" for n in range(20)), "x" * 80):
        with pytest.raises(Refused):
            typed_terms(typed)


def test_searches_are_shared() -> None:
    assert searchable(["Uyghur", "uyghur", "forced  labour", "Forced Labour", ""]) == ("forced labour", "uyghur")
