"""Tables of the dates that groups watch, and of what was recorded of each."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Text

from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import DeadlineKind, Fact
from bot.domain.group_events import GroupEventKind
from storage.schema.columns import Instant, Int, flag, key, one_of, person, table, text

deadlines = table(
    "deadlines",
    key(),
    Column("guild_id", Int, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("started_on", Text),
    Column("report", Text),
    text("source_title"),
    text("source_url"),
    Column("promised_on", Text),
    text("promised_url"),
    Column("partly_on", Text),
    text("partly_url"),
    Column("received_on", Text),
    text("received_url"),
    Column("withdrawn_on", Text),
    Column("lapsed_on", Text),
    text("note"),
    text("note_kind"),
    Column("revision", Int, nullable=False),
    person("SET NULL"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("ladder", Text),
    one_of("kind", DeadlineKind),
    Index(None, "guild_id"),
)

Index(
    "uq_deadlines_report",
    deadlines.c.guild_id,
    deadlines.c.report,
    deadlines.c.kind,
    unique=True,
    sqlite_where=deadlines.c.report.is_not(None),
)

deadline_facts = table(
    "deadline_facts",
    key(),
    Column("deadline_id", Int, ForeignKey("deadlines.id", ondelete="CASCADE"), nullable=False),
    Column("fact", Text, nullable=False),
    Column("on_date", Text),
    flag("own"),
    person("SET NULL"),
    Column("at", Instant, nullable=False),
    one_of("fact", Fact),
    Index(None, "deadline_id"),
)

group_events = table(
    "group_events",
    key(),
    Column("guild_id", Int, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("local_time", Text),
    Column("zone", Text, nullable=False),
    Column("minutes", Int, nullable=False, server_default="0"),
    Column("by_clock", Int, nullable=False, server_default="0"),
    text("place"),
    text("url"),
    text("words"),
    Column("repeat", Text, nullable=False),
    Column("until", Text),
    text("moved"),
    Column("days", Text),
    flag("aloud"),
    Column("off_on", Text),
    Column("draft_key", Text),
    Column("scheduled_event_id", Int),
    Column("revision", Int, nullable=False, server_default="1"),
    person("SET NULL"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    one_of("kind", GroupEventKind),
    one_of("repeat", Repeat),
    Index(None, "guild_id", "draft_key", unique=True),
)
