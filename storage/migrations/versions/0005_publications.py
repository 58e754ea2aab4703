"""Committees that groups look out for, and what Parliament's record says of their reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "watched_committees",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("committee_id", Int, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("house", sa.Text(), nullable=False),
        sa.Column("since", Int, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "committee_id", name=op.f("pk_watched_committees")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "publications",
        sa.Column("publication_id", Int, autoincrement=False, nullable=False),
        sa.Column("committee_id", Int, nullable=False),
        sa.Column("committee", sa.Text(), nullable=False),
        sa.Column("house", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), server_default="", nullable=False),
        sa.Column("published_on", sa.Text(), nullable=False),
        sa.Column("expected", Int, server_default="0", nullable=False),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("response_id", Int, nullable=True),
        sa.Column("response_on", sa.Text(), nullable=True),
        sa.Column("response_title", sa.Text(), server_default="", nullable=False),
        sa.Column("response_url", sa.Text(), server_default="", nullable=False),
        sa.Column("maybe_id", Int, nullable=True),
        sa.Column("maybe_on", sa.Text(), nullable=True),
        sa.Column("maybe_title", sa.Text(), server_default="", nullable=False),
        sa.Column("maybe_url", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_at", Int, nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publications")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_publications_committee_id"), "publications", ["committee_id"], unique=False)
    op.create_table(
        "publication_news",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("publication_id", Int, autoincrement=False, nullable=False),
        sa.Column("told_at", Int, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "publication_id", name=op.f("pk_publication_news")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
