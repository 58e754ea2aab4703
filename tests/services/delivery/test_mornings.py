"""What comes late at night or on Christmas Day waits for a morning, unless it would be of no use by then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import LONDON
from bot.domain.deadlines import Deadline
from bot.domain.group_events import GroupEventKind
from bot.domain.identity import UserId
from bot.domain.reminders import WAITS_FOR_MORNING, CivilTime, ReminderState
from bot.services.group_events import TypedEvent
from bot.services.ports.sending import Transient
from bot.services.private_reminders import Understood
from tests.builders import GUILD, Desk

pytestmark = pytest.mark.asyncio
ME = UserId(77)
ALMATY = ZoneInfo("Asia/Almaty")


def in_london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type,misc]


async def set_own(postbag: Desk, at: datetime, text: str = "Ring the office", about: str = "") -> None:
    civil = CivilTime(at.date(), at.time(), str(at.tzinfo))
    await postbag.private_reminders.keep(ME, GUILD if about else None, Understood(text, civil, about=about))


async def add_event(postbag: Desk, typed: str) -> int:
    person = await postbag.organiser()
    added = await postbag.group_events.add(GUILD, person, TypedEvent(GroupEventKind.MEETING, "Vigil", typed))
    return getattr(added, "event", added).group_event_id


async def await_lamps(postbag: Desk, due_on: date) -> Deadline:
    return await postbag.deadlines.add(GUILD, await postbag.organiser(), "Answer on lamps", due_on=due_on)


async def said_at(postbag: Desk, *moments: datetime) -> list[Sequence[str]]:
    said = []
    for moment in moments:
        postbag.clock.move_to(moment)
        said.append(await postbag.sweep())
    return said


# Still of use


async def test_a_post_about_tonights_event_is_not_held_until_it_is_over(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await postbag.settle(time_of_day=time(21))
    await add_event(postbag, "12 April 2027 11.30pm")
    before, back, morning = await said_at(
        postbag, in_london(2027, 4, 11, 21, 1), in_london(2027, 4, 12, 22, 10), in_london(2027, 4, 13, 7)
    )
    assert "tomorrow" in before[0]
    assert len(back) == 1
    assert "Vigil: today" in back[0]
    assert morning == []


async def test_a_post_about_an_event_of_the_next_afternoon_is_held(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await postbag.settle(time_of_day=time(21))
    await add_event(postbag, "12 April 2027 2pm")
    back, morning = await said_at(postbag, in_london(2027, 4, 11, 22, 10), in_london(2027, 4, 12, 7))
    assert back == []
    assert len(morning) == 1
    assert "Vigil: today" in morning[0]


@pytest.mark.parametrize(("starts", "held"), [("12 April 2027 11.30pm", False), ("13 April 2027 2pm", True)])
async def test_a_private_reminder_of_an_event_comes_before_it_starts(postbag: Desk, starts: str, held: bool) -> None:
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await postbag.settle()
    number = await add_event(postbag, starts)
    day = "20270413" if held else "20270412"
    await set_own(postbag, in_london(2027, 4, 12, 21, 30), "Candles", about=f"e {number} {day}")
    postbag.clock.move_to(in_london(2027, 4, 12, 12))
    await postbag.sweep()
    back, morning = await said_at(postbag, in_london(2027, 4, 12, 22, 0), in_london(2027, 4, 13, 7))
    assert [any("Candles" in words for words in said) for said in (back, morning)] == [not held, held]


async def test_a_rung_that_only_gives_place_to_the_next_one_is_no_reason_to_post_at_night(postbag: Desk) -> None:
    """Its use ends at 7am because the next one comes then, not because anything begins."""
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await postbag.settle(time_of_day=time(7), ladder=(0, 1))
    await await_lamps(postbag, date(2027, 4, 12))
    night, morning = await said_at(postbag, in_london(2027, 4, 13, 3), in_london(2027, 4, 13, 7))
    assert night == []
    assert len(morning) == 1


# Small hours


@pytest.mark.parametrize("maybe_posted", [True, False])
async def test_what_discord_did_not_take_in_the_evening_is_written_anew_in_the_morning(
    postbag: Desk, maybe_posted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await postbag.settle(time_of_day=time(21), ladder=(0,), monthly=False)
    await set_own(postbag, in_london(2027, 4, 12, 21))
    await await_lamps(postbag, date(2027, 4, 12))
    down = Transient("Discord is down", maybe_posted=maybe_posted)

    async def refuses(*args: object, **more: object) -> Transient:
        return down

    with monkeypatch.context() as away:
        away.setattr(postbag.discord, "send", refuses)
        for minutes in (0, 1, 5, 20, 60, 120, 180, 240):
            postbag.clock.move_to(in_london(2027, 4, 12, 21) + timedelta(minutes=minutes))
            assert await postbag.sweep() == []
    night, later, first, second, after = await said_at(
        postbag,
        in_london(2027, 4, 13, 3),
        in_london(2027, 4, 13, 4),
        in_london(2027, 4, 13, 7),
        in_london(2027, 4, 13, 7, 2),  # one message tries first, for all, after an outage
        in_london(2027, 4, 13, 9),
    )
    assert (night, later, after) == ([], [], [])
    morning = [*first, *second]
    assert len(morning) == 2
    (lamps,) = [words for words in morning if "lamps" in words]
    assert "Expected today" not in lamps
    assert not await postbag.all_reminders(ReminderState.SCHEDULED, ReminderState.UNKNOWN)


async def test_a_channel_that_never_takes_it_is_given_up_though_every_night_is_waited_out(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 12, 9))
    await set_own(postbag, in_london(2027, 4, 12, 21))
    postbag.discord.faulty = True
    moment = in_london(2027, 4, 12, 21)
    while moment < in_london(2027, 4, 16, 12):
        postbag.clock.move_to(moment)
        await postbag.sweep()
        moment += timedelta(minutes=30)
    assert not await postbag.all_reminders(ReminderState.SCHEDULED)


async def test_what_was_missed_is_told_in_the_morning_once(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 11, 12))
    await postbag.settle(time_of_day=time(9))
    await add_event(postbag, "12 April 2027 6pm")
    night, morning, after = await said_at(
        postbag, in_london(2027, 4, 13, 3), in_london(2027, 4, 13, 7), in_london(2027, 4, 13, 8)
    )
    assert (night, after) == ([], [])
    assert len(morning) == 1
    assert "Missed while Postbag was away" in morning[0]


async def test_what_was_missed_is_told_beside_what_waited_with_it(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 11, 12))
    await postbag.settle(time_of_day=time(9), ladder=(0,))
    await await_lamps(postbag, date(2027, 4, 12))
    await add_event(postbag, "12 April 2027 6pm")
    night, morning = await said_at(postbag, in_london(2027, 4, 13, 3), in_london(2027, 4, 13, 7))
    assert night == []
    assert len(morning) == 1
    assert "lamps" in morning[0]
    assert "Vigil" in morning[0]


async def test_a_process_that_ends_at_night_posts_nothing_when_it_is_back(postbag: Desk) -> None:
    """It was claimed in the evening and never begun: whoever takes it up asks what hour it is."""
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await set_own(postbag, in_london(2027, 4, 12, 21))
    at = in_london(2027, 4, 12, 21, 40)
    claimed = await postbag.reminders.claim(
        at, limit=9, token="gone", freeze=lambda plan: postbag.delivery.message_of(plan)
    )
    assert len(claimed) == 1
    night, again, morning, after = await said_at(
        postbag,
        in_london(2027, 4, 13, 1, 10),
        in_london(2027, 4, 13, 1, 20),
        in_london(2027, 4, 13, 7),
        in_london(2027, 4, 13, 8),
    )
    assert (night, again, after) == ([], [], [])
    assert len(morning) == 1


async def test_what_is_taken_up_at_night_keeps_what_it_lists_as_missed(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 11, 12))
    await postbag.settle(time_of_day=time(9))
    await add_event(postbag, "12 April 2027 6pm")
    at = in_london(2027, 4, 13, 1)
    assert await postbag.reminders.claim(at, limit=9, token="gone", freeze=postbag.delivery.message_of)
    night, morning, after = await said_at(
        postbag, in_london(2027, 4, 13, 1, 10), in_london(2027, 4, 13, 7), in_london(2027, 4, 13, 8)
    )
    assert (night, after) == ([], [])
    assert len(morning) == 1
    assert "Missed" in morning[0]


async def test_the_night_is_kept_with_its_reason(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await set_own(postbag, in_london(2027, 4, 12, 21))
    await said_at(postbag, in_london(2027, 4, 13, 1))
    (held,) = await postbag.all_reminders(ReminderState.SCHEDULED)
    assert held.reason == WAITS_FOR_MORNING
    assert held.attempts == 0
    assert await postbag.delivery.next_due() == in_london(2027, 4, 13, 7)


# Christmas Day


async def test_what_became_late_on_christmas_eve_comes_on_boxing_day(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 12, 10, 12))
    await postbag.settle(time_of_day=time(21), ladder=(0,))
    await await_lamps(postbag, date(2027, 12, 24))
    eve, day, noon, boxing = await said_at(
        postbag,
        in_london(2027, 12, 24, 23),
        in_london(2027, 12, 25, 7),
        in_london(2027, 12, 25, 12),
        in_london(2027, 12, 26, 7),
    )
    assert (eve, day, noon) == ([], [], [])
    assert len(boxing) == 1
    assert "Christmas Day" in boxing[0]


@pytest.mark.parametrize("quiet", [(None, None), (time(22), time(7)), (time(20), time(2)), (time(22), time(9))])
async def test_on_christmas_day_itself_it_waits_for_the_next_morning(
    postbag: Desk, quiet: tuple[time | None, time | None]
) -> None:
    postbag.clock.move_to(in_london(2027, 12, 10, 12))
    await postbag.settle(time_of_day=time(12), ladder=(0,), quiet_from=quiet[0], quiet_until=quiet[1])
    await await_lamps(postbag, date(2027, 12, 24))
    (day,) = await said_at(postbag, in_london(2027, 12, 25, 11))
    assert day == []
    due = await postbag.delivery.next_due()
    assert due == in_london(2027, 12, 26, 9 if quiet[1] == time(9) else 7)


async def test_a_letters_check_waits_for_boxing_day_and_ones_own_reminder_does_not(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 12, 10, 12))
    await postbag.settle()
    await postbag.follow_ups.sent(
        ME, recommendation="salt-marshes/3", constituency_id=4, guild_id=GUILD, sent_on=date(2027, 12, 10)
    )
    eve, day, boxing = await said_at(
        postbag, in_london(2027, 12, 24, 23), in_london(2027, 12, 25, 7), in_london(2027, 12, 26, 7)
    )
    assert (eve, day, len(boxing)) == ([], [], 1)
    await set_own(postbag, in_london(2028, 12, 24, 21))
    eve, day = await said_at(postbag, in_london(2028, 12, 24, 23), in_london(2028, 12, 25, 7))
    assert eve == []
    assert any("Ring the office" in words for words in day)


async def test_what_was_meant_for_christmas_day_comes_then(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 12, 10, 12))
    await postbag.settle(time_of_day=time(9))
    await add_event(postbag, "25 December 2027 6pm")
    await set_own(postbag, in_london(2027, 12, 25, 8))
    await said_at(postbag, in_london(2027, 12, 24, 12))
    (day,) = await said_at(postbag, in_london(2027, 12, 25, 10))
    assert any("Ring the office" in words for words in day)
    assert any("Vigil: today" in words for words in day)


# Several clocks, and dates that moved


async def test_reminders_in_two_zones_come_when_both_are_awake(postbag: Desk) -> None:
    postbag.clock.move_to(in_london(2027, 4, 10, 12))
    await set_own(postbag, datetime(2027, 4, 12, 21, 0, tzinfo=ALMATY), "Almaty")
    await set_own(postbag, in_london(2027, 4, 12, 16, 50), "London")
    for moment in (datetime(2027, 4, 13, 1, tzinfo=ALMATY), datetime(2027, 4, 13, 7, tzinfo=ALMATY)):
        assert await said_at(postbag, moment) == [[]]
    (said,) = await said_at(postbag, in_london(2027, 4, 13, 7))
    assert len(said) == 1
    assert "Almaty" in said[0]
    assert "London" in said[0]


@pytest.mark.parametrize(
    ("now", "starts", "comes"),
    [
        ((2027, 4, 2, 12), "3 April 2027 6pm", (2027, 4, 2, 12)),
        ((2027, 4, 2, 2), "3 April 2027 6pm", (2027, 4, 2, 7)),
        ((2027, 4, 2, 2), "2 April 2027 6am", (2027, 4, 2, 2)),
    ],
)
async def test_a_reminder_whose_event_was_brought_forward_was_never_due_before(
    postbag: Desk, now: tuple[int, ...], starts: str, comes: tuple[int, ...]
) -> None:
    postbag.clock.move_to(in_london(2027, 4, 1, 12))
    person = await postbag.settle()
    number = await add_event(postbag, "12 April 2027 6pm")
    await set_own(postbag, in_london(2027, 4, 10, 18), "Bring the banner", about=f"e {number} 20270412")
    postbag.clock.move_to(in_london(*now))
    held = next(one for one in await postbag.group_events.list(GUILD) if one.group_event_id == number)
    typed = TypedEvent(GroupEventKind.MEETING, "Vigil", starts)
    await postbag.group_events.edit(GUILD, held.group_event_id, person, typed, revision=held.revision)
    postbag.private_reminders.dates_changed()
    assert await postbag.private_reminders.follow_dates() == 1
    (at_once,) = await said_at(postbag, in_london(*now))
    told = [words for words in at_once if "banner" in words]
    if now != comes:
        assert told == []
        (said,) = await said_at(postbag, in_london(*comes))
        told = [words for words in said if "banner" in words]
    assert len(told) == 1
    assert "Late" not in told[0]
