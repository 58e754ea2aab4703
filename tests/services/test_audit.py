"""What organisers changed is noted by whoever changes it, for the organiser at work; a failure costs nobody the change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.clock import MovableClock
from bot.domain.identity import GuildId, PersonId
from bot.services.audit import LINE_LIMIT, AuditService
from bot.services.ports.groups import AuditLine

GROUP, NADIA = GuildId(77), PersonId(3)


class Lines:
    """A store in memory; ``broken``: every write fails."""

    def __init__(self) -> None:
        self.kept: list[tuple[GuildId, PersonId | None, str]] = []
        self.broken = False

    async def add(self, guild_id: GuildId, person_id: PersonId | None, what: Sequence[str], now: datetime) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.kept += [(guild_id, person_id, line) for line in what]

    async def lines(self, guild_id: GuildId, *, before: int | None = None, limit: int = 10) -> Sequence[AuditLine]:
        return ()

    async def tidy(self, now: datetime) -> int:
        return 0


@pytest.fixture
def store() -> Lines:
    return Lines()


@pytest.fixture
def service(store: Lines) -> AuditService:
    return AuditService(store, MovableClock(datetime(2026, 3, 2, 9, tzinfo=UTC)))


@pytest.mark.asyncio
async def test_a_change_is_kept_for_the_organiser_who_made_it(service: AuditService, store: Lines) -> None:
    await service.note(GROUP, NADIA, "Clock  added:\n8 September 2026", "", "x" * 400)
    assert [(guild, person) for guild, person, _ in store.kept] == [(GROUP, NADIA)] * 2
    assert store.kept[0][2] == "Clock added: 8 September 2026"
    assert len(store.kept[1][2]) == LINE_LIMIT
    assert store.kept[1][2].endswith("…")


@pytest.mark.asyncio
async def test_what_nobody_did_is_not_kept(service: AuditService, store: Lines) -> None:
    heard: list[GuildId] = []
    service.when_changed(heard.append)
    await service.note(GROUP, None, "Clock moved by itself")
    await service.note(GROUP, NADIA)
    assert (store.kept, heard) == ([], [])


@pytest.mark.asyncio
async def test_a_line_that_cannot_be_written_costs_nobody_the_change(
    service: AuditService, store: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[GuildId] = []
    service.when_changed(heard.append)
    store.broken = True
    await service.note(GROUP, NADIA, "Clock added")
    assert heard == [GROUP], "what follows from a change follows all the same"
    assert "could not be written down" in caplog.text
    assert "Clock added" not in caplog.text
