"""The one door for answers to interactions: the first answer, what is put in its place, and what follows it.

Discord can lose an answer on its way there or back. An answer is tried again: an edit twice is one edit, and a first answer
that Discord has already is told by its code 40060. Nobody else in ``chat`` calls ``interaction.response`` or ``followup``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import discord

from bot.chat.faults import (
    ALREADY_ANSWERED,
    DISCORD_FAULTS,
    UNKNOWN_MESSAGE,
    AnsweredElsewhere,
    AnswerLost,
    code_of,
    is_lost,
    may_help_again,
    wait_before,
)
from bot.domain.errors import Refused

FIRST_PAUSES = (0.2, 0.6)
"""Seconds before a first answer is tried again: Discord waits three for it."""

# Less than half of Discord's three seconds: a first try that hangs leaves room for a second.
FIRST_WITHIN = 1.5
PAUSES = (0.5, 2.0)
WITHIN = 20.0
"""Seconds for one try of an edit or of what follows: discord.py tries again inside it after a 5xx."""

FIRST_TRY = 0.9
"""Seconds within which discord.py cannot have tried twice: between its own tries it waits at least one."""

BEGUN_AFTER = 2.0
"""Seconds after which an answer is begun for whoever is kept waiting. Discord gives three to begin one."""

TRIED, ANSWERED, MESSAGE = "tried", "answered", "message"
TURN, TIMER, KEPT_WAITING = "turn", "timer", "kept waiting"

Interaction = discord.Interaction[Any]
Kind = discord.InteractionResponseType
QUIET = discord.AllowedMentions.none()
IN_PLACE = (Kind.deferred_message_update, Kind.message_update)
Files = Callable[[], list[discord.File]]


async def begin(interaction: Interaction, *, in_place: bool = True) -> None:
    """Take the time that an answer needs: a private message keeps its place, else a new private one is begun."""
    if in_place and interaction.message is not None and interaction.message.flags.ephemeral:
        await stay(interaction)
    else:
        await _first(
            interaction,
            Kind.deferred_channel_message,
            lambda: interaction.response.defer(ephemeral=True, thinking=True),
        )


async def stay(interaction: Interaction) -> None:
    """Take the time that an answer needs, which is put in the place of the message that was pressed, if only its reader sees that."""
    if others_see(interaction.message):
        await begin(interaction, in_place=False)
        return
    await _first(interaction, Kind.deferred_message_update, interaction.response.defer)


def others_see(message: discord.Message | None) -> bool:
    """Tell whether a message stands in a server's channel: a private answer may never take its place, whoever asks for it."""
    return message is not None and message.guild is not None and not message.flags.ephemeral


async def show_form(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Answer with a form. Refused: to a form there is no answer by another, and only an old or forged one asks for it."""
    if interaction.type is discord.InteractionType.modal_submit:
        raise Refused("That form is from an earlier version of Postbag.", "Use /start to find the same thing again.")
    await _first(interaction, Kind.modal, lambda: interaction.response.send_modal(form))
    if KEPT_WAITING in interaction.extras:
        raise Refused("That form took too long to open.", "Try again in a moment.")


def begin_in_time(interaction: Interaction, after: float | None) -> None:
    """Begin a private answer where nothing is answered after so many seconds, whatever is waited for: a silent database, say.

    So whoever pressed or typed reads later what became of it, and not that the application did not respond.
    """

    def begin_now() -> None:
        if not interaction.response.is_done() and not _turn(interaction).locked():
            interaction.extras[TIMER] = asyncio.create_task(_begin_for_whoever_waits(interaction))

    if after is not None:
        interaction.extras[TIMER] = asyncio.get_running_loop().call_later(after, begin_now)


async def _begin_for_whoever_waits(interaction: Interaction) -> None:
    async with _turn(interaction):
        if interaction.response.is_done():
            return
        with suppress(*DISCORD_FAULTS, discord.DiscordException, AnsweredElsewhere):
            await _give_first(
                interaction,
                Kind.deferred_channel_message,
                lambda: interaction.response.defer(ephemeral=True, thinking=True),
            )
            interaction.extras[KEPT_WAITING] = True


def _turn(interaction: Interaction) -> asyncio.Lock:
    turn: asyncio.Lock = interaction.extras.setdefault(TURN, asyncio.Lock())
    return turn


async def answer(
    interaction: Interaction,
    view: discord.ui.LayoutView,
    files: Files,
    *,
    private: bool,
    update: bool,
    beside: bool = False,
) -> None:
    """Answer with a message, whatever was answered before.

    ``update``: in place of the message that was pressed. ``beside``: that message stays, whatever was begun.
    """
    response = interaction.response
    first = False
    if not response.is_done():

        def edit() -> Awaitable[Any]:
            return response.edit_message(view=view, attachments=files(), allowed_mentions=QUIET)

        def send() -> Awaitable[Any]:
            return response.send_message(view=view, files=files(), ephemeral=private, allowed_mentions=QUIET)

        in_place = update and interaction.message is not None and not others_see(interaction.message)
        kind = Kind.message_update if in_place else Kind.channel_message
        if await _first(interaction, kind, edit if in_place else send):
            interaction.extras[ANSWERED] = True
            return
        first = response.type is not Kind.modal
    if (first or _is_waiting(interaction)) and not (beside and response.type in IN_PLACE):
        await _put(interaction, view, files, private=private)
    else:
        await follow(interaction, view=view, files=files, private=private)
    interaction.extras[ANSWERED] = True


async def follow(
    interaction: Interaction,
    text: str | None = None,
    *,
    view: discord.ui.LayoutView | None = None,
    files: Files = list,
    private: bool = True,
    again: bool = True,
) -> None:
    """Send one more message after the first answer. It may come twice where Discord lost that it had come."""

    def send() -> Awaitable[Any]:
        if view is None:
            return interaction.followup.send(
                text or "", ephemeral=private, suppress_embeds=True, allowed_mentions=QUIET
            )
        return interaction.followup.send(view=view, files=files(), ephemeral=private, allowed_mentions=QUIET)

    await _again(send, PAUSES if again else ())


async def retire(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    """Put a last view in the place of an earlier answer. Where Discord does not let us any more, it stays as it is."""
    try:
        await interaction.edit_original_response(view=view, attachments=[], allowed_mentions=QUIET)
    except (*DISCORD_FAULTS, discord.DiscordException):
        return


async def tell(interaction: Interaction, view: discord.ui.LayoutView, *, beside: bool = False) -> BaseException | None:
    """Tell a person what went wrong, one way or another: as an answer, after it, or in its place. None: it arrived.

    ``beside``: what was pressed stays, with the words that may stand in it, so that it can be pressed again.
    """

    def edit() -> Awaitable[Any]:
        return interaction.edit_original_response(view=view, attachments=[], allowed_mentions=QUIET)

    ways: Sequence[Callable[[], Awaitable[Any]]] = (
        lambda: answer(interaction, view, list, private=True, update=False, beside=beside),
        lambda: follow(interaction, view=view, again=False),
        lambda: _again(edit, ()),
    )
    if beside and interaction.extras.get(TRIED, interaction.response.type) in IN_PLACE:
        ways = ways[:2]
    failed: BaseException | None = None
    for way in ways:
        try:
            await way()
        except (*DISCORD_FAULTS, discord.DiscordException, AnsweredElsewhere) as fault:
            failed = failed or fault
        else:
            return None
    return failed


async def _first(interaction: Interaction, kind: Kind, send: Callable[[], Awaitable[Any]]) -> bool:
    """Give the first answer, unless one was begun in time. False: Discord has one of ours already."""
    timer = interaction.extras.get(TIMER)
    if isinstance(timer, asyncio.TimerHandle):
        timer.cancel()
    async with _turn(interaction):
        return KEPT_WAITING not in interaction.extras and await _give_first(interaction, kind, send)


async def _give_first(interaction: Interaction, kind: Kind, send: Callable[[], Awaitable[Any]]) -> bool:
    """Give the first answer. False: Discord has one of ours already, sent by an earlier try.

    AnsweredElsewhere: it was not ours. AnswerLost: it did not surely arrive.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    for pause in (*FIRST_PAUSES, None):
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                await send()
            return True
        except DISCORD_FAULTS as fault:
            if code_of(fault) == ALREADY_ANSWERED:
                if TRIED not in interaction.extras and loop.time() - began < FIRST_TRY:
                    raise AnsweredElsewhere from None
                # discord.py notes an answer only where it heard that it arrived.
                interaction.response._response_type = interaction.extras.get(TRIED, kind)
                return False
            if not is_lost(fault) and not may_help_again(fault):
                raise
            interaction.extras.setdefault(TRIED, kind)
            if pause is None or not may_help_again(fault):
                raise AnswerLost(type(fault).__name__) from fault
            await asyncio.sleep(wait_before(fault, pause))
    raise AssertionError


def message_of(interaction: Interaction) -> int | None:
    """Give the message that an answer was put in place of, or None where that isn't known."""
    found: int | None = interaction.extras.get(MESSAGE)
    return found


async def _put(interaction: Interaction, view: discord.ui.LayoutView, files: Files, *, private: bool) -> None:
    async def edit() -> None:
        message = await interaction.edit_original_response(view=view, attachments=files(), allowed_mentions=QUIET)
        interaction.extras[MESSAGE] = message.id

    try:
        await _again(edit, PAUSES)
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE:
            raise
        await follow(interaction, view=view, files=files, private=private)


async def _again(send: Callable[[], Awaitable[Any]], pauses: Iterable[float]) -> None:
    for pause in (*pauses, None):
        try:
            async with asyncio.timeout(WITHIN):
                await send()
            return
        except DISCORD_FAULTS as fault:
            if not is_lost(fault) and not may_help_again(fault):
                raise
            if pause is None or not may_help_again(fault):
                raise AnswerLost(type(fault).__name__) from fault
            await asyncio.sleep(wait_before(fault, pause))


def _is_waiting(interaction: Interaction) -> bool:
    begun = interaction.response.type in (Kind.deferred_channel_message, Kind.deferred_message_update)
    return begun and not interaction.extras.get(ANSWERED)
