"""Christmas Day, on which Postbag posts nothing by itself: what would come then comes on another day, and that is said."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)


def is_christmas(day: date) -> bool:
    """Tell whether a day is 25 December."""
    return (day.month, day.day) == (12, 25)


def after_christmas(day: date) -> date:
    """Give a day, or the one after Boxing Day where it is Christmas Day."""
    return day + 2 * _DAY if is_christmas(day) else day


def off_christmas(day: date, centre: date, first_day: date) -> date:
    """Give the day for a step of a plan: another one where it would be Christmas Day.

    It comes after Boxing Day, but a step before the plan's day stays before it: on Christmas Eve where that is still to come
    (``first_day`` is the earliest for a post), else as soon as can be.
    """
    later = after_christmas(day)
    if later == day or not day < centre <= later:
        return later
    return day - _DAY if day - _DAY >= first_day else day + _DAY
