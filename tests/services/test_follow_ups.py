"""Letters that people say they sent, tried through their service alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.follow_ups import MOST_LETTERS, Outcome
from bot.domain.identity import FollowUpId
from bot.domain.people import FOLLOW_UP_KEPT
from bot.domain.reminders import ReminderState
from bot.services.follow_ups import Letter
from tests.builders import GUILD, MEMBER, NOW, STRANGER, Desk

pytestmark = pytest.mark.asyncio

TODAY = NOW.date()
FIRST, SECOND = date(2027, 3, 15), date(2027, 3, 29)


async def sent(postbag: Desk, **changes: Any) -> Letter:
    details: dict[str, Any] = {"recommendation": "salt-marshes/3", "constituency_id": 4, "guild_id": GUILD} | changes
    return await postbag.follow_ups.sent(MEMBER, **details)


async def test_it_asks_after_two_weeks_and_once_more_and_never_again(postbag: Desk) -> None:
    await postbag.settle()
    letter = await sent(postbag)
    assert (letter.next_check, letter.asks_now) == (FIRST, False)
    assert await postbag.to_come() == [("check-1", FIRST), ("check-2", SECOND)]
    assert all(r.follow_up_id == letter.held.follow_up_id for r in await postbag.all_reminders())
    postbag.at(FIRST, 9)
    (first,) = await postbag.sweep()
    assert "1 March 2027" in first
    assert (await postbag.follow_ups.letter(MEMBER, letter.held.follow_up_id)).asks_now
    postbag.at(SECOND, 9)
    (second,) = await postbag.sweep()
    assert second != first
    postbag.at(SECOND + timedelta(days=90), 9)
    assert await postbag.sweep() == []


async def test_told_of_twice_it_is_one_letter_with_its_two_checks(postbag: Desk) -> None:
    await postbag.settle()
    assert (await sent(postbag)).held == (await sent(postbag)).held
    assert len(await postbag.to_come()) == 2


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), TODAY - timedelta(days=366)])
async def test_it_was_sent_on_a_possible_day(postbag: Desk, day: date) -> None:
    with pytest.raises(Refused):
        await sent(postbag, sent_on=day)


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.STOCK, Outcome.CLOSED])
async def test_an_answer_that_ends_it_cancels_what_was_to_come(postbag: Desk, outcome: Outcome) -> None:
    await postbag.settle()
    letter = await sent(postbag)
    answered = await postbag.follow_ups.answered(MEMBER, letter.held.follow_up_id, outcome)
    assert (answered.held.outcome, answered.next_check) == (outcome, None)
    assert await postbag.to_come() == []


async def test_an_answer_after_the_first_check_leaves_one_and_a_promise_moves_it(postbag: Desk) -> None:
    await postbag.settle()
    letter = await sent(postbag)
    number = letter.held.follow_up_id
    postbag.at(FIRST, 9)
    await postbag.sweep()
    await postbag.follow_ups.answered(MEMBER, number, Outcome.NOTHING)
    assert await postbag.to_come() == [("check-2", FIRST + timedelta(days=14))]
    promised = date(2027, 5, 3)
    await postbag.follow_ups.answered(MEMBER, number, Outcome.PROMISED, promised)
    assert await postbag.to_come() == [("check-2", date(2027, 5, 4))]
    await postbag.follow_ups.answered(MEMBER, number, Outcome.NOTHING)
    assert await postbag.to_come() == [("check-2", SECOND)], "a day that was cancelled can come again"
    assert [r.state for r in await postbag.all_reminders()].count(ReminderState.SENT) == 1


async def test_a_promise_needs_a_day_that_can_be_meant(postbag: Desk) -> None:
    number = (await sent(postbag, guild_id=None)).held.follow_up_id
    for wrong in (None, TODAY - timedelta(days=1), TODAY + timedelta(days=366)):
        with pytest.raises(Refused):
            await postbag.follow_ups.answered(MEMBER, number, Outcome.PROMISED, wrong)


async def test_another_day_of_sending_moves_the_checks(postbag: Desk) -> None:
    number = (await sent(postbag)).held.follow_up_id
    moved = await postbag.follow_ups.moved(MEMBER, number, TODAY - timedelta(days=7))
    assert moved.next_check == FIRST - timedelta(days=7)
    assert await postbag.to_come() == [
        ("check-1", FIRST - timedelta(days=7)),
        ("check-2", SECOND - timedelta(days=7)),
    ]


async def test_it_is_its_senders_alone(postbag: Desk) -> None:
    number = (await sent(postbag)).held.follow_up_id
    assert await postbag.follow_ups.letters(STRANGER) == ()
    for trying in (
        postbag.follow_ups.letter(STRANGER, number),
        postbag.follow_ups.answered(STRANGER, number, Outcome.ANSWERED),
        postbag.follow_ups.remove(STRANGER, number),
        postbag.follow_ups.letter(MEMBER, FollowUpId(number + 1)),
    ):
        with pytest.raises(NotFound):
            await trying
    assert len(await postbag.follow_ups.letters(MEMBER)) == 1


async def test_one_taken_off_the_list_asks_no_more_and_what_was_sent_stays_in_the_ledger(postbag: Desk) -> None:
    await postbag.settle()
    number = (await sent(postbag)).held.follow_up_id
    postbag.at(FIRST, 9)
    await postbag.sweep()
    await postbag.follow_ups.remove(MEMBER, number)
    assert await postbag.follow_ups.letters(MEMBER) == []
    assert await postbag.to_come() == []
    (kept,) = await postbag.all_reminders(ReminderState.SENT)
    assert kept.follow_up_id is None
    assert [line.event for line in await postbag.delivery.ledger()] == ["sent"]
    with pytest.raises(NotFound):
        await postbag.follow_ups.remove(MEMBER, number)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("now", [True, False])
async def test_a_check_says_as_little_as_its_group_wants_on_the_day(postbag: Desk, before: bool, now: bool) -> None:
    await postbag.settle(high_risk=before)
    await sent(postbag)
    await postbag.settle_again(high_risk=now)
    postbag.at(FIRST, 9)
    (words,) = await postbag.sweep()
    assert ("letter" in words.casefold()) is not now


async def test_outside_a_group_a_check_names_no_letter(postbag: Desk) -> None:
    await postbag.follow_ups.sent(MEMBER, recommendation="quill/3", constituency_id=None, guild_id=None)
    postbag.at(FIRST, 9)
    (words,) = await postbag.sweep()
    assert "letter" not in words.casefold()


async def test_what_could_not_be_delivered_is_put_at_the_next_visit_once(postbag: Desk) -> None:
    await postbag.settle()
    letter = await sent(postbag)
    assert await postbag.follow_ups.waiting_at_visit(STRANGER) is None
    assert await postbag.follow_ups.waiting_at_visit(MEMBER) is None
    postbag.at(FIRST, 9)
    await postbag.become((await postbag.all_reminders())[0], ReminderState.UNDELIVERABLE)
    waiting = await postbag.follow_ups.waiting_at_visit(MEMBER)
    assert waiting is not None
    assert waiting.held.follow_up_id == letter.held.follow_up_id
    assert await postbag.follow_ups.waiting_at_visit(MEMBER) is None


async def test_ninety_days_after_its_last_check_it_goes(postbag: Desk) -> None:
    await postbag.settle()
    await sent(postbag)
    postbag.at(SECOND + FOLLOW_UP_KEPT)
    assert await postbag.follow_ups.tidy() == 0
    postbag.at(SECOND + FOLLOW_UP_KEPT + timedelta(days=1))
    assert await postbag.follow_ups.tidy() == 1
    assert await postbag.follow_ups.letters(MEMBER) == []


async def test_there_is_an_end_to_a_list(postbag: Desk) -> None:
    for number in range(MOST_LETTERS):
        await sent(postbag, recommendation=f"salt-marshes/{number}", guild_id=None)
    with pytest.raises(Refused, match=f"{MOST_LETTERS} letters"):
        await sent(postbag, recommendation="salt-marshes/one-more")
