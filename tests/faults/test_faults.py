"""What may go wrong with the disk, the clock, the load, and with what is deleted. The table of faults is in ``tests/README.md``."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.filling import SEALER as FILLED_WITH
from benchmarks.filling import Batch, fill
from bot.domain.errors import PostbagError, Unavailable
from bot.domain.identity import ChannelId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import ReminderState
from bot.services.ports.sending import SendResult, Sent, Unreachable
from storage.database import open_database
from storage.reminders.store import Reminders
from tests.services.delivery.test_sweep import CHANNEL, NOW, House, Told, house, made_file, path, service_of

__all__ = ["house", "made_file", "path"]

pytestmark = pytest.mark.asyncio


# The disk


async def pages(house: House, most: int | None = None) -> int:
    async with house.database.writing() as connection:
        if most is not None:
            await connection.execute(text(f"PRAGMA max_page_count={most}"))
        count: int = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    return count


async def test_a_full_disk_before_the_claim_sends_nothing_and_afterwards_all_of_it_once(house: House) -> None:
    held = [await house.remind(str(n), channel_id=ChannelId(100 + n)) for n in range(60)]
    await pages(house, await pages(house))
    with pytest.raises(Unavailable, match="full"):
        await house.service.sweep()
    assert house.discord.posted == []
    assert {(await house.state(reminder))[0] for reminder in held} == {ReminderState.SCHEDULED}
    await pages(house, 1_000_000)
    assert (await house.service.sweep()).sent == 60
    assert Counter(p.target.channel_id for p in house.discord.posted) == {ChannelId(100 + n): 1 for n in range(60)}


async def test_a_disk_that_fills_up_while_messages_go_out_doubles_none(house: House) -> None:
    """The marks of what was posted are refused: the leases run out, and the same nonces find what is there."""
    for n in range(40):
        await house.remind(str(n), channel_id=ChannelId(100 + n))
    original = house.discord.send
    asked = 0

    async def send(target: Any, user_id: Any, message: OutgoingMessage, *, nonce: str) -> SendResult:
        nonlocal asked
        asked += 1
        if asked == 5:
            async with house.database.writing() as connection:  # something else takes all that is left
                most = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
                await connection.execute(text(f"PRAGMA max_page_count={most}"))
        return await original(target, user_id, message, nonce=nonce)

    house.discord.send = send  # type: ignore[method-assign]
    with contextlib.suppress(PostbagError):
        await house.service.sweep()
    await pages(house, 1_000_000)
    for _ in range(3):
        house.clock.advance(timedelta(seconds=61))
        await house.service.sweep()
    assert Counter(p.target.channel_id for p in house.discord.posted) == {ChannelId(100 + n): 1 for n in range(40)}
    assert dict((await house.store.health()).counts) == {ReminderState.SENT: 40}


async def read_only(house: House, state: str) -> None:
    async with house.database._writer.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.hop(lambda: driver._conn.execute(f"PRAGMA query_only={state}").fetchall())


async def test_a_database_that_turns_read_only_sends_nothing_and_says_so(house: House) -> None:
    held = await house.remind()
    await read_only(house, "ON")
    with pytest.raises(PostbagError, match="can read the database but can't write to it"):
        await house.service.sweep()
    assert house.discord.asked == []
    await read_only(house, "OFF")
    assert (await house.service.sweep()).sent == 1
    assert (await house.state(held))[0] is ReminderState.SENT


async def test_after_power_loss_in_the_middle_of_a_sweep_nothing_is_lost_or_doubled(house: House, path: Path) -> None:
    """Copies of the file and its log, made while messages go out, each go on as the machine would after a power cut."""
    for n in range(40):
        await house.remind(str(n), channel_id=ChannelId(100 + n))
    house.discord.pause = 0.005
    copies: list[tuple[Path, list[Any]]] = []
    sweep = asyncio.create_task(house.service.sweep())
    while not sweep.done():
        await asyncio.sleep(0.012)
        folder = path.parent / f"cut{len(copies)}"
        folder.mkdir()
        for suffix in ("-wal", ""):
            shutil.copyfile(f"{path}{suffix}", folder / f"postbag.db{suffix}")
        copies.append((folder / "postbag.db", list(house.discord.posted)))
    assert (await sweep).sent == 40
    assert any(0 < len(posted) < 40 for _, posted in copies)
    for copy, posted in copies:
        discord = Told(house.clock, posted=list(posted))  # Discord kept what it had been given by then
        async with open_database(f"sqlite+aiosqlite:///{copy}") as database:
            store = Reminders(database, house.store._sealer)
            service = service_of(database, store, discord, house.clock)
            await service.recover()
            assert Counter(p.target.channel_id for p in discord.posted) == {ChannelId(100 + n): 1 for n in range(40)}
            assert dict((await store.health()).counts) == {ReminderState.SENT: 40}


async def test_a_second_process_on_the_same_file_says_so_and_stops(house: House, path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("POSTBAG_")}
    env |= {"POSTBAG_DATABASE__URL": f"sqlite+aiosqlite:///{path}", "DISCORD_TOKEN": "a.b.c", "COLUMNS": "200"}
    env |= {"POSTBAG_DATA": str(path.parent)}
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "bot", "run"], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 75
    assert "Another Postbag is using this database." in done.stderr
    assert "Traceback" not in done.stderr


# The clock and the load


async def test_a_reminder_sixty_one_days_away_in_an_empty_table(house: House) -> None:
    assert await house.service.next_due() is None
    held = await house.remind(due_at=NOW + timedelta(days=61))
    for day in range(61):
        house.clock.move_to(NOW + timedelta(days=day))
        assert (await house.service.sweep()).sent == 0
    assert await house.service.next_due() == NOW + timedelta(days=61)
    house.clock.move_to(NOW + timedelta(days=61))
    assert (await house.service.sweep()).sent == 1
    assert (await house.state(held))[0] is ReminderState.SENT


async def test_ten_thousand_in_the_same_second(house: House, path: Path) -> None:
    await house.database.close()
    fill(path, [Batch(n, 25, NOW) for n in range(400)])

    class Counting:
        is_ready = True

        def __init__(self) -> None:
            self.told: Counter[Any] = Counter()

        async def send(self, target: Any, user_id: Any, message: OutgoingMessage, *, nonce: str) -> SendResult:
            self.told[target.channel_id] += 1
            await asyncio.sleep(0)
            return Sent(len(self.told))  # type: ignore[arg-type]

    discord = Counting()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = path.parent / "many.db"
    shutil.copyfile(path, copy)
    async with open_database(f"sqlite+aiosqlite:///{copy}") as database:
        store = Reminders(database, FILLED_WITH)
        report = await service_of(database, store, discord, house.clock).sweep()
        assert (report.sent, report.failed) == (400, 0)
        assert set(discord.told.values()) == {1}
        health = await store.health()
        assert (dict(health.counts), health.duplicates) == ({ReminderState.SENT: 10_000}, 0)


# What is deleted


async def test_a_user_whose_account_is_gone_ends_it_there_with_a_reason(house: House) -> None:
    held = await house.remind(person_id=await house.person(), channel_id=None, guild_id=None, text="Ring")
    house.discord.rules[None] = lambda nonce: Unreachable("that account no longer exists")
    assert (await house.service.sweep()).undeliverable == 1
    assert await house.state(held) == (ReminderState.UNDELIVERABLE, "that account no longer exists")


async def test_a_channel_deleted_between_two_reminders_goes_to_the_notice_channel_and_says_for_which(
    house: House,
) -> None:
    await house.settle(notice_channel_id=ChannelId(22))
    await house.remind("one")
    await house.service.sweep()
    house.discord.rules[CHANNEL] = lambda nonce: Unreachable("the channel was deleted")
    await house.remind("two")
    assert (await house.service.sweep()).rerouted == 1
    assert "<#21>" in house.discord.posted[-1].text
    assert "deleted" in house.discord.posted[-1].text
