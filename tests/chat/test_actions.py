"""J7 in Discord: plan back from a clock, rehearse, approve, post word for word, join unseen, move, call off."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.chat.cards.actions import REHEARSED
from bot.clock import LONDON
from bot.domain.actions import ActionState
from bot.domain.deadlines import DeadlineKind, Fact
from bot.domain.identity import UserId
from bot.domain.reminders import ReminderKind, ReminderState
from bot.rehearsal.reading import buttons_of, controls_of, options_of, text_of
from storage.actions import Actions
from storage.reminders.store import Reminders

DUE = date(2026, 4, 20)
"""Seven weeks after the room's first day, 2 March 2026."""

pytestmark = pytest.mark.asyncio


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)


def go_to(room: Any, moment: datetime) -> None:
    room.clock.move_to(moment)


async def clock(group: Any) -> Any:
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    return await group.app.services.deadlines.add(
        group.guild_id, person, "Answer on lamps", due_on=DUE, kind=DeadlineKind.GOVERNMENT_RESPONSE
    )


async def planned(group: Any, *, on_clock: bool = True) -> Any:
    """Plan back from a deadline as an organiser does, and give the plan's card."""
    if on_clock:
        made = await clock(group)
        opened = await group.organiser.slash(group.channel, "action plan")
        return await group.organiser.select(opened.response, [str(made.deadline_id)])
    return await group.organiser.slash(group.channel, "action plan", day="20 April 2026", title="Lobby *day*")


async def approved(group: Any, *, on_clock: bool = True) -> Any:
    card = await planned(group, on_clock=on_clock)
    return await group.organiser.click(card.response, label="Approve")


async def the_plan(group: Any) -> Any:
    (found,) = await group.app.services.actions.plans(group.guild_id)
    return found


def told(who: Any) -> list[str]:
    channel = getattr(who, "user", who).dm_channel
    return [text_of(message) for message in channel.history()]


async def test_a_plan_back_from_a_clock_is_posted_as_it_was_rehearsed(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await planned(group)
    shown = text_of(card.response)
    assert "Draft" in shown
    for words in ("30 March 2026", "6 April 2026", "17 April 2026", "20 April 2026", "21 April 2026", "4 May 2026"):
        assert words in shown
    rehearsed: list[str] = []
    page = await group.organiser.click(card.response, label="Rehearse")
    while True:
        rehearsed.append(words_rehearsed(page.response))
        assert f"<#{group.channel.id}>" in text_of(page.response)
        assert "mentions nobody" in text_of(page.response)
        if "Next step" not in buttons_of(page.response):
            break
        page = await group.organiser.click(page.response, label="Next step")
    assert len(rehearsed) == 6
    assert group.posted == []
    done = await group.organiser.click(card.response, label="Approve")
    assert "Approved" in text_of(done.response)
    for step in (await the_plan(group)).steps:
        go_to(group, nine(step.on) + timedelta(seconds=30))
        await group.sweep()
    posted = [message for message in group.posted if "Sign up privately" in buttons_of(message)]
    assert [body_of(message) for message in posted] == rehearsed
    assert buttons_of(posted[0]) == ["Sign up privately", "Write my letter", "Calendar file", "Why this message?"]
    assert len(group.posted) == 6, "the clock's own ladder is silent"


def words_rehearsed(message: Any) -> str:
    """Give the words between the lines of a rehearsal."""
    return next(str(part["content"]) for part in controls_of(message) if part.get("id") == REHEARSED)


def body_of(message: Any) -> str:
    """Give a post's words alone, as they were sent."""
    found = [str(part["content"]) for part in controls_of(message) if part.get("content")]
    return "\n".join(found) if found else message.content


async def test_a_group_at_risk_says_nothing_in_its_channel(group: Any) -> None:
    await approved(group)
    plan = await the_plan(group)
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    (message,) = group.posted
    assert "lamps" not in text_of(message).casefold()
    assert "Sign up privately" in buttons_of(message)
    joined = await group.member.click(message, label="Sign up privately")
    assert "You've signed up, privately" in text_of(joined.response)
    assert joined.response.ephemeral
    await group.sweep()
    (welcome,) = told(group.member)
    assert "lamps" not in welcome.casefold()


async def test_words_turn_neutral_when_a_group_says_that_it_is_at_risk(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    plan = await the_plan(group)
    await group.app.services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    await group.sweep()
    await group.set_up(high_risk=True)
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    assert "lamps" not in text_of(group.posted[-1]).casefold()
    assert "lamps" not in told(group.member)[-1].casefold()


@pytest.mark.claim("C-03", "C-04", "P-84")
async def test_joining_is_seen_by_nobody_and_later_steps_come_privately(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    plan = await the_plan(group)
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    (message,) = group.posted
    await group.member.click(message, label="Sign up privately")
    again = await group.member.click(message, label="Sign up privately")
    assert "You'd already signed up" in text_of(again.response)
    await group.sweep()
    assert len(told(group.member)) == 1
    for organiser in (group.organiser, group.second_organiser):
        for command in ("action list", "action show"):
            options = {"action": str(plan.action_id)} if command == "action show" else {}
            shown = text_of((await organiser.slash(group.channel, command, **options)).response)
            assert "tomos" not in shown.casefold()
            assert "1 joined" not in shown
    go_to(group, nine(plan.steps[1].on) + timedelta(seconds=5))
    await group.sweep()
    assert len(told(group.member)) == 2
    assert "Write the letters" in told(group.member)[-1]
    last = list(group.member.user.dm_channel.history())[-1]
    assert buttons_of(last)[:2] == ["Open", "Leave"]
    left = await group.member.user.click(last, label="Leave")
    assert "You've left the plan" in text_of(left.response)
    go_to(group, nine(plan.steps[2].on) + timedelta(seconds=5))
    await group.sweep()
    assert len(told(group.member)) == 2, "nothing more comes"


async def test_an_approved_plan_has_one_row_of_buttons_and_its_other_changes_in_the_list(group: Any) -> None:
    await approved(group, on_clock=False)
    shown = await group.organiser.slash(group.channel, "action show", action="1")
    assert buttons_of(shown.response) == [
        "Rehearse",
        "Add it to Discord's events",
        "Back to a draft",
        "Copy this plan",
        "Cancel this plan",
    ]
    offered = [option["value"] for option in options_of(shown.response)]
    changes = ["action.add", "action.about", "action.pick", "action.move", "action.outcome"]
    assert offered[-len(changes) :] == changes
    for change in changes:
        shown = await group.organiser.slash(group.channel, "action show", action="1")
        begun = await group.organiser.select(shown.response, [change])
        assert (
            begun.modal is not None or "Choose" in text_of(begun.response) or "Which report" in text_of(begun.response)
        )


async def test_moving_the_day_moves_every_step_and_is_said_once(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await approved(group, on_clock=False)
    before = await the_plan(group)
    go_to(group, nine(before.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    shown = await group.organiser.slash(group.channel, "action show", action=str(before.action_id))
    form = await group.organiser.select(shown.response, ["action.move"])
    moved = await group.organiser.submit_modal(form, {"date": "30 April 2026"})
    assert "30 April 2026" in text_of(moved.response)
    await group.sweep()
    await group.sweep()
    news = [m for m in group.posted if "New date for" in text_of(m)]
    assert len(news) == 1
    after = await the_plan(group)
    assert [b.on - a.on for a, b in zip(before.steps[1:], after.steps[1:], strict=True)] == [timedelta(days=10)] * 4
    go_to(group, nine(before.steps[1].on) + timedelta(minutes=1))
    await group.sweep()
    assert len(group.posted) == 2, "nothing on the old day"
    assert buttons_of(card.response) == [], "an earlier card has no live buttons"
    late = await group.organiser.click(shown.response, label="Cancel this plan")
    sure = await group.organiser.click(late.response, label="Cancel the plan")
    assert "Cancelled" in text_of(sure.response)
    await group.sweep()
    assert len([m for m in group.posted if "Cancelled:" in text_of(m)]) == 1
    go_to(group, nine(date(2026, 6, 1)))
    await group.sweep()
    assert len(group.posted) == 3
    states = {r.state for r in await rows(group)}
    assert ReminderState.SCHEDULED not in states


async def rows(group: Any) -> list[Any]:
    """Give every reminder of a plan, public and private."""
    from sqlalchemy import select

    from storage.reminders.rows import reminder_of
    from storage.schema import reminders

    async with group.app.database.reading() as connection:
        found = (await connection.execute(select(reminders).where(reminders.c.kind == ReminderKind.ACTION.value))).all()

    class Open:
        def open(self, sealed: bytes) -> bytes:
            return b"-"

        def seal(self, plain: bytes) -> bytes:
            return plain

    return [reminder_of(row, Open()) for row in found]


async def test_the_clocks_own_ladder_is_silent_while_a_plan_runs_and_speaks_again(group: Any) -> None:
    made = await clock(group)
    store = Reminders(group.app.database, group.app.services.delivery._store._sealer)

    async def rungs() -> int:
        found = await store.of_deadline(made.deadline_id)
        return sum(r.state is ReminderState.SCHEDULED for r in found)

    before = await rungs()
    assert before >= 5
    opened = await group.organiser.slash(group.channel, "action plan", deadline=str(made.deadline_id))
    assert await rungs() == before, "a draft silences nothing"
    await group.organiser.click(opened.response, label="Approve")
    assert await rungs() == 0
    again = await group.organiser.slash(group.channel, "action plan", deadline=str(made.deadline_id))
    assert "already has a plan for that deadline" in text_of(again.response)
    plan = await the_plan(group)
    await group.app.services.actions.cancel(group.guild_id, plan.action_id, None, None)
    assert await rungs() == before


async def test_a_plan_follows_its_clock_to_a_new_date_and_to_its_end(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    plan = await the_plan(group)
    services = group.app.services
    person = await services.people.person_for(UserId(group.organiser.id))
    await services.deadlines.facts.record(
        Fact.PROMISED, group.guild_id, plan.deadline_id, person, DUE + timedelta(days=30), "https://example.org/letter"
    )
    moved = await the_plan(group)
    assert moved.centre_on == DUE + timedelta(days=30)
    assert [b.on - a.on for a, b in zip(plan.steps, moved.steps, strict=True)] == [timedelta(days=30)] * 6
    await services.deadlines.facts.record(
        Fact.RECEIVED, group.guild_id, plan.deadline_id, person, date(2026, 3, 2), "https://example.org/answer"
    )
    ended = await the_plan(group)
    assert ended.stored is ActionState.DONE
    assert {r.state for r in await rows(group)} == {ReminderState.CANCELLED}


async def test_two_organisers_at_once_lose_nothing(group: Any) -> None:
    card = await planned(group)
    first = await group.organiser.select(card.response, ["letters"])
    plan = await the_plan(group)
    seen = await group.second_organiser.slash(group.channel, "action show", action=str(plan.action_id))
    second = await group.second_organiser.select(seen.response, ["brief"])
    typed = {"title": "Write now", "date": "7 April 2026", "text": "My own words.", "out": ["no"]}
    kept = await group.organiser.submit_modal(first, typed)
    assert "your own words" in text_of(kept.response)
    refused = await group.second_organiser.submit_modal(
        second, {"title": "Brief", "date": "1 April 2026", "text": "Other words.", "out": ["no"]}
    )
    (told_so,) = refused.followups
    assert "so nothing was overwritten" in text_of(told_so)
    assert "Write now on 7 April 2026" in text_of(told_so), "what the other saved"
    assert "Other words." in text_of(told_so), "what was typed is handed back"
    plan = await the_plan(group)
    assert plan.step("letters").text == "My own words."
    assert plan.step("brief").text == ""
    again = await group.second_organiser.click(told_so, label="Correct it")
    assert {c["custom_id"]: c.get("value") for c in controls_of(again) if c.get("type") == 4} == {
        "title": "Brief",
        "date": "1 April 2026",
        "text": "Other words.",
    }
    await group.second_organiser.submit_modal(
        again, {"title": "Brief", "date": "1 April 2026", "text": "Other words.", "out": ["no"]}
    )
    assert (await the_plan(group)).step("brief").text == "Other words."


async def test_a_step_is_refused_kindly_and_taken_out(group: Any) -> None:
    card = await planned(group)
    form = await group.organiser.select(card.response, ["nudge"])
    past = await group.organiser.submit_modal(
        form, {"title": "Nudge @everyone", "date": "1 March 2026", "text": "Words **I** typed", "out": ["no"]}
    )
    (told_so,) = past.followups
    assert "has already passed" in text_of(told_so) or "already passed" in text_of(told_so)
    assert "Words **I** typed" in text_of(told_so)
    again = await group.organiser.click(told_so, label="Try again")
    assert [c.get("value") for c in controls_of(again) if c.get("type") == 4][2] == "Words **I** typed"
    form = await group.organiser.select(card.response, ["nudge"])
    gone = await group.organiser.submit_modal(form, {"title": "x", "date": "x", "text": "", "out": ["yes"]})
    assert "A nudge" not in text_of(gone.response)
    added = await group.organiser.click(gone.response, label="Add a step")
    kept = await group.organiser.submit_modal(added, {"title": "Call", "date": "1 April 2026", "text": "Ring them."})
    assert "Call" in text_of(kept.response)


async def test_what_a_plan_is_about_and_its_letter(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await planned(group, on_clock=False)
    form = await group.organiser.click(card.response, label="About and letter")
    wrong = await group.organiser.submit_modal(form, {"title": "Lobby day", "items": "3, 999", "template": ["none"]})
    assert "999" in text_of(wrong.followups[0])
    form = await group.organiser.click(card.response, label="About and letter")
    kept = await group.organiser.submit_modal(
        form, {"title": "Lobby day", "items": "never-again/3", "template": ["raise-a-recommendation"]}
    )
    assert "Recommendation 3" in text_of(kept.response)
    await group.organiser.click(kept.response, label="Approve")
    plan = await the_plan(group)
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    letter = await group.member.click(group.posted[0], label="Write my letter")
    assert "onstituency" in text_of(letter)
    file = await group.member.click(group.posted[0], label="Calendar file")
    assert [a.filename for a in file.response.attachments] == ["plan.ics"]


async def test_members_and_outsiders_cannot_plan(group: Any) -> None:
    card = await planned(group)
    refused = await group.member.slash(group.channel, "action plan")
    assert "organiser" in text_of(refused.response).casefold()
    listed = await group.member.slash(group.channel, "action list")
    assert "No plan is running" in text_of(listed.response)
    shown = await group.member.slash(group.channel, "action show", action="1")
    assert "doesn't have that plan" in text_of(shown.response)
    plan = await the_plan(group)
    assert await group.member.autocomplete(group.channel, "action show", "action", "") == []
    assert card.response.ephemeral
    assert plan.stored is ActionState.DRAFT


async def test_the_outcome_is_recorded_and_the_plan_is_archived_with_who_joined(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group, on_clock=False)
    plan = await the_plan(group)
    await group.app.services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    form = await group.organiser.slash(group.channel, "action report", action=str(plan.action_id))
    done = await group.organiser.submit_modal(form, {"outcome": "Nine letters, one meeting."})
    assert "Nine letters, one meeting." in text_of(done.response)
    store = Actions(group.app.database, group.app.services.delivery._store._sealer)
    person = await group.app.services.people.find(UserId(group.member.id))
    assert await store.has_joined(plan.action_id, person)
    go_to(group, group.clock.now() + timedelta(days=31))
    assert await group.app.services.actions.upkeep.tidy() == 1
    assert not await store.has_joined(plan.action_id, person)
    assert await group.app.services.actions.plans(group.guild_id) == ()


async def test_presses_at_once_join_once(group: Any) -> None:
    await approved(group)
    plan = await the_plan(group)
    joined = await asyncio.gather(
        *(group.app.services.actions.joining.join(group.guild_id, plan.action_id, UserId(4242)) for _ in range(8))
    )
    assert sum(fresh for _, fresh in joined) == 1


async def test_a_plan_has_one_live_card_that_is_edited_in_place(group: Any) -> None:
    first = await planned(group)
    done = await group.organiser.click(first.response, label="Approve")
    assert done.response.id == first.response.id
    assert "Approved" in text_of(first.response)
    shown = await group.organiser.slash(group.channel, "action show", action="1")
    assert buttons_of(first.response) == []
    assert "Approve" not in buttons_of(shown.response)
    back = await group.organiser.click(shown.response, label="Back to a draft")
    assert "draft again" in text_of(back.response)
    assert (await the_plan(group)).stored is ActionState.DRAFT
    assert ReminderState.SCHEDULED not in {r.state for r in await rows(group)}


async def test_pressing_approve_twice_or_on_a_card_that_was_overtaken_says_how_the_plan_is(group: Any) -> None:
    mine = await planned(group)
    theirs = await group.second_organiser.slash(group.channel, "action show", action="1")
    form = await group.second_organiser.click(theirs.response, label="Add a step")
    await group.second_organiser.submit_modal(form, {"title": "Call", "date": "1 April 2026", "text": "Ring them."})
    early = await group.organiser.click(mine.response, label="Approve")
    assert "nothing was overwritten" in text_of(early.response)
    assert "Call" in text_of(early.response), "what the other saved"
    assert (await the_plan(group)).stored is ActionState.DRAFT
    with group.env.at_once(2):
        await group.organiser.click(mine.response, label="Approve")
    assert "Approved" in text_of(mine.response)
    assert "overwritten" not in text_of(mine.response)


async def test_members_can_look_a_running_plan_up_without_who_joined(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    listed = await group.member.slash(group.channel, "action list")
    shown = await group.member.select(listed.response, ["1"])
    assert "Still to come" in text_of(shown.response)
    assert buttons_of(shown.response) == ["Write my letter", "Sign up privately", "Calendar file"]
    named = await group.member.slash(group.channel, "action show", action="lamps")
    assert text_of(named.response) == text_of(shown.response)


async def followed(group: Any) -> Any:
    """Plan on the clock of a report that is followed."""
    await group.set_up(high_risk=False)
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    clock = await group.app.services.deadlines.add(
        group.guild_id, person, "Answer on lamps", due_on=DUE, kind=DeadlineKind.GOVERNMENT_RESPONSE
    )
    await group.app.services.deadlines.following.follow(group.guild_id, "never-again", person)
    return await group.organiser.slash(group.channel, "action plan", deadline=str(clock.deadline_id))


async def test_recommendations_are_picked_from_the_plans_report_and_said_in_its_posts(group: Any) -> None:
    card = await followed(group)
    offered = await group.organiser.click(card.response, label="Choose recommendations")
    wanted = ["never-again/3", "never-again/5"]
    picked = await group.organiser.select(offered.response, wanted, custom_id="pb:action.picked:1:never-again:0")
    back = await group.organiser.click(picked.response, label="Back to the plan")
    assert back.response.id == card.response.id
    assert (await the_plan(group)).items == tuple(wanted)
    form = await group.organiser.click(card.response, label="About and letter")
    await group.organiser.submit_modal(form, {"title": "Lamps", "items": "1; 2", "template": ["none"]})
    assert {item.partition("/")[0] for item in (await the_plan(group)).items} == {"never-again"}, "its own report's"
    await group.organiser.click(card.response, label="Approve")
    plan = await the_plan(group)
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    assert "asked the Government to" in text_of(group.posted[-1])
    assert buttons_of(group.posted[-1])[2:4] == ["Read what was asked", "Calendar file"]
    opened = await group.member.click(group.posted[-1], label="Read what was asked")
    assert "Never Again" in text_of(opened.response)
    assert opened.response.ephemeral


async def test_a_step_about_one_recommendation_leads_to_its_card_and_a_group_at_risk_is_told_nothing(
    group: Any,
) -> None:
    card = await followed(group)
    form = await group.organiser.click(card.response, label="About and letter")
    await group.organiser.submit_modal(form, {"title": "Lamps", "items": "never-again/3", "template": ["none"]})
    page = await group.organiser.click(card.response, label="Rehearse")
    assert "Read what was asked" in text_of(page.response), "as it will be posted"
    await group.organiser.click(card.response, label="Approve")
    plan = await the_plan(group)
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    opened = await group.member.click(group.posted[-1], label="Read what was asked")
    assert "Recommendation 3" in text_of(opened.response)
    await group.set_up(high_risk=True)
    go_to(group, nine(plan.steps[1].on) + timedelta(seconds=5))
    await group.sweep()
    assert "Read what was asked" not in buttons_of(group.posted[-1])


async def test_a_plan_that_names_nothing_leads_to_the_report_of_its_clock(group: Any) -> None:
    from sqlalchemy import update

    from storage.schema import deadlines

    await group.set_up(high_risk=False)
    await approved(group)
    async with group.app.database.writing() as connection:
        await connection.execute(update(deadlines).values(report="never-again"))
    plan = await the_plan(group)
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    opened = await group.member.click(group.posted[-1], label="Read what was asked")
    assert "Never Again" in text_of(opened.response)


async def test_the_clocks_card_names_the_plan_that_speaks_for_it(group: Any) -> None:
    await approved(group)
    shown = await group.member.slash(group.channel, "deadlines show", deadline="lamps")
    assert "replaces these reminders" in text_of(shown.response)
    assert "None left to post" not in text_of(shown.response)


async def test_after_a_plan_is_called_off_nothing_invites_to_join(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await approved(group)
    plan = await the_plan(group)
    await group.app.services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=5))
    await group.sweep()
    asked = await group.organiser.click(card.response, label="Cancel this plan")
    await group.organiser.click(asked.response, label="Cancel the plan")
    await group.sweep()
    assert "Cancelled" in text_of(group.posted[-1])
    assert buttons_of(group.posted[-1]) == ["Why this message?"]
    assert buttons_of(list(group.member.user.dm_channel.history())[-1]) == ["Why this message?"]


async def test_an_order_that_makes_no_sense_is_said_and_a_day_may_count_from_the_plans(group: Any) -> None:
    card = await planned(group)
    form = await group.organiser.select(card.response, ["nudge"])
    await group.organiser.submit_modal(
        form, {"title": "A nudge", "date": "22 April 2026", "text": "Write.", "out": ["no"]}
    )
    assert "Check the order" in text_of(card.response)
    assert "“A nudge” comes after the day itself" in text_of(card.response)
    form = await group.organiser.select(card.response, ["nudge"])
    await group.organiser.submit_modal(
        form, {"title": "A nudge", "date": "2 days before the deadline", "text": "Write.", "out": ["no"]}
    )
    assert "Check the order" not in text_of(card.response)
    assert (await the_plan(group)).step("nudge").on == DUE - timedelta(days=2)


async def test_why_names_the_plan_its_day_and_its_step_once_and_in_one_zone(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    go_to(group, nine(date(2026, 3, 30)) + timedelta(minutes=1))
    await group.sweep()
    posted = group.posted[-1]
    why = text_of((await group.member.click(posted, label="Why this message?")).response)
    plan = await the_plan(group)
    assert f"**{plan.title}**" in why
    assert f"A step of a plan: {plan.steps[0].title}" in why
    assert "The plan's day: 20 April 2026" in why
    assert "This step: 30 March 2026, 21 days before it" in why
    assert why.count("Rule: ") == 1
    assert why.count("The deadline: ") == 1
    assert "It isn't about a date" not in why
    assert "UTC" not in why
    health = text_of((await group.organiser.slash(group.channel, "admin health")).response)
    assert f"{plan.title}: {plan.steps[0].title}, in the channel" in health
    assert f"/{posted.id})" in health


async def test_why_in_a_direct_message_of_a_group_at_risk_names_no_plan(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    go_to(group, nine(date(2026, 3, 30)) + timedelta(minutes=1))
    await group.sweep()
    await group.member.click(group.posted[-1], label="Sign up privately")
    await group.sweep()
    await group.set_up(high_risk=True)
    message = list(group.member.user.dm_channel.history())[-1]
    why = text_of((await group.member.user.click(message, label="Why this message?")).response)
    assert "A plan of the group" in why
    assert (await the_plan(group)).title not in why
    assert "Answer on lamps" not in why


def words_of(action: Any, key: str, **changes: Any) -> dict[str, Any]:
    """Give the form of a step as it is filled, with what is changed in it."""
    step = action.step(key)
    filled = {"title": step.title, "date": f"{step.on:%d %B %Y}", "text": step.text, "out": ["no"]}
    return filled | changes


async def test_a_skipped_step_is_not_posted_is_said_on_the_card_and_can_be_put_back_until_its_time(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await approved(group)
    plan = await the_plan(group)
    await group.app.services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    brief, letters, nudge = plan.steps[:3]
    for step in (brief, letters):
        form = await group.organiser.select(card.response, [step.key])
        await group.organiser.submit_modal(form, words_of(plan, step.key, out=["skip"]))
    shown = text_of(card.response)
    assert shown.count("(skipped)") == 2
    assert "Approved" in shown
    listed = await group.member.slash(group.channel, "action show", action=str(plan.action_id))
    assert brief.title not in text_of(listed.response)
    form = await group.organiser.select(card.response, [letters.key])
    again = await group.organiser.submit_modal(form, words_of(plan, letters.key))
    assert text_of(again.response).count("(skipped)") == 1
    go_to(group, nine(brief.on) + timedelta(seconds=30))
    await group.sweep()
    assert group.posted == []
    assert [words for words in told(group.member) if brief.title in words] == []
    late = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    assert "(skipped)" in text_of(late.response)
    go_to(group, nine(letters.on) + timedelta(seconds=30))
    await group.sweep()
    assert len(group.posted) == 1
    form = await group.organiser.select(late.response, [nudge.key])
    go_to(group, nine(nudge.on) + timedelta(seconds=30))
    await group.sweep()
    refused = await group.organiser.submit_modal(form, words_of(plan, nudge.key, out=["skip"]))
    assert "already passed" in text_of(refused.followups[0])
    assert len(group.posted) == 2


async def test_a_step_of_today_can_be_skipped_until_its_hour(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    plan = await the_plan(group)
    go_to(group, nine(plan.steps[0].on) - timedelta(hours=1))
    card = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    form = await group.organiser.select(card.response, [plan.steps[0].key])
    await group.organiser.submit_modal(form, words_of(plan, plan.steps[0].key, out=["skip"]))
    go_to(group, nine(plan.steps[0].on) + timedelta(minutes=1))
    await group.sweep()
    assert group.posted == []


async def test_the_last_step_that_is_posted_cannot_be_skipped(group: Any) -> None:
    card = await planned(group)
    plan = await the_plan(group)
    for step in plan.steps[:-1]:
        form = await group.organiser.select(card.response, [step.key])
        await group.organiser.submit_modal(form, words_of(plan, step.key, out=["skip"]))
    form = await group.organiser.select(card.response, [plan.steps[-1].key])
    refused = await group.organiser.submit_modal(form, words_of(plan, plan.steps[-1].key, out=["skip"]))
    assert "at least one step that is posted" in text_of(refused.followups[0])


async def test_a_step_is_posted_now_as_it_was_shown_and_never_twice(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await approved(group)
    before = await the_plan(group)
    await group.app.services.actions.joining.join(group.guild_id, before.action_id, UserId(group.member.id))
    await group.sweep()
    welcomed = len(told(group.member))
    rehearsed = await group.organiser.click(card.response, label="Rehearse")
    asked = await group.organiser.click(rehearsed.response, label="Post this step now")
    assert group.posted == [], "nothing is posted before it is confirmed"
    shown = words_rehearsed(asked.response)
    with group.env.at_once(2):
        done = await group.organiser.click(asked.response, label="Post it now")
    assert "posted early" in text_of(done.response)
    assert "Running" in text_of(done.response)
    await group.sweep()
    (message,) = group.posted
    assert body_of(message) == shown
    assert len(told(group.member)) == welcomed + 1
    await group.set_up(high_risk=False)
    await group.sweep()
    for step in before.steps[:1]:
        go_to(group, nine(step.on) + timedelta(minutes=1))
        await group.sweep()
    assert len(group.posted) == 1, "not on its old day either"
    go_to(group, nine(before.steps[1].on) + timedelta(minutes=1))
    await group.sweep()
    assert len(group.posted) == 2


async def test_a_step_posted_before_the_hour_stays_posted_when_the_day_moves(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group, on_clock=False)
    plan = await the_plan(group)
    service, key = group.app.services.actions, plan.steps[0].key
    go_to(group, nine(plan.steps[0].on) - timedelta(hours=1, minutes=30))
    first = await service.forward.post(group.guild_id, plan.action_id, plan.revision, None, key)
    again = await service.forward.post(group.guild_id, plan.action_id, plan.revision, None, key)
    assert again.revision == first.revision, "the same press"
    await service.changes.move(group.guild_id, plan.action_id, first.revision, None, date(2026, 4, 30))
    for moment in (group.clock.now(), nine(plan.steps[0].on), nine(plan.steps[0].on + timedelta(days=10))):
        go_to(group, moment + timedelta(seconds=30))
        await group.sweep()
    assert len([m for m in group.posted if "New date for" not in text_of(m)]) == 1


async def test_what_cannot_be_posted_now_is_refused(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await planned(group)
    rehearsed = await group.organiser.click(card.response, label="Rehearse")
    assert "Post this step now" not in buttons_of(rehearsed.response), "a draft posts nothing"
    card = await group.organiser.slash(group.channel, "action show", action="1")
    await group.organiser.click(card.response, label="Approve")
    plan = await the_plan(group)
    rehearsed = await group.organiser.click(card.response, label="Rehearse")
    asked = await group.organiser.click(rehearsed.response, label="Post this step now")
    go_to(group, nine(plan.steps[0].on) + timedelta(seconds=30))
    await group.sweep()
    late = await group.organiser.click(asked.response, label="Post it now")
    await group.sweep()
    assert len(group.posted) == 1
    assert "has already passed" in "".join(text_of(m) for m in (late.response, *late.followups))


async def test_a_clock_that_moves_while_a_form_of_its_plan_is_open_is_said_and_nothing_typed_is_lost(
    group: Any,
) -> None:
    await group.set_up(high_risk=False)
    card = await approved(group)
    plan = await the_plan(group)
    form = await group.organiser.select(card.response, ["letters"])
    services = group.app.services
    person = await services.people.person_for(UserId(group.organiser.id))
    await services.deadlines.facts.record(
        Fact.PROMISED, group.guild_id, plan.deadline_id, person, DUE + timedelta(days=30), "https://example.org/letter"
    )
    typed = {"title": "Write now", "date": "7 April 2026", "text": "My own words.", "out": ["no"]}
    refused = await group.organiser.submit_modal(form, typed)
    (told_so,) = refused.followups
    said = text_of(told_so)
    assert "moved from 6 April 2026 with the date it counts back from" in said
    assert "My own words." in said
    assert (await the_plan(group)).step("letters").text == ""
    shown = text_of((await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))).response)
    assert "**Steps that moved**, because the deadline moved to Wed 20 May 2026" in shown
    assert "- Write the letters: Mon 6 April 2026 → Wed 6 May 2026" in shown
    await group.sweep()
    (word,) = [words for words in told(group.organiser) if "has moved" in words]
    assert "Write the letters: 6 April 2026 → 6 May 2026" in word
    again = await group.organiser.click(told_so, label="Correct it")
    await group.organiser.submit_modal(again, {**typed, "date": "7 May 2026"})
    assert (await the_plan(group)).step("letters").on == date(2026, 5, 7)


async def test_a_step_typed_for_christmas_day_is_moved_and_said(group: Any) -> None:
    await group.set_up(high_risk=False)
    go_to(group, nine(date(2026, 11, 2)))
    await group.organiser.slash(group.channel, "action plan", day="28 December 2026", title="Winter")
    plan = await the_plan(group)
    opened = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    form = await group.organiser.click(opened.response, label="Add a step")
    kept = await group.organiser.submit_modal(form, {"title": "Sing", "date": "25 December 2026", "text": "Sing."})
    assert "Postbag posts nothing on Christmas Day, so this step is on 27 December 2026." in text_of(kept.response)
    assert "Sun 27 December 2026: **Sing**" in text_of(kept.response)


async def counted(group: Any) -> str:
    plan = await the_plan(group)
    shown = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    return next((line for line in text_of(shown.response).splitlines() if line.startswith("**Signed up**")), "")


@pytest.mark.claim("P-85")
async def test_organisers_see_how_many_joined_in_fives_once_a_day_and_never_in_a_group_at_risk(group: Any) -> None:
    await group.set_up(high_risk=False)
    await approved(group)
    plan, joining = await the_plan(group), group.app.services.actions.joining

    async def come(*users: int) -> None:
        for user in users:
            await joining.join(group.guild_id, plan.action_id, UserId(user))

    await come(*range(1, 5))
    assert await counted(group) == "", "four are told of to nobody"
    await come(*range(5, 12))
    assert await counted(group) == "", "it was counted today"
    go_to(group, nine(date(2026, 3, 3)))
    assert await counted(group) == "**Signed up**: 10 or more. Postbag updates this once a day, in steps of five."
    await joining.leave(plan.action_id, UserId(1))
    await joining.leave(plan.action_id, UserId(2))
    assert "10 or more" in await counted(group), "who goes is not seen that day"
    go_to(group, nine(date(2026, 3, 4)))
    assert "5 or more" in await counted(group)
    member = await group.member.slash(group.channel, "action show", action=str(plan.action_id))
    assert "Signed up**" not in text_of(member.response)
    assert (await the_plan(group)).revision == plan.revision, "counting changes nothing of the plan"
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.guilds.change(group.guild_id, person, high_risk=True)
    go_to(group, nine(date(2026, 3, 5)))
    assert await counted(group) == ""
