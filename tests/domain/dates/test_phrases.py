"""What people type for a time, with the right answer: now is Wednesday 25 November 2026, 10.20 in London.

A day without a time is 9am; "?" separates the answers that are asked about; "no" is a refusal. A deadline is 8 January 2027.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.domain.dates.moments import Which, read_moment
from bot.domain.dates.repeats import read_repeat
from bot.domain.errors import Refused

NOW = datetime(2026, 11, 25, 10, 20, tzinfo=UTC)
PHRASES = [
    tuple(part.strip() for part in line.split("=>"))
    for line in (Path(__file__).parent / "phrases.txt").read_text(encoding="utf-8").splitlines()
    if "=>" in line and not line.startswith("#")
]


def understood(typed: str) -> str:
    """Read a phrase as a reminder's, without the wider reader; give its days and times, or "no"."""
    try:
        wording = read_repeat(typed)
        found = read_moment(wording.first, NOW, "Europe/London", usual=time(9), deadline_on=date(2027, 1, 8))
    except Refused:
        return "no"
    moments = found.choices if isinstance(found, Which) else (found,)
    often = "" if wording.repeat == "once" else f"{wording.repeat.name.lower()}: "
    return often + " ? ".join(f"{m.civil.on} {m.civil.at:%H:%M}" for m in moments)


@pytest.mark.parametrize(("typed", "right"), PHRASES, ids=[typed for typed, _ in PHRASES])
def test_it_is_read_as_a_british_reader_would(typed: str, right: str) -> None:
    assert understood(typed) == right
