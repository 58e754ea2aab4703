"""Actions of groups, their steps, and who joined."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("deadline_id", Int, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("centre_on", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), server_default="", nullable=False),
        sa.Column("template", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.Column("event_id", Int, nullable=True),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'done', 'cancelled', 'archived')", name=op.f("ck_actions_state")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_actions_deadline_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_actions_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_actions_guild_id"), "actions", ["guild_id"], unique=False)
    op.create_index(op.f("ix_actions_deadline_id"), "actions", ["deadline_id"], unique=False)
    op.create_table(
        "action_steps",
        sa.Column("action_id", Int, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_steps_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("action_id", "step", name=op.f("pk_action_steps")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "action_joins",
        sa.Column("action_id", Int, nullable=False),
        sa.Column("person_id", Int, nullable=False),
        sa.Column("joined_at", Int, nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_joins_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_action_joins_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("action_id", "person_id", name=op.f("pk_action_joins")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_joins_person_id"), "action_joins", ["person_id"], unique=False)
