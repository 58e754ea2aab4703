"""What is read beside the searches: who signs the motions that they found, and the oral questions of some weeks.

A motion is asked for by its number, and oral questions are read whole: no request names a Member, or a word.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.domain.errors import NotFound, PostbagError
from bot.domain.look_words import match_must
from bot.domain.said import Said, SaidKind, Signature
from bot.domain.searches import ORAL_AHEAD, ORAL_BACK, SIGNATURES_AGAIN, Look, oral_due
from bot.services.ports.said import MotionSource

log = logging.getLogger(__name__)

MOST_MOTIONS = 20
"""Motions whose signatures are read in one look, those that waited longest first."""


class MotionRows(Protocol):
    """Where it is held."""

    async def looks(self, terms: Collection[str] | None = None) -> Sequence[Look]: ...
    async def found(self, look: Look, items: Sequence[Said], now: datetime) -> None: ...
    async def failed(self, look: Look) -> None: ...
    async def unread_signatures(
        self, counted: Mapping[str, int | None], now: datetime, after: timedelta
    ) -> Sequence[str]: ...
    async def note_try(self, keys: Collection[str], now: datetime) -> None: ...
    async def put_signatures(self, key: str, names: Sequence[Signature], count: int | None, now: datetime) -> None: ...


async def read_signatures(rows: MotionRows, source: MotionSource, motions: Sequence[Said], now: datetime) -> int:
    """Read who signs motions: those never read or not for a while, and those of ``motions``, as just listed, where it changed.

    Gives how many motions were read. Where the service fails what was known stays, and the next look goes on.
    """
    counted = {said.key: said.sponsors for said in motions if said.kind is SaidKind.MOTION}
    read = 0
    chosen = (await rows.unread_signatures(counted, now, SIGNATURES_AGAIN))[:MOST_MOTIONS]
    if chosen:  # noted before any is read: some that can never be read must not be first in every look
        await rows.note_try(chosen, now)
    for key in chosen:
        try:
            names = await source.signatures(key)
        except NotFound:
            names = ()  # nobody signs what has gone
        except PostbagError as error:
            log.info("who signs a motion could not be read: %s", error.message)
            continue  # one that can never be read must not keep the others from it
        await rows.put_signatures(key, names, counted.get(key), now)
        read += 1
    return read


async def read_oral_questions(
    rows: MotionRows, source: MotionSource, terms: Collection[str], now: datetime, today: date
) -> bool:
    """Read the oral questions of some weeks once a day for all terms, and keep those that have one. Tells whether it went well."""
    looks = {look.term: look for look in await rows.looks(terms) if look.kind is SaidKind.ORAL}
    if not terms or not oral_due(terms, looks.values(), now):
        return False
    start = today - ORAL_BACK
    try:
        found = await source.oral_questions(start, today + ORAL_AHEAD)
    except PostbagError as error:
        log.info("oral questions could not be read: %s", error.message)
        for term in terms:
            before = looks.get(term)
            since, looked_at = (before.since, before.looked_at) if before is not None else (None, None)
            await rows.failed(Look(term, SaidKind.ORAL, since, looked_at, now, problem=error.message))
        return False
    problem = "" if found.is_whole else "Only part of the oral questions could be read."
    for term in terms:
        before = looks.get(term)
        since = start
        if before is not None and before.since is not None and before.looked_at is not None:
            # Without a gap since then it reaches as far back as before.
            since = before.since if start <= before.looked_at.date() else start
        mine = [said for said in found.items if match_must((term,), said.heading, said.text)]
        await rows.found(Look(term, SaidKind.ORAL, since, now, now, len(mine), problem), mine, now)
    return True
