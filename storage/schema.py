"""Every table, with four column types: integers, text, bytes, and UTC instants as integer microseconds.

Only ``people`` holds a Discord user id, encrypted. Every other table refers to a person by our own id.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    literal_column,
)

from bot.domain.deadlines import DeadlineKind, Fact
from bot.domain.follow_ups import Outcome
from bot.domain.letter_templates import TemplateState
from bot.domain.records import RecordEvent, RecordKind, RecordState
from bot.domain.reminders import ReminderKind, ReminderState
from bot.domain.repeats import Repeat

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Int = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as whole microseconds since 1970."""

    impl = BigInteger().with_variant(Integer, "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


def stored(value: Any) -> Any:
    """Give a value as its column holds it, for a statement that goes past SQLAlchemy's types."""
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value


# A partial index is given its condition here for SQLite. On PostgreSQL it has the same one from its migration: named here
# too, it would load that dialect at every start.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: Any) -> Table:
    ours = any(isinstance(part, Column) and part.name == "id" for part in parts)
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_autoincrement=ours)


def _key() -> Column[int]:
    return Column("id", Int, primary_key=True, autoincrement=True)


def _one_of(column: str, values: Any) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _flag(name: str, default: int = 0) -> Column[int]:
    return Column(name, Int, nullable=False, server_default=str(default))


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _person(on_delete: str) -> Column[int]:
    return Column("person_id", Int, ForeignKey("people.id", ondelete=on_delete), nullable=True)


people = _table(
    "people",
    _key(),
    Column("lookup", LargeBinary, nullable=False, unique=True),
    Column("sealed_user_id", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

guilds = _table(
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
    _flag("monthly", 1),
    _flag("high_risk", 1),
    _flag("second_confirms"),
    _person("SET NULL"),
    Column("revision", Int, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("channel_problem_at", Instant),
    _text("days_off"),
    _flag("pings_a_day", 1),
    _flag("pings_a_week", 3),
    _flag("risk_answered"),
)

waiting_changes = _table(
    "waiting_changes",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    _person("SET NULL"),
    Column("asked_at", Instant, nullable=False),
)

audit = _table(
    "audit",
    _key(),
    Column("guild_id", Int, nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", Text, nullable=False),
    _person("SET NULL"),
    Index(None, "guild_id"),
)

follows = _table(
    "follows",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("report", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)

imported_reports = _table(
    "imported_reports",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("report", Text, primary_key=True),
    Column("pack", Text, nullable=False),
    _person("SET NULL"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

report_drafts = _table(
    "report_drafts",
    _key(),
    Column("guild_id", Int, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("kind IN ('report', 'answers')", name="kind"),
    Index(None, "guild_id"),
)

records = _table(
    "records",
    _key(),
    Column("guild_id", Int, nullable=False),
    Column("report", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    _text("status"),
    _text("said_by"),
    Column("dated_on", Text),
    _text("words"),
    _text("url"),
    _text("was"),
    Column("created_at", Instant, nullable=False),
    Column("kept_at", Instant),
    _one_of("kind", RecordKind),
    _one_of("state", RecordState),
    Index(None, "guild_id", "report", "item"),
)

record_steps = _table(
    "record_steps",
    _key(),
    Column("record_id", Int, ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("event", Text, nullable=False),
    _person("SET NULL"),
    Column("at", Instant, nullable=False),
    _one_of("event", RecordEvent),
    Index(None, "record_id"),
)

constituencies = _table(
    "constituencies",
    Column("constituency_id", Int, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("member_id", Int),
    _text("display_as"),
    _text("full_title"),
    _text("address_as"),
    _text("list_as"),
    _text("party"),
    _text("role"),
    _text("post"),
    _text("email"),
    _text("phone"),
)

staged_pages = _table(
    "staged_pages",
    Column("list", Text, primary_key=True),
    Column("number", Int, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("page", Text, nullable=False),
)

deadlines = _table(
    "deadlines",
    _key(),
    Column("guild_id", Int, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("started_on", Text),
    Column("report", Text),
    _text("source_title"),
    _text("source_url"),
    Column("promised_on", Text),
    _text("promised_url"),
    Column("partly_on", Text),
    _text("partly_url"),
    Column("received_on", Text),
    _text("received_url"),
    Column("withdrawn_on", Text),
    Column("lapsed_on", Text),
    _text("note"),
    Column("revision", Int, nullable=False),
    _person("SET NULL"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("ladder", Text),
    _one_of("kind", DeadlineKind),
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

deliveries = _table(
    "deliveries",
    _key(),
    Column("key", Text, nullable=False, unique=True),
    Column("guild_id", Int),
    Column("channel_id", Int),
    _person("SET NULL"),
    Column("route", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed_message", LargeBinary),
    Column("digest", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("token", Text),
    Column("lease_until", Instant),
    Column("attempts", Int, nullable=False, server_default="0"),
    Column("first_failed_at", Instant),
    Column("attempted_at", Instant),
    Column("retry_at", Instant),
    Column("sent_at", Instant),
    Column("message_id", Int),
    _text("reason"),
    _flag("pinged"),
    CheckConstraint("state IN ('sending', 'waiting', 'sent', 'undeliverable', 'unknown', 'cancelled')", name="state"),
    CheckConstraint("route IN ('channel', 'notice', 'owner')", name="route"),
)
Index(
    "ix_deliveries_lease",
    deliveries.c.lease_until,
    sqlite_where=deliveries.c.state == "sending",
)
Index(
    "ix_deliveries_retry",
    deliveries.c.retry_at,
    sqlite_where=deliveries.c.state == "waiting",
)

personal_reminders = _table(
    "personal_reminders",
    _key(),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("sealed_text", LargeBinary, nullable=False),
    _text("about"),
    Column("deadline_id", Int, ForeignKey("deadlines.id", ondelete="SET NULL")),
    Column("lead_days", Int),
    Column("repeat", Text, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("local_time", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("until", Text),
    _flag("neutral"),
    Column("snoozes", Int, nullable=False, server_default="0"),
    Column("done_at", Instant),
    Column("revision", Int, nullable=False, server_default="1"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("draft_key", Text),
    _one_of("repeat", Repeat),
    Index(None, "person_id", "draft_key", unique=True),
    Index(None, "deadline_id"),
)

person_settings = _table(
    "person_settings",
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("zone", Text),
    Column("time_of_day", Text),
    Column("lead_days", Int),
    Column("updated_at", Instant, nullable=False),
    _flag("neutral"),
)

OWNERS = {
    "deadline_id": "deadlines",
    "action_id": "actions",
    "follow_up_id": "follow_ups",
    "personal_id": "personal_reminders",
}
"""The columns of whose a reminder is, each with its table. One of them at most; a word to organisers and a test have none.

What was sent outlives its owner, for as long as the ledger tells of it: whoever deletes an owner cancels what is still to
come in the same transaction.
"""

reminders = _table(
    "reminders",
    _key(),
    Column("kind", Text, nullable=False),
    *(Column(name, Int, ForeignKey(f"{table}.id", ondelete="SET NULL")) for name, table in OWNERS.items()),
    Column("rung", Text, nullable=False),
    _text("for_day"),
    Column("generation", Int, nullable=False, server_default="1"),
    Column("guild_id", Int),
    Column("channel_id", Int),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE")),
    Column("sealed_text", LargeBinary),
    Column("due_at", Instant, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("local_time", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("utc_offset", Int, nullable=False),
    Column("expires_at", Instant),
    Column("state", Text, nullable=False),
    Column("revision", Int, nullable=False, server_default="1"),
    Column("attempts", Int, nullable=False, server_default="0"),
    Column("delivery_id", Int, ForeignKey("deliveries.id", ondelete="SET NULL")),
    Column("sent_at", Instant),
    Column("message_id", Int),
    _text("reason"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    _flag("neutral"),
    Column("shown_at", Instant),
    _one_of("kind", ReminderKind),
    _one_of("state", ReminderState),
    CheckConstraint(
        f"{' + '.join(f'(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)' for name in OWNERS)}"
        " <= (CASE WHEN kind IN ('notice', 'test') THEN 0 ELSE 1 END)",
        name="owner",
    ),
    Index(None, "person_id"),
    Index(None, "delivery_id"),
)
Index(
    "ix_reminders_due",
    reminders.c.due_at,
    sqlite_where=reminders.c.state == "scheduled",
)
for _owner in OWNERS:
    # One index for each owner, with nothing in it that may be NULL: NULLs are distinct, and would let one through twice.
    Index(
        f"uq_reminders_{_owner.removesuffix('_id')}",
        reminders.c[_owner],
        func.coalesce(reminders.c.person_id, literal_column("0")),
        reminders.c.rung,
        reminders.c.for_day,
        reminders.c.generation,
        unique=True,
        sqlite_where=reminders.c[_owner].is_not(None),
    )

delivery_reminders = _table(
    "delivery_reminders",
    Column("delivery_id", Int, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("reminder_id", Int, ForeignKey("reminders.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Int, nullable=False),
    _flag("expired"),
    Index(None, "reminder_id"),
)

ledger = _table(
    "ledger",
    _key(),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("delivery_id", Int),
    _text("reminder_ids"),
    Column("guild_id", Int),
    _person("SET NULL"),
    _text("detail"),
    Column("late_seconds", Int),
    Column("attempt", Int, nullable=False, server_default="0"),
    Index(None, "delivery_id"),
    Index(None, "guild_id", "at"),
)

follow_ups = _table(
    "follow_ups",
    _key(),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("guild_id", Int),
    Column("constituency_id", Int),
    Column("recommendation", Text, nullable=False),
    Column("sent_on", Text, nullable=False),
    _text("checks"),
    Column("outcome", Text, nullable=False),
    Column("outcome_on", Text),
    Column("promised_on", Text),
    _flag("missed"),
    Column("keep_until", Text, nullable=False),
    Column("counted", Text),
    _one_of("outcome", Outcome),
    Index(None, "person_id"),
    Index(None, "keep_until"),
)

count_releases = _table(
    "count_releases",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("decided_at", Instant, nullable=False),
    _text("figures"),
    _flag("letters"),
)

sketches = _table(
    "sketches",
    _key(),
    Column("guild_id", Int, nullable=False),
    Column("draft", LargeBinary, nullable=False),
    Column("made_on", Text, nullable=False),
    Column("pieces", LargeBinary, nullable=False),
    UniqueConstraint("guild_id", "draft"),
    Index(None, "made_on"),
)

kept = _table(
    "kept",
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

watched_committees = _table(
    "watched_committees",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("committee_id", Int, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("house", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

publications = _table(
    "publications",
    Column("publication_id", Int, primary_key=True, autoincrement=False),
    Column("committee_id", Int, nullable=False),
    Column("committee", Text, nullable=False),
    Column("house", Text, nullable=False),
    Column("title", Text, nullable=False),
    _text("paper"),
    Column("published_on", Text, nullable=False),
    _flag("expected"),
    Column("due_on", Text),
    _text("url"),
    Column("response_id", Int),
    Column("response_on", Text),
    _text("response_title"),
    _text("response_url"),
    Column("maybe_id", Int),
    Column("maybe_on", Text),
    _text("maybe_title"),
    _text("maybe_url"),
    Column("checked_at", Instant),
    _text("problem"),
    Index(None, "committee_id"),
)

publication_news = _table(
    "publication_news",
    Column("guild_id", Int, primary_key=True, autoincrement=False),
    Column("publication_id", Int, primary_key=True, autoincrement=False),
    Column("told_at", Instant, nullable=False),
)

actions = _table(
    "actions",
    _key(),
    Column("guild_id", Int, nullable=False),
    Column("deadline_id", Int, ForeignKey("deadlines.id", ondelete="SET NULL")),
    Column("title", Text, nullable=False),
    Column("centre_on", Text, nullable=False),
    Column("state", Text, nullable=False),
    _text("items"),
    _text("template"),
    _text("outcome"),
    Column("ended_on", Text),
    Column("event_id", Int),
    Column("revision", Int, nullable=False, server_default="1"),
    _person("SET NULL"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("state IN ('draft', 'approved', 'done', 'cancelled', 'archived')", name="state"),
    Index(None, "guild_id"),
    Index(None, "deadline_id"),
)

action_steps = _table(
    "action_steps",
    Column("action_id", Int, ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("on_date", Text, nullable=False),
    Column("title", Text, nullable=False),
    _text("text"),
)

action_joins = _table(
    "action_joins",
    Column("action_id", Int, ForeignKey("actions.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Int, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("joined_at", Instant, nullable=False),
    Index(None, "person_id"),
)

deadline_facts = _table(
    "deadline_facts",
    _key(),
    Column("deadline_id", Int, ForeignKey("deadlines.id", ondelete="CASCADE"), nullable=False),
    Column("fact", Text, nullable=False),
    Column("on_date", Text),
    _flag("own"),
    _person("SET NULL"),
    Column("at", Instant, nullable=False),
    _one_of("fact", Fact),
    Index(None, "deadline_id"),
)

letter_templates = _table(
    "letter_templates",
    _key(),
    Column("guild_id", Int, nullable=False),
    _flag("series"),
    _flag("version"),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Int, nullable=False, server_default="1"),
    _person("SET NULL"),
    Column("approver_id", Int, ForeignKey("people.id", ondelete="SET NULL"), nullable=True),
    Column("updated_at", Instant, nullable=False),
    _one_of("state", TemplateState),
    Index(None, "guild_id"),
)

processes = _table(
    "processes",
    Column("process", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("version", Text, nullable=False),
    Column("shards", Text, nullable=False, server_default=""),
)
"""Which processes share this database on a server, by a random name of each run. A SQLite file has one, and no row."""

leases = _table(
    "leases",
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
)
"""What one process does for all, and until when it is believed to be there."""
