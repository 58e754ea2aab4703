"""What a post was about, for those who ask later: the plan and the step behind it, and how a line of the ledger is named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import ReminderId
from bot.domain.reminders import ReminderKind
from bot.services.ports.deliveries import PlanStep, Told
from storage.schema import action_steps, actions, deadlines, group_events, guilds, reminders


async def steps_behind(
    connection: AsyncConnection, told: Collection[Row[Any]], *, private: bool
) -> dict[int, tuple[PlanStep, int | None]]:
    """Give the step of a plan behind each reminder that is one, by the reminder's id, with the clock that the plan hangs on.

    ``private``: a direct message, in which a group at risk is not to be named by what it plans.
    """
    ids = {row.id for row in told if row.action_id is not None}
    if not ids:
        return {}
    asked = (
        select(reminders.c.id, actions.c.title, actions.c.centre_on, actions.c.deadline_id, guilds.c.high_risk)
        .add_columns(action_steps.c.title.label("step"), action_steps.c.on_date)
        .join_from(reminders, actions, actions.c.id == reminders.c.action_id)
        .outerjoin(
            action_steps, and_(action_steps.c.action_id == actions.c.id, action_steps.c.step == reminders.c.rung)
        )
        .outerjoin(guilds, guilds.c.guild_id == actions.c.guild_id)
        .where(reminders.c.id.in_(ids))
    )
    found = {}
    for row in await connection.execute(asked):
        hidden = private and row.high_risk != 0
        found[row.id] = (
            PlanStep(
                "" if hidden else row.title,
                date.fromisoformat(row.centre_on),
                "" if hidden else row.step or "",
                date.fromisoformat(row.on_date) if row.on_date else None,
                by_clock=row.deadline_id is not None and not hidden,
            ),
            None if hidden else row.deadline_id,
        )
    return found


async def told_of(connection: AsyncConnection, ids: Sequence[ReminderId]) -> dict[ReminderId, Told]:
    """Name reminders as a line of the ledger does: what of which clock, plan or event, and where; a person's own by its kind alone."""
    asked = (
        select(reminders.c.id, reminders.c.kind, reminders.c.rung, reminders.c.person_id, reminders.c.channel_id)
        .add_columns(reminders.c.guild_id, reminders.c.message_id, guilds.c.channel_id.label("usual_channel"))
        .add_columns(deadlines.c.title.label("clock"), actions.c.title.label("plan"))
        .add_columns(action_steps.c.title.label("step"), group_events.c.title.label("event"))
        .select_from(reminders)
        .outerjoin(guilds, guilds.c.guild_id == reminders.c.guild_id)
        .outerjoin(deadlines, deadlines.c.id == reminders.c.deadline_id)
        .outerjoin(actions, actions.c.id == reminders.c.action_id)
        .outerjoin(
            action_steps, and_(action_steps.c.action_id == actions.c.id, action_steps.c.step == reminders.c.rung)
        )
        .outerjoin(group_events, group_events.c.id == reminders.c.group_event_id)
        .where(reminders.c.id.in_(ids))
    )
    found = {}
    for row in await connection.execute(asked):
        own = row.person_id is not None
        found[ReminderId(row.id)] = Told(
            ReminderKind(row.kind),
            row.rung,
            "" if own else row.plan or row.event or row.clock or "",
            "" if own else row.step or "",
            None if own else row.channel_id or row.usual_channel,
            None if own else row.guild_id,
            None if own else row.message_id,
        )
    return found
