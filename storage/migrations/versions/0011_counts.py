"""Counts of a group's letters, released in batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "count_releases",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("decided_at", Int, nullable=False),
        sa.Column("figures", sa.Text(), server_default="", nullable=False),
        sa.Column("letters", Int, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_count_releases"),
        sqlite_strict=True,
    )
    op.add_column("follow_ups", sa.Column("counted", sa.Text(), nullable=True))
