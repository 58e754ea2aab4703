"""What is in Discord's events of a group's own events, once the group says that people could be targeted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from bot.chat import following
from tests.chat.test_group_events import EVENT, add, listed_on_discord


async def listed(group: Any) -> None:
    await group.set_up(high_risk=False, risk_answered=True)
    added = await add(group)
    asked = await group.organiser.click(added.response, label="Add it to Discord's events")
    await group.organiser.click(asked.response, label="Make the event")


async def say_yes(group: Any) -> None:
    step = await group.organiser.slash(group.channel, "admin settings")
    step = await group.organiser.select(step.response, ["risk"])
    await group.organiser.click(step.response, label=next(b for b in group.buttons_of(step) if b.startswith("Yes")))
    await group.env.settle()


async def told(group: Any) -> tuple[str, str]:
    (one,) = await listed_on_discord(group)
    return one.name, one.location


@pytest.mark.asyncio
async def test_it_names_neither_event_nor_place_once_a_group_says_that_it_is_at_risk(group: Any) -> None:
    await listed(group)
    assert await told(group) == ("Branch meeting", "Town hall")
    await say_yes(group)
    assert await told(group) == ("A date for this group", "Ask your group")
    form = await group.organiser.slash(group.channel, "deadlines edit", deadline="branch meeting")
    await group.organiser.submit_modal(
        form, EVENT | {"title": "Quendle vigil", "when": "12 March 6pm", "place": "Zorrel house"}
    )
    await group.env.settle()
    assert await told(group) == ("A date for this group", "Ask your group")
    (one,) = await listed_on_discord(group)
    assert one.start_time == datetime(2026, 3, 12, 18, tzinfo=UTC)


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", [lambda: discord.RateLimited(0.01), TimeoutError])
async def test_it_turns_neutral_through_discords_limit_on_changes(
    group: Any, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    monkeypatch.setattr(following, "FOLLOW_PAUSES", (0.01, 0.01, 0.01))
    await listed(group)
    group.env.strict.break_off("PATCH", "/guilds/*/scheduled-events/*", fault, after=False, times=2)
    await say_yes(group)
    assert await told(group) == ("A date for this group", "Ask your group")
