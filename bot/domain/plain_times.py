"""Times of day as people type them: ``9am``, ``6.30 pm``, ``18:30``, ``noon``. What could mean two times is refused."""

from __future__ import annotations

import re
import unicodedata
from datetime import time

from bot.domain.errors import Refused

TIME_EXAMPLES = "For example: 9am, 6.30pm, 18:30."

_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))? ?(?P<half>am|pm|a\.m\.|p\.m\.)?")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def read_time(text: str) -> time:
    """Read a time of day. Refused: it is not one, or morning and evening cannot be told apart ("6")."""
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if words in _NAMED:
        return _NAMED[words]
    found = _TIME.fullmatch(words)
    if found is None:
        raise Refused("I could not read a time of day in that.", TIME_EXAMPLES)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "").replace(".", "")
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise Refused("There is no such time of day.", TIME_EXAMPLES)
    if half:
        return time(hour % 12 + (12 if half == "pm" else 0), minute)
    if found["minute"] is None and 1 <= hour <= 12:
        raise Refused(f"{hour} in the morning or in the evening?", f"Write {hour}am or {hour}pm.")
    return time(hour, minute)


def say_time(at: time) -> str:
    """Write a time of day as it is read in Britain: ``9am``, ``6.30pm``, ``noon``."""
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    if (at.hour, at.minute) == (0, 0):
        return "midnight"
    hour = at.hour % 12 or 12
    minutes = f".{at.minute:02}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"
