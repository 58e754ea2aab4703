"""Ladders in Discord: typed, shown as dates, then kept; for the group or for one clock; only by organisers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.deadlines import OwnLadder
from bot.domain.reminders import DEFAULT_LADDER, ReminderState
from bot.rehearsal.reading import buttons_of, controls_of

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def clock(group: Any, title: str = "Vote on the towpath", on: date = date(2026, 6, 7)) -> Any:
    return await group.app.services.deadlines.add(group.guild_id, None, title, due_on=on)


async def planned(group: Any, deadline: Any) -> list[date]:
    held = await group.app.services.deadlines.get(group.guild_id, deadline.deadline_id)
    ladder = await group.app.services.deadlines.ladder(held)
    return [rung.civil.on for rung in ladder.to_come]


async def ladder_form(group: Any, deadline: Any) -> Any:
    shown = await group.organiser.slash(group.channel, "deadlines show", deadline=str(deadline.deadline_id))
    return await group.organiser.click(shown.response, label="Change reminders")


def typed(form: Any) -> dict[str, Any]:
    return {c["custom_id"]: c.get("value", "") for c in controls_of(form) if c.get("type") == 4}


@pytest.mark.asyncio
async def test_a_clock_gets_days_of_its_own_after_they_were_shown_as_dates(group: Any) -> None:
    deadline = await clock(group)
    other = await clock(group, "Vote on piers")
    form = await ladder_form(group, deadline)
    assert typed(form)["days"] == "-14, -3, 0, +1, +14"
    shown = await group.organiser.submit_modal(form, {"days": "-21, -7, 0, +1", "monthly": ["0"]})
    said = group.text_of(shown)
    assert shown.response.ephemeral
    assert "21 days before: 9am on Sunday 17 May 2026, London time" in said
    assert "Not saved yet" in said
    assert date(2026, 5, 17) not in await planned(group, deadline)
    kept = await group.organiser.click(shown.response, label="Save")
    assert "Saved" in group.text_of(kept)
    assert await planned(group, deadline) == [date(2026, 5, 17), date(2026, 5, 31), date(2026, 6, 7), date(2026, 6, 8)]
    assert date(2026, 5, 24) in await planned(group, other), "the group's own ladder stays for the others"
    opened = await group.organiser.slash(group.channel, "deadlines show", deadline=str(deadline.deadline_id))
    assert "This deadline has its own reminder days" in group.text_of(opened)
    await group.organiser.click(opened.response, label="Use the group's reminder days")
    assert date(2026, 5, 24) in await planned(group, deadline)


@pytest.mark.asyncio
async def test_the_groups_ladder_moves_every_clock_but_those_with_days_of_their_own(group: Any) -> None:
    deadline, own = await clock(group), await clock(group, "Vote on piers")
    await group.app.services.deadlines.own_ladder(group.guild_id, own.deadline_id, None, OwnLadder((-2,), False))
    setup = await group.organiser.slash(group.channel, "admin setup")
    while "Change the days" not in buttons_of(setup.response):
        await group.organiser.click(setup.response, label="Back")
    form = await group.organiser.click(setup.response, label="Change the days")
    shown = await group.organiser.submit_modal(form, {"days": "10 before, on the day", "monthly": ["1"]})
    assert "Vote on the towpath" in group.text_of(shown)
    assert "Vote on piers" not in group.text_of(shown)
    assert (await group.app.services.guilds.settings(group.guild_id)).ladder == DEFAULT_LADDER
    await group.organiser.click(shown.response, label="Save")
    assert (await planned(group, deadline))[:2] == [date(2026, 5, 28), date(2026, 6, 7)]
    assert await planned(group, own) == [date(2026, 6, 5)]


@pytest.mark.asyncio
async def test_what_cannot_be_read_is_given_back(group: Any) -> None:
    deadline = await clock(group)
    form = await ladder_form(group, deadline)
    refused = await group.organiser.submit_modal(form, {"days": "7, then some", "monthly": ["0"]})
    assert "before the date, or after" in group.text_of(refused) or "couldn't read" in group.text_of(refused)
    await group.restart()
    again = await group.organiser.click(refused.response, label="Try again")
    assert typed(again)["days"] == "7, then some"


@pytest.mark.asyncio
async def test_members_may_not_touch_ladders(group: Any) -> None:
    marks = {mark.verb: mark.organiser for mark in group.app.client.marks if mark.verb.startswith("ladder.")}
    assert set(marks) == {"ladder.edit", "ladder.check", "ladder.keep", "ladder.group"}
    assert all(marks.values())
    deadline = await clock(group)
    shown = await group.organiser.slash(group.channel, "deadlines show", deadline=str(deadline.deadline_id))
    refused = await group.member.slash(group.channel, "deadlines show", deadline=str(deadline.deadline_id))
    assert "Change reminders" in group.buttons_of(shown)
    assert "Change reminders" not in group.buttons_of(refused)


@pytest.mark.asyncio
async def test_working_days_move_reminders_and_the_card_says_so(group: Any) -> None:
    deadline = await clock(group)
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, days_off="england-and-wales")
    shown = await group.member.slash(group.channel, "deadlines show", deadline=str(deadline.deadline_id))
    said = group.text_of(shown)
    assert "On the day: 9am on Friday 5 June 2026" in said
    assert "Moved from Sunday 7 June 2026, which is not a working day." in said
    assert "expected by 7 June 2026" in said
    spring = await clock(group, "Vote on the Monday", date(2026, 5, 25))
    assert date(2026, 5, 22) in await planned(group, spring), "the spring bank holiday is one"


@pytest.mark.asyncio
async def test_a_reminder_sixty_one_days_off_waits_on_an_empty_table_and_comes_on_its_day(group: Any) -> None:
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, ladder=(0,), monthly=False)
    deadline = await clock(group, "The only date there is", date(2026, 5, 2))
    held = await group.app.services.delivery.health(group.guild_id)
    assert held.counts == {ReminderState.SCHEDULED: 1}
    assert (held.next_due.date() - group.clock.now().date()).days == 61
    for day in range(1, 60, 7):
        await group.play_to(START + timedelta(days=day))
        assert group.posted == []
    await group.restart()
    await group.play_to(datetime(2026, 5, 2, 7, 59, tzinfo=UTC))
    assert group.posted == [], "9am in London is 8:00 in summer"
    await group.play_to(datetime(2026, 5, 2, 8, 1, tzinfo=UTC))
    assert len(group.posted) == 1
    await group.play_to(START + timedelta(days=100))
    assert len(group.posted) == 1
    assert await planned(group, deadline) == []


@pytest.mark.asyncio
async def test_health_says_when_the_list_of_bank_holidays_ends(group: Any) -> None:
    assert "bank holidays" not in group.text_of((await group.organiser.slash(group.channel, "admin health")).response)
    await group.move_to(datetime(2028, 12, 1, 9, tzinfo=UTC))
    told = group.text_of((await group.organiser.slash(group.channel, "admin health")).response)
    assert "The list of bank holidays ends on 26 December 2028." in told


@pytest.mark.asyncio
async def test_days_before_are_silent_until_organisers_choose_that_they_notify_people(group: Any) -> None:
    await group.set_up(high_risk=False)
    deadline = await clock(group, on=date(2026, 3, 20))
    form = await ladder_form(group, deadline)
    shown = await group.organiser.submit_modal(form, {"days": "-14, -3, 0", "monthly": ["1"], "aloud": ["1"]})
    assert "reminders before the day notify people" in group.text_of(shown)
    await group.organiser.click(shown.response, label="Save")
    held = await group.app.services.deadlines.get(group.guild_id, deadline.deadline_id)
    assert held.ladder == OwnLadder((-14, -3, 0), aloud=True)
    other = await clock(group, "Vote on piers", on=date(2026, 3, 21))
    await group.play_to(datetime(2026, 3, 7, 9, 1, tzinfo=UTC))
    flags = [message.flags.suppress_notifications for message in group.posted]
    assert flags == [False, True]
    assert other.ladder is None
