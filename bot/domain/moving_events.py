"""A group's events as they travel in its set-up file: written, and read strictly. Nobody is in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.domain.dates.repeats import Repeat
from bot.domain.errors import Refused
from bot.domain.group_event_checks import checked, checked_days
from bot.domain.group_events import LONGEST_MINUTES, PLACE_LIMIT, WORDS_LIMIT, GroupEvent, GroupEventKind, Moved
from bot.domain.identity import GroupEventId, GuildId

MOST_MOVED = 200


class Part(Protocol):
    """A part of a file with its place, as ``bot.domain.moving`` reads it."""

    place: str

    def list(self, name: str, most: int | None = None) -> list[Any]: ...
    def text(self, name: str, most: int, *, needed: bool = True, lines: bool = False) -> str: ...
    def number(self, name: str, least: int, most: int) -> int: ...
    def flag(self, name: str, default: bool) -> bool: ...
    def day(self, name: str) -> date: ...
    def maybe_day(self, name: str) -> date | None: ...
    def maybe_time(self, name: str) -> time | None: ...
    def one_of(self, name: str, kind: Any) -> Any: ...
    def has(self, name: str) -> bool: ...


def event_as_written(event: GroupEvent) -> Mapping[str, Any]:
    """Give an event as it is written to a file."""
    return {
        "title": event.title,
        "kind": event.kind.value,
        "on": event.on.isoformat(),
        "at": _time(event.at),
        "zone": event.zone,
        "minutes": event.minutes,
        "by_clock": event.by_clock,
        "place": event.place,
        "url": event.url,
        "words": event.words,
        "repeat": event.repeat.value,
        "until": _day(event.until),
        "moved": [
            {"for_day": _day(m.for_day), "on": _day(m.on), "at": _time(m.at)}
            for m in event.moved
            if event.takes_place_by_rule(m.for_day)  # the others are kept for calendars that know this event
        ],
        "days": list(event.days) if event.days is not None else None,
        "aloud": event.aloud,
        "off_on": _day(event.off_on),
    }


def read_event(part: Part) -> GroupEvent:
    """Read an event. Refused: something in it cannot be right."""
    event = GroupEvent(
        GroupEventId(0),
        GuildId(0),
        part.one_of("kind", GroupEventKind),
        part.text("title", 200),
        part.day("on"),
        part.maybe_time("at"),
        part.one_of("zone", _zone),
        part.number("minutes", 0, LONGEST_MINUTES) if part.has("minutes") else 0,
        part.text("place", PLACE_LIMIT, needed=False),
        part.text("url", 512, needed=False),
        part.text("words", WORDS_LIMIT, needed=False, lines=True),
        part.one_of("repeat", Repeat) if part.has("repeat") else Repeat.ONCE,
        part.maybe_day("until"),
        tuple(Moved(m.day("for_day"), m.maybe_day("on"), m.maybe_time("at")) for m in part.list("moved", MOST_MOVED)),
        _days(part),
        part.flag("aloud", False),
        part.maybe_day("off_on"),
        part.flag("by_clock", False),
    )
    try:
        return checked(event)
    except Refused as error:
        raise _senseless(part.place, error) from None


def same_event(one: GroupEvent, other: GroupEvent) -> bool:
    """Tell whether two events are the same: of one title, day, time and rhythm."""

    def told_apart(event: GroupEvent) -> tuple[object, ...]:
        return event.title.casefold(), event.on, event.at, event.repeat

    return told_apart(one) == told_apart(other)


def _days(part: Part) -> tuple[int, ...] | None:
    if not part.has("days"):
        return None
    try:
        return checked_days([one.number("", -1000, 0) for one in part.list("days", 60)])
    except Refused as error:
        raise _senseless(f"{part.place}.days", error) from None


def _senseless(place: str, error: Refused) -> Refused:
    return Refused(f"In the file, {place} makes no sense: {error.message}", f"{error.next_step} Nothing was changed.")


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):
        raise ValueError(name) from None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _time(at: time | None) -> str | None:
    return at.isoformat(timespec="minutes") if at is not None else None
