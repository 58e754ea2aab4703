"""Characters that nobody sees are taken out; what people write in any script stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.plain_text import seen

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
