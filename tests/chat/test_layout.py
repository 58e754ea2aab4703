"""Every card that can be met holds to the same layout: commands, controls and forms are found by walking, not from a list.

A phone shows about thirty short lines. So: at most two rows of buttons with the main one first, room between parts, lists that end
where they end, and no label or placeholder that a phone cuts off.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat.layout import MOST_ROWS, list_ended
from bot.chat.ui import Act, Card, Link
from bot.domain.shares import What
from bot.rehearsal.reading import text_of
from tests.chat.full_group import fill
from tests.chat.test_forged_presses import in_channel
from tests.chat.test_markers import Markers, Typist, a_letter

LONGEST_LABEL = 38
LONGEST_PLACEHOLDER = 28
"""What is shown whole on a phone that is 390 pixels wide."""
MAIN = (1, 3)
JOINED = re.compile(r"^\s*- .*\n(?!- )\S", re.MULTILINE)
"""A line straight after a list: it is shown as part of the list's last line."""

TO_LOOK_AT = os.environ.get("CARDS_TO", "")
"""A file to which every card is written, to be drawn and looked at."""

Parts = list[dict[str, Any]]


class Plausible(Markers):
    """What a person might type, in place of words to look for."""

    def new(self, who: Any, where: str, name: str) -> str:
        said = {
            "title": "Council vote",
            "place": "Town hall",
            "words": "The lamps were mended.",
            "what": "Ring the office",
        }
        return said.get(name, "lamps")


def cards_in(body: Any) -> Iterator[Parts]:
    """Give the components of each card in what was sent."""
    if isinstance(body, dict):
        parts = body.get("components")
        if parts and any(part.get("type") == 17 for part in parts):
            yield parts
        yield from cards_in(body.get("data"))


def flat(parts: Parts) -> Iterator[dict[str, Any]]:
    for part in parts:
        if part.get("type") == 17:
            yield from flat(part["components"])
        else:
            yield part


def rows_of(parts: Parts) -> list[Parts]:
    """Give the rows of buttons of a card."""
    return [
        part["components"] for part in flat(parts) if part.get("type") == 1 and part["components"][0].get("type") == 2
    ]


def faults(parts: Parts) -> Iterator[str]:
    """Say what a phone would show badly of a card."""
    rows = rows_of(parts)
    text = text_of({"components": parts})
    if len(rows) > MOST_ROWS:
        yield f"{len(rows)} rows of buttons: {[[b['label'] for b in row] for row in rows]}"
    buttons = [button for row in rows for button in row]
    if any(b.get("style") in MAIN for b in buttons) and buttons[0].get("style") not in MAIN:
        yield f"the main button is not the first: {[b['label'] for b in buttons]}"
    yield from (f"a label that is cut off: {b['label']}" for b in buttons if len(b["label"]) > LONGEST_LABEL)
    for part in flat(parts):
        for control in part.get("components") or ():
            if len(control.get("placeholder") or "") > LONGEST_PLACEHOLDER:
                yield f"a placeholder that is cut off: {control['placeholder']}"
        if part.get("type") == 10 and not part.get("id", 0) > 100 and (joined := JOINED.search(part["content"])):
            yield f"a line that joins the list above it: {joined[0]!r}"
    if re.search(r"[?!…]\.(\s|$)", text) or ": ." in text:
        yield "a sentence that ends twice, or says nothing"


async def every_card(room: Any) -> dict[str, Parts]:
    """Walk what organisers and members can open, write a letter, let three months pass; give each card once, by its words."""
    await fill(room, room.member)
    room.app.services.shares.lift(tuple(What))
    marks = {mark.verb: mark.organiser for mark in room.app.client.marks}
    for who, organisers in ((room.second_organiser, True), (room.member, False)):
        typist = Typist(room, await in_channel(room, who, room.channel), Plausible())
        await typist.commands()
        await typist.walk({verb for verb, organiser in marks.items() if organiser == organisers})
    await a_letter(room, Plausible())
    for command in ("start", "help", "recommendations browse", "deadlines list", "privacy about"):
        await room.outsider.slash(command)
    for _ in range(30):
        await room.move_to(room.clock.now() + timedelta(days=3))
        await room.sweep()
    room.forgive()
    found: dict[str, Parts] = {}
    for request in room.env.http_requests:
        for parts in cards_in(request.json):
            found.setdefault(text_of({"components": parts}, open_selects=False), parts)
    return found


@pytest.mark.asyncio
async def test_every_card_holds_to_the_layout(room: Any) -> None:
    cards = await every_card(room)
    if TO_LOOK_AT:
        written = json.dumps([{"text": text, "components": parts} for text, parts in cards.items()])
        await asyncio.to_thread(Path(TO_LOOK_AT).write_text, written)
    assert len(cards) > 200, "the walk has lost its way"
    wrong = {f"{text.splitlines()[0]}: {fault}" for text, parts in cards.items() for fault in faults(parts)}
    assert not wrong, "\n".join(sorted(wrong))


def drawn(card: Card) -> Parts:
    return [item.to_component_dict() for item in card.view().children]


def test_the_main_button_comes_first_and_rows_are_filled_where_there_would_be_three() -> None:
    card = (
        Card("Title")
        .buttons(Act("Back", "a"))
        .buttons(Act("Next", "b", style=discord.ButtonStyle.primary), Act("Undo", "c"))
    )
    assert [[b["label"] for b in row] for row in rows_of(drawn(card))] == [["Next", "Back"], ["Undo"]]
    card.buttons(Link("Read it", "https://www.example.org/"))
    assert [[b["label"] for b in row] for row in rows_of(drawn(card))] == [["Next", "Back", "Undo", "Read it"]]


def kinds(card: Card) -> list[int]:
    return [int(part["type"]) for part in flat(drawn(card))]


def test_there_is_room_between_parts_and_none_under_a_heading() -> None:
    assert kinds(Card("Title").text("One").text("Two").small("Three")) == [10, 10, 14, 10, 14, 10]
    assert kinds(Card("Title").text("**Your words**").text("One").text("**Bold.**").text("**Also**\nTwo")) == [
        10, 10, 10, 14, 10, 14, 10,
    ]  # fmt: skip


def test_room_is_left_out_where_a_card_is_full() -> None:
    card = Card("Title")
    for number in range(30):
        card.text(str(number))
    assert len(kinds(card)) == 39
    assert kinds(card).count(10) == 31


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("- one\n- two\nSource", "- one\n- two\n\nSource"),
        ("- one\n-# small", "- one\n\n-# small"),
        ("- one\n**Next**\n- two", "- one\n\n**Next**\n- two"),
        ("- one\n\nSource", "- one\n\nSource"),
        ("- one\n  goes on\n- two", "- one\n  goes on\n- two"),
        ("no list\nhere", "no list\nhere"),
    ],
)
def test_a_line_after_a_list_does_not_join_it(written: str, shown: str) -> None:
    assert list_ended(written) == shown
