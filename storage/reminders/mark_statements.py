"""The statements by which deliveries are linked and marked: made once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from storage.schema import deliveries, delivery_reminders, guilds, ledger, reminders, stored


class Quick:
    """A statement for many rows at once, compiled once and handed to the driver as it is.

    SQLAlchemy's own work on each row costs several times what the database does with it.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...], Mapping[str, Any]]] = {}

    def __call__(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute for each row, which has a value for every parameter that the statement does not fix."""
        words, names, fixed = self._compiled.get(connection.dialect.name) or self._compile(connection)
        values = [tuple(stored(row[name]) if name in row else fixed[name] for name in names) for row in rows]
        connection.exec_driver_sql(words, values)

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
        made = self._statement.compile(dialect=connection.dialect)
        found = (made.string, tuple(made.positiontup), {name: stored(v) for name, v in made.params.items()})
        self._compiled[connection.dialect.name] = found
        return found


LINKED = Quick(insert(delivery_reminders).values({c.name: bindparam(c.name) for c in delivery_reminders.columns}))
CLAIMED_NOW = Quick(
    update(reminders)
    .where(reminders.c.id == bindparam("wanted"))
    .values(state=bindparam("becomes"), delivery_id=bindparam("now_in"), updated_at=bindparam("at"))
)
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
ATTEMPT: Any = (
    update(deliveries)
    .where(
        deliveries.c.id.in_(bindparam("ids", expanding=True)),
        deliveries.c.token == bindparam("held_by"),
        deliveries.c.state == "sending",
    )
    .values(
        lease_until=bindparam("until"),
        attempted_at=case(
            (
                deliveries.c.id.in_(bindparam("afresh", expanding=True)),
                bindparam("since", type_=deliveries.c.attempted_at.type),
            ),
            else_=func.coalesce(deliveries.c.attempted_at, bindparam("since", type_=deliveries.c.attempted_at.type)),
        ),
    )
    .returning(deliveries.c.id)
)
DELIVERED = Quick(
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
SENT = Quick(
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
LINES = Quick(
    insert(ledger).values(
        {column.name: bindparam(column.name) for column in ledger.columns if column is not ledger.c.id}
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
