"""What goes wrong while a group is set up and plans: channels and roles that vanish, names that would mention, days that are none."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.rehearsal.reading import buttons_of, controls_of, text_of

NASTY = "@everyone **[x](https://example.org)** <@&1> `a` ||b|| # " + "y" * 43


async def planned(group: Any, title: str, day: str = "20 April 2026") -> Any:
    await group.organiser.slash(group.channel, "action plan", day=day, title=title)
    listed = await group.organiser.slash(group.channel, "action list")
    return (await group.organiser.select(listed.response, ["1"])).response


@pytest.mark.asyncio
async def test_a_name_of_100_characters_with_markdown_and_mentions_is_shown_and_posted_as_it_was_typed(
    group: Any,
) -> None:
    assert len(NASTY) == 100
    await group.set_up(high_risk=False)
    card = await planned(group, NASTY)
    approved = await group.organiser.click(card, label="Approve")
    for text in (text_of(card), text_of(approved.response)):
        assert "@everyone" not in text
        assert "\\*\\*" in text
    await group.play_to(datetime(2026, 3, 30, 12, tzinfo=UTC))
    (post,) = group.posted
    assert "@everyone" not in text_of(post)
    assert "[x](https" not in text_of(post)
    sent = [
        r.json
        for r in group.env.http_requests
        if r.method == "POST" and r.path.endswith(f"{group.channel.id}/messages")
    ]
    assert all(
        not any((one.get("allowed_mentions") or {}).get(key) for key in ("parse", "roles", "users")) for one in sent
    )
    asked = await group.organiser.slash(group.channel, "action cancel", action="1")
    assert "@everyone" not in text_of(asked.response)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("1 March 2026", "already passed"),
        ("20 April 2036", "more than a year ahead"),
        ("31 February 2027", ""),
        ("soon", ""),
    ],
)
async def test_a_day_that_is_none_is_refused_with_what_to_do(group: Any, day: str, words: str) -> None:
    answer = await group.organiser.slash(group.channel, "action plan", day=day, title="Lobby day")
    assert answer.response.ephemeral
    assert words in text_of(answer.response)
    assert "went wrong on our side" not in text_of(answer.response)
    assert await group.app.services.actions.plans(group.guild_id) == ()


@pytest.mark.asyncio
async def test_a_step_in_the_missing_hour_says_so_in_the_rehearsal_and_comes_once(group: Any) -> None:
    await group.set_up(time_of_day=time(1, 30), quiet_from=None, quiet_until=None)
    card = await planned(group, "Lobby day", "19 April 2026")  # three weeks before lies the night without that hour
    rehearsed = await group.organiser.click(card, label="Rehearse")
    assert "29 March 2026" in text_of(rehearsed.response)
    assert "clock" in text_of(rehearsed.response).casefold()
    await group.organiser.click(card, label="Approve")
    await group.play_to(datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert len(group.posted) == 1


@pytest.mark.asyncio
async def test_a_channel_deleted_in_the_middle_of_set_up_is_named(room: Any) -> None:
    spare = room.guild.create_text_channel("spare")
    opened = await room.organiser.slash(room.channel, "admin setup")
    await room.organiser.select(opened.response, [spare])
    await room.app.client.get_channel(int(spare.id)).delete()
    await room.organiser.click(opened.response, label="Next")
    await room.organiser.click(opened.response, label="Back")
    assert "can't see the channel" in text_of(opened.response)
    done = await room.organiser.slash(room.channel, "admin settings")
    assert "can't see the channel" in text_of(done.response)


@pytest.mark.asyncio
async def test_an_organiser_who_loses_the_role_half_way_gets_no_further(group: Any) -> None:
    card = (await group.second_organiser.slash(group.channel, "admin settings")).response
    await group.second_organiser.select(card, ["time"])
    group.env.backend.guilds[group.guild.id].members[group.second_organiser.id].role_ids.clear()
    refused = await group.second_organiser.select(card, ["18:00"])
    assert "for organisers" in text_of(refused.response)
    assert (await group.app.services.guilds.settings(group.guild_id)).time_of_day == time(9)


async def approved_plan(group: Any) -> Any:
    await group.set_up(high_risk=False)
    card = await planned(group, "Lobby day")
    await group.organiser.click(card, label="Approve")
    (plan,) = await group.app.services.actions.plans(group.guild_id)
    return plan


@pytest.mark.asyncio
async def test_a_channel_deleted_between_rehearsal_and_post_is_said_once_and_nothing_is_lost(group: Any) -> None:
    plan = await approved_plan(group)
    opened = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    rehearsed = await group.organiser.click(opened.response, label="Rehearse")
    assert f"<#{group.channel.id}>" in text_of(rehearsed.response)
    elsewhere = group.guild.create_text_channel("spare")
    await group.app.client.get_channel(group.channel.id).delete()
    opened = await group.organiser.slash(elsewhere, "action show", action=str(plan.action_id))
    again = await group.organiser.click(opened.response, label="Rehearse")
    assert "can't see the channel" in text_of(again.response), "the rehearsal says so, too"
    await group.play_to(datetime(2026, 3, 30, 9, 5, tzinfo=UTC))
    told = [text_of(message) for message in group.organiser.user.dm_channel.history()]
    assert len([words for words in told if "deleted" in words]) == 1, "once"
    health = await group.organiser.slash(elsewhere, "admin health")
    assert "Not delivered" in text_of(health.response)
    held = await group.app.services.actions.get(group.guild_id, plan.action_id)
    assert [s.on for s in held.steps] == [s.on for s in plan.steps], "the plan stays as it was approved"


@pytest.mark.asyncio
async def test_approval_is_taken_back_until_the_first_post_and_not_after(group: Any) -> None:
    plan = await approved_plan(group)
    before = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    await group.play_to(datetime(2026, 3, 30, 9, 5, tzinfo=UTC))
    assert len(group.posted) == 1
    late = await group.organiser.click(before.response, label="Back to a draft")
    assert "Its first step has been posted." in text_of(late.response)
    assert "Cancel the plan instead" in text_of(late.response)
    assert "Back to a draft" not in buttons_of(late.response)


@pytest.mark.asyncio
@pytest.mark.parametrize("picked", ["skip", "yes", "no"])
async def test_what_was_picked_in_a_form_is_picked_again_after_a_mistake(group: Any, picked: str) -> None:
    plan = await approved_plan(group)
    opened = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    form = await group.organiser.select(opened.response, ["nudge"])
    if picked == "yes":  # removing asks for no day, so somebody else's change is the mistake here
        other = await group.second_organiser.slash(group.channel, "action show", action=str(plan.action_id))
        theirs = await group.second_organiser.select(other.response, ["nudge"])
        await group.second_organiser.submit_modal(
            theirs, {"title": "A nudge", "date": "18 April 2026", "text": "Ours", "out": ["no"]}
        )
    typed = {"title": "A nudge", "date": "31 June", "text": "Our words", "out": [picked]}
    wrong = await group.organiser.submit_modal(form, typed)
    (told,) = wrong.followups
    again = await group.organiser.click(told, label="Correct it" if picked == "yes" else "Try again")
    (keep,) = [c for c in controls_of(again) if c.get("custom_id") == "out"]
    assert [option["value"] for option in keep["options"] if option.get("default")] == [picked]


CHANGES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "step": (
        "nudge",
        {"title": "First", "date": "18 April 2026", "text": "One", "out": ["no"]},
        {"title": "Second", "date": "16 April 2026", "text": "Two", "out": ["no"]},
    ),
    "move": ("action.move", {"date": "27 April 2026"}, {"date": "4 May 2026"}),
    "about": (
        "action.about",
        {"title": "First", "items": "never-again/3", "template": ["none"]},
        {"title": "Second", "items": "never-again/5", "template": ["none"]},
    ),
    "outcome": ("action.outcome", {"outcome": "First"}, {"outcome": "Second"}),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("which", CHANGES)
async def test_of_two_organisers_with_the_same_form_open_one_is_kept_and_the_other_is_handed_back_whole(
    group: Any, which: str
) -> None:
    chosen, first, second = CHANGES[which]
    plan = await approved_plan(group)

    async def opened(who: Any) -> Any:
        shown = await who.slash(group.channel, "action show", action=str(plan.action_id))
        return await who.select(shown.response, [chosen])

    mine, theirs = await opened(group.organiser), await opened(group.second_organiser)
    await group.organiser.submit_modal(mine, first)
    late = await group.second_organiser.submit_modal(theirs, second)
    (word,) = late.followups
    handed_back = text_of(word)
    assert "nothing was overwritten" in handed_back or "Nothing was changed" in handed_back
    held = await group.app.services.actions.get(group.guild_id, plan.action_id)
    assert held.revision == plan.revision + 1, "one change, not two"
    typed = [value for value in second.values() if isinstance(value, str)]
    assert all(value in handed_back for value in typed), "what was typed is given back"
