"""Counts of a group, on both databases: two reports are the same, or enough people apart (a differencing test)."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.counts import EVERY, FEWEST, Figures, care_of, figures_of
from bot.domain.follow_ups import FollowUp, Outcome
from bot.domain.identity import FollowUpId, GuildId, PersonId, UserId
from bot.sealing import Sealer
from storage.counts import Counts
from storage.database import Database
from storage.follow_ups import FollowUps
from storage.people import People

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SEALER = Sealer(bytes(range(32)))
GROUP = GuildId(800_000_000_000_000_001)
OPEN = care_of(False)
AT_RISK = care_of(True)


class House:
    """A group whose members report letters, and an organiser who keeps looking."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.letters = FollowUps(database, SEALER)
        self.counts = Counts(database)
        self.now = NOW

    async def report(self, number: int, group: GuildId = GROUP, item: str = "never-again/3") -> FollowUp:
        person = await People(self.database, SEALER).person(UserId(900_000_000_000_000_000 + number), NOW)
        letter = FollowUp(FollowUpId(0), PersonId(person), item, date(2026, 3, 2), 4, group)
        return await self.letters.add(letter, (), self.now)

    async def look(self, care: object = OPEN) -> Figures | None:
        return await self.counts.released(GROUP, care, self.now, figures_of)  # type: ignore[arg-type]


async def test_four_people_are_never_a_number_and_five_are_only_on_the_next_day(database: Database) -> None:
    house = House(database)
    for number in range(FEWEST - 1):
        await house.report(number)
    assert await house.look() is None
    await house.report(FEWEST - 1)
    house.now += timedelta(minutes=5)
    assert await house.look() is None, "the fifth would be seen to have just reported"
    house.now += EVERY
    released = await house.look()
    assert released is not None
    assert released.letters == FEWEST


async def test_letters_of_other_groups_and_of_none_are_not_counted(database: Database) -> None:
    house = House(database)
    for number in range(6):
        await house.report(number)
        await house.report(number + 50, GuildId(5))
    released = await house.look()
    assert released is not None
    assert released.letters == 6


async def test_one_person_with_many_letters_moves_nothing(database: Database) -> None:
    house = House(database)
    for number in range(5):
        await house.report(number)
    first = await house.look()
    for item in range(9):
        await house.report(1, item=f"never-again/{item + 10}")
    house.now += timedelta(days=30)
    assert await house.look() == first


@pytest.mark.claim("P-19")
async def test_where_people_could_be_targeted_ten_are_needed_and_a_week_passes(database: Database) -> None:
    house = House(database)
    for number in range(9):
        await house.report(number)
    assert await house.look(AT_RISK) is None
    await house.report(9)
    house.now += timedelta(days=6)
    assert await house.look(AT_RISK) is None
    house.now += timedelta(days=1)
    released = await house.look(AT_RISK)
    assert released is not None
    assert (released.letters, released.seats.shown) == (10, ())


@pytest.mark.claim("P-20")
async def test_letters_past_their_time_do_not_hold_the_next_numbers_up(database: Database) -> None:
    house = House(database)
    for number in range(12):
        await house.report(number)
    assert await house.look() is not None
    house.now += timedelta(days=100)
    assert await house.letters.tidy(house.now.date()) == 12
    for number in range(20, 25):
        await house.report(number)
    released = await house.look()
    assert released is not None
    assert released.letters == 5


async def test_a_letter_taken_off_and_put_back_is_no_news(database: Database) -> None:
    house = House(database)
    for number in range(8):
        await house.report(number)
    first = await house.look()
    for number in range(6):
        held = await house.report(number)
        await house.letters.remove(held, house.now)
        await house.report(number)
    house.now += timedelta(days=2)
    assert await house.look() == first


async def test_looks_at_the_same_moment_see_the_same(database: Database) -> None:
    house = House(database)
    for number in range(7):
        await house.report(number)
    seen = await asyncio.gather(*(house.look() for _ in range(5)))
    assert seen[0] is not None
    assert len({figures.as_json() for figures in seen if figures is not None}) == 1
    assert None not in seen


@pytest.mark.claim("P-18", "P-86")
@pytest.mark.parametrize("seed", range(6))
async def test_whatever_people_do_two_reports_are_the_same_or_enough_people_apart(
    database: Database, seed: int
) -> None:
    """People report, say what came back, and take letters off their list in any order, while somebody keeps looking."""
    chance, house = random.Random(seed), House(database)
    held: dict[int, FollowUp] = {}
    last: Figures | None = None
    basis: dict[int, Outcome] = {}
    changes, looked = 0, NOW - timedelta(days=1)
    for _ in range(90):
        number = chance.randrange(14)
        if number not in held:
            held[number] = await house.report(number)
        elif chance.random() < 0.15:
            await house.letters.remove(held.pop(number), house.now)
        else:
            outcome = chance.choice(list(Outcome))
            held[number] = replace(held[number], outcome=outcome)
            await house.letters.save(held[number], (), house.now)
        house.now += chance.choice([timedelta(minutes=3), timedelta(hours=5), timedelta(days=1)])
        seen = await house.look()
        if seen != last:
            now_known = {key: letter.outcome for key, letter in held.items()}
            apart = {key for key in {*basis, *now_known} if basis.get(key) != now_known.get(key)}
            assert len(apart) >= FEWEST
            assert house.now - looked >= EVERY
            last, basis, looked, changes = seen, now_known, house.now, changes + 1
    assert changes >= 2, "the walk met no release, so it proved nothing"
