"""From when until when, as people type it: ``19-21``, ``1900-2100``, ``7.30-9pm``, ``between 7 and 9 in the evening``.

A range that can be told is taken apart into a beginning beyond doubt, ``19:00``, and an end; any other stays as it was typed.
"""

from __future__ import annotations

import re
from datetime import date, time

from bot.domain.dates.words import ANY_MONTH, ANY_NAMED, ANY_PART, ANY_WEEKDAY, PARTS
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
_DATE_BEFORE = re.compile(
    rf"(?:\b(?:{ANY_MONTH})(?: (?:the )?[0-9]{{1,2}}(?:st|nd|rd|th)?)?|[0-9][/.][0-9]{{1,2}}|\b(?:{ANY_NAMED})) \Z"
)
"""A date, or the end of one, that a year follows."""
_MONTH_BEHIND = re.compile(rf" ?(?:of )?(?:{ANY_MONTH})\b")
_A_DATE = re.compile(rf"\b(?:{ANY_MONTH}|today|tomorrow)\b|[0-9]/[0-9]|[0-9]{{4}}-[0-9]")
_A_WEEKDAY = re.compile(rf"\b(?:{ANY_WEEKDAY})s?\b")
_A_PART = re.compile(rf"\b(?P<part>{ANY_PART})\b")
_WHOLE_DAY = re.compile(
    r" ?\b(?:(?:from|between) )?(?:00?[:.]?00|midnight)(?:h| hours| hrs)? ?(?:\b(?:to|till|til|until|and)\b|-) ?"
    r"(?:24[:.]?00|23[:.]?59|24(?=h\b)|midnight)(?:h| hours| hrs)?(?![a-z0-9]|[/:.-][0-9])"
)
_LATE = re.compile(r" ?(?:\b(?:to|till|til|until)\b|-) ?(?:late|the end|close)\b| onwards?\b| ?\ball day(?: long)?\b")
_A_CLOCK = r"(?=(?:[0-9]{1,2}(?:[:.][0-9]{2})?(?:am|pm)|[0-9]{1,2}[:.][0-9]{2}|noon)\b)"
_STARTS = re.compile(rf"\b(?:starts?|starting|begins?|beginning|doors(?: open)?)(?: at)? {_A_CLOCK}")
_ENDS = re.compile(rf" (?:and )?(?:ends?|ending|finish(?:es|ing)?|closes?|closing)(?: at)? {_A_CLOCK}")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_GONE_BY = 25
"""Years of this century that no event to come is in: ``until 2015`` is a quarter past eight."""
_UNTIL = ("to", "until", "till", "til")
_HALF_DAY = 12 * 60


def without_range(words: str) -> tuple[str, time | None]:
    """Give folded words with a range's beginning alone in its place, as ``19:00``, and its end; None where there is none.

    Refused: it could be two times or a date, or it ends when it begins.
    """
    words = re.sub(r"(?<=[0-9]) ?\b([ap])\.? ?m\b\.?", r"\1m", words)
    words = _ENDS.sub(" to ", _STARTS.sub("", words))
    words = " ".join(_WHOLE_DAY.sub("", _LATE.sub("", words)).split())
    place = 0
    while found := _RANGE.search(words, place):
        if _begins_with_a_year(found, words):
            place = found.start("to")  # 8 December 2026 - 7 to 9pm: another range may begin right behind
            if found["to"] == "-":
                words = f"{words[:place].rstrip()} {words[found.end('to') :].lstrip()}"
            continue
        place = found.end()
        if (times := _times(found, words)) is not None:
            begin, end = times
            if begin == end:
                raise Refused("That ends when it begins.", "Give the time at which it ends, or for 24 hours.")
            return f"{words[: found.start()]}{begin:%H:%M}{words[found.end() :]}", end
    return words, None


def only_end() -> Refused:
    """Refuse "8 December to 9pm": nothing says when it starts."""
    return Refused("Postbag found when it ends, but not when it starts.", "Give both: 8 December 7pm to 9pm.")


def _begins_with_a_year(found: re.Match[str], words: str) -> bool:
    """Tell whether what could be 20:26 is the year of a date before it. Refused: it could be either."""
    if _month_follows(found, words):
        return False  # 30 December 2026 - 2 January 2027
    if not _could_be_year(found, "a") or found["lead"] or not _DATE_BEFORE.search(words[: found.start()]):
        return False
    if not (found["bminute"] and not found["bsep"]) or int(found["aminute"]) % 5:
        if found["to"] in _UNTIL and not _could_be_year(found, "b"):
            raise only_end()
        return True
    if int(found["aminute"]) <= _GONE_BY:
        return False  # 8 December 2000-2200
    shown = f"{_as_shown(found, 'a'):%H:%M} to {_as_shown(found, 'b'):%H:%M}"
    raise Refused(
        "That could be a year or a time.",
        f"Write {shown}, or {found['ahour']}{found['aminute']} at {_as_shown(found, 'b'):%H:%M}.",
    )


def _month_follows(found: re.Match[str], words: str) -> bool:
    """Tell whether the end is the day of a month behind it: 19-21 December, but not 7 to 9pm December 8."""
    said = any(found[f"b{part}"] for part in ("named", "minute", "h", "half"))
    return not said and bool(_MONTH_BEHIND.match(words[found.end() :]))


def _could_be_year(found: re.Match[str], side: str) -> bool:
    """Tell whether a time is written as a year of this century is: 2026."""
    said = found[f"{side}sep"] or found[f"{side}h"] or found[f"{side}half"]
    return found[f"{side}hour"] == "20" and bool(found[f"{side}minute"]) and not said


def _times(found: re.Match[str], words: str) -> tuple[time, time] | None:
    before, behind = words[: found.start()], words[found.end() :]
    if _month_follows(found, words) or (_MONTH_BEFORE.search(before) and not _DAY_BEFORE.search(before)):
        return None  # 19-21 December, December 19 to 21
    if (found["to"] == "and") != (found["lead"] == "between"):
        return None
    if not (_in_hours(found, "a") and _in_hours(found, "b")):
        return None
    is_tight = bool(found["bminute"] and not found["bsep"])
    if (
        is_tight
        and not (found["aminute"] and not found["asep"])
        and (found["bhour"] == "20" or int(found["bhour"]) < 13)
    ):
        return None  # every Monday 9am until 2027
    if found["to"] in _UNTIL[1:] and _could_be_year(found, "b") and int(found["bminute"]) > _GONE_BY:
        raise Refused(
            "That could be a year or a time.",
            f"Write to {_as_shown(found, 'b'):%H:%M}, or until and the last day, for example until 1 June 2027.",
        )
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
