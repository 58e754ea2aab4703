"""Every table. Whoever asks for one has them all, since what walks the schema must miss none.

A table refers to a person by our own id: only ``people`` holds a Discord user id, sealed.
"""

from storage.schema.columns import EPOCH, MICROSECOND, Instant, metadata, stored_value
from storage.schema.dates import deadline_facts, deadlines, group_events
from storage.schema.delivery import OWNERS, deliveries, delivery_reminders, ledger, reminders
from storage.schema.groups import audit, group_news, guilds, people, waiting_changes
from storage.schema.installation import kept, leases, processes
from storage.schema.letters import count_releases, follow_ups, letter_templates, sketches
from storage.schema.members import constituencies, staged_pages
from storage.schema.plans import action_joins, action_steps, actions
from storage.schema.private import person_settings, personal_reminders
from storage.schema.reports import (
    follows,
    imported_reports,
    publication_news,
    publications,
    record_steps,
    records,
    report_drafts,
    watched_committees,
)
from storage.schema.said import followed_questions, look_words, said, said_looks, said_signatures, said_terms

__all__ = [
    "EPOCH",
    "MICROSECOND",
    "OWNERS",
    "Instant",
    "action_joins",
    "action_steps",
    "actions",
    "audit",
    "constituencies",
    "count_releases",
    "deadline_facts",
    "deadlines",
    "deliveries",
    "delivery_reminders",
    "follow_ups",
    "followed_questions",
    "follows",
    "group_events",
    "group_news",
    "guilds",
    "imported_reports",
    "kept",
    "leases",
    "ledger",
    "letter_templates",
    "look_words",
    "metadata",
    "people",
    "person_settings",
    "personal_reminders",
    "processes",
    "publication_news",
    "publications",
    "record_steps",
    "records",
    "reminders",
    "report_drafts",
    "said",
    "said_looks",
    "said_signatures",
    "said_terms",
    "sketches",
    "staged_pages",
    "stored_value",
    "waiting_changes",
    "watched_committees",
]
