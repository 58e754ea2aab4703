"""What people see of a group's own events: one with its next times and reminders, and what is asked before it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.chat.cards.deadlines import Line, local_words, stamp
from bot.chat.ui import Act, Card, Link, Option, clip, plain
from bot.domain.dates.exact import day_and_date
from bot.domain.group_event_checks import days_words
from bot.domain.group_events import (
    GroupEvent,
    GroupEventKind,
    Occurrence,
    event_rung_words,
    night_note,
    repeat_words,
)
from bot.domain.links import is_web_address
from bot.domain.reminders import Reminder, ReminderState
from bot.services.event_reminders import EventLadder
from bot.services.group_events import EventChange

NEXT_SHOWN = 3
PAST_SHOWN = 3


def event_reference(event: GroupEvent) -> str:
    """Name an event in a custom_id or an autocomplete value."""
    return f"event {event.group_event_id}"


def event_label(event: GroupEvent, now: datetime) -> str:
    """Name an event in one line of at most 100 characters."""
    return event_line(event, now).label


def event_line(event: GroupEvent, now: datetime) -> Line:
    """Give an event as it stands in the list of dates."""
    state, coming = event.state(now), event.coming(now)
    day = coming[0].on if coming else event.off_on or event.last().on
    return Line(event.title, plain(event.headline(now)), event_reference(event), state.label, day, state.is_open)


def which_card() -> Card:
    """Ask what is to be added: an answer that is waited for, an event, or a post."""
    card = Card("What do you want to add?")
    card.text(
        "- **An answer you expect**: somebody should reply by a day. Postbag says when it's overdue.\n"
        "- **An event of yours**: a vote, a meeting, a lobby day. It's never overdue.\n"
        "- **A post**: your own words, which Postbag posts on one day or every week."
    )
    return card


def which_acts() -> tuple[Act, Act, Act]:
    """Give the three answers to it, one press each."""
    return (
        Act("An answer we expect", "deadlines.add"),
        Act("An event of ours", "event.add"),
        Act("A post", "event.add", (GroupEventKind.POST.value,)),
    )


def event_card(
    event: GroupEvent, now: datetime, ladder: EventLadder, *, organiser: bool = False, said: str = ""
) -> Card:
    """Show one event: when and where, its next times, and its reminders. ``said`` stands above it all."""
    state = event.state(now)
    card = Card(plain(clip(event.title, 200)))
    if said:
        card.text(said)
    card.text(f"**{plain(event.headline(now))}.**")
    facts = [f"{event.kind.label}."]
    if event.place:
        facts.append(f"Where: {plain(event.place)}")
    card.text("\n".join(facts))
    if event.kind is GroupEventKind.POST:
        card.text("**What Postbag posts**\n" + "\n".join(f"> {plain(line)}" for line in event.words.splitlines()))
    if event.repeats and state.is_open:
        coming = event.coming(now, NEXT_SHOWN)
        card.text("**Next times**\n" + "\n".join(f"- {_time(occurrence)}" for occurrence in coming))
    card.text(_reminders(event, ladder, is_open=state.is_open))
    number = int(event.group_event_id)
    if organiser and state.is_open:
        acts = [Act("Change", "event.edit", (number,))]
        if event.kind is not GroupEventKind.POST:
            acts.append(Act("Change reminders", "event.ladder", (number,)))
        if event.repeats:
            acts.append(Act("Move or skip one", "event.times", (number,)))
        if event.kind is not GroupEventKind.POST and not ladder.settings.high_risk:
            acts.append(Act("Add it to Discord's events", "event.list", (number,)))
        acts.append(Act("Call it off", "event.off", (number,), style=discord.ButtonStyle.danger))
        card.buttons(*acts)
    leads: list[Act | Link] = []
    if state.is_open and event.kind is not GroupEventKind.POST:
        leads.append(Act("Remind me", "remind.event", (number,)))
    if state.is_open:
        leads.append(Act("Calendar file", "deadlines.calendar"))
    if is_web_address(event.url):
        leads.append(Link("Open its page", event.url))
    card.buttons(*leads)
    return card.small("Recorded by an organiser of this group. Only you can see this.")


def kept_event_card(change: EventChange, now: datetime, ladder: EventLadder, *, new: bool = False) -> Card:
    """Show an event after a change, and say what the change does."""
    lines = ["Added." if new else "Saved."]
    if change.announced:
        lines = ["Saved. Postbag will tell the group in its channel."]
    if change.sending:
        lines.append("Your change came a moment too late for one reminder, which was just being posted.")
    lines += [plain(note) for note in change.assumed]
    lines += filter(None, [night_note(change.event, ladder.settings, now)])
    if ladder.settings.high_risk:
        lines.append("Your group chose neutral wording: posts say only that a date is coming up or is today.")
    if not change.event.state(now).is_open and change.event.off_on is None:
        lines.append("Its time has passed, so Postbag won't post anything about it.")
    return event_card(change.event, now, ladder, organiser=True, said="\n".join(lines))


def times_card(event: GroupEvent, times: Sequence[Occurrence]) -> Card:
    """Offer the next times of an event that repeats, to move one or leave it out."""
    card = Card("Move or skip one").text(f"**{plain(clip(event.title, 200))}**, {repeat_words(event)}.")
    if not times:
        return card.text("No more are planned.")
    options = [Option(o.when, f"{o.for_day.isoformat()}") for o in times]
    args = (int(event.group_event_id), event.revision)
    card.select("event.time", options, args=args, placeholder="Which one?")
    return card.small("The others stay as they are. Only you can see this.")


def time_card(event: GroupEvent, occurrence: Occurrence, revision: int) -> Card:
    """Ask what becomes of one time of an event."""
    args = (int(event.group_event_id), revision, occurrence.for_day.isoformat())
    return (
        Card(plain(clip(event.title, 200)))
        .text(f"**{occurrence.when}**")
        .buttons(
            Act("Move it", "event.move", args),
            Act("Skip it", "event.skip", args, style=discord.ButtonStyle.danger),
            Act("Back", "deadlines.show", (event_reference(event),)),
        )
        .small("The other times stay as they are. Only you can see this.")
    )


def off_card(event: GroupEvent, now: datetime) -> Card:
    """Ask once before an event is called off."""
    every = " This calls off every future time. To skip just one, use *Move or skip one*." if event.repeats else ""
    return (
        Card("Call this off?")
        .text(f"**{plain(clip(event.title, 200))}**\n{plain(event.headline(now))}.")
        .text(f"Postbag cancels its reminders, and tells the group if it has already posted one.{every}")
        .buttons(
            Act(
                "Call it off",
                "event.off.yes",
                (int(event.group_event_id), event.revision),
                style=discord.ButtonStyle.danger,
            ),
            Act("Keep it", "deadlines.show", (event_reference(event),)),
        )
    )


def _time(occurrence: Occurrence) -> str:
    moved = f" (moved from {day_and_date(occurrence.for_day)})" if occurrence.is_moved else ""
    note = f" {occurrence.change_note}" if occurrence.change_note else ""
    return f"{occurrence.when}{moved}{note}"


def _reminders(event: GroupEvent, ladder: EventLadder, *, is_open: bool) -> str:
    lines = []
    if not ladder.to_come:
        lines.append("- None left to post.")
    elif event.kind is not GroupEventKind.POST:
        lines.append(f"- Each time: {days_words(event.ladder, aloud=event.aloud)}.")
    for rung in ladder.to_come:
        silent = ", shown without notifying anyone" if event.is_silent(rung.rung) else ""
        notes = " ".join(filter(None, (rung.moved_note, rung.civil.change_note)))
        away = f"<t:{int(rung.civil.instant().timestamp())}:R>"
        name = "Next post" if event.kind is GroupEventKind.POST else event_rung_words(rung.rung)
        lines.append(f"- {name}: {local_words(rung.civil)} ({away}){silent}.{' ' + notes if notes else ''}")
    lines += [f"- {_past(reminder)}" for reminder in ladder.past[-PAST_SHOWN:]]
    if is_open and ladder.settings.channel_id is None:
        lines.append(
            "- No channel is chosen yet, so nothing can be posted. An organiser chooses one with `/admin setup`."
        )
    elif ladder.to_come:
        lines.append(f"- Where: <#{ladder.settings.channel_id}>")
    return "**Reminders**\n" + "\n".join(lines)


def _past(reminder: Reminder) -> str:
    name = event_rung_words(reminder.rung)
    if reminder.state is ReminderState.SENT and reminder.sent_at is not None:
        return f"{name}: posted {stamp(reminder.sent_at)}"
    if reminder.state is ReminderState.SENDING:
        return f"{name}: being posted now, due {stamp(reminder.due_at)}"
    why = f": {plain(reminder.reason)}" if reminder.reason else ""
    return f"{name}: {reminder.state.label.lower()}, due {stamp(reminder.due_at)}{why}"
