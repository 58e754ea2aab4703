"""Tables of the installation itself: small facts, and the processes that share it."""

from __future__ import annotations

from sqlalchemy import Column, Text

from storage.schema.columns import Instant, Int, table

kept = table(
    "kept",
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

processes = table(
    "processes",
    Column("process", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("counted_at", Instant, nullable=False),
    Column("version", Text, nullable=False),
    Column("shards", Text, nullable=False, server_default=""),
)
"""Which processes share this database on a server, by a random name of each run. ``counted_at`` is the last list of them by which
one keeps to its part of what all share. A SQLite file has one, and no row."""

leases = table(
    "leases",
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Column("generation", Int, nullable=False, server_default="1"),
)
"""What one process does for all, and until when it is believed to be there. Each new holder raises the generation: what was begun
under an earlier one is not stored any more."""
