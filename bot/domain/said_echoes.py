"""What stands in two of Parliament's services, or in two rows of one, told once."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date

from bot.domain.look_words import words_of
from bot.domain.said import Said, SaidKind

TELLING = 8
"""Words by which a question put aloud is known again in Hansard."""


def distinct(items: Sequence[Said]) -> tuple[Said, ...]:
    """Leave out what stands there twice: grouped questions have one answer, and a statement is read out in the other House too."""
    seen: set[tuple[object, ...]] = set()
    found = []
    for said in without_echoes(items):
        same = (said.kind, said.answer or said.text or said.key, said.newest, said.member if not said.answer else "")
        if same not in seen:
            seen.add(same)
            found.append(said)
    return tuple(found)


def without_echoes(items: Sequence[Said]) -> tuple[Said, ...]:
    """Leave out oral questions that Hansard has as they were put: on that day, by that Member, in the same words."""
    spoken = {
        (said.member_id, said.on, " ".join(words_of(said.text)))
        for said in items
        if said.kind is SaidKind.SPEECH and said.member_id is not None
    }
    if not spoken:
        return tuple(items)
    return tuple(said for said in items if said.kind is not SaidKind.ORAL or not _is_spoken(said, spoken))


def _is_spoken(said: Said, spoken: Set[tuple[int, date, str]]) -> bool:
    begins = " ".join(words_of(said.text)[:TELLING])
    return bool(begins) and any(
        (member, on) == (said.member_id, said.due_on) and begins in words for member, on, words in spoken
    )
