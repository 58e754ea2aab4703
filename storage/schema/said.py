"""What was said in Parliament, which searches found it, how far they looked, and the words that groups chose."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Text

from storage.schema.columns import Instant, Int, flag, table, text

said = table(
    "said",
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("on_day", Text, nullable=False),
    Column("newest", Text, nullable=False),
    text("heading"),
    text("text"),
    text("number"),
    text("house"),
    Column("member_id", Int),
    text("member"),
    text("body"),
    text("state"),
    Column("due_on", Text),
    Column("answered_on", Text),
    Column("corrected_on", Text),
    text("answer"),
    flag("is_cut"),
    text("url"),
    Column("seen_at", Instant, nullable=False),
    Column("signed_count", Int),
    Column("signed_at", Instant),
    Column("signed_tried_at", Instant),
    Index(None, "member_id"),
)
"""What was said in Parliament, as its services publish it. A Member who speaks there acts in public. Of a motion: when its signatures
were read and last tried to be, and how many there were by the service's count."""

said_signatures = table(
    "said_signatures",
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("member_id", Int, primary_key=True, autoincrement=False),
    text("member"),
    Column("signed_on", Text),
    ForeignKeyConstraint(
        ["kind", "key"], ["said.kind", "said.key"], name="fk_said_signatures_kind", ondelete="CASCADE"
    ),
    Index(None, "member_id"),
)
"""Members who sign an early day motion, as its service publishes it. One who withdraws goes at the next look."""

said_terms = table(
    "said_terms",
    Column("term", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    ForeignKeyConstraint(["kind", "key"], ["said.kind", "said.key"], name="fk_said_terms_kind", ondelete="CASCADE"),
    Index(None, "kind", "key"),
)
"""Which search found it. No search is anybody's: it is a word that a report is known by."""

said_looks = table(
    "said_looks",
    Column("term", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since", Text),
    Column("looked_at", Instant),
    Column("tried_at", Instant, nullable=False),
    Column("total", Int, nullable=False, server_default="0"),
    text("problem"),
)
"""How far each search has looked: since which day, when last, and why the last try failed."""

look_words = table(
    "look_words",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("report", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("words", Text, nullable=False),
    Column("asked", Text),
)
"""A group's own words to look for, a line each. An empty item: in place of the report's own words, searched for since ``asked``, an
instant for each line. NULL: they never leave the database."""

followed_questions = table(
    "followed_questions",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("tabled_on", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_on", Text),
    text("body"),
    Column("since", Instant, nullable=False),
    Column("looked_at", Instant, nullable=False),
)
"""Written questions that groups follow, and how each stood when its group was last told. ``looked_at``: when it was last asked about."""
