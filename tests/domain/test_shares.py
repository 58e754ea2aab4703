"""How much one person and one group may use at a time, as it was published."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.shares import SHARES, What


def test_the_shares_are_those_that_were_published() -> None:
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    assert {what: (share.person, share.group, share.span) for what, share in SHARES.items()} == {
        What.COMMAND: (60, 600, minute),
        What.SUGGESTION: (300, 3_000, minute),
        What.REMINDER: (40, 800, hour),
        What.IMPORT: (10, 30, hour),
        What.DOUBT: (3, 30, hour),
        What.TEST: (3, 6, timedelta(minutes=10)),
    }
    assert set(SHARES) == set(What), "each thing that is counted has its share"
