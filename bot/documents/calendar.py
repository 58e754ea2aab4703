"""A calendar file (.ics, RFC 5545). The only module that knows icalendar; it is loaded when the first one is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendars import CalendarEntry
from bot.services.ports import File

MAKER = "-//Postbag//Postbag//EN"
LASTS = timedelta(minutes=30)
"""How long an entry with a time of day is shown to last."""


def calendar_file(entries: Sequence[CalendarEntry], name: str, now: datetime, filename: str = "deadlines.ics") -> File:
    """Write entries as a calendar that can be taken in again and again: the same identity, a higher sequence.

    Nothing personal is in it: no organiser, no attendee, no alarm.
    """
    import icalendar

    class Words(icalendar.vText):
        """Text by RFC 5545, 3.3.11. The library takes a backslash before a capital N for a line break."""

        def to_ical(self) -> bytes:
            escaped = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
            return escaped.replace("\r\n", "\n").replace("\n", "\\n").encode()

    calendar = icalendar.Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", Words(name))
    for entry in entries:
        event = icalendar.Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", now)
        if entry.at is not None:
            starts = entry.at.instant().astimezone(ZoneInfo(entry.at.zone))
            event.add("dtstart", starts)
            event.add("dtend", starts + LASTS)
        else:
            event.add("dtstart", entry.on)
            event.add("dtend", entry.on + timedelta(days=1))
        event.add("summary", Words(entry.title))
        if entry.text:
            event.add("description", Words(entry.text))
        if entry.url:
            event.add("url", entry.url)
        if entry.category:
            event.add("categories", [entry.category])
        event.add("sequence", entry.sequence)
        event.add("created", entry.made_at or now)
        event.add("last-modified", entry.changed_at or entry.made_at or now)
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        event.add("class", "PUBLIC")
        calendar.add_component(event)
    if any(entry.at is not None for entry in entries):
        calendar.add_missing_timezones()
    return File(filename, "text/calendar", calendar.to_ical())
