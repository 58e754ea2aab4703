"""What is needed of the installation itself: its small facts, and how its machine stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.processes import LiveProcess
from bot.domain.restored import Restored


@dataclass(frozen=True, slots=True)
class MachineHealth:
    """How the machine stands: the kind of database, its size and what is wrong with it, and room left (bytes).

    ``backed_up_at`` is None where no backup is held, or backups are made elsewhere (PostgreSQL). ``stuck_at``: when Postbag
    last noticed that it had stood still. ``days_off_end``: the last bank holiday that is known, where that is near or past.
    ``processes`` are those that share a server's database.
    """

    database: str
    size: int
    problems: tuple[str, ...]
    disk_free: int
    backed_up_at: datetime | None
    stuck_at: datetime | None = None
    restored: Restored | None = None
    days_off_end: date | None = None
    processes: tuple[LiveProcess, ...] = ()


class FactStore(Protocol):
    """Small facts about the installation itself, by name: the hash of synced commands, the last refresh."""

    async def get(self, name: str) -> str | None: ...
    async def put(self, name: str, value: str) -> None: ...
