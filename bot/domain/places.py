"""Other names of places: the English name of a Welsh seat, the town that everybody says, the island in a longer name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.members import fold

_BEFORE = re.compile(r"^(?:(?:who is |find )?(?:the |my )?mp (?:for |in |of )|(?:the )?constituency of |near |in )+")
_AFTER = re.compile(r"(?: (?:constituency|town|city|area|county|mp)){1,5}$")


@dataclass(frozen=True, slots=True)
class Place:
    """Names under which people know a place, and where it lies: whole names of constituencies, or ``words`` to look for."""

    names: tuple[str, ...]
    seats: tuple[str, ...] = ()
    words: str = ""


class Places:
    """The table of other names, folded once."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._known: dict[str, list[Place]] = {}
        for place in places:
            for name in place.names:
                self._known.setdefault(fold(name), []).append(place)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, folded."""
        return tuple(self._known)

    def named(self, text: str) -> tuple[Place, ...]:
        """List the places of a name; accents, case and "the MP for" do not matter. Maybe none."""
        return tuple(self._known.get(sought(text), ()))


def sought(text: str) -> str:
    """Give the name in what a person typed, folded: without "the MP for" before it and "constituency" after it."""
    folded = fold(text[:100])
    bare = _AFTER.sub("", _BEFORE.sub("", folded))
    return bare or folded
