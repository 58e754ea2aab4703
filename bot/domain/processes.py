"""Several processes that share one database: who is there, and who does what only one may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

BEAT = 10.0
"""Seconds between two signs of life of a process."""

LEASE = timedelta(seconds=40)
"""So long a process is believed to do what one does for all. Three beats may be missed; the next process takes it over at its own
beat, so within a minute."""

SILENT_FOR = timedelta(seconds=40)
"""After so long without a sign of life a process is not counted any more."""


UNTIL_AGREED = 1.0
"""Seconds between two looks of a process that has just come, until all others have made room for it."""

BELIEVED = 38.0
"""So long a process believes its part of Discord's pace and its lease, from when it asked: less than others wait before they take them."""


@dataclass(frozen=True, slots=True)
class LiveProcess:
    """A process that gave a sign of life.

    ``shards``: those of Discord's that it carries, as they are said; empty: all. ``counted_at``: the last list of processes by which it
    keeps to its part of what all share.
    """

    started_at: datetime
    seen_at: datetime
    version: str
    shards: str
    leads: bool
    is_this: bool
    counted_at: datetime


def is_agreed(live: Iterable[LiveProcess], joined: datetime) -> bool:
    """Tell whether all others leave a process that joined then its part: each keeps to a list on which it stands.

    That another has seen such a list is not enough. Its answer may be late, and until it is there the whole of the pace goes on.
    """
    return all(one.is_this or one.counted_at >= joined for one in live)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a sign of life brought back: whether this process does what one does for all, who is there, and how many went silent.

    ``is_agreed``: every other process knows of this one, so that their parts of what all share are no more than the whole.
    ``generation``: how often what one does for all has changed hands.
    """

    leads: bool
    live: tuple[LiveProcess, ...]
    gone: int = 0
    is_agreed: bool = True
    generation: int = 0
