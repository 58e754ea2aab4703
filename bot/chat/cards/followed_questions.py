"""Written questions that a group follows: which one is meant, how it stands, and the list."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.cards.said import SMALL, said_line
from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card, Link, Option
from bot.domain.deadlines import Deadline
from bot.domain.followed_questions import OVER, WAITING, FollowedQuestion
from bot.domain.reports import long_date
from bot.domain.said import STATE_LABELS, AnswerState, Said, question_page

SESSION = "If this session of Parliament ends first (prorogation), the question lapses. It can be asked again in the next one."


def question_card(said: Said, *, follows: bool, has_clock: bool = False) -> Card:
    """Show one question and how it stands, with the service's own day for the answer."""
    card = Card(shorten(f"Written question {said.number}", 80)).text(said_line(said))
    if said.text:
        card.text(f"> {shorten(said.text, 700, 1600)}")
    if said.answer:
        what = "The holding answer" if said.state is AnswerState.HOLDING else "The answer"
        together = ", ".join(shorten(number, 20) for number in said.grouped[:8])
        also = f"\n-# The minister answered these together: {together}" if together else ""
        card.text(f"**{what}**\n{shorten(said.answer, 900, 2000)}{also}")
    if follows:
        who = "and tells your group when it's answered" if has_clock else "and tells organisers when it changes"
        often = "day" if said.state in WAITING else "week"
        card.text(f"Your group follows this question. Postbag looks once a {often}, {who}.")
        if said.state in WAITING and said.due_on is not None and not has_clock:
            card.buttons(Act("Remind my group when it's due", "question.clock", (said.key,)))
    elif said.state not in OVER:
        card.buttons(Act("Follow until it's answered", "question.follow", (said.key,), discord.ButtonStyle.primary))
    if said.url:
        card.buttons(Link("Read at Parliament", said.url))
    if said.state in WAITING:
        card.text(SESSION)
    due = f"The day for an answer, {long_date(said.due_on)}, comes from Parliament. " if said.due_on is not None else ""
    return card.small(f"{due}{SMALL}")


def clock_card(said: Said, deadline: Deadline) -> Card:
    """Say that the day for the answer is among the group's dates."""
    card = Card(shorten(f"Added: the answer to {said.number}", 80))
    card.text(
        f"Expected by **{long_date(deadline.due_on)}**, the day that Parliament gives. Postbag will remind your group, as with its other "
        "dates. When the answer comes, Postbag closes the deadline and tells the group once."
    )
    see = Act("See the deadline", "deadlines.show", (deadline.deadline_id,))
    return card.buttons(see).small("A holding answer doesn't close it.")


def which_card(found: Sequence[Said], verb: str = "question.follow", args: tuple[str | int, ...] = ()) -> Card:
    """Ask which question is meant where a number was used in several sessions."""
    card = Card("Which question?").text("That number was used in more than one session. Choose the day it was tabled.")
    options = [
        Option(f"Tabled on {long_date(said.on)}", said.key, f"{said.heading or 'no heading'}, {said.member}")
        for said in found[:25]
    ]
    return card.select(verb, options, args=args, placeholder="Follow the question tabled on …")


def followed_card(held: Sequence[FollowedQuestion]) -> Card:
    """List what a group follows, as last read."""
    card = Card("Questions your group follows")
    if not held:
        return card.text("None yet. Give a number or a link: `/deadlines question question:12345`.")
    lines = []
    for one in held:
        page = question_page(one.tabled_on, one.number)
        name = f"[{shorten(one.number, 20)}](<{page}>)" if page else shorten(one.number, 20)
        day = f" ({long_date(one.changed_on)})" if one.changed_on is not None else ""
        lines.append(f"- {name}, tabled on {long_date(one.tabled_on)}: **{STATE_LABELS[one.state]}**{day}")
    card.text("\n".join(lines))
    options = [Option(f"{one.number}, tabled on {long_date(one.tabled_on)}", one.key) for one in held]
    return card.select("question.stop", options, placeholder="Stop following").small(
        "This is what Postbag last read. It looks once a day until the answer comes, then once a week."
    )
