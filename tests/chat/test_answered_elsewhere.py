"""What another process has answered is left to it: nothing is written here, whichever command, press, list or form it is.

Found by walking. A handler that writes before it has answered would do everything twice where two processes hear of it.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from simcord.backend.errors import BackendError

from bot.chat import answers
from tests.chat.full_group import fill, rows, said_with
from tests.chat.test_answers import CALLBACK
from tests.chat.test_forged_presses import asked_of, in_channel
from tests.chat.test_nonsense import verbs_of
from tests.chat.test_refusals import commands_of, needed_by

pytestmark = pytest.mark.asyncio

TYPED = {
    "deadlines add": {"kind": "expected answer", "title": "Lobby day", "date": "20 April 2026"},
    "action plan": {"title": "Lobby day", "day": "20 April 2026"},
    "remind me": {"what": "Ring the office", "when": "tomorrow 9am"},
    "reports follow": {"report": "never-again"},
    "reports unfollow": {"report": "never-again"},
}
"""What is typed into commands that would refuse anything else."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "FIRST_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(answers, "FIRST_TRY", 3600.0)


def taken() -> BaseException:
    return BackendError(400, 40060, "Interaction has already been acknowledged.")


def answered_elsewhere(room: Any) -> None:
    """Let Discord say of every interaction from now on that it has an answer."""
    room.env.strict.break_off(*CALLBACK, taken, after=False, times=1_000_000)


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [table for table in after if after[table] != before[table]]


@pytest.mark.parametrize("part", range(4))
async def test_no_press_list_or_form_writes_what_another_process_has_answered(room: Any, part: int) -> None:
    await fill(room, room.member)
    organiser = await in_channel(room, room.organiser, room.channel)
    drawn = {verb: sorted(found) for verb, found in said_with(room).items()}
    answered_elsewhere(room)
    wrong: list[str] = []
    before = await rows(room)
    for verb in verbs_of(room)[part::4]:
        await asked_of(organiser, verb, drawn.get(verb, ()))
        after = await rows(room)
        wrong += [f"{verb} writes {table}" for table in changed(before, after)]
        before = after
        room.forgive()
    assert not wrong, "\n".join(wrong)


async def test_no_command_writes_what_another_process_has_answered(room: Any) -> None:
    await fill(room, room.member)
    answered_elsewhere(room)
    wrong: list[str] = []
    before = await rows(room)
    for name, command in sorted(commands_of(room).items()):
        await room.organiser.slash(room.channel, name, **(TYPED.get(name) or needed_by(command)))
        after = await rows(room)
        wrong += [f"/{name} writes {table}" for table in changed(before, after)]
        before = after
        room.forgive()
    assert not wrong, "\n".join(wrong)


async def test_the_same_commands_do_write_where_nobody_else_has_answered(room: Any) -> None:
    await fill(room, room.member)
    for name in ("deadlines add", "action plan", "reports follow"):
        before = await rows(room)
        await room.organiser.slash(room.channel, name, **TYPED[name])
        assert changed(before, await rows(room)), f"/{name} was no trial of anything"


async def test_it_is_said_in_a_line_and_without_a_stack_trace(room: Any, caplog: pytest.LogCaptureFixture) -> None:
    await fill(room, room.member)
    answered_elsewhere(room)
    with caplog.at_level(logging.INFO, logger="bot"):
        for name in TYPED:
            await room.organiser.slash(room.channel, name, **TYPED[name])
    room.forgive()
    told = [
        record for record in caplog.records if "another process of this Postbag has answered" in record.getMessage()
    ]
    assert len(told) == len(TYPED)
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
