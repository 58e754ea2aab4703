"""Forms of address, from names as they are written."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.letters import Recipient, Standing
from bot.domain.members import Member
from bot.domain.names import addressed_as, is_nobody, turned_back


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
        ("Baroness Wyndlestraw of Tarning", "Baroness Wyndlestraw"),
        ("Rt Hon Amina Thackwell MP", "Amina Thackwell"),
        ("Amina Thackwell", "Amina Thackwell"),
        ("Amina Thackwell, MP", "Amina Thackwell"),
        ("Thackwell", "Thackwell"),
        ("Mr Speaker", "Mr Speaker"),
        ("The Right Hon. Sir Leopold Gathercoal MP", "Sir Leopold"),
        ("Right Hon Amina Thackwell", "Amina Thackwell"),
        ("Rt Honourable Amina Thackwell", "Amina Thackwell"),
        ("Rt Hon the Lord Gathercoal of Quill", "Lord Gathercoal"),
        ("Ms Amina Thackwell K.C. M.P.", "Ms Thackwell"),
        ("Dr Sir Leopold Gathercoal", "Sir Leopold"),
        ("Prof. Dame Perpetua Wyndle", "Dame Perpetua"),
        ("Cllr Bo Oyster", "Cllr Oyster"),
        ("Rev'd Bo Oyster", "Revd Oyster"),
        ("The Reverend Bo Oyster MP", "Reverend Oyster"),
        ("Lt Col Bo Oyster", "Lt Col Oyster"),
        ("mr bo oyster", "Mr Oyster"),
        ("ms órla o'quill-brook mp", "Ms O'Quill-Brook"),
        ("Mr Bo Major", "Mr Major"),
        ("Bo Baron", "Bo Baron"),
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
    [
        "Vacant",
        "VACANT SEAT",
        "-",
        "–",
        "TBC",
        "T.B.C.",
        "n/a",
        "(vacant)",
        "None",
        "?",
        "  ",
        "No MP",
        "[vacant]",
        "Vacant (by-election)",
        "TBC MP",
        "There is no MP",
        "seat vacant since May",
        "no-one",
        "Mr Unknown",
        "to be elected",
        "MP",
    ],
)
def test_what_means_nobody_is_no_name(name: str) -> None:
    assert is_nobody(name)


@pytest.mark.parametrize(
    "name", ["Amina Vacant-Thackwell", "Na Thackwell", "Bo O", "Órla", "Bo Nil", "Ms Amina Vacant", "Noah Mpenza"]
)
def test_a_name_is_somebody(name: str) -> None:
    assert not is_nobody(name)


def test_a_name_of_an_index_is_seen() -> None:
    assert turned_back("Thackwell, Ms Amina") != "Thackwell, Ms Amina"
    assert turned_back("Thackwell, Amina") != "Thackwell, Amina"
    assert turned_back("THACKWELL Ms Amina") != "THACKWELL Ms Amina"
    assert turned_back("Amina Thackwell, MP") == "Amina Thackwell, MP"
    assert turned_back("Rt Hon Dame Amina Thackwell") == "Rt Hon Dame Amina Thackwell"
    assert turned_back("The Reverend Dr Amina Thackwell, Jr") == "The Reverend Dr Amina Thackwell, Jr"
    assert turned_back("Amina Thackwell") == "Amina Thackwell"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Thackwell, Ms Amina", "Ms Amina Thackwell"),
        ("Thackwell, Amina, MP", "Amina Thackwell MP"),
        ("Thackwell, Amina MP", "Amina Thackwell MP"),
        ("THACKWELL Ms Amina", "Ms Amina THACKWELL"),
        ("Amina Thackwell", "Amina Thackwell"),
    ],
)
def test_a_name_of_an_index_is_turned_back(name: str, said: str) -> None:
    assert turned_back(name) == said


@given(st.text(max_size=60))
def test_nothing_is_added_to_a_name(name: str) -> None:
    made_up = {"professor", "colonel", "captain", "revd", "dr"}
    known = re.sub("[.'’,]", "", name.replace(",", " ")).casefold()
    called = re.sub("[.'’,]", "", addressed_as(name)).casefold()
    assert all(word in known or word in made_up for word in called.split())
