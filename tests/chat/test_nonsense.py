"""Every verb answers nonsense kindly: forged, out of an old message, or of an earlier Postbag. Found by walking the verbs."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.presses import custom_id
from bot.chat.ui import Act, Card, Option

BIG = "9" * 20
NONSENSE: tuple[tuple[str, ...], ...] = (
    (),
    ("-1", "-1", "-1"),
    (BIG, BIG),
    ("²", "a/b/c", "None"),
    ("1", "unknown", "unknown"),
)


def verbs_of(room: Any) -> list[str]:
    return sorted({mark.verb for mark in room.app.client.marks})


def channel_of(room: Any) -> Any:
    return room.app.client.get_channel(int(room.channel.id))


async def met(room: Any, verb: str, what: str, found: list[str]) -> None:
    if room.unexpected.met:
        error = room.unexpected.met[-1].exc_info
        asked_outside = error is not None and error[0] is UserWarning  # tests have no network
        if not asked_outside:
            found.append(f"{verb} × {what}: {error[0].__name__ if error and error[0] else '?'}")
        room.forgive()


@pytest.mark.asyncio
@pytest.mark.parametrize("part", range(4))
async def test_every_button_answers_nonsense_kindly(group: Any, part: int) -> None:
    wrong: list[str] = []
    for verb in verbs_of(group)[part::4]:
        for args in NONSENSE:
            sent = await channel_of(group).send(view=Card("Buttons").buttons(Act("One", verb, args)).view())
            await group.organiser.click(sent, label="One")
            await met(group, verb, repr(args), wrong)
    assert not wrong, "\n".join(wrong)


@pytest.mark.asyncio
@pytest.mark.parametrize("part", range(4))
async def test_every_list_answers_nonsense_kindly(group: Any, part: int) -> None:
    wrong: list[str] = []
    for verb in verbs_of(group)[part::4]:
        for args in ((), ("1", "1", "1")):
            for value in ("x", BIG):
                drawn = Card("Lists").select(verb, [Option("One", value)], args=args)
                sent = await channel_of(group).send(view=drawn.view())
                await group.organiser.select(sent, [value], custom_id=custom_id(verb, *args))
                await met(group, verb, f"{args} → {value}", wrong)
    assert not wrong, "\n".join(wrong)


@pytest.mark.asyncio
@pytest.mark.parametrize("part", range(4))
async def test_every_form_answers_nonsense_kindly(group: Any, part: int) -> None:
    wrong: list[str] = []
    for verb in verbs_of(group)[part::4]:
        for args in NONSENSE[:3]:
            listed = await group.organiser.slash(group.channel, "remind list")
            form = await group.organiser.click(listed.response, label="Change my settings")
            form._interaction.modal["custom_id"] = custom_id(verb, *args)
            await group.organiser.submit_modal(form, {"zone": "Karachi", "time": "x", "lead": "-1"})
            await met(group, verb, f"form {args}", wrong)
    assert not wrong, "\n".join(wrong)
