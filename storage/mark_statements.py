"""The statements by which deliveries are marked: made once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update

from storage.schema import deliveries, delivery_reminders, guilds, reminders

HELD: Any = (
    select(
        deliveries.c.id,
        deliveries.c.token,
        deliveries.c.state,
        deliveries.c.guild_id,
        deliveries.c.person_id,
        deliveries.c.route,
        deliveries.c.due_at,
        deliveries.c.attempts,
        deliveries.c.attempted_at,
        deliveries.c.first_failed_at,
    )
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.id)
    .with_for_update()
)
LINKS: Any = (
    select(
        delivery_reminders.c.delivery_id.label("of_delivery"),
        delivery_reminders.c.reminder_id,
        delivery_reminders.c.revision.label("frozen"),
        delivery_reminders.c.expired,
        reminders.c.delivery_id,
        reminders.c.state,
        reminders.c.revision,
        reminders.c.due_at,
    )
    .join_from(delivery_reminders, reminders, reminders.c.id == delivery_reminders.c.reminder_id)
    .where(delivery_reminders.c.delivery_id.in_(bindparam("ids", expanding=True)))
    .order_by(reminders.c.id)
    .with_for_update(of=reminders)
)
ATTEMPT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("wanted"))
    .values(lease_until=bindparam("until"), attempted_at=bindparam("since"))
)
DELIVERED = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("wanted"))
    .values(
        state="sent",
        sent_at=bindparam("at"),
        message_id=bindparam("posted_as"),
        sealed_message=None,
        token=None,
        lease_until=None,
        retry_at=None,
    )
)
SENT = (
    update(reminders)
    .where(reminders.c.id == bindparam("wanted"))
    .values(
        state=bindparam("becomes"),
        delivery_id=bindparam("held_by"),
        sent_at=bindparam("posted_at"),
        message_id=bindparam("posted_as"),
        updated_at=bindparam("at"),
        reason="",
    )
)
WORKS = (
    update(guilds)
    .where(guilds.c.guild_id.in_(bindparam("ids", expanding=True)), guilds.c.channel_problem_at.is_not(None))
    .values(channel_problem_at=None)
)
GUILD: Any = (
    select(
        guilds.c.guild_id,
        guilds.c.notice_channel_id,
        guilds.c.person_id,
        guilds.c.channel_problem_at,
        guilds.c.updated_at,
    )
    .where(guilds.c.guild_id == bindparam("wanted"))
    .with_for_update()
)
