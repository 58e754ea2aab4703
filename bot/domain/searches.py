"""The shared searches in what Parliament says: which are due, and what is known of how far they looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.said import SaidKind

# Less than a day: a look that ended a little late one night must not make the next night's come too soon.
DUE_AFTER = timedelta(hours=20)
MOST_SEARCHES = 100
"""Searches in one look. There are three looks a day at most, so never more than three times as many, however many groups there are."""

BACK = timedelta(days=3 * 365)
"""How far back a first search looks, and how long what was said is held."""

AGAIN = timedelta(days=120)
"""How far back a later search looks: answers come weeks after the question was tabled."""


@dataclass(frozen=True, slots=True)
class Look:
    """How far one search looked: since a day (None: never well), when last well, and why the last try failed (empty: it did not)."""

    term: str
    kind: SaidKind
    since: date | None
    looked_at: datetime | None
    tried_at: datetime
    total: int = 0
    problem: str = ""


def due(terms: Collection[str], known: Iterable[Look], now: datetime) -> list[tuple[str, SaidKind, Look | None]]:
    """List the searches that are due, those that waited longest first, as many as one look makes.

    One that failed is due again at the next look, but behind those that were never tried or wait longer.
    """
    held = {(look.term, look.kind): look for look in known}
    wanted = [(term, kind, held.get((term, kind))) for term in sorted(terms) for kind in SaidKind]
    waiting = [
        one
        for one in wanted
        if one[2] is None or one[2].problem or one[2].looked_at is None or now - one[2].looked_at >= DUE_AFTER
    ]
    first = datetime.min.replace(tzinfo=now.tzinfo)
    waiting.sort(key=lambda one: one[2].tried_at if one[2] is not None else first)
    return waiting[:MOST_SEARCHES]


def since_when(look: Look | None, today: date) -> date:
    """Give the day from which a search looks: far back the first time, later only as far as answers are late."""
    far = today - BACK
    if look is None or look.looked_at is None:
        return far
    return max(far, min(today, look.looked_at.date()) - AGAIN)


def reach(looks: Sequence[Look], terms: Collection[str], kinds: Collection[SaidKind] = tuple(SaidKind)) -> Reach:
    """Sum up how far the searches for some terms looked, in some kinds of what is said."""
    mine = [look for look in looks if look.term in terms and look.kind in kinds]
    known = {(look.term, look.kind) for look in mine if look.looked_at is not None}
    waits = len(terms) * len(kinds) - len(known)
    well = [look for look in mine if look.looked_at is not None]
    return Reach(
        since=max((look.since for look in well if look.since is not None), default=None),
        looked_at=min((look.looked_at for look in well if look.looked_at is not None), default=None),
        waits=waits,
        failed=tuple(dict.fromkeys(look.kind for look in mine if look.problem)),
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """How far it was looked: back to ``since``, last at ``looked_at``; ``waits`` searches never looked yet; ``failed`` at the last try."""

    since: date | None = None
    looked_at: datetime | None = None
    waits: int = 0
    failed: tuple[SaidKind, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether "nothing found" can be said."""
        return self.since is not None and not self.waits and not self.failed
