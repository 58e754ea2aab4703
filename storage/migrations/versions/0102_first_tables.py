"""The first tables. Databases of versions below this one were never released, and are refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = None

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "constituencies",
        sa.Column("constituency_id", Int, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member_id", Int, nullable=True),
        sa.Column("display_as", sa.Text(), server_default="", nullable=False),
        sa.Column("full_title", sa.Text(), server_default="", nullable=False),
        sa.Column("address_as", sa.Text(), server_default="", nullable=False),
        sa.Column("list_as", sa.Text(), server_default="", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("post", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("constituency_id", name=op.f("pk_constituencies")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "count_releases",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("decided_at", Int, nullable=False),
        sa.Column("figures", sa.Text(), server_default="", nullable=False),
        sa.Column("letters", Int, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_count_releases")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "follows",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("since", Int, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "report", name=op.f("pk_follows")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "kept",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", Int, nullable=False),
        sa.Column("generation", Int, server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "processes",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("started_at", Int, nullable=False),
        sa.Column("seen_at", Int, nullable=False),
        sa.Column("counted_at", Int, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("shards", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_processes")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "people",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_user_id", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("lookup", name=op.f("uq_people_lookup")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "publication_news",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("publication_id", Int, autoincrement=False, nullable=False),
        sa.Column("told_at", Int, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "publication_id", name=op.f("pk_publication_news")),
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
        sa.Column("session", sa.Text(), server_default="", nullable=False),
        sa.Column("ordinal", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publications")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_publications_committee_id"), "publications", ["committee_id"], unique=False)
    op.create_table(
        "records",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("said_by", sa.Text(), server_default="", nullable=False),
        sa.Column("dated_on", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("was", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("kept_at", Int, nullable=True),
        sa.CheckConstraint("kind IN ('answer', 'evidence')", name=op.f("ck_records_kind")),
        sa.CheckConstraint("state IN ('draft', 'proposed', 'confirmed', 'undone')", name=op.f("ck_records_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_records_guild_id_report_item"), "records", ["guild_id", "report", "item"], unique=False)
    op.create_table(
        "report_drafts",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.CheckConstraint("kind IN ('report', 'answers')", name=op.f("ck_report_drafts_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_drafts")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_report_drafts_guild_id"), "report_drafts", ["guild_id"], unique=False)
    op.create_table(
        "sketches",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.Column("pieces", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketches")),
        sa.UniqueConstraint("guild_id", "draft", name=op.f("uq_sketches_guild_id_draft")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sketches_made_on"), "sketches", ["made_on"], unique=False)
    op.create_table(
        "staged_pages",
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("number", Int, autoincrement=False, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("list", "number", name=op.f("pk_staged_pages")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
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
        "audit",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_audit_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audit_guild_id"), "audit", ["guild_id"], unique=False)
    op.create_table(
        "deadlines",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("source_title", sa.Text(), server_default="", nullable=False),
        sa.Column("source_url", sa.Text(), server_default="", nullable=False),
        sa.Column("promised_on", sa.Text(), nullable=True),
        sa.Column("promised_url", sa.Text(), server_default="", nullable=False),
        sa.Column("partly_on", sa.Text(), nullable=True),
        sa.Column("partly_url", sa.Text(), server_default="", nullable=False),
        sa.Column("received_on", sa.Text(), nullable=True),
        sa.Column("received_url", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn_on", sa.Text(), nullable=True),
        sa.Column("lapsed_on", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("note_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", Int, nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.Column("ladder", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('government response', 'expected answer', 'own date', 'review', 'bill stage', 'written question')",
            name=op.f("ck_deadlines_kind"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_deadlines_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_deadlines_guild_id"), "deadlines", ["guild_id"], unique=False)
    op.create_index(
        "uq_deadlines_report",
        "deadlines",
        ["guild_id", "report", "kind"],
        unique=True,
        sqlite_where=sa.text("report IS NOT NULL"),
        postgresql_where=sa.text("report IS NOT NULL"),
    )
    op.create_table(
        "group_events",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("minutes", Int, server_default="0", nullable=False),
        sa.Column("by_clock", Int, server_default="0", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("repeat", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("moved", sa.Text(), server_default="", nullable=False),
        sa.Column("days", sa.Text(), nullable=True),
        sa.Column("aloud", Int, server_default="0", nullable=False),
        sa.Column("off_on", sa.Text(), nullable=True),
        sa.Column("draft_key", sa.Text(), nullable=True),
        sa.Column("scheduled_event_id", Int, nullable=True),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint(
            "kind IN ('meeting', 'vote', 'lobby day', 'debate', 'consultation closes', 'other', 'post')",
            name=op.f("ck_group_events_kind"),
        ),
        sa.CheckConstraint(
            "repeat IN ('once', 'daily', 'weekdays', 'weekly', '2-weekly', 'monthly', 'nth-day', 'last-day', 'end', 'quarter', 'yearly')",
            name=op.f("ck_group_events_repeat"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_group_events_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_events")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_group_events_guild_id_draft_key"), "group_events", ["guild_id", "draft_key"], unique=True
    )
    op.create_table(
        "deliveries",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("channel_id", Int, nullable=True),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("due_at", Int, nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("lease_until", Int, nullable=True),
        sa.Column("attempts", Int, server_default="0", nullable=False),
        sa.Column("first_failed_at", Int, nullable=True),
        sa.Column("attempted_at", Int, nullable=True),
        sa.Column("retry_at", Int, nullable=True),
        sa.Column("sent_at", Int, nullable=True),
        sa.Column("message_id", Int, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("pinged", Int, server_default="0", nullable=False),
        sa.CheckConstraint("route IN ('channel', 'notice', 'owner')", name=op.f("ck_deliveries_route")),
        sa.CheckConstraint(
            "state IN ('sending', 'waiting', 'sent', 'undeliverable', 'unknown', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_deliveries_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_deliveries_lease",
        "deliveries",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_deliveries_retry",
        "deliveries",
        ["retry_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("person_id", Int, nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("constituency_id", Int, nullable=True),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_on", sa.Text(), nullable=True),
        sa.Column("promised_on", sa.Text(), nullable=True),
        sa.Column("missed", Int, server_default="0", nullable=False),
        sa.Column("question", sa.Text(), server_default="", nullable=False),
        sa.Column("question_number", sa.Text(), server_default="", nullable=False),
        sa.Column("question_on", sa.Text(), nullable=True),
        sa.Column("question_state", sa.Text(), server_default="", nullable=False),
        sa.Column("question_changed_on", sa.Text(), nullable=True),
        sa.Column("keep_until", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'answered', 'stock reply', 'only acknowledged', 'nothing', 'promised a date', 'passed to a minister', 'tabled a question', 'do not ask again')",
            name=op.f("ck_follow_ups_outcome"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_follow_ups_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_follow_ups_keep_until"), "follow_ups", ["keep_until"], unique=False)
    op.create_index(op.f("ix_follow_ups_person_id"), "follow_ups", ["person_id"], unique=False)
    op.create_table(
        "guilds",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("channel_id", Int, nullable=True),
        sa.Column("notice_channel_id", Int, nullable=True),
        sa.Column("organiser_role_id", Int, nullable=True),
        sa.Column("ping_role_id", Int, nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("time_of_day", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_until", sa.Text(), nullable=True),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("monthly", Int, server_default="1", nullable=False),
        sa.Column("aloud", Int, server_default="0", nullable=False),
        sa.Column("high_risk", Int, server_default="1", nullable=False),
        sa.Column("second_confirms", Int, server_default="0", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("revision", Int, nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.Column("left_at", Int, nullable=True),
        sa.Column("channel_problem_at", Int, nullable=True),
        sa.Column("days_off", sa.Text(), server_default="", nullable=False),
        sa.Column("pings_a_day", Int, server_default="1", nullable=False),
        sa.Column("pings_a_week", Int, server_default="3", nullable=False),
        sa.Column("risk_answered", Int, server_default="0", nullable=False),
        sa.Column("weekly", Int, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_guilds_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_guilds")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "imported_reports",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_imported_reports_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("guild_id", "report", name=op.f("pk_imported_reports")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "ledger",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("at", Int, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("delivery_id", Int, nullable=True),
        sa.Column("reminder_ids", sa.Text(), server_default="", nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("late_seconds", Int, nullable=True),
        sa.Column("attempt", Int, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ledger_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_ledger_delivery_id"), "ledger", ["delivery_id"], unique=False)
    op.create_index(op.f("ix_ledger_guild_id_at"), "ledger", ["guild_id", "at"], unique=False)
    op.create_table(
        "letter_templates",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("series", Int, server_default="0", nullable=False),
        sa.Column("version", Int, server_default="0", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("approver_id", Int, nullable=True),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'live', 'earlier', 'retired')", name=op.f("ck_letter_templates_state")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["people.id"], name=op.f("fk_letter_templates_approver_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_letter_templates_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_templates")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_letter_templates_guild_id"), "letter_templates", ["guild_id"], unique=False)
    op.create_table(
        "person_settings",
        sa.Column("person_id", Int, autoincrement=False, nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("time_of_day", sa.Text(), nullable=True),
        sa.Column("lead_days", Int, nullable=True),
        sa.Column("updated_at", Int, nullable=False),
        sa.Column("neutral", Int, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_settings_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_settings")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "record_steps",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("record_id", Int, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.CheckConstraint("event IN ('recorded', 'confirmed', 'undone', 'undo asked')", name=op.f("ck_record_steps_event")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_record_steps_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_steps_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_steps")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_record_steps_record_id"), "record_steps", ["record_id"], unique=False)
    op.create_table(
        "waiting_changes",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("asked_at", Int, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_waiting_changes_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("guild_id", "name", name=op.f("pk_waiting_changes")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "actions",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("guild_id", Int, nullable=False),
        sa.Column("deadline_id", Int, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("centre_on", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), server_default="", nullable=False),
        sa.Column("template", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.Column("joined_count", Int, server_default="0", nullable=False),
        sa.Column("joined_counted_on", sa.Text(), server_default="", nullable=False),
        sa.Column("event_id", Int, nullable=True),
        sa.Column("group_event_id", Int, nullable=True),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'done', 'cancelled', 'archived')", name=op.f("ck_actions_state")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_actions_deadline_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_event_id"], ["group_events.id"], name=op.f("fk_actions_group_event_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_actions_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_actions_deadline_id"), "actions", ["deadline_id"], unique=False)
    op.create_index(op.f("ix_actions_guild_id"), "actions", ["guild_id"], unique=False)
    op.create_index(op.f("ix_actions_group_event_id"), "actions", ["group_event_id"], unique=False)
    op.create_table(
        "deadline_facts",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("deadline_id", Int, nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Text(), nullable=True),
        sa.Column("own", Int, server_default="0", nullable=False),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("at", Int, nullable=False),
        sa.CheckConstraint(
            "fact IN ('due', 'promised', 'partly', 'received', 'withdrawn', 'lapsed')",
            name=op.f("ck_deadline_facts_fact"),
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_facts_deadline_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_deadline_facts_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_facts")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_deadline_facts_deadline_id"), "deadline_facts", ["deadline_id"], unique=False)
    op.create_table(
        "personal_reminders",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("person_id", Int, nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("deadline_id", Int, nullable=True),
        sa.Column("lead_days", Int, nullable=True),
        sa.Column("group_event_id", Int, nullable=True),
        sa.Column("event_day", sa.Text(), nullable=True),
        sa.Column("event_starts", sa.Text(), nullable=True),
        sa.Column("repeat", sa.Text(), nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("neutral", Int, server_default="0", nullable=False),
        sa.Column("snoozes", Int, server_default="0", nullable=False),
        sa.Column("done_at", Int, nullable=True),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.Column("draft_key", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "repeat IN ('once', 'daily', 'weekdays', 'weekly', '2-weekly', 'monthly', 'nth-day', 'last-day', 'end', 'quarter', 'yearly')", name=op.f("ck_personal_reminders_repeat")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_personal_reminders_deadline_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_event_id"],
            ["group_events.id"],
            name=op.f("fk_personal_reminders_group_event_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_personal_reminders_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_reminders")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_personal_reminders_deadline_id"), "personal_reminders", ["deadline_id"], unique=False)
    op.create_index(
        op.f("ix_personal_reminders_group_event_id"), "personal_reminders", ["group_event_id"], unique=False
    )
    op.create_index(
        op.f("ix_personal_reminders_person_id_draft_key"), "personal_reminders", ["person_id", "draft_key"], unique=True
    )
    op.create_table(
        "action_joins",
        sa.Column("action_id", Int, nullable=False),
        sa.Column("person_id", Int, nullable=False),
        sa.Column("joined_at", Int, nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_joins_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_action_joins_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("action_id", "person_id", name=op.f("pk_action_joins")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_joins_person_id"), "action_joins", ["person_id"], unique=False)
    op.create_table(
        "action_steps",
        sa.Column("action_id", Int, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("mark", sa.Text(), server_default="", nullable=False),
        sa.Column("was_on", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("mark IN ('', 'skipped', 'brought')", name=op.f("ck_action_steps_mark")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_steps_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("action_id", "step", name=op.f("pk_action_steps")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "reminders",
        sa.Column("id", Int, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("deadline_id", Int, nullable=True),
        sa.Column("action_id", Int, nullable=True),
        sa.Column("follow_up_id", Int, nullable=True),
        sa.Column("personal_id", Int, nullable=True),
        sa.Column("group_event_id", Int, nullable=True),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("for_day", sa.Text(), server_default="", nullable=False),
        sa.Column("generation", Int, server_default="1", nullable=False),
        sa.Column("guild_id", Int, nullable=True),
        sa.Column("channel_id", Int, nullable=True),
        sa.Column("person_id", Int, nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", Int, nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("utc_offset", Int, nullable=False),
        sa.Column("expires_at", Int, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", Int, server_default="1", nullable=False),
        sa.Column("attempts", Int, server_default="0", nullable=False),
        sa.Column("delivery_id", Int, nullable=True),
        sa.Column("sent_at", Int, nullable=True),
        sa.Column("message_id", Int, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Int, nullable=False),
        sa.Column("updated_at", Int, nullable=False),
        sa.Column("neutral", Int, server_default="0", nullable=False),
        sa.Column("shown_at", Int, nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN deadline_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN action_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN follow_up_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN personal_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN group_event_id IS NULL THEN 0 ELSE 1 END) <= (CASE WHEN kind IN ('notice', 'test') THEN 0 ELSE 1 END)",
            name=op.f("ck_reminders_owner"),
        ),
        sa.CheckConstraint(
            "kind IN ('before', 'due', 'overdue', 'answered', 'promised', 'corrected', 'personal', 'follow-up', 'action', 'event', 'event-news', 'notice', 'test')",
            name=op.f("ck_reminders_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('scheduled', 'sending', 'sent', 'undeliverable', 'unknown', 'cancelled', 'expired')",
            name=op.f("ck_reminders_state"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_reminders_action_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_reminders_deadline_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_reminders_delivery_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_reminders_follow_up_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_event_id"], ["group_events.id"], name=op.f("fk_reminders_group_event_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminders_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["personal_id"], ["personal_reminders.id"], name=op.f("fk_reminders_personal_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reminders_delivery_id"), "reminders", ["delivery_id"], unique=False)
    op.create_index(
        "ix_reminders_due",
        "reminders",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(op.f("ix_reminders_person_id"), "reminders", ["person_id"], unique=False)
    op.create_table(
        "delivery_reminders",
        sa.Column("delivery_id", Int, nullable=False),
        sa.Column("reminder_id", Int, nullable=False),
        sa.Column("revision", Int, nullable=False),
        sa.Column("expired", Int, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_reminders_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"], ["reminders.id"], name=op.f("fk_delivery_reminders_reminder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "reminder_id", name=op.f("pk_delivery_reminders")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_delivery_reminders_reminder_id"), "delivery_reminders", ["reminder_id"], unique=False)
    op.create_table(
        "said",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Text(), nullable=False),
        sa.Column("newest", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("house", sa.Text(), server_default="", nullable=False),
        sa.Column("member_id", Int, nullable=True),
        sa.Column("member", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Text(), nullable=True),
        sa.Column("corrected_on", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("is_cut", Int, server_default="0", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", Int, nullable=False),
        sa.Column("signed_count", Int, nullable=True),
        sa.Column("signed_at", Int, nullable=True),
        sa.Column("signed_tried_at", Int, nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_said")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_said_member_id"), "said", ["member_id"], unique=False)
    op.create_table(
        "said_signatures",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("member_id", Int, autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), server_default="", nullable=False),
        sa.Column("signed_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["kind", "key"], ["said.kind", "said.key"], name="fk_said_signatures_kind", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "key", "member_id", name=op.f("pk_said_signatures")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_said_signatures_member_id"), "said_signatures", ["member_id"], unique=False)
    op.create_table(
        "said_terms",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kind", "key"], ["said.kind", "said.key"], name="fk_said_terms_kind", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("term", "kind", "key", name=op.f("pk_said_terms")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_said_terms_kind_key"), "said_terms", ["kind", "key"], unique=False)
    op.create_table(
        "said_looks",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=True),
        sa.Column("looked_at", Int, nullable=True),
        sa.Column("tried_at", Int, nullable=False),
        sa.Column("total", Int, server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("term", "kind", name=op.f("pk_said_looks")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "followed_questions",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("tabled_on", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Int, nullable=False),
        sa.Column("looked_at", Int, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "key", name=op.f("pk_followed_questions")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "group_news",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "name", name=op.f("pk_group_news")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "look_words",
        sa.Column("guild_id", Int, autoincrement=False, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text()),
        sa.PrimaryKeyConstraint("guild_id", "report", "item", name=op.f("pk_look_words")),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )

    for owner in ("deadline", "action", "follow_up", "personal", "group_event"):
        op.create_index(
            f"uq_reminders_{owner}",
            "reminders",
            [f"{owner}_id", sa.text("coalesce(person_id, 0)"), "rung", "for_day", "generation"],
            unique=True,
            sqlite_where=sa.text(f"{owner}_id IS NOT NULL"),
            postgresql_where=sa.text(f"{owner}_id IS NOT NULL"),
        )
