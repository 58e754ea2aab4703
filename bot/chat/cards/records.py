"""What organisers see of records: the preview, what was kept, the history of a recommendation or a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.chat.cards.deadlines import stamp
from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card, Link, Option, clip
from bot.domain.identity import PersonId, UserId
from bot.domain.records import Record, RecordEvent, RecordKind, RecordState
from bot.domain.references import Found
from bot.domain.reports import AnswerStatus
from bot.services.records import Recorded

SHOWN = 8
EVENTS = {
    RecordEvent.RECORDED: "recorded",
    RecordEvent.CONFIRMED: "confirmed",
    RecordEvent.UNDONE: "undone",
    RecordEvent.UNDO_ASKED: "asked to undo it",
}


def preview_card(recorded: Recorded, *, second: bool) -> Card:
    """Show what would stand on the card, beside what stands there now. Nothing is saved yet."""
    record = recorded.record
    card = Card("Preview: not saved yet").text(_about(recorded))
    card.text(f"**Now**: {shorten(record.was, 200, 450)}")
    card.text(_says(record))
    if second:
        card.text("Your group needs a second organiser to confirm this. Until then, members see the earlier answer.")
    card.buttons(
        Act("Save", "record.keep", (int(record.record_id),), discord.ButtonStyle.primary),
        Act("Change it", "record.change", (int(record.record_id),)),
        Act("Cancel", "record.drop", (int(record.record_id),)),
    )
    return card.small("Only you can see this. The preview lasts one day. Once you save it, only this server sees it.")


def kept_card(recorded: Recorded) -> Card:
    """Say what was kept, and how to take it back."""
    record = recorded.record
    if record.state is RecordState.PROPOSED:
        card = Card("Proposed").text(_about(recorded)).text(_says(record))
        card.text(
            "Members will see it once another organiser confirms it, under `/reports show`, *What we recorded*. Postbag "
            "has told the organisers. Until then everyone sees the earlier answer."
        )
    else:
        card = (
            Card("Recorded").text(_about(recorded)).text(_says(record)).text("Everyone in this server can see it now.")
        )
    return card.buttons(*_acts(recorded, open_history=True))


def undo_card(recorded: Recorded) -> Card:
    """Ask once before a record is taken back."""
    card = Card("Undo this?").text(_about(recorded)).text(_says(recorded.record))
    card.text("This brings back the earlier answer. The history keeps both.")
    return card.buttons(
        Act("Undo it", "record.undone", (int(recorded.record.record_id),), discord.ButtonStyle.danger),
        *([_open(recorded.found)] if recorded.found else []),
    )


def undone_card(recorded: Recorded) -> Card:
    """Say that a record was taken back, and what stands now; or that it waits for another organiser."""
    if recorded.record.state is not RecordState.UNDONE:
        card = Card("Not undone yet").text(_about(recorded)).text(_says(recorded.record))
        card.text(
            "Your group needs a second organiser to change an answer, and undoing one changes it. It's undone once "
            "another organiser also presses *Undo it* under `/reports undo`, within a day."
        )
        return card.buttons(*([_open(recorded.found)] if recorded.found else []))
    card = Card("Undone").text(_about(recorded))
    if recorded.found is not None and recorded.record.kind is RecordKind.ANSWER:
        card.text(f"The answer now reads: **{shorten(recorded.found.item.answer.said, 200, 450)}**")
    return card.buttons(*([_open(recorded.found)] if recorded.found else []))


def record_card(recorded: Recorded, who: Mapping[PersonId, UserId], *, organiser: bool) -> Card:
    """Show one record with its steps; who took them only to organisers."""
    record = recorded.record
    card = Card(record.state.label).text(_about(recorded)).text(_says(record))
    if record.was:
        card.text(f"**Before that**: {shorten(record.was, 200, 450)}")
    card.text("\n".join(_steps(record, who, organiser=organiser)))
    controls: list[Act | Link] = []
    if organiser and record.state is RecordState.PROPOSED:
        controls.append(Act("Confirm it", "record.confirm", (int(record.record_id),), discord.ButtonStyle.primary))
    if organiser and record.state in (RecordState.PROPOSED, RecordState.CONFIRMED):
        controls.append(Act("Undo it", "record.undo", (int(record.record_id),)))
    if recorded.found is not None:
        controls.append(_open(recorded.found))
    if record.url:
        controls.append(Link("Read source", record.url))
    return card.buttons(*controls)


def history_card(title: str, history: Sequence[Recorded], who: Mapping[PersonId, UserId], *, organiser: bool) -> Card:
    """List what a group recorded, newest first; who did it only to organisers."""
    card = Card(shorten(title, 120, 300))
    if not history:
        return card.text(
            "Nothing is recorded here yet. Organisers use `/reports record-answer` and `/reports record-evidence`."
        )
    waiting = sum(1 for recorded in history if recorded.record.state is RecordState.PROPOSED)
    if waiting:
        card.text(f"**{waiting} {'waits' if waiting == 1 else 'wait'} for a second organiser.**")
    for recorded in history[:SHOWN]:
        steps = "; ".join(_steps(recorded.record, who, organiser=organiser))
        card.text(f"{_line(recorded)}\n-# {recorded.record.state.label}. {steps}")
    if len(history) > SHOWN:
        card.small(f"The newest {SHOWN} of {len(history)} are shown; the newest 25 are in the list below.")
    rows = [
        Option(label(recorded), str(recorded.record.record_id), recorded.record.state.label)
        for recorded in history[:25]
    ]
    return card.select("record.show", rows, placeholder="Open one")


def label(recorded: Recorded) -> str:
    """Name a record in at most 100 characters."""
    record = recorded.record
    theme = f" {recorded.found.item.theme}" if recorded.found is not None else ""
    return clip(f"{record.kind.label}, {record.item}{theme}: {record.said}", 100)


def _line(recorded: Recorded) -> str:
    record = recorded.record
    theme = f" {recorded.found.item.theme}" if recorded.found is not None else ""
    return f"**{record.kind.label}, {shorten(record.item + theme, 70, 160)}**: {shorten(record.said, 120, 260)}"


def _about(recorded: Recorded) -> str:
    if recorded.found is None:
        return f"{shorten(recorded.record.item, 20)} of a report Postbag no longer has"
    report, item = recorded.found
    return f"{shorten(item.heading, 60)}: {shorten(item.theme, 80, 200)} · *{shorten(report.short_title, 60, 150)}*"


def _says(record: Record) -> str:
    title = "The answer" if record.kind is RecordKind.ANSWER else "What happened"
    lines = [f"**{title}: {shorten(record.said, 200, 450)}**"]
    if record.words:
        lines.append(shorten(record.words, 1100, 2600))
    if record.url:
        lines.append(f"-# Source: <{record.url}>")
    if record.kind is RecordKind.ANSWER and record.status == AnswerStatus.UNKNOWN.value:
        lines.append("-# You can answer Unknown.")
    return "\n".join(lines)


def _steps(record: Record, who: Mapping[PersonId, UserId], *, organiser: bool) -> list[str]:
    lines = []
    for step in record.steps:
        by = ""
        if organiser:
            user = who.get(step.person_id) if step.person_id is not None else None
            by = f" by <@{user}>" if user is not None else " by somebody whose details Postbag has erased"
        lines.append(f"{EVENTS[step.event].capitalize()} {stamp(step.at)}{by}")
    return lines


def _acts(recorded: Recorded, *, open_history: bool) -> list[Act]:
    acts = [Act("Undo it", "record.undo", (int(recorded.record.record_id),))]
    if recorded.found is not None:
        acts.insert(0, _open(recorded.found))
        if open_history:
            acts.append(Act("History", "record.history", (recorded.found.value,)))
    return acts


def _open(found: Found) -> Act:
    return Act("Open the card", "report.card", (found.value,))
