"""Tables of plans, their steps and who joined."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text

from storage.schema.columns import Instant, Int, key, person, table, text

actions = table(
    "actions",
    key(),
    Column("guild_id", Int, nullable=False),
    Column("deadline_id", Int, ForeignKey("deadlines.id", ondelete="SET NULL")),
    Column("title", Text, nullable=False),
    Column("centre_on", Text, nullable=False),
    Column("state", Text, nullable=False),
    text("items"),
    text("template"),
    text("outcome"),
    Column("ended_on", Text),
    Column("joined_count", Int, nullable=False, server_default="0"),
    text("joined_counted_on"),
    Column("event_id", Int),
    Column("group_event_id", Int, ForeignKey("group_events.id", ondelete="SET NULL")),
    Column("revision", Int, nullable=False, server_default="1"),
    person("SET NULL"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("state IN ('draft', 'approved', 'done', 'cancelled', 'archived')", name="state"),
    Index(None, "guild_id"),
    Index(None, "deadline_id"),
    Index(None, "group_event_id"),
)

action_steps = table(
    "action_steps",
    Column("action_id", Int, ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("on_date", Text, nullable=False),
    Column("title", Text, nullable=False),
    text("text"),
    text("mark"),
    text("was_on"),
    CheckConstraint("mark IN ('', 'skipped', 'brought')", name="mark"),
)

action_joins = table(
    "action_joins",
    Column("action_id", Int, ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("joined_at", Instant, nullable=False),
    Index(None, "person_id"),
)
