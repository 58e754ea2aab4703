"""A plan's scheduled event: made after a warning, moved and called off with its plan; where Discord refuses, the plan is as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from bot.chat import following
from bot.rehearsal.reading import text_of


async def approved(group: Any) -> Any:
    await group.organiser.slash(group.channel, "action plan", day="20 April 2026", title="Lobby day")
    listed = await group.organiser.slash(group.channel, "action list")
    shown = await group.organiser.select(listed.response, ["1"])
    return (await group.organiser.click(shown.response, label="Approve")).response


async def make(group: Any, card: Any) -> Any:
    asked = await group.organiser.click(card, label="Add it to Discord's events")
    assert "everyone sees who presses Interested" in text_of(asked.response)
    return (await group.organiser.click(asked.response, label="Make the event")).response


async def events(group: Any) -> list[Any]:
    return list(await group.app.client.get_guild(int(group.guild.id)).fetch_scheduled_events(with_counts=False))


async def plan(group: Any) -> Any:
    return (await group.app.services.actions.plans(group.guild_id))[0]


@pytest.mark.asyncio
async def test_where_members_could_be_targeted_it_does_not_name_the_plan(group: Any) -> None:
    made = await make(group, await approved(group))
    assert "doesn't name the plan" in text_of(made)
    (event,) = await events(group)
    assert event.name == "A date for this group"


@pytest.mark.asyncio
async def test_it_names_the_plan_no_more_once_a_group_says_that_it_is_at_risk(group: Any) -> None:
    await group.set_up(high_risk=False, risk_answered=True)
    await make(group, await approved(group))
    step = await group.organiser.slash(group.channel, "admin settings")
    step = await group.organiser.select(step.response, ["risk"])
    await group.organiser.click(step.response, label=next(b for b in group.buttons_of(step) if b.startswith("Yes")))
    await group.env.settle()
    (event,) = await events(group)
    assert event.name == "A date for this group"


@pytest.mark.asyncio
async def test_it_is_made_moved_and_called_off_with_its_plan(group: Any) -> None:
    await group.set_up(high_risk=False)
    await make(group, await approved(group))
    (event,) = await events(group)
    assert (event.name, event.start_time) == ("Lobby day", datetime(2026, 4, 20, 8, 0, tzinfo=UTC))
    shown = await group.organiser.slash(group.channel, "action show", action="1")
    form = await group.organiser.select(shown.response, ["action.move"])
    await group.organiser.submit_modal(form, {"date": "22 April 2026"})
    await group.env.settle()
    (event,) = await events(group)
    assert event.start_time == datetime(2026, 4, 22, 8, 0, tzinfo=UTC)
    asked = await group.organiser.slash(group.channel, "action cancel", action="1")
    await group.organiser.click(asked.response, label="Cancel the plan")
    await group.env.settle()
    assert [one for one in await events(group) if one.status.name == "scheduled"] == []


@pytest.mark.asyncio
@pytest.mark.parametrize(("status", "words"), [(403, "Create Events"), (400, "Please try again")])
async def test_where_discord_refuses_the_plan_is_as_it_was(group: Any, status: int, words: str) -> None:
    card = await approved(group)
    before = await plan(group)
    group.env.inject_error("POST", f"/guilds/{int(group.guild.id)}/scheduled-events", status=status, code=50013)
    answer = await make(group, card)
    assert words in text_of(answer)
    assert await plan(group) == before
    group.forgive()


@pytest.mark.asyncio
async def test_an_event_that_somebody_deleted_holds_nothing_up(group: Any) -> None:
    await make(group, await approved(group))
    (event,) = await events(group)
    await event.delete()
    shown = await group.organiser.slash(group.channel, "action show", action="1")
    form = await group.organiser.select(shown.response, ["action.move"])
    moved = await group.organiser.submit_modal(form, {"date": "22 April 2026"})
    await group.env.settle()
    assert "22 April 2026" in text_of(moved.response)


def limited() -> BaseException:
    return discord.RateLimited(0.01)


@pytest.mark.asyncio
async def test_an_event_follows_its_plan_through_discords_limit_on_changes(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "FOLLOW_PAUSES", (0.01, 0.01, 0.01))
    await make(group, await approved(group))
    for number, fault in enumerate((limited, TimeoutError, lambda: ConnectionResetError(104, "reset")), start=21):
        group.env.strict.break_off("PATCH", "/guilds/*/scheduled-events/*", fault, after=False, times=2)
        shown = await group.organiser.slash(group.channel, "action show", action="1")
        form = await group.organiser.select(shown.response, ["action.move"])
        await group.organiser.submit_modal(form, {"date": f"{number} April 2026"})
        await group.env.settle()
        (event,) = await events(group)
        assert event.start_time == datetime(2026, 4, number, 8, 0, tzinfo=UTC)


@pytest.mark.asyncio
async def test_the_event_is_made_once_however_often_it_is_pressed_at_once(group: Any) -> None:
    asked = await group.organiser.click(await approved(group), label="Add it to Discord's events")
    with group.env.at_once(3):
        await group.organiser.click(asked.response, label="Make the event")
    assert len(await events(group)) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("after", [False, True])
async def test_an_event_that_discord_made_unheard_is_found_and_held(group: Any, after: bool) -> None:
    card = await approved(group)
    group.env.strict.break_off("POST", "/guilds/*/scheduled-events", TimeoutError, after=after)
    answer = await make(group, card)
    if after:
        assert "Postbag has made the event" in text_of(answer)
        assert (await plan(group)).event_id == (await events(group))[0].id
    else:
        assert "Discord may have made the event." in text_of(answer)
        assert "Postbag has made the event" in text_of(await make(group, card))
    assert len(await events(group)) == 1
