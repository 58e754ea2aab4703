"""From when until when an event takes place, as people type it; now is Wednesday 25 November 2026, 10.20 in London."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest

from bot.domain.dates.repeats import Repeat
from bot.domain.errors import Refused
from bot.domain.group_event_checks import read_when

NOW = datetime(2026, 11, 25, 10, 20, tzinfo=UTC)
RANGES = {
    "tuesday 19-21": "2026-12-01 19:00 120 minutes",
    "tue 19.00–21.00": "2026-12-01 19:00 120 minutes",
    "tuesday 1900-2100": "2026-12-01 19:00 120 minutes",
    "tuesday 7-9pm": "2026-12-01 19:00 120 minutes",
    "tuesday from 19 to 21": "2026-12-01 19:00 120 minutes",
    "tuesday 19 to 21": "2026-12-01 19:00 120 minutes",
    "tuesday 19:00-21:00": "2026-12-01 19:00 120 minutes",
    "tuesday 19h-21h": "2026-12-01 19:00 120 minutes",
    "tuesday 1900 to 2100": "2026-12-01 19:00 120 minutes",
    "tuesday 1900 - 2100 hrs": "2026-12-01 19:00 120 minutes",
    "tuesday 1900hrs to 2100hrs": "2026-12-01 19:00 120 minutes",
    "8 december 19-21": "2026-12-08 19:00 120 minutes",
    "8 dec 19:00 to 21:00": "2026-12-08 19:00 120 minutes",
    "19-21 on tuesday": "2026-12-01 19:00 120 minutes",
    "19:00-21:00 tuesday": "2026-12-01 19:00 120 minutes",
    "1900-2100 tuesday": "2026-12-01 19:00 120 minutes",
    "from 19 to 21 on tuesday": "2026-12-01 19:00 120 minutes",
    "tuesday 18.30-20": "2026-12-01 18:30 90 minutes",
    "tuesday 18:30 - 20:00": "2026-12-01 18:30 90 minutes",
    "tuesday 9-17": "2026-12-01 09:00 480 minutes",
    "tuesday 09-17": "2026-12-01 09:00 480 minutes",
    "tuesday 10-12": "Postbag can't tell morning from evening in those times.",
    "tuesday 09:00-12:00": "2026-12-01 09:00 180 minutes",
    "tuesday 9-5": "Postbag can't tell morning from evening in those times.",
    "tuesday 22-02": "That could be two times or a date.",
    "8 december 22-02": "2026-12-08 22:00 240 minutes",
    "tuesday 23:00-01:00": "2026-12-01 23:00 120 minutes",
    "every tuesday 19-21": "2026-12-01 19:00 120 minutes weekly",
    "every first tuesday 19.00-21.00": "2026-12-01 19:00 120 minutes nth-day",
    "tuesdays 1900-2100": "2026-12-01 19:00 120 minutes weekly",
    "8-9 december": "2026-12-08 2 days",
    "8-9 december 2026": "2026-12-08 2 days",
    "19-21 december": "2026-12-19 3 days",
    "from 19 to 21 december": "2026-12-19 3 days",
    "19 december 19-21": "2026-12-19 19:00 120 minutes",
    "tuesday 13-14": "2026-12-01 13:00 60 minutes",
    "tuesday between 19 and 21": "2026-12-01 19:00 120 minutes",
    "tuesday between 7 and 9pm": "2026-12-01 19:00 120 minutes",
    "between 7pm and 9pm on tuesday": "2026-12-01 19:00 120 minutes",
    "tuesday 7pm-9pm": "2026-12-01 19:00 120 minutes",
    "tuesday 7:30-9pm": "2026-12-01 19:30 90 minutes",
    "tuesday 7.30pm - 9": "2026-12-01 19:30 90 minutes",
    "tuesday 19 - 21": "2026-12-01 19:00 120 minutes",
    "tuesday at 19-21": "2026-12-01 19:00 120 minutes",
    "tuesday 12-2pm": "2026-12-01 12:00 120 minutes",
    "tuesday 11am-1pm": "2026-12-01 11:00 120 minutes",
    "tuesday 11-1pm": "2026-12-01 11:00 120 minutes",
    "tomorrow 14-16": "2026-11-26 14:00 120 minutes",
    "friday 1400-1600": "2026-11-27 14:00 120 minutes",
    "2026-12-08 19:00-21:00": "2026-12-08 19:00 120 minutes",
    "8/12 19-21": "2026-12-08 19:00 120 minutes",
    "8/12/26 19:00-21:00": "2026-12-08 19:00 120 minutes",
    "tuesday noon to 2pm": "2026-12-01 12:00 120 minutes",
    "tuesday noon-2": "2026-12-01 12:00 120 minutes",
    "tuesday 7pm until 9pm": "2026-12-01 19:00 120 minutes",
    "tuesday 7pm till late": "2026-12-01 19:00 0 minutes",
    "tuesday 20-midnight": "2026-12-01 20:00 240 minutes",
    "tuesday 19-19": "That ends when it begins.",
    "tuesday 7pm-7pm": "That ends when it begins.",
    "tuesday 7 til 9 pm": "2026-12-01 19:00 120 minutes",
    "tuesday 7 p.m. to 9 p.m.": "2026-12-01 19:00 120 minutes",
    "tuesday 7 to 9 in the evening": "2026-12-01 19:00 120 minutes",
    "tuesday evening 7-9": "2026-12-01 19:00 120 minutes",
    "tuesday evening 7 to 9": "2026-12-01 19:00 120 minutes",
    "monday morning 10-12": "2026-11-30 10:00 120 minutes",
    "saturday lunchtime 12-2": "2026-11-28 12:00 120 minutes",
    "tuesday 7-9": "Postbag can't tell morning from evening in those times.",
    "8 dec 7-9": "Postbag can't tell morning from evening in those times.",
    "every monday 9am until 1 june": "2026-11-30 09:00 0 minutes weekly until 2027-06-01",
    "every tuesday 19-21 until 1 june": "2026-12-01 19:00 120 minutes weekly until 2027-06-01",
    "every tuesday 7pm until 9pm until 1 june": "2026-12-01 19:00 120 minutes weekly until 2027-06-01",
    "8 december 2026 19-21": "2026-12-08 19:00 120 minutes",
    "8 december 2026 2000-2100": "2026-12-08 20:00 60 minutes",
    "tuesday 19:30 to 21": "2026-12-01 19:30 90 minutes",
    "tuesday 7 to 9:30pm": "2026-12-01 19:00 150 minutes",
    "tuesday 10.30-1pm": "2026-12-01 10:30 150 minutes",
    "tuesday 9am-5": "2026-12-01 09:00 480 minutes",
    "tuesday 8 december 19-21": "2026-12-08 19:00 120 minutes",
    "10 to 12 tuesday": "Postbag can't tell morning from evening in those times.",
    "12-14 on 3 december": "2026-12-03 12:00 120 minutes",
    "09:00 to 17:00 on 5/12": "2026-12-05 09:00 480 minutes",
    "tuesday 0900-1230": "2026-12-01 09:00 210 minutes",
    "tuesday 5-6.30pm": "2026-12-01 17:00 90 minutes",
    "tuesday 17-18.30": "2026-12-01 17:00 90 minutes",
    "10/12 10-12": "Postbag can't tell morning from evening in those times.",
    "friday 11.12 10-12": "Postbag can't tell morning from evening in those times.",
    "monday 23-01": "That could be two times or a date.",
    "24 december 22-24": "2026-12-24 22:00 120 minutes",
    "tuesday 00:30-02:00": "2026-12-01 00:30 90 minutes",
    "tuesday 09-12": "That could be two times or a date.",
    "09-12": "2026-12-09 1 days",
    "22-02": "2027-02-22 1 days",
    "8 to 10 december": "2026-12-08 3 days",
    "8 - 10 December 2027": "2027-12-08 3 days",
    "from 8 until 10 december": "2026-12-08 3 days",
    "30 december to 2 january": "2026-12-30 4 days",
    "30 dec 2026 - 2 jan 2027": "2026-12-30 4 days",
    "friday 4 december to sunday 6 december": "2026-12-04 3 days",
    "friday 4 to sunday 6 december": "2026-12-04 3 days",
    "8th-10th december": "2026-12-08 3 days",
    "10 to 8 december": "An event can last up to 14 days.",
    "1 december to 31 december": "An event can last up to 14 days.",
    "tuesday 09:00-12": "2026-12-01 09:00 180 minutes",
    "12 december all day": "2026-12-12 1 days",
    "10th december 7pm-late": "2026-12-10 19:00 0 minutes",
    "friday 7pm, 2 hours": "2026-11-27 19:00 120 minutes",
    "friday 7pm (90 minutes)": "2026-11-27 19:00 90 minutes",
    "12 and 13 december": "2026-12-12 2 days",
    "12 and 14 december": "Those are days apart.",
    "friday starts 7pm ends 9pm": "2026-11-27 19:00 120 minutes",
    "every friday starting 8 january 7pm": "2027-01-08 19:00 0 minutes weekly",
    "friday doors 7pm": "2026-11-27 19:00 0 minutes",
    "12 december 10 till 4": "Postbag can't tell morning from evening in those times.",
    "every wednesday 6pm to 8pm": "2026-11-25 18:00 120 minutes weekly",
    "every wednesday 9am": "2026-12-02 09:00 0 minutes weekly",
    "tuesday 8 december 2026 - 7pm": "2026-12-08 19:00 0 minutes",
    "8 december 2026 – 7pm": "2026-12-08 19:00 0 minutes",
    "8 dec 2026-19:00": "2026-12-08 19:00 0 minutes",
    "8 december 2026 - noon": "2026-12-08 12:00 0 minutes",
    "8 december 2026 - 1900": "2026-12-08 19:00 0 minutes",
    "12 jan 2027 - 7.30pm": "2027-01-12 19:30 0 minutes",
    "8 december 2026 - 7 to 9pm": "2026-12-08 19:00 120 minutes",
    "8 december 2026 - 7pm for 2 hours": "2026-12-08 19:00 120 minutes",
    "dec 8th, 2026 - 7-9pm": "2026-12-08 19:00 120 minutes",
    "december 8 2026 - 7 in the evening": "2026-12-08 19:00 0 minutes",
    "8 december-7 in the evening": "Postbag couldn't read a day in that: “8 december-7 in the evening”.",
    "christmas eve 2026 - 7pm": "2026-12-24 19:00 0 minutes",
    "8/12 2026 - 7pm": "2026-12-08 19:00 0 minutes",
    "first monday of june 2027 - 7 to 9pm": "2027-06-07 19:00 120 minutes",
    "8 december 2026 to 7pm": "Postbag found when it ends, but not when it starts.",
    "8 december 2026 until 2100": "Postbag found when it ends, but not when it starts.",
    "8 december until 9pm": "Postbag found when it ends, but not when it starts.",
    "8 december 2026 2030-2200": "2026-12-08 20:30 90 minutes",
    "8 december 2000-2200": "2026-12-08 20:00 120 minutes",
    "8 december at 2030-2200": "2026-12-08 20:30 90 minutes",
    "8 december 2030-2200": "That could be a year or a time.",
    "every tuesday 1900 until 2027": "That could be a year or a time.",
    "tuesday 1900 till 2030": "That could be a year or a time.",
    "tuesday 1900 until 2200": "2026-12-01 19:00 180 minutes",
    "tuesday 7pm until 2100": "2026-12-01 19:00 120 minutes",
    "7 to 9pm december 8": "2026-12-08 19:00 120 minutes",
    "30 december to 2 january 2027": "2026-12-30 4 days",
    "tue 8 to thu 10 december": "2026-12-08 3 days",
    "sat 5 to sun 6 december": "2026-12-05 2 days",
    "wednesday 30 december to saturday 2 january": "2026-12-30 4 days",
    "mon 8 to wed 10 december": "8 December 2026 is a Tuesday.",
    "sat 5 to sun 7 december": "7 December 2026 is a Monday.",
    "8 december to fri 11 december 2026": "2026-12-08 4 days",
    "8 to wed 10 december": "10 December 2026 is a Thursday.",
    "friday 30 december to monday 2 january": "30 December 2026 is a Wednesday.",
    "monday 8th - wednesday 10th december 2026": "8 December 2026 is a Tuesday.",
    "8 december 7pm until 30 june 2027": "Only an event that repeats has a last day.",
    "8 december 7-9pm until 30 june 2027": "Only an event that repeats has a last day.",
    "8 december 7pm until 2027": "Only an event that repeats has a last day.",
    "every week 3 hours": "Postbag found how long it lasts, but not when it starts.",
    "every day 24 hours": "Postbag found how long it lasts, but not when it starts.",
    "every month an hour and a half": "Postbag found how long it lasts, but not when it starts.",
    "weekdays 45 mins": "Postbag found how long it lasts, but not when it starts.",
    "every week 3 days": "Postbag found how long it lasts, but not when it starts.",
    "2 hours": "Postbag found how long it lasts, but not when it starts.",
    "weekdays 1930hrs": "2026-11-25 19:30 0 minutes weekdays",
    "8 december 00:00-24:00": "2026-12-08 1 days",
    "8 december midnight to midnight": "2026-12-08 1 days",
    "8 december 0000-2400": "2026-12-08 1 days",
    "8 december 20:00-24:00": "2026-12-08 20:00 240 minutes",
    "every wednesday at 6": "That can mean more than one day or time.",
    "every other wednesday 6pm": "That can mean more than one day or time.",
    "wednesday 6pm": "That can mean more than one day or time.",
}
"""What was typed, and its day, beginning and length, or the question that is asked."""


def understood(typed: str) -> str:
    try:
        when = read_when(typed, NOW, "Europe/London")
    except Refused as refusal:
        return refusal.message
    lasts = f"{when.at:%H:%M} {when.minutes} minutes" if when.at else f"{when.minutes // 1440 or 1} days"
    if (" to " in typed or "-" in typed) and " for " not in typed:
        assert when.by_clock == bool(when.at and when.minutes)
    again = f" {when.repeat.value}" if when.repeat is not Repeat.ONCE else ""
    return f"{when.on} {lasts}{again}" + (f" until {when.until}" if when.until else "")


@pytest.mark.parametrize(("typed", "right"), RANGES.items(), ids=RANGES)
def test_a_range_of_times_or_days_is_read_or_asked_about(typed: str, right: str) -> None:
    assert understood(typed) == right


def test_a_length_is_none_of_the_clocks() -> None:
    assert not read_when("8 December 7pm for 90 minutes", NOW, "Europe/London").by_clock


DAYS = {
    "8 December": "2026-12-08",
    "8 December 2026": "2026-12-08",
    "8 Dec 27": "2027-12-08",
    "08/12/2026": "2026-12-08",
    "2026-12-08": "2026-12-08",
    "tomorrow": "2026-11-26",
    "Tuesday 8th": "2026-12-08",
    "December 8 2026": "2026-12-08",
    "Dec 8th, 2026": "2026-12-08",
    "the 8th": "2026-12-08",
    "every Tuesday": "2026-12-01",
    "every first Tuesday": "2026-12-01",
    "every month on the 8th": "2026-12-08",
    "Christmas Eve": "2026-12-24",
    "Christmas Eve 2026": "2026-12-24",
    "in 3 weeks": "2026-12-16",
    "a week on Tuesday": "2026-12-08",
}
TIMES = {
    "7pm": "19:00 0",
    "7.30pm": "19:30 0",
    "19:00": "19:00 0",
    "1900": "19:00 0",
    "1930hrs": "19:30 0",
    "7-9pm": "19:00 120",
    "7pm-9pm": "19:00 120",
    "7 to 9pm": "19:00 120",
    "19:00-21:00": "19:00 120",
    "noon": "12:00 0",
    "7pm for 2 hours": "19:00 120",
    "10am": "10:00 0",
}
BETWEEN = (" ", ", ", " - ", " – ", " at ", " from ", "-")


@pytest.mark.parametrize("day", DAYS)
def test_a_day_and_a_time_put_together_are_never_another_day_or_time(day: str) -> None:
    wrong, refused = [], []
    for between, (at, lasts), until in itertools.product(
        BETWEEN, TIMES.items(), ("", " until 30 June 2027", " until 2027")
    ):
        for typed in (f"{day}{between}{at}{until}", f"{at}{between}{day}{until}"):
            try:
                when = read_when(typed, NOW, "Europe/London")
            except Refused:
                if not until and between in (" ", ", ", " - ", " – ") and typed.startswith(day) and at != "1900":
                    refused.append(typed)
                continue
            said = f"{when.on} {when.at:%H:%M} {when.minutes}" if when.at else f"{when.on}"
            last = date(2027, 6, 30) if until else None
            if said != f"{DAYS[day]} {lasts}" or when.until != last:
                wrong.append(f"{typed}: {said} until {when.until}")
    assert (wrong, refused) == ([], [])
