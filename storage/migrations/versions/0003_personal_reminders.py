"""Private reminders: what their owner set, their owner's own settings, and which time of which one a reminder is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KEPT_COLUMNS = (
    "id, kind, step, guild_id, channel_id, person_id, deadline_id, sealed_text, due_at, local_date, local_time, zone, "
    "utc_offset, expires_at, state, revision, attempts, delivery_id, sent_at, message_id, reason, created_at, updated_at"
)


def upgrade() -> None:
    op.create_table(
        "personal_reminders",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("person_id", Int, nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("deadline_id", Int, nullable=True),
        sa.Column("lead_days", Int, nullable=True),
        sa.Column("repeat", sa.Text(), nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("neutral", Int, server_default="0", nullable=False),
        sa.Column("snoozes", Int, server_default="0", nullable=False),
        sa.Column("done_at", Int, nullable=True),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint(
            "repeat IN ('once', 'daily', 'weekdays', 'weekly', 'monthly')", name=op.f("ck_personal_reminders_repeat")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_personal_reminders_deadline_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_personal_reminders_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_reminders")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_personal_reminders_person_id"), "personal_reminders", ["person_id"], unique=False)
    op.create_index(op.f("ix_personal_reminders_deadline_id"), "personal_reminders", ["deadline_id"], unique=False)
    op.create_table(
        "person_settings",
        sa.Column("person_id", Int, autoincrement=False, nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("time_of_day", sa.Text(), nullable=True),
        sa.Column("lead_days", Int, nullable=True),
        sa.Column("updated_at", Int, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_settings_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_settings")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        op.add_column("reminders", sa.Column("personal_id", Int, nullable=True))
        op.add_column("reminders", sa.Column("neutral", Int, server_default="0", nullable=False))
        op.add_column("reminders", sa.Column("shown_at", Int, nullable=True))
        op.create_foreign_key(
            op.f("fk_reminders_personal_id"),
            "reminders",
            "personal_reminders",
            ["personal_id"],
            ["id"],
            ondelete="CASCADE",
        )
    op.create_index(
        "uq_reminders_personal",
        "reminders",
        ["personal_id", "step"],
        unique=True,
        sqlite_where=sa.text("personal_id IS NOT NULL"),
        postgresql_where=sa.text("personal_id IS NOT NULL"),
    )


def _rebuild() -> None:
    """Make the table anew: SQLite adds no foreign key to one that stands. Its numbering goes on where it was."""
    connection = op.get_bind()
    last = connection.execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'reminders'")).scalar()
    op.create_table(
        "reminders_made_anew",
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
        sa.Column("personal_id", Int, nullable=True),
        sa.Column("neutral", Int, server_default="0", nullable=False),
        sa.Column("shown_at", Int, nullable=True),
        sa.CheckConstraint(
            "kind IN ('before', 'due', 'overdue', 'answered', 'promised', 'corrected', 'personal', 'follow-up', 'action', "
            "'notice', 'test')",
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
        sa.ForeignKeyConstraint(
            ["personal_id"], ["personal_reminders.id"], name=op.f("fk_reminders_personal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("deadline_id", "step", name=op.f("uq_reminders_deadline_id_step")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.execute(f"INSERT INTO reminders_made_anew ({KEPT_COLUMNS}) SELECT {KEPT_COLUMNS} FROM reminders")  # noqa: S608
    op.drop_table("reminders")
    op.execute("ALTER TABLE reminders_made_anew RENAME TO reminders")
    if last is not None:
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'reminders'"))
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('reminders', :last)"), {"last": last}
        )
    op.create_index(op.f("ix_reminders_delivery_id"), "reminders", ["delivery_id"], unique=False)
    op.create_index(
        "ix_reminders_due", "reminders", ["due_at"], unique=False, sqlite_where=sa.text("state = 'scheduled'")
    )
    op.create_index(op.f("ix_reminders_person_id"), "reminders", ["person_id"], unique=False)
