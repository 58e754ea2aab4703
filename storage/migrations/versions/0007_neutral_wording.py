"""Neutral wording of private reminders, as a person's own choice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("person_settings", sa.Column("neutral", Int, server_default="0", nullable=False))
