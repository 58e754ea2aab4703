from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotFound, Refused
from bot.domain.postcodes import Postcode, looks_like_postcode


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("SW1A 0AA", "SW1A 0AA"),
        ("sw1a0aa", "SW1A 0AA"),
        ("  z a 1 1 a a ", "ZA1 1AA"),
        ("ＺＡ１ １ＡＡ", "ZA1 1AA"),
        ("ZA1\u200b 1AA\u2060", "ZA1 1AA"),
        ("ZA1\u00a01AA.", "ZA1 1AA"),
        ("m1 1ae", "M1 1AE"),
        ("W1A 0AX", "W1A 0AX"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("GIR 0AA", "GIR 0AA"),
        ("ZA41 2BB", "ZA41 2BB"),
    ],
)
def test_a_full_postcode_is_read_however_it_is_typed(typed: str, written: str) -> None:
    assert Postcode.read(typed).written == written


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "SW1A 0A", "QA1 1AA", "VA1 1AA", "ZA1 1AC", "ZA1 1KA", "ZA123 1AA", "12345", "@everyone",
     "1600 Invented Street", "ZA1 1AA ZA1 1AB", "Ż" * 4000, "ZA1;DROP", "\u202eZA1"],
)  # fmt: skip
def test_anything_else_is_refused_kindly(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        Postcode.read(typed)
    assert caught.value.next_step
    if typed.strip():
        assert typed.strip() not in caught.value.message


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("SW1A OAA", "SW1A 0AA"),
        ("swia 0aa", "SW1A 0AA"),
        ("ZAl 1AA", "ZA1 1AA"),
        ("0X1 2JD", "OX1 2JD"),
        ("ZA1, 1AA", "ZA1 1AA"),
        ("ZA1 1AA Tarning", "ZA1 1AA"),
        ("my postcode is ZA11AA", "ZA1 1AA"),
        ("ZA1 1AA/../..", "ZA1 1AA"),
        ("12 Quill Lane, Tarning ZAl 1AA", "ZA1 1AA"),
    ],
)
def test_signs_that_look_alike_are_read_as_they_were_meant(typed: str, written: str) -> None:
    assert Postcode.read(typed).written == written


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("BFPO 1", "BFPO"),
        ("bfpo 57", "BFPO"),
        ("BF1 2AA", "BFPO"),
        ("GX11 1AA", "Gibraltar"),
        ("gx11", "Gibraltar"),
        ("GXII 1AA", "Gibraltar"),
        ("gxl1 iaa", "Gibraltar"),
        ("I live at BFPO 57", "BFPO"),
    ],
)
def test_what_leads_to_no_seat_is_said_kindly(typed: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        Postcode.read(typed)
    assert "registered to vote" in refused.value.next_step
    assert looks_like_postcode(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "ZA1",
        "SW1A OAA",
        "za1 1aa",
        "M1",
        "12",
        "ZA1 1A",
        "BFPO",
        "ZA1 1AA Tarning",
        "my postcode is ZA11AA",
        "ZA1 1AA, ZA1 1AB",
        "ZA11AATarning",
        "Tarning ZA1",
    ],
)
def test_what_was_meant_as_a_postcode_counts_as_one(typed: str) -> None:
    assert looks_like_postcode(typed)


@pytest.mark.parametrize(
    "typed", ["Woking", "Bath", "", "Ynys Môn", "Ms Harker", "{{ 7*7 }}", "1600 Invented Street, Tarning"]
)
def test_a_name_is_no_postcode(typed: str) -> None:
    assert not looks_like_postcode(typed)


def test_half_a_postcode_is_explained() -> None:
    with pytest.raises(Refused, match="first half"):
        Postcode.read("ZA1")


@pytest.mark.parametrize(
    ("typed", "island"), [("JE99 1AA", "Jersey"), ("GY10 1AA", "Guernsey"), ("IM9 1AA", "Isle of Man")]
)
def test_the_islands_have_no_mp(typed: str, island: str) -> None:
    with pytest.raises(NotFound, match=island):
        Postcode.read(typed).require_a_seat()
    assert Postcode.read("ZA1 1AA").require_a_seat() is None


def test_a_postcode_does_not_show_itself() -> None:
    assert "ZA" not in repr(Postcode.read("ZA1 1AA"))


@given(st.text(max_size=60))
def test_no_text_is_echoed_or_breaks_it(typed: str) -> None:
    try:
        found = Postcode.read(typed)
    except Refused as error:
        words = str(error)
        assert "constituency" in words
    else:
        assert Postcode.read(found.written) == found
