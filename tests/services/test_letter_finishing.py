"""Where a finished letter may go: from the published score on it is taken for a copy, and a frame grows only with room."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.letters import FrameKind
from bot.domain.own_words import GROWS_BELOW, GROWS_FROM, MOST_SHARED, SCORE_CLOSES
from bot.services.letter_finishing import has_room, like_another


def test_a_letter_is_near_another_from_the_published_score_on() -> None:
    assert like_another(SCORE_CLOSES - 0.001) == ()
    assert [check.slug for check in like_another(SCORE_CLOSES)] == ["like-another"]
    assert len(like_another(1.0)) == 1


def letter(**changes: Any) -> Any:
    held = {"share": GROWS_FROM, "score": GROWS_BELOW - 0.01, "shared_words": MOST_SHARED, "words": 100}
    kind = changes.pop("kind", FrameKind.LETTER)
    return SimpleNamespace(frame=SimpleNamespace(kind=kind), **(held | changes))


@pytest.mark.parametrize(
    ("changes", "room"),
    [
        ({}, True),
        ({"share": GROWS_FROM - 0.01}, False),
        ({"score": GROWS_BELOW}, False),
        ({"score": GROWS_BELOW, "kind": FrameKind.CALL}, True),
        ({"shared_words": MOST_SHARED + 1}, False),
        ({"words": FrameKind.LETTER.most_words}, True),
        ({"words": FrameKind.LETTER.most_words + 1}, False),
    ],
)
def test_a_frame_grows_only_where_the_letter_stays_short_and_its_writers(changes: dict[str, Any], room: bool) -> None:
    assert has_room(letter(**changes)) is room
