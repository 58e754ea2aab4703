"""Tables of the reports that groups follow, import and complete, and of Parliament's record as last read."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text

from bot.domain.records import RecordEvent, RecordKind, RecordState
from storage.schema.columns import Instant, Int, flag, key, one_of, person, table, text

follows = table(
    "follows",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("report", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)

imported_reports = table(
    "imported_reports",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("report", Text, primary_key=True),
    Column("pack", Text, nullable=False),
    person("SET NULL"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

report_drafts = table(
    "report_drafts",
    key(),
    Column("guild_id", Int, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("kind IN ('report', 'answers')", name="kind"),
    Index(None, "guild_id"),
)

records = table(
    "records",
    key(),
    Column("guild_id", Int, nullable=False),
    Column("report", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    text("status"),
    text("said_by"),
    Column("dated_on", Text),
    text("words"),
    text("url"),
    text("was"),
    Column("created_at", Instant, nullable=False),
    Column("kept_at", Instant),
    one_of("kind", RecordKind),
    one_of("state", RecordState),
    Index(None, "guild_id", "report", "item"),
)

record_steps = table(
    "record_steps",
    key(),
    Column("record_id", Int, ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("event", Text, nullable=False),
    person("SET NULL"),
    Column("at", Instant, nullable=False),
    one_of("event", RecordEvent),
    Index(None, "record_id"),
)

watched_committees = table(
    "watched_committees",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("committee_id", Int, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("house", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

publications = table(
    "publications",
    Column("publication_id", Int, primary_key=True, autoincrement=False),
    Column("committee_id", Int, nullable=False),
    Column("committee", Text, nullable=False),
    Column("house", Text, nullable=False),
    Column("title", Text, nullable=False),
    text("paper"),
    Column("published_on", Text, nullable=False),
    flag("expected"),
    Column("due_on", Text),
    text("url"),
    Column("response_id", Int),
    Column("response_on", Text),
    text("response_title"),
    text("response_url"),
    Column("maybe_id", Int),
    Column("maybe_on", Text),
    text("maybe_title"),
    text("maybe_url"),
    Column("checked_at", Instant),
    text("problem"),
    text("session"),
    text("ordinal"),
    Index(None, "committee_id"),
)

publication_news = table(
    "publication_news",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("publication_id", Int, primary_key=True, autoincrement=False),
    Column("told_at", Instant, nullable=False),
)
