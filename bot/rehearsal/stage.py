"""The stage: the real bot in an invented server, with its people and its clock. Tests, the room and the tour stand on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, time, timedelta
from typing import Any, Protocol, TypeVar

import discord
from simcord import ChannelHandle, GuildHandle, MemberActor, RoleHandle, UserHandle

from bot.app import open_app
from bot.clock import LONDON, london_today
from bot.config import Settings
from bot.domain.identity import ChannelId, GuildId, RoleId, UserId
from bot.domain.reports import Report
from bot.domain.shares import What
from bot.jobs import App
from bot.rehearsal.discord import Discord, simulated_discord
from bot.rehearsal.reading import buttons_of, text_of
from bot.services.delivery.pacing import Channels, Pacer

S = TypeVar("S", bound="Stage")
Prepare = Callable[[App], Awaitable[None]]

SERVER = "Harbour Voices (invented)"
TOPIC = "Rehearsal: every person, place and MP here is invented"
DAILY = time(3, 30)
"""When the daily look at deadlines runs on the stage, London time, as in a Postbag that runs for months."""


class StageClock(Protocol):
    """A clock that can be moved."""

    def now(self) -> datetime: ...
    def move_to(self, instant: datetime) -> None: ...


class Stage:
    """One server, four people and the bot.

    ``organiser`` may manage the server; ``second_organiser`` has the organisers' role and nothing else; ``member`` has
    neither; ``outsider`` is in no server with the bot and speaks to it in direct messages only. Everything here takes
    the lock; whoever drives ``env`` or an actor while others do must hold ``env.lock`` too.
    """

    def __init__(self, settings: Settings, clock: StageClock, app: App, env: Discord, opener: Opener) -> None:
        self.settings = settings
        self.clock = clock
        self.app = app
        self.env = env
        self._opener = opener
        self.guild: GuildHandle = env.create_guild(SERVER, preferred_locale="en-GB")
        self.channel: ChannelHandle = self.guild.create_text_channel("general", topic=TOPIC)
        self.notices: ChannelHandle = self.guild.create_text_channel("organisers")
        manage = discord.Permissions(manage_guild=True)
        self.organiser_role: RoleHandle = self.guild.create_role("Organisers")
        admins = self.guild.create_role("Server managers", permissions=manage)
        self.organiser: MemberActor = self._joins("nadia", "Nadia (organiser, invented)", admins, self.organiser_role)
        self.second_organiser: MemberActor = self._joins("gwen", "Gwen (organiser, invented)", self.organiser_role)
        self.member: MemberActor = self._joins("tomos", "Tomos (member, invented)")
        self.outsider: UserHandle = env.create_user("rosa", global_name="Rosa (not in the server, invented)")
        env.strict.user_installs.add(self.outsider.id)

    text_of = staticmethod(text_of)
    buttons_of = staticmethod(buttons_of)

    def _joins(self, name: str, shown: str, *roles: RoleHandle) -> MemberActor:
        return self.guild.add_member(self.env.create_user(name, global_name=shown), roles=roles)

    @property
    def guild_id(self) -> GuildId:
        return GuildId(self.guild.id)

    @property
    def posted(self) -> list[discord.Message]:
        """List what the bot posted in the server for everyone to see, oldest first."""
        ours = self.env.backend.bot_user.id
        found = [
            message
            for channel in self.guild.channels.values()
            for message in channel.history()
            if message.author.id == ours and not message.flags.ephemeral
        ]
        return sorted(found, key=lambda message: message.id)

    @property
    def people(self) -> dict[str, Any]:
        """Give everyone by the name that a scene calls them: the one who acts in the server, or in direct messages only."""
        return {
            "nadia": self.organiser,
            "gwen": self.second_organiser,
            "tomos": self.member,
            "rosa": self.outsider,
        }

    async def set_up(self, **changes: Any) -> None:
        """Set the server up as its organiser would: post in the channel, organisers by role; ``changes`` beside these."""
        services = self.app.services
        person = await services.people.person_for(UserId(self.organiser.id))
        await services.guilds.change(
            self.guild_id,
            person,
            **{
                "channel_id": ChannelId(self.channel.id),
                "organiser_role_id": RoleId(self.organiser_role.id),
                **changes,
            },
        )

    async def sweep(self) -> None:
        """Send what is due."""
        async with self.env.lock:
            await self._sweep()

    async def move_to(self, instant: datetime) -> None:
        """Move the clock, and Discord's with it. Nothing is sent by that alone: as if Postbag had been off meanwhile."""
        async with self.env.lock:
            await self._move(instant)

    async def play_to(self, instant: datetime) -> None:
        """Move the clock as time passes: each reminder and each daily look at its own time on the way."""
        async with self.env.lock:
            began = london_today(self.clock)
            await self._sweep()
            while True:
                now = self.clock.now()
                due = await self.app.services.delivery.next_due()
                daily = _next_daily(now)
                stop = min(instant, daily, due if due is not None and due > now else instant)
                if stop > now:
                    await self._move(stop)
                if stop == daily:
                    await self.app.recompute()
                await self._sweep()
                if stop >= instant:
                    break
            if london_today(self.clock) != began:
                await self.app.refresh()

    async def restart(self) -> None:
        """Close Postbag and open it again on the same data: buttons of before must still work."""
        async with self.env.lock:
            await self.restart_unlocked()

    async def restart_unlocked(self) -> None:
        """Restart for a caller who holds the lock."""
        self.app = await self._opener.reopen()
        await self.env.restart_bot(self.app.client)
        await self.app.services.delivery.recover()
        await self.env.settle()

    def make_channel(self) -> None:
        """Make #general, or a new one where it was deleted. The settings still name the old one."""
        self.channel = self.guild.create_text_channel("general", topic=TOPIC)

    async def _move(self, instant: datetime) -> None:
        self.clock.move_to(instant)
        await self.env.follow_clock()

    async def _sweep(self) -> None:
        await self.app.sweep()
        await self.env.settle()


class Opener:
    """Open the app, and again after closing it: a restart. ``prepare`` is run on each app as soon as it is open."""

    def __init__(self, make: Callable[[], AbstractAsyncContextManager[App]], prepare: Prepare | None) -> None:
        self._make = make
        self._prepare = prepare
        self._open: AsyncExitStack | None = None

    async def reopen(self) -> App:
        """Close what is open, and open it again."""
        await self.close()
        async with AsyncExitStack() as stack:
            app = await stack.enter_async_context(self._make())
            _send_without_pause(app)
            if self._prepare is not None:
                await self._prepare(app)
            self._open = stack.pop_all()
        return app

    async def close(self) -> None:
        """Close what is open."""
        if self._open is not None:
            stack, self._open = self._open, None
            await stack.aclose()


@asynccontextmanager
async def open_stage(
    settings: Settings,
    clock: StageClock,
    *,
    reports: Sequence[Report] = (),
    prepare: Prepare | None = None,
    kind: type[S] | None = None,
) -> AsyncIterator[S]:
    """Open Postbag and a simulated Discord around it.

    ``reports`` are held beside the shipped ones; ``prepare`` is run on the app whenever it is opened, before it meets
    Discord; ``kind`` is the kind of stage to build.
    """
    async with AsyncExitStack() as stack:
        opener = Opener(lambda: open_app(settings, clock=clock, reports=reports), prepare)
        stack.push_async_callback(opener.close)
        app = await opener.reopen()
        env = await stack.enter_async_context(simulated_discord(app.client, clock))
        built: S = (kind or Stage)(settings, clock, app, env, opener)  # type: ignore[assignment]
        await env.settle()
        await app.services.delivery.recover()
        yield built


AT_ONCE = 10_000.0
"""Messages a second: as good as no pause."""


def _send_without_pause(app: App) -> None:
    """Leave out the pauses that spare Discord's rate limits: they count the machine's seconds, while days jump by here."""
    app.services.delivery._attempts._pacer = Pacer(AT_ONCE)
    app.services.delivery._channels = Channels(window=0.0)
    app.services.shares.lift((What.COMMAND, What.SUGGESTION))
    app.client.begins_after = None  # the invented Discord waits for as long as a busy machine takes


def _next_daily(now: datetime) -> datetime:
    local = now.astimezone(LONDON)
    day = local.date() if local.time() < DAILY else local.date() + timedelta(days=1)
    return datetime.combine(day, DAILY, tzinfo=LONDON)
