"""What organisers changed and when; never what members did.

A service that changes something notes it here, and says which organiser is at work: what Postbag does by itself is in the ledger
of reminders instead.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Protocol

from bot.clock import Clock
from bot.domain.identity import GuildId, PersonId
from bot.domain.plain_text import cut
from bot.services.ledger_files import cell
from bot.services.ports.files import File
from bot.services.ports.groups import AuditLine, AuditStore

LINE_LIMIT = 300
MOST_LINES = 10_000

log = logging.getLogger(__name__)


class TakesNotes(Protocol):
    """Where a service says what it changed."""

    async def note(self, guild_id: GuildId, by: PersonId | None, *what: str) -> None: ...


class Unnoted:
    """Take notes and keep none, where nobody is to read them."""

    async def note(self, guild_id: GuildId, by: PersonId | None, *what: str) -> None:
        pass


UNNOTED = Unnoted()


class AuditService:
    """Keep and give the lines of groups."""

    def __init__(self, store: AuditStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._changed: Callable[[GuildId], None] | None = None

    async def note(self, guild_id: GuildId, by: PersonId | None, *what: str) -> None:
        """Keep in a line each what an organiser changed. None: nobody is at work, so nothing is kept.

        The change is made by then, so a failure to write it down costs nobody the change.
        """
        lines = [_line(text) for text in what if text.strip()]
        if by is None or not lines:
            return
        try:
            await self._store.add(guild_id, by, lines, self._clock.now())
        except Exception:
            log.exception("what an organiser changed could not be written down")
        if self._changed is not None:
            self._changed(guild_id)

    def when_changed(self, handler: Callable[[GuildId], None]) -> None:
        """Say who is to hear that an organiser changed something in a group."""
        self._changed = handler

    async def lines(self, guild_id: GuildId, *, before: int | None = None, limit: int = 10) -> Sequence[AuditLine]:
        """List a group's lines, newest first; ``before`` is the number of the line above them."""
        return await self._store.lines(guild_id, before=before, limit=limit)

    async def tidy(self) -> int:
        """Apply the times for which lines, and who made each change, are kept."""
        return await self._store.tidy(self._clock.now())


def _line(what: str) -> str:
    return cut(" ".join(what.split()), LINE_LIMIT)


def audit_file(lines: Sequence[AuditLine]) -> File:
    """Give the lines as a CSV file, without who made each change. Times are in UTC."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("at", "what"))
    for line in lines:
        writer.writerow((line.at.astimezone(UTC).isoformat(timespec="seconds"), cell(line.what)))
    return File("postbag-audit.csv", "text/csv", text.getvalue().encode())
