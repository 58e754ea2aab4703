"""Who recorded what about a deadline, and when: each fact by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deadline_facts",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("deadline_id", Int, nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Text(), nullable=True),
        sa.Column("own", Int, server_default="0", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.CheckConstraint(
            "fact IN ('due', 'promised', 'partly', 'received', 'withdrawn', 'lapsed')",
            name=op.f("ck_deadline_facts_fact"),
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_facts_deadline_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_deadline_facts_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_facts")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_deadline_facts_deadline_id"), "deadline_facts", ["deadline_id"], unique=False)
