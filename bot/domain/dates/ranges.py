"""From when until when, as people type it: ``19-21``, ``1900-2100``, ``7.30-9pm``, ``between 7 and 9 in the evening``.

A range that can be told is taken apart into a beginning beyond doubt, ``19:00``, and an end; any other stays as it was typed.
"""

from __future__ import annotations

import re
from datetime import date, time

from bot.domain.dates.words import ANY_MONTH, ANY_PART, ANY_WEEKDAY, PARTS
from bot.domain.errors import Refused

_CLOCK = (
    r"(?:(?P<{0}named>noon|midday|midnight)|(?P<{0}hour>[0-9]{{1,2}})(?:(?P<{0}sep>[:.])?(?P<{0}minute>[0-5][0-9]))?"
    r"(?P<{0}h>h(?![a-z]))?(?: ?(?P<{0}half>am|pm))?)"
)
_HOURS = r"(?: ?(?:hours|hrs|hr))?"
_RANGE = re.compile(
    rf"(?<![0-9/:.-])(?:(?P<lead>from|between|at) )?\b{_CLOCK.format('a')}{_HOURS} ?"
    rf"(?P<to>\b(?:to|till|til|until|and)\b|-) ?{_CLOCK.format('b')}{_HOURS}(?![a-z0-9]|[/:.-][0-9])"
    rf"(?: (?:in the|at) (?P<part>{ANY_PART})\b)?"
)
_MONTH_BEFORE = re.compile(rf"\b(?:{ANY_MONTH}) \Z")
_DAY_BEFORE = re.compile(rf"\b[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{ANY_MONTH}) \Z")
_MONTH_BEHIND = re.compile(rf" ?(?:of )?(?:{ANY_MONTH})\b")
_A_DATE = re.compile(rf"\b(?:{ANY_MONTH}|today|tomorrow)\b|[0-9]/[0-9]|[0-9]{{4}}-[0-9]")
_A_WEEKDAY = re.compile(rf"\b(?:{ANY_WEEKDAY})s?\b")
_A_PART = re.compile(rf"\b(?P<part>{ANY_PART})\b")
_LATE = re.compile(r" ?(?:\b(?:to|till|til|until)\b|-) ?(?:late|the end|close)\b| onwards?\b| ?\ball day(?: long)?\b")
_A_CLOCK = r"(?=(?:[0-9]{1,2}(?:[:.][0-9]{2})?(?:am|pm)|[0-9]{1,2}[:.][0-9]{2}|noon)\b)"
_STARTS = re.compile(rf"\b(?:starts?|starting|begins?|beginning|doors(?: open)?)(?: at)? {_A_CLOCK}")
_ENDS = re.compile(rf" (?:and )?(?:ends?|ending|finish(?:es|ing)?|closes?|closing)(?: at)? {_A_CLOCK}")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_HALF_DAY = 12 * 60


def without_range(words: str) -> tuple[str, time | None]:
    """Give folded words with a range's beginning alone in its place, as ``19:00``, and its end; None where there is none.

    Refused: it could be two times or a date, or it ends when it begins.
    """
    words = re.sub(r"(?<=[0-9]) ?\b([ap])\.? ?m\b\.?", r"\1m", words)
    words = _ENDS.sub(" to ", _STARTS.sub("", words))
    words = " ".join(_LATE.sub("", words).split())
    for found in _RANGE.finditer(words):
        if (times := _times(found, words)) is not None:
            begin, end = times
            if begin == end:
                raise Refused("That ends when it begins.", "Give the time at which it ends, or for 24 hours.")
            return f"{words[: found.start()]}{begin:%H:%M}{words[found.end() :]}", end
    return words, None


def _times(found: re.Match[str], words: str) -> tuple[time, time] | None:
    before, behind = words[: found.start()], words[found.end() :]
    if _MONTH_BEHIND.match(behind) or (_MONTH_BEFORE.search(before) and not _DAY_BEFORE.search(before)):
        return None  # 19-21 December, December 19 to 21
    if (found["to"] == "and") != (found["lead"] == "between"):
        return None
    if not (_in_hours(found, "a") and _in_hours(found, "b")):
        return None
    if bool(found["bminute"] and not found["bsep"]) and not (found["aminute"] and not found["asep"]):
        return None  # every Monday 9am until 2027
    if (day := _as_date(found)) and not _A_DATE.search(f"{before} {behind}"):
        if _A_WEEKDAY.search(f"{before} {behind}"):
            times = f"{_as_shown(found, 'a'):%H:%M} to {_as_shown(found, 'b'):%H:%M}"
            raise Refused("That could be two times or a date.", f"Write {times}, or {day}.")
        return None
    if _is_by_24_hours(found):
        return _as_shown(found, "a"), _as_shown(found, "b")
    part = found["part"] or (there["part"] if (there := _A_PART.search(f"{before} {behind}")) else None)
    begin, end = _minutes(found, "a"), _minutes(found, "b")
    if begin is None and end is None:
        return _of_part(found, part) if part else None
    if begin is None:
        begin = _nearest(found, "a", end or 0, earlier=True)
    elif end is None:
        end = _nearest(found, "b", begin, earlier=False)
    return _time(begin), _time(end or 0)


def _as_date(found: re.Match[str]) -> str:
    """Give "22-02" or "19-2" as the day and month that it may be as well; nothing where it can't be a date."""
    said = any(found[f"{side}{part}"] for side in "ab" for part in ("named", "minute", "h", "half"))
    if said or found["to"] != "-" or " " in found[0]:
        return ""
    day, month = int(found["ahour"]), int(found["bhour"])
    looks = day > 12 or any(found[f"{side}hour"].startswith("0") for side in "ab")
    return f"{day} {date(2024, month, 1):%B}" if looks and day and 1 <= month <= 12 else ""


def _in_hours(found: re.Match[str], side: str) -> bool:
    if found[f"{side}named"]:
        return True
    hour, half, minute = int(found[f"{side}hour"]), found[f"{side}half"], found[f"{side}minute"]
    if half:
        return 1 <= hour <= 12
    return hour <= 23 or (hour == 24 and side == "b" and not int(minute or 0))


def _is_by_24_hours(found: re.Match[str]) -> bool:
    """Tell whether both times are by the 24-hour clock: an hour past 12, four figures, 09 or 19h says so."""
    sides = [side for side in "ab" if not found[f"{side}named"]]
    hours = [found[f"{side}hour"] for side in sides]
    if any(found[f"{side}half"] for side in sides):
        return False
    if any(int(hour) > 12 for hour in hours) or any(found[f"{side}h"] for side in sides):
        return True
    if all(found[f"{side}minute"] for side in sides) and all(len(hour) == 2 for hour in hours):
        return True
    return any(hour.startswith("0") for hour in hours) and _as_shown(found, "a") < _as_shown(found, "b")


def _as_shown(found: re.Match[str], side: str) -> time:
    if found[f"{side}named"]:
        return _NAMED[found[f"{side}named"]]
    return time(int(found[f"{side}hour"]) % 24, int(found[f"{side}minute"] or 0))


def _minutes(found: re.Match[str], side: str) -> int | None:
    """Give a time that says itself which half of the day it is in; None where it does not."""
    if found[f"{side}named"]:
        at = _NAMED[found[f"{side}named"]]
        return 60 * at.hour + at.minute
    hour, half = int(found[f"{side}hour"]), found[f"{side}half"]
    if half is None:
        return 60 * hour + int(found[f"{side}minute"] or 0) if hour > 12 or hour == 0 else None
    return 60 * (hour % 12 + (12 if half == "pm" else 0)) + int(found[f"{side}minute"] or 0)


def _nearest(found: re.Match[str], side: str, other: int, *, earlier: bool) -> int:
    """Give a time the half of the day in which it is nearest before, or behind, the other."""
    face = 60 * (int(found[f"{side}hour"]) % 12) + int(found[f"{side}minute"] or 0)
    apart = (other - face if earlier else face - other) % _HALF_DAY or _HALF_DAY
    return (other - apart if earlier else other + apart) % (2 * _HALF_DAY)


def _of_part(found: re.Match[str], part: str) -> tuple[time, time] | None:
    _, first, last = PARTS[part]
    face = 60 * (int(found["ahour"]) % 12) + int(found["aminute"] or 0)
    fitting = [at for at in (face, face + _HALF_DAY) if first <= _time(at) <= last]
    return (_time(fitting[0]), _time(_nearest(found, "b", fitting[0], earlier=False))) if len(fitting) == 1 else None


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
