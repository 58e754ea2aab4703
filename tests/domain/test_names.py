"""Forms of address, from names as they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.letters import Recipient, Standing
from bot.domain.members import Member
from bot.domain.names import addressed_as, is_nobody, is_turned_round


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Sir Leopold Gathercoal", "Sir Leopold"),
        ("Rt Hon Sir Leopold Gathercoal CBE MP", "Sir Leopold"),
        ("The Rt. Hon. Dame Perpetua Wyndle-Straw DBE MP", "Dame Perpetua"),
        ("Sir Leopold", "Sir Leopold"),
        ("Dr Amina Thackwell", "Dr Thackwell"),
        ("Dr. Amina Thackwell MP", "Dr Thackwell"),
        ("Dr Thackwell", "Dr Thackwell"),
        ("Ms Amina Thackwell", "Ms Thackwell"),
        ("Mr Bo Oyster-Huxtable", "Mr Oyster-Huxtable"),
        ("Miss Órla Ní Fhearghail", "Miss Ní Fhearghail"),
        ("Dr Jan van der Berg", "Dr van der Berg"),
        ("Mr Iain Duncan Oyster", "Mr Iain Duncan Oyster"),
        ("Professor Bo Oyster KC", "Professor Oyster"),
        ("Lord Gathercoal", "Lord Gathercoal"),
        ("Baroness Wyndlestraw of Tarning", "Baroness Wyndlestraw of Tarning"),
        ("Rt Hon Amina Thackwell MP", "Amina Thackwell"),
        ("Amina Thackwell", "Amina Thackwell"),
        ("Amina Thackwell, MP", "Amina Thackwell"),
        ("Thackwell", "Thackwell"),
        ("Mr Speaker", "Mr Speaker"),
        ("", ""),
    ],
)
def test_a_person_is_addressed_by_the_forms_in_use(name: str, called: str) -> None:
    assert addressed_as(name) == called
    expected = f"Dear {called or '[name of the MP]'},"
    member = Member(1, name, "", "", "", "", "Tarning")
    assert member.salutation == expected
    assert Recipient("Tarning", Standing.NOT_CHECKED, typed_name=name).salutation == expected
    stated = replace(member, address_as="Mx Stated")
    assert stated.salutation == "Dear Mx Stated,", "what the source states comes first"


def test_a_member_without_any_name_leaves_a_gap() -> None:
    nobody = Member(1, "  ", "", " ", "", "", "Tarning")
    assert nobody.salutation == "Dear [name of the MP],"
    assert Recipient("Tarning", Standing.IN_OFFICE, 1, nobody).envelope[0] == "[name of the MP]"


@pytest.mark.parametrize(
    "name",
    ["Vacant", "VACANT SEAT", "-", "–", "TBC", "T.B.C.", "n/a", "(vacant)", "None", "?", "  ", "No MP", "[vacant]"],
)
def test_what_means_nobody_is_no_name(name: str) -> None:
    assert is_nobody(name)


@pytest.mark.parametrize("name", ["Amina Vacant-Thackwell", "Na Thackwell", "Bo O", "Órla"])
def test_a_name_is_somebody(name: str) -> None:
    assert not is_nobody(name)


def test_a_name_of_an_index_is_seen() -> None:
    assert is_turned_round("Thackwell, Ms Amina")
    assert is_turned_round("Thackwell, Amina")
    assert not is_turned_round("Amina Thackwell, MP")
    assert not is_turned_round("Amina Thackwell")


@given(st.text(max_size=60))
def test_nothing_is_added_to_a_name(name: str) -> None:
    known = name.replace(",", " ").replace(".", "").split()
    made_up = {"Professor", "Colonel", "Captain", "Revd", "Dr"}
    assert all(word in known or word in name or word in made_up for word in addressed_as(name).split())
