"""The Discord client: commands, presses, errors. No privileged intents, and nobody is mentioned unless a message says whom."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import logging
import pkgutil
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import cogs
from bot.chat.answers import BEGUN_AFTER, begin_in_time, tell
from bot.chat.faults import DISCORD_FAULTS, UNKNOWN_INTERACTION, AnsweredElsewhere, code_of, is_lost
from bot.chat.identifying import Identifying
from bot.chat.interaction import Interaction as Interaction
from bot.chat.interaction import ServingBot
from bot.chat.lengths import cut_short, refuse_endless_numbers, refuse_long_fields, refuse_long_options
from bot.chat.looking import where_to_look
from bot.chat.permissions import group_of, require_organiser
from bot.chat.presses import Mark, Press, marked_methods, read_press
from bot.chat.registration import Registration
from bot.chat.ui import Card, refusal
from bot.domain.errors import PostbagError, Refused, Unavailable
from bot.domain.identity import GuildId, UserId
from bot.domain.shares import What
from bot.services.writes import Written

if TYPE_CHECKING:
    from bot.services.container import Services

log = logging.getLogger(__name__)

Handler = Callable[[Interaction, Press], Awaitable[None]]

SYNCED = "commands synced"
SYNCING = "sending commands to Discord"
# A process that ends while it sends the commands is waited for no longer than this by the others.
SYNC_WITHIN = timedelta(minutes=2)
LOOK_ROUND_AGAIN = (30.0, 60.0, 120.0, 300.0)
WRITTEN = "written"


class PostbagTree(app_commands.CommandTree["PostbagClient"]):
    """The command tree: what goes wrong in a command is said privately and kindly."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Let everything through but what is longer than an option may be."""
        interaction.extras[WRITTEN] = self.client.services.writes.watch()
        user, group, shares = UserId(interaction.user.id), group_of(interaction), self.client.services.shares
        if interaction.type is discord.InteractionType.autocomplete:
            cut_short(interaction)
            try:
                shares.take(What.SUGGESTION, user, group)
            except Refused:
                return False
            return True
        try:
            shares.take(What.COMMAND, user, group)
            refuse_long_options(interaction)
        except Refused as refusal:
            await report_error(interaction, refusal)
            return False
        begin_in_time(interaction, self.client.begins_after)
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            if isinstance(error, DISCORD_FAULTS) or isinstance(getattr(error, "original", None), DISCORD_FAULTS):
                log.info("suggestions did not arrive: somebody typed on, or Discord lost them")
            else:
                log.error("autocomplete failed", exc_info=error)
            return
        self.client.say_changed(interaction)
        await report_error(interaction, error)


class PostbagClient(ServingBot):
    """Postbag on Discord. ``services`` is everything it can do; the composition root opens and closes those."""

    def __init__(self, services: Services, *, sync_commands: bool = True, **options: Any) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            help_command=None,
            max_ratelimit_timeout=30.0,
            tree_cls=PostbagTree,
            activity=discord.CustomActivity("/start · letters to Parliament"),
            **options,
        )
        self.services = services
        self.begins_after: float | None = BEGUN_AFTER
        """Seconds after which an answer is begun for whoever is kept waiting; None: never."""
        self._changed: set[GuildId | None] = set()
        services.audit.when_changed(self._changed.add)
        self.registration = Registration(lambda: self.sync_commands())
        self.registration.is_done = not sync_commands
        self.identifying = Identifying(services.processes, self._sessions_at_once)
        self.gateway_is_away: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._answers: dict[str, tuple[Mark, Handler]] = {}

    async def setup_hook(self) -> None:
        self.services.departures.is_in = self.is_in
        if self.cogs:
            return
        for found in pkgutil.iter_modules(cogs.__path__):
            module = importlib.import_module(f"{cogs.__name__}.{found.name}")
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if issubclass(kind, commands.Cog) and kind.__module__ == module.__name__:
                    await self.add_cog(kind(self))
        await self.registration.begin()

    async def close(self) -> None:
        """Stop what goes on by itself, and disconnect."""
        self.registration.stop()
        await super().close()

    async def on_ready(self) -> None:
        """Called at every new session: send the commands where that failed at login, and see which servers are still there."""
        await self.registration.begin()
        for wait in (*LOOK_ROUND_AGAIN, None):
            try:
                await self.services.departures.look_round([guild.id for guild in self.guilds], ours=self.carries)
            except Unavailable as error:
                log.info("it could not be seen which servers are still there: %s", error.message)
                if wait is not None:
                    await asyncio.sleep(wait)
            else:
                return

    def carries(self, guild_id: int) -> bool:
        """Tell whether a server comes to this process. Of another one, that it is not seen here says nothing."""
        return True

    async def is_in(self, guild_id: GuildId) -> bool | None:
        """Ask Discord whether the bot is in a server; None: it did not say."""
        try:
            await self.http.get_guild(guild_id, with_counts=False)
        except (discord.NotFound, discord.Forbidden):
            return False
        except DISCORD_FAULTS as fault:
            log.info("Discord did not say whether the bot is in a server: %s", type(fault).__name__)
            return None
        return True

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Let sessions of this bot begin as far apart as Discord asks for, in whichever process. It owns the whole wait."""
        await self.identifying.turn(shard_id)

    async def _sessions_at_once(self) -> int:
        """Ask Discord how many sessions of this bot may begin at once. A bot of one shard begins one."""
        if self.shard_count is None or self.shard_count < 2:
            return 1
        _, _, limit = await self.http.get_bot_gateway()
        return int(limit["max_concurrency"])

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what went wrong beside commands: in a line where the reason is known, such as a database that is away."""
        error = sys.exc_info()[1]
        if isinstance(error, PostbagError):
            log.info("%s was not followed: %s", event_method, error.message)
        else:
            log.error("an event could not be handled: %s", event_method, exc_info=True)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Hold back what is planned for a server that removed the bot, or was deleted. An outage of Discord is neither."""
        await self.services.departures.left(GuildId(guild.id))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Go on where a server was left."""
        await self.services.departures.joined(GuildId(guild.id))

    async def add_cog(self, cog: commands.Cog, /, **options: Any) -> None:
        """Add a cog and learn which presses it answers. ValueError: two methods answer one verb."""
        for mark, handler in marked_methods(cog):
            if mark.verb in self._answers:
                raise ValueError(f"two methods answer the press {mark.verb!r}")
            self._answers[mark.verb] = (mark, handler)
        await super().add_cog(cog, **options)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """List every verb that is answered, for the tests that walk them."""
        return tuple(mark for mark, _ in self._answers.values())

    async def sync_commands(self) -> bool:
        """Send the commands to Discord, only where they changed since the last time. True: they were sent."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        known = f"{self.application_id}:{sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()}"
        if await self.services.kept.get(SYNCED) == known:
            return False
        processes = self.services.processes
        while not await processes.once(SYNCING, SYNC_WITHIN):
            await asyncio.sleep(1.0)
            if await self.services.kept.get(SYNCED) == known:
                return False
        try:
            if await self.services.kept.get(SYNCED) == known:
                return False
            await self.tree.sync()
            await self.services.kept.put(SYNCED, known)
        finally:
            await processes.done(SYNCING)
        log.info("commands sent to Discord: %d", len(payload))
        return True

    async def on_message(self, message: discord.Message, /) -> None:
        """Read nothing: Postbag is spoken to by commands alone."""

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer presses and submitted forms; slash commands go to the tree by themselves."""
        if interaction.type not in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            return
        press = read_press(interaction.data or {})
        if press is None:
            return
        interaction.extras[WRITTEN] = self.services.writes.watch()
        try:
            self.services.shares.take(What.COMMAND, UserId(interaction.user.id), group_of(interaction))
            begin_in_time(interaction, self.begins_after)
            await self._answer(interaction, press)
        except Exception as error:
            await report_error(interaction, error)
        finally:
            self.say_changed(interaction)

    async def on_app_command_completion(self, interaction: Interaction, command: object) -> None:
        """Let what follows from a change follow."""
        self.say_changed(interaction)

    def say_changed(self, interaction: Interaction) -> None:
        """Say once that a group was changed by this command or press, however much of it was."""
        group = group_of(interaction)
        if group in self._changed:
            self._changed.discard(group)
            self.dispatch("group_changed", group)

    async def _answer(self, interaction: Interaction, press: Press) -> None:
        known = self._answers.get(press.verb)
        if known is None:
            raise PostbagError(
                "That button is from an earlier version of Postbag.", "Use /start to find the same thing again."
            )
        refuse_long_fields(press)
        refuse_endless_numbers(press)
        mark, handler = known
        if mark.organiser:
            await require_organiser(interaction)
        await handler(interaction, press)
        self.dispatch("press_completion", interaction, press)


_CHANGED = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch, app_commands.TransformerError)
"""What a client says that still has an earlier form of a command, or offers a choice that there is no more."""


async def report_error(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the person privately what went wrong: our own words for a refusal, an error id for anything else.

    Where Discord lost the answer, what is said depends on whether anything was changed before that.
    """
    original: BaseException = error
    while isinstance(original, app_commands.CommandInvokeError | commands.CommandInvokeError):
        original = original.original
    if code_of(original) == UNKNOWN_INTERACTION:
        log.warning("an answer came too late for Discord, which gives three seconds: the person saw none")
        return
    if isinstance(original, AnsweredElsewhere):
        log.info("another process of this Postbag has answered")
        return
    if is_lost(original):
        log.info("an answer was lost: %s", type(original.__cause__ or original).__name__)
        card = Card(accent=None).text(_lost_words(interaction))
    elif isinstance(original, PostbagError):
        card = Card(accent=None).text(refusal(original))
    elif isinstance(original, app_commands.NoPrivateMessage):
        card = Card(accent=None).text("**This only works in a server.**\nUse it in your group's server.")
    elif isinstance(original, app_commands.CheckFailure):
        card = Card(accent=None).text("**You can't use this here.**\nAsk an organiser of your group.")
    elif isinstance(original, _CHANGED):
        card = Card(accent=None).text(
            "**This command has just changed.**\nClose and reopen Discord, then try it again in a minute."
        )
    else:
        said = unexpected(original, interaction)
        card = Card(accent=None).text(f"**{said.message}**\n{said.next_step}")
    failed = await tell(interaction, card.view(), beside=not isinstance(original, PostbagError))
    if failed is not None:
        log.info("a person could not be told of an error: %s", type(failed.__cause__ or failed).__name__)


def unexpected(error: BaseException, interaction: discord.Interaction[Any]) -> PostbagError:
    """Log what nobody expected, under a reference; give the words for the person it happened to."""
    reference = secrets.token_hex(4)
    log.error("error %s while answering", reference, exc_info=error)
    done = "Nothing was changed. Please try again."
    if _has_written(interaction):
        done = f"Postbag may have done part of it. {where_to_look(interaction)} before you try again."
    return PostbagError(
        "Something went wrong inside Postbag.",
        f"{done} If it happens again, give an organiser or whoever runs Postbag this reference: `{reference}`",
    )


def _lost_words(interaction: discord.Interaction[Any]) -> str:
    if _has_written(interaction):
        return (
            f"**It may have been done.**\nDiscord lost the answer. {where_to_look(interaction)} before you try again."
        )
    return "**Discord lost the answer.**\nNothing was changed. Please try again in a minute."


def _has_written(interaction: discord.Interaction[Any]) -> bool:
    written = interaction.extras.get(WRITTEN)
    return isinstance(written, Written) and written.anything


def everywhere(command: Any) -> Any:
    """Let a command or group be used in servers, in direct messages and as a user-installed app."""
    command = app_commands.allowed_installs(guilds=True, users=True)(command)
    return app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(command)


def in_servers(command: Any) -> Any:
    """Let a command or group be used in servers where the bot is installed."""
    command = app_commands.allowed_installs(guilds=True, users=False)(command)
    return app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)(command)
