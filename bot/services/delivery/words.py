"""Put reminders into words: a plan becomes the message that is frozen, and what is set above it when it goes out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import LONDON
from bot.domain.christmas import is_christmas
from bot.domain.deadlines import Deadline, DeadlineKind, DeadlineState
from bot.domain.follow_ups import neutral_words
from bot.domain.identity import ChannelId
from bot.domain.links import is_web_address
from bot.domain.messages import MESSAGE_LIMIT, MessageButton, OutgoingMessage
from bot.domain.quiet_hours import usual_hours
from bot.domain.reminders import LATE_AFTER, THIS_WEEK, WAITS_FOR_MORNING, ReminderKind
from bot.domain.report_gist import Gist
from bot.domain.reports import long_date
from bot.services.delivery.event_words import (
    EVENT_KINDS,
    event_fields,
    event_item,
    event_template,
    event_where,
    missed_once,
)
from bot.services.delivery.plan_words import neutral_post
from bot.services.delivery.shortening import TITLE_SHOWN, shorten
from bot.services.ports.deliveries import DeliveryPlan, DueReminder
from bot.services.ports.files import Templates

log = logging.getLogger(__name__)

BODY_LIMIT = 1400
"""Characters of a frozen message: what is set above it (a role, lateness, another channel) has the rest of Discord's 2,000."""

QUOTE_LIMIT = 700
TEXT_LIMIT = 1000
FEWEST_SHOWN = 3
NEUTRAL_TITLE = "A private reminder"
NEUTRAL_LINE = "A message for this group's organisers."
"""What stands above such a word where members could be targeted: a notification shows a message's beginning to whoever looks on."""

WHY = "pb:why:"
"""What the custom_id of *Why this message?* begins with; the delivery's key follows."""

Buttons = Callable[[DeliveryPlan], Sequence[MessageButton]]
Gists = Callable[[Deadline, date], Gist | None]
"""What is known of the report behind a clock on a day, or None."""

_ESCAPED = re.compile(r"\\([^\w\s])")
_AWAITED = frozenset({DeadlineKind.GOVERNMENT_RESPONSE, DeadlineKind.EXPECTED_ANSWER, DeadlineKind.WRITTEN_QUESTION})
_NEWS = frozenset({ReminderKind.ANSWERED, ReminderKind.PROMISED, ReminderKind.CORRECTED})
_WITH_GIST = frozenset({ReminderKind.BEFORE, ReminderKind.DUE, ReminderKind.OVERDUE, ReminderKind.ANSWERED})
_AS_WRITTEN = frozenset({ReminderKind.NOTICE, ReminderKind.TEST, ReminderKind.ACTION})
"""What Postbag posts in its own words, whatever the group chose for reminders: a step of an action as it was rehearsed."""

_PLAIN_FALLBACK = "A reminder is due. Open /deadlines list to see what it's about."
_PLAIN_PRIVATE = "A reminder is due. Open /remind list to see what it's about."
WAITED_TILL_MORNING = "It could only have come in the night, so Postbag waited until morning."
"""Said beside the lateness of what waited for the end of quiet hours."""

WAITED_OUT_CHRISTMAS = "It could only have come at night or on Christmas Day, so Postbag waited until this morning."

_PLAIN = {
    "late": "This is late: Postbag couldn't post it when it was due.",
    "rerouted": "This was meant for another channel, where Postbag couldn't post.",
    "undelivered": "Postbag couldn't post a reminder for your group. See /admin health.",
    "changed": "Your change came a moment too late for one reminder. See /deadlines list.",
}
"""What is said where a template is broken: a reminder never waits for words."""


class MessageWriter:
    """Render plans through the templates. ``buttons`` adds buttons before *Why this message?* (at most four).

    ``gists`` gives what a clock's report asked for, so that a post says more than that a date has come.
    """

    def __init__(self, templates: Templates, buttons: Buttons | None = None, gists: Gists | None = None) -> None:
        self._templates = templates
        self._buttons = buttons
        self._gists = gists
        self._changed = ""

    def freeze(self, plan: DeliveryPlan, now: datetime) -> OutgoingMessage:
        """Write the message of a plan. A broken template costs its words, never the reminder."""
        why = MessageButton("Why this message?", action=why_id(plan.key))
        try:
            extra = tuple(self._buttons(plan))[:4] if self._buttons is not None else ()
            text = self._text(plan, now.astimezone(LONDON).date(), now)
            if plan.due and all(found.reminder.reason == WAITS_FOR_MORNING for found in plan.due):
                text = f"{_waited_words(plan, now)}\n{text}"
        except Exception:
            log.exception("a reminder could not be put into words; a plain line goes out instead")
            extra, text = (), _PLAIN_FALLBACK if plan.target.person_id is None else _PLAIN_PRIVATE
        settings = plan.settings
        role = settings.ping_role_id if settings is not None and plan.calls_people and plan.may_ping else None
        zones = [settings.zone] if settings is not None else [found.reminder.civil.zone for found in plan.due]
        zone = zones[0] if zones and zones[0] not in (str(LONDON), "UTC") else ""
        return OutgoingMessage(shorten(text, BODY_LIMIT), (*extra, why), role, zone, plan.is_silent)

    def outgoing(self, message: OutgoingMessage, due_at: datetime, now: datetime) -> OutgoingMessage:
        """Complete a frozen message at the moment it is sent: the role it mentions, and lateness said honestly."""
        above = []
        if message.ping_role is not None:
            above.append(f"<@&{message.ping_role}>")
        if now - due_at > LATE_AFTER:
            zone = ZoneInfo(message.zone) if message.zone else LONDON
            local = due_at.astimezone(zone)
            place = str(zone).rpartition("/")[2].replace("_", " ")
            fields = {"due_at": due_at, "due_time": f"{local:%H:%M}", "due_on": local.date(), "place": place}
            above.append(self._template_words("late", fields))
        return replace(message, text=shorten("\n".join([*above, message.text]), MESSAGE_LIMIT))

    def rerouted_message(self, message: OutgoingMessage, meant_for: ChannelId | None, reason: str) -> OutgoingMessage:
        """Write a message again for the notice channel: for which channel it was, why it is here, how to put it right."""
        channel = f"<#{meant_for}>" if meant_for is not None else ""
        above = self._template_words("rerouted", {"channel": channel, "reason": reason})
        return replace(message, text=shorten(f"{above}\n{message.text}", MESSAGE_LIMIT - 300), ping_role=None)

    def undelivered_message(self, message: OutgoingMessage, reason: str) -> str:
        """Write what the settings' owner is told of a message that could not be posted anywhere."""
        quoted = shorten(message.text, QUOTE_LIMIT).splitlines()
        return self._template_words("undelivered", {"reason": reason, "quoted": quoted})

    def changed_notice(self) -> str:
        """Write what organisers are told where a reminder was changed while it went out."""
        if not self._changed:
            self._changed = self._template_words("changed", {})
        return self._changed

    def _template_words(self, name: str, fields: Mapping[str, Any]) -> str:
        try:
            return self._templates.message(name, fields)
        except Exception:
            log.exception("the template %s could not be used; plain words go out instead", name)
            return _PLAIN[name]

    def _text(self, plan: DeliveryPlan, today: date, now: datetime) -> str:
        notes = [f for f in plan.due if f.reminder.kind in _AS_WRITTEN]
        dated = one_for_each_clock([f for f in plan.due if f not in notes])
        parts = [self._note(found, at_risk=plan.at_risk) for found in notes]
        expired = missed_once(dated, plan.expired)
        if dated or expired:
            if plan.settings is not None and plan.settings.high_risk and plan.target.person_id is None:
                parts.append(self._neutral(dated, expired, today))
            elif len(dated) == 1 and not expired:
                parts.append(self._single(dated[0], today, now))
            else:
                room = BODY_LIMIT - sum(len(part) + 1 for part in parts)
                parts.append(self._digest(dated, expired, today, now, room))
        return "\n".join(parts)

    def test_words(self) -> str:
        """Write the test message."""
        return self._templates.message("test", {})

    def _note(self, found: DueReminder, *, at_risk: bool) -> str:
        reminder = found.reminder
        if reminder.kind is ReminderKind.TEST:
            return self.test_words()
        text = reminder.text
        if at_risk and reminder.kind is ReminderKind.NOTICE and not reminder.neutral:
            # written before the group said that people could be targeted, or by who may name things to organisers
            if reminder.rung == THIS_WEEK:
                return self._templates.message("neutral", {"total": 1, "where": "is coming up", "missed": 0})
            text = f"{NEUTRAL_LINE}\n{text}"
        if found.hushed and reminder.kind is ReminderKind.ACTION and not reminder.neutral:
            # written before the group said that people could be targeted, and not written anew since
            text = self._templates.message(*neutral_post(reminder))
        return self._templates.message("notice", {"text": text})

    def _single(self, found: DueReminder, today: date, now: datetime) -> str:
        kind, deadline = found.reminder.kind, found.deadline
        if kind in EVENT_KINDS:
            return self._templates.message(event_template(found), event_fields(found, now))
        if kind is ReminderKind.FOLLOW_UP:
            told = neutral_words(found.reminder.rung) if found.reminder.neutral else found.reminder.text
            return self._templates.message("follow-up", {"text": shorten(told, TEXT_LIMIT)})
        if deadline is None or kind is ReminderKind.PERSONAL:
            return self._templates.message("personal", _personal(found, today))
        fields = {**_dated(kind, deadline, today), **self._gist(kind, deadline, today)}
        return self._templates.message(kind.value, fields)

    def _gist(self, kind: ReminderKind, deadline: Deadline, today: date) -> Mapping[str, Any]:
        """Say what was asked, where the template has room for it. A report that can't be read costs these lines alone."""
        if kind not in _WITH_GIST:
            return {}
        try:
            gist = self._gists(deadline, today) if self._gists is not None else None
        except Exception:
            log.exception("what a report asked for could not be read; the post goes out without it")
            gist = None
        gist = gist or Gist(())
        return {"asked": gist.asked, "more_asked": gist.more, "answers": gist.answers, "reported": gist.is_reported}

    def _neutral(self, due: Sequence[DueReminder], missed: Sequence[DueReminder], today: date) -> str:
        where = _where(due[0], today) if due else ""
        return self._templates.message("neutral", {"total": len(due), "where": where, "missed": len(missed)})

    def _digest(
        self, due: Sequence[DueReminder], missed: Sequence[DueReminder], today: date, now: datetime, room: int
    ) -> str:
        """List as many as there is room for. What does not fit is counted."""
        shown, shown_missed = len(due), len(missed)
        while True:
            text = self._templates.message(
                "digest",
                {
                    "items": [_item(found, today, now) for found in due[:shown]],
                    "more": len(due) - shown,
                    "missed": [_item(found, today, now, missed=True) for found in missed[:shown_missed]],
                    "missed_more": len(missed) - shown_missed,
                    "total": len(due),
                    "private": any(found.reminder.person_id is not None for found in (*due, *missed)),
                },
            )
            if len(text) <= room or (shown <= FEWEST_SHOWN and shown_missed <= 1):
                return text
            if shown_missed > 1 and (shown_missed >= shown or shown <= FEWEST_SHOWN):
                shown_missed -= 1
            else:
                shown -= 1


def _waited_words(plan: DeliveryPlan, now: datetime) -> str:
    zone = plan.settings.zone if plan.settings is not None else usual_hours(plan.due[0].reminder.civil.zone).zone
    yesterday = now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    return WAITED_OUT_CHRISTMAS if is_christmas(yesterday) else WAITED_TILL_MORNING


def one_for_each_clock(found: Sequence[DueReminder]) -> list[DueReminder]:
    """Leave one reminder of each clock, since all of them say how it stands now: its news, else its last rung."""
    chosen: dict[object, DueReminder] = {}
    for due in found:
        own = due.deadline is None or due.event is not None or due.reminder.text or due.reminder.person_id is not None
        key: object = id(due) if own or due.deadline is None else ("clock", due.deadline.deadline_id)
        held = chosen.get(key)
        if held is None or due.reminder.kind in _NEWS or held.reminder.kind not in _NEWS:
            chosen[key] = due
    return list(chosen.values())


def why_id(key: str) -> str:
    """Give the custom_id of a delivery's *Why this message?* button."""
    return f"{WHY}{key}"


def _dated(kind: ReminderKind, deadline: Deadline, today: date) -> Mapping[str, Any]:
    title, url = deadline.source_title or deadline.title, deadline.source_url
    headline = deadline.headline(today)
    if kind is ReminderKind.ANSWERED:
        title, url, headline = "the answer", deadline.received_url, _answered(deadline, today) or headline
    elif kind is ReminderKind.PROMISED:
        title, url = "source", deadline.promised_url
    return {
        "title": shorten(deadline.title, TITLE_SHOWN),
        "headline": headline,
        "awaited": _awaited(deadline, today),
        "working": deadline.working(today),
        "source_title": shorten(title, TITLE_SHOWN),
        "source_url": url if is_web_address(url) else "",
    }


def _answered(deadline: Deadline, today: date) -> str:
    """Say who has answered, where that is certain: a Government response is the Government's."""
    if deadline.kind is not DeadlineKind.GOVERNMENT_RESPONSE or deadline.received_on is None:
        return ""
    on = long_date(deadline.received_on)
    on = on if deadline.is_day_known else f"by {on} at the latest"
    return f"**The Government has answered**, {deadline.lateness(today)} ({on})"


def _personal(found: DueReminder, today: date) -> Mapping[str, Any]:
    deadline = found.deadline
    title, headline = found.set_on or ("", "")
    if deadline is not None:
        title, headline = deadline.title, deadline.headline(today)
    return {
        "text": shorten(found.reminder.text, TEXT_LIMIT),
        "title": shorten(title, TITLE_SHOWN),
        "headline": headline,
        "neutral": found.reminder.neutral,
        "missed": found.missed,
    }


def _item(found: DueReminder, today: date, now: datetime, *, missed: bool = False) -> Mapping[str, Any]:
    reminder, deadline = found.reminder, found.deadline
    if reminder.kind in EVENT_KINDS:
        return event_item(found, now, missed=missed)
    own_words = NEUTRAL_TITLE if reminder.neutral else " ".join(reminder.text.split())
    if reminder.kind is ReminderKind.ACTION:
        own_words = _first_line(reminder.text) if reminder.neutral or not found.hushed else NEUTRAL_TITLE
    if reminder.neutral:
        deadline = None
    title = own_words or (deadline.title if deadline is not None else "A reminder")
    late = missed or now - reminder.due_at > LATE_AFTER
    return {
        "title": shorten(title, TITLE_SHOWN),
        "headline": deadline.headline(today) if deadline is not None else "",
        "awaited": deadline is not None and _awaited(deadline, today),
        "corrected": reminder.kind is ReminderKind.CORRECTED,
        "due_at": reminder.due_at if late else None,
    }


def _first_line(text: str) -> str:
    """Give the first line of a post as it is read: without marks of emphasis, and without what keeps others harmless."""
    line = next(iter(text.strip().splitlines()), "")
    return _ESCAPED.sub(r"\1", line.replace("**", "")).strip()


def _awaited(deadline: Deadline, today: date) -> bool:
    return deadline.kind in _AWAITED and deadline.state(today) in (
        DeadlineState.RUNNING,
        DeadlineState.DUE_TODAY,
        DeadlineState.OVERDUE,
        DeadlineState.PROMISED,
    )


def _where(found: DueReminder, today: date) -> str:
    if found.reminder.kind in EVENT_KINDS:
        return event_where(found)
    if found.reminder.kind in (ReminderKind.ANSWERED, ReminderKind.PROMISED, ReminderKind.CORRECTED):
        return "has news"
    state = found.deadline.state(today) if found.deadline is not None else None
    match state:
        case DeadlineState.RUNNING | DeadlineState.PROMISED:
            return "is coming up"
        case DeadlineState.DUE_TODAY:
            return "is due today"
        case DeadlineState.OVERDUE:
            return "has passed"
    return "needs a look"
