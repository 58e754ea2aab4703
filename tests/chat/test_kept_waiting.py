"""Whoever is kept waiting has an answer begun before Discord gives up: what became of it is put there, and no form is opened too late."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.rehearsal.reading import text_of

pytestmark = pytest.mark.asyncio


@pytest.fixture
def slow(group: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a person's settings are read from takes its time."""
    reminders = group.app.services.private_reminders
    read = reminders.own_settings

    async def slowly(*given: Any) -> Any:
        await asyncio.sleep(1.0)
        return await read(*given)

    monkeypatch.setattr(reminders, "own_settings", slowly)
    return group


async def test_a_form_that_comes_too_late_is_said_and_can_be_tried_again(slow: Any) -> None:
    listed = await slow.member.slash(slow.channel, "remind list")
    slow.app.client.begins_after = 0.1
    late = await slow.member.click(listed.response, label="Change my settings")
    assert "That form took too long to open" in text_of(late.response)
    assert "try again" in text_of(late.response).casefold()
    slow.app.client.begins_after = None
    again = await slow.member.click(listed.response, label="Change my settings")
    assert again.modal is not None


async def test_an_answer_that_is_in_time_is_begun_by_nobody_else(group: Any) -> None:
    group.app.client.begins_after = 30.0
    listed = await group.member.slash(group.channel, "remind list")
    assert await group.member.click(listed.response, label="Change my settings")
    assert text_of(listed.response)
