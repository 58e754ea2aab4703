"""Plans of a group: proposed, rehearsed, approved; as organisers see them, and as anybody does who may join."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import discord

from bot.chat.cards.channel_checks import check_lines
from bot.chat.cards.deadlines import Line, place
from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card, Option, plain
from bot.domain.actions import MOST_ITEMS, Action, ActionState, Step, StepMark, order_notes
from bot.domain.dates.times import say_time
from bot.domain.deadlines import Deadline
from bot.domain.reports import Report, long_date
from bot.services.action_forward import EarlyPost
from bot.services.actions import Rehearsal
from bot.services.ports.sending import ChannelCheck

SHOWN = 10


def plans_card(actions: Sequence[Action], today: date, *, organiser: bool = True) -> Card:
    """List a group's plans: all of them to organisers, the running ones to everybody else."""
    card = Card("Your group's plans")
    if not actions and not organiser:
        return card.text("No plan is running just now.").small("Only you can see this.")
    if not actions:
        card.text("There's no plan yet. Start one with `/action plan`.")
        return card.buttons(Act("Plan an action", "action.new", style=discord.ButtonStyle.primary))
    card.text("\n".join(_in_short(action, today) for action in actions[:SHOWN]))
    if len(actions) > SHOWN:
        card.small(f"The first {SHOWN} are shown here. The list below has them all.")
    rows = [
        Option(action.title, str(action.action_id), f"{action.state(today).label}, {long_date(action.centre_on)}")
        for action in actions[:25]
    ]
    card.select("action.show" if organiser else "action.open", rows, placeholder="Open a plan")
    if not organiser:
        return card.small("Only you can see this.")
    return card.buttons(Act("Plan an action", "action.new", style=discord.ButtonStyle.primary))


def start_card(
    clocks: Sequence[Deadline], today: date, events: Sequence[Line] = (), last: Action | None = None
) -> Card:
    """Ask what a plan is worked back from. ``last`` is the plan that the group made before, to copy."""
    card = Card("Plan an action").text(
        "Choose a deadline, an event or a day, and Postbag suggests steps that count back from it. You can "
        "rehearse every post, and nothing goes out until you approve the plan."
    )
    _offer_dates(card, clocks, today, events, "action.from", ())
    acts = [Act("From a day of our own", "action.day")]
    if last is not None:
        card.text(
            f"Your group's last plan was **{shorten(last.title, 80, 200)}**. A copy has the same steps on new days."
        )
        acts.append(Act("Copy the last plan", "action.copy", (int(last.action_id),)))
    return card.buttons(*acts).small("For organisers. Only you can see this.")


def copy_card(known: Action, clocks: Sequence[Deadline], today: date, events: Sequence[Line] = ()) -> Card:
    """Ask what a copy of a plan counts back from."""
    card = Card("Copy this plan").text(
        f"**{shorten(known.title, 100, 250)}**\nThe new plan has the same steps, words, recommendations and letter. "
        "Choose what it counts back from. It starts as a draft, and nothing is posted until you approve it."
    )
    args = (int(known.action_id),)
    _offer_dates(card, clocks, today, events, "action.copy.from", args)
    card.buttons(Act("From a day of our own", "action.copy.day", args), _back(known))
    return card.small("For organisers. Only you can see this.")


def _offer_dates(
    card: Card,
    clocks: Sequence[Deadline],
    today: date,
    events: Sequence[Line],
    verb: str,
    args: tuple[int, ...],
) -> None:
    rows = [Option(line.title, line.value, line.headline) for line in events]
    rows += [Option(d.title, str(d.deadline_id), d.headline(today)) for d in clocks]
    if rows:
        what = "Choose a deadline or event" if events and clocks else "Choose a deadline"
        card.select(verb, rows[:25], args=args, placeholder="Choose an event" if not clocks else what)


CHANGES = {
    "action.add": "Add a step",
    "action.about": "About and letter",
    "action.pick": "Choose recommendations",
    "action.move": "Move the day",
}
"""What can be changed about a plan, by its verb: buttons under a draft, lines of the list of steps under a plan that is approved."""


def plan_card(
    action: Action,
    today: date,
    clock: Deadline | None,
    labels: Sequence[str],
    letter: str,
    *,
    said: str = "",
    posted: bool = False,
    come: date | None = None,
    joined: int = 0,
) -> Card:
    """Show a plan with what can be done with it now. ``said`` stands above it.

    ``joined``: how many signed up, in steps of five; 0 where that isn't said.

    ``come``: the last day whose posts have come; today where it isn't given.
    ``posted``: something of it went out, so that its approval can't be taken back.
    """
    state = action.state(today)
    card = Card(shorten(action.title, 100, 250))
    if said:
        card.text(said)
    back = f"Counting back from {_day(action.centre_on)}"
    card.text(f"**{state.label}**. {back}{f': {plain(clock.title)}' if clock is not None else ''}.")
    card.text("**Steps**\n" + "\n".join(_step_line(step, today, state) for step in action.steps))
    if state.is_open and (moved := _moved_lines(action, today)):
        card.text("\n".join(moved))
    if state.is_open and (notes := order_notes(action)):
        card.text("**Check the order**\n" + "\n".join(f"- {plain(note)}" for note in notes))
    about = "\n".join(f"- {shorten(label, 120, 250)}" for label in labels) or "No recommendation is chosen yet."
    card.text(f"**About**\n{about}")
    card.text(f"**Letter**: {plain(letter) if letter else 'the writer chooses'}.")
    if joined:
        card.text(f"**Signed up**: {joined} or more. Postbag updates this once a day, in steps of five.")
    if action.outcome:
        card.text(f"**The outcome**\n{shorten(action.outcome, 600, 1500)}")
    args = (int(action.action_id), action.revision)
    if state.is_open:
        draft = state is ActionState.DRAFT
        own_day = clock is None and action.group_event_id is None
        outcome = Act("Record the outcome", "action.outcome", args)
        rows = [
            Option(step.title, step.key, _day(step.on))
            for step in action.steps
            if draft or not step.has_come(come or today)
        ]
        changes = [
            Act(label, verb, args[:1] if verb == "action.pick" else args)
            for verb, label in CHANGES.items()
            if verb != "action.move" or own_day
        ]
        if not draft:
            rows += [Option(act.label, act.verb) for act in (*changes, *([] if posted else [outcome]))]
        if rows:
            words = "Change or skip a step" if draft else "Change a step or the plan"
            card.select("action.step", rows, args=args, placeholder=words)
        rehearse = Act("Rehearse", "action.rehearse", args[:1], style=discord.ButtonStyle.primary)
        cancel = Act("Cancel this plan", "action.cancel", args, style=discord.ButtonStyle.danger)
        if draft:
            approve = Act("Approve", "action.approve", args, style=discord.ButtonStyle.success)
            card.buttons(approve, rehearse, *changes, cancel)
        else:
            listed = (
                [] if action.event_id is not None else [Act("Add it to Discord's events", "action.event", args[:1])]
            )
            last = outcome if posted else Act("Back to a draft", "action.unapprove", args)
            card.buttons(rehearse, *listed, last, _copy_act(action), cancel)
    elif state is ActionState.DONE:
        card.buttons(Act("Record the outcome", "action.outcome", args), _copy_act(action))
    else:
        card.buttons(_copy_act(action))
    words = {
        ActionState.DRAFT: "A draft. Nothing is posted until you approve it.",
        ActionState.CANCELLED: "Cancelled. Postbag won't post any more of its steps.",
    }.get(state, "Nobody can see who signed up, not even organisers.")
    return card.small(f"{words} Only you can see this.")


def rehearsal_card(rehearsal: Rehearsal, page: int, check: ChannelCheck | None, now: datetime) -> Card:
    """Show one step exactly as it will be posted: when, where, who is mentioned, the very words, the buttons."""
    posts = rehearsal.posts
    if not posts:
        return Card("No steps left").text("Every step of this plan is in the past.")
    page = min(max(page, 0), len(posts) - 1)
    post = posts[page]
    role = post.message.ping_role
    card = Card(f"Rehearsal, step {page + 1} of {len(posts)}: {shorten(post.step.title, 60)}")
    where = (
        f"in <#{rehearsal.settings.channel_id}>"
        if rehearsal.settings.channel_id
        else "nowhere: no channel is chosen yet"
    )
    who = f"It mentions everyone with <@&{role}>." if role is not None else "It mentions nobody."
    at = f"{say_time(post.civil.at)} on {_day(post.civil.on)}, {place(post.civil.zone)} time"
    card.text(f"Posted at {at}, {where}. {who}")
    if post.civil.change_note:
        card.text(post.civil.change_note)
    if check is not None and (not check.exists or check.missing):
        card.text(check_lines(check))
    card.line().text(post.message.text, id=REHEARSED).line()
    card.small("Buttons under it: " + " · ".join(button.label for button in post.message.buttons))
    acts = []
    if page > 0:
        acts.append(Act("Previous step", "action.rehearse", (int(rehearsal.action.action_id), page - 1)))
    if page < len(posts) - 1:
        acts.append(Act("Next step", "action.rehearse", (int(rehearsal.action.action_id), page + 1)))
    if rehearsal.action.stored is ActionState.APPROVED:
        acts.append(Act("Post this step now", "action.now", (int(rehearsal.action.action_id), post.step.key)))
    acts.append(Act("Back to the plan", "action.show", (int(rehearsal.action.action_id),)))
    return card.buttons(*acts).small(
        "The text between the lines is exactly what Postbag will post. Only you can see this."
    )


def post_now_card(brought: EarlyPost, said: str = "") -> Card:
    """Show a step exactly as it is posted if it is posted now, and ask whether it is to be."""
    action, message = brought.action, brought.message
    card = Card(f"Post “{shorten(brought.step.title, 60)}” now?")
    if said:
        card.text(said)
    who = (
        f"It mentions everyone with <@&{message.ping_role}>."
        if message.ping_role is not None
        else "It mentions nobody."
    )
    card.text(f"In <#{brought.settings.channel_id}>, straight away instead of {_day(brought.step.on)}. {who}")
    card.line().text(message.text, id=REHEARSED).line()
    card.small("Buttons under it: " + " · ".join(button.label for button in message.buttons))
    card.buttons(
        Act(
            "Post it now",
            "action.now.sure",
            (int(action.action_id), action.revision, brought.step.key),
            style=discord.ButtonStyle.danger,
        ),
        Act("Back to the plan", "action.show", (int(action.action_id),)),
    )
    return card.small(
        "The text between the lines is exactly what Postbag will post. Once it's posted, Postbag can't undo it. Only you can see this."
    )


REHEARSED = 7301
"""The component id of the rehearsed words."""


def open_card(action: Action, today: date, labels: Sequence[str], *, joined: bool) -> Card:
    """Show a plan to anybody in the group, or to one who joined it."""
    state = action.state(today)
    card = Card(shorten(action.title, 100, 250)).text(f"**{state.label}**, for {_day(action.centre_on)}.")
    to_come = [step for step in action.posted_steps if step.on >= today] if state.is_planned else []
    if to_come:
        card.text("**Still to come**\n" + "\n".join(f"- {_day(s.on)}: {shorten(s.title, 60, 150)}" for s in to_come))
    if labels:
        card.text("**About**\n" + "\n".join(f"- {shorten(label, 120, 250)}" for label in labels))
    acts = []
    if state is not ActionState.CANCELLED:
        acts.append(Act("Write my letter", "action.write", (int(action.action_id),), style=discord.ButtonStyle.primary))
    elif joined:
        acts.append(Act("Leave", "action.leave", (int(action.action_id),)))
    if state.is_planned:
        acts.append(
            Act(
                "Leave" if joined else "Sign up privately",
                f"action.{'leave' if joined else 'join'}",
                (int(action.action_id),),
            )
        )
        acts.append(Act("Calendar file", "action.ics", (int(action.action_id),)))
    if acts:
        card.buttons(*acts)
    return card.small("Only you can see this. Nobody can see who signed up.")


PER_PAGE = 25
"""Recommendations on one page of the list that a plan's are picked from."""


def reports_card(action: Action, reports: Sequence[Report]) -> Card:
    """Ask which report a plan's recommendations are picked from."""
    card = Card("Which report is the plan about?")
    if not reports:
        return card.text("There's no report to choose from.").buttons(_back(action))
    rows = [Option(r.short_title or r.title, str(r.slug), r.committee) for r in reports[:25]]
    card.select("action.pick", rows, args=(int(action.action_id),), placeholder="Choose a report")
    return card.buttons(_back(action)).small("Only you can see this.")


def picker_card(action: Action, report: Report, page: int, said: str = "") -> Card:
    """Offer a report's recommendations, a page at a time; those of the plan are marked."""
    items = report.recommendations
    pages = max(1, -(-len(items) // PER_PAGE))
    page = min(max(0, page), pages - 1)
    card = Card("Choose recommendations").text(f"**{plain(report.short_title or report.title)}**")
    if said:
        card.text(said)
    shown = items[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = [
        Option(
            f"{r.name}: {r.theme}",
            f"{report.slug}/{r.key}",
            r.summary,
            f"{report.slug}/{r.key}" in action.items,
        )
        for r in shown
    ]
    args = (int(action.action_id), str(report.slug), page)
    card.select("action.picked", rows, args=args, placeholder=f"Up to {MOST_ITEMS}", least=0, most=MOST_ITEMS)
    acts = []
    if page > 0:
        acts.append(Act("Earlier", "action.pick", (int(action.action_id), str(report.slug), page - 1)))
    if page < pages - 1:
        acts.append(Act("More", "action.pick", (int(action.action_id), str(report.slug), page + 1)))
    where = f"Page {page + 1} of {pages}. " if pages > 1 else ""
    return card.buttons(*acts, _back(action)).small(f"{where}Only you can see this.")


def _back(action: Action) -> Act:
    return Act("Back to the plan", "action.show", (int(action.action_id),))


def _copy_act(action: Action) -> Act:
    return Act("Copy this plan", "action.copy", (int(action.action_id),))


def _in_short(action: Action, today: date) -> str:
    after = action.next_step(today) if action.state(today).is_open else None
    following = f"; next: {shorten(after.title, 40)}, {long_date(after.on)}" if after else ""
    return f"- **{shorten(action.title, 80, 200)}**: {action.state(today).value}, for {long_date(action.centre_on)}{following}"


def _moved_lines(action: Action, today: date) -> list[str]:
    """Say which steps to come moved with the plan's deadline or event, and why."""
    moved = [
        f"- {shorten(step.title, 60, 150)}: {_day(step.was_on)} → {_day(step.on)}"
        for step in action.steps
        if step.was_on is not None and step.on >= today
    ]
    what = "event" if action.group_event_id is not None else "deadline"
    return [f"**Steps that moved**, because the {what} moved to {_day(action.centre_on)}", *moved] if moved else []


def _step_line(step: Step, today: date, state: ActionState) -> str:
    passed = (
        " (posted early)"
        if step.mark is StepMark.BROUGHT
        else " (passed)"
        if step.on < today
        else " (today)"
        if step.on == today
        else ""
    )
    own = ", your own words" if step.text else ""
    if step.is_skipped:
        return f"- {_day(step.on)}: {shorten(step.title, 60, 150)}{own} (skipped)"
    return f"- {_day(step.on)}: **{shorten(step.title, 60, 150)}**{own}{passed if state is not ActionState.CANCELLED else ''}"


def _day(day: date) -> str:
    return f"{day:%a} {long_date(day)}"
