"""The one planner: puts the reminders that an owner wants in place of those of it that are still to come.

Dates, plans, letters that were sent and private reminders all plan with it, each in the transaction that changes it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import GuildId, PersonId
from bot.domain.reminders import ENDED_UNSENT, Owner, PlannedReminder, ReminderState
from storage.reminders.rows import SCHEDULED, Sealer, becomes, moment_values, reminder_of, reminder_values
from storage.schema import reminders


class Planner:
    """Plan reminders in the transaction of their owner. ``sealer`` None: they have no words of their own."""

    def __init__(self, sealer: Sealer | None = None) -> None:
        self._sealer = sealer

    async def replace(
        self,
        connection: AsyncConnection,
        owner: Owner,
        wanted: Sequence[PlannedReminder],
        now: datetime,
        *,
        guild_id: GuildId | None = None,
        person_id: PersonId | None = None,
        rungs: Collection[str] = (),
        beside: bool = False,
    ) -> int:
        """Put what is wanted in place of what is still to come; give how many are just being sent.

        It changes what the owner has for its channel, or for one person, and of that only ``rungs`` where some are named.
        1. What is scheduled and wanted takes its new moment and words. A higher revision tells the engine that it changed.
        2. What is wanted and was never planned, or ended unsent, is planned: a new row, with the next generation.
        3. What was sent, may have been, or is being sent is never planned again.
        4. What is scheduled and not wanted is cancelled. What is just being sent and not wanted ends its use, with a higher
           revision, so that it is not tried again and the engine sees that it was overtaken. Not so ``beside``, which adds
           what comes next to what is planned.
        """
        stored = await self._stored(connection, owner, person_id, rungs)
        still_wanted: set[int] = set()
        fresh = []
        for plan in wanted:
            of_slot = stored.get((plan.rung, plan.for_day.isoformat() if plan.for_day is not None else ""), [])
            rows = [row for row in of_slot if plan.generation in (None, row.generation)]
            still_wanted |= {row.id for row in rows}
            waiting = [row for row in rows if row.state == ReminderState.SCHEDULED]
            for row in waiting:
                change = self._change(row, plan)
                if change is not None:
                    await connection.execute(change.values(updated_at=now))
            may_come = not rows if plan.generation is not None else all(row.state in ENDED_UNSENT for row in rows)
            if may_come and not plan.standing:
                generation = 1 + max((row.generation for row in of_slot), default=0)
                made = plan.as_reminder(owner, guild_id=guild_id, person_id=person_id, generation=generation)
                fresh.append(reminder_values(made, now, self._sealer))
        if not beside:
            dropped = [row for rows in stored.values() for row in rows if row.id not in still_wanted]
            await self._drop(connection, dropped, now)
        if fresh:
            await connection.execute(insert(reminders), fresh)
        return sum(row.state == ReminderState.SENDING for rows in stored.values() for row in rows)

    async def _stored(
        self, connection: AsyncConnection, owner: Owner, person_id: PersonId | None, rungs: Collection[str]
    ) -> dict[tuple[str, str], list[Row[Any]]]:
        whose = reminders.c.person_id.is_(None) if person_id is None else reminders.c.person_id == person_id
        some = (reminders.c.rung.in_(rungs),) if rungs else ()
        query = select(reminders).where(owned_by(owner), whose, *some).order_by(reminders.c.id).with_for_update()
        found: dict[tuple[str, str], list[Row[Any]]] = {}
        for row in await connection.execute(query):
            found.setdefault((row.rung, row.for_day), []).append(row)
        return found

    def _change(self, row: Row[Any], plan: PlannedReminder) -> Update | None:
        """Give what brings a scheduled row to what is wanted; None where it is that already."""
        change = update(reminders).where(reminders.c.id == row.id, SCHEDULED)
        changed = False
        if not plan.standing and (row.due_at, row.expires_at) != (plan.civil.instant(), plan.expires_at):
            change = change.values(**moment_values(plan.civil), expires_at=plan.expires_at)
            changed = True
            if row.due_at != plan.civil.instant():  # what was tried at the earlier time counts no more
                change = change.values(delivery_id=None, attempts=0, reason="", revision=reminders.c.revision + 1)
        if (row.sealed_text is not None or plan.text) and self._sealer is not None:
            said = reminder_of(row, self._sealer).text
            if (said, bool(row.neutral)) != (plan.text, plan.neutral):
                sealed = self._sealer.seal(plan.text.encode())
                change = change.values(sealed_text=sealed, neutral=int(plan.neutral), revision=reminders.c.revision + 1)
                changed = True
        return change if changed else None

    async def _drop(self, connection: AsyncConnection, rows: Collection[Row[Any]], now: datetime) -> None:
        raised = {"revision": reminders.c.revision + 1, "updated_at": now}
        scheduled = [row.id for row in rows if row.state == ReminderState.SCHEDULED]
        if scheduled:
            cancelling = becomes(ReminderState.CANCELLED, ReminderState.SCHEDULED)
            await connection.execute(cancelling.where(reminders.c.id.in_(scheduled)).values(**raised))
        overtaken = [row.id for row in rows if row.state == ReminderState.SENDING]
        if overtaken:
            await connection.execute(
                update(reminders).where(reminders.c.id.in_(overtaken)).values(expires_at=now, **raised)
            )


def owned_by(owner: Owner) -> ColumnElement[bool]:
    """Tell which rows are an owner's. ValueError: there is none, so they are nobody's to plan."""
    if not owner.columns:
        raise ValueError("what has no owner is not planned")
    return and_(*(reminders.c[name] == number for name, number in owner.columns.items()))
