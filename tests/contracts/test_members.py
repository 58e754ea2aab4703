"""The directory of Members is kept as a whole, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.domain.errors import Refused
from bot.domain.identity import ChannelId, GuildId, ReminderId
from bot.domain.members import Constituency, Directory, Member, MemberRole
from bot.domain.reminders import CivilTime, Reminder, ReminderKind
from bot.sealing import Sealer
from bot.services.ports.members import MemberNews
from storage.database import Database
from storage.members import Members, StagedPages
from storage.schema import constituencies, reminders

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


NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
SEALER = Sealer(bytes(32))
WORD = Reminder(
    reminder_id=ReminderId(0),
    kind=ReminderKind.NOTICE,
    rung="members-changed",
    due_at=NOW,
    civil=CivilTime(NOW.date(), NOW.time(), "UTC"),
    guild_id=GuildId(5),
    channel_id=ChannelId(50),
    text="The House has changed.",
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


async def test_news_is_kept_with_the_directory_and_each_group_is_told_once(database: Database) -> None:
    members = Members(database, SEALER)
    await members.replace(HOUSE)
    assert await members.news() is None
    await members.replace(replace(HOUSE, as_of=datetime(2027, 2, 1, tzinfo=UTC)), lambda _: ["Elderbourne is vacant."])
    news = await members.news()
    assert news == MemberNews(datetime(2027, 2, 1, tzinfo=UTC), ("Elderbourne is vacant.",))
    assert await members.tell(news, GuildId(5), WORD, NOW)
    assert not await members.tell(news, GuildId(5), WORD, NOW)
    assert await planned(database) == 1
    await members.replace(replace(HOUSE, as_of=datetime(2027, 2, 2, tzinfo=UTC)))
    again = await members.news()
    assert again is not None
    assert again.told == (5,)
    assert not await members.tell(MemberNews(datetime(2026, 1, 1, tzinfo=UTC), ()), GuildId(6), WORD, NOW)
    assert await planned(database) == 1
    assert await members.news() == again, "news that is no longer the latest is not marked"


async def test_news_of_a_replacement_that_fails_is_not_kept(database: Database) -> None:
    members = Members(database)
    twice = replace(HOUSE, constituencies=(Constituency(1, "Tarning"), Constituency(1, "Fenn")))
    with pytest.raises(Exception, match=r".+"):
        await members.replace(twice, lambda _: ["Something new."])
    assert await members.news() is None


async def test_news_is_what_differs_from_what_is_stored_not_from_what_a_process_knew(database: Database) -> None:
    before: list[Directory] = []
    members = Members(database)
    await members.replace(HOUSE)
    later = replace(HOUSE, as_of=datetime(2027, 2, 1, tzinfo=UTC))
    await members.replace(later, lambda stored: before.append(stored) or ())
    await Members(database).replace(later, lambda stored: before.append(stored) or ())
    assert before == [HOUSE, later]


async def test_two_processes_that_replace_the_directory_at_once_do_not_collide(database: Database) -> None:
    later = [replace(HOUSE, as_of=datetime(2027, 2, day, tzinfo=UTC)) for day in range(1, 13)]
    await asyncio.gather(*(Members(database).replace(one) for one in later))
    assert await Members(database).load() in later


async def test_a_group_is_told_once_however_many_processes_tell_it_at_once(database: Database) -> None:
    members = Members(database, SEALER)
    await members.replace(HOUSE, lambda _: ["Elderbourne is vacant."])
    news = await members.news()
    assert news is not None
    groups = [GuildId(number) for number in range(1, 6)]
    told = await asyncio.gather(*(Members(database, SEALER).tell(news, g, WORD, NOW) for g in groups for _ in range(3)))
    assert sum(told) == await planned(database) == len(groups)
    again = await members.news()
    assert again is not None
    assert sorted(again.told) == groups


async def planned(database: Database) -> int:
    async with database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(reminders))).scalar_one()


async def test_staged_pages_come_back_in_order_until_one_is_too_old_or_missing(database: Database) -> None:
    stage = StagedPages(database)
    at = datetime(2027, 1, 15, 9, tzinfo=UTC)
    for number in (1, 0, 3):
        await stage.add("members", number, at + timedelta(minutes=number), f"page {number}")
    await stage.add("seats", 0, at, "other")
    kept = await stage.pages("members", at)
    assert kept == [(at, "page 0"), (at + timedelta(minutes=1), "page 1")], "page 3 stands behind a gap"
    assert await stage.pages("members", at + timedelta(seconds=1)) == ()
    await stage.add("members", 0, at, "page 0, again")
    assert [page for _, page in await stage.pages("members", at)] == ["page 0, again", "page 1"]
    await stage.clear()
    assert list(await stage.pages("members", at)) == []
    assert list(await stage.pages("seats", at)) == []
