"""Whoever looks and then writes does so alone for its key; what was written is known to the task that wrote it."""

from __future__ import annotations

import asyncio

import pytest

from bot.services.turns import Turns
from bot.services.writes import Writes


@pytest.mark.asyncio
async def test_one_key_is_one_at_a_time_and_another_does_not_wait() -> None:
    turns, order = Turns(), list[str]()
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with turns.of("a"):
            inside.set()
            await go_on.wait()
            order.append("first")

    async def second(key: str) -> None:
        await inside.wait()
        async with turns.of(key):
            order.append(key)
            if key == "b":
                go_on.set()

    await asyncio.gather(first(), second("a"), second("b"))
    assert order == ["b", "first", "a"]


@pytest.mark.asyncio
async def test_a_turn_ends_with_a_failure() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="broken"):
        async with turns.of("a"):
            raise ValueError("broken")
    async with turns.of("a"):
        pass
    assert not turns._locks, "nothing is held for a key that nobody waits for"


@pytest.mark.asyncio
async def test_what_was_written_is_known_to_its_own_task_alone() -> None:
    writes = Writes()

    async def answer(*, writing: bool) -> bool:
        written = writes.watch()
        await asyncio.sleep(0)
        if writing:
            writes.happened()
        await asyncio.sleep(0)
        return written.anything

    assert await asyncio.gather(answer(writing=True), answer(writing=False)) == [True, False]
    writes.happened()
