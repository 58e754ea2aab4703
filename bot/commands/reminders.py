"""``postbag reminders``: what was sent, what was not and why, as a table or as a file."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.config import Settings, load_settings
from bot.domain.errors import Refused
from bot.domain.reminders import ReminderState

if TYPE_CHECKING:
    from bot.services.ports.deliveries import LedgerEntry, ReminderHealth, Told

reminders = typer.Typer(help="Reminders and their ledger.", no_args_is_help=True)
out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]


@reminders.command("ledger")
def ledger(
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many lines, newest first.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write the lines as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the lines as JSON.")] = False,
    config: Config = None,
) -> None:
    """Show what was sent, what was not, and why; while Postbag runs or not."""
    from bot.services import ledger_files

    if as_csv and as_json:
        raise Refused("Either --csv or --json, not both.", "Run it twice for both.")
    health, entries, named = asyncio.run(_read(load_settings(config), limit))
    kinds = ledger_files.without_names(named)  # what a group plans is its own
    if as_csv:
        sys.stdout.write(ledger_files.as_csv(entries, kinds))
    elif as_json:
        sys.stdout.write(ledger_files.as_json(entries, kinds) + "\n")
    else:
        _show(health, entries)


async def _read(
    settings: Settings, limit: int
) -> tuple[ReminderHealth, Sequence[LedgerEntry], Mapping[LedgerEntry, Sequence[Told]]]:
    """Give how deliveries stand and the newest lines of their ledger, with what they were about."""
    from bot.clock import SystemClock
    from bot.sealing import Sealer
    from bot.services.delivery.told import told_of
    from storage.database import open_database
    from storage.reminders.store import Reminders

    async with open_database(settings.database_url, look_only=True) as database:
        held = Reminders(database, Sealer(secrets.token_bytes(32)))  # nothing sealed is read
        entries = await held.ledger(limit=limit)
        return await held.health(now=SystemClock().now()), entries, await told_of(held, entries)


def _show(health: ReminderHealth, entries: Sequence[LedgerEntry]) -> None:
    from rich.table import Table

    table = Table("When (London time)", "What", "Delivery", "Late", "Detail", box=None, pad_edge=False)
    for entry in entries:
        late = "" if entry.late_seconds is None else f"{entry.late_seconds} s"
        table.add_row(_at(entry.at), entry.event, str(entry.delivery_id or ""), late, entry.detail)
    out.print(table if table.row_count else "Nothing has been sent yet.")
    out.print()
    for name, words in _summary(health):
        out.print(f"[bold]{name}[/]  ", end="")
        out.print(words, markup=False)


def _summary(health: ReminderHealth) -> list[tuple[str, str]]:
    counts = [f"{state.label.lower()} {health.counts[state]}" for state in ReminderState if health.counts.get(state)]
    lines = [
        ("Reminders", ", ".join(counts) or "none"),
        ("Next", _at(health.next_due) if health.next_due else "nothing is planned"),
        (
            "Last 7 days",
            f"{health.sent_lately} messages sent, {health.late_lately} of them late, at worst {health.worst_late} s",
        ),
        ("Sent twice", str(health.duplicates)),
        ("Last check", _at(health.last_sweep) if health.last_sweep else "none yet"),
    ]
    if health.waiting_since is not None:
        lines.append(("Waiting since", _at(health.waiting_since)))
    lines += [("Outage", f"until {_at(e.at)}, {e.late_seconds} s: {e.detail}") for e in health.outages]
    lines += [("Needs attention", f"{r.state.label}, due {_at(r.due_at)}: {r.reason}") for r in health.problems]
    return lines


def _at(when: datetime) -> str:
    from bot.clock import LONDON
    from bot.domain.reports import long_date

    local = when.astimezone(LONDON)
    return f"{long_date(local.date())}, {local:%H:%M:%S}"
