"""How departments answered MPs' letters when it was last published: a small table, each line from the same source."""

from __future__ import annotations

from bot.domain.rules import MEMBERS_LETTERS

PERIOD = "April to June 2023"
ALL_IN_TIME = 61
IN_TIME = {"CO": 89, "DFE": 69, "DCMS": 60, "DEFRA": 48, "DWP": 76}
"""Percent of MPs' letters answered within 20 working days, by the keys of the table of departments. Others are not held."""
SOURCE, URL = MEMBERS_LETTERS.source_title, MEMBERS_LETTERS.source_url


def record_of(key: str, department: str) -> str:
    """Say how often letters were answered within the target: by this department where that is known, else by all."""
    if key in IN_TIME:
        return f"In {PERIOD} the {department} answered {IN_TIME[key]}% of MPs' letters in that time."
    return f"In {PERIOD} departments together answered {ALL_IN_TIME}% of MPs' letters in that time."
