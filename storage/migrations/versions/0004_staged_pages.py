"""Pages of a list that is being fetched, kept until the whole of it is there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "staged_pages",
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("number", Int, autoincrement=False, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("list", "number", name=op.f("pk_staged_pages")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
