"""Which seat or Member a typed name means: beginnings first, words in any order, then names with a slip in them."""

from __future__ import annotations

import pytest

from bot.domain.members import Constituency, Member
from bot.services.member_names import NameIndex


def seat(number: int, name: str, person: str = "") -> Constituency:
    member = Member(number, person, "", "", person, "", name) if person else None
    return Constituency(number, name, member)


INDEX = NameIndex(
    [
        seat(1, "Tarningham", "Barnaby Oystermouth"),
        seat(2, "Tarning", "Amina Thackwell"),
        seat(3, "Upper Brook and Quill"),
        seat(4, "Quill West", "Órla Ní Fhearghail"),
    ]
)


def names(text: str, limit: int = 25) -> list[str]:
    return [found.name for found in INDEX.near(text, limit)]


def test_an_empty_text_lists_the_seats_from_the_top() -> None:
    assert names("") == ["Quill West", "Tarning", "Tarningham", "Upper Brook and Quill"]
    assert names("  ", 2) == ["Quill West", "Tarning"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("tarn", "Tarning"),
        ("TARNINGHAM", "Tarningham"),
        ("quill", "Quill West"),
        ("brook quill", "Upper Brook and Quill"),
        ("oystermouth", "Tarningham"),
        ("barnaby oyster", "Tarningham"),
        ("orla ni", "Quill West"),
        ("tarninghma", "Tarningham"),
        ("amina thackwel", "Tarning"),
    ],
)
def test_the_likeliest_comes_first(typed: str, first: str) -> None:
    assert names(typed)[0] == first


@pytest.mark.parametrize(("typed", "sure"), [("tarn", True), ("oystermouth", True), ("tarninghma", False), ("", False)])
def test_only_a_name_that_begins_or_holds_it_is_sure(typed: str, sure: bool) -> None:
    assert INDEX.is_sure(typed) is sure


def test_two_letters_are_no_slip_and_nonsense_is_nobody() -> None:
    assert names("zz") == []
    assert names("lanternkeeper") == []
