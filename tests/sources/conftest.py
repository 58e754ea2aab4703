"""The real client code against the stand-in on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.rehearsal.parliament import ParliamentStandIn
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http
from bot.sources.members import MembersApi


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2027, 1, 15, 9, 0, tzinfo=UTC))


@pytest.fixture
def slept() -> list[float]:
    """The waits between attempts, which tests do not sit through."""
    return []


@pytest_asyncio.fixture
async def parliament(clock: MovableClock) -> AsyncIterator[ParliamentStandIn]:
    async with ParliamentStandIn(clock, seconds=5) as opened:
        yield opened


@pytest_asyncio.fixture
async def http(parliament: ParliamentStandIn, slept: list[float]) -> AsyncIterator[Http]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with Http(asdict(parliament.urls).values(), timeout_seconds=30, sleep=sleep) as opened:
        yield opened


@pytest.fixture
def members(http: Http, parliament: ParliamentStandIn, clock: MovableClock) -> MembersApi:
    return MembersApi(http, parliament.urls.members_api, parliament.urls.postcodes, clock)


@pytest.fixture
def committees(http: Http, parliament: ParliamentStandIn, clock: MovableClock) -> CommitteesApi:
    return CommitteesApi(http, parliament.urls.committees_api, clock, pause_seconds=0)
