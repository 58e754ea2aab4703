"""The delivery ledger as a file: nothing personal in it, and nothing of Discord's but times."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC

from bot.services.ports.deliveries import LedgerEntry
from bot.services.ports.files import File

COLUMNS = ("at", "event", "delivery", "reminders", "late_seconds", "attempt", "detail")
MOST_LINES = 10_000


def rows(entries: Iterable[LedgerEntry]) -> list[dict[str, object]]:
    """Give the lines as plain values, by the names of ``COLUMNS``. Times are in UTC."""
    return [
        {
            "at": entry.at.astimezone(UTC).isoformat(timespec="seconds"),
            "event": entry.event,
            "delivery": entry.delivery_id,
            "reminders": list(entry.reminder_ids),
            "late_seconds": entry.late_seconds,
            "attempt": entry.attempt,
            "detail": entry.detail,
        }
        for entry in entries
    ]


def as_json(entries: Iterable[LedgerEntry]) -> str:
    """Write the ledger as JSON."""
    return json.dumps(rows(entries), ensure_ascii=False, indent=2)


def as_csv(entries: Iterable[LedgerEntry]) -> str:
    """Write the ledger as CSV with a heading. A cell that a spreadsheet would take for a formula is quoted as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows(entries):
        row["reminders"] = " ".join(str(number) for number in row["reminders"])  # type: ignore[attr-defined]
        writer.writerow([cell(row[name]) for name in COLUMNS])
    return text.getvalue()


def ledger_files(entries: Sequence[LedgerEntry]) -> tuple[File, File]:
    """Give the ledger as a CSV file and as a JSON file."""
    return (
        File("postbag-ledger.csv", "text/csv", as_csv(entries).encode()),
        File("postbag-ledger.json", "application/json", as_json(entries).encode()),
    )


def cell(value: object) -> object:
    """Give a value for a cell of a table; what a spreadsheet would take for a formula is made a text."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")):
        return f"'{value}"
    return "" if value is None else value
