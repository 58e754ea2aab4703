"""Plans of a group, tried through their service alone: planned, changed, rehearsed, posted, joined, moved, ended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.actions import ARCHIVED_AFTER, MOST_ITEMS, MOST_RUNNING, Action, ActionState, Step
from bot.domain.deadlines import Fact
from bot.domain.errors import NotFound, Overtaken, Refused
from bot.domain.identity import ActionId, DeadlineId, PersonId
from bot.domain.reminders import ReminderKind, ReminderState
from bot.domain.reports import long_date
from tests.builders import CHANNEL, GUILD, MARSHES, MEMBER, ORGANISER, OTHER, STRANGER, Desk

pytestmark = pytest.mark.asyncio

DAY = date(2027, 4, 12)
FIRST = date(2027, 3, 22)


async def drafted(postbag: Desk, **changes: Any) -> tuple[Action, PersonId]:
    person = await postbag.settle()
    details: dict[str, Any] = {"on": DAY} | changes
    return await postbag.actions.plan(GUILD, person, "Lobby day", **details), person


async def approved(postbag: Desk, **changes: Any) -> tuple[Action, PersonId]:
    made, person = await drafted(postbag, **changes)
    return await postbag.actions.approve(GUILD, made.action_id, made.revision, person), person


async def test_a_plan_is_worked_back_from_its_day_and_posts_nothing_before_it_is_approved(postbag: Desk) -> None:
    made, person = await drafted(postbag, items=("1", "2"))
    assert [(step.key, (step.on - DAY).days) for step in made.steps] == [
        ("brief", -21), ("letters", -14), ("nudge", -3), ("watch", 0), ("follow-up", 14),
    ]  # fmt: skip
    assert made.items == ("salt-marshes/1", "salt-marshes/2")
    assert await postbag.to_come() == []
    await postbag.actions.approve(GUILD, made.action_id, made.revision, person)
    assert await postbag.to_come() == [(step.key, step.on) for step in made.steps]
    (first, *_) = await postbag.all_reminders()
    assert (first.kind, first.action_id, first.for_day, first.person_id) == (
        ReminderKind.ACTION, made.action_id, FIRST, None,
    )  # fmt: skip


@pytest.mark.parametrize("how", [{"on": None}, {"on": DAY, "deadline_id": DeadlineId(1)}])
async def test_a_plan_hangs_on_a_clock_or_a_day_never_both_or_neither(postbag: Desk, how: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="a deadline or a day"):
        await drafted(postbag, **how)


async def test_what_cannot_be_planned_is_refused(postbag: Desk) -> None:
    made, person = await drafted(postbag)
    with pytest.raises(Refused, match="already has"):
        await postbag.actions.plan(GUILD, person, "lobby  DAY", on=DAY)
    with pytest.raises(Refused, match=f"{MOST_ITEMS} recommendations"):
        await postbag.actions.plan(GUILD, person, "Too much", on=DAY, items=("1", "2", "3", "4", "5", "6"))
    for number in range(MOST_RUNNING - 1):
        await postbag.actions.plan(GUILD, person, f"Plan {number}", on=DAY)
    with pytest.raises(Refused, match="under way"):
        await postbag.actions.plan(GUILD, person, "One more", on=DAY)
    with pytest.raises(NotFound):
        await postbag.actions.get(OTHER, made.action_id)
    assert [a.title for a in await postbag.actions.complete(GUILD, "lobby")] == ["Lobby day"]


async def test_a_step_is_posted_word_for_word_as_it_was_rehearsed(postbag: Desk) -> None:
    made, person = await drafted(postbag)
    own = Step("letters", date(2027, 3, 29), "Write", "Write to your MP *tonight*.")
    changed = await postbag.actions.changes.change_step(GUILD, made.action_id, made.revision, person, own)
    rehearsal = await postbag.actions.rehearse(GUILD, made.action_id)
    assert [post.step.key for post in rehearsal.posts] == [step.key for step in changed.steps]
    await postbag.actions.approve(GUILD, made.action_id, changed.revision, person)
    for post in rehearsal.posts[:3]:
        postbag.at(post.civil.on, 9)
        assert await postbag.sweep() == [post.message.text]
    assert postbag.discord.posted[1][0].channel_id == CHANNEL
    assert "Write to your MP *tonight*." in postbag.discord.posted[1][1]
    assert await postbag.sweep() == []


async def test_a_changed_step_takes_its_place_and_one_taken_out_is_cancelled(postbag: Desk) -> None:
    made, person = await approved(postbag)
    nudge = replace(made.step("nudge"), on=date(2027, 4, 10))
    changed = await postbag.actions.changes.change_step(GUILD, made.action_id, made.revision, person, nudge)
    assert ("nudge", date(2027, 4, 10)) in await postbag.to_come()
    assert ("nudge", date(2027, 4, 9)) not in await postbag.to_come()
    removed = await postbag.actions.changes.remove_step(GUILD, made.action_id, changed.revision, person, "nudge")
    assert "nudge" not in [rung for rung, _ in await postbag.to_come()]
    with pytest.raises(Refused, match="nothing was overwritten"):
        await postbag.actions.changes.remove_step(GUILD, made.action_id, made.revision, person, "brief")
    back = await postbag.actions.changes.change_step(
        GUILD, made.action_id, removed.revision, person, made.step("nudge")
    )
    assert ("nudge", date(2027, 4, 9)) in await postbag.to_come(), "what ended unsent comes again as a new row"
    again = [r.generation for r in await postbag.all_reminders() if r.slot == ("nudge", date(2027, 4, 9))]
    assert again == [1, 2]
    assert back.revision == removed.revision + 1


async def test_a_moved_plan_moves_what_is_to_come_and_says_so_once_where_something_was_posted(postbag: Desk) -> None:
    made, person = await approved(postbag)
    postbag.at(FIRST, 10)
    await postbag.sweep()
    moved = await postbag.actions.changes.move(GUILD, made.action_id, made.revision, person, DAY + timedelta(days=7))
    assert [step.on for step in moved.steps][:2] == [FIRST, date(2027, 4, 5)]
    (news,) = await postbag.sweep()
    assert "19 April 2027" in news
    assert await postbag.sweep() == []
    assert [r.rung for r in await postbag.all_reminders(ReminderState.SENT)] == ["brief", "@news"]


async def test_a_plan_of_which_nothing_was_posted_moves_without_a_word(postbag: Desk) -> None:
    made, person = await approved(postbag)
    await postbag.actions.changes.move(GUILD, made.action_id, made.revision, person, DAY + timedelta(days=7))
    assert await postbag.sweep() == []


async def test_a_cancelled_plan_posts_no_step_and_is_called_off_once(postbag: Desk) -> None:
    made, person = await approved(postbag)
    postbag.at(FIRST, 10)
    await postbag.sweep()
    ended = await postbag.actions.cancel(GUILD, made.action_id, None, person)
    assert await postbag.actions.cancel(GUILD, made.action_id, None, person) == ended
    (news,) = await postbag.sweep()
    assert "Lobby day" in news
    assert await postbag.to_come() == []
    with pytest.raises(Refused, match="cancelled"):
        await postbag.actions.changes.remove_step(GUILD, made.action_id, ended.revision, person, "letters")


async def test_whoever_joins_is_told_privately_until_they_leave(postbag: Desk) -> None:
    made, _ = await approved(postbag)
    action, joined = await postbag.actions.joining.join(GUILD, made.action_id, MEMBER)
    assert (joined, (await postbag.actions.joining.join(GUILD, made.action_id, MEMBER))[1]) == (True, False)
    assert await postbag.actions.joining.joined(made.action_id, MEMBER) == action
    assert await postbag.actions.joining.joined(made.action_id, STRANGER) is None
    (welcome,) = await postbag.sweep()
    assert "Lobby day" in welcome
    postbag.at(FIRST, 10)
    assert len(await postbag.sweep()) == 2, "once in the channel, once to the one who joined"
    assert {target.channel_id for target, _ in postbag.discord.posted} == {CHANNEL, None}
    assert await postbag.actions.joining.leave(made.action_id, MEMBER)
    assert not await postbag.actions.joining.leave(made.action_id, MEMBER)
    assert not await postbag.actions.joining.leave(ActionId(999), STRANGER)
    postbag.at(date(2027, 3, 29), 10)
    assert len(await postbag.sweep()) == 1
    assert all(r.person_id is None for r in await postbag.all_reminders(ReminderState.SCHEDULED))


async def test_who_left_before_the_first_word_is_welcomed_when_they_join_again(postbag: Desk) -> None:
    made, _ = await approved(postbag)
    await postbag.actions.joining.join(GUILD, made.action_id, MEMBER)
    await postbag.actions.joining.leave(made.action_id, MEMBER)
    assert await postbag.sweep() == []
    await postbag.actions.joining.join(GUILD, made.action_id, MEMBER)
    assert len(await postbag.sweep()) == 1


async def test_nobody_joins_a_draft(postbag: Desk) -> None:
    made, _ = await drafted(postbag)
    with pytest.raises(Refused, match="draft"):
        await postbag.actions.joining.join(GUILD, made.action_id, MEMBER)


async def test_an_approved_plan_speaks_for_its_clock_follows_it_and_ends_with_it(postbag: Desk) -> None:
    person = await postbag.settle()
    clock = await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    assert clock is not None
    assert [rung for rung, _ in await postbag.to_come()] != []
    made = await postbag.actions.plan(GUILD, person, "The answer", deadline_id=clock.deadline_id)
    with pytest.raises(Refused, match="already has a plan for that deadline"):
        await postbag.actions.plan(GUILD, person, "Another", deadline_id=clock.deadline_id)
    with pytest.raises(Refused, match="follows a deadline"):
        await postbag.actions.changes.move(GUILD, made.action_id, made.revision, person, DAY)
    await postbag.actions.approve(GUILD, made.action_id, made.revision, person)
    assert await postbag.actions.upkeep.replaces(clock.deadline_id)
    assert all(r.action_id for r in await postbag.all_reminders(ReminderState.SCHEDULED)), "the ladder is silent"
    promised = clock.due_on + timedelta(days=10)
    await postbag.deadlines.facts.record(
        Fact.PROMISED, GUILD, clock.deadline_id, person, promised, "https://committee.example/promise"
    )
    assert (await postbag.actions.get(GUILD, made.action_id)).centre_on == promised
    postbag.at(date(2027, 3, 20))
    await postbag.deadlines.facts.record(
        Fact.RECEIVED, GUILD, clock.deadline_id, person, date(2027, 3, 19), "https://committee.example/answer"
    )
    assert (await postbag.actions.get(GUILD, made.action_id)).stored is ActionState.DONE
    assert {r.rung for r in await postbag.all_reminders(ReminderState.SCHEDULED)} <= {"answered", "plan-moved"}


async def test_a_group_at_risk_posts_neutral_words_and_a_change_of_preset_rewords_what_waits(postbag: Desk) -> None:
    made, _ = await approved(postbag)
    await postbag.settle_again(high_risk=True)
    assert await postbag.actions.upkeep.replan(GUILD) == 1
    postbag.at(FIRST, 10)
    (words,) = await postbag.sweep()
    assert "Lobby" not in words
    calendar = await postbag.actions.calendar(made, neutral=await postbag.actions.is_neutral(made))
    assert b"Lobby" not in calendar.content


async def test_a_later_time_of_day_loses_no_step_and_repeats_none(postbag: Desk) -> None:
    await approved(postbag)
    postbag.at(FIRST, 10)
    assert len(await postbag.sweep()) == 1
    await postbag.settle_again(time_of_day="18:00")
    await postbag.actions.upkeep.replan(GUILD)
    postbag.at(FIRST, 19)
    assert await postbag.sweep() == []
    assert ("letters", date(2027, 3, 29)) in await postbag.to_come()


async def test_a_plan_ends_by_itself_and_who_joined_is_forgotten_a_month_later(postbag: Desk) -> None:
    made, person = await approved(postbag)
    await postbag.actions.joining.join(GUILD, made.action_id, MEMBER)
    postbag.at(DAY + timedelta(days=14 + 15))
    assert await postbag.actions.upkeep.tidy() == 1
    done = await postbag.actions.finish(GUILD, made.action_id, None, person, "Three MPs came.")
    assert (done.stored, done.outcome) == (ActionState.DONE, "Three MPs came.")
    postbag.at(done.ended_on + ARCHIVED_AFTER if done.ended_on else DAY)
    assert await postbag.actions.upkeep.tidy() == 1
    assert await postbag.actions.joining.joined(made.action_id, MEMBER) is None
    assert await postbag.actions.plans(GUILD) == ()
    with pytest.raises(Refused, match="archived"):
        await postbag.actions.finish(GUILD, made.action_id, None, person, "Too late")


async def test_without_a_channel_nothing_is_approved(postbag: Desk) -> None:
    made, person = await drafted(postbag)
    await postbag.settle_again(channel_id=None)
    with pytest.raises(Refused, match="chosen a channel"):
        await postbag.actions.approve(GUILD, made.action_id, made.revision, person)


async def test_a_plan_from_a_file_comes_as_a_draft(postbag: Desk) -> None:
    made, _ = await approved(postbag)
    taken = await postbag.actions.take(replace(made, title="From a file"))
    assert (taken.stored, taken.title) == (ActionState.DRAFT, "From a file")
    ended = await postbag.actions.take(replace(made, title="Ended", stored=ActionState.DONE, outcome="Well"))
    assert (ended.stored, ended.outcome) == (ActionState.DONE, "Well")
    assert [a.title for a in await postbag.actions.plans(GUILD)] == ["Lobby day", "From a file", "Ended"]


async def test_its_event_begins_on_its_day_and_never_in_the_past(postbag: Desk) -> None:
    made, _ = await approved(postbag)
    settings = await postbag.settings()
    assert postbag.actions.event_time(made, settings).date() == DAY
    held = await postbag.actions.held_event(GUILD, made.action_id, 5)
    assert held.event_id == 5
    postbag.at(DAY)
    with pytest.raises(Refused, match="has already passed"):
        postbag.actions.event_time(made, settings)


async def test_the_person_who_planned_it_is_known_by_our_own_number(postbag: Desk) -> None:
    made, person = await drafted(postbag)
    assert made.set_by == person == await postbag.people.find(ORGANISER)


async def test_a_copy_keeps_steps_words_recommendations_and_letter_and_is_a_draft(postbag: Desk) -> None:
    known, person = await approved(postbag, items=("1", "2"), template="ask-government")
    step = replace(known.step("nudge"), title="Ring round", text="Ring three friends.")
    known = await postbag.actions.changes.change_step(GUILD, known.action_id, known.revision, person, step)
    known = await postbag.actions.finish(GUILD, known.action_id, None, person, "Thirty people came.")
    before = await postbag.all_reminders()
    new = DAY + timedelta(days=91)
    made, notes = await postbag.actions.copy(GUILD, person, known, "Lobby day again", on=new)
    assert [(s.key, s.title, s.text, new - s.on) for s in made.steps] == [
        (s.key, s.title, s.text, DAY - s.on) for s in known.steps
    ]
    assert (made.items, made.template, made.outcome, made.stored) == (
        known.items, known.template, "", ActionState.DRAFT,
    )  # fmt: skip
    assert notes == ("Your own words are copied in “Ring round”. Check them for old dates.",)
    assert await postbag.all_reminders() == before
    assert (await postbag.actions.last_planned(GUILD)) == known
    with pytest.raises(Refused, match="still a draft"):
        await postbag.actions.copy(GUILD, person, made, "Third", on=new)
    with pytest.raises(Refused, match="already has a plan with that name"):
        await postbag.actions.copy(GUILD, person, known, "lobby day AGAIN", on=new)
    assert await postbag.actions.last_planned(OTHER) is None


async def test_a_copy_on_a_reports_deadline_leaves_out_what_is_of_another_report(postbag: Desk) -> None:
    known, person = await approved(postbag, items=("1",))
    clock = await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    known = replace(known, items=("salt-marshes/1", "other/2"))
    made, notes = await postbag.actions.copy(GUILD, person, known, "Again", deadline_id=clock.deadline_id)
    assert made.items == ("salt-marshes/1",)
    assert "1 recommendation is left out: not in this deadline's report." in notes
    assert (made.centre_on, made.deadline_id) == (clock.watch_on, clock.deadline_id)
    assert {"watch", "overdue"} <= {step.key for step in made.steps}


async def notices(postbag: Desk) -> list[str]:
    return [r.text for r in await postbag.all_reminders() if r.kind is ReminderKind.NOTICE]


async def test_steps_that_moved_with_their_clock_are_told_to_organisers_once_and_kept_on_the_plan(
    postbag: Desk,
) -> None:
    person = await postbag.settle()
    clock = await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    assert clock is not None
    made = await postbag.actions.plan(GUILD, person, "The answer", deadline_id=clock.deadline_id)
    made = await postbag.actions.approve(GUILD, made.action_id, made.revision, person)
    promised = clock.due_on + timedelta(days=10)
    for _ in range(2):
        await postbag.deadlines.facts.record(
            Fact.PROMISED, GUILD, clock.deadline_id, person, promised, "https://committee.example/promise"
        )
        await postbag.actions.upkeep.recompute()
    (told,) = await notices(postbag)
    assert f"because its deadline moved from {long_date(clock.due_on)} to {long_date(promised)}" in told
    moved = await postbag.actions.get(GUILD, made.action_id)
    for before, after in zip(made.steps, moved.steps, strict=True):
        assert f"- {after.title}: {long_date(before.on)} → {long_date(after.on)}" in told
        assert after.was_on == before.on
    step = replace(moved.step("nudge"), on=moved.step("nudge").on + timedelta(days=1))
    changed = await postbag.actions.changes.change_step(GUILD, made.action_id, moved.revision, person, step)
    assert changed.step("nudge").was_on is None, "an organiser chose its day"
    assert changed.step("letters").was_on == made.step("letters").on
    step = replace(changed.step("letters"), title="Write them", was_on=None)
    changed = await postbag.actions.changes.change_step(GUILD, made.action_id, changed.revision, person, step)
    assert changed.step("letters").was_on == made.step("letters").on, "its day is as it was"


async def test_what_moved_back_has_not_moved_and_a_group_at_risk_is_told_without_names(postbag: Desk) -> None:
    person = await postbag.settle(high_risk=True)
    clock = await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    assert clock is not None
    made = await postbag.actions.plan(GUILD, person, "The answer", deadline_id=clock.deadline_id)
    for days in (10, 30):
        await postbag.deadlines.facts.record(
            Fact.PROMISED, GUILD, clock.deadline_id, person, clock.due_on + timedelta(days=days), "https://a.example/p"
        )
    moved = await postbag.actions.get(GUILD, made.action_id)
    assert {step.was_on for step in moved.steps} == {step.on for step in made.steps}, "where an organiser put them"
    first, second = await notices(postbag)
    assert first == second == "One of your group's plans has moved with its date. Open /action list to see it."


async def test_a_plan_that_is_changed_at_the_moment_its_clock_moves_keeps_the_change_and_moves(postbag: Desk) -> None:
    person = await postbag.settle()
    clock = await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    assert clock is not None
    made = await postbag.actions.plan(GUILD, person, "The answer", deadline_id=clock.deadline_id)
    later = replace(clock, promised_on=clock.due_on + timedelta(days=10))
    save, once = postbag.actions.upkeep._writer.save, [True]

    async def overtaken(known: Action, changed: Action, **how: Any) -> Action:
        if once:
            once.clear()
            step = replace(known.step("brief"), title="Tell everybody")
            await postbag.actions.changes.change_step(GUILD, known.action_id, known.revision, person, step)
        return await save(known, changed, **how)

    postbag.actions.upkeep._writer.save = overtaken  # type: ignore[method-assign]
    try:
        await postbag.actions.upkeep.clock_changed(later)
    finally:
        postbag.actions.upkeep._writer.save = save  # type: ignore[method-assign]
    moved = await postbag.actions.get(GUILD, made.action_id)
    assert (moved.centre_on, moved.step("brief").title) == (later.promised_on, "Tell everybody")
    assert len(await notices(postbag)) == 1


def moved_step(known: Action, by: int) -> Step:
    step = known.step("nudge")
    return replace(step, on=step.on + timedelta(days=by))


@pytest.mark.parametrize("which", ["step", "move", "about", "outcome", "cancel and move"])
async def test_of_two_organisers_in_the_same_instant_one_is_kept_and_the_other_told_what_stands(
    postbag: Desk, which: str
) -> None:
    known, person = await approved(postbag)
    changes, seen = postbag.actions.changes, (GUILD, known.action_id, known.revision, person)
    both = {
        "step": [changes.change_step(*seen, moved_step(known, by)) for by in (1, 2)],
        "move": [changes.move(*seen, DAY + timedelta(days=by)) for by in (1, 2)],
        "about": [changes.choose(*seen, title=title) for title in ("One", "Two")],
        "outcome": [postbag.actions.finish(*seen, said) for said in ("One", "Two")],
        "cancel and move": [postbag.actions.cancel(*seen), changes.move(*seen, DAY + timedelta(days=1))],
    }
    tried = both.pop(which)
    for unused in both.values():
        for one in unused:
            one.close()
    first, second = await asyncio.gather(*tried, return_exceptions=True)
    won, lost = (first, second) if isinstance(second, BaseException) else (second, first)
    assert isinstance(won, Action)
    assert isinstance(lost, Overtaken)
    held = await postbag.actions.get(GUILD, known.action_id)
    assert (held.revision, held.steps, held.title) == (won.revision, won.steps, won.title)


async def test_the_same_press_in_the_same_instant_is_one_press(postbag: Desk) -> None:
    known, person = await approved(postbag)
    seen = (GUILD, known.action_id, known.revision, person)
    made = await asyncio.gather(
        *(postbag.actions.changes.change_step(*seen, moved_step(known, 1)) for _ in range(3)),
        *(postbag.actions.changes.change_step(*seen, moved_step(known, 1)) for _ in range(2)),
    )
    assert {one.revision for one in made} == {known.revision + 1}


async def test_a_plans_file_is_neutral_where_somebody_asked_for_it(postbag: Desk) -> None:
    known, _ = await approved(postbag)
    file = await postbag.actions.calendar(known, neutral=True)
    assert file.name == "dates.ics"
    words = file.content.decode()
    assert not [word for word in ("Lobby", "Brief", "Postbag", "plan") if word.casefold() in words.casefold()]
    assert (await postbag.actions.calendar(known)).name == "plan.ics"


async def test_a_typed_title_is_not_posted_where_members_could_be_targeted(postbag: Desk) -> None:
    made, person = await approved(postbag)
    step = replace(next(one for one in made.steps if one.on == FIRST), title="Quendle meets the widow of Zorrel")
    await postbag.actions.changes.change_step(GUILD, made.action_id, made.revision, person, step)
    await postbag.settle_again(high_risk=True)
    await postbag.actions.upkeep.replan(GUILD)
    postbag.at(FIRST, 10)
    (words,) = await postbag.sweep()
    assert "Zorrel" not in words
    assert "next step of your group's plan" in words


@pytest.mark.parametrize("repaired", [True, False])
async def test_a_stop_right_after_a_yes_leaves_no_post_that_names_its_plan(postbag: Desk, repaired: bool) -> None:
    made, _ = await approved(postbag)
    await postbag.actions.joining.join(GUILD, made.action_id, MEMBER)
    await postbag.settle_again(high_risk=True)  # kept; the process ends before its posts are planned again
    if repaired:
        await postbag.actions.upkeep.recompute()
        assert not [one for one in await postbag.all_reminders(ReminderState.SCHEDULED) if "Lobby" in one.text]
    postbag.at(FIRST, 10)
    said = await postbag.sweep()
    assert len(said) > 1
    assert not [words for words in said if "Lobby" in words or "12 April" in words]


async def test_words_that_an_organiser_typed_still_go_out_as_written_after_a_stop(postbag: Desk) -> None:
    made, person = await approved(postbag)
    step = replace(next(one for one in made.steps if one.on == FIRST), text="Meet at Zorrel house")
    await postbag.actions.changes.change_step(GUILD, made.action_id, made.revision, person, step)
    await postbag.settle_again(high_risk=True)
    postbag.at(FIRST, 10)
    (words,) = await postbag.sweep()
    assert words.endswith("Meet at Zorrel house")


@pytest.mark.claim("P-83")
async def test_after_a_yes_organisers_hear_of_posts_in_their_own_words(postbag: Desk) -> None:
    made, person = await approved(postbag)
    await postbag.actions.upkeep.tell_of_own_words(GUILD)
    assert await postbag.sweep() == [], "nobody typed any"
    step = replace(next(one for one in made.steps if one.on == FIRST), text="Meet at Zorrel house")
    await postbag.actions.changes.change_step(GUILD, made.action_id, made.revision, person, step)
    await postbag.settle_again(high_risk=True)
    await postbag.actions.upkeep.tell_of_own_words(GUILD)
    (words,) = await postbag.sweep()
    assert words.startswith("One post of your group's plans is in words that an organiser typed.")
    assert "Zorrel" not in words
