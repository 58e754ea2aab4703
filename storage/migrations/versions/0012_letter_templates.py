"""Letter templates that groups make for themselves, version by version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "letter_templates",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("series", Int, server_default="0", nullable=False),
        sa.Column("version", Int, server_default="0", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("approver_id", Int, nullable=True),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'live', 'earlier', 'retired')", name=op.f("ck_letter_templates_state")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_letter_templates_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["people.id"], name=op.f("fk_letter_templates_approver_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_templates")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_letter_templates_guild_id"), "letter_templates", ["guild_id"], unique=False)
