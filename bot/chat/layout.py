"""How every card is laid out: room between its parts, lists that end where they end, at most two rows of buttons, the main one first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import discord

ROW = 5
"""Buttons in one row, as Discord allows."""
MOST_ROWS = 2
"""Rows of buttons that a person on a phone takes in at once."""
_MAIN = (discord.ButtonStyle.primary, discord.ButtonStyle.success)
_AFTER_LIST = re.compile(r"^([^\S\n]*- .*\n)(?=\S)(?!- )", re.MULTILINE)

Item = discord.ui.Item[Any]


def list_ended(markdown: str) -> str:
    """Leave an empty line where text follows a list, or it would be shown as part of the list's last line."""
    return _AFTER_LIST.sub(r"\1\n", markdown)


def laid_out(items: Sequence[Item], most: int) -> list[Item]:
    """Give a card's parts with their buttons in order and room between them, as far as ``most`` components allow."""
    return _with_room(_in_two_rows(items), most)


def _with_room(items: Sequence[Item], most: int) -> list[Item]:
    """Leave room between two parts of text; a heading stays with what it is about."""
    spare = most - sum(1 + len(getattr(item, "children", ())) for item in items)
    roomy: list[Item] = []
    for before, item in zip([None, *items], items, strict=False):
        if spare > 0 and _is_text(item) and _is_text(before) and not _belong_together(before, item):
            roomy.append(discord.ui.Separator(visible=False))
            spare -= 1
        roomy.append(item)
    return roomy


def _is_text(item: Item | None) -> bool:
    return isinstance(item, discord.ui.TextDisplay)


def _belong_together(before: Item | None, item: Item) -> bool:
    """Say whether a text is a heading and the next what it is about: the card's own heading, or a line in bold alone."""
    if not isinstance(before, discord.ui.TextDisplay) or not isinstance(item, discord.ui.TextDisplay):
        return False
    alone = "\n" not in before.content
    is_bold = before.content.startswith("**") and before.content.find("**", 2) == len(before.content) - 2
    return alone and (before.content.startswith("## ") or (is_bold and not item.content.startswith("**")))


def _in_two_rows(items: Sequence[Item]) -> list[Item]:
    """Put the main button first among those that stand together, and fill rows up where a card would have more than two."""
    crowded = sum(map(_is_row_of_buttons, items)) > MOST_ROWS
    ordered: list[Item] = []
    for together, run in groupby(items, _is_row_of_buttons):
        if not together:
            ordered += run
            continue
        rows = [list(row.children) for row in run if isinstance(row, discord.ui.ActionRow)]
        ordered += (discord.ui.ActionRow(*row) for row in _main_first(rows, filled=crowded))
    return ordered


def _main_first(rows: list[list[Item]], *, filled: bool) -> Iterator[list[Item]]:
    main = next((button for row in rows for button in row if getattr(button, "style", None) in _MAIN), None)
    if main is not None and rows[0][0] is not main:
        rows = [
            [main, *(b for b in rows[0] if b is not main)],
            *([b for b in row if b is not main] for row in rows[1:]),
        ]
    rows = [row for row in rows if row]
    if filled or any(len(row) > ROW for row in rows):
        buttons = [button for row in rows for button in row]
        rows = [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    yield from rows


def _is_row_of_buttons(item: Item) -> bool:
    return isinstance(item, discord.ui.ActionRow) and all(isinstance(part, discord.ui.Button) for part in item.children)
