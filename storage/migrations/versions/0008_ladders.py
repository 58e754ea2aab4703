"""A clock's own ladder; working days and limits on pings, chosen by a group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("deadlines", sa.Column("ladder", sa.Text(), nullable=True))
    op.add_column("guilds", sa.Column("days_off", sa.Text(), server_default="", nullable=False))
    op.add_column("guilds", sa.Column("pings_a_day", Int, server_default="1", nullable=False))
    op.add_column("guilds", sa.Column("pings_a_week", Int, server_default="3", nullable=False))
    op.add_column("deliveries", sa.Column("pinged", Int, server_default="0", nullable=False))
