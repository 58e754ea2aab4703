"""Letters that people say they sent, and sketches of drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("person_id", Int, nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("constituency_id", Int, nullable=True),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_on", sa.Text(), nullable=True),
        sa.Column("promised_on", sa.Text(), nullable=True),
        sa.Column("missed", Int, server_default="0", nullable=False),
        sa.Column("keep_until", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'answered', 'stock reply', 'only acknowledged', 'nothing', 'promised a date', "
            "'do not ask again')",
            name=op.f("ck_follow_ups_outcome"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_follow_ups_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_follow_ups_person_id"), "follow_ups", ["person_id"], unique=False)
    op.create_index(op.f("ix_follow_ups_keep_until"), "follow_ups", ["keep_until"], unique=False)
    op.create_table(
        "sketches",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.Column("pieces", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketches")),
        sa.UniqueConstraint("guild_id", "draft", name=op.f("uq_sketches_guild_id_draft")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sketches_made_on"), "sketches", ["made_on"], unique=False)
