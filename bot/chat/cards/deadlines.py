"""What people see of deadlines: the list, one clock with its working, its reminders, and why a message was posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import discord

from bot.chat.cards.recommendation_lists import ListState
from bot.chat.layout import ROW
from bot.chat.ui import Act, Card, Link, Option, clip, plain
from bot.domain.dates.exact import day_and_date
from bot.domain.dates.times import say_time
from bot.domain.deadlines import Deadline, DeadlineState, Recorded
from bot.domain.identity import PersonId, UserId
from bot.domain.links import is_web_address
from bot.domain.reminders import CivilTime, Reminder, ReminderState, rung_words
from bot.domain.reports import long_date
from bot.services.deadline_writing import Change
from bot.services.delivery.explained import WhyItem, WhyThisMessage
from bot.services.ladders import Ladder

PER_PAGE = 8
TITLE_SHOWN = 120
RUNGS_SHOWN = 6
MOST_HISTORY = 8
NOT_A_LAW = "A response is expected by this day. The Government has undertaken to give it, but no law requires it."


def reference(deadline: Deadline) -> str:
    """Name a deadline in a custom_id or an autocomplete value: its number, or its report's short name where it has none."""
    return str(deadline.deadline_id) if deadline.deadline_id else f"report {deadline.report}"


def choice_label(deadline: Deadline, today: date) -> str:
    """Name a deadline in one line of at most 100 characters."""
    tail = f" · {deadline.state(today).label}, {_short(deadline.told_on(today))}"
    return clip(" ".join(deadline.title.split()), 100 - len(tail)) + tail


@dataclass(frozen=True, slots=True)
class Line:
    """One date in a list: an answer that is expected, or an event."""

    title: str
    headline: str
    value: str
    state: str
    day: date
    is_open: bool

    @property
    def label(self) -> str:
        """Name it in one line of at most 100 characters."""
        tail = f" · {self.state}, {_short(self.day)}"
        return clip(" ".join(self.title.split()), 100 - len(tail)) + tail


def lines_of(deadlines: Sequence[Deadline], today: date, events: Sequence[Line] = ()) -> list[Line]:
    """Give answers and events as they stand in a list: what is to come by its day, then what is over, the latest first."""
    lines = []
    for d in deadlines:
        state = d.state(today)
        lines.append(Line(d.title, d.headline(today), reference(d), state.label, d.told_on(today), state.is_open))
    if not events:
        return lines
    lines += events
    to_come = sorted((line for line in lines if line.is_open), key=lambda line: line.day)
    return [*to_come, *sorted((line for line in lines if not line.is_open), key=lambda line: line.day, reverse=True)]


def list_card(
    deadlines: Sequence[Deadline],
    today: date,
    *,
    page: int,
    group: bool,
    organiser: bool,
    events: Sequence[Line] = (),
) -> Card:
    """Show dates in short lines, eight a page, with a picker to open one. ``group`` False: the clocks of all reports held."""
    lines = lines_of(deadlines, today, events)
    pages = max(1, -(-len(lines) // PER_PAGE))
    page = min(max(0, page), pages - 1)
    shown = lines[page * PER_PAGE : (page + 1) * PER_PAGE]
    card = Card("Your group's dates" if group else "Deadlines of the reports here")
    if not lines:
        card.text(
            "Your group isn't watching any dates yet. An organiser can follow a report with `/reports follow` or add a date with "
            "`/deadlines add`."
            if group
            else "Postbag has no reports yet."
        )
    for line in shown:
        card.text(f"**{plain(clip(line.title, TITLE_SHOWN))}**\n{line.headline}")
    if shown:
        options = [Option(clip(line.title, 100), line.value, f"{line.state}: {_short(line.day)}") for line in shown]
        card.select("deadlines.show", options, placeholder="Open a date")
    controls: list[Act | Link] = []
    if page > 0:
        controls.append(Act("Earlier", "deadlines.list", (page - 1,)))
    if page < pages - 1:
        controls.append(Act("More", "deadlines.list", (page + 1,)))
    if shown:
        controls.append(Act("Show a picture", "deadlines.picture"))
        controls.append(Act("Add to my calendar", "deadlines.calendar"))
    if organiser:
        controls.append(Act("Add a date", "event.which"))
    if controls:
        card.buttons(*controls)
    unsaid = next((d for d in deadlines if d.is_unsaid and d.state(today).is_open), None)
    if organiser and unsaid is not None:
        card.text(unsaid_text(unsaid)).buttons(*unsaid_acts(unsaid))
    where = f"Page {page + 1} of {pages}. " if pages > 1 else ""
    law = f" {NOT_A_LAW}" if deadlines or not lines else ""
    return card.small(f"{where}Only you can see this.{law}")


def unsaid_text(deadline: Deadline) -> str:
    """Ask of a date that is held already which of the two it is."""
    return (
        f"**Which is it?** “{plain(clip(deadline.title, 100))}”, {long_date(deadline.watch_on)}: an answer you expect, "
        "or an event of yours? An event is never overdue."
    )


def unsaid_acts(deadline: Deadline) -> tuple[Act, Act]:
    """Give the two answers to it."""
    args = (int(deadline.deadline_id), deadline.revision)
    return Act("An answer we expect", "event.answer", args), Act("An event of ours", "event.become", args)


def deadline_card(
    deadline: Deadline,
    today: date,
    ladder: Ladder | None = None,
    *,
    organiser: bool = False,
    said: str = "",
    history: Sequence[Recorded] = (),
    who: Mapping[PersonId, UserId] | None = None,
) -> Card:
    """Show one clock: where it stands, the working a step a line, sources, reminders, and who recorded what.

    ``said`` stands above it all. ``who`` names people to organisers alone.
    """
    state = deadline.state(today)
    card = Card(plain(clip(deadline.title, 200)))
    if said:
        card.text(said)
    card.text(f"**{deadline.headline(today)}.**")
    card.text("**How this was worked out**\n" + "\n".join(f"- {line}" for line in deadline.working(today)))
    if deadline.note:
        card.text(plain(deadline.note))
    if ladder is not None:
        card.text(_reminders(deadline, ladder, state))
    if history:
        card.text(_history(history, who or {}, organiser=organiser))
    asks = organiser and deadline.is_unsaid and state.is_open
    if asks:
        card.text(unsaid_text(deadline)).buttons(*unsaid_acts(deadline))
    recording, planning = _controls(deadline, state) if organiser and deadline.deadline_id else ([], [])
    if asks:  # the rest comes once it is said which of the two it is
        recording, planning = [], [recording[0], *recording[3:], *planning]
    elif state.is_open:
        planning.append(Act("Remind me", "remind.start", ("d", reference(deadline))))
    card.buttons(*recording).buttons(*planning, *_links(deadline)[: ROW - len(planning)])
    return card.small(f"{_recorded(deadline)} Only you can see this.")


def changed_card(change: Change, today: date, ladder: Ladder, understood: Sequence[date] = ()) -> Card:
    """Show a deadline after a change, and say what the change does."""
    lines = [f"Postbag understood: **{day_and_date(day)}**" for day in understood]
    lines.append("Saved. Postbag will tell the group in its channel." if change.announced else "Saved.")
    if change.sending:
        lines.append(
            "Your change came a moment too late for one reminder, which was just going out. Later ones use the change."
        )
    card = deadline_card(change.deadline, today, ladder, organiser=True, said="\n".join(lines))
    report = change.deadline.report
    if report is not None and change.deadline.state(today) is DeadlineState.ANSWERED:
        card.text("**How was each recommendation answered?** Record it with `/reports record-answer`, one by one.")
        card.buttons(Act("Record the answers", "report.list", ListState(report=report).args()))
    return card


def added_card(deadline: Deadline, today: date, ladder: Ladder, understood: date) -> Card:
    """Show a new deadline: what was understood, and honestly where its day is already past."""
    lines = [f"Added. Postbag understood: **{day_and_date(understood)}**"]
    if understood != deadline.due_on:
        lines.append(f"Two calendar months later: **{day_and_date(deadline.due_on)}**")
    if deadline.due_on < today:
        lines.append("That day has already passed, so this deadline starts overdue.")
    return deadline_card(deadline, today, ladder, organiser=True, said="\n".join(lines))


def withdraw_card(deadline: Deadline, today: date) -> Card:
    """Ask once before a deadline is withdrawn."""
    return (
        Card("Withdraw this date?")
        .text(f"**{plain(clip(deadline.title, 200))}**\n{deadline.headline(today)}.")
        .text("Postbag will cancel its reminders. The list will still show it, as withdrawn.")
        .buttons(
            Act(
                "Withdraw it",
                "deadlines.withdrawn",
                (int(deadline.deadline_id), deadline.revision),
                style=discord.ButtonStyle.danger,
            ),
            Act("Keep it", "deadlines.show", (int(deadline.deadline_id),)),
        )
    )


def why_card(why: WhyThisMessage) -> Card:
    """Show why a message was posted: each reminder with its rule and working, who set it, and the ledger's lines."""
    card = Card("Why this message?")
    for item in why.items[:4]:
        card.text(_why_item(item))
    if len(why.items) > 4:
        card.text(f"And {len(why.items) - 4} more, all under /deadlines list.")
    card.text("**What happened to each reminder**\n" + "\n".join(f"- {plain(line)}" for line in why.history[-10:]))
    links = list(dict.fromkeys(item.source_url for item in why.items if is_web_address(item.source_url)))
    if links:
        card.buttons(
            *(Link("Read source" if len(links) == 1 else f"Source {n}", url) for n, url in enumerate(links[:5], 1))
        )
    return card.small("Only you can see this. It doesn't say who set it or who asked.")


def ladder_lines(ladder: Ladder) -> list[str]:
    """Write the reminders to come: which step, the group's local time in words, and how far off, counted by Discord."""
    lines = []
    for rung in ladder.to_come[:RUNGS_SHOWN]:
        notes = " ".join(filter(None, (rung.moved_note, rung.civil.change_note)))
        away = f"<t:{int(rung.civil.instant().timestamp())}:R>"
        lines.append(
            f"{rung_words(rung.kind, rung.rung)}: {local_words(rung.civil)} ({away}).{' ' + notes if notes else ''}"
        )
    if len(ladder.to_come) > RUNGS_SHOWN:
        lines.append(f"and {len(ladder.to_come) - RUNGS_SHOWN} more")
    return lines


def local_words(civil: CivilTime) -> str:
    """Say a local time in words: ``9am on Friday 8 January 2027, London time``."""
    return f"{say_time(civil.at)} on {day_and_date(civil.on)}, {place(civil.zone)} time"


def place(zone: str) -> str:
    """Name a zone by its place: ``London``, ``New York``, ``UTC``."""
    return zone.rpartition("/")[2].replace("_", " ")


def stamp(instant: datetime) -> str:
    """Write an instant as Discord's own timestamp, shown to each reader in their own time."""
    return f"<t:{int(instant.timestamp())}:f>"


def _reminders(deadline: Deadline, ladder: Ladder, state: DeadlineState) -> str:
    lines = []
    if state is DeadlineState.PARTLY_ANSWERED:
        lines.append("- Paused: there's been an interim answer.")
    elif not state.is_open:
        lines.append("- None: this deadline is closed.")
    elif ladder.plan and not ladder.to_come:
        lines.append(
            f"- The plan “{plain(clip(ladder.plan, 100))}” replaces these reminders: Postbag posts its steps instead."
        )
    elif not ladder.to_come:
        lines.append("- None left to post.")
    if deadline.ladder is not None and ladder.to_come:
        lines.append("- This deadline has its own reminder days.")
    lines += [f"- {line}" for line in ladder_lines(ladder)]
    if ladder.past:
        lines += [f"- {_past(reminder)}" for reminder in ladder.past[-3:]]
    if state.is_open and ladder.settings.channel_id is None:
        lines.append(
            "- No channel is chosen yet, so nothing can be posted. An organiser chooses one with `/admin setup`."
        )
    elif ladder.to_come:
        lines.append(f"- Where: <#{ladder.settings.channel_id}>")
    return "**Reminders**\n" + "\n".join(lines)


def _past(reminder: Reminder) -> str:
    if reminder.state is ReminderState.SENT and reminder.sent_at is not None:
        return f"{rung_words(reminder.kind, reminder.rung)}: posted {stamp(reminder.sent_at)}"
    if reminder.state is ReminderState.SENDING:
        return f"{rung_words(reminder.kind, reminder.rung)}: going out now, due {stamp(reminder.due_at)}"
    why = f": {plain(reminder.reason)}" if reminder.reason else ""
    return (
        f"{rung_words(reminder.kind, reminder.rung)}: {reminder.state.label.lower()}, due {stamp(reminder.due_at)}{why}"
    )


def _links(deadline: Deadline) -> list[Act | Link]:
    named = (
        ("Read the answer", deadline.received_url),
        ("Read the interim answer", deadline.partly_url),
        ("Read the promise", deadline.promised_url),
        ("Read source", deadline.source_url),
        ("Read the rule", deadline.rule.source_url),
    )
    found: dict[str, str] = {}
    for label, url in named:
        if is_web_address(url):
            found.setdefault(url, label)
    return [Link(label, url) for url, label in found.items()]


def _controls(deadline: Deadline, state: DeadlineState) -> tuple[list[Act], list[Act]]:
    """Give what organisers do with a date: what they record of it, and how it reminds."""
    number = (int(deadline.deadline_id),)
    if state is DeadlineState.ANSWERED:
        return [], [Act("Correct the day", "deadlines.received", number)]
    if not state.is_open:
        return [], []
    recording = [
        Act("Answered", "deadlines.received", number),
        Act("Partly answered", "deadlines.partly", number),
        Act("Promised", "deadlines.promised", number),
        Act("Change", "deadlines.edit", number),
        Act("Withdraw", "deadlines.withdraw", number, style=discord.ButtonStyle.danger),
    ]
    planning = [Act("Change reminders", "ladder.edit", number)]
    if deadline.ladder is not None:
        planning.append(Act("Use the group's reminder days", "ladder.group", number))
    return recording, planning


def _history(history: Sequence[Recorded], who: Mapping[PersonId, UserId], *, organiser: bool) -> str:
    """Say who recorded which fact and when, the newest first. Members learn that it was an organiser, not which."""
    lines = []
    for recorded in reversed(history[-MOST_HISTORY:]):
        what = f"{recorded.fact.label}: {long_date(recorded.on)}" if recorded.on else f"{recorded.fact.label}: undone"
        if not recorded.own:
            by = "from the report or Parliament's record"
        elif recorded.by is not None and recorded.by in who:
            by = f"by <@{who[recorded.by]}>"
        else:
            by = (
                "by somebody whose details Postbag has erased"
                if organiser and recorded.by is None
                else "by an organiser"
            )
        lines.append(f"- {what}, {by}, {discord.utils.format_dt(recorded.at, 'D')}")
    return "**Who recorded it**\n" + "\n".join(lines)


def _recorded(deadline: Deadline) -> str:
    if not deadline.deadline_id:
        return "From the report."
    if deadline.report is not None:
        return "From a report that this group follows, with what organisers recorded."
    return "Recorded by an organiser of this group."


def _why_item(item: WhyItem) -> str:
    lines = [f"**{plain(clip(item.title, 150))}**" if item.title else "**It isn't about a date**"]
    lines.append(
        f"{plain(clip(item.about, 200))}. {item.planned}." + (" Missed: its moment had passed." if item.missed else "")
    )
    if item.rule:
        lines.append(f"Rule: {item.rule}")
    lines += [f"- {plain(clip(line, 200))}" for line in item.working]
    if item.source_title:
        lines.append(f"Source: {plain(clip(item.source_title, 150))}")
    lines.append(f"Set by {item.set_by}")
    return "\n".join(lines)


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
