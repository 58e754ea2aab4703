"""Letters in the making: in memory for an hour, each for its owner alone, and no one's pushed out by another's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MovableClock
from bot.domain.errors import DraftGone
from bot.domain.identity import UserId
from bot.domain.people import DRAFT_KEPT
from bot.services import letter_drafts as module
from bot.services.letter_drafts import MOST_OF_ONE, Draft, Drafts

ADA, BOB = UserId(1), UserId(2)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2027, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def drafts(clock: MovableClock) -> Drafts:
    return Drafts(clock)


def kept(drafts: Drafts, owner: UserId = ADA) -> Draft:
    return drafts.keep(drafts.begin(owner, "short-letter"))


def test_a_draft_lasts_an_hour_from_its_last_touch(drafts: Drafts, clock: MovableClock) -> None:
    draft = kept(drafts)
    clock.move_to(clock.now() + DRAFT_KEPT - timedelta(seconds=1))
    assert drafts.keep(drafts.get(draft.token, ADA)).token == draft.token
    clock.move_to(clock.now() + DRAFT_KEPT)
    with pytest.raises(DraftGone):
        drafts.get(draft.token, ADA)
    assert len(drafts) == 0


def test_nobody_is_told_that_anothers_draft_is_there(drafts: Drafts) -> None:
    draft = kept(drafts)
    with pytest.raises(DraftGone):
        drafts.get(draft.token, BOB)
    assert drafts.begin(BOB, "short-letter", token=draft.token).token != draft.token
    assert drafts.begin(ADA, "short-letter", token=draft.token).token == draft.token


def test_of_one_person_the_oldest_goes(drafts: Drafts) -> None:
    mine = [kept(drafts) for _ in range(MOST_OF_ONE)]
    other = kept(drafts, BOB)
    assert len(drafts) == MOST_OF_ONE + 1
    newest = kept(drafts)
    assert list(drafts) == [*(draft.token for draft in mine[1:]), other.token, newest.token]


def test_where_there_is_no_room_ones_own_goes_before_anothers(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DRAFTS", 2)
    first, second = kept(drafts, ADA), kept(drafts, BOB)
    third = kept(drafts, BOB)
    assert list(drafts) == [first.token, third.token]
    fourth = kept(drafts, UserId(3))
    assert list(drafts) == [third.token, fourth.token], "only who has none pushes out the one touched longest ago"
    with pytest.raises(DraftGone):
        drafts.get(second.token, BOB)


def test_what_somebody_began_is_forgotten_with_them(drafts: Drafts) -> None:
    kept(drafts)
    other = kept(drafts, BOB)
    drafts.forget(ADA)
    assert list(drafts) == [other.token]
