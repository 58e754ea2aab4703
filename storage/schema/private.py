"""Tables of what people ask Postbag to remind them of, and of how."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Text

from bot.domain.dates.repeats import Repeat
from storage.schema.columns import Instant, Int, flag, key, one_of, table, text

personal_reminders = table(
    "personal_reminders",
    key(),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("sealed_text", LargeBinary, nullable=False),
    text("about"),
    Column("guild_id", Int),
    Column("deadline_id", Int, ForeignKey("deadlines.id", ondelete="SET NULL")),
    Column("lead_days", Int),
    Column("group_event_id", Int, ForeignKey("group_events.id", ondelete="SET NULL")),
    Column("event_day", Text),
    Column("event_starts", Text),
    Column("repeat", Text, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("local_time", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("until", Text),
    flag("neutral"),
    Column("snoozes", Int, nullable=False, server_default="0"),
    Column("done_at", Instant),
    Column("revision", Int, nullable=False, server_default="1"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("draft_key", Text),
    one_of("repeat", Repeat),
    Index(None, "person_id", "draft_key", unique=True),
    Index(None, "deadline_id"),
    Index(None, "group_event_id"),
)

person_settings = table(
    "person_settings",
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("zone", Text),
    Column("time_of_day", Text),
    Column("lead_days", Int),
    Column("updated_at", Instant, nullable=False),
    flag("neutral"),
)
