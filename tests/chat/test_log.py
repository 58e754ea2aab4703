"""What the bot logs of an error while somebody types or submits: its class and place, none of their words, no ids."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest

from bot import logs

WORDS = "Amina Thackwell of 7 Lantern Lane"


@pytest.mark.asyncio
async def test_an_unexpected_error_is_logged_without_what_was_typed(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, root = io.StringIO(), logging.getLogger()
    level = root.level
    handler = logs.install("debug", stream=stream)

    def fails(*given: Any, **named: Any) -> Any:
        raise ValueError(f"{given!r} {group.guild.id} {group.member.id}")

    monkeypatch.setattr(group.app.services.members, "complete", fails)
    monkeypatch.setattr(group.app.services.members, "pick", fails)
    try:
        await group.member.autocomplete(group.channel, "mp find", "constituency", WORDS)
        answer = await group.member.slash(group.channel, "mp find", constituency=WORDS)
        assert "Something went wrong" in group.text_of(answer)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    group.forgive()
    said = stream.getvalue()
    assert (
        "Ignoring exception in autocomplete for … (Guild: …, User: …) [ValueError at bot/chat/cogs/members.py:" in said
    )
    assert said.count("ValueError") == 2
    assert "bot/chat/cogs/members.py:" in said
    for secret in ("Amina", "Lantern", str(group.guild.id), str(group.member.id), "Traceback"):
        assert secret not in said
