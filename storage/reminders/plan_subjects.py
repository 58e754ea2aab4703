"""What the plans are about whose steps are just being posted."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import actions, deadlines


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
