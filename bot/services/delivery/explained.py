"""Why a message was posted: the rule, the working, who asked for it in general words, and what the ledger says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import LONDON
from bot.domain.deadlines import days
from bot.domain.group_events import event_rung_words
from bot.domain.reminders import MONTHLY, CivilTime, Reminder, ReminderKind, rung_words
from bot.domain.reports import long_date
from bot.services.delivery.event_words import event_working
from bot.services.ports.deliveries import DeliveryRecord, DueReminder, LedgerEntry

_ABOUT = {
    ReminderKind.DUE: "A reminder for the day itself",
    ReminderKind.ANSWERED: "News about this date",
    ReminderKind.PROMISED: "News: a new date was promised",
    ReminderKind.CORRECTED: "News: the date was corrected",
    ReminderKind.PERSONAL: "A private reminder",
    ReminderKind.FOLLOW_UP: "A private follow-up on a letter",
    ReminderKind.ACTION: "A step of a plan",
    ReminderKind.EVENT_NEWS: "News: an event of the group's own changed",
    ReminderKind.NOTICE: "A message for organisers about reminders",
    ReminderKind.TEST: "A test that an organiser asked for",
}


@dataclass(frozen=True, slots=True)
class WhyItem:
    """One reminder of a message. ``rule`` and ``working`` are empty where no deadline is behind it."""

    title: str
    about: str
    planned: str
    due_at: datetime
    rule: str = ""
    working: tuple[str, ...] = ()
    source_title: str = ""
    source_url: str = ""
    set_by: str = ""
    missed: bool = False


@dataclass(frozen=True, slots=True)
class WhyThisMessage:
    """What is shown to whoever presses *Why this message?*: each reminder, and the ledger's lines in plain words."""

    items: tuple[WhyItem, ...]
    history: tuple[str, ...]


def explain(record: DeliveryRecord, now: datetime) -> WhyThisMessage:
    """Put a delivery's record into words."""
    items = [_item(found, now, missed=False) for found in record.due]
    items += [_item(found, now, missed=True) for found in record.expired]
    return WhyThisMessage(tuple(items), tuple(_line(entry) for entry in record.ledger))


def _item(found: DueReminder, now: datetime, *, missed: bool) -> WhyItem:
    reminder, deadline = found.reminder, found.deadline
    item = WhyItem(
        title=deadline.title if deadline is not None else "",
        about=_about(reminder),
        planned=_planned(reminder.civil),
        due_at=reminder.due_at,
        set_by=_set_by(reminder),
        missed=missed,
    )
    if found.event is not None:
        return replace(
            item,
            title=found.event.title,
            rule="an organiser set it as an event of the group's own",
            working=event_working(found.event, now),
            source_title="The event's page" if found.event.url else "",
            source_url=found.event.url,
        )
    if deadline is None:
        return item
    return WhyItem(
        title=deadline.title,
        about=item.about,
        planned=item.planned,
        due_at=item.due_at,
        rule=deadline.rule.words,
        working=deadline.working(now.astimezone(LONDON).date()),
        source_title=deadline.source_title or deadline.rule.source_title,
        source_url=deadline.source_url or deadline.rule.source_url,
        set_by=item.set_by,
        missed=missed,
    )


def _about(reminder: Reminder) -> str:
    if reminder.kind is ReminderKind.EVENT:
        return f"A reminder of an event: {event_rung_words(reminder.rung).lower()}"
    if reminder.kind is ReminderKind.OVERDUE and reminder.rung == MONTHLY:
        return "A monthly reminder while the date has passed without an answer"
    if reminder.kind in (ReminderKind.BEFORE, ReminderKind.OVERDUE):
        return f"A reminder for {rung_words(reminder.kind, reminder.rung)} the date"
    return _ABOUT.get(reminder.kind, "A reminder")


def _planned(civil: CivilTime) -> str:
    said = f"Planned for {civil.at:%H:%M} on {long_date(civil.on)}, {civil.zone.replace('_', ' ')} time"
    return f"{said}. {civil.change_note}" if civil.change_note else said


def _set_by(reminder: Reminder) -> str:
    if reminder.kind is ReminderKind.NOTICE:
        return "Postbag itself"
    return "you" if reminder.person_id is not None else "an organiser of this group"


def _line(entry: LedgerEntry) -> str:
    at = entry.at.astimezone(LONDON)
    said = f"{entry.event.capitalize()} at {at:%H:%M:%S} on {long_date(at.date())}, London time"
    if entry.event == "sent" and entry.late_seconds is not None:
        said += f", {said_late(entry.late_seconds)}"
    return f"{said}: {entry.detail}" if entry.detail else said


def said_late(seconds: int) -> str:
    """Say how late something was, in words."""
    return "on time" if seconds < 60 else f"{said_long(seconds)} late"


def said_long(seconds: int) -> str:
    """Say how long something took, in words."""
    if seconds < 3600:
        return f"{max(1, seconds // 60)} min"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours < 48 else days(hours // 24)
