"""A ladder as an organiser types it: days before and after a date, checked before anything is planned by it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.domain.deadlines import days
from bot.domain.errors import Refused

MOST_RUNGS = 12
LADDER_REACH = 366
"""Days before or after a date within which a rung may lie."""

EXAMPLE = "For example: -14, -3, 0, +1, +14. Use minus for days before, 0 for the day itself, plus for days after."
LONGEST_LADDER = 200

_RUNG = re.compile(r"(?P<sign>[-+])? ?(?P<count>[0-9]{1,4})(?: ?days?)?(?: (?P<side>before|after))?")
_NUMBER = re.compile(r"[-+]?[0-9]{1,4}")
_THE_DAY = ("the day", "on the day", "day itself", "the day itself")


def read_ladder(text: str) -> tuple[int, ...]:
    """Read a ladder: ``-21, -7, 0, +1``, ``21 before; on the day; 1 after``. Refused: it names what could not be read."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_MINUS)
    parts = [" ".join(part.split()) for part in re.split(r"[,;/\n]|\band\b", folded)]
    if len(parts) == 1 and all(_NUMBER.fullmatch(word) for word in parts[0].split()):
        parts = parts[0].split()
    found: list[int] = []
    for part in filter(None, parts):
        if part in _THE_DAY:
            found.append(0)
            continue
        rung = _RUNG.fullmatch(part)
        if rung is None or (rung["sign"] and rung["side"]):
            raise Refused(f"Postbag couldn't read a number of days in {part[:40]!r}.", EXAMPLE)
        count = int(rung["count"])
        if count and not rung["sign"] and not rung["side"]:
            raise Refused(f"{days(count)} before the date, or after it?", f"Write -{count} or +{count}.")
        found.append(-count if rung["sign"] == "-" or rung["side"] == "before" else count)
    return checked_ladder(found)


def checked_ladder(ladder: Sequence[int]) -> tuple[int, ...]:
    """Give a ladder in order, each day once. Refused: it has none, too many, or one that is too far off."""
    rungs = tuple(sorted(set(ladder)))
    if not rungs or len(rungs) > MOST_RUNGS or any(abs(day) > LADDER_REACH for day in rungs):
        raise Refused(f"Give 1 to {MOST_RUNGS} days, each within {LADDER_REACH} of the date.", EXAMPLE)
    return rungs


def write_ladder(ladder: Sequence[int]) -> str:
    """Write a ladder as it is typed: ``-14, -3, 0, +1, +14``."""
    return ", ".join(f"{day:+d}" if day else "0" for day in ladder)


def ladder_words(ladder: Sequence[int], *, monthly: bool, aloud: bool = False) -> str:
    """Say a ladder: ``14 days before, on the day, 1 day after; then monthly while overdue; reminders before the day notify people``."""
    said = [
        "on the day" if day == 0 else f"{days(abs(day))} {'before' if day < 0 else 'after'}" for day in sorted(ladder)
    ]
    loud = "; reminders before the day notify people" if aloud and min(ladder, default=0) < 0 else ""
    return f"{', '.join(said)}{'; then monthly while overdue' if monthly else ''}{loud}"


_MINUS = {ord(dash): "-" for dash in "−–—‐‑"}
