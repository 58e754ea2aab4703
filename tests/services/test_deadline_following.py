"""Which reports a group follows: its clock comes with one, stays as history without, and takes up again where it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.deadlines import NoteKind
from bot.services.deadline_following import is_unfollowed
from tests.builders import GUILD, MARSHES, Desk

pytestmark = pytest.mark.asyncio


async def test_a_report_that_is_followed_no_longer_keeps_its_clock_as_history_and_is_taken_up_again(
    postbag: Desk,
) -> None:
    person = await postbag.settle()
    following = postbag.deadlines.following
    clock = await following.follow(GUILD, MARSHES, person)
    assert clock is not None
    again = await following.follow(GUILD, MARSHES, person)
    assert again is not None
    assert again.deadline_id == clock.deadline_id, "twice is once"
    assert await following.unfollow(GUILD, MARSHES, person)
    assert not await following.unfollow(GUILD, MARSHES, person), "it was not followed any more"
    (left,) = await postbag.deadlines.ever(GUILD)
    assert (left.note_kind, is_unfollowed(left)) == (NoteKind.NOT_FOLLOWED, True)
    assert is_unfollowed(replace(left, note="worded in another way")), "how its note is worded decides nothing"
    assert await postbag.to_come() == []
    taken_up = await following.follow(GUILD, MARSHES, person)
    assert taken_up is not None
    assert (taken_up.deadline_id, taken_up.withdrawn_on, taken_up.note) == (clock.deadline_id, None, "")
    assert taken_up.note_kind is NoteKind.NONE
    assert await postbag.to_come() != []
