"""The shared searches in what Parliament says: which are due, and what is known of how far they looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.said import SEARCHED, SaidKind

# Less than a day: a look that ended a little late one night must not make the next night's come too soon.
DUE_AFTER = timedelta(hours=20)
MOST_SEARCHES = 100
"""Searches in one look. There are three looks a day at most, so never more than three times as many, however many groups there are."""

BACK = timedelta(days=3 * 365)
"""How far back a first search looks, and how long what was said is held."""

ORAL_BACK = timedelta(days=28)
ORAL_AHEAD = timedelta(days=14)
"""Which oral questions are read each day: what was put in the last weeks, and what is to be put in the next."""

SIGNATURES_AGAIN = timedelta(days=7)
"""A motion whose number of signatures is the same may still have others: one is withdrawn, another added."""

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
    wanted = [(term, kind, held.get((term, kind))) for term in sorted(terms) for kind in SEARCHED]
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


def oral_due(terms: Collection[str], known: Iterable[Look], now: datetime) -> bool:
    """Tell whether oral questions are to be read: once a day for all terms together, and again where that failed."""
    held = {look.term: look for look in known if look.kind is SaidKind.ORAL}
    return any(
        (look := held.get(term)) is None or look.looked_at is None or now - look.looked_at >= DUE_AFTER
        for term in terms
    )


def reach(looks: Sequence[Look], terms: Collection[str], kinds: Collection[SaidKind] = SEARCHED) -> Reach:
    """Sum up how far the searches for some terms looked, in some kinds of what is said.

    Oral questions are read for some weeks alone, so they have a day of their own.
    """
    oral = [look for look in looks if look.term in terms and look.kind is SaidKind.ORAL] if kinds is SEARCHED else []
    mine = [look for look in looks if look.term in terms and look.kind in kinds]
    known = {(look.term, look.kind) for look in mine if look.looked_at is not None}
    waits = len(terms) * len(kinds) - len(known)
    well = [look for look in mine if look.looked_at is not None]
    return Reach(
        since=max((look.since for look in well if look.since is not None), default=None),
        looked_at=min((look.looked_at for look in well if look.looked_at is not None), default=None),
        waits=waits,
        failed=tuple(dict.fromkeys(look.kind for look in (*mine, *oral) if look.problem)),
        oral_since=max((look.since for look in oral if look.since is not None), default=None),
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """How far it was looked: back to ``since``, last at ``looked_at``; ``waits`` searches never looked yet; ``failed`` at the last try."""

    since: date | None = None
    looked_at: datetime | None = None
    waits: int = 0
    failed: tuple[SaidKind, ...] = ()
    oral_since: date | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether "nothing found" can be said."""
        return self.since is not None and not self.waits and not self.failed
