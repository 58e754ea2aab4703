"""Answers through one door, faults of Discord caught whole, and what is said where an answer was lost."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from simcord.backend.errors import BackendError

from bot.chat import answers, following, registration, showing
from bot.chat.cogs.recommendations import Recommendations
from bot.chat.faults import AnsweredElsewhere, AnswerLost
from bot.chat.looking import LOOK_AT, OWN_WORDS
from bot.chat.registration import Registration
from bot.chat.sender import classify
from bot.rehearsal.reading import buttons_of, text_of
from bot.services.ports.sending import Unreachable

SOURCES = sorted(Path("bot").rglob("*.py"))
CALLBACK, EDIT = ("POST", "/interactions/*/callback"), ("PATCH", "/webhooks/*/messages/@original")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "FIRST_PAUSES", (0.0, 0.0))
    for module in (answers, showing):
        monkeypatch.setattr(module, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(following, "FOLLOW_PAUSES", (0.0, 0.0))


# One door


def test_nobody_answers_an_interaction_but_the_one_door() -> None:
    asked = {"defer", "send_message", "edit_message", "send_modal", "pong", "autocomplete"}
    found = []
    for path in (p for p in SOURCES if "chat" in p.parts and p.name != "answers.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            called, on = node.func.attr, ast.unparse(node.func.value)
            if (
                (called in asked and on.endswith("response"))
                or on.endswith(".followup")
                or called in {"edit_original_response", "delete_original_response"}
            ):
                found.append(f"{path}:{node.lineno} {on}.{called}")
    assert found == []


WHOLE = ({"HTTPException", "DiscordException"}, {"RateLimited", "DiscordException"}, {"ClientError"}, {"OSError"})


def _caught(handler: ast.ExceptHandler) -> Iterator[str]:
    kind = handler.type
    for part in kind.elts if isinstance(kind, ast.Tuple) else [kind]:
        yield ast.unparse(part).lstrip("*").rpartition(".")[2] if part is not None else ""


def test_whoever_catches_discords_refusal_catches_a_limit_a_lost_connection_and_a_time_out() -> None:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ExceptHandler):
                continue
            names = set(_caught(node))
            if not names & {"HTTPException", "DiscordException", "RateLimited", "DiscordServerError"}:
                continue
            if "DISCORD_FAULTS" in names or "web" in ast.unparse(node.type or ast.Constant(None)):
                continue
            if not all(names & some for some in WHOLE):
                found.append(f"{path}:{node.lineno} {sorted(names)}")
    assert found == []


# Where to look


def test_every_command_and_press_says_where_to_look_with_a_command_that_there_is(room: Any) -> None:
    client = room.app.client
    there = {f"/{command.qualified_name}" for command in client.tree.walk_commands()}
    named = {place for place in LOOK_AT.values() if place}
    assert named <= there
    first_words = {mark.verb.split(".")[0] for mark in client.marks}
    assert first_words <= set(LOOK_AT)
    assert set(OWN_WORDS) <= {mark.verb for mark in client.marks}
    for command in client.tree.walk_commands():
        if isinstance(command, app_commands.Command) and not _reads_only(command.qualified_name):
            words = command.qualified_name
            while words and words not in LOOK_AT:
                words = words.rpartition(" ")[0]
            assert words, f"nobody says where to look after /{command.qualified_name}"


def _reads_only(name: str) -> bool:
    return name.split(" ")[0] in {"start", "help", "mp", "recommendations", "about"}


# Lost answers


@pytest.mark.asyncio
async def test_a_first_answer_that_arrived_unheard_lets_the_work_go_on(group: Any) -> None:
    group.env.strict.lose_answer(*CALLBACK)
    shown = await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Lobby day", date="20 April 2026"
    )
    assert "Lobby day" in text_of(shown)
    assert len(await group.app.services.deadlines.list(group.guild_id)) == 1


@pytest.mark.asyncio
async def test_what_another_process_answered_is_left_to_it(group: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken() -> BaseException:
        return BackendError(400, 40060, "Interaction has already been acknowledged.")

    group.env.strict.break_off(*CALLBACK, taken, after=False, times=9)
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Lobby day", date="20 April 2026"
    )
    assert await group.app.services.deadlines.list(group.guild_id) == ()
    (said,) = group.forgive()
    assert AnsweredElsewhere.__name__ in said
    group.env.strict.mend()
    # The library itself tried again meanwhile: then it was ours.
    monkeypatch.setattr(answers, "FIRST_TRY", 0.0)
    group.env.strict.break_off(*CALLBACK, taken, after=True)
    shown = await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Lobby day", date="20 April 2026"
    )
    assert "Lobby day" in text_of(shown)
    assert len(await group.app.services.deadlines.list(group.guild_id)) == 1


@pytest.mark.asyncio
async def test_what_is_said_of_a_lost_answer_depends_on_whether_anything_was_changed(group: Any) -> None:
    group.env.strict.break_off(*EDIT, lambda: ConnectionResetError(104, "reset"), after=False, times=99)
    done = await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Lobby day", date="20 April 2026"
    )
    assert "It may have been done." in text_of(done)
    assert "Look at /deadlines list before you try again." in text_of(done)
    read = await group.organiser.slash(group.channel, "action list")
    assert "Nothing was changed." in text_of(read)
    assert "may have been done" not in text_of(read)
    group.env.strict.mend()
    group.forgive()


@pytest.mark.asyncio
async def test_a_mistake_of_ours_after_a_change_does_not_say_that_nothing_was_changed(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **more: Any) -> Any:
        raise KeyError("added_card")

    monkeypatch.setattr("bot.chat.cogs.deadlines.added_card", broken)
    shown = await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Lobby day", date="20 April 2026"
    )
    assert "Postbag may have done part of it. Look at /deadlines list" in text_of(shown)
    monkeypatch.setattr("bot.chat.cogs.deadlines.list_card", broken)
    shown = await group.organiser.slash(group.channel, "deadlines list")
    assert "Nothing was changed. Please try again." in text_of(shown)
    group.forgive()


@pytest.mark.asyncio
async def test_an_error_is_told_another_way_where_the_first_fails(group: Any) -> None:
    shown = await group.member.slash(group.channel, "remind me", what="Ring", when="tomorrow 6pm")
    group.env.strict.break_off(
        "PATCH", "/webhooks/*", lambda: ConnectionResetError(104, "reset"), after=False, times=99
    )
    pressed = await group.member.click(shown.response, label="Save")
    group.env.strict.mend()
    assert "It may have been done." in "".join(text_of(message) for message in pressed.followups)
    assert "Look at /remind list" in "".join(text_of(message) for message in pressed.followups)
    assert "Save" in buttons_of(shown), "what was pressed stays, with its words"
    again = await group.member.click(shown.response, label="Save")
    assert "Saved" in text_of(again)
    group.forgive()


@pytest.mark.asyncio
async def test_a_form_that_was_shown_unheard_is_shown(group: Any) -> None:
    group.env.strict.lose_answer(*CALLBACK)
    shown = await group.organiser.slash(group.channel, "deadlines add", kind="expected answer")
    assert shown.modal is not None
    assert text_of(shown).count("Discord lost") == 0


@pytest.mark.asyncio
async def test_a_first_answer_that_hangs_is_tried_again(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "FIRST_WITHIN", 0.05)
    tries = []

    async def hang() -> None:
        tries.append(1)
        if len(tries) < 3:
            await asyncio.sleep(60)

    class Asked:
        def __init__(self) -> None:
            self.extras: dict[str, Any] = {}

    assert await answers._first(Asked(), discord.InteractionResponseType.modal, hang)  # type: ignore[arg-type]
    assert len(tries) == 3
    tries[:] = [1] * -9
    with pytest.raises(AnswerLost):
        await answers._again(lambda: asyncio.wait_for(asyncio.sleep(9), 0.01), (0.0,))


# Shown to everyone


@pytest.mark.asyncio
@pytest.mark.parametrize("after", [False, True])
async def test_a_card_is_never_said_to_be_shown_where_nothing_is(group: Any, after: bool) -> None:
    card = await group.member.slash(group.channel, "recommendations show", number="3")
    fault = lambda: ConnectionResetError(104, "reset")  # noqa: E731
    group.env.strict.break_off("POST", f"/channels/{group.channel.id}/messages", fault, after=after, times=99)
    told = await group.member.click(card.response, label="Show to everyone")
    assert "Look in this channel. If it isn't there, press again." in text_of(told)
    group.env.strict.mend()
    assert len(group.posted) == (1 if after else 0)
    again = await group.member.click(card.response, label="Show to everyone")
    assert "a few minutes ago" not in text_of(again)
    assert len(group.posted) == 1, "the same nonce: Discord gives the first message where it has it"
    third = await group.member.click(card.response, label="Show to everyone")
    assert "a few minutes ago" in text_of(third)
    group.env.backend.delete_message(group.channel.id, group.posted[0].id)
    fourth = await group.member.click(card.response, label="Show to everyone")
    assert "a few minutes ago" not in text_of(fourth)
    assert len(group.posted) == 1


@pytest.mark.asyncio
async def test_a_card_shown_five_times_at_once_is_shown_once(group: Any) -> None:
    card = await group.member.slash(group.channel, "recommendations show", number="3")
    with group.env.at_once(5):
        await group.member.click(card.response, label="Show to everyone")
    assert len(group.posted) == 1


@pytest.mark.asyncio
async def test_a_card_shown_in_two_processes_at_once_is_shown_once(group: Any) -> None:
    card = await group.member.slash(group.channel, "recommendations show", number="3")
    await group.member.click(card.response, label="Show to everyone")
    shown = group.app.client.get_cog(Recommendations.__cog_name__)
    shown._showing = showing.Showing()  # as another process has it: it does not know what this one posted
    told = await group.member.click(card.response, label="Show to everyone")
    assert "a few minutes ago" not in text_of(told)
    assert len(group.posted) == 1, "the same nonce"
    group.env.backend.delete_message(group.channel.id, group.posted[0].id)
    await group.member.click(card.response, label="Show to everyone")
    assert len(group.posted) == 1, "and where it was deleted, it is posted anew"


def test_a_card_in_another_channel_another_card_and_a_later_one_have_nonces_of_their_own() -> None:
    now = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
    first = showing.shared_nonce(1, "tin/3", now)
    assert showing.shared_nonce(1, "tin/3", now + timedelta(minutes=2)) == first
    others = [
        showing.shared_nonce(2, "tin/3", now),
        showing.shared_nonce(1, "tin/4", now),
        showing.shared_nonce(1, "tin/3", now + showing.SAME_CARD_AGAIN),
    ]
    assert len({first, *others}) == 4
    assert len(first) <= 25


# Registration


@pytest.mark.asyncio
async def test_commands_are_registered_again_and_again_until_they_are() -> None:
    waited: list[float] = []
    tries: list[int] = []

    async def send() -> bool:
        tries.append(1)
        if len(tries) < 9:
            raise (TimeoutError, lambda: discord.RateLimited(700.0))[len(tries) == 3]()
        return True

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    commands = Registration(send, sleep=sleep)
    await commands.begin()
    assert not commands.is_done
    assert commands.failed_with
    for _ in range(50):
        await asyncio.sleep(0)
    assert commands.is_done
    assert commands.failed_with == ""
    assert len(tries) == 9
    assert waited == [15, 30, 700, 120, 240, 480, 600, 600]
    await commands.begin()
    assert len(tries) == 9
    assert registration.LONGEST_WAIT == 600


@pytest.mark.asyncio
async def test_health_says_that_commands_are_not_registered_yet(group: Any) -> None:
    group.app.client.registration.failed_with = "HTTP 503"
    shown = await group.organiser.slash(group.channel, "admin health")
    assert "Discord hasn't accepted Postbag's commands yet (HTTP 503)" in text_of(shown)
    group.app.client.registration.failed_with = ""
    shown = await group.organiser.slash(group.channel, "admin health")
    assert "hasn't accepted" not in text_of(shown)


# Closed direct messages


@pytest.mark.parametrize(
    ("code", "words"), [(50007, "or they have blocked it"), (50278, "or they share no server with it")]
)
def test_a_closed_direct_message_says_why_and_what_can_be_done(code: int, words: str) -> None:
    class Answer:
        status, reason, headers = 403, "Forbidden", {}

    fault = discord.Forbidden(Answer(), {"code": code, "message": "Cannot send messages to this user"})  # type: ignore[arg-type]
    found = classify(fault, 0.1)
    assert isinstance(found, Unreachable)
    assert words in found.reason
    assert re.search("allow direct messages", found.reason)
