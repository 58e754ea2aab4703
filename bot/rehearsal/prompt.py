"""What is typed at the terminal of the rehearsal room: moving the clock, help, quit."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TextIO

from bot.clock import LONDON
from bot.domain.errors import Refused

HELP = """\
+1d  +2h  +30m  +1w    move the clock on by that much
next                   move it to the next reminder
to 2027-01-15          move it to a day (09:00), or: to 2027-01-15 14:30
direct                 show the direct messages of Rosa, who is not in the server
server                 show the server again
help                   this list
quit                   end the rehearsal"""

LONGEST = timedelta(days=5 * 366)
MORNING = time(9, 0)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Word(StrEnum):
    """A command that has no argument."""

    NEXT = "next"
    DIRECT = "direct"
    SERVER = "server"
    HELP = "help"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Move:
    """Move the clock to an instant."""

    to: datetime


Order = Move | Word


def read_order(typed: str, now: datetime) -> Order | None:
    """Read one line; None for an empty one. Refused: it is not a command, or would turn the clock back or years ahead."""
    words = typed.strip().casefold()
    if not words:
        return None
    if words in ("quit", "exit", "q"):
        return Word.QUIT
    if words in ("help", "?", "h"):
        return Word.HELP
    if words in ("next", "n"):
        return Word.NEXT
    if words in (Word.DIRECT, Word.SERVER):
        return Word(words)
    if found := re.fullmatch(r"\+\s*(\d{1,5})\s*([mhdw])", words):
        return _move(now + timedelta(**{UNITS[found[2]]: int(found[1])}), now)
    if found := re.fullmatch(r"to\s+(\d{4}-\d{2}-\d{2})(?:[ t]+(\d{1,2}:\d{2}))?", words):
        try:
            at = time.fromisoformat(found[2].zfill(5)) if found[2] else MORNING
            instant = datetime.combine(date.fromisoformat(found[1]), at, tzinfo=LONDON)
        except ValueError:
            raise Refused("There's no such day or time.", "For example: to 2027-01-15 14:30") from None
        return _move(instant, now)
    raise Refused("That isn't a command here.", "Type help for the list.")


def _move(to: datetime, now: datetime) -> Move:
    if to <= now:
        local = now.astimezone(LONDON)
        raise Refused("The clock only goes forward.", f"It is {local:%A} {local.day} {local:%B %Y, %H:%M} in the room.")
    if to - now > LONGEST:
        raise Refused("That's more than five years ahead.", "Move the clock by less.")
    return Move(to)


@asynccontextmanager
async def typed_lines(stream: TextIO | None = None) -> AsyncIterator[asyncio.Queue[str | None]]:
    """Give the lines typed at the terminal as a queue, None at its end. Without a terminal the queue stays empty.

    A daemon thread reads, since waiting for a line cannot be interrupted everywhere; it never keeps the program from ending.
    """
    source = sys.stdin if stream is None else stream
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    if source is None or source.closed or not source.isatty():
        yield lines
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            for line in source:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)
        except (RuntimeError, ValueError, OSError):
            return

    threading.Thread(target=read, name="typed lines", daemon=True).start()
    yield lines
