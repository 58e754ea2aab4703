"""An operator's own table of postcodes: whole or not at all, and replaced while it is used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.domain.errors import Refused
from bot.domain.members import Constituency, Directory
from bot.sources.postcodes_file import read_postcodes_file
from storage.postcodes import BATCH, PostcodeTable

pytestmark = pytest.mark.asyncio

DAY = date(2027, 1, 15)
HOUSE = Directory(
    (Constituency(1, "Tarning"), Constituency(2, "Marrow, Thistle and Quay"), Constituency(3, "Ynys Fôr"))
)


def told(done: int, total: int) -> None:
    assert 0 <= done <= total


def rows(tmp_path: Path, text: str | bytes) -> list[tuple[str, str]]:
    path = tmp_path / "postcodes.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_postcodes_file(path, HOUSE, told))


async def test_every_seat_that_a_postcode_touches_is_listed(tmp_path: Path) -> None:
    table = PostcodeTable(tmp_path / "data" / "postcodes.sqlite3")
    assert await table.as_of() is None
    assert await table.seats("ZA1 1AA") == ()
    made = [("ZA1 1AA", "Tarning"), ("ZA1 1AA", "Fenn"), ("ZA1 1AA", "Fenn"), ("ZA1 1AB", "Fenn")]
    assert table.build(iter(made), DAY) == 2
    assert await table.as_of() == DAY
    assert await table.seats("ZA1 1AA") == ("Fenn", "Tarning")
    assert await table.seats("ZA1 1AB") == ("Fenn",)
    assert await table.seats("ZA9 9ZZ") == ()


async def test_a_new_table_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    table = PostcodeTable(tmp_path / "postcodes.sqlite3")
    table.build(iter([("ZA1 1AA", "Tarning")]), DAY)

    def broken() -> Iterator[tuple[str, str]]:
        for number in range(BATCH + 1):
            yield f"ZA{number}", "Fenn"
        raise Refused("line 7, column postcode", "Mend it.")

    with pytest.raises(Refused):
        table.build(broken(), date(2027, 2, 1))
    assert await table.as_of() == DAY
    assert await table.seats("ZA1 1AA") == ("Tarning",)
    assert os.listdir(tmp_path) == ["postcodes.sqlite3"]  # noqa: PTH208
    assert table.remove()
    assert not table.remove()
    assert await table.seats("ZA1 1AA") == ()


async def test_a_file_that_is_no_table_is_as_none(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite3"
    path.write_bytes(b"not a database" * 100)
    assert await PostcodeTable(path).seats("ZA1 1AA") == ()
    assert await PostcodeTable(path).as_of() is None


async def test_a_file_is_read_with_names_as_the_directory_writes_them(tmp_path: Path) -> None:
    text = (
        "\ufeffPostcode,x,Constituency\r\n"
        'za11aa,1,"Marrow, Thistle and Quay"\r\nZA1 1AA,2,TARNING\r\n\r\nZA1 1AB,3,Ynys For\r\nJE2 3AB,4,\r\nIM1 1AA,,Man\r\n'
    )
    assert rows(tmp_path, text) == [
        ("ZA1 1AA", "Marrow, Thistle and Quay"),
        ("ZA1 1AA", "Tarning"),
        ("ZA1 1AB", "Ynys Fôr"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("postcode,constituency\nZA1,Tarning\n", "line 2, column postcode: it isn't a whole postcode"),
        (
            "postcode,constituency\nZA1 1AA,Fenn\nZA1 1AB,Fenn\n",
            "line 2, column constituency: “Fenn” is not in today's list",
        ),
        ("postcode,constituency\nZA1 1AA,\n", "line 2, column constituency: it is empty"),
        ("postcode,constituency\nZA1 1AA\n", "line 2, column constituency: it is empty"),
        ("pcds,pcon\nZA1 1AA,Tarning\n", "must name the columns"),
        ("", "must name the columns"),
        ("postcode,constituency\n", "has no postcodes in it"),
        ('postcode,constituency\nZA1 1AA,"Tarning\n', "line 2"),
        ("postcode,constituency\nZA1 1AA,Ynys F\xf4r\n".encode("latin-1"), "is not UTF-8: line 2"),
    ],
)
async def test_a_fault_is_named_by_line_and_column_and_no_postcode_is_repeated(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        rows(tmp_path, text)
    assert said in refused.value.message
    assert refused.value.next_step
    assert "ZA1" not in refused.value.message


async def test_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="and 18 more"):
        rows(tmp_path, "postcode,constituency\n" + "ZA1,Tarning\n" * 30)
