"""A group's own events in Discord: asked for apart from answers, over when they are over, moved, skipped and called off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import icalendar
import pytest

from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.group_events import GroupEvent, GroupEventKind
from bot.domain.identity import UserId
from bot.rehearsal.reading import controls_of, links_of, options_of
from bot.services.group_events import TypedEvent

EVENT = {
    "title": "Branch meeting",
    "kind": ["meeting"],
    "when": "10 March 7pm to 9pm",
    "place": "Town hall",
    "link": "",
}
WEEKLY = EVENT | {"when": "every Tuesday 7pm to 9pm"}


async def add(group: Any, **typed: Any) -> Any:
    asked = await group.organiser.slash(group.channel, "deadlines add")
    form = await group.organiser.click(asked.response, label="An event of ours")
    return await group.organiser.submit_modal(form, EVENT | typed)


async def only(group: Any) -> GroupEvent:
    event: GroupEvent
    (event,) = await group.app.services.group_events.list(group.guild_id)
    return event


async def opened(group: Any, person: Any = None, name: str = "branch meeting") -> Any:
    return await (person or group.organiser).slash(group.channel, "deadlines show", deadline=name)


def typed_in(form: Any) -> dict[str, Any]:
    return {c["custom_id"]: c.get("value", "") for c in controls_of(form) if c.get("type") == 4}


@pytest.mark.asyncio
async def test_adding_asks_first_which_of_the_two_it_is_one_press_each(group: Any) -> None:
    asked = await group.organiser.slash(group.channel, "deadlines add")
    assert asked.response.ephemeral
    assert group.buttons_of(asked) == ["An answer we expect", "An event of ours", "A post"]
    answer = await group.organiser.click(asked.response, label="An answer we expect")
    assert set(typed_in(answer)) == {"title", "date", "published", "link"}
    event = await group.organiser.click(asked.response, label="An event of ours")
    assert set(typed_in(event)) == {"title", "when", "place", "link"}
    post = await group.organiser.click(asked.response, label="A post")
    assert set(typed_in(post)) == {"words", "when"}


@pytest.mark.asyncio
async def test_what_was_typed_goes_along_with_the_answer(group: Any) -> None:
    given = {"title": "Council vote", "date": "20 March", "link": "https://council.example/x"}
    asked = await group.organiser.slash(group.channel, "deadlines add", **given)
    event = await group.organiser.click(asked.response, label="An event of ours")
    assert typed_in(event) == {
        "title": "Council vote",
        "when": "20 March",
        "place": "",
        "link": "https://council.example/x",
    }
    kept = await group.organiser.click(asked.response, label="An answer we expect")
    assert "Expected by: 20 March 2026" in group.text_of(kept)
    (deadline,) = await group.app.services.deadlines.list(group.guild_id)
    assert deadline.kind is DeadlineKind.EXPECTED_ANSWER
    direct = await group.organiser.slash(group.channel, "deadlines add", kind="event", **given)
    assert typed_in(direct)["title"] == "Council vote"


@pytest.mark.asyncio
async def test_an_event_from_adding_to_its_last_post(group: Any) -> None:
    await group.set_up(high_risk=False)
    added = await add(group)
    said = group.text_of(added)
    assert added.response.ephemeral
    assert "Added." in said
    assert "Tuesday 10 March 2026, 7pm to 9pm, in 8 days" in said
    assert "Where: Town hall" in said
    assert "7 days before: 9am on Tuesday 3 March 2026, London time" in said
    assert "shown without notifying anyone" in said
    assert group.posted == []
    await group.play_to(datetime(2026, 3, 3, 9, 1, tzinfo=UTC))
    (week,) = group.posted
    assert group.text_of(week).startswith("**Branch meeting: in 7 days**\nTuesday 10 March 2026, 7pm to 9pm.")
    assert week.flags.suppress_notifications
    await group.play_to(datetime(2026, 3, 10, 9, 1, tzinfo=UTC))
    day = group.posted[-1]
    assert group.text_of(day).startswith("**Branch meeting: today**")
    assert not day.flags.suppress_notifications
    posted = len(group.posted)
    why = await group.member.click(day, label="Why this message?")
    assert "A reminder of an event: on the day" in group.text_of(why)
    assert "Branch meeting" in group.text_of(why)
    await group.play_to(datetime(2026, 4, 20, 12, tzinfo=UTC))
    assert len(group.posted) == posted
    over = await opened(group)
    assert "Over: it was on Tuesday 10 March 2026" in group.text_of(over)
    assert "verdue" not in group.text_of(over)
    assert "Change" not in group.buttons_of(over)
    listed = await group.member.slash(group.channel, "deadlines list")
    assert "Over: it was on Tuesday 10 March 2026" in group.text_of(listed)
    assert "verdue" not in "".join(group.text_of(message) for message in group.posted)


@pytest.mark.asyncio
async def test_members_see_it_in_the_list_and_have_no_controls(group: Any) -> None:
    await add(group, link="https://example.org/meeting")
    await group.app.services.deadlines.add(group.guild_id, None, "Reply on piers", due_on=date(2026, 3, 9))
    listed = await group.member.slash(group.channel, "deadlines list")
    said = group.text_of(listed)
    assert said.index("Reply on piers") < said.index("Branch meeting")
    assert [option["label"] for option in options_of(listed)] == ["Reply on piers", "Branch meeting"]
    shown = await group.member.select(listed.response, [options_of(listed)[1]["value"]])
    assert group.buttons_of(shown) == ["Remind me", "Calendar file"]
    assert links_of(shown) == {"Open its page": "https://example.org/meeting"}
    offered = await group.member.autocomplete(group.channel, "deadlines show", "deadline", "branch")
    assert offered[0]["name"] == "Branch meeting · Coming up, 10 Mar 2026"
    by_label = await opened(group, group.member, offered[0]["name"])
    assert "Town hall" in group.text_of(by_label)
    refused = await group.organiser.slash(group.channel, "deadlines received", deadline=offered[0]["value"])
    assert "no answer to it is expected" in group.text_of(refused)


@pytest.mark.asyncio
async def test_what_was_typed_is_given_back_and_kept_the_second_time(group: Any) -> None:
    refused = await add(group, when="31 February")
    assert "no day 31 in February" in group.text_of(refused)
    await group.restart()
    again = await group.organiser.click(refused.response, label="Try again")
    assert typed_in(again) == {"title": "Branch meeting", "when": "31 February", "place": "Town hall", "link": ""}
    kept = await group.organiser.submit_modal(again, EVENT)
    assert "Added." in group.text_of(kept)
    asked = await add(group, title="Vote", when="10 March at 7")
    assert "7am on Tuesday 10 March 2026 or 7pm on Tuesday 10 March 2026" in group.text_of(asked)


@pytest.mark.asyncio
async def test_two_organisers_at_once_lose_nothing(group: Any) -> None:
    await add(group)
    mine = await group.organiser.slash(group.channel, "deadlines edit", deadline="branch meeting")
    theirs = await group.second_organiser.slash(group.channel, "deadlines edit", deadline="branch meeting")
    assert typed_in(mine)["when"] == "10 March 2026 7pm to 9pm"
    await group.second_organiser.submit_modal(theirs, EVENT | {"when": "11 March 7pm"})
    late = await group.organiser.submit_modal(mine, EVENT | {"when": "12 March 7pm"})
    assert "It now says: Wednesday 11 March 2026, 7pm" in group.text_of(late)
    assert (await only(group)).on == date(2026, 3, 11)
    again = await group.organiser.click(late.response, label="Correct it")
    await group.organiser.submit_modal(again, EVENT | {"when": "12 March 7pm"})
    assert (await only(group)).on == date(2026, 3, 12)


@pytest.mark.asyncio
async def test_one_of_many_is_moved_and_another_left_out(group: Any) -> None:
    await add(group, **WEEKLY)
    shown = await opened(group)
    assert "Next: Tuesday 3 March 2026, 7pm to 9pm, tomorrow, every Tuesday" in group.text_of(shown)
    times = await group.organiser.click(shown.response, label="Move or skip one")
    one = await group.organiser.select(times.response, ["2026-03-10"])
    form = await group.organiser.click(one.response, label="Move it")
    wrong = await group.organiser.submit_modal(form, {"when": "17 March"})
    assert "already one on that day" in group.text_of(wrong)
    again = await group.organiser.click(wrong.response, label="Try again")
    moved = await group.organiser.submit_modal(again, {"when": "11 March"})
    assert "Wednesday 11 March 2026, 7pm to 9pm (moved from Tuesday 10 March 2026)" in group.text_of(moved)
    fresh = await group.organiser.click(moved.response, label="Move or skip one")
    other = await group.organiser.select(fresh.response, ["2026-03-17"])
    skipped = await group.organiser.click(other.response, label="Skip it")
    twice = await group.organiser.click(other.response, label="Skip it")
    assert "17 March" not in group.text_of(skipped)
    assert "couldn't" not in group.text_of(twice)
    assert [o.on.day for o in (await only(group)).coming(group.app.clock.now(), 4)] == [3, 11, 24, 31]


@pytest.mark.asyncio
async def test_a_change_after_the_first_reminder_is_told_once(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group)
    await group.play_to(datetime(2026, 3, 3, 9, 1, tzinfo=UTC))
    form = await group.organiser.slash(group.channel, "deadlines edit", deadline="branch meeting", date="12 March 7pm")
    assert typed_in(form)["when"] == "12 March 7pm"
    changed = await group.organiser.submit_modal(form, EVENT | {"when": "12 March 7pm"})
    assert "Postbag will tell the group in its channel" in group.text_of(changed)
    await group.play_to(datetime(2026, 3, 3, 9, 5, tzinfo=UTC))
    said = group.text_of(group.posted[-1])
    assert said.startswith("**Changed: Branch meeting**\nThursday 12 March 2026, 7pm. This replaces")
    asked = await group.organiser.slash(group.channel, "deadlines withdraw", deadline="branch meeting")
    off = await group.organiser.click(asked.response, label="Call it off")
    assert "Called off on 3 March 2026" in group.text_of(off)
    again = await group.organiser.click(asked.response, label="Call it off")
    assert "Called off on 3 March 2026" in group.text_of(again)
    await group.play_to(datetime(2026, 3, 14, 12, tzinfo=UTC))
    said = [group.text_of(message) for message in group.posted]
    assert sum("Called off" in text for text in said) == 1
    assert "Called off" in said[-1]


@pytest.mark.asyncio
async def test_its_own_days_of_reminders_and_whether_they_notify(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group)
    shown = await opened(group)
    form = await group.organiser.click(shown.response, label="Change reminders")
    assert typed_in(form)["days"] == "-7, -1, 0"
    wrong = await group.organiser.submit_modal(form, {"days": "-3, +1", "aloud": ["1"]})
    assert "never overdue" in group.text_of(wrong)
    again = await group.organiser.click(wrong.response, label="Try again")
    kept = await group.organiser.submit_modal(again, {"days": "-3, 0", "aloud": ["1"]})
    assert "Each time: 3 days before, on the day." in group.text_of(kept)
    await group.play_to(datetime(2026, 3, 7, 9, 1, tzinfo=UTC))
    assert not group.posted[-1].flags.suppress_notifications


@pytest.mark.asyncio
async def test_a_plain_post_comes_every_week_in_its_own_words(group: Any) -> None:
    await group.set_up(high_risk=False)
    asked = await group.organiser.slash(group.channel, "deadlines add")
    form = await group.organiser.click(asked.response, label="A post")
    kept = await group.organiser.submit_modal(form, {"words": "Branch call at **nine**", "when": "every Monday 9am"})
    assert "Next post: 9am on Monday 9 March 2026" in group.text_of(kept)
    await group.play_to(datetime(2026, 3, 24, 12, tzinfo=UTC))
    posts = [group.text_of(message) for message in group.posted]
    assert len(posts) == 3
    assert all(text.startswith("Branch call at \\*\\*nine\\*\\*") for text in posts)
    assert (await only(group)).kind is GroupEventKind.POST


async def held_date(group: Any, kind: DeadlineKind = DeadlineKind.OWN_DATE) -> Deadline:
    held: Deadline = await group.app.services.deadlines.add(
        group.guild_id, None, "Council vote on the lamps", due_on=date(2026, 3, 16), kind=kind
    )
    return held


@pytest.mark.asyncio
async def test_a_date_that_is_held_becomes_what_its_organiser_says(group: Any) -> None:
    await held_date(group)
    listed = await group.organiser.slash(group.channel, "deadlines list")
    assert "**Which is it?**" in group.text_of(listed)
    assert "Which is it?" not in group.text_of(await group.member.slash(group.channel, "deadlines list"))
    became = await group.organiser.click(listed.response, label="An event of ours")
    assert "Monday 16 March 2026, in 14 days" in group.text_of(became)
    twice = await group.organiser.click(listed.response, label="An event of ours")
    assert "Monday 16 March 2026, in 14 days" in group.text_of(twice)
    assert (await only(group)).title == "Council vote on the lamps"
    assert await group.app.services.deadlines.list(group.guild_id) == ()
    again = await group.organiser.slash(group.channel, "deadlines list")
    assert "Which is it?" not in group.text_of(again)
    await group.play_to(datetime(2026, 5, 20, 12, tzinfo=UTC))
    assert "verdue" not in "".join(group.text_of(message) for message in group.posted)


@pytest.mark.asyncio
async def test_a_date_that_is_held_stays_an_answer_where_its_organiser_says_so(group: Any) -> None:
    await held_date(group)
    shown = await group.organiser.slash(group.channel, "deadlines show", deadline="council vote")
    kept = await group.organiser.click(shown.response, label="An answer we expect")
    assert "Which is it?" not in group.text_of(kept)
    (deadline,) = await group.app.services.deadlines.list(group.guild_id)
    assert (deadline.kind, deadline.due_on) == (DeadlineKind.EXPECTED_ANSWER, date(2026, 3, 16))
    late = await group.organiser.click(shown.response, label="An event of ours")
    assert "isn't one of your group's own events" in group.text_of(late) or "changed" in group.text_of(late)
    assert await group.app.services.group_events.list(group.guild_id) == ()


@pytest.mark.asyncio
async def test_a_group_at_risk_reads_nothing_about_it(group: Any) -> None:
    await group.set_up(high_risk=True)
    added = await add(group)
    assert "neutral wording" in group.text_of(added)
    await group.play_to(datetime(2026, 3, 10, 9, 1, tzinfo=UTC))
    said = "".join(group.text_of(message) for message in group.posted)
    assert "A date your group is watching is today" in said
    assert "Branch" not in said
    assert "Town hall" not in said


@pytest.mark.asyncio
async def test_it_is_in_the_calendar_file_and_in_the_picture(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group, **WEEKLY)
    await group.app.services.deadlines.add(group.guild_id, None, "Reply on piers", due_on=date(2026, 3, 9))
    handed = await group.member.slash(group.channel, "deadlines calendar")
    content = (await group.app.services.deadline_files.calendar(group.guild_id)).content.decode()
    assert handed.response.attachments[0].filename == "deadlines.ics"
    assert content.count("SUMMARY:Branch meeting") == 30
    assert "DTSTART:20260303T190000Z" in content
    assert "DTSTART:20260407T180000Z" in content
    listed = await group.member.slash(group.channel, "deadlines list")
    drawn = await group.member.click(listed.response, label="Show a picture")
    said = group.text_of(drawn)
    assert "◆ Takes place: 3 March 2026, 7pm to 9pm" in said
    assert said.index("Branch meeting") < said.index("Reply on piers")
    assert drawn.response.attachments


async def plan_on_event(group: Any) -> Any:
    started = await group.organiser.slash(group.channel, "action plan")
    value = next(o["value"] for o in options_of(started) if o["label"] == "Branch meeting")
    return await group.organiser.select(started.response, [value])


async def the_plan(group: Any) -> Any:
    return (await group.app.services.actions.plans(group.guild_id))[0]


@pytest.mark.asyncio
async def test_a_plan_is_worked_back_from_an_event_and_moves_with_it(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group, when="20 April 7pm")
    shown = await plan_on_event(group)
    said = group.text_of(shown)
    assert "Counting back from Mon 20 April 2026" in said
    assert "verdue" not in said
    plan = await the_plan(group)
    assert [step.key for step in plan.steps] == ["brief", "letters", "nudge", "follow-up"]
    offered = await group.organiser.autocomplete(group.channel, "action plan", "deadline", "branch")
    assert [choice["value"] for choice in offered] == [f"event {(await only(group)).group_event_id}"]
    await group.organiser.click(shown.response, label="Approve")
    form = await group.organiser.slash(group.channel, "deadlines edit", deadline="branch meeting")
    await group.organiser.submit_modal(form, EVENT | {"when": "27 April 7pm"})
    moved = await the_plan(group)
    assert moved.centre_on == date(2026, 4, 27)
    assert [(b.on - a.on).days for a, b in zip(plan.steps, moved.steps, strict=True)] == [7, 7, 7, 7]
    asked = await group.organiser.slash(group.channel, "deadlines withdraw", deadline="branch meeting")
    await group.organiser.click(asked.response, label="Call it off")
    assert (await the_plan(group)).stored.value == "cancelled"


@pytest.mark.asyncio
async def test_a_plan_on_one_of_many_follows_that_one(group: Any) -> None:
    await add(group, when="every first Tuesday 7pm")
    service = group.app.services.group_events
    event = await only(group)
    await plan_on_event(group)
    assert (await the_plan(group)).centre_on == date(2026, 3, 3)
    key = (group.guild_id, event.group_event_id, None)
    await service.move(*key, date(2026, 4, 7), "")
    assert (await the_plan(group)).centre_on == date(2026, 3, 3)
    await service.move(*key, date(2026, 3, 3), "5 March")
    assert (await the_plan(group)).centre_on == date(2026, 3, 5)
    await service.move(*key, date(2026, 3, 3), "")
    assert (await the_plan(group)).stored.value == "cancelled"


@pytest.mark.asyncio
async def test_a_plan_goes_along_where_its_date_becomes_an_event(group: Any) -> None:
    held = await held_date(group)
    await group.organiser.slash(group.channel, "action plan", deadline="council vote")
    assert (await the_plan(group)).deadline_id == held.deadline_id
    listed = await group.organiser.slash(group.channel, "deadlines list")
    await group.organiser.click(listed.response, label="An event of ours")
    plan = await the_plan(group)
    assert (plan.deadline_id, plan.group_event_id) == (None, (await only(group)).group_event_id)


@pytest.mark.asyncio
async def test_the_ways_in_and_the_groups_own_report_know_events(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group)
    report = await group.app.services.counts.report(group.guild_id)
    assert (date(2026, 3, 10), "Branch meeting") in report.coming
    await group.play_to(datetime(2026, 3, 10, 9, 1, tzinfo=UTC))
    handed = await group.member.click(group.posted[-1], label="Calendar file")
    assert handed.response.attachments


async def listed_on_discord(group: Any) -> list[Any]:
    guild = group.app.client.get_guild(int(group.guild.id))
    return list(await guild.fetch_scheduled_events(with_counts=False))


@pytest.mark.asyncio
async def test_it_is_put_in_discords_events_moved_and_called_off_with_it(group: Any) -> None:
    await group.set_up(high_risk=False)
    added = await add(group)
    asked = await group.organiser.click(added.response, label="Add it to Discord's events")
    assert "everyone sees who presses Interested" in group.text_of(asked)
    for _ in range(2):
        await group.organiser.click(asked.response, label="Make the event")
    (listed,) = await listed_on_discord(group)
    assert (listed.name, listed.location) == ("Branch meeting", "Town hall")
    assert listed.start_time == datetime(2026, 3, 10, 19, tzinfo=UTC)
    assert listed.end_time == datetime(2026, 3, 10, 21, tzinfo=UTC)
    form = await group.organiser.slash(group.channel, "deadlines edit", deadline="branch meeting")
    await group.organiser.submit_modal(form, EVENT | {"when": "12 March 6pm", "place": "Library"})
    await group.env.settle()
    (listed,) = await listed_on_discord(group)
    assert (listed.start_time, listed.location) == (datetime(2026, 3, 12, 18, tzinfo=UTC), "Library")
    off = await group.organiser.slash(group.channel, "deadlines withdraw", deadline="branch meeting")
    await group.organiser.click(off.response, label="Call it off")
    await group.env.settle()
    assert [one for one in await listed_on_discord(group) if one.status.name == "scheduled"] == []


@pytest.mark.asyncio
async def test_a_group_at_risk_is_not_offered_discords_events(group: Any) -> None:
    await group.set_up(high_risk=False)
    added = await add(group)
    asked = await group.organiser.click(added.response, label="Add it to Discord's events")
    await group.set_up(high_risk=True)
    assert "Add it to Discord's events" not in group.buttons_of(await opened(group))
    refused = await group.organiser.click(asked.response, label="Make the event")
    assert "neutral wording" in group.text_of(refused)
    assert await listed_on_discord(group) == []


@pytest.mark.asyncio
async def test_a_post_or_an_event_typed_for_the_night_is_said_and_posted_in_the_morning(group: Any) -> None:
    await group.set_up(high_risk=False)
    asked = await group.organiser.slash(group.channel, "deadlines add")
    form = await group.organiser.click(asked.response, label="A post")
    kept = await group.organiser.submit_modal(form, {"words": "Branch call at nine", "when": "10 March 3am"})
    assert "3am is in your group's quiet hours, so Postbag posts it at 7am instead." in group.text_of(kept)
    await group.play_to(datetime(2026, 3, 10, 6, 59, tzinfo=UTC))
    assert group.posted == []
    await group.play_to(datetime(2026, 3, 10, 7, 1, tzinfo=UTC))
    assert len(group.posted) == 1
    added = await add(group, when="12 March 3am")
    assert "It starts at 3am, in the night." in group.text_of(added)


@pytest.mark.asyncio
async def test_a_member_is_reminded_of_an_event_privately_from_its_card_and_its_post(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group)
    await group.play_to(datetime(2026, 3, 3, 9, 1, tzinfo=UTC))
    form = await group.member.click(group.posted[0], label="Remind me")
    assert typed_in(form)["what"] == "Branch meeting"
    assert typed_in(form)["when"] == "6pm on 10 March 2026"
    shown = await group.member.submit_modal(form, {"what": "Branch meeting", "when": "6pm on 10 March 2026"})
    assert "6pm" in group.text_of(shown)
    await group.member.click(shown.response, label="Save")
    card = await opened(group, group.member)
    assert {"Remind me", "Calendar file"} <= set(group.buttons_of(card))
    posted = len(group.posted)
    await group.play_to(datetime(2026, 3, 10, 18, 1, tzinfo=UTC))
    assert len(group.posted) == posted + 2, "the group's own: the day before, and on the day"
    told = [group.text_of(message) for message in group.member.user.dm_channel.history()]
    assert any("Branch meeting" in words for words in told)
    late = await group.member.click(group.posted[0], label="Remind me")
    assert typed_in(late)["when"] == "", "an hour before has passed"
    await group.play_to(datetime(2026, 3, 10, 21, 30, tzinfo=UTC))
    over = await group.member.click(group.posted[0], label="Remind me")
    assert "“Branch meeting” is over." in group.text_of(over)


async def reminded(group: Any, when: str) -> Any:
    """Set a private reminder on the event as a member; give it as it is kept."""
    card = await opened(group, group.member)
    form = await group.member.click(card.response, label="Remind me")
    assert typed_in(form)["when"] == when
    shown = await group.member.submit_modal(form, {"what": "Branch meeting", "when": when})
    assert "If the event moves" in group.text_of(shown)
    await group.member.click(shown.response, label="Save")
    return (await group.app.services.private_reminders.mine(UserId(group.member.id)))[0]


async def told_privately(group: Any) -> str:
    return "\n".join(group.text_of(message) for message in group.member.user.dm_channel.history())


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("added", "changed", "before", "after"),
    [
        ("10 March 7pm to 9pm", "12 March 8.30pm to 10pm", "6pm on 10 March 2026", "19:30 12"),
        ("10 March 7pm", "9 March 7pm", "6pm on 10 March 2026", "18:00 9"),
        ("10 March", "17 March", "9am on 9 March 2026", "09:00 16"),
        ("10 March", "17 March 7pm", "9am on 9 March 2026", "09:00 16"),
    ],
)
async def test_a_private_reminder_moves_with_its_event(
    group: Any, added: str, changed: str, before: str, after: str
) -> None:
    await group.set_up(high_risk=False)
    await add(group, when=added)
    await reminded(group, before)
    card = await opened(group)
    form = await group.organiser.click(card.response, label="Change")
    await group.organiser.submit_modal(form, EVENT | {"when": changed})
    await group.sweep()
    (held,) = await group.app.services.private_reminders.mine(UserId(group.member.id))
    assert f"{held.next_time.at:%H:%M} {held.next_time.on.day}" == after
    await group.play_to(datetime(2026, 3, 18, 12, tzinfo=UTC))
    assert (await told_privately(group)).count("Here's your reminder") == 1


@pytest.mark.asyncio
async def test_a_private_reminder_moves_with_one_time_of_an_event_that_repeats_and_says_what_was_left_out(
    group: Any,
) -> None:
    await group.set_up(high_risk=False)
    await add(group, when="every Tuesday 7pm")
    await reminded(group, "6pm on 3 March 2026")
    events = group.app.services.group_events
    (event,) = await events.list(group.guild_id)
    await events.move(group.guild_id, event.group_event_id, None, date(2026, 3, 3), "5 March 8pm")
    await group.sweep()
    (held,) = await group.app.services.private_reminders.mine(UserId(group.member.id))
    assert (held.next_time.on, held.next_time.at) == (date(2026, 3, 5), time(19))
    await events.move(group.guild_id, event.group_event_id, None, date(2026, 3, 3), "")
    await group.play_to(datetime(2026, 3, 5, 20, tzinfo=UTC))
    assert "It won't take place on Thursday 5 March 2026" in await told_privately(group)


@pytest.mark.asyncio
async def test_a_private_reminder_of_an_event_that_was_called_off_says_so(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group, when="10 March 7pm")
    await reminded(group, "6pm on 10 March 2026")
    events = group.app.services.group_events
    (event,) = await events.list(group.guild_id)
    await events.call_off(group.guild_id, event.group_event_id, None)
    await group.play_to(datetime(2026, 3, 10, 18, 1, tzinfo=UTC))
    assert "Called off on 2 March 2026" in await told_privately(group)


@pytest.mark.asyncio
async def test_the_news_that_an_event_is_off_offers_no_reminder_of_it(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group)
    await group.play_to(datetime(2026, 3, 3, 9, 1, tzinfo=UTC))
    assert "Remind me" in group.buttons_of(group.posted[-1])
    event = await only(group)
    await group.app.services.group_events.call_off(group.guild_id, event.group_event_id, None)
    await group.sweep()
    assert "Called off" in group.text_of(group.posted[-1])
    assert "Remind me" not in group.buttons_of(group.posted[-1])


@pytest.mark.asyncio
async def test_a_reminder_counting_from_a_date_that_became_an_event_moves_with_that(group: Any) -> None:
    await group.set_up(high_risk=False)
    services = group.app.services
    made = await services.deadlines.add(group.guild_id, None, "Branch meeting", due_on=date(2026, 3, 10))
    shown = await group.member.slash(
        group.channel, "remind me", what="Go", when="2 days before", deadline=str(made.deadline_id)
    )
    await group.member.click(shown.response, label="Save")
    event = await services.group_events.instead_of(made, None)
    typed = TypedEvent(event.kind, event.title, "20 March")
    await services.group_events.edit(group.guild_id, event.group_event_id, None, typed)
    await group.sweep()
    (held,) = await services.private_reminders.mine(UserId(group.member.id))
    assert held.next_time.on == date(2026, 3, 18)


@pytest.mark.asyncio
async def test_reminded_of_a_whole_day_is_the_day_before_in_ones_own_zone(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group, when="10 March")
    card = await opened(group, group.member)
    form = await group.member.click(card.response, label="Remind me")
    assert typed_in(form)["when"] == "9am on 9 March 2026"
    await group.play_to(datetime(2026, 3, 9, 10, tzinfo=UTC))
    form = await group.member.click(card.response, label="Remind me")
    assert typed_in(form)["when"] == "9am on 10 March 2026"


@pytest.mark.asyncio
async def test_the_days_of_an_old_rule_go_from_a_calendar_that_takes_the_file_again(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group, when="every Tuesday 7pm to 9pm")
    old = await calendar_of(group)
    card = await opened(group)
    form = await group.organiser.click(card.response, label="Change")
    await group.organiser.submit_modal(form, EVENT | {"when": "every Wednesday 7pm to 9pm from 11 March"})
    new = await calendar_of(group)
    assert old.keys() <= new.keys()
    assert {new[uid][1] for uid in old} == {"CANCELLED"}
    assert {day.weekday() for day, status in new.values() if status == "CONFIRMED"} == {2}


async def calendar_of(group: Any) -> dict[str, tuple[datetime, str]]:
    """Give what a member's calendar file says: the start and the state of each entry by its name."""
    given = await group.member.slash(group.channel, "deadlines calendar")
    (file,) = given.response.attachments
    found = icalendar.Calendar.from_ical(await file.read()).walk("VEVENT")
    return {str(e["UID"]): (e["DTSTART"].dt, str(e["STATUS"])) for e in found}
