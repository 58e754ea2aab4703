"""The wider reading of times: taken only where it is beyond doubt."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time

import pytest

from bot.domain.reminders import CivilTime
from bot.wider_dates import WIDER, read_widely

NOW = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
LONDON = "Europe/London"


@pytest.mark.parametrize(
    ("typed", "on", "at"),
    [
        ("8 Sept 2027 at 18h30", date(2027, 9, 8), time(18, 30)),
        ("2027-09-08T18:30:00", date(2027, 9, 8), time(18, 30)),
        ("Wed 8 Sep 2027 18:30:00", date(2027, 9, 8), time(18, 30)),
        ("May 2027 the 5th", date(2027, 5, 5), time(9)),
    ],
)
def test_it_reads_what_the_grammar_does_not_and_asks_to_check(typed: str, on: date, at: time) -> None:
    found = read_widely(typed, NOW, LONDON, time(9))
    assert found is not None
    assert found.civil == CivilTime(on, at, LONDON)
    assert found.assumed == (WIDER,)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "3",
        "09/08/2027",
        "September 2027",
        "8 September 2020",
        "2027-09-08T18:30:00Z",
        "8 September 2027 6pm EST",
        "5 May 2027 or 6 May",
        "Fri 9 Sep 2027 6pm",
        "after 5pm tomorrow week",
        "before 5pm 20th of next month",
        "tomorrow 14.30 and 3 more",
        "2 days before 8 September 2027",
        "8 September 2090",
        "9" * 200,
    ],
)
def test_what_could_be_otherwise_is_left_alone(typed: str) -> None:
    assert read_widely(typed, NOW, LONDON, time(9)) is None


def test_the_library_is_loaded_only_when_needed() -> None:
    code = "import sys, bot.wider_dates; sys.exit('dateparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
