"""What people see of their private reminders: understood, kept, listed, opened, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import discord

from bot.chat.cards.deadlines import local_words, place, stamp
from bot.chat.ui import Act, Card, Option, clip, plain
from bot.chat.views.private_reminders import STAMP, carry, change_act, keep_act, new_draft
from bot.domain.dates.exact import day_and_date
from bot.domain.dates.moments import say_moment
from bot.domain.dates.repeats import Repeat
from bot.domain.dates.times import say_time
from bot.domain.deadlines import Deadline
from bot.domain.plain_text import within_sentence
from bot.domain.private_reminders import LEADS, Missed, PersonSettings, PrivateReminder
from bot.domain.reminders import CivilTime, ReminderState
from bot.services.ports.sending import MAYBE_BLOCKED, NO_SHARED_SERVER
from bot.services.private_reminders import Asked, Habits, Typed, Understood

PER_PAGE = 8
SHOWN = 90
PRIMARY = discord.ButtonStyle.primary
DANGER = discord.ButtonStyle.danger
BY_MESSAGE = "Postbag will send it as a direct message. If yours are closed, you'll see it next time you use Postbag."


def understood_card(wanted: Understood, typed: Typed, edited: tuple[int, int] | None = None) -> Card:
    """Show what was understood, before anything is kept."""
    card = Card("Is this right?")
    card.text(f"**When:** {moment_words(wanted.first)}")
    if wanted.assumed:
        card.text("\n".join(f"- {note}" for note in wanted.assumed))
    if wanted.repeat is not Repeat.ONCE:
        card.text(_repeat_words(wanted))
    if wanted.deadline_id is not None:
        card.text("If that date moves, this reminder moves with it.")
    elif wanted.about.startswith("e ") and wanted.repeat is Repeat.ONCE:
        card.text("If the event moves, this reminder moves with it.")
    carry(card, typed)
    card.buttons(
        keep_act("Save", wanted, edited, style=PRIMARY, draft=new_draft()),
        change_act(wanted.about, edited),
    )
    return card.small(f"Nothing is saved yet. {BY_MESSAGE} Only you can see this.")


def asked_card(asked: Asked, typed: Typed, edited: tuple[int, int] | None = None) -> Card:
    """Ask which moment was meant: a button for each."""
    card = Card("Which one?").text(asked.question)
    for choice in asked.choices:
        if choice.assumed:
            card.text(f"**{say_moment(choice.first)}**\n" + "\n".join(f"- {note}" for note in choice.assumed))
    carry(card, typed)
    draft = new_draft()
    card.buttons(*(keep_act(say_moment(choice.first), choice, edited, draft=draft) for choice in asked.choices))
    card.buttons(change_act(asked.choices[0].about, edited))
    zone = place(asked.choices[0].first.zone)
    return card.small(f"Times are {zone} time. Press one to save it. {BY_MESSAGE} Only you can see this.")


def kept_card(kept: PrivateReminder, *, sending: bool = False) -> Card:
    """Say that it is kept."""
    card = Card("Saved").text(f"**{plain(clip(kept.text, 300))}**")
    card.text(f"{moment_words(kept.next_time or kept.first)}{_how_often(kept)}")
    if sending:
        card.text(
            "Your change came a moment too late for one message, which was just going out. Later ones use the change."
        )
    card.buttons(Act("Open", "remind.open", (kept.personal_id,)), Act("All my reminders", "remind.list"))
    return card.small(f"{_neutral_words(kept)}{BY_MESSAGE} Only you can see this.")


def list_card(held: Sequence[PrivateReminder], page: int = 0) -> Card:
    """List reminders to come, then those that are over, eight a page."""
    pages = max(1, -(-len(held) // PER_PAGE))
    page = min(max(0, page), pages - 1)
    shown = held[page * PER_PAGE : (page + 1) * PER_PAGE]
    card = Card("My reminders")
    if not held:
        card.text("None. Set one with `/remind me`, or press *Remind me* on a recommendation or a deadline.")
    for reminder in shown:
        card.text(f"**{plain(clip(_line(reminder.text), SHOWN))}**\n{_state(reminder)}{_how_often(reminder)}")
    if shown:
        options = [Option(clip(_line(r.text), 100), str(r.personal_id), _short_state(r)) for r in shown]
        card.select("remind.open", options, placeholder="Open one to change it")
    controls = [Act("Set a reminder", "remind.new", (), PRIMARY), Act("Change my settings", "remind.settings")]
    if page > 0:
        controls.append(Act("Earlier", "remind.list", (page - 1,)))
    if page < pages - 1:
        controls.append(Act("More", "remind.list", (page + 1,)))
    where = f"Page {page + 1} of {pages}. " if pages > 1 else ""
    return card.buttons(*controls).small(f"{where}Only you can see this. Finished reminders are erased after 7 days.")


def one_card(held: PrivateReminder, said: str = "") -> Card:
    """Show one reminder with what can be done about it. ``said`` stands above it."""
    card = Card("Reminder")
    if said:
        card.text(said)
    card.text(plain(held.text))
    card.text(f"{_state(held)}{_how_often(held)}")
    if held.deadline_id is not None:
        card.text("It counts from a date and moves with it.")
    elif held.event is not None:
        card.text("If the event moves, this reminder moves with it.")
    number = (int(held.personal_id),)
    controls = [Act("Edit", "remind.edit", number), Act("Snooze", "remind.snooze", number)]
    if held.done_at is None:
        controls.append(Act("Done", "remind.done", number))
        if held.is_active:
            stop = "Cancel" if held.repeat is Repeat.ONCE else "Stop repeating"
            controls.append(Act(stop, "remind.cancel", number, DANGER))
    card.buttons(*controls, Act("All my reminders", "remind.list"))
    return card.small(f"{_neutral_words(held)}Only you can see this.")


def snooze_card(held: PrivateReminder, times: Sequence[tuple[str, CivilTime]], question: str = "") -> Card:
    """Offer times at which it comes again."""
    card = Card("Snooze until when?").text(f"**{plain(clip(_line(held.text), 200))}**")
    if question:
        card.text(question)
    card.text("\n".join(f"- {label}: {moment_words(civil)}" for label, civil in times))
    acts = [
        Act(
            label,
            "remind.snoozed",
            (int(held.personal_id), datetime.combine(civil.on, civil.at).strftime(STAMP), civil.zone),
            PRIMARY if index == 0 else discord.ButtonStyle.secondary,
        )
        for index, (label, civil) in enumerate(times)
    ]
    card.buttons(*acts)
    return card.buttons(Act("Another time", "remind.snooze.ask", (int(held.personal_id),))).small(
        "Only you can see this."
    )


def cancelled_card(held: PrivateReminder) -> Card:
    """Say that it will not come, and give its words back."""
    card = Card("Cancelled").text(
        "Postbag won't send it." if held.repeat is Repeat.ONCE else "Postbag won't send it again."
    )
    carry(card, Typed(held.text, "", "", ""))
    return card.buttons(change_act("", label="Set it again"), Act("All my reminders", "remind.list")).small(
        "Only you can see this. Postbag erases its words within 7 days."
    )


def before_card(deadline: Deadline, reference: str, habits: Habits, today: date) -> Card:
    """Offer days before a deadline, the person's usual first."""
    card = Card("Remind me of this date").text(f"**{plain(clip(deadline.title, 200))}**\n{deadline.headline(today)}.")
    left = (deadline.watch_on - today).days
    leads = [lead for lead in dict.fromkeys((habits.lead, *LEADS, 0)) if 0 <= lead < left or (lead == 0 and left >= 0)]
    if not leads:
        card.text("That date has passed, so Postbag can't remind you before it. Choose a time in your own words.")
    else:
        lines = [f"- {_lead_words(lead)}: {day_and_date(_before(deadline, lead))}" for lead in leads[:5]]
        card.text("\n".join(lines))
        card.buttons(
            *(
                Act(
                    f"{_lead_words(lead)}{' (my usual)' if lead == habits.lead else ''}",
                    "remind.before",
                    (reference, lead),
                    PRIMARY if lead == habits.lead else discord.ButtonStyle.secondary,
                )
                for lead in leads[:5]
            )
        )
    card.buttons(Act("In my own words", "remind.words", ("d", reference)))
    return card.small(
        f"At {say_time(habits.usual)}, {place(habits.zone)} time, unless you say otherwise. Only you can see this."
    )


def settings_card(own: PersonSettings, habits: Habits) -> Card:
    """Say what counts for a person's reminders."""
    return (
        Card("My reminder settings")
        .text(
            f"- Time zone: {plain(habits.zone)}{'' if own.zone else ' (as here; you chose none)'}\n"
            f"- Time of day, if you don't give one: {say_time(habits.usual)}{'' if own.time_of_day else ' (as here)'}\n"
            f"- Before a deadline: {_days(habits.lead)}{'' if own.lead_days is not None else ' (usual)'}\n"
            f"- Messages: {'they never say what they are about' if own.neutral else 'as the group chose, or in your own words'}"
        )
        .buttons(Act("Change", "remind.settings"), Act("All my reminders", "remind.list"))
        .small("This applies to new reminders. Reminders already set keep their times. Only you can see this.")
    )


def missed_card(missed: Sequence[Missed]) -> Card:
    """Show what did not reach a person, now that they are here."""
    card = Card("While Postbag couldn't reach you")
    for found in missed[:PER_PAGE]:
        doubt = " It may have reached you." if found.may_have_come else ""
        card.text(f"**{plain(clip(found.text.strip(), 400)) or 'A reminder'}**\nDue {stamp(found.due_at)}.{doubt}")
    if len(missed) > PER_PAGE:
        card.text(f"And {len(missed) - PER_PAGE} more, shown when you next use Postbag.")
    card.text("\n".join(dict.fromkeys(_why_missed(found.reason) for found in missed)))
    return card.buttons(Act("All my reminders", "remind.list")).small("Only you can see this.")


def _why_missed(reason: str) -> str:
    """Say why a direct message did not arrive, and what its person can do about it."""
    allow = (
        "In a server that has Postbag, open the server's menu, choose *Privacy Settings*, and allow direct messages."
    )
    if NO_SHARED_SERVER in reason:
        return f"Your direct messages are closed to Postbag, or you no longer share a server with it. {allow}"
    if MAYBE_BLOCKED in reason:
        return f"Your direct messages are closed to Postbag, or you've blocked it. {allow} If you blocked Postbag, unblock it."
    return f"Your direct messages were closed to Postbag, or Discord had a problem. {allow}"


def moment_words(civil: CivilTime) -> str:
    """Say a moment with Discord's own time and in words; a time that a clock change moved is explained."""
    note = f" {civil.change_note}" if civil.change_note else ""
    return f"{stamp(civil.instant())} ({local_words(civil)}).{note}"


def choice_words(held: PrivateReminder) -> str:
    """Name a reminder in one line of at most 100 characters."""
    when = say_moment(held.next_time) if held.next_time is not None else "over"
    return f"{clip(_line(held.text), 96 - len(when))} · {when}"


def _repeat_words(wanted: Understood) -> str:
    until = f", until {day_and_date(wanted.until)}" if wanted.until is not None else ""
    times = "\n".join(f"- {day_and_date(civil.on)}" for civil in wanted.ahead)
    more = "" if len(wanted.ahead) < 3 else "\nand so on, always at the same time of day"
    return f"**Repeats:** {within_sentence(wanted.repeat.label)}{until}\n{times}{more}"


def _how_often(held: PrivateReminder) -> str:
    if held.repeat is Repeat.ONCE:
        return ""
    until = f", until {day_and_date(held.until)}" if held.until is not None else ""
    return f" {held.repeat.label}{until}."


def _state(held: PrivateReminder) -> str:
    if held.next_time is not None:
        return f"{'Snoozed: comes' if held.snoozed else 'Comes'} {moment_words(held.next_time)}"
    if held.state is ReminderState.SENDING:
        return "Going out now."
    if held.state in (ReminderState.UNDELIVERABLE, ReminderState.UNKNOWN) and held.state_at is not None:
        return f"Due {stamp(held.state_at)}; Postbag couldn't deliver it, or couldn't tell whether it arrived."
    if held.done_at is not None:
        return f"Finished {stamp(held.done_at)}."
    return f"Sent {stamp(held.state_at)}." if held.state_at is not None else "Over."


def _short_state(held: PrivateReminder) -> str:
    return say_moment(held.next_time) if held.next_time is not None else "over"


def _neutral_words(held: PrivateReminder) -> str:
    return "The message won't say what it's about. " if held.neutral else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _before(deadline: Deadline, lead: int) -> date:
    return date.fromordinal(deadline.watch_on.toordinal() - lead)


def _lead_words(lead: int) -> str:
    return "On the day" if lead == 0 else f"{_days(lead)} before"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
