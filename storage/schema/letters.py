"""Tables of what is kept of letters: follow-ups, counts, sketches, and the groups' own templates. No letter is kept."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint

from bot.domain.follow_ups import Outcome
from bot.domain.letter_templates import TemplateState
from storage.schema.columns import Instant, Int, flag, key, one_of, person, table, text

follow_ups = table(
    "follow_ups",
    key(),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("guild_id", Int),
    Column("constituency_id", Int),
    Column("recommendation", Text, nullable=False),
    Column("sent_on", Text, nullable=False),
    text("checks"),
    Column("outcome", Text, nullable=False),
    Column("outcome_on", Text),
    Column("promised_on", Text),
    flag("missed"),
    text("question"),
    text("question_number"),
    Column("question_on", Text),
    text("question_state"),
    Column("question_changed_on", Text),
    Column("keep_until", Text, nullable=False),
    Column("counted", Text),
    one_of("outcome", Outcome),
    Index(None, "person_id"),
    Index(None, "keep_until"),
)

count_releases = table(
    "count_releases",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("decided_at", Instant, nullable=False),
    text("figures"),
    flag("letters"),
)

sketches = table(
    "sketches",
    key(),
    Column("guild_id", Int, nullable=False),
    Column("draft", LargeBinary, nullable=False),
    Column("made_on", Text, nullable=False),
    Column("pieces", LargeBinary, nullable=False),
    UniqueConstraint("guild_id", "draft"),
    Index(None, "made_on"),
)

letter_templates = table(
    "letter_templates",
    key(),
    Column("guild_id", Int, nullable=False),
    flag("series"),
    flag("version"),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Int, nullable=False, server_default="1"),
    person("SET NULL"),
    Column("approver_id", Int, ForeignKey("people.id", ondelete="SET NULL"), nullable=True),
    Column("updated_at", Instant, nullable=False),
    one_of("state", TemplateState),
    Index(None, "guild_id"),
)
