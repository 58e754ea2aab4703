"""What the plans are about whose steps are just being posted, and which of them may name nothing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import actions, deadlines, guilds


async def subjects_of(connection: AsyncConnection, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Give the recommendations of each plan, or the report of its clock where it names none."""
    if not ids:
        return {}
    rows = await connection.execute(
        select(actions.c.id, actions.c["items"], deadlines.c.report)
        .select_from(actions.outerjoin(deadlines, deadlines.c.id == actions.c.deadline_id))
        .where(actions.c.id.in_(ids))
    )
    return {number: tuple(items.split()) or ((report,) if report else ()) for number, items, report in rows}


async def plans_at_risk(connection: AsyncConnection, ids: Collection[int]) -> set[int]:
    """Give those of some plans whose posts may name nothing as things are now: unless a group said that nobody is at risk."""
    if not ids:
        return set()
    said_no = exists().where(guilds.c.guild_id == actions.c.guild_id, guilds.c.high_risk == 0)
    found = await connection.execute(select(actions.c.id).where(actions.c.id.in_(ids), ~said_no))
    return set(found.scalars())
