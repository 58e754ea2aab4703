"""Times of day as people type them: ``9am``, ``6.30 pm``, ``half past six``, ``noon``. What could mean two times gives both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import time

from bot.domain.errors import Refused, Unreadable

TIME_EXAMPLES = "For example: 9am, 6.30pm, 18:30."

_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))? ?(?P<half>am|pm|a\.m\.?|p\.m\.?)?")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}

HOURS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}
_PAST = {"five": 5, "ten": 10, "quarter": 15, "a quarter": 15, "twenty": 20, "twenty five": 25, "twenty-five": 25}
_HOUR = rf"[0-9]{{1,2}}|{'|'.join(HOURS)}"
_HALF = r"(?: ?(?P<half>am|pm|a\.m\.?|p\.m\.?))?"
_SPOKEN = re.compile(
    rf"(?:(?P<minutes>[0-9]{{1,2}}|{'|'.join(sorted(_PAST, key=len, reverse=True))}|half)"
    rf"(?: minutes?)? (?P<side>past|to) )(?P<hour>{_HOUR}){_HALF}"
)
_HALF_HOUR = re.compile(rf"half (?P<hour>{_HOUR}){_HALF}")
_O_CLOCK = re.compile(rf"(?P<hour>{_HOUR})(?: o'? ?clock)?{_HALF}")

PARTS: dict[str, tuple[time, time, time]] = {
    "morning": (time(9), time(0), time(11, 59)),
    "lunchtime": (time(12, 30), time(11), time(14, 30)),
    "afternoon": (time(14), time(12), time(18)),
    "evening": (time(18), time(16), time(23, 59)),
    "night": (time(20), time(18), time(23, 59)),
}
"""Parts of a day: the time that is taken where none is given, and from when until when a time belongs to it."""


def read_time(text: str) -> time:
    """Read a time of day. Refused: it is not one, or morning and evening cannot be told apart ("6")."""
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if words in _NAMED:
        return _NAMED[words]
    found = _TIME.fullmatch(words)
    if found is None:
        raise Unreadable("I could not read a time of day in that.", TIME_EXAMPLES)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "").replace(".", "")
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise Refused("There is no such time of day.", TIME_EXAMPLES)
    if half:
        return time(hour % 12 + (12 if half == "pm" else 0), minute)
    if found["minute"] is None and 1 <= hour <= 12:
        raise Refused(f"{hour} in the morning or in the evening?", f"Write {hour}am or {hour}pm.")
    return time(hour, minute)


def times_in(words: str) -> Sequence[time]:
    """List the times of day that folded words can mean: none, one, or morning and evening.

    ``half six`` is half past six. Two figures before a colon or a dot are read by the 24-hour clock, one figure is not.
    Refused: they look like a time and are none.
    """
    words = re.sub(r"^(?:at|by|@) ?", "", words)
    if words in _NAMED:
        return (_NAMED[words],)
    if found := _TIME.fullmatch(words):
        if found["half"]:
            return (read_time(words),)
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if minute > 59 or hour > 23:
            raise Refused("There is no such time of day.", TIME_EXAMPLES)
        two_figures = len(found["hour"]) == 2 and found["minute"] is not None
        return (time(hour, minute),) if two_figures or hour > 12 or hour == 0 else _both(hour, minute)
    if found := _SPOKEN.fullmatch(words):
        minutes = 30 if found["minutes"] == "half" else _number(found["minutes"], _PAST)
        if minutes > 59 or (found["minutes"] == "half" and found["side"] == "to"):
            raise Refused("There is no such time of day.", TIME_EXAMPLES)
        hour = _number(found["hour"], HOURS)
        if found["side"] == "to":
            hour, minutes = hour - 1 or 12, 60 - minutes
        return _spoken(hour, minutes, found["half"])
    if found := _HALF_HOUR.fullmatch(words):
        return _spoken(_number(found["hour"], HOURS), 30, found["half"])
    if found := _O_CLOCK.fullmatch(words):
        return _spoken(_number(found["hour"], HOURS), 0, found["half"])
    return ()


def say_time(at: time) -> str:
    """Write a time of day as it is read in Britain: ``9am``, ``6.30pm``, ``noon``."""
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    if (at.hour, at.minute) == (0, 0):
        return "midnight"
    hour = at.hour % 12 or 12
    minutes = f".{at.minute:02}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"


def _spoken(hour: int, minute: int, half: str | None) -> Sequence[time]:
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        raise Refused("There is no such time of day.", TIME_EXAMPLES)
    if half:
        return (time(hour % 12 + (12 if half.startswith("p") else 0), minute % 60),)
    return (time(hour, minute),) if hour > 12 or hour == 0 else _both(hour, minute)


def _both(hour: int, minute: int) -> Sequence[time]:
    return (time(hour % 12, minute), time(hour % 12 + 12, minute))


def _number(word: str, words: dict[str, int]) -> int:
    return int(word) if word.isdigit() else words[word]
