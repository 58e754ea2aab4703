"""The name of an MP as somebody types it, where no directory can tell who it is."""

from __future__ import annotations

from bot.domain.errors import Refused
from bot.domain.names import is_nobody, turned_back, with_capitals, without_brackets, without_dear


def name_typed(text: str) -> str:
    """Give a typed name as a letter says it; empty stays empty. Refused: it is nobody's name, or not in the order of speech."""
    name = with_capitals(without_dear(text))
    if name and is_nobody(name):
        raise Refused(
            "That isn't the name of an MP.",
            "Type the name as after “Dear”, such as Ms Thackwell. Or leave it empty, and the letter has a gap for it.",
        )
    said = turned_back(without_brackets(name))
    if said != name:
        raise Refused("That doesn't look like a name as people say it.", f"If it's right, type it like this: {said}")
    return name
