"""Buttons under what Postbag posts by itself, beside *Why this message?*."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.presses import custom_id
from bot.domain.deadlines import DeadlineKind
from bot.domain.messages import MessageButton
from bot.domain.reminders import ReminderKind
from bot.services.ports import DeliveryPlan

CHASER = "response-overdue"


def buttons_for(plan: DeliveryPlan) -> Sequence[MessageButton]:
    """Give the chaser letter where one response alone is overdue. None for a group at risk: its posts name no report."""
    if plan.settings is None or plan.settings.high_risk or plan.target.person_id is not None:
        return ()
    late = {
        due.deadline.report
        for due in plan.due
        if due.reminder.kind is ReminderKind.OVERDUE
        and due.deadline is not None
        and due.deadline.kind is DeadlineKind.GOVERNMENT_RESPONSE
        and due.deadline.report is not None
    }
    if len(late) != 1:
        return ()
    return (MessageButton("Write to my MP about it", action=custom_id("letter.start", late.pop(), "", CHASER)),)
