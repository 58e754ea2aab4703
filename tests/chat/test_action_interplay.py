"""Plans beside everything else that moves: settings, clocks, other plans, outages; nothing lost, doubled or said wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.clock import LONDON
from bot.domain.deadlines import DeadlineKind, Fact
from bot.domain.identity import UserId
from bot.rehearsal.reading import buttons_of, text_of

pytestmark = pytest.mark.asyncio

DUE = date(2026, 4, 20)
LINK = "https://example.org/letter"


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)


async def organiser_of(group: Any) -> Any:
    return await group.app.services.people.person_for(UserId(group.organiser.id))


async def approved(group: Any, *, on_clock: bool = True, title: str = "Lobby *day*", day: date = DUE) -> Any:
    """Plan back from a deadline, or from a day, and approve."""
    services, person = group.app.services, await organiser_of(group)
    deadline_id = None
    if on_clock:
        made = await services.deadlines.add(
            group.guild_id, person, "Answer on lamps", due_on=day, kind=DeadlineKind.GOVERNMENT_RESPONSE
        )
        deadline_id = made.deadline_id
    plan = await services.actions.plan(
        group.guild_id, person, title, deadline_id=deadline_id, on=None if on_clock else day
    )
    return await services.actions.approve(group.guild_id, plan.action_id, plan.revision, person)


def posts(group: Any) -> list[str]:
    return [text_of(message) for message in group.posted]


def told(who: Any) -> list[str]:
    channel = getattr(who, "user", who).dm_channel
    return [text_of(message) for message in channel.history()] if channel is not None else []


async def go_on(group: Any, moment: datetime) -> None:
    group.clock.move_to(moment)
    await group.sweep()


@pytest.mark.parametrize("change", ["settings", "high risk", "another step", "event"])
async def test_a_step_that_is_due_and_not_out_yet_outlives_a_change(group: Any, change: str) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group, on_clock=False)
    actions, person = group.app.services.actions, await organiser_of(group)
    await actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    await group.sweep()
    group.clock.move_to(nine(plan.steps[0].on) + timedelta(seconds=20))
    match change:
        case "settings":
            await group.app.services.guilds.change(group.guild_id, person, time_of_day=time(8, 30))
        case "high risk":
            await group.app.services.guilds.change(group.guild_id, person, high_risk=True)
        case "another step":
            await actions.changes.remove_step(group.guild_id, plan.action_id, plan.revision, person, plan.steps[-1].key)
        case "event":
            await actions.held_event(group.guild_id, plan.action_id, 77)
    await group.sweep()
    await group.sweep()
    (post,) = posts(group)
    assert "Brief everyone" in post if change == "high risk" else "what this is about" in post
    assert len(told(group.member)) == 2
    assert ("Lobby" in post, "Lobby" in told(group.member)[-1]) == ((change != "high risk"),) * 2


async def test_an_earlier_time_of_day_loses_nothing_of_that_day(group: Any) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group, on_clock=False, day=DUE + timedelta(days=3))
    services, person = group.app.services, await organiser_of(group)
    await services.deadlines.add(group.guild_id, person, "Vote", due_on=plan.steps[0].on)
    group.clock.move_to(nine(plan.steps[0].on) - timedelta(minutes=30))
    await group.sweep()
    before = len(group.posted)
    await services.guilds.change(group.guild_id, person, time_of_day=time(8, 0))
    await go_on(group, nine(plan.steps[0].on) + timedelta(seconds=20))
    said = "\n".join(posts(group)[before:])
    assert "Vote" in said
    assert "what this is about" in said
    assert "Late" not in said


async def test_a_plan_called_off_while_a_step_goes_out_is_not_tried_again(group: Any) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group, on_clock=False)
    services, person = group.app.services, await organiser_of(group)
    attempts = services.delivery._attempts
    send = attempts._sender.send
    from bot.services.ports.sending import Transient

    async def refused(*args: Any, **kwargs: Any) -> Any:
        attempts._sender.send = send
        await services.actions.cancel(group.guild_id, plan.action_id, None, person)
        return Transient("Discord has a cold", maybe_posted=False)

    attempts._sender.send = refused
    await go_on(group, nine(plan.steps[0].on) + timedelta(seconds=20))
    for minutes in (2, 10, 60):
        await go_on(group, nine(plan.steps[0].on) + timedelta(minutes=minutes))
    assert [post for post in posts(group) if "what this is about" in post] == []


async def test_news_of_a_plan_waits_for_the_morning_and_outlives_a_change(group: Any) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group, on_clock=False)
    services, person = group.app.services, await organiser_of(group)
    await services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    await services.guilds.change(group.guild_id, person, quiet_from=time(21), quiet_until=time(8))
    await go_on(group, nine(plan.steps[0].on) + timedelta(seconds=20))
    night = nine(plan.steps[0].on) + timedelta(hours=13)
    group.clock.move_to(night)
    plan = await services.actions.get(group.guild_id, plan.action_id)
    plan = await services.actions.changes.move(
        group.guild_id, plan.action_id, plan.revision, person, DUE + timedelta(days=5)
    )
    await services.actions.changes.remove_step(group.guild_id, plan.action_id, plan.revision, person, "nudge")
    await group.sweep()
    assert len(posts(group)) == 1, "nothing in the night"
    await go_on(group, night + timedelta(hours=10, minutes=1))
    assert [("New date" in post) for post in posts(group)] == [False, True]
    assert "New date" in told(group.member)[-1]


async def test_that_a_plan_is_called_off_is_said_though_its_event_is_put_away(group: Any) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group, on_clock=False)
    services, person = group.app.services, await organiser_of(group)
    await go_on(group, nine(plan.steps[0].on) + timedelta(seconds=20))
    await services.actions.cancel(group.guild_id, plan.action_id, None, person)
    await services.actions.held_event(group.guild_id, plan.action_id, None)
    await group.sweep()
    await group.sweep()
    assert ["Cancelled:" in post for post in posts(group)] == [False, True]


async def test_two_plans_on_one_day_are_posted_whole_with_their_own_buttons(group: Any) -> None:
    await group.set_up(high_risk=False)
    services, person = group.app.services, await organiser_of(group)
    for letter in "AB":
        plan = await approved(group, on_clock=False, title=f"Plan {letter}")
        step = replace(plan.steps[0], text=f"{letter} begins. {'word ' * 220}{letter} ends.")
        await services.actions.changes.change_step(group.guild_id, plan.action_id, plan.revision, person, step)
        await services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    await services.deadlines.add(group.guild_id, person, "Vote", due_on=plan.steps[0].on)
    await group.sweep()
    await go_on(group, nine(plan.steps[0].on) + timedelta(seconds=20))
    await group.sweep()
    said = posts(group)[-3:]
    assert [sum(mark in post for post in said) for mark in ("A begins", "A ends", "B begins", "B ends")] == [1] * 4
    assert sum("Vote" in post for post in said) == 1
    assert [buttons_of(post)[0] for post in group.posted if "begins" in text_of(post)] == ["Sign up privately"] * 2
    last = list(group.member.user.dm_channel.history())[-2:]
    assert [buttons_of(message)[:2] for message in last] == [["Open", "Leave"]] * 2


async def test_a_step_missed_for_good_is_named_readably(group: Any) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group, on_clock=False)
    await go_on(group, nine(plan.steps[1].on) + timedelta(seconds=20))
    (post,) = [post for post in posts(group) if "Missed while" in post]
    assert "Lobby \\*day\\*: what this is about" in post
    assert "\\*\\*" not in post
    assert "\\\\" not in post


async def test_what_pings_nobody_uses_up_no_ping(group: Any) -> None:
    role = group.organiser_role
    await group.set_up(high_risk=False)
    services, person = group.app.services, await organiser_of(group)
    await services.guilds.change(
        group.guild_id, person, ping_role_id=role.id, pings_a_day=1, notice_channel_id=group.notices.id
    )
    due = group.clock.now().date() + timedelta(days=1)
    await services.deadlines.add(group.guild_id, person, "Vote", due_on=due)
    group.clock.move_to(nine(due))
    from storage.reminders.rows import notice_values
    from storage.schema import reminders

    store = services.delivery._store
    values = notice_values(
        "A word",
        nine(due) - timedelta(minutes=3),
        store._sealer,
        guild_id=group.guild_id,
        channel_id=group.notices.id,
        person_id=None,
    )
    async with group.app.database.writing() as connection:
        await connection.execute(reminders.insert(), values)
    await go_on(group, nine(due) + timedelta(seconds=5))
    (post,) = [post for post in posts(group) if "Vote" in post]
    assert f"<@&{role.id}>" in post


async def test_a_date_that_moves_on_the_day_itself_is_not_announced_for_today(group: Any) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group)
    services, person = group.app.services, await organiser_of(group)
    await go_on(group, nine(DUE) - timedelta(hours=1))
    before, later = len(group.posted), DUE + timedelta(days=30)
    await services.deadlines.facts.record(Fact.PROMISED, group.guild_id, plan.deadline_id, person, later, LINK)
    for day in range(3):
        await go_on(group, nine(DUE + timedelta(days=day)) + timedelta(seconds=20))
    said = posts(group)[before:]
    assert not [post for post in said if "expected today" in post or "none is recorded" in post]
    await go_on(group, nine(later) + timedelta(seconds=20))
    assert "promised for today, 20 May 2026" in posts(group)[-1]
    await go_on(group, nine(later) + timedelta(days=1, seconds=20))
    assert "Answer on lamps was promised for 20 May 2026. Postbag hasn't seen it yet" in posts(group)[-1]


async def test_a_promise_after_the_day_has_passed_is_watched_again(group: Any) -> None:
    await group.set_up(high_risk=False)
    plan = await approved(group)
    services, person = group.app.services, await organiser_of(group)
    for step in plan.steps[:-1]:
        await go_on(group, nine(step.on) + timedelta(seconds=20))
    assert "Postbag hasn't seen it yet" in posts(group)[-1]
    later = DUE + timedelta(days=10)
    await services.deadlines.facts.record(Fact.PROMISED, group.guild_id, plan.deadline_id, person, later, LINK)
    await go_on(group, nine(later) + timedelta(seconds=20))
    assert "promised for today, 30 April 2026" in posts(group)[-1]
    await services.deadlines.facts.record(Fact.PARTLY, group.guild_id, plan.deadline_id, person, later, LINK)
    await go_on(group, nine(later) + timedelta(days=1, seconds=20))
    assert "Postbag has seen only part of it so far" in posts(group)[-1]


async def test_a_rung_that_is_due_goes_out_though_a_plan_takes_over_that_minute(group: Any) -> None:
    await group.set_up(high_risk=False)
    services, person = group.app.services, await organiser_of(group)
    made = await services.deadlines.add(group.guild_id, person, "Answer on lamps", due_on=DUE)
    plan = await services.actions.plan(group.guild_id, person, "Lamps", deadline_id=made.deadline_id)
    group.clock.move_to(nine(DUE - timedelta(days=14)) + timedelta(seconds=20))
    for step in [step for step in plan.steps if step.on <= group.clock.now().date()]:
        plan = await services.actions.changes.remove_step(
            group.guild_id, plan.action_id, plan.revision, person, step.key
        )
    await services.actions.approve(group.guild_id, plan.action_id, plan.revision, person)
    await group.sweep()
    assert ["Answer on lamps" in post for post in posts(group)] == [True]
