"""Bank holidays are read from their source once a week, kept, and their end is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.clock import MovableClock
from bot.domain.errors import Unavailable
from bot.services.days_off import KEPT_AS, DaysOffService

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHIPPED, ADDED = date(2026, 12, 25), date(2027, 6, 3)


class Source:
    def __init__(self) -> None:
        self.asked = 0
        self.found: Mapping[str, frozenset[date]] | None = {"england-and-wales": frozenset({SHIPPED, ADDED})}

    async def days(self) -> Mapping[str, frozenset[date]]:
        self.asked += 1
        if self.found is None:
            raise Unavailable("The list of bank holidays did not answer.", "Try again later.")
        return self.found


class Facts:
    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self.held.get(name)

    async def put(self, name: str, value: str) -> None:
        self.held[name] = value

    async def claim(self, name: str, value: str) -> str:
        return self.held.setdefault(name, value)


def shipped(division: str) -> frozenset[date]:
    return frozenset({SHIPPED}) if division == "england-and-wales" else frozenset()


def service(source: Source, facts: Facts, clock: MovableClock) -> DaysOffService:
    return DaysOffService(source, facts, clock, shipped)


@pytest.mark.asyncio
async def test_the_list_is_read_once_a_week_and_outlives_a_restart() -> None:
    source, facts, clock = Source(), Facts(), MovableClock(NOW)
    first = service(source, facts, clock)
    await first.load()
    assert first.of_division("england-and-wales") == {SHIPPED}, "what came with Postbag, until it is read"
    assert await first.read_if_due()
    assert first.of_division("england-and-wales") == {SHIPPED, ADDED}
    again = service(source, facts, clock)
    await again.load()
    assert again.of_division("england-and-wales") == {SHIPPED, ADDED}
    clock.move_to(NOW + timedelta(days=6))
    assert not await again.read_if_due()
    clock.move_to(NOW + timedelta(days=7))
    assert await again.read_if_due()
    assert source.asked == 2
    assert again.of_division("elsewhere") == frozenset()


@pytest.mark.asyncio
@pytest.mark.parametrize("found", [None, {}, {"england-and-wales": frozenset()}])
async def test_what_was_known_is_kept_where_the_source_fails(found: Mapping[str, frozenset[date]] | None) -> None:
    source, facts, clock = Source(), Facts(), MovableClock(NOW)
    held = service(source, facts, clock)
    await held.read_if_due()
    source.found = found
    clock.move_to(NOW + timedelta(days=30))
    assert not await held.read_if_due()
    assert held.of_division("england-and-wales") == {SHIPPED, ADDED}
    assert not await held.read_if_due()
    assert source.asked == 3, "asked again each time, until it answers"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "written", ["", "{}", '{"at": "yesterday", "days": {}}', '{"at": 1, "days": {"x": ["y"]}}', "[]"]
)
async def test_a_kept_list_that_is_broken_is_read_again(written: str) -> None:
    source, facts = Source(), Facts()
    facts.held[KEPT_AS] = written
    held = service(source, facts, MovableClock(NOW))
    await held.load()
    assert held.of_division("england-and-wales") == {SHIPPED}
    assert await held.read_if_due()


def test_a_list_that_ends_is_noticed_three_months_before() -> None:
    held = service(Source(), Facts(), MovableClock(NOW))
    assert held.ending(date(2026, 9, 26)) is None
    assert held.ending(date(2026, 9, 27)) == SHIPPED
    assert held.ending(date(2027, 1, 1)) == SHIPPED
