"""Databases full of reminders, for the measurements: written in bulk, as the store itself would have written them."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.identity import ReminderId
from bot.domain.reminders import CivilTime, Reminder, ReminderKind
from bot.sealing import Sealer
from storage.database import open_database
from storage.reminders.rows import reminder_values
from storage.schema import EPOCH, MICROSECOND

SEALER = Sealer(bytes(range(32)))
GUILDS, CHANNELS = 100_000, 500_000


def micro(at: datetime) -> int:
    """Give an instant as the database has it."""
    return (at - EPOCH) // MICROSECOND


async def _make(path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{path}"):
        pass


def empty(path: Path) -> None:
    """Make an empty database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(_make(path))


@dataclass(frozen=True, slots=True)
class Batch:
    """Some reminders of one channel, due at one time."""

    channel: int
    count: int
    due_at: datetime


def fill(path: Path, batches: Iterable[Batch], sealer: Sealer = SEALER) -> int:
    """Add reminders to a database; gives their number. Each channel is a group of its own."""
    now = datetime.now(UTC)
    rows, groups = [], []
    for batch in batches:
        groups.append((GUILDS + batch.channel, CHANNELS + batch.channel, micro(now), micro(now)))
        due = batch.due_at
        civil = CivilTime(due.date(), due.time().replace(second=0, microsecond=0), "UTC")
        reminder = Reminder(
            ReminderId(0),
            ReminderKind.NOTICE,
            "notice",
            due,
            civil,
            guild_id=GUILDS + batch.channel,  # type: ignore[arg-type]
            channel_id=CHANNELS + batch.channel,  # type: ignore[arg-type]
            text="Something to look at",
        )
        values = reminder_values(reminder, now, sealer)
        given = {name: micro(v) if isinstance(v, datetime) else v for name, v in values.items()}
        rows += [given] * batch.count
    if not rows:
        return 0
    names = list(rows[0])
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO guilds (guild_id, channel_id, zone, time_of_day, ladder, high_risk, revision, created_at, "
            "updated_at) VALUES (?, ?, 'Europe/London', '09:00:00', '[0]', 0, 1, ?, ?)",
            groups,
        )
        connection.executemany(
            f"INSERT INTO reminders ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})",
            rows,
        )
        connection.execute("ANALYZE")
    connection.close()
    return len(rows)


def one_each(count: int, due_at: datetime) -> list[Batch]:
    """Plan one reminder in each of so many channels: nothing can be joined."""
    return [Batch(number, 1, due_at) for number in range(count)]


def later(count: int, channels: int, now: datetime) -> list[Batch]:
    """Plan reminders that are due one after the other from 61 days on."""
    start = now + timedelta(days=61)
    return [Batch(number % channels, 1, start + timedelta(minutes=number)) for number in range(count)]


def copied(source: Path, target: Path) -> Path:
    """Copy a database that nobody has open."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target
