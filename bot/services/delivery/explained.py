"""Why a message was posted: the rule, the working, who asked for it in general words, and what the ledger says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import LONDON
from bot.domain.dates.times import say_time
from bot.domain.deadlines import days
from bot.domain.group_events import event_rung_words
from bot.domain.reminders import MONTHLY, THIS_WEEK, CivilTime, Reminder, ReminderKind, rung_words
from bot.domain.reports import long_date
from bot.services.delivery.event_words import event_working
from bot.services.ports.deliveries import DeliveryRecord, DueReminder, LedgerEntry, PlanStep, Told

LEDGER_NAMED = 3
"""Reminders that a line of the ledger names."""

_ABOUT = {
    ReminderKind.DUE: "A reminder for the day itself",
    ReminderKind.ANSWERED: "News about this date",
    ReminderKind.PROMISED: "News: a new date was promised",
    ReminderKind.CORRECTED: "News: the date was corrected",
    ReminderKind.PERSONAL: "A private reminder",
    ReminderKind.FOLLOW_UP: "A private follow-up on a letter",
    ReminderKind.ACTION: "A step of a plan",
    ReminderKind.EVENT_NEWS: "News: one of the group's own events changed",
    ReminderKind.NOTICE: "A message for organisers about reminders",
    ReminderKind.TEST: "A test that an organiser asked for",
}

_NOTICES = {
    "answers-read": "News for organisers: Postbag has read a Government response",
    "coming-up": "News for organisers: what is coming up in Parliament",
    "completed": "News for organisers: a report was completed from Parliament's record",
    "doubt": "A message for organisers: a member reported a mistake",
    "maybe-answered": "News for organisers: a Government response may be out",
    "members-changed": "News for organisers: MPs or ministers have changed",
    "new-report": "News for organisers: a committee published a report",
    "own-words": "A message for organisers: posts to come are in words that one of you typed",
    "question-news": "News about a question your group follows",
    "second": "A message for organisers: a change is waiting for a second organiser",
    THIS_WEEK: "Your group's week, a post each Monday that an organiser chose in /admin settings",
}
"""What a notice is about, by the template it was written from."""


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
    told = [*((found, False) for found in record.due), *((found, True) for found in record.expired)]
    zone = next((found.reminder.civil.zone for found, _ in told if found.reminder.civil.zone != "UTC"), LONDON.key)
    items = []
    said: set[tuple[str, ...]] = set()
    for found, missed in told:
        item = _item(found, now, zone, missed=missed)
        working = (item.title, item.rule, *item.working)
        items.append(replace(item, rule="", working=(), source_title="") if working in said else item)
        said.add(working)
    return WhyThisMessage(tuple(items), tuple(_line(entry, ZoneInfo(zone)) for entry in record.ledger))


def _item(found: DueReminder, now: datetime, zone: str, *, missed: bool) -> WhyItem:
    reminder, deadline = found.reminder, found.deadline
    item = WhyItem(
        title=deadline.title if deadline is not None else "",
        about=_about(reminder),
        planned=_planned(reminder.civil, zone),
        due_at=reminder.due_at,
        set_by=_set_by(reminder),
        missed=missed,
    )
    if found.event is not None:
        return replace(
            item,
            title=found.event.title,
            rule="an organiser added it as one of the group's own events",
            working=event_working(found.event, now),
            source_title="The event's page" if found.event.url else "",
            source_url=found.event.url,
        )
    if found.step is not None:
        item = replace(
            item,
            title=found.step.title or "A plan of the group",
            about=f"A step of a plan: {found.step.step}" if found.step.step else item.about,
            rule="the step counts from a deadline" if found.step.by_clock else "organisers chose the day of the plan",
            working=_plan_working(found.step),
        )
    if deadline is None:
        return item
    if found.step is not None:
        return replace(
            item,
            rule=f"{item.rule}; {deadline.rule.words}",
            working=(
                *item.working,
                f"The deadline: {deadline.title}",
                *deadline.working(now.astimezone(LONDON).date()),
            ),
            source_title=deadline.source_title or deadline.rule.source_title,
            source_url=deadline.source_url or deadline.rule.source_url,
        )
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


def _plan_working(step: PlanStep) -> tuple[str, ...]:
    """Say which day a plan counts from, and where its step lies."""
    lines = [f"The plan's day: {long_date(step.centre_on)}"]
    if step.on is not None:
        away = (step.on - step.centre_on).days
        side = "on the plan's day" if not away else f"{days(abs(away))} {'after' if away > 0 else 'before'} it"
        lines.append(f"This step: {long_date(step.on)}, {side}")
    return tuple(lines)


def ledger_words(told: Sequence[Told]) -> str:
    """Say what a line of the ledger is about: which step of which plan, which reminder of which clock, and where it went."""
    said = []
    for one in told[:LEDGER_NAMED]:
        what = one.step or (
            event_rung_words(one.rung)
            if one.kind is ReminderKind.EVENT
            else rung_words(one.kind, one.rung)
            if one.kind in (ReminderKind.BEFORE, ReminderKind.DUE, ReminderKind.OVERDUE)
            else _notice(one.rung)
            if one.kind is ReminderKind.NOTICE
            else _ABOUT.get(one.kind, "A reminder")
        )
        place = "in a direct message" if one.channel_id is None else "in the channel"
        said.append(f"{one.title}: {what}, {place}" if one.title else f"{what}, {place}")
    more = len(told) - LEDGER_NAMED
    return "; ".join((*dict.fromkeys(said), *((f"and {more} more",) if more > 0 else ())))


def _about(reminder: Reminder) -> str:
    if reminder.kind is ReminderKind.EVENT:
        return f"A reminder of an event: {event_rung_words(reminder.rung).lower()}"
    if reminder.kind is ReminderKind.OVERDUE and reminder.rung == MONTHLY:
        return "A monthly reminder while the answer is overdue"
    if reminder.kind in (ReminderKind.BEFORE, ReminderKind.OVERDUE):
        return f"A reminder for {rung_words(reminder.kind, reminder.rung)} the date"
    if reminder.kind is ReminderKind.NOTICE:
        return _notice(reminder.rung)
    return _ABOUT.get(reminder.kind, "A reminder")


def _notice(template: str) -> str:
    if template.startswith("protection"):
        return "A message about a group's protections: one was turned on or off, or soon will be"
    return _NOTICES.get(template, _ABOUT[ReminderKind.NOTICE])


def _planned(civil: CivilTime, zone: str) -> str:
    """Say a planned moment in the one zone of the card."""
    at = civil.instant().astimezone(ZoneInfo(zone))
    on, clock = (civil.on, civil.at) if civil.zone == zone else (at.date(), at.time())
    said = f"Planned for {say_time(clock)} on {long_date(on)}, {_place(zone)} time"
    return f"{said}. {civil.change_note}" if civil.change_note else said


def _set_by(reminder: Reminder) -> str:
    if reminder.kind is ReminderKind.NOTICE:
        return "Postbag itself"
    return "you" if reminder.person_id is not None else "an organiser of this group"


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _line(entry: LedgerEntry, zone: ZoneInfo) -> str:
    at = entry.at.astimezone(zone)
    said = f"{entry.event.capitalize()} at {at:%H:%M:%S} on {long_date(at.date())}, {_place(zone.key)} time"
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
