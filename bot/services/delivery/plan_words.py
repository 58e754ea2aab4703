"""What a plan's post says where members could be targeted and it was written as if they could not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.actions import NEWS, OFF, WELCOME
from bot.domain.reminders import Reminder


def neutral_post(reminder: Reminder) -> tuple[str, Mapping[str, Any]]:
    """Give the template of a post and its fields, so that it says what it is and names nothing."""
    nothing = {"title": "", "next_title": "", "next_on": None, "neutral": True}
    if reminder.rung in (NEWS, OFF):
        return "action-news", {**nothing, "cancelled": reminder.rung == OFF, "day": None}
    if reminder.rung == WELCOME:
        return "action-welcome", nothing
    if reminder.person_id is not None:
        return "action-joined", {"title": "", "step": "", "neutral": True}
    return "action-neutral", {"step": ""}
