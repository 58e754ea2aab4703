"""What lines of the ledger were about: asked of the store some at a time, because one question takes no number of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.identity import ReminderId
from bot.services.ports.deliveries import LedgerEntry, Told

NAMED_AT_ONCE = 1_000


class NamesReminders(Protocol):
    """What is asked of the reminders: what each of some was."""

    async def told(self, reminder_ids: Sequence[ReminderId]) -> Mapping[ReminderId, Told]: ...


async def told_of(store: NamesReminders, entries: Sequence[LedgerEntry]) -> dict[LedgerEntry, list[Told]]:
    """Name what lines of the ledger are about, those that are still held."""
    wanted = sorted({number for entry in entries for number in entry.reminder_ids})
    named: dict[ReminderId, Told] = {}
    for begin in range(0, len(wanted), NAMED_AT_ONCE):
        named.update(await store.told(wanted[begin : begin + NAMED_AT_ONCE]))
    return {entry: [named[number] for number in entry.reminder_ids if number in named] for entry in entries}
