"""A second letter or a chaser that begins with the writer's own earlier one: quoted once, forgotten, never stored."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.chat.test_letters import WHY, controls, open_form

SECRET = "The heron of Quillstone stands in the ninth reed bed."
EARLIER = f"3 March 2026\n\nDear Ms Thackwell,\n\n{SECRET} Please will you write to the Foreign Secretary about this?\n\nYours"
QUOTED = "“Please will you write to the Foreign Secretary about this?”"


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def begun(room: Any, template: str = "no-reply") -> Any:
    await room.set_up(high_risk=False, risk_answered=True)
    return await open_form(room, template=template)


@pytest.mark.claim("P-41", "P-42")
@pytest.mark.asyncio
@pytest.mark.parametrize("template", ["no-reply", "second-letter", "minister-silent"])
async def test_a_chaser_begins_with_the_writers_own_sentence(
    room: Any, template: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    form = await begun(room, template)
    assert "earlier" in controls(form.modal)
    first = next(name for name in controls(form.modal) if name not in ("ask", "earlier"))
    ask = next(option["value"] for option in controls(form.modal)["ask"]["options"])
    with caplog.at_level(logging.DEBUG):
        shown = await room.member.submit_modal(
            form, {"ask": [ask], first: WHY, "earlier": [("my letter.txt", EARLIER.encode())]}
        )
    text = " ".join(room.text_of(shown.response).split())
    assert shown.response.ephemeral
    assert QUOTED in text
    assert "March 2026 I wrote to you" in text or "I wrote to you before" in text
    assert WHY[:60] in text
    assert "One clear request" not in text, "what was asked in an earlier letter is no second request"
    assert SECRET not in text, "one sentence, and no more"
    assert SECRET not in caplog.text
    kept = everything_in(tmp_path)
    assert kept, "the database is here"
    assert SECRET.encode() not in kept
    assert b"Foreign Secretary about this" not in kept
    again = await room.member.click(shown.response, label="Edit")
    assert QUOTED in controls(again.modal)[first]["value"], "the writer can change it"


@pytest.mark.claim("P-44")
@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("at_risk", "template", "takes"), [(False, "no-reply", True), (False, "", False), (True, "no-reply", False)]
)
async def test_a_first_letter_takes_no_file_and_a_group_at_risk_neither(
    room: Any, at_risk: bool, template: str, takes: bool
) -> None:
    await room.set_up(high_risk=at_risk, risk_answered=True)
    more = {"template": template} if template else {}
    assert ("earlier" in controls((await open_form(room, **more)).modal)) is takes


@pytest.mark.claim("P-43")
@pytest.mark.asyncio
async def test_a_file_that_cannot_be_read_gives_the_words_back(room: Any) -> None:
    form = await begun(room)
    back = await room.member.submit_modal(
        form, {"ask": ["reply"], "why": WHY, "earlier": [("photo.png", b"\x89PNG\0\0")]}
    )
    said = room.text_of(back.response)
    assert "in a file of that kind" in said
    assert "type the sentence yourself" in said
    assert WHY.split()[0] in (await back.response.attachments[0].read()).decode("utf-8-sig")
