"""Events of a group's own through their ports: read as typed, planned, moved, told of once where the group was reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import NotFound, Overtaken, Refused
from bot.domain.group_events import GroupEvent, GroupEventKind, GroupEventState
from bot.domain.identity import GroupEventId, PersonId
from bot.domain.reminders import ReminderKind, ReminderState
from bot.services import group_events as module
from bot.services.group_events import TypedEvent
from tests.builders import GUILD, OTHER, Desk

MEETING = TypedEvent(GroupEventKind.MEETING, "Branch meeting", "16 March 2027 7pm to 9pm", "The Net Loft")
TUESDAYS = TypedEvent(GroupEventKind.MEETING, "Stall", "every Tuesday 6pm")


async def added(postbag: Desk, typed: TypedEvent = MEETING, **settings: Any) -> tuple[GroupEvent, PersonId]:
    person = await postbag.settle(**settings)
    return (await postbag.group_events.add(GUILD, person, typed)).event, person


async def days_planned(postbag: Desk) -> list[date]:
    return [r.civil.on for r in await postbag.all_reminders(ReminderState.SCHEDULED)]


@pytest.mark.asyncio
async def test_what_is_typed_becomes_an_event_with_its_reminders(postbag: Desk) -> None:
    event, person = await added(postbag)
    assert (event.on, event.at, event.minutes, event.place) == (date(2027, 3, 16), time(19), 120, "The Net Loft")
    assert event.set_by == person
    assert await days_planned(postbag) == [date(2027, 3, 9), date(2027, 3, 15), date(2027, 3, 16)]
    assert len(postbag.woken) == 1
    assert await postbag.noted() == [f"Event “Branch meeting” added: {event.headline(postbag.clock.now())}"]


@pytest.mark.asyncio
async def test_the_same_form_twice_makes_one_event_and_one_note(postbag: Desk) -> None:
    person = await postbag.settle()
    first = await postbag.group_events.add(GUILD, person, MEETING, draft="form 1")
    again = await postbag.group_events.add(GUILD, person, MEETING, draft="form 1")
    assert again.event.group_event_id == first.event.group_event_id
    assert len(await postbag.group_events.list(GUILD)) == 1
    assert len(await postbag.noted()) == len(postbag.woken) == 1


@pytest.mark.asyncio
async def test_a_group_never_sees_the_event_of_another(postbag: Desk) -> None:
    event, _ = await added(postbag)
    assert await postbag.group_events.list(OTHER) == ()
    with pytest.raises(NotFound):
        await postbag.group_events.get(OTHER, event.group_event_id)


@pytest.mark.asyncio
async def test_what_is_to_come_stands_before_what_is_over(postbag: Desk) -> None:
    person = await postbag.settle()
    for title, when in (
        ("Late", "1 May 2027"),
        ("Soon", "2 March 2027"),
        ("Sooner over", "2 March 2027 9am for 1 hour"),
    ):
        await postbag.group_events.add(GUILD, person, TypedEvent(GroupEventKind.OTHER, title, when))
    postbag.at(date(2027, 3, 2))
    assert [event.title for event in await postbag.group_events.list(GUILD)] == ["Soon", "Late", "Sooner over"]


@pytest.mark.asyncio
async def test_an_event_is_found_by_every_word_of_its_title(postbag: Desk) -> None:
    event, _ = await added(postbag)
    assert list(await postbag.group_events.complete(GUILD, "meet BRANCH")) == [event]
    assert list(await postbag.group_events.complete(GUILD, "branch lantern")) == []


@pytest.mark.asyncio
async def test_only_so_many_events_are_open_at_once(postbag: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OPEN", 1)
    _, person = await added(postbag)
    with pytest.raises(Refused, match="already has 1 events"):
        await postbag.group_events.add(GUILD, person, replace(MEETING, title="Another"))
    postbag.at(date(2027, 3, 17))
    await postbag.group_events.add(GUILD, person, replace(MEETING, title="Another", when="20 March 2027"))


@pytest.mark.asyncio
async def test_an_edit_is_told_once_where_the_group_was_reminded_of_it(postbag: Desk) -> None:
    event, person = await added(postbag)
    moved = replace(MEETING, when="17 March 2027 7pm to 9pm")
    quiet = await postbag.group_events.edit(GUILD, event.group_event_id, person, moved)
    assert not quiet.announced, "nobody was reminded yet"
    postbag.at(date(2027, 3, 10), 10)
    assert any("Branch meeting" in said for said in await postbag.sweep())
    loud = await postbag.group_events.edit(GUILD, event.group_event_id, person, replace(moved, place="The Pier"))
    assert loud.announced
    said = await postbag.sweep()
    assert len(said) == 1
    assert "The Pier" in said[0]


@pytest.mark.asyncio
async def test_other_words_are_kept_and_not_announced(postbag: Desk) -> None:
    event, person = await added(postbag)
    postbag.at(date(2027, 3, 9), 10)
    await postbag.sweep()
    changed = await postbag.group_events.edit(
        GUILD, event.group_event_id, person, replace(MEETING, title="AGM", when="16 March 2027 7pm to 9pm")
    )
    assert (changed.event.title, changed.announced) == ("AGM", False)
    assert "title “AGM”" in (await postbag.noted())[-1]


@pytest.mark.asyncio
async def test_an_edit_of_nothing_changes_nothing(postbag: Desk) -> None:
    event, person = await added(postbag)
    same = await postbag.group_events.edit(GUILD, event.group_event_id, person, MEETING, revision=99)
    assert same.event == event
    assert len(await postbag.noted()) == 1


@pytest.mark.asyncio
async def test_nobody_overwrites_what_was_changed_since(postbag: Desk) -> None:
    event, person = await added(postbag, TUESDAYS)
    number, old, service = event.group_event_id, event.revision, postbag.group_events
    await service.remind(GUILD, number, person, (-2,), aloud=True)
    for late in (
        service.edit(GUILD, number, person, replace(TUESDAYS, title="Late"), revision=old),
        service.move(GUILD, number, person, date(2027, 3, 9), "10 March 2027 6pm", revision=old),
        service.remind(GUILD, number, person, None, aloud=False, revision=old),
        service.call_off(GUILD, number, person, revision=old),
    ):
        with pytest.raises(Overtaken):
            await late
    assert (await service.get(GUILD, number)).title == "Stall"


@pytest.mark.asyncio
async def test_one_of_many_times_is_moved_and_one_is_left_out(postbag: Desk) -> None:
    event, person = await added(postbag, TUESDAYS)
    number, service = event.group_event_id, postbag.group_events
    moved = await service.move(GUILD, number, person, date(2027, 3, 9), "10 March 2027 8pm")
    assert [(o.on, o.at) for o in service.upcoming(moved.event)[:3]] == [
        (date(2027, 3, 2), time(18)), (date(2027, 3, 10), time(20)), (date(2027, 3, 16), time(18)),
    ]  # fmt: skip
    left = await service.move(GUILD, number, person, date(2027, 3, 16), "")
    assert date(2027, 3, 16) not in [o.on for o in service.upcoming(left.event)]
    again = await service.move(GUILD, number, person, date(2027, 3, 16), "")
    assert again.event.revision == left.event.revision, "already skipped it"
    with pytest.raises(Refused, match="already skipped it"):
        await service.move(GUILD, number, person, date(2027, 3, 16), "18 March 2027")
    same = await service.move(GUILD, number, person, date(2027, 3, 23), "23 March 2027 6pm")
    assert same.event.revision == left.event.revision, "where it is already"
    with pytest.raises(Refused, match="one occurrence at a time"):
        await service.move(GUILD, number, person, date(2027, 3, 23), "every Wednesday")


@pytest.mark.asyncio
async def test_what_takes_place_once_is_edited_and_not_moved(postbag: Desk) -> None:
    event, person = await added(postbag)
    with pytest.raises(Refused, match="takes place once"):
        await postbag.group_events.move(GUILD, event.group_event_id, person, event.on, "17 March 2027")


@pytest.mark.asyncio
async def test_a_new_rule_drops_what_was_moved_under_the_old_one(postbag: Desk) -> None:
    event, person = await added(postbag, TUESDAYS)
    number, service = event.group_event_id, postbag.group_events
    await service.move(GUILD, number, person, date(2027, 3, 9), "10 March 2027 8pm")
    changed = await service.edit(GUILD, number, person, replace(TUESDAYS, when="every Thursday 6pm"))
    assert {move.on for move in changed.event.moved} == {None}, "kept for calendars alone"
    assert [o.on for o in service.upcoming(changed.event)][:2] == [date(2027, 3, 4), date(2027, 3, 11)]


@pytest.mark.asyncio
async def test_organisers_choose_the_days_of_reminders_and_whether_they_notify(postbag: Desk) -> None:
    event, person = await added(postbag)
    number = event.group_event_id
    chosen = await postbag.group_events.remind(GUILD, number, person, (-3, 0), aloud=True)
    assert (chosen.event.days, chosen.event.aloud) == ((-3, 0), True)
    assert await days_planned(postbag) == [date(2027, 3, 13), date(2027, 3, 16)]
    same = await postbag.group_events.remind(GUILD, number, person, (-3, 0), aloud=True)
    assert same.event.revision == chosen.event.revision
    usual = await postbag.group_events.remind(GUILD, number, person, None, aloud=False)
    assert usual.event.days is None
    assert await days_planned(postbag) == [date(2027, 3, 9), date(2027, 3, 15), date(2027, 3, 16)]


@pytest.mark.asyncio
async def test_what_is_called_off_is_told_where_it_was_told_before_and_reminds_no_more(postbag: Desk) -> None:
    event, person = await added(postbag)
    postbag.at(date(2027, 3, 9), 10)
    await postbag.sweep()
    off = await postbag.group_events.call_off(GUILD, event.group_event_id, person)
    assert (off.announced, off.event.state(postbag.clock.now())) == (True, GroupEventState.CALLED_OFF)
    assert [r.kind for r in await postbag.all_reminders(ReminderState.SCHEDULED)] == [ReminderKind.EVENT_NEWS]
    again = await postbag.group_events.call_off(GUILD, event.group_event_id, person)
    assert (again.announced, again.event.revision) == (False, off.event.revision)
    with pytest.raises(Refused, match="called off"):
        await postbag.group_events.remind(GUILD, event.group_event_id, person, (0,), aloud=False)
    assert (await postbag.noted())[-1] == "Event “Branch meeting”: called off"


@pytest.mark.asyncio
async def test_a_post_of_the_groups_own_is_never_announced(postbag: Desk) -> None:
    event, person = await added(
        postbag, TypedEvent(GroupEventKind.POST, "Rota", "every Monday 9am", words="Who is on?")
    )
    postbag.at(date(2027, 3, 8), 10)
    assert await postbag.sweep(), "the words themselves"
    off = await postbag.group_events.call_off(GUILD, event.group_event_id, person)
    assert not off.announced


@pytest.mark.asyncio
async def test_the_ladder_shows_what_was_due_beside_what_is_to_come(postbag: Desk) -> None:
    event, _ = await added(postbag)
    postbag.at(date(2027, 3, 9), 10)
    await postbag.sweep()
    ladder = await postbag.group_events.ladder(event)
    assert [(r.rung, r.state) for r in ladder.past] == [("-7", ReminderState.SENT)]
    assert [plan.civil.on for plan in ladder.to_come] == [date(2027, 3, 15), date(2027, 3, 16)]


@pytest.mark.asyncio
async def test_other_settings_plan_again_and_once_is_enough(postbag: Desk) -> None:
    await added(postbag)
    await postbag.settle_again(time_of_day="17:30")
    assert await postbag.group_events.replan(GUILD) == 1
    assert {r.civil.at for r in await postbag.all_reminders(ReminderState.SCHEDULED)} == {time(17, 30)}
    assert await postbag.group_events.replan(GUILD) == 0
    assert await postbag.group_events.recompute() == 0


@pytest.mark.asyncio
async def test_what_is_over_is_not_planned_again(postbag: Desk) -> None:
    await added(postbag)
    postbag.at(date(2027, 3, 20))
    await postbag.settle_again(time_of_day="17:30")
    assert await postbag.group_events.recompute() == 0


@pytest.mark.asyncio
async def test_what_discord_lists_is_noted_and_kept(postbag: Desk) -> None:
    event, _ = await added(postbag)
    assert await postbag.group_events.listed_as(event) is None
    await postbag.group_events.listed(event, 77)
    assert await postbag.group_events.listed_as(event) == 77


async def own_date(postbag: Desk, **changes: Any) -> Deadline:
    person = await postbag.settle()
    return await postbag.deadlines.add(GUILD, person, due_on=date(2027, 4, 20), title="Lobby day", **changes)


@pytest.mark.asyncio
async def test_a_date_becomes_an_event_once_and_the_date_ends(postbag: Desk) -> None:
    deadline = await own_date(postbag)
    person = await postbag.second()
    event = await postbag.group_events.instead_of(deadline, person, revision=deadline.revision)
    assert (event.title, event.on, event.kind) == ("Lobby day", date(2027, 4, 20), GroupEventKind.OTHER)
    after = await postbag.deadlines.get(GUILD, deadline.deadline_id)
    assert not after.state(date(2027, 3, 1)).is_open
    again = await postbag.group_events.instead_of(after, person)
    assert again.group_event_id == event.group_event_id


@pytest.mark.asyncio
async def test_a_date_that_changed_since_is_shown_first(postbag: Desk) -> None:
    deadline = await own_date(postbag)
    with pytest.raises(Overtaken):
        await postbag.group_events.instead_of(deadline, None, revision=deadline.revision - 1)


@pytest.mark.asyncio
async def test_an_answer_that_is_owed_never_becomes_an_event(postbag: Desk) -> None:
    person = await postbag.settle()
    clock = await postbag.deadlines.following.follow(GUILD, postbag.reports.of_everybody()[0].slug, person)
    assert clock is not None
    assert clock.kind is DeadlineKind.GOVERNMENT_RESPONSE
    with pytest.raises(Refused, match="isn't one of your group's own events"):
        await postbag.group_events.instead_of(clock, person)


@pytest.mark.asyncio
async def test_what_is_not_there_cannot_be_changed(postbag: Desk) -> None:
    person = await postbag.settle()
    with pytest.raises(NotFound):
        await postbag.group_events.call_off(GUILD, GroupEventId(404), person)
