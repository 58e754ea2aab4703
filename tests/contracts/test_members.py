"""The directory of Members is kept as a whole, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot.domain.errors import Refused
from bot.domain.members import Constituency, Directory, Member, MemberRole
from storage.database import Database
from storage.members import Members
from storage.schema import constituencies

pytestmark = pytest.mark.asyncio

ZOE = Member(
    990113,
    "Zoë Ångell-Mbwana",
    "Zoë Ångell-Mbwana MP",
    "Ms Ångell-Mbwana",
    "Ångell-Mbwana, Zoë",
    "Lantern Party (invented)",
    "Elderbourne",
    MemberRole.MINISTER,
    "Minister of State; Whip",
    "office@house.example",
    "020 7946 0013",
)
HOUSE = Directory(
    (
        Constituency(3, "Elderbourne", ZOE),
        Constituency(2, "Farthing Cross"),
        Constituency(
            1, "Marrow, Thistle and Quay", replace(ZOE, member_id=-4, constituency="Marrow, Thistle and Quay")
        ),
    ),
    as_of=datetime(2027, 1, 15, 9, 0, 30, 123456, tzinfo=UTC),
    source="Members API, UK Parliament",
    invented=True,
)


async def test_nothing_is_held_at_first(database: Database) -> None:
    assert await Members(database).load() == Directory()


async def test_a_directory_comes_back_as_it_was(database: Database) -> None:
    await Members(database).replace(HOUSE)
    assert await Members(database).load() == HOUSE


async def test_a_new_directory_replaces_the_old_one_whole(database: Database) -> None:
    members = Members(database)
    await members.replace(HOUSE)
    later = Directory((Constituency(9, "Tarning"),), as_of=datetime(2027, 2, 1, tzinfo=UTC), source="a file")
    await members.replace(later)
    assert await members.load() == later


async def test_a_replacement_that_fails_leaves_the_old_one(database: Database) -> None:
    members = Members(database)
    await members.replace(HOUSE)
    twice = replace(HOUSE, constituencies=(Constituency(1, "Tarning"), Constituency(1, "Fenn")), source="broken")
    with pytest.raises(Exception, match=r".+"):
        await members.replace(twice)
    assert await members.load() == HOUSE


async def test_a_directory_without_its_day_is_refused(database: Database) -> None:
    with pytest.raises(Refused):
        await Members(database).replace(replace(HOUSE, as_of=None))
    assert await Members(database).load() == Directory()


async def test_a_role_from_another_version_is_unknown(database: Database) -> None:
    await Members(database).replace(HOUSE)
    async with database.writing() as connection:
        await connection.execute(
            update(constituencies).where(constituencies.c.member_id == 990113).values(role="tribune")
        )
    seat = (await Members(database).load()).exactly("Elderbourne")
    assert seat is not None
    assert seat.member is not None
    assert seat.member.role is MemberRole.UNKNOWN
