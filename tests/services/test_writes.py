"""Whether anything was written while somebody was answered: known of each task by itself."""

from __future__ import annotations

import asyncio

import pytest

from bot.services.writes import Writes

pytestmark = pytest.mark.asyncio


async def test_what_one_task_writes_is_not_said_of_another() -> None:
    writes, begun = Writes(), asyncio.Event()

    async def answer(*, changes: bool) -> bool:
        written = writes.watch()
        await (begun.wait() if changes else asyncio.sleep(0))
        if changes:
            writes.happened()
        begun.set()
        await asyncio.sleep(0)
        return written.anything

    assert await asyncio.gather(answer(changes=True), answer(changes=False)) == [True, False]


async def test_a_write_that_nobody_watches_is_no_error_and_a_new_watch_begins_with_nothing() -> None:
    writes = Writes()
    writes.happened()
    first = writes.watch()
    writes.happened()
    assert first.anything
    assert not writes.watch().anything
