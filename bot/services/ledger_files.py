"""The delivery ledger as a file: which plan or date each line was about, where it was posted, and nothing personal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC

from bot.services.delivery.explained import ledger_words
from bot.services.ports.deliveries import LedgerEntry, Told
from bot.services.ports.files import File

COLUMNS = ("at", "event", "about", "message", "delivery", "reminders", "late_seconds", "attempt", "detail")
MOST_LINES = 10_000
Named = Mapping[LedgerEntry, Sequence[Told]]


def rows(entries: Iterable[LedgerEntry], named: Named) -> list[dict[str, object]]:
    """Give the lines as plain values, by the names of ``COLUMNS``. Times are in UTC.

    ``message`` is the link to what was posted in a channel; of a direct message there is none.
    """
    return [
        {
            "at": entry.at.astimezone(UTC).isoformat(timespec="seconds"),
            "event": entry.event,
            "about": ledger_words(named.get(entry, ())),
            "message": next(filter(None, map(message_link, named.get(entry, ()))), ""),
            "delivery": entry.delivery_id,
            "reminders": list(entry.reminder_ids),
            "late_seconds": entry.late_seconds,
            "attempt": entry.attempt,
            "detail": entry.detail,
        }
        for entry in entries
    ]


def without_names(named: Named) -> Named:
    """Say of each line what kind of thing it was and whether it was posted or sent, and no more."""
    return {
        entry: [replace(one, title="", step="", guild_id=None, message_id=None) for one in told]
        for entry, told in named.items()
    }


def message_link(told: Told) -> str:
    """Give the address of a posted message; nothing where it isn't known, or was a direct one."""
    if told.message_id is None or told.guild_id is None or told.channel_id is None:
        return ""
    return f"https://discord.com/channels/{told.guild_id}/{told.channel_id}/{told.message_id}"


def as_json(entries: Iterable[LedgerEntry], named: Named) -> str:
    """Write the ledger as JSON."""
    return json.dumps(rows(entries, named), ensure_ascii=False, indent=2)


def as_csv(entries: Iterable[LedgerEntry], named: Named) -> str:
    """Write the ledger as CSV with a heading. A cell that a spreadsheet would take for a formula is quoted as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows(entries, named):
        row["reminders"] = " ".join(str(number) for number in row["reminders"])  # type: ignore[attr-defined]
        writer.writerow([cell(row[name]) for name in COLUMNS])
    return text.getvalue()


def ledger_files(entries: Sequence[LedgerEntry], named: Named) -> tuple[File, File]:
    """Give the ledger as a CSV file and as a JSON file. ``named`` says what each line was about."""
    return (
        File("postbag-ledger.csv", "text/csv", as_csv(entries, named).encode()),
        File("postbag-ledger.json", "application/json", as_json(entries, named).encode()),
    )


def cell(value: object) -> object:
    """Give a value for a cell of a table; what a spreadsheet would take for a formula is made a text."""
    if isinstance(value, str) and (
        value.lstrip().startswith(("=", "+", "-", "@")) or value.startswith(("\t", "\r", "\n"))
    ):
        return f"'{value}"
    return "" if value is None else value
