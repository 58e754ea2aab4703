"""What organisers changed and when; never what members did.

A service says what it changed with ``note``. It is kept where an organiser is at work, which the chat says once for each
command or press: what Postbag does by itself is in the ledger of reminders instead.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC

from bot.clock import Clock
from bot.domain.identity import GuildId, PersonId
from bot.domain.plain_text import cut
from bot.services.ledger_files import cell
from bot.services.ports import AuditLine, AuditStore, File

LINE_LIMIT = 300
MOST_LINES = 10_000
_notes: ContextVar[list[str] | None] = ContextVar("notes", default=None)


def note(what: str) -> None:
    """Say in one line what was changed. Nothing is kept of it where nobody is at work."""
    notes = _notes.get()
    line = " ".join(what.split())
    if notes is not None and line:
        notes.append(cut(line, LINE_LIMIT))


def noting() -> list[str]:
    """Begin to take notes, to the end of this task; give the list that they go to."""
    notes: list[str] = []
    _notes.set(notes)
    return notes


class AuditService:
    """Keep and give the lines of groups."""

    def __init__(self, store: AuditStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def keep(self, guild_id: GuildId, person_id: PersonId | None, notes: list[str]) -> None:
        """Keep what was noted, and empty the notes."""
        what, notes[:] = tuple(notes), []
        if what:
            await self._store.add(guild_id, person_id, what, self._clock.now())

    async def lines(self, guild_id: GuildId, *, before: int | None = None, limit: int = 10) -> Sequence[AuditLine]:
        """List a group's lines, newest first; ``before`` is the number of the line above them."""
        return await self._store.lines(guild_id, before=before, limit=limit)

    async def tidy(self) -> int:
        """Apply the times for which lines, and who made each change, are kept."""
        return await self._store.tidy(self._clock.now())


def audit_file(lines: Sequence[AuditLine]) -> File:
    """Give the lines as a CSV file, without who made each change. Times are in UTC."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("at", "what"))
    for line in lines:
        writer.writerow((line.at.astimezone(UTC).isoformat(timespec="seconds"), cell(line.what)))
    return File("postbag-audit.csv", "text/csv", text.getvalue().encode())
