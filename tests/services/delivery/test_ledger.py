"""Download the ledger, lateness with its cause, outages, and what is decided of the unknown."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from bot.domain.identity import DeliveryId, GuildId, ReminderId
from bot.domain.reminders import ReminderState
from bot.services.ledger_files import COLUMNS, as_csv, as_json
from bot.services.ports.deliveries import LedgerEntry
from bot.services.ports.sending import Looked
from tests.services.delivery.test_sweep import AWAY, CHANNEL, FAULT, GUILD, LOST, NOW, House, house, made_file, path

__all__ = ["house", "made_file", "path"]

LINES = (
    LedgerEntry(
        NOW, "sent", DeliveryId(7), (ReminderId(1), ReminderId(2)), GuildId(99), "in the, notice channel", 3, 1
    ),
    LedgerEntry(NOW, "outage", None, (), None, "=1+1", 600),
)


def test_a_file_has_every_line_and_nothing_of_a_group_or_a_person() -> None:
    read = list(csv.DictReader(StringIO(as_csv(LINES, {}))))
    assert [tuple(row) for row in read] == [COLUMNS, COLUMNS]
    assert read[0]["reminders"] == "1 2"
    assert read[0]["detail"] == "in the, notice channel"
    assert read[1]["detail"] == "'=1+1"
    (first, second) = json.loads(as_json(LINES, {}))
    assert (first["delivery"], first["late_seconds"], second["delivery"]) == (7, 3, None)
    assert "99" not in as_csv(LINES, {}) + as_json(LINES, {})


@pytest.mark.asyncio
async def test_late_says_why(house: House) -> None:
    await house.remind()
    house.clock.advance(timedelta(hours=1))
    await house.service.sweep()
    assert (await house.store.ledger())[0].detail.startswith("because Postbag was off, or could not reach Discord")
    await house.remind("two")
    results = [FAULT, FAULT, FAULT, FAULT]
    house.discord.rules[CHANNEL] = lambda nonce: results.pop() if results else None
    for _ in range(8):
        await house.service.sweep()
        house.clock.advance(timedelta(minutes=9))
    line = (await house.store.ledger())[0]
    assert (line.event, line.detail) == ("sent", "because Discord had a problem (HTTP 503) (4 failed tries)")
    health = await house.service.health()
    assert (health.sent_lately, health.late_lately) == (2, 2)
    assert health.worst_late >= 3600
    assert len(health.late) == 2


@pytest.mark.asyncio
async def test_a_gap_between_sweeps_is_an_outage_and_a_moved_clock_in_a_rehearsal_is_not(house: House) -> None:
    await house.service.sweep()
    house.clock.advance(timedelta(hours=5))
    await house.service.sweep()
    assert list((await house.service.health()).outages) == []
    real = house.again(clock_is_real=True)
    await real.sweep()
    for gap in (timedelta(minutes=4), timedelta(hours=5), timedelta(hours=-1)):
        house.clock.advance(gap)
        await real.sweep()
    (outage,) = (await real.health(GUILD)).outages
    assert (outage.late_seconds, outage.guild_id) == (5 * 3600, None)
    assert "Postbag was off" in outage.detail
    assert [line.event for line in await real.ledger(GUILD)] == ["outage"]


@pytest.mark.asyncio
async def test_trouble_with_discord_is_noted_when_it_is_over(house: House) -> None:
    for number in range(8):
        await house.remind(str(number), channel_id=CHANNEL + number)  # type: ignore[arg-type]
    for number in range(8):
        house.discord.rules[CHANNEL + number] = lambda nonce: AWAY  # type: ignore[index]
    for _ in range(12):
        report = await house.service.sweep()
        house.clock.advance(timedelta(minutes=1))
    assert report.troubled
    assert list((await house.service.health()).outages) == []
    house.discord.rules.clear()
    for _ in range(40):
        house.clock.advance(timedelta(minutes=2))
        await house.service.sweep()
    (outage,) = (await house.service.health()).outages
    assert outage.detail == "Postbag couldn't reach Discord"
    assert (outage.late_seconds or 0) >= 600


@pytest.mark.asyncio
async def test_what_was_never_posted_is_written_anew_once_a_group_is_at_risk(house: House) -> None:
    await house.settle(high_risk=False)
    deadline = await house.watch("The dam on the river")
    answers = [FAULT]
    house.discord.rules[CHANNEL] = lambda nonce: answers.pop() if answers else None  # it may be there, and is not
    await house.service.sweep()
    await house.settle(high_risk=True)
    house.clock.advance(timedelta(minutes=1))  # Discord would still know the nonce
    for _ in range(3):
        await house.service.sweep()
    (posted,) = house.discord.posted
    assert deadline.title not in posted.text
    assert "cancelled" in await house.events()


@pytest.mark.asyncio
async def test_what_was_posted_before_a_group_was_at_risk_is_not_posted_again(house: House) -> None:
    await house.settle(high_risk=False)
    await house.watch("The dam on the river")
    answers = [LOST]
    house.discord.rules[CHANNEL] = lambda nonce: answers.pop() if answers else None
    await house.service.sweep()
    await house.settle(high_risk=True)
    house.clock.advance(timedelta(minutes=1))
    for _ in range(3):
        await house.service.sweep()
    assert len(house.discord.posted) == 1
    assert (await house.events())[-1] == "sent"


@pytest.mark.asyncio
async def test_sent_again_by_an_organiser_it_says_that_it_is_late(house: House) -> None:
    held = await house.remind(expires_at=NOW + timedelta(hours=1))
    answers = [LOST]
    house.discord.rules[CHANNEL] = lambda nonce: answers.pop() if answers else None
    house.discord.history = Looked(None, sure=False)
    await house.service.sweep()
    house.clock.advance(timedelta(hours=3))
    await house.service.sweep()
    assert (await house.state(held))[0] is ReminderState.UNKNOWN
    found = await house.store.get(held.reminder_id)
    assert found is not None
    assert found.delivery_id is not None
    assert await house.service.decide(found.delivery_id, GUILD, posted=False) == 1
    assert (await house.service.sweep()).late == 1
    assert await house.state(held) == (ReminderState.SENT, "")
    assert (await house.service.health()).duplicates == 0


@pytest.mark.asyncio
async def test_what_a_person_asked_for_is_not_in_the_groups_health(house: House) -> None:
    await house.remind("theirs", person_id=await house.person(), text="Ring", channel_id=None)
    health = await house.service.health(GUILD)
    assert (dict(health.counts), health.next_due) == ({}, None)
    assert sum((await house.service.health()).counts.values()) == 1


@pytest.mark.timeout(600)  # four processes, on a machine that may be busy
def test_the_terminal_shows_the_ledger_as_a_table_and_as_files(path: Path, tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("POSTBAG_")}
        return subprocess.run(
            [sys.executable, "-m", "bot", "reminders", "ledger", *words],
            env=env | {"POSTBAG_DATABASE__URL": f"sqlite+aiosqlite:///{path}", "COLUMNS": "120"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    shown = run()
    assert shown.returncode == 0, shown.stderr
    assert "Nothing has been sent yet." in shown.stdout
    assert "Sent twice  0" in shown.stdout
    assert run("--csv").stdout == ",".join(COLUMNS) + "\n"
    assert json.loads(run("--json").stdout) == []
    both = run("--csv", "--json")
    assert both.returncode == 2
    assert "not both" in both.stderr
