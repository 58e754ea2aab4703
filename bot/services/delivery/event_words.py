"""What is said of an event of a group's own: before it, on its day, and where it changed. Nothing in it can be late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.domain.group_events import OFF, GroupEvent, GroupEventKind, Occurrence, day_of, repeat_words
from bot.domain.links import is_web_address
from bot.domain.reminders import LATE_AFTER, Reminder, ReminderKind
from bot.domain.reports import long_date
from bot.services.delivery.shortening import TITLE_SHOWN, shorten
from bot.services.ports.deliveries import DueReminder

EVENT_KINDS = frozenset({ReminderKind.EVENT, ReminderKind.EVENT_NEWS})


def event_template(found: DueReminder) -> str:
    """Name the template of a reminder of an event."""
    if found.reminder.kind is ReminderKind.EVENT_NEWS:
        return "event-off" if found.reminder.rung == OFF else "event-news"
    posted = found.event is not None and found.event.kind is GroupEventKind.POST and found.event.words
    return "event-post" if posted else "event"


def event_fields(found: DueReminder, now: datetime) -> Mapping[str, Any]:
    """Give what the templates of an event say."""
    event = found.event
    if event is None:
        raise ValueError("the event of this reminder is no longer in Postbag")
    if found.reminder.kind is ReminderKind.EVENT_NEWS:
        return _news(event, found.reminder.for_day, found.reminder.rung, now)
    taking_place = _occurrence(found)
    today = event.local_day(now)
    away = (taking_place.on - today).days if taking_place is not None else 0
    if event.kind is GroupEventKind.POST and event.words:
        return {"words": event.words}
    return {
        **_about(event),
        "when": taking_place.when if taking_place is not None else event.headline(now),
        "away": away,
        "kind": event.kind.value,
        "note": taking_place.change_note if taking_place is not None else "",
        "again": repeat_words(event) if event.repeats else "",
    }


def event_item(found: DueReminder, now: datetime, *, missed: bool = False) -> Mapping[str, Any]:
    """Give an event's line in a list of several reminders."""
    event, reminder = found.event, found.reminder
    late = missed or now - reminder.due_at > LATE_AFTER
    return {
        "title": shorten(event.title, TITLE_SHOWN) if event is not None else "An event",
        "headline": _line(event, reminder, now) if event is not None else "",
        "awaited": False,
        "corrected": False,
        "due_at": reminder.due_at if late else None,
    }


def event_where(found: DueReminder) -> str:
    """Say without naming anything why a date of the group needs a look."""
    if found.reminder.kind is ReminderKind.EVENT_NEWS:
        return "has news"
    return "is today" if found.reminder.rung == "0" else "is coming up"


def missed_once(due: Sequence[DueReminder], expired: Sequence[DueReminder]) -> list[DueReminder]:
    """Leave the last missed reminder of each clock and event, and none of one that is spoken of anyway: each says how it stands now."""
    spoken_of = {_stands_for(found) for found in due}
    kept: dict[object, DueReminder] = {}
    for found in expired:
        if (one := _stands_for(found)) not in spoken_of:
            kept[one] = found
    return list(kept.values())


def _stands_for(found: DueReminder) -> object:
    """Give what a reminder tells of: its event, its clock, or a thing of its own (a person's words, a step of a plan)."""
    if found.event is not None:
        return "event", found.event.group_event_id
    own = found.deadline is None or found.reminder.text or found.reminder.person_id is not None
    return ("own", id(found)) if own or found.deadline is None else ("clock", found.deadline.deadline_id)


def event_working(event: GroupEvent, now: datetime) -> tuple[str, ...]:
    """Say how the moment of a reminder of an event comes about, a line each."""
    lines = [f"When: {event.headline(now)}"]
    if event.repeats:
        lines.append(f"It repeats {repeat_words(event)}, from {long_date(event.on)}")
    if event.place:
        lines.append(f"Place: {event.place}")
    return tuple(lines)


def _line(event: GroupEvent, reminder: Reminder, now: datetime) -> str:
    if reminder.kind is not ReminderKind.EVENT_NEWS or event.off_on is not None:
        return event.headline(now)
    news = _news(event, reminder.for_day, reminder.rung, now)
    if news["off"]:
        return f"not on {news['off']}. {event.headline(now)}"
    return f"changed to {news['when']}"


def _news(event: GroupEvent, day: date | None, rung: str, now: datetime) -> Mapping[str, Any]:
    fields = {**_about(event), "off": "", "when": "", "following": ""}
    if event.off_on is not None:
        return fields
    here = event.occurrence_on(day) if day is not None else None
    coming = event.coming(now)
    if rung == OFF and day is not None and here is None:
        fields["off"] = long_date(day)
        fields["following"] = coming[0].when if coming else ""
        return fields
    fields["when"] = here.when if here is not None else event.headline(now)
    return fields


def _about(event: GroupEvent) -> dict[str, str]:
    return {
        "title": shorten(event.title, TITLE_SHOWN),
        "place": shorten(event.place, TITLE_SHOWN),
        "url": event.url if is_web_address(event.url) else "",
    }


def _occurrence(found: DueReminder) -> Occurrence | None:
    if found.event is None or found.reminder.for_day is None:
        return None
    return found.event.occurrence_on(day_of(found.reminder.rung, found.reminder.for_day))
