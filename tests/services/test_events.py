"""What happens to a group is handed to those who follow, in order, and no event is forgotten."""

from __future__ import annotations

import pytest

from bot.domain.identity import GuildId
from bot.services.events import Event, Events

GROUP = GuildId(77)


@pytest.mark.asyncio
async def test_what_follows_is_done_in_the_tables_order() -> None:
    done: list[str] = []

    async def first(guild_id: GuildId) -> int:
        done.append(f"first {guild_id}")
        return 3

    async def second(guild_id: GuildId) -> None:
        done.append("second")

    events = Events()
    tell = events.teller(Event.AT_RISK)
    events.when({event: (first, second) if event is Event.AT_RISK else () for event in Event})
    await tell(GROUP)
    await events.happened(Event.SETTINGS_CHANGED, GROUP)
    assert done == ["first 77", "second"]


@pytest.mark.asyncio
async def test_one_that_fails_keeps_none_of_the_others_from_what_follows() -> None:
    done: list[str] = []

    async def fails(guild_id: GuildId) -> None:
        done.append("failed")
        raise LookupError("the first")

    async def fails_too(guild_id: GuildId) -> None:
        raise ValueError("the second")

    async def last(guild_id: GuildId) -> None:
        done.append("last")

    events = Events()
    events.when(dict.fromkeys(Event, (fails, fails_too, last)))
    with pytest.raises(LookupError, match="the first"):
        await events.happened(Event.AT_RISK, GROUP)
    assert done == ["failed", "last"]


def test_an_event_that_nobody_follows_is_left_out_on_purpose_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="AT_RISK"):
        Events().when({Event.SETTINGS_CHANGED: (), Event.REMOVED_OR_BACK: ()})
