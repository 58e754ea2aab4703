"""Reports that groups import, and the answers and evidence that they record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("guilds", sa.Column("second_confirms", Int, server_default="0", nullable=False))
    op.create_table(
        "imported_reports",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_imported_reports_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("guild_id", "report", name=op.f("pk_imported_reports")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "report_drafts",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.CheckConstraint("kind IN ('report', 'answers')", name=op.f("ck_report_drafts_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_drafts")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_report_drafts_guild_id"), "report_drafts", ["guild_id"], unique=False)
    op.create_table(
        "records",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("said_by", sa.Text(), server_default="", nullable=False),
        sa.Column("dated_on", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("was", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("kept_at", Int, nullable=True),
        sa.CheckConstraint("kind IN ('answer', 'evidence')", name=op.f("ck_records_kind")),
        sa.CheckConstraint("state IN ('draft', 'proposed', 'confirmed', 'undone')", name=op.f("ck_records_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_records_guild_id_report_item"), "records", ["guild_id", "report", "item"], unique=False)
    op.create_table(
        "record_steps",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("record_id", Int, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.CheckConstraint("event IN ('recorded', 'confirmed', 'undone')", name=op.f("ck_record_steps_event")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_record_steps_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_steps_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_steps")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_record_steps_record_id"), "record_steps", ["record_id"], unique=False)
