"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "constituencies",
        sa.Column("constituency_id", Int, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member_id", Int, nullable=True),
        sa.Column("display_as", sa.Text(), server_default="", nullable=False),
        sa.Column("full_title", sa.Text(), server_default="", nullable=False),
        sa.Column("address_as", sa.Text(), server_default="", nullable=False),
        sa.Column("list_as", sa.Text(), server_default="", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("post", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("constituency_id", name=op.f("pk_constituencies")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "follows",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("since", Int, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "report", name=op.f("pk_follows")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "kept",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "people",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_user_id", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("lookup", name=op.f("uq_people_lookup")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "deadlines",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("source_title", sa.Text(), server_default="", nullable=False),
        sa.Column("source_url", sa.Text(), server_default="", nullable=False),
        sa.Column("promised_on", sa.Text(), nullable=True),
        sa.Column("promised_url", sa.Text(), server_default="", nullable=False),
        sa.Column("partly_on", sa.Text(), nullable=True),
        sa.Column("partly_url", sa.Text(), server_default="", nullable=False),
        sa.Column("received_on", sa.Text(), nullable=True),
        sa.Column("received_url", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn_on", sa.Text(), nullable=True),
        sa.Column("lapsed_on", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", Int, nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint(
            "kind IN ('government response', 'own date', 'review', 'bill stage', 'written question')",
            name=op.f("ck_deadlines_kind"),
        ),
        sa.CheckConstraint(
            "rule IN ('two calendar months', 'two calendar months (Lords)', 'date given by Parliament', 'date given by the group')",
            name=op.f("ck_deadlines_rule"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_deadlines_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_deadlines_guild_id"), "deadlines", ["guild_id"], unique=False)
    op.create_index(
        "uq_deadlines_report",
        "deadlines",
        ["guild_id", "report", "kind"],
        unique=True,
        sqlite_where=sa.text("report IS NOT NULL"),
        postgresql_where=sa.text("report IS NOT NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("channel_id", Int, nullable=True),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("due_at", Int, nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("lease_until", Int, nullable=True),
        sa.Column("attempts", Int, server_default="0", nullable=False),
        sa.Column("first_failed_at", Int, nullable=True),
        sa.Column("attempted_at", Int, nullable=True),
        sa.Column("retry_at", Int, nullable=True),
        sa.Column("sent_at", Int, nullable=True),
        sa.Column("message_id", Int, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("route IN ('channel', 'notice', 'owner')", name=op.f("ck_deliveries_route")),
        sa.CheckConstraint(
            "state IN ('sending', 'waiting', 'sent', 'undeliverable', 'unknown', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_deliveries_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_deliveries_lease",
        "deliveries",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_deliveries_retry",
        "deliveries",
        ["retry_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "guilds",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("channel_id", Int, nullable=True),
        sa.Column("notice_channel_id", Int, nullable=True),
        sa.Column("organiser_role_id", Int, nullable=True),
        sa.Column("ping_role_id", Int, nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("time_of_day", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_until", sa.Text(), nullable=True),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("monthly", Int, server_default="1", nullable=False),
        sa.Column("high_risk", Int, server_default="1", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("revision", Int, nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.Column("left_at", Int, nullable=True),
        sa.Column("channel_problem_at", Int, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_guilds_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_guilds")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "ledger",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("delivery_id", Int, nullable=True),
        sa.Column("reminder_ids", sa.Text(), server_default="", nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("late_seconds", Int, nullable=True),
        sa.Column("attempt", Int, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ledger_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_ledger_delivery_id"), "ledger", ["delivery_id"], unique=False)
    op.create_index(op.f("ix_ledger_guild_id_at"), "ledger", ["guild_id", "at"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("channel_id", Int, nullable=True),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("deadline_id", Int, nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", Int, nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("utc_offset", Int, nullable=False),
        sa.Column("expires_at", Int, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("attempts", Int, server_default="0", nullable=False),
        sa.Column("delivery_id", Int, nullable=True),
        sa.Column("sent_at", Int, nullable=True),
        sa.Column("message_id", Int, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint(
            "kind IN ('before', 'due', 'overdue', 'answered', 'promised', 'corrected', 'personal', 'follow-up', 'action', 'notice', 'test')",
            name=op.f("ck_reminders_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('scheduled', 'sending', 'sent', 'undeliverable', 'unknown', 'cancelled', 'expired')",
            name=op.f("ck_reminders_state"),
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_reminders_deadline_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_reminders_delivery_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminders_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("deadline_id", "step", name=op.f("uq_reminders_deadline_id_step")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reminders_delivery_id"), "reminders", ["delivery_id"], unique=False)
    op.create_index(
        "ix_reminders_due",
        "reminders",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(op.f("ix_reminders_person_id"), "reminders", ["person_id"], unique=False)
    op.create_table(
        "delivery_reminders",
        sa.Column("delivery_id", Int, nullable=False),
        sa.Column("reminder_id", Int, nullable=False),
        sa.Column("revision", Int, nullable=False),
        sa.Column("expired", Int, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_reminders_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"], ["reminders.id"], name=op.f("fk_delivery_reminders_reminder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "reminder_id", name=op.f("pk_delivery_reminders")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_delivery_reminders_reminder_id"), "delivery_reminders", ["reminder_id"], unique=False)
