"""Characters that nobody sees are taken out; what people write in any script stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.plain_text import cut, seen, tidied

FAMILY = "\U0001f469\u200d\U0001f467"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\u202etwo", "onetwo"),
        ("a\u200bb\ufeffc\u2060d", "abcd"),
        ("\u2066x\u2069 \u2067y\u2069", "x y"),
        ("nul\x00 esc\x1b[0m", "nul esc[0m"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u200b\u200b\u200f", ""),
        ("left\u200e and\u200f right", "left and right"),
        ("\u200d x \u200c", " x "),
        ("hidden \U000e0041\U000e0042 tags", "hidden  tags"),
        ("lone \ud800", "lone "),
    ],
)
def test_what_is_not_seen_goes(typed: str, kept: str) -> None:
    assert seen(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Ŵyl y Môn, tŷ",
        "مەن خەت يازدىم، 2018\u200f (ئەنگلىيە)",
        "می\u200cخواهم",
        "我写信给议员",
        f"our family {FAMILY} in Wales {WALES}",
        "line one\n\nline two – “quoted” … £5",
    ],
)
def test_what_is_written_stays(text: str) -> None:
    assert seen(text) == text


@given(st.text(max_size=200))
def test_once_is_enough(text: str) -> None:
    assert seen(seen(text)) == seen(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("one\r\n \t\r\n\r\ntwo\rthree", "one\n\ntwo\nthree"),
        ("one\n\n  two\n", "one\n\n  two\n"),
        ("half \ud800 a sign \udfff", "half  a sign "),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_runs_of_blank_lines_are_one(typed: str, kept: str) -> None:
    assert tidied(typed) == kept
    assert tidied(kept) == kept


@given(st.text(max_size=60), st.integers(1, 50), st.integers(3, 90))
def test_a_text_is_cut_to_characters_and_bytes(text: str, most: int, most_bytes: int) -> None:
    text = tidied(text)
    made = cut(text, most, most_bytes)
    assert len(made) <= most
    assert len(made.encode()) <= most_bytes
    assert made == text or made.endswith("…")
