"""Shares: counted at once, one person's a part of the group's, and kind words that say when there is room again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MovableClock
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, UserId
from bot.domain.shares import SHARES, What
from bot.services.letter_drafts import MOST_OF_ONE, Drafts
from bot.services.shares import Shares

GROUP, OTHER = GuildId(1), GuildId(2)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.claim("P-13")
@pytest.mark.parametrize("what", What)
def test_one_person_cannot_use_up_a_groups_share(clock: MovableClock, what: What) -> None:
    shares, share = Shares(clock), SHARES[what]
    assert share.person * 2 <= share.group
    for _ in range(share.person):
        shares.take(what, UserId(1), GROUP)
    with pytest.raises(Refused, match="You have") as told:
        shares.take(what, UserId(1), OTHER)
    assert told.value.next_step.startswith("Try again in ")
    shares.take(what, UserId(2), GROUP)
    clock.advance(share.span)
    shares.take(what, UserId(1), GROUP)


def test_a_group_has_a_share_above_its_peoples(clock: MovableClock) -> None:
    shares, share = Shares(clock), SHARES[What.DOUBT]
    for number in range(share.group):
        shares.take(What.DOUBT, UserId(number), GROUP)
    with pytest.raises(Refused, match="People in this server"):
        shares.take(What.DOUBT, UserId(999), GROUP)
    shares.take(What.DOUBT, UserId(999), OTHER)
    shares.take(What.DOUBT, UserId(999), None)


def test_what_is_refused_is_not_counted_and_a_clock_that_went_back_blocks_nobody(clock: MovableClock) -> None:
    shares = Shares(clock)
    for _ in range(SHARES[What.DOUBT].person):
        shares.take(What.DOUBT, UserId(1), GROUP)
    for _ in range(9):
        with pytest.raises(Refused) as told:
            shares.take(What.DOUBT, UserId(1), GROUP)
        assert told.value.next_step == "Try again in 60 minutes."
    clock.move_to(clock.now() - timedelta(days=1))
    shares.take(What.DOUBT, UserId(1), GROUP)
    shares.forget(UserId(1))


def test_nobody_pushes_out_anothers_draft(clock: MovableClock) -> None:
    drafts = Drafts(clock)
    other = drafts.keep(drafts.begin(UserId(2), "letter"))
    for _ in range(MOST_OF_ONE * 3):
        latest = drafts.keep(drafts.begin(UserId(1), "letter"))
    assert len(drafts) == MOST_OF_ONE + 1
    assert drafts.get(other.token, UserId(2)) == other
    assert drafts.get(latest.token, UserId(1)) == latest
