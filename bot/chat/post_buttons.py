"""Buttons under what Postbag posts by itself, beside *Why this message?*."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.presses import custom_id
from bot.domain.actions import OFF, proposed_key
from bot.domain.deadlines import DeadlineKind
from bot.domain.group_events import OFF as CALLED_OFF
from bot.domain.group_events import GroupEventKind
from bot.domain.messages import MessageButton
from bot.domain.reminders import ReminderKind
from bot.services.ports.deliveries import DeliveryPlan

SHOWN_WHOLE = 600
"""Characters of a person's own words that surely fit into a message, whatever has to be escaped in them."""

CHASER = "response-overdue"

_OF_A_CLOCK = frozenset({ReminderKind.BEFORE, ReminderKind.DUE, ReminderKind.OVERDUE, ReminderKind.ANSWERED})


def buttons_for(plan: DeliveryPlan) -> Sequence[MessageButton]:
    """Give the way on: to the letters that are asked after, to a plan, or to the report, the letter and the calendar of a clock.

    None for a group at risk: its posts name no report.
    """
    if plan.target.person_id is not None:
        return (*_to_letters(plan), *_to_own(plan), *_to_plan(plan))
    if any(due.reminder.kind is ReminderKind.ACTION for due in plan.due):
        return _of_plan(plan)
    if plan.settings is None or plan.settings.high_risk:
        return ()
    events = {
        int(due.event.group_event_id): due
        for due in plan.due
        if due.event and due.event.kind is not GroupEventKind.POST
    }
    if events:
        only = next(iter(events.values())) if len(events) == 1 else None
        is_off = only is not None and only.event is not None and (only.event.off_on or only.reminder.rung == CALLED_OFF)
        number = next(iter(events))
        remind = [MessageButton("Remind me", action=custom_id("remind.event", number))] if only and not is_off else []
        return (*remind, MessageButton("Calendar file", action=custom_id("deadlines.calendar")))
    return _of_report(plan)


def _of_report(plan: DeliveryPlan) -> Sequence[MessageButton]:
    """Give the ways on where all that is posted is about one response: the letter of the moment, the report, the file."""
    posted = [
        due
        for due in plan.due
        if due.deadline is not None
        and due.deadline.kind is DeadlineKind.GOVERNMENT_RESPONSE
        and due.reminder.kind in _OF_A_CLOCK
    ]
    reports = {due.deadline.report for due in posted if due.deadline is not None}
    if len(reports) != 1 or not (report := reports.pop()):
        return ()
    kinds = {due.reminder.kind for due in posted}
    read = MessageButton("Read what was asked", action=custom_id("report.doors", report))
    if ReminderKind.ANSWERED in kinds:
        return read, MessageButton("Write to my MP", action=custom_id("letter.start", report))
    dates = MessageButton("Calendar file", action=custom_id("deadlines.calendar"))
    if ReminderKind.OVERDUE in kinds:
        write = MessageButton("Write to my MP about it", action=custom_id("letter.start", report, "", CHASER))
        return write, read, dates
    return read, dates


def _of_plan(plan: DeliveryPlan) -> Sequence[MessageButton]:
    """Give what anybody can do under a step of a plan. They name nothing, so a group at risk has them too.

    What was asked is named, so it is for a group that is not at risk alone.
    """
    number = _plan_of(plan)
    if number is None:
        return ()
    rungs = {due.reminder.rung for due in plan.due}
    if OFF in rungs:
        return ()
    late = (CHASER,) if any(proposed_key(rung) == "overdue" for rung in rungs) else ()
    return (
        MessageButton("Sign up privately", action=custom_id("action.join", number)),
        MessageButton("Write my letter", action=custom_id("action.write", number, *late)),
        *_to_what_was_asked(plan),
        MessageButton("Calendar file", action=custom_id("action.ics", number)),
    )


def _to_what_was_asked(plan: DeliveryPlan) -> Sequence[MessageButton]:
    """Give the way to the one recommendation that a plan is about, or to the report of several."""
    asked = plan.due[0].asked
    if not asked or plan.settings is None or plan.settings.high_risk:
        return ()
    reports = {item.partition("/")[0] for item in asked}
    if len(asked) > 1 and len(reports) > 1:
        return ()
    named = custom_id("report.card", asked[0]) if len(asked) == 1 and "/" in asked[0] else ""
    return (MessageButton("Read what was asked", action=named or custom_id("report.doors", reports.pop())),)


def _to_plan(plan: DeliveryPlan) -> Sequence[MessageButton]:
    number = _plan_of(plan)
    if number is None or any(due.reminder.rung == OFF for due in plan.due):
        return ()
    return (
        MessageButton("Open", action=custom_id("action.open", number)),
        MessageButton("Leave", action=custom_id("action.leave", number)),
    )


def _plan_of(plan: DeliveryPlan) -> int | None:
    """Give the one plan that a message is about, or None."""
    found = {due.reminder.action_id for due in plan.due} - {None}
    return int(found.pop() or 0) if len(found) == 1 else None


def _to_letters(plan: DeliveryPlan) -> Sequence[MessageButton]:
    letters = {found.reminder.follow_up_id for found in (*plan.due, *plan.expired)} - {None}
    if not letters:
        return ()
    if len(letters) == 1:
        return (MessageButton("Open", action=custom_id("followup.open", str(letters.pop()))),)
    return (MessageButton("Open my letters", action=custom_id("followup.list")),)


def _to_own(plan: DeliveryPlan) -> Sequence[MessageButton]:
    """Give *Done* and *Snooze* under one private reminder, the way to the list under several."""
    own = {found.reminder.personal_id for found in (*plan.due, *plan.expired)} - {None}
    if not own:
        return ()
    if len(own) > 1:
        return (MessageButton("Open my reminders", action=custom_id("remind.list")),)
    number = int(own.pop() or 0)
    controls = [MessageButton("Done", action=custom_id("remind.done", number))]
    controls.append(MessageButton("Snooze", action=custom_id("remind.snooze", number)))
    if any(found.reminder.neutral or len(found.reminder.text) > SHOWN_WHOLE for found in plan.due):
        controls.insert(0, MessageButton("Open", action=custom_id("remind.open", number)))
    return controls
