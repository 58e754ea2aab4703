"""Times of day as people type them: ``9am``, ``6.30 pm``, ``half past six``, ``noon``. What could mean two times gives both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from bot.domain.dates.folding import LONGEST, fold
from bot.domain.dates.words import PARTS
from bot.domain.errors import Refused, Unreadable

TIME_EXAMPLES = "For example: 9am, 6.30pm, 18:30."

_HALF_DAY = r"am|pm|a\.m\.?|p\.m\.?"
_TIME = re.compile(rf"(?P<hour>[0-9]{{1,2}})(?:[:.](?P<minute>[0-9]{{2}}))? ?(?P<half>{_HALF_DAY})?")
_24_HOURS = re.compile(
    r"(?P<hour>[01][0-9]|2[0-3])[:.h]?(?P<minute>[0-5][0-9]) ?(?:hours|hrs|hr|h)?|(?P<whole>0[0-9]) ?(?:hours|hrs|h)"
)
"""The clock as soldiers and timetables write it: ``1430``, ``1400 hours``, ``0730h``. Never a wait."""
_TIGHT = re.compile(rf"(?P<hour>[1-9]|1[0-2])(?P<minute>[0-5][0-9]) ?(?P<half>{_HALF_DAY})")
_APART = re.compile(rf"(?P<hour>[1-9]|1[0-2]) (?P<minute>[0-5][05]) ?(?P<half>{_HALF_DAY})?")
_BARE_TIGHT = re.compile(r"(?P<hour>[1-9])(?P<minute>[0-5][0-9])")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}

_PAST = {"quarter": 15, "a quarter": 15}
_WHOLE_HOURS = {"noon": "12pm", "midday": "12pm", "midnight": "12am"}
_HOUR = r"[0-9]{1,2}"
_HALF = r"(?: ?(?P<half>am|pm|a\.m\.?|p\.m\.?))?"
_SPOKEN = re.compile(
    rf"(?:(?P<minutes>[0-9]{{1,2}}|{'|'.join(sorted(_PAST, key=len, reverse=True))}|half)"
    rf"(?: minutes?)? (?P<side>past|to|till|til|before|after) )(?P<hour>{_HOUR}){_HALF}"
)
_HALF_HOUR = re.compile(rf"half (?P<hour>{_HOUR}){_HALF}")
_O_CLOCK = re.compile(rf"(?P<hour>{_HOUR})(?: o'? ?clock)?{_HALF}")

_IN_PART = re.compile(r" (?:in the |at )(?P<part>morning|afternoon|evening|night)$")
_WHOLE_CLOCK = re.compile(r"[0-9]{1,2}[:.][0-9]{2}")


def read_time(text: str) -> time:
    """Read a time of day. Refused: it is not one, or morning and evening cannot be told apart ("6")."""
    words = fold(text[:LONGEST]).replace("o clock", "o'clock").rstrip(".")
    words = re.sub(r"(?<=[0-9]) ?\b([ap])\.? ?m\b\.?", r"\1m", words)
    part = _IN_PART.search(words)
    found = times_in(words[: part.start()] if part else words)
    if part:
        _, first, last = PARTS[part["part"]]
        found = [at for at in found if first <= at <= last]
    if not found:
        raise Unreadable("Postbag couldn't read a time of day in that.", TIME_EXAMPLES)
    if len(found) > 1 and _WHOLE_CLOCK.fullmatch(words):
        return found[0]  # "9:30" where nothing but a time of day is asked for is read as a clock shows it
    if len(found) > 1:
        morning, evening = (say_time(at) for at in found[:2])
        hour = morning.removesuffix("am")
        asked = f"{hour} in the morning or in the evening?" if hour != morning else f"{morning} or {evening}?"
        raise Refused(asked, f"Write {morning} or {evening}.")
    return found[0]


def times_in(words: str) -> Sequence[time]:
    """List the times of day that folded words can mean: none, one, or morning and evening.

    ``half six`` is half past six. Two figures before a colon or a dot are read by the 24-hour clock, one figure is not.
    Refused: they look like a time and are none.
    """
    at_first = bool(re.match(r"(?:at|by|@|for) ?", words))
    words = re.sub(r"^(?:at|by|@|for) ?", "", words)
    words = re.sub(r"^12 (?=noon$|midday$|midnight$)", "", words)
    if words in _NAMED:
        return (_NAMED[words],)
    words = re.sub(
        r"\b(past|to|till?|before|after) (noon|midday|midnight)$", lambda m: f"{m[1]} {_WHOLE_HOURS[m[2]]}", words
    )
    if found := _24_HOURS.fullmatch(words):
        if found["whole"]:
            return (time(int(found["whole"])),)
        if not (":" in words or "." in words) or words.endswith(("h", "hrs", "hr", "hours")):
            return (time(int(found["hour"]), int(found["minute"])),)
    if (
        found := _TIGHT.fullmatch(words)
        or _APART.fullmatch(words)
        or (_BARE_TIGHT.fullmatch(words) if at_first else None)
    ):
        return _spoken(int(found["hour"]), int(found["minute"]), found.groupdict().get("half"))
    if found := _TIME.fullmatch(words):
        if found["half"]:
            return _spoken(int(found["hour"]), int(found["minute"] or 0), found["half"])
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if minute > 59 or hour > 23:
            raise Refused("There's no such time of day.", TIME_EXAMPLES)
        two_figures = len(found["hour"]) == 2 and found["minute"] is not None
        return (time(hour, minute),) if two_figures or hour > 12 or hour == 0 else _both(hour, minute)
    if found := _SPOKEN.fullmatch(words):
        minutes = 30 if found["minutes"] == "half" else _PAST.get(found["minutes"]) or int(found["minutes"])
        before = found["side"] not in ("past", "after")
        if minutes > 59 or (found["minutes"] == "half" and found["side"] != "past"):
            raise Refused("There's no such time of day.", TIME_EXAMPLES)
        named = _spoken(int(found["hour"]), 0, found["half"])
        return tuple(sorted({_moved(at, -minutes if before else minutes) for at in named}))
    if found := _HALF_HOUR.fullmatch(words):
        return _spoken(int(found["hour"]), 30, found["half"])
    if found := _O_CLOCK.fullmatch(words):
        return _spoken(int(found["hour"]), 0, found["half"])
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
        raise Refused("There's no such time of day.", TIME_EXAMPLES)
    if half:
        return (time(hour % 12 + (12 if half.startswith("p") else 0), minute % 60),)
    return (time(hour, minute),) if hour > 12 or hour == 0 else _both(hour, minute)


def _moved(at: time, minutes: int) -> time:
    whole = (60 * at.hour + at.minute + minutes) % (24 * 60)
    return time(whole // 60, whole % 60)


def _both(hour: int, minute: int) -> Sequence[time]:
    return (time(hour % 12, minute), time(hour % 12 + 12, minute))
