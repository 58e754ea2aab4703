"""How people name a recommendation: in figures, in words, with its report, or by the line that a list shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.references import Reference, read_reference, spoken_number, within_report

SPOKEN = {
    "one": 1, "two": 2, "three": 3, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "nineteen": 19, "twenty": 20,
    "twenty-one": 21, "twenty one": 21, "ninety nine": 99, "one hundred": 100, "one hundred and five": 105,
    "two hundred and thirty-four": 234, "first": 1, "third": 3, "fourth": 4, "twentieth": 20, "twenty-second": 22, "Three": 3,
}  # fmt: skip


@pytest.mark.parametrize(("words", "number"), SPOKEN.items())
def test_a_number_in_words_is_that_number(words: str, number: int) -> None:
    assert spoken_number(words) == number
    assert read_reference(words) == Reference(number=str(number))
    assert read_reference(f"recommendation {words}") == Reference(number=str(number))
    assert read_reference(f"Number {words}.") == Reference(number=str(number))


@pytest.mark.parametrize(
    "words",
    ["", "four horses", "a ban", "solar", "twelve angry men", "hundred", "twenty twenty", "one two", "seventh-day"],
)
def test_words_that_are_no_number_stay_words(words: str) -> None:
    assert spoken_number(words) is None
    assert read_reference(words) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3.", "3"), ("3,", "3"), ("T-12", "t12"), ("t twelve", "t12"), ("T-12 (number not confirmed)", "t12"),
        ("T-12 (part of 3)", "t12"), ("the third", "3"), ("recommendation no. 3", "3"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_number_and_a_key(text: str, number: str) -> None:
    assert read_reference(text) == Reference(number=number)


def test_a_paragraph_in_words() -> None:
    assert read_reference("paragraph thirteen") == Reference(paragraph=13)
    assert read_reference("para 13") == Reference(paragraph=13)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("never again T-12", "t-12"), ("T-12 of Never Again", "t-12"), ("Never Again: 3", "3"), ("never-again 3", "3"),
        ("recommendation 3 in never again", "recommendation 3"), ("never again", ""), ("cotton", None),
        ("never again solar", "solar"), ("nevertheless again", None),
    ],
)  # fmt: skip
def test_a_report_may_be_named_beside_it(text: str, rest: str | None) -> None:
    assert within_report(text, ("never-again", "never again", "Never Again")) == rest


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_reference(text)
    spoken_number(text)
    within_report(text, ("Never Again", ""))
