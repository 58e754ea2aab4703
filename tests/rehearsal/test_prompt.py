"""What may be typed at the room's terminal."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from bot.domain.errors import Refused
from bot.rehearsal.prompt import HELP, Move, Order, Word, read_order, typed_lines

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("+1d", Move(NOW + timedelta(days=1))),
        ("  +2h\n", Move(NOW + timedelta(hours=2))),
        ("+30m", Move(NOW + timedelta(minutes=30))),
        ("+ 3 w", Move(NOW + timedelta(weeks=3))),
        ("to 2027-01-15", Move(datetime(2027, 1, 15, 9, tzinfo=UTC))),
        ("To 2027-07-15", Move(datetime(2027, 7, 15, 8, tzinfo=UTC))),
        ("to 2027-01-15 14:30", Move(datetime(2027, 1, 15, 14, 30, tzinfo=UTC))),
        ("to 2027-01-15 7:05", Move(datetime(2027, 1, 15, 7, 5, tzinfo=UTC))),
        ("next", Word.NEXT),
        ("direct", Word.DIRECT),
        ("Server", Word.SERVER),
        ("HELP", Word.HELP),
        ("?", Word.HELP),
        ("exit", Word.QUIT),
        ("", None),
        ("   ", None),
    ],
)
def test_what_is_understood(typed: str, order: Order | None) -> None:
    assert read_order(typed, NOW) == order


@pytest.mark.parametrize(
    "typed",
    [
        "-1d",
        "+0d",
        "+1y",
        "tomorrow",
        "to 2027-02-30",
        "to 2027-01-15 25:00",
        "to 2020-01-01",
        "to 2126-01-01",
        "+99999w",
    ],
)
def test_what_is_refused_kindly(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read_order(typed, NOW)
    assert refused.value.next_step


def test_help_names_every_command() -> None:
    for word in ("+1d", "+2h", "next", "to 2027-01-15", "direct", "server", "help", "quit"):
        assert word in HELP


@pytest.mark.asyncio
async def test_without_a_terminal_nothing_is_read() -> None:
    async with typed_lines(StringIO("quit\n")) as lines:
        await asyncio.sleep(0.02)
        assert lines.empty()


@pytest.mark.asyncio
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
async def test_lines_typed_at_a_terminal_arrive_and_its_end_too() -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as terminal:
        async with typed_lines(terminal) as lines:
            os.write(ours, b"+1d\n")
            assert await asyncio.wait_for(lines.get(), 60) == "+1d\n"
            os.write(ours, b"\x04")
            assert await asyncio.wait_for(lines.get(), 60) is None
    os.close(ours)
