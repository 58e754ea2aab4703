"""Private reminders, tried through their service alone: understood, kept, changed, snoozed, repeated, moved with a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import Fact
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import PersonalId
from bot.domain.private_reminders import TEXT_LIMIT, PersonSettings, PrivateReminder
from bot.domain.reminders import CivilTime, ReminderState
from bot.services.private_reminders import Asked, Typed, Understood
from storage.removed_groups import RemovedGroups
from tests.builders import GUILD, MARSHES, MEMBER, OTHER, STRANGER, Desk

pytestmark = pytest.mark.asyncio

DAY = date(2027, 3, 8)
LONDON = "Europe/London"


def wanted(**changes: Any) -> Understood:
    base = Understood("Ring the office", CivilTime(DAY, time(9), LONDON))
    return replace(base, **changes)


async def kept(postbag: Desk, **changes: Any) -> PrivateReminder:
    return await postbag.private_reminders.keep(MEMBER, None, wanted(**changes))


async def test_what_is_typed_is_understood_before_anything_is_kept(postbag: Desk) -> None:
    service = postbag.private_reminders
    found = await service.understand(MEMBER, None, Typed("Ring the office", "on 8 March 2027 at 9am"))
    assert isinstance(found, Understood)
    assert (found.text, found.first) == ("Ring the office", CivilTime(DAY, time(9), LONDON))
    assert await postbag.people.find(MEMBER) is None, "nobody becomes known by asking"
    repeated = await service.understand(MEMBER, None, Typed("Ring", "every day at 9am from 8 March 2027"))
    assert isinstance(repeated, Understood | Asked)


@pytest.mark.parametrize("what", ["", "   ", "x" * (TEXT_LIMIT + 1)])
async def test_it_needs_words_and_not_too_many(postbag: Desk, what: str) -> None:
    with pytest.raises(Refused):
        await postbag.private_reminders.understand(MEMBER, None, Typed(what, "tomorrow"))


async def test_it_comes_once_at_its_time(postbag: Desk) -> None:
    held = await kept(postbag)
    (planned,) = await postbag.all_reminders()
    assert (planned.personal_id, planned.rung, planned.for_day, planned.generation) == (
        held.personal_id, "time", DAY, 1,
    )  # fmt: skip
    postbag.at(DAY, 9)
    (words,) = await postbag.sweep()
    assert "Ring the office" in words
    assert await postbag.sweep() == []
    (shown,) = await postbag.private_reminders.mine(MEMBER)
    assert (shown.is_active, shown.state) == (False, ReminderState.SENT)


async def test_a_time_that_has_gone_by_is_refused(postbag: Desk) -> None:
    with pytest.raises(Refused, match="has passed"):
        await kept(postbag, first=CivilTime(date(2027, 2, 1), time(9), LONDON))
    held = await kept(postbag)
    with pytest.raises(Refused, match="has passed"):
        await postbag.private_reminders.snooze(MEMBER, held.personal_id, CivilTime(date(2027, 2, 1), time(9), LONDON))


async def test_a_change_takes_its_place_even_on_the_day_it_came(postbag: Desk) -> None:
    held = await kept(postbag)
    postbag.at(DAY, 9)
    await postbag.sweep()
    evening = wanted(first=CivilTime(DAY, time(18), LONDON), text="Ring them again")
    changed, sending = await postbag.private_reminders.change(MEMBER, held.personal_id, held.revision, evening)
    assert (changed.revision, sending) == (2, False)
    again, _ = await postbag.private_reminders.change(MEMBER, held.personal_id, held.revision, evening)
    assert again.revision == 2, "the same change twice is one"
    postbag.at(DAY, 18)
    (words,) = await postbag.sweep()
    assert "Ring them again" in words
    late = wanted(first=CivilTime(DAY + timedelta(days=1), time(9), LONDON))
    with pytest.raises(Refused, match="has changed since you opened it"):
        await postbag.private_reminders.change(MEMBER, held.personal_id, 1, late)


async def test_what_repeats_comes_each_time_once_until_it_is_stopped(postbag: Desk) -> None:
    held = await kept(postbag, repeat=Repeat.DAILY)
    for number in range(3):
        postbag.at(DAY + timedelta(days=number), 9)
        assert len(await postbag.sweep()) == 1
        assert await postbag.sweep() == []
        goes_on = await postbag.private_reminders.done(MEMBER, held.personal_id)
        assert goes_on.is_active, "one that repeats goes on"
    stopped = await postbag.private_reminders.cancel(MEMBER, held.personal_id)
    assert not stopped.is_active
    postbag.at(DAY + timedelta(days=3), 9)
    assert await postbag.sweep() == []


async def test_a_snoozed_one_comes_again_and_done_takes_it_back(postbag: Desk) -> None:
    service = postbag.private_reminders
    held = await kept(postbag)
    postbag.at(DAY, 9)
    await postbag.sweep()
    offered = dict(service.snooze_times(held))
    assert set(offered) == {"In an hour", "Tomorrow", "Next week"}
    await service.snooze(MEMBER, held.personal_id, offered["Tomorrow"])
    snoozed = await service.snooze(MEMBER, held.personal_id, offered["In an hour"])
    assert (snoozed.snoozed, snoozed.snoozes, snoozed.next_time) == (True, 2, offered["In an hour"])
    assert await postbag.to_come() == [("snooze", DAY)]
    postbag.at(DAY, 10)
    assert len(await postbag.sweep()) == 1
    await service.snooze(MEMBER, held.personal_id, offered["Next week"])
    assert not (await service.done(MEMBER, held.personal_id)).is_active
    assert await postbag.to_come() == []


async def test_it_is_its_owners_alone(postbag: Desk) -> None:
    held = await kept(postbag)
    service = postbag.private_reminders
    assert await service.mine(STRANGER) == ()
    for trying in (
        service.get(STRANGER, held.personal_id),
        service.cancel(STRANGER, held.personal_id),
        service.change(STRANGER, held.personal_id, 1, wanted()),
        service.get(MEMBER, PersonalId(held.personal_id + 1)),
    ):
        with pytest.raises(NotFound):
            await trying


async def test_its_own_settings_count_before_the_groups(postbag: Desk) -> None:
    await postbag.settle(time_of_day=time(8), zone="Asia/Almaty")
    service = postbag.private_reminders
    assert (await service.habits(MEMBER, GUILD)).zone == "Asia/Almaty"
    assert (await service.habits(MEMBER, None)).usual == time(9)
    await service.save_settings(MEMBER, PersonSettings("America/New_York", time(7), 5, neutral=True))
    habits = await service.habits(MEMBER, GUILD)
    assert (habits.zone, habits.usual, habits.lead) == ("America/New_York", time(7), 5)
    assert (await kept(postbag)).neutral
    for wrong in (-1, 366):
        with pytest.raises(Refused, match="0 to 365"):
            await service.save_settings(MEMBER, PersonSettings(lead_days=wrong))


async def test_one_that_counts_from_a_date_moves_with_it(postbag: Desk) -> None:
    person = await postbag.settle()
    clock = await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    assert clock is not None
    first = CivilTime(clock.watch_on - timedelta(days=3), time(9), LONDON)
    await kept(postbag, first=first, deadline_id=clock.deadline_id, lead_days=3)
    promised = clock.watch_on + timedelta(days=10)
    await postbag.deadlines.facts.record(
        Fact.PROMISED, GUILD, clock.deadline_id, person, promised, "https://committee.example/promise"
    )
    service = postbag.private_reminders
    service.dates_changed()
    assert await service.follow_dates() == 1
    assert await service.follow_dates() == 0
    (moved,) = await service.mine(MEMBER)
    assert moved.next_time == replace(first, on=promised - timedelta(days=3))
    assert len([r for r in await postbag.all_reminders(ReminderState.SCHEDULED) if r.personal_id]) == 1


async def test_what_did_not_arrive_is_shown_at_the_next_visit_once(postbag: Desk) -> None:
    held = await kept(postbag)
    assert await postbag.private_reminders.not_seen(MEMBER) == ()
    postbag.at(DAY, 9)
    await postbag.become((await postbag.all_reminders())[0], ReminderState.UNDELIVERABLE)
    postbag.private_reminders.look_again()
    (missed,) = await postbag.private_reminders.not_seen(MEMBER)
    assert (missed.personal_id, missed.text, missed.may_have_come) == (held.personal_id, "Ring the office", False)
    assert await postbag.private_reminders.not_seen(STRANGER) == ()
    await postbag.private_reminders.shown(MEMBER, [missed])
    assert await postbag.private_reminders.not_seen(MEMBER) == ()


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("now", [True, False])
async def test_its_message_says_as_little_as_its_group_wants_on_the_day(postbag: Desk, before: bool, now: bool) -> None:
    await postbag.settle(high_risk=before)
    held = await postbag.private_reminders.keep(MEMBER, GUILD, wanted())
    assert held.neutral is before
    await postbag.settle_again(high_risk=now)
    assert (await postbag.private_reminders.get(MEMBER, held.personal_id)).neutral is now
    postbag.at(DAY, 9)
    (words,) = await postbag.sweep()
    assert ("Ring the office" in words) is not now


async def test_set_in_a_group_that_has_not_answered_yet_it_says_nothing(postbag: Desk) -> None:
    await postbag.private_reminders.keep(MEMBER, OTHER, wanted())
    postbag.at(DAY, 9)
    (words,) = await postbag.sweep()
    assert "Ring the office" not in words


async def test_a_change_of_its_words_keeps_its_group(postbag: Desk) -> None:
    await postbag.settle()
    service = postbag.private_reminders
    held = await service.keep(MEMBER, GUILD, wanted())
    await service.change(MEMBER, held.personal_id, held.revision, wanted(text="Ring the other office"))
    await postbag.settle_again(high_risk=True)
    postbag.at(DAY, 9)
    (words,) = await postbag.sweep()
    assert "office" not in words


async def test_one_that_repeats_follows_its_group_each_time(postbag: Desk) -> None:
    await postbag.settle()
    await postbag.private_reminders.keep(MEMBER, GUILD, wanted(repeat=Repeat.DAILY))
    said = []
    for day, at_risk in enumerate((False, True, False)):
        await postbag.settle_again(high_risk=at_risk)
        postbag.at(DAY + timedelta(days=day), 9)
        said += ["Ring the office" in words for words in await postbag.sweep()]
    assert said == [True, False, True]


async def test_the_owners_own_choice_counts_for_those_that_were_set_before_it(postbag: Desk) -> None:
    await kept(postbag, repeat=Repeat.DAILY)
    said = []
    for day, neutral in enumerate((False, True, False)):
        await postbag.private_reminders.save_settings(MEMBER, PersonSettings(neutral=neutral), "")
        postbag.at(DAY + timedelta(days=day), 9)
        said += ["Ring the office" in words for words in await postbag.sweep()]
    assert said == [True, False, True]


@pytest.mark.parametrize("whose", ["the group's", "the owner's"])
async def test_what_waits_for_another_try_is_written_anew_after_such_a_choice(postbag: Desk, whose: str) -> None:
    await postbag.settle()
    await postbag.private_reminders.keep(MEMBER, GUILD, wanted())
    postbag.at(DAY, 9)
    postbag.discord.faulty = True
    assert await postbag.sweep() == []
    postbag.discord.faulty = False
    if whose == "the group's":
        await postbag.settle_again(high_risk=True)
    else:
        await postbag.private_reminders.save_settings(MEMBER, PersonSettings(neutral=True), "")
    said: list[str] = []
    for hour in range(10, 14):
        postbag.at(DAY, hour)
        said += await postbag.sweep()
    (words,) = said
    assert "Ring the office" not in words


@pytest.mark.parametrize("at_risk", [True, False, None])
async def test_where_its_group_has_gone_it_says_no_more_than_it_would_have_said(
    postbag: Desk, at_risk: bool | None
) -> None:
    if at_risk is not None:
        await postbag.settle(high_risk=at_risk)
    await postbag.private_reminders.keep(MEMBER, GUILD, wanted())
    gone = RemovedGroups(postbag.database)
    await gone.mark_removed(GUILD, postbag.clock.now())
    await gone.forget_removed(GUILD)
    (held,) = await postbag.private_reminders.mine(MEMBER)
    assert held.guild_id is None
    postbag.at(DAY, 9)
    (words,) = await postbag.sweep()
    assert ("Ring the office" in words) is (at_risk is False)


async def test_what_comes_every_week_begins_today_where_its_time_is_still_to_come(postbag: Desk) -> None:
    today = postbag.clock.now().astimezone(ZoneInfo(LONDON)).date()
    found = await postbag.private_reminders.understand(MEMBER, None, Typed("Ring", f"every {today:%A} 11pm"))
    assert isinstance(found, Understood)
    assert (found.first.on, found.first.at, found.repeat) == (today, time(23), Repeat.WEEKLY)
    once = await postbag.private_reminders.understand(MEMBER, None, Typed("Ring", f"{today:%A} 11pm"))
    assert not isinstance(once, Understood), "once it could be either week's"
