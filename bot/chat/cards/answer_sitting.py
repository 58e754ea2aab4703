"""One answer of a response beside the item that it may answer, with a button for each thing that it can amount to."""

from __future__ import annotations

import discord

from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card
from bot.domain.reports import AnswerStatus
from bot.services.answer_sitting import Sitting, keys_of

MOST_TOGETHER = 6
VERDICTS = (AnswerStatus.AGREED, AnswerStatus.PARTLY_AGREED, AnswerStatus.NOTED, AnswerStatus.NOT_AGREED)


def sitting_card(sitting: Sitting, person_proposed: bool = False) -> Card:
    """Show an answer to be decided. ``person_proposed``: what waits for a second organiser is this person's own."""
    number = sitting.draft.staged.staged_id
    if sitting.is_over:
        return (
            Card("You've decided every answer")
            .text(f"You've gone through the response to *{shorten(sitting.draft.report.short_title, 80, 160)}*.")
            .buttons(Act("Delete this draft", "import.drop", (number,)))
            .small("To change one, use /reports record-answer. To undo one, use /reports undo.")
        )
    count, place = len(sitting.draft.proposed), sitting.place
    answer, item = sitting.proposed.answer, sitting.item
    card = Card(f"Answer {place + 1} of {count}: {len(sitting.open)} to decide")
    if len(sitting.items) > 1:
        room = 900 // len(sitting.items)
        for one in sitting.items[:MOST_TOGETHER]:
            card.text(
                f"**{shorten(one.heading, 60)}: {shorten(one.theme, 80, 160)}**\n> {shorten(one.gist, room, room * 2)}"
            )
        card.text(f"The response answers these {len(sitting.items)} together, so one press records it for all of them.")
    elif item is not None:
        card.text(f"**{shorten(item.heading, 60)}: {shorten(item.theme, 80, 160)}**\n> {shorten(item.gist, 500, 1000)}")
        card.text(f"{shorten(sitting.proposed.why, 100).capitalize()}. Recorded now: {item.answer.status.label}.")
        if sitting.has_answer_before:
            card.text(
                "You gave it another answer of this response. It'll show both, as partly agreed where they differ."
            )
        elif item.further:
            card.text("This row covers more than one recommendation. Where you give it two answers, it shows both.")
    else:
        card.text("Nothing in this report matches this answer.")
        if answer.restated:
            card.text(f"**The response repeats**\n> {shorten(answer.restated, 400, 800)}")
    card.text(f"**The Government wrote**\n> {shorten(answer.text, 1400, 3000)}")
    if answer.target:
        card.text(f"**The Government's target date**: {shorten(answer.target, 60)}.")
    verdict = answer.verdict
    if sitting.waiting is not None and item is not None:
        said = AnswerStatus(sitting.waiting.status).label
        mine = f"**You proposed: {said}.** Another organiser confirms it."
        card.text(mine if person_proposed else f"**Another organiser proposed: {said}.**")
        acts = (
            []
            if person_proposed
            else [
                Act(
                    f"Confirm: {said}",
                    "sitting.confirm",
                    (number, place, sitting.waiting.record_id),
                    discord.ButtonStyle.success,
                )
            ]
        )
        return card.buttons(*acts, Act("Later", "sitting.next", (number, place + 1)))
    if item is not None:
        if verdict is not None:
            card.text(f"The Government's own word: **{verdict.label}**.")
        styles = {True: discord.ButtonStyle.primary, False: discord.ButtonStyle.secondary}
        card.buttons(
            *(
                Act(status.label, "sitting.say", (number, place, item.key, status.value), styles[status is verdict])
                for status in VERDICTS
            )
        )
    more = sitting.candidate + 1 < len(keys_of(sitting.proposed))
    other = "Not an answer to this" if item is not None else "Leave it out"
    kept = [Act("Add the target date", "sitting.target", (number, place))] if answer.target else []
    card.buttons(
        *kept,
        Act(other, "sitting.none", (number, place, sitting.candidate)),
        Act("Later", "sitting.next", (number, place + 1)),
        Act("See the list", "import.answers", (number, place // 6)),
    )
    if len(sitting.items) > 1:
        return card.small("To record them differently, use *See the list*. Only you can see this.")
    return card.small("Next: another likely recommendation." if more else "For organisers. Only you can see this.")
