"""Who in the House has acted on a report's words: Members by number and newest day. It counts, and says nothing of anybody's mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.said import AnswerState, Said, SaidKind, Signature

COUNTED = (SaidKind.QUESTION, SaidKind.ORAL, SaidKind.MOTION, SaidKind.SPEECH)
"""What a Member does of their own accord. A statement is a minister's duty."""


@dataclass(frozen=True, slots=True)
class HouseActor:
    """One Member: how often they asked, moved, signed and spoke, when last, and what is known of their place.

    No one of a group is in it. ``signed`` are motions of others.
    """

    member_id: int
    name: str
    house: str
    counts: Mapping[SaidKind, int]
    newest: date
    marks: tuple[str, ...] = ()
    signed: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.signed


def house_actors(said: Sequence[Said], marks: Mapping[int, Sequence[str]]) -> tuple[HouseActor, ...]:
    """List the Members of things said, most first, then the newest. Withdrawn ones and those without a Member count for nobody."""
    by_member: dict[int, list[Said]] = {}
    signed: dict[int, list[tuple[Signature, date]]] = {}
    for one in said:
        if one.kind not in COUNTED or one.state is AnswerState.WITHDRAWN:
            continue
        if one.member_id is not None:
            by_member.setdefault(one.member_id, []).append(one)
        for name in one.signed:
            if name.member_id != one.member_id:
                signed.setdefault(name.member_id, []).append((name, name.on or one.on))
    found = []
    for number in dict.fromkeys((*by_member, *signed)):
        mine, names = by_member.get(number, []), signed.get(number, [])
        found.append(
            HouseActor(
                number,
                next((name for name in (*(one.member for one in mine), *(one.member for one, _ in names)) if name), ""),
                mine[0].house if mine else "Commons",  # only the Commons has early day motions
                {kind: sum(1 for one in mine if one.kind is kind) for kind in COUNTED},
                max((*(one.on for one in mine), *(on for _, on in names))),
                tuple(marks.get(number, ())),
                len(names),
            )
        )
    return tuple(sorted(found, key=lambda actor: (-actor.total, -actor.newest.toordinal(), actor.name)))
