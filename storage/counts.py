"""Counts of a group's letters, released in batches: what was released last, and which letters are in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import distinct, func, select, update

from bot.domain.counts import Care, Figures, Reported, read_figures
from bot.domain.identity import GuildId
from storage.database import Database
from storage.installation_facts import insert_for
from storage.schema import count_releases, follow_ups

Count = Callable[[Sequence[Reported], Care, datetime], Figures]


class Counts:
    """The ``count_releases`` table, and the column of ``follow_ups`` that says as what a letter was counted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def released(self, guild_id: GuildId, care: Care, now: datetime, count: Count) -> Figures | None:
        """Give what is released, releasing anew where it is time and enough people reported something new since.

        It is decided at most once in ``care.every``, also where nothing came of it: who asks again soon learns nothing. Each
        counted letter that was taken off its list may have been put back just as it was, so it outweighs one person's news.
        """
        ours = follow_ups.c.guild_id == guild_id
        news = select(func.count(distinct(follow_ups.c.person_id))).where(
            ours, follow_ups.c.outcome.is_distinct_from(follow_ups.c.counted)
        )
        still = select(func.count()).select_from(follow_ups).where(ours, follow_ups.c.counted.is_not(None))
        mine = count_releases.c.guild_id == guild_id
        first = insert_for(self._database, count_releases).on_conflict_do_nothing()
        async with self._database.writing() as connection:
            made = await connection.execute(first, {"guild_id": guild_id, "decided_at": now})
            held = (await connection.execute(select(count_releases).where(mine).with_for_update())).one()
            known = read_figures(held.figures) if held.figures else None
            if made.rowcount != 1 and now - held.decided_at < care.every:
                return known
            still_here = (await connection.execute(still)).scalar_one()
            taken_off = max(0, held.letters - still_here)
            if (await connection.execute(news)).scalar_one() - taken_off < care.fewest:
                await connection.execute(update(count_releases).where(mine).values(decided_at=now))
                return known
            rows = await connection.execute(select(follow_ups).where(ours).order_by(follow_ups.c.id))
            letters = [Reported(r.person_id, r.recommendation, r.outcome, r.constituency_id) for r in rows]
            fresh = count(letters, care, now)
            await connection.execute(update(follow_ups).where(ours).values(counted=follow_ups.c.outcome))
            await connection.execute(
                update(count_releases).where(mine).values(decided_at=now, figures=fresh.as_json(), letters=len(letters))
            )
        return fresh
