"""Nothing of Postbag's own is posted in the small hours or on Christmas Day, whatever is late, new or typed for then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import LONDON
from bot.domain.actions import Step
from bot.domain.guilds import GuildSettings
from bot.domain.identity import UserId
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.reminders import CivilTime, ReminderKind, ReminderState
from bot.resources import templates_folder
from bot.services.organiser_notices import NoticeService
from bot.services.private_reminders import Understood
from bot.templating import JinjaTemplates
from storage.guilds import Guilds
from tests.builders import GUILD, Desk

pytestmark = pytest.mark.asyncio


def in_london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type,misc]


async def test_a_group_that_chose_nothing_is_left_alone_from_ten_to_seven(postbag: Desk) -> None:
    settings = GuildSettings(GUILD)
    assert (settings.quiet_from, settings.quiet_until) == (time(22), time(7))
    await postbag.settle()
    assert (await postbag.settings()).quiet_until == time(7)
    await postbag.settle_again(quiet_from=None, quiet_until=None)
    assert (await postbag.settings()).quiet_until is None, "none at all is a choice of its own"


async def test_what_is_late_at_night_waits_for_the_morning_and_is_said_once(postbag: Desk) -> None:
    person = await postbag.settle(time_of_day=time(20))
    await postbag.deadlines.add(GUILD, person, "Answer on lamps", due_on=date(2027, 4, 12))
    postbag.clock.move_to(in_london(2027, 4, 12, 23, 30))
    assert await postbag.sweep() == []
    postbag.clock.move_to(in_london(2027, 4, 13, 3, 0))
    assert await postbag.sweep() == []
    due = await postbag.delivery.next_due()
    assert due is not None
    assert due > postbag.clock.now(), "nothing is looked for over and over in the night"
    postbag.clock.move_to(in_london(2027, 4, 13, 7, 0))
    (said,) = await postbag.sweep()
    assert "Late" in said
    assert "today" not in said.split("Late", 1)[1].casefold() or "yesterday" in said.casefold()
    assert await postbag.sweep() == []


async def test_what_comes_in_time_goes_out_though_the_sweep_is_minutes_late(postbag: Desk) -> None:
    person = await postbag.settle(time_of_day=time(21, 55))
    await postbag.deadlines.add(GUILD, person, "Answer on lamps", due_on=date(2027, 4, 12))
    postbag.clock.move_to(in_london(2027, 4, 12, 22, 5))
    assert len(await postbag.sweep()) == 1


async def test_a_word_to_organisers_waits_for_the_morning_and_a_test_does_not(postbag: Desk) -> None:
    await postbag.settle()
    postbag.clock.move_to(in_london(2027, 4, 12, 2, 30))
    templates = JinjaTemplates(templates_folder())
    notices = NoticeService(Guilds(postbag.database), postbag.reminders, templates, postbag.clock, lambda: None)
    told = await notices.tell(GUILD, "changed", {})
    assert told.due_at == in_london(2027, 4, 12, 7, 0)
    test = await postbag.guilds.send_test(GUILD)
    assert test.due_at == postbag.clock.now()


@pytest.mark.parametrize(
    ("zone", "due", "back", "comes"),
    [
        ("Europe/London", (2027, 4, 12, 21, 55), (2027, 4, 13, 3), (2027, 4, 13, 7)),
        ("Europe/London", (2027, 4, 12, 21, 55), (2027, 4, 12, 23), (2027, 4, 13, 7)),
        ("Europe/London", (2027, 4, 12, 3), (2027, 4, 12, 4), (2027, 4, 12, 4)),
        ("Europe/London", (2027, 4, 12, 22, 30), (2027, 4, 13, 1), (2027, 4, 13, 1)),
        ("Europe/London", (2027, 4, 12, 9), (2027, 4, 12, 15), (2027, 4, 12, 15)),
        ("Europe/London", (2027, 4, 12, 21, 55), (2027, 4, 12, 22, 5), (2027, 4, 12, 22, 5)),
        ("Asia/Almaty", (2027, 4, 12, 21, 55), (2027, 4, 13, 3), (2027, 4, 13, 7)),
    ],
)
async def test_a_private_message_that_became_late_waits_for_the_morning_of_its_person(
    postbag: Desk, zone: str, due: tuple[int, ...], back: tuple[int, ...], comes: tuple[int, ...]
) -> None:
    def on_their_clock(parts: tuple[int, ...]) -> datetime:
        return datetime(*parts, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type,misc]

    at = on_their_clock(due)
    wanted = Understood("Ring the office", CivilTime(at.date(), at.time(), zone))
    postbag.clock.move_to(at - timedelta(days=2))
    await postbag.private_reminders.keep(UserId(77), None, wanted)
    postbag.clock.move_to(on_their_clock(back))
    said = await postbag.sweep()
    if back != comes:
        assert said == []
        waits = await postbag.delivery.next_due()
        assert waits is not None
        assert waits > postbag.clock.now(), "nothing is looked for over and over in the night"
        postbag.clock.move_to(on_their_clock(comes))
        said = await postbag.sweep()
        assert "waited until morning" in said[0]
    assert len(said) == 1
    assert ("Late" in said[0]) == (on_their_clock(comes) - at > timedelta(minutes=5))
    assert await postbag.sweep() == []


async def test_a_plan_has_no_step_on_christmas_day(postbag: Desk) -> None:
    person = await postbag.settle()
    postbag.clock.move_to(datetime(2027, 11, 20, 12, tzinfo=UTC))
    made = await postbag.actions.plan(GUILD, person, "Winter", on=date(2027, 12, 28))
    assert made.step("nudge").on == date(2027, 12, 27), "three days before would be Christmas Day"
    step = Step("+", date(2027, 12, 25), "Sing")
    made = await postbag.actions.changes.change_step(GUILD, made.action_id, made.revision, person, step)
    assert made.step("own1").on == date(2027, 12, 27)
    moved = await postbag.actions.changes.move(GUILD, made.action_id, made.revision, person, date(2028, 1, 8))
    assert [s.on for s in moved.steps if (s.on.month, s.on.day) == (12, 25)] == []
    taken = await postbag.actions.take(replace(made, title="Taken", steps=(replace(step, key="own1"),)))
    assert taken.steps[0].on == date(2027, 12, 27)


async def test_no_reminder_of_a_date_comes_on_christmas_day(postbag: Desk) -> None:
    person = await postbag.settle(ladder=(-3, 0, 1))
    postbag.clock.move_to(datetime(2027, 11, 20, 12, tzinfo=UTC))
    for due in (date(2027, 12, 28), date(2027, 12, 25), date(2027, 12, 24)):
        await postbag.deadlines.add(GUILD, person, f"Answer {due}", due_on=due)
    planned = [r for r in await postbag.all_reminders(ReminderState.SCHEDULED) if r.kind is not ReminderKind.NOTICE]
    assert len(planned) >= 8
    assert not [r for r in planned if (r.civil.on.month, r.civil.on.day) == (12, 25)]
    assert timedelta(0) < planned[0].due_at - postbag.clock.now()


async def test_in_the_second_of_two_equal_hours_now_is_now() -> None:
    """The clocks go back on 31 October 2027: 1.30am comes twice, and what is said in the second is not said an hour early."""
    awake = GuildSettings(GUILD, quiet_from=None, quiet_until=None)
    first = datetime(2027, 10, 31, 0, 30, 20, tzinfo=UTC)  # 1.30am, summer time
    assert out_of_quiet(first, awake) == CivilTime(date(2027, 10, 31), time(1, 30), "Europe/London")
    second = first + timedelta(hours=1)
    assert out_of_quiet(second, awake) == CivilTime(date(2027, 10, 31), time(1, 30), "UTC")
    for now in (first, second, datetime(2027, 10, 31, 2, 0, tzinfo=UTC)):
        assert out_of_quiet(now, awake).instant() == now.replace(second=0)
