"""What may be held about a person, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing kept: ``table`` it is in, ``what`` in plain words, ``until`` in plain words, ``after`` as a time."""

    table: str
    what: str
    until: str
    after: timedelta | None = None


DRAFT_KEPT = timedelta(minutes=60)
PERSONAL_REMINDER_KEPT = timedelta(days=7)
UNDELIVERED_KEPT = timedelta(days=90)
NOTICE_WORDS_KEPT = timedelta(days=14)
"""How long the words of a message for a group are kept where they could not be delivered."""
FOLLOW_UP_KEPT = timedelta(days=90)
LEDGER_KEPT = timedelta(days=400)
LEDGER_PEOPLE_KEPT = timedelta(days=30)
SKETCH_KEPT = timedelta(days=28)
REMOVED_GUILD_KEPT = timedelta(days=7)
BACKUP_KEPT = timedelta(days=7)

RETENTION = (
    Kept("people", "your Discord user id, encrypted", "nothing else below needs it, or you use /privacy forget-me"),
    Kept("guilds", "that you last saved a group's settings", "someone else saves them, or you use /privacy forget-me"),
    Kept(
        "deadlines",
        "that you recorded a group's date",
        "you use /privacy forget-me (the date stays, without you)",
    ),
    Kept(
        "group_events",
        "that you recorded a group's date",
        "you use /privacy forget-me (the date stays, without you)",
    ),
    Kept(
        "deadline_facts",
        "that you recorded something about a group's date",
        "you use /privacy forget-me (what was recorded stays, without you)",
    ),
    Kept(
        "personal_reminders",
        "your private reminders, their words encrypted, what each is about, and the group you set it in",
        "7 days after each is done",
        PERSONAL_REMINDER_KEPT,
    ),
    Kept(
        "reminders",
        "the times of your private reminders",
        "7 days after each was delivered or shown to you; 90 days if it could not be",
        PERSONAL_REMINDER_KEPT,
    ),
    Kept(
        "person_settings",
        "your own time zone and reminder settings",
        "you use /privacy forget-me",
    ),
    Kept(
        "actions",
        "that you last changed a group's plan",
        "you use /privacy forget-me (the plan stays, without you)",
    ),
    Kept(
        "action_joins",
        "that you signed up for a group's plan, which nobody can see",
        "30 days after the plan ends, or you leave it",
    ),
    Kept(
        "follow_ups",
        "that you sent a letter: what about, for which constituency, in which group, whether you had a reply, and a question you follow",
        "90 days after Postbag last asks",
        FOLLOW_UP_KEPT,
    ),
    Kept(
        "record_steps",
        "that you recorded, confirmed or undid an answer or evidence",
        "you use /privacy forget-me (what was recorded stays, without you)",
    ),
    Kept(
        "imported_reports",
        "that you imported a report for a group",
        "you use /privacy forget-me (the report stays, without you)",
    ),
    Kept(
        "letter_templates",
        "that you wrote or approved a group's letter template",
        "you use /privacy forget-me (the template stays, without you)",
    ),
    Kept(
        "waiting_changes",
        "your request to protect a group less",
        "it is agreed or withdrawn, within a day",
    ),
    Kept("audit", "what you changed as an organiser", "30 days", LEDGER_PEOPLE_KEPT),
    Kept("deliveries", "a private message being delivered to you", "30 days after it was sent", LEDGER_PEOPLE_KEPT),
    Kept("ledger", "that something was delivered to you", "30 days", LEDGER_PEOPLE_KEPT),
)
"""Every table that refers to a person. ``storage.schema`` is tested against it: a new reference needs a row here."""
