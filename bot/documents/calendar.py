"""A calendar file (.ics, RFC 5545). The only module that knows icalendar; it is loaded when the first one is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.calendars import NEUTRAL_FILE, NEUTRAL_NAME, CalendarEntry
from bot.services.ports.files import File

MAKER = "-//Postbag//Postbag//EN"
NEUTRAL_MAKER = "-//Dates//Dates//EN"
"""Who made a file, where somebody asked that nothing be named in it."""


def calendar_file(
    entries: Sequence[CalendarEntry],
    name: str,
    now: datetime,
    filename: str = "deadlines.ics",
    *,
    neutral: bool = False,
) -> File:
    """Write entries as a calendar that can be taken in again and again: the same identity, a higher sequence.

    Nothing personal is in it: no organiser, no attendee. ``neutral``: nothing says whose dates they are, nor what made it.
    """
    import icalendar

    class Words(icalendar.vText):
        """Text by RFC 5545, 3.3.11. The library takes a backslash before a capital N for a line break."""

        def to_ical(self) -> bytes:
            escaped = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
            return escaped.replace("\r\n", "\n").replace("\n", "\\n").encode()

    calendar = icalendar.Calendar()
    calendar.add("prodid", NEUTRAL_MAKER if neutral else MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", Words(NEUTRAL_NAME if neutral else name))
    for entry in entries:
        event = icalendar.Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", now)
        if entry.starts is not None and entry.ends is not None:
            event.add("dtstart", entry.starts)  # in UTC, so that no list of time zones can be read wrong
            event.add("dtend", entry.ends)
        else:
            event.add("dtstart", entry.on)
            event.add("dtend", (entry.last_on or entry.on) + timedelta(days=1))
        event.add("summary", Words(entry.title))
        if entry.text:
            event.add("description", Words(entry.text))
        if entry.place:
            event.add("location", Words(entry.place))
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
        if entry.alarm is not None:
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", Words(entry.title))
            alarm.add("trigger", entry.alarm)
            event.add_component(alarm)
        calendar.add_component(event)
    return File(NEUTRAL_FILE if neutral else filename, "text/calendar", calendar.to_ical())
