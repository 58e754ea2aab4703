"""Tables of groups and of the people in them. Only ``people`` holds a Discord user id, sealed."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Text

from storage.schema.columns import Instant, Int, flag, key, person, table, text

people = table(
    "people",
    key(),
    Column("lookup", LargeBinary, nullable=False, unique=True),
    Column("sealed_user_id", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

guilds = table(
    "guilds",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("channel_id", Int),
    Column("notice_channel_id", Int),
    Column("organiser_role_id", Int),
    Column("ping_role_id", Int),
    Column("zone", Text, nullable=False),
    Column("time_of_day", Text, nullable=False),
    Column("quiet_from", Text),
    Column("quiet_until", Text),
    Column("ladder", Text, nullable=False),
    flag("monthly", 1),
    flag("aloud"),
    flag("high_risk", 1),
    flag("second_confirms"),
    person("SET NULL"),
    Column("revision", Int, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("channel_problem_at", Instant),
    text("days_off"),
    flag("pings_a_day", 1),
    flag("pings_a_week", 3),
    flag("risk_answered"),
    flag("weekly"),
)

group_news = table(
    "group_news",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("told", Text, nullable=False),
)
"""What a group was told, by the kind of news: noted with the word that tells it, so that nothing is told twice."""

waiting_changes = table(
    "waiting_changes",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    person("SET NULL"),
    Column("asked_at", Instant, nullable=False),
)

audit = table(
    "audit",
    key(),
    Column("guild_id", Int, nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", Text, nullable=False),
    person("SET NULL"),
    Index(None, "guild_id"),
)
