"""Tables of reminders on their way: what is due, the messages that they become, and the ledger of both."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Text, func, literal_column

from bot.domain.reminders import ReminderKind, ReminderState
from storage.schema.columns import Instant, Int, flag, key, one_of, person, table, text

deliveries = table(
    "deliveries",
    key(),
    Column("key", Text, nullable=False, unique=True),
    Column("guild_id", Int),
    Column("channel_id", Int),
    person("SET NULL"),
    Column("route", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed_message", LargeBinary),
    Column("digest", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("token", Text),
    Column("lease_until", Instant),
    Column("attempts", Int, nullable=False, server_default="0"),
    Column("first_failed_at", Instant),
    Column("attempted_at", Instant),
    Column("retry_at", Instant),
    Column("sent_at", Instant),
    Column("message_id", Int),
    text("reason"),
    flag("pinged"),
    CheckConstraint("state IN ('sending', 'waiting', 'sent', 'undeliverable', 'unknown', 'cancelled')", name="state"),
    CheckConstraint("route IN ('channel', 'notice', 'owner')", name="route"),
)

Index(
    "ix_deliveries_lease",
    deliveries.c.lease_until,
    sqlite_where=deliveries.c.state == "sending",
)

Index(
    "ix_deliveries_retry",
    deliveries.c.retry_at,
    sqlite_where=deliveries.c.state == "waiting",
)

OWNERS = {
    "deadline_id": "deadlines",
    "action_id": "actions",
    "follow_up_id": "follow_ups",
    "personal_id": "personal_reminders",
    "group_event_id": "group_events",
}
"""The columns of whose a reminder is, each with its table. One of them at most; a word to organisers and a test have none.

What was sent outlives its owner, for as long as the ledger tells of it: whoever deletes an owner cancels what is still to
come in the same transaction.
"""

reminders = table(
    "reminders",
    key(),
    Column("kind", Text, nullable=False),
    *(Column(name, Int, ForeignKey(f"{table}.id", ondelete="SET NULL")) for name, table in OWNERS.items()),
    Column("rung", Text, nullable=False),
    text("for_day"),
    Column("generation", Int, nullable=False, server_default="1"),
    Column("guild_id", Int),
    Column("channel_id", Int),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE")),
    Column("sealed_text", LargeBinary),
    Column("due_at", Instant, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("local_time", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("utc_offset", Int, nullable=False),
    Column("expires_at", Instant),
    Column("state", Text, nullable=False),
    Column("revision", Int, nullable=False, server_default="1"),
    Column("attempts", Int, nullable=False, server_default="0"),
    Column("delivery_id", Int, ForeignKey("deliveries.id", ondelete="SET NULL")),
    Column("sent_at", Instant),
    Column("message_id", Int),
    text("reason"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    flag("neutral"),
    Column("shown_at", Instant),
    one_of("kind", ReminderKind),
    one_of("state", ReminderState),
    CheckConstraint(
        f"{' + '.join(f'(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)' for name in OWNERS)}"
        " <= (CASE WHEN kind IN ('notice', 'test') THEN 0 ELSE 1 END)",
        name="owner",
    ),
    Index(None, "person_id"),
    Index(None, "delivery_id"),
)

Index(
    "ix_reminders_due",
    reminders.c.due_at,
    sqlite_where=reminders.c.state == "scheduled",
)

for _owner in OWNERS:
    # One index for each owner, with nothing in it that may be NULL: NULLs are distinct, and would let one through twice.
    Index(
        f"uq_reminders_{_owner.removesuffix('_id')}",
        reminders.c[_owner],
        func.coalesce(reminders.c.person_id, literal_column("0")),
        reminders.c.rung,
        reminders.c.for_day,
        reminders.c.generation,
        unique=True,
        sqlite_where=reminders.c[_owner].is_not(None),
    )

delivery_reminders = table(
    "delivery_reminders",
    Column("delivery_id", Int, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("reminder_id", Int, ForeignKey("reminders.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Int, nullable=False),
    flag("expired"),
    Index(None, "reminder_id"),
)

ledger = table(
    "ledger",
    key(),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("delivery_id", Int),
    text("reminder_ids"),
    Column("guild_id", Int),
    person("SET NULL"),
    text("detail"),
    Column("late_seconds", Int),
    Column("attempt", Int, nullable=False, server_default="0"),
    Index(None, "delivery_id"),
    Index(None, "guild_id", "at"),
)
