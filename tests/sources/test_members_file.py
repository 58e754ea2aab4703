"""A directory from an operator's file: all or nothing, each fault by line and column, and nothing made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.domain.errors import Refused
from bot.domain.members import Constituency, Directory, MemberRole
from bot.sources.members_file import COLUMNS, read_members_file

DAY = date(2027, 1, 15)
GOOD = (
    "constituency,name,title,address_as,party,role,post,email,phone,member_id,constituency_id\n"
    "Tarning,Amina Thackwell,Rt Hon Amina Thackwell MP,Ms Thackwell,Lantern,minister,Minister of Lanterns,"
    "amina@house.example,020 7946 0001,101,7\n"
    '"Marrow, Thistle and Quay",Órla Ní Fhearghail,,,,,,,,,\n'
    "Farthing Cross,,,,,,,,,,\n"
)


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "house.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(Refused) as told:
        read_members_file(write(tmp_path, text), DAY, Directory())
    assert told.value.next_step
    return f"{told.value.message} {told.value.next_step}"


def test_what_is_stated_is_taken_and_what_is_not_stays_empty(tmp_path: Path) -> None:
    found = read_members_file(write(tmp_path, GOOD), DAY, Directory())
    assert [seat.name for seat in found.constituencies] == ["Farthing Cross", "Marrow, Thistle and Quay", "Tarning"]
    assert found.as_of is not None
    assert found.as_of.date() == DAY
    assert not found.invented
    vacant, orla, amina = (seat.member for seat in found.constituencies)
    assert vacant is None
    assert amina is not None
    assert (amina.member_id, amina.role, amina.email) == (101, MemberRole.MINISTER, "amina@house.example")
    assert amina.salutation == "Dear Ms Thackwell,"
    assert orla is not None
    assert (orla.email, orla.phone, orla.full_title, orla.address_as, orla.party) == ("", "", "", "", "")
    assert orla.role is MemberRole.UNKNOWN
    assert orla.salutation == "Dear Órla Ní Fhearghail,"
    assert orla.member_id < 0


def test_seats_keep_their_numbers_from_import_to_import(tmp_path: Path) -> None:
    known = Directory((Constituency(4711, "Marrow, Thistle and Quay"),))
    first = read_members_file(write(tmp_path, GOOD), DAY, known)
    again = read_members_file(write(tmp_path, GOOD), DAY, first)
    afresh = read_members_file(write(tmp_path, GOOD), DAY, Directory())
    assert [s.constituency_id for s in first.constituencies] == [s.constituency_id for s in again.constituencies]
    assert first.constituencies[1].constituency_id == 4711
    assert first.constituencies[0] == afresh.constituencies[0]
    assert all(str(seat.constituency_id).isdecimal() for seat in afresh.constituencies), "as a button carries it"


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, delimiter: str, mark: str) -> None:
    text = (
        f"{mark}Constituency{delimiter}MP{delimiter}E-mail\r\n Tarning {delimiter}Amina  Thackwell{delimiter}\r\n\r\n"
    )
    (seat,) = read_members_file(write(tmp_path, text), DAY, Directory()).constituencies
    assert seat.name == "Tarning"
    assert seat.member is not None
    assert seat.member.display_as == "Amina Thackwell"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("constituency,name\n,Amina\n", "line 2, column constituency: it is empty"),
        ("constituency,name,role\nTarning,Amina,king\n", "line 2, column role: write backbencher"),
        ("constituency,name,email\nTarning,Amina,amina at house\n", "line 2, column email: it isn't an email address"),
        ("constituency,name,member_id\nTarning,Amina,12a\n", "line 2, column member_id: it isn't a whole number"),
        (
            "constituency,name,email\nTarning,,a@b.example\n",
            "line 2, column name: it is empty, but the rest of the line describes a Member",
        ),
        (
            "constituency,name\nTarning,Amina\nFenn,B\ntarning,C\n",
            "line 4, column constituency: the same seat is on line 2",
        ),
        (
            "constituency,name,constituency_id\nA,B,5\nC,D,5\n",
            "line 3, column constituency_id: line 2 has the same number",
        ),
        ("constituency,name\nMarrow, Thistle and Quay,Amina\n", "line 2: it has 3 cells for 2 columns"),
        (f"constituency,name\n{'x' * 201},Amina\n", "line 2, column constituency: it has 201 characters"),
        ("constituency,name\nTarning,Am\u202eina\n", "line 2, column name: it has a character that can't be shown"),
        ('constituency,name\nTarning,"Amina\n', "Write a double quote inside a cell twice"),
        ("seat_name,name\nTarning,Amina\n", "including constituency and name"),
        ("constituency,name,shoe size\nTarning,Amina,7\n", "line 1: there is no column 'shoe_size'"),
        ("constituency,name,name\nTarning,Amina,B\n", "line 1: the column 'name' appears twice"),
        ("constituency,name\n", "has no constituencies in it"),
        ("", "must name the columns"),
        ("constituency,name\nTarning,Am\xefna\n".encode("latin-1"), "is not UTF-8: line 2"),
        (b"PK\x03\x04\0\0constituency,name", "is not a CSV file"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_a_fault_is_named_by_line_and_column_with_what_to_do(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_all_faults_are_told_at_once_and_many_are_counted(tmp_path: Path) -> None:
    told = refused(tmp_path, "constituency,name,role\n" + ",Amina,king\n" * 20)
    assert told.count("column role") == 6
    assert "and 28 more" in told


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be read"):
        read_members_file(tmp_path / "none.csv", DAY, Directory())


def test_the_columns_are_in_the_help_of_the_command() -> None:
    from bot.commands.members import import_file

    for column in COLUMNS:
        assert column in (import_file.__doc__ or "")


# What lists say in words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Vacant", "-", "TBC", "n/a", "VACANT SEAT", "(vacant)"])
def test_a_seat_that_is_vacant_in_words_is_asked_about_by_line(tmp_path: Path, name: str) -> None:
    said = refused(tmp_path, f"constituency,name\nTarning,Amina Thackwell\nFarthing Cross,{name}\n")
    assert "line 3, column name" in said
    assert "empty the cell if the seat is vacant" in said


def test_a_name_of_an_index_is_asked_about_with_the_right_one(tmp_path: Path) -> None:
    said = refused(tmp_path, 'constituency,name\nTarning,"Thackwell, Ms Amina"\n')
    assert "line 2, column name" in said
    assert "'Ms Amina Thackwell'" in said


def test_one_person_on_two_seats_is_asked_about(tmp_path: Path) -> None:
    head = "constituency,name,member_id\n"
    said = refused(tmp_path, f"{head}Tarning,Amina Thackwell,101\nQuill,Amina T,101\n")
    assert "line 3, column name" in said
    assert "line 2" in said
    said = refused(tmp_path, "constituency,name\nTarning,Amina Thackwell\nQuill,AMINA THACKWELL\n")
    assert "nobody holds two seats" in said
    two = read_members_file(
        write(tmp_path, f"{head}Tarning,Amina Thackwell,101\nQuill,Amina Thackwell,102\n"), DAY, Directory()
    )
    assert len(two.constituencies) == 2, "two Members of one name, each with a number"


@pytest.mark.parametrize(
    "text",
    [
        "Person ID,First name,Last name,Party,Constituency,URI\n"
        "10001,Amina,Thackwell,Lantern,Tarning,https://list.example/mp/10001\n",
        "Constituency name,Family name,Given name,Member MNIS ID\nTarning,Thackwell,Amina,101\n",
        "ONS ID,Constituency name,Region name,Member first name,Member surname,Member gender,First party\n"
        "X1,Tarning,North,Amina,Thackwell,,Lantern\n",
        "Constituency,MP\nTarning,Amina Thackwell\n",
    ],
    ids=["TheyWorkForYou", "Commons Library", "Commons Library, results", "one column"],
)
def test_the_commonest_lists_are_taken(tmp_path: Path, text: str) -> None:
    found = read_members_file(write(tmp_path, text), DAY, Directory())
    (seat,) = found.constituencies
    assert seat.name == "Tarning"
    assert seat.member is not None
    assert seat.member.display_as == "Amina Thackwell"
    assert seat.member.salutation == "Dear Amina Thackwell,"
    assert (seat.member.member_id == 101) is ("MNIS" in text), "a number of another list is not the Members API's"


def test_two_columns_that_are_empty_are_a_vacant_seat(tmp_path: Path) -> None:
    text = "Constituency,First name,Last name\nTarning,Amina,Thackwell\nFarthing Cross,,\n"
    vacant, taken = read_members_file(write(tmp_path, text), DAY, Directory()).constituencies
    assert vacant.member is None
    assert taken.member is not None


@pytest.mark.parametrize("columns", ["Constituency,Title,First name,Last name", "Constituency,Title,Name"])
def test_a_title_in_a_column_alone_joins_the_name(tmp_path: Path, columns: str) -> None:
    who = "Leopold,Gathercoal" if "First" in columns else "Leopold Gathercoal"
    found = read_members_file(write(tmp_path, f"{columns}\nTarning,Sir,{who}\n"), DAY, Directory())
    member = found.constituencies[0].member
    assert member is not None
    assert (member.salutation, member.envelope_name) == ("Dear Sir Leopold,", "Sir Leopold Gathercoal")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Vacant (by-election)", "is not a name"),
        ("TBC MP", "is not a name"),
        ("There is no MP", "is not a name"),
        ("seat vacant since May", "is not a name"),
        ("Thackwell Amina (Lantern)", "without brackets"),
        ("THACKWELL Ms Amina", "write 'Ms Amina THACKWELL'"),
        ('"Thackwell, Amina, MP"', "write 'Amina Thackwell MP'"),
    ],
)
def test_what_is_no_name_as_it_is_said_is_asked_about(tmp_path: Path, name: str, told: str) -> None:
    words = refused(tmp_path, f"constituency,name\nTarning,{name}\n")
    assert "line 2, column name" in words
    assert told in words


def test_a_list_of_parliaments_own_headings_is_read(tmp_path: Path) -> None:
    text = 'Name (Display as),Name (List as),Party,Constituency\nMs Amina Thackwell,"Thackwell, Ms Amina",Lantern,Tarning\n'
    member = read_members_file(write(tmp_path, text), DAY, Directory()).constituencies[0].member
    assert member is not None
    assert member.salutation == "Dear Ms Thackwell,"


@pytest.mark.parametrize(
    ("one", "other"), [("Ms Amina Thackwell", "Amina Thackwell"), ("Bo Oyster", "Rt Hon Bo Oyster MP")]
)
def test_one_person_in_two_seats_is_seen_with_a_title_and_without(tmp_path: Path, one: str, other: str) -> None:
    assert "is on line 2 too" in refused(tmp_path, f"constituency,name\nTarning,{one}\nQuill,{other}\n")
