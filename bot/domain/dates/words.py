"""The one list of the words for days and times that the grammar reads, and the patterns that any of them fits.

Written as ``folding.fold`` leaves them: lower case, and no number word, since those are figures by then.
"""

from __future__ import annotations

from datetime import time

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("mon", "monday"),
            ("tue", "tues", "tuesday"),
            ("wed", "weds", "wednesday"),
            ("thu", "thur", "thurs", "thursday"),
            ("fri", "friday"),
            ("sat", "saturday"),
            ("sun", "sunday"),
        )
    )
    for name in names
}
COUNTS = {"a": 1, "an": 1}
"""Words that count and are no figures; number words are figures before anything is read (``folding.figures``)."""

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
CARDINALS = {word: number for number, word in enumerate((*ONES, *TEENS), start=1)} | {
    word: 10 * number for number, word in enumerate(TENS, start=2)
}
FIRSTS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
NTHS = {word: number for number, word in enumerate(FIRSTS, start=1)} | {
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2, "the day after tomorrow": 2}

ANY_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
PLURAL_WEEKDAY = "|".join(f"{name}s" for name in WEEKDAYS if name.endswith("day"))
"""Whole names alone: "tues" and "thurs" are short for one day."""
MONDAY_TO_FRIDAY = r"(?:mon|monday|mondays)(?: to | through | till | ?- ?)(?:fri|friday|fridays)\b"
ANY_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
ANY_COUNT = r"[0-9]{1,4}|an?"
COMMENCING = r"(?:(?:the )?week (?:commencing|beginning|starting)|w/c) (?P<rest>[0-9a-z][^\n]{1,60})"
DAYS_IN = {"day": 1, "week": 7, "fortnight": 14}
"""Of the units that are always as many days; a month is not."""
UNITS = r"(?P<unit>day|week|fortnight|month|year)s?"

FIXED = {
    "christmas eve": (12, 24),
    "xmas eve": (12, 24),
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "xmas": (12, 25),
    "xmas day": (12, 25),
    "boxing day": (12, 26),
    "halloween": (10, 31),
    "bonfire night": (11, 5),
    "valentine's day": (2, 14),
    "valentines day": (2, 14),
    "st david's day": (3, 1),
    "st patrick's day": (3, 17),
    "st george's day": (4, 23),
    "st andrew's day": (11, 30),
    "burns night": (1, 25),
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "nye": (12, 31),
    "new year's day": (1, 1),
    "new years day": (1, 1),
    "new year": (1, 1),
}
MOVABLE = {
    "shrove tuesday": -47,
    "pancake day": -47,
    "ash wednesday": -46,
    "mothering sunday": -21,
    "mother's day": -21,
    "mothers day": -21,
    "palm sunday": -7,
    "maundy thursday": -3,
    "good friday": -2,
    "easter": 0,
    "easter day": 0,
    "easter sunday": 0,
    "easter monday": 1,
}
"""Days from Easter Sunday."""
BY_WEEKDAY = {
    "early may bank holiday": (5, 0, 1),
    "first may bank holiday": (5, 0, 1),
    "may day bank holiday": (5, 0, 1),
    "late may bank holiday": (5, 0, 0),
    "spring bank holiday": (5, 0, 0),
    "summer bank holiday": (8, 0, 0),
    "august bank holiday": (8, 0, 0),
    "father's day": (6, 6, 3),
    "fathers day": (6, 6, 3),
    "remembrance sunday": (11, 6, 2),
}
"""The month, the weekday, and which of them it is: 0 is the last."""
ANY_NAMED = "|".join(sorted((*FIXED, *MOVABLE, *BY_WEEKDAY), key=len, reverse=True)).replace(
    "first may", "(?:first|1th) may"
)

PARTS: dict[str, tuple[time, time, time]] = {
    "early morning": (time(7), time(4), time(9)),
    "first thing": (time(8), time(5), time(10)),
    "mid-morning": (time(10, 30), time(9), time(12)),
    "late morning": (time(11, 30), time(10), time(12)),
    "morning": (time(9), time(0), time(11, 59)),
    "breakfast time": (time(8), time(6), time(10)),
    "breakfast": (time(8), time(6), time(10)),
    "after lunch": (time(14), time(12), time(16)),
    "lunchtime": (time(12, 30), time(11), time(14, 30)),
    "lunch": (time(12, 30), time(11), time(14, 30)),
    "teatime": (time(17), time(15), time(19)),
    "tea time": (time(17), time(15), time(19)),
    "after work": (time(17, 30), time(16), time(20)),
    "mid-afternoon": (time(15), time(13), time(17)),
    "late afternoon": (time(16, 30), time(15), time(18)),
    "afternoon": (time(14), time(12), time(18)),
    "early evening": (time(18), time(16), time(20)),
    "late evening": (time(21, 30), time(19), time(23, 59)),
    "evening": (time(18), time(16), time(23, 59)),
    "last thing": (time(22), time(20), time(23, 59)),
    "late night": (time(22), time(20), time(23, 59)),
    "night": (time(20), time(18), time(23, 59)),
}
"""Parts of a day: the time that is taken where none is given, and from when until when a time belongs to it."""
ANY_PART = "|".join(PARTS)
