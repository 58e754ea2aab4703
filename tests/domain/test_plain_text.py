"""Characters that nobody sees are taken out; what people write in any script stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.plain_text import cut, on_one_line, tidy_text, within_sentence, without_invisible_signs

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
        ("\u2800a\U0001bca0b\U0001bca3c\U0001d173d\U0001d17a", "abcd"),
        ("par\u200dlia\u200cment", "parliament"),
        ("a\ufe0f\u180b \ufe0f b\U000e0100", "a  b"),
        ("\u2067abc\u2069 \u202bdef\u202c", "abc def"),
        ("مەن \u202eabc\u202c", "مەن abc"),
        ("مەن \u2067خەت\nيازدىم\u2069", "مەن خەت\nيازدىم"),
        ("مەن \u202bخەت \u2067يازدىم\u202c", "مەن خەت يازدىم"),
    ],
)
def test_what_is_not_seen_goes(typed: str, kept: str) -> None:
    assert without_invisible_signs(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Ŵyl y Môn, tŷ",
        "مەن خەت يازدىم، 2018\u200f (ئەنگلىيە)",
        "می\u200cخواهم",
        "我写信给议员",
        "مەن \u2067خەت\u2069 يازدىم \u202bئۇ\u202c",
        "قال \u2068Never Again\u2069 في 2021",
        "کتاب\u200cها و ه\u200d است",
        "שלום \u2066HC 198\u2069 לכם",
        "क्\u200dष र्\u200dय",
        "അവന്\u200d വന്നു",
        "ক্\u200cষ ত্\u200d এবং",
        "ක්\u200dෂ ශ්\u200dරී",
        "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ᠋ ᠬᠠᠷ\u180eᠠ ᠤᠨ\u202fᠤ",
        "👩\u200d❤\ufe0f\u200d👨 🏳\ufe0f\u200d🌈 👨🏽\u200d🌾 1\ufe0f\u20e3 ❤️",
        "ئۇيغۇر\u200fچە",
        f"our family {FAMILY} in Wales {WALES}",
        "line one\n\nline two – “quoted” … £5",
    ],
)
def test_what_is_written_stays(text: str) -> None:
    assert without_invisible_signs(text) == text


@given(
    st.text(max_size=200)
    | st.text(
        "a \nमە\u1820👩❤\ufe0f\ufe00\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069\U000e0100",
        max_size=30,
    )
)
def test_once_is_enough(text: str) -> None:
    assert without_invisible_signs(without_invisible_signs(text)) == without_invisible_signs(text)


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
    assert tidy_text(typed) == kept
    assert tidy_text(kept) == kept


def test_a_label_within_a_sentence_keeps_the_names_of_days_and_places() -> None:
    assert within_sentence("Monday to Friday, including bank holidays") == "Monday to Friday, including bank holidays"
    assert within_sentence("Working days in Scotland") == "working days in Scotland"
    assert within_sentence("Every weekday, Monday to Friday") == "every weekday, Monday to Friday"
    assert within_sentence("") == ""


def test_a_cut_leaves_no_direction_open() -> None:
    assert cut("مەن \u2067خەت يازدىم، ئۇ كەلدى\u2069", 12) == "مەن خەت…"


def test_a_line_keeps_the_narrow_space_of_a_word() -> None:
    assert on_one_line(" ᠤᠨ\u202fᠤ \n\t a \u200b b ") == "ᠤᠨ\u202fᠤ a b"


@given(st.text(max_size=60), st.integers(1, 50), st.integers(3, 90))
def test_a_text_is_cut_to_characters_and_bytes(text: str, most: int, most_bytes: int) -> None:
    text = tidy_text(text)
    made = cut(text, most, most_bytes)
    assert len(made) <= most
    assert len(made.encode()) <= most_bytes
    assert made == text or made.endswith("…")
