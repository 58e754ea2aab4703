"""The delivery ledger as a file: a row for each line, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.identity import DeliveryId, GuildId, ReminderId
from bot.services.ledger_files import COLUMNS, as_csv, as_json, cell
from bot.services.ports.deliveries import LedgerEntry

ENTRY = LedgerEntry(
    at=datetime(2026, 7, 1, 9, 0, tzinfo=ZoneInfo("Europe/London")),
    event="sent",
    delivery_id=DeliveryId(3),
    reminder_ids=(ReminderId(7), ReminderId(8)),
    guild_id=GuildId(1),
    detail="=1+1",
    late_seconds=None,
    attempt=2,
)


def test_both_files_say_the_same_in_utc() -> None:
    (row,) = json.loads(as_json([ENTRY], {}))
    assert (row["at"], row["reminders"], row["message"]) == ("2026-07-01T08:00:00+00:00", [7, 8], "")
    (line,) = csv.DictReader(io.StringIO(as_csv([ENTRY], {})))
    assert tuple(line) == COLUMNS
    assert (line["at"], line["reminders"], line["late_seconds"], line["attempt"]) == (row["at"], "7 8", "", "2")
    assert line["detail"] == "'=1+1"


@pytest.mark.parametrize("begun", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\n@", "\u00a0-"])
def test_nothing_that_a_spreadsheet_may_take_for_a_formula_stands_alone(begun: str) -> None:
    assert cell(f"{begun}cmd|x") == f"'{begun}cmd|x"


@pytest.mark.parametrize(("value", "shown"), [(None, ""), (0, 0), ("sent", "sent"), ("a=b", "a=b"), (" sent", " sent")])
def test_all_else_stands_as_it_is(value: object, shown: object) -> None:
    assert cell(value) == shown
