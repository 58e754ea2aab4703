"""What organisers changed, and what waits for a second one of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("guilds", sa.Column("risk_answered", Int, server_default="0", nullable=False))
    op.execute("UPDATE guilds SET risk_answered = 1")
    op.create_table(
        "waiting_changes",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("asked_at", Int, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_waiting_changes_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("guild_id", "name", name=op.f("pk_waiting_changes")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_audit_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audit_guild_id"), "audit", ["guild_id"], unique=False)
