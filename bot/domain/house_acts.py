"""Who in the House has acted on a report's words: Members by number and newest day. It counts, and says nothing of anybody's mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.said import AnswerState, Said, SaidKind

COUNTED = (SaidKind.QUESTION, SaidKind.MOTION, SaidKind.SPEECH)
"""What a Member does of their own accord. A statement is a minister's duty."""


@dataclass(frozen=True, slots=True)
class HouseActor:
    """One Member: how often they asked, moved and spoke, when last, and what is known of their place. No one of a group is in it."""

    member_id: int
    name: str
    house: str
    counts: Mapping[SaidKind, int]
    newest: date
    marks: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def house_actors(said: Sequence[Said], marks: Mapping[int, Sequence[str]]) -> tuple[HouseActor, ...]:
    """List the Members of things said, most first, then the newest. Withdrawn ones and those without a Member count for nobody."""
    by_member: dict[int, list[Said]] = {}
    for one in said:
        if one.member_id is not None and one.kind in COUNTED and one.state is not AnswerState.WITHDRAWN:
            by_member.setdefault(one.member_id, []).append(one)
    found = [
        HouseActor(
            number,
            next((one.member for one in mine if one.member), ""),
            mine[0].house,
            {kind: sum(1 for one in mine if one.kind is kind) for kind in COUNTED},
            max(one.on for one in mine),
            tuple(marks.get(number, ())),
        )
        for number, mine in by_member.items()
    ]
    return tuple(sorted(found, key=lambda actor: (-actor.total, -actor.newest.toordinal(), actor.name)))
