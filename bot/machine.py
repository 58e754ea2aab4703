"""How the machine stands that Postbag runs on: its database, the room on its disk, its backups and what was noticed of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import Clock, london_today
from bot.domain.processes import LiveProcess
from bot.domain.restored import Restored
from bot.services.days_off import DaysOffService
from bot.services.ports.installation import MachineHealth
from bot.watchdog import Stuck
from storage.backup import newest_backup
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Machine:
    """Looks at the machine for health. ``stuck`` gives the last hang, ``restored`` the copy put back, ``live`` who shares the database."""

    database: Database
    data: Path
    clock: Clock
    days_off: DaysOffService
    stuck: Callable[[], Stuck | None]
    restored: Restored | None
    live: Callable[[], Awaitable[tuple[LiveProcess, ...]]]

    async def look(self) -> MachineHealth:
        """Look now."""
        found = await look_at_machine(self.database, self.data, self.stuck())
        return replace(
            found,
            restored=self.restored,
            days_off_end=self.days_off.ending(london_today(self.clock)),
            processes=await self.live(),
        )


async def look_at_machine(database: Database, data: Path, stuck: Stuck | None = None) -> MachineHealth:
    """Look at the database, the room on the disk with the data folder, the newest backup there, and the last hang."""
    health = await database.check()
    return MachineHealth(
        database="SQLite" if health.dialect == "sqlite" else "PostgreSQL",
        size=health.size,
        problems=health.problems,
        disk_free=await asyncio.to_thread(_free, data),
        backed_up_at=await asyncio.to_thread(newest_backup, data / "backups"),
        stuck_at=None if stuck is None else stuck.at,
    )


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder if folder.exists() else ".").free
