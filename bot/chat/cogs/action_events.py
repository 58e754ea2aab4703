"""A plan among Discord's scheduled events, where organisers want it: made with a warning, moved and called off with its plan."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import person_of
from bot.chat.faults import DISCORD_FAULTS, surely_not_done
from bot.chat.following import Follower
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, plain, reply
from bot.clock import london_today
from bot.domain.actions import Action, ActionState
from bot.domain.errors import NotFound, PostbagError, Refused, Unavailable
from bot.domain.identity import ActionId, GuildId
from bot.services.turns import Turns

log = logging.getLogger(__name__)

# Discord takes no event at a place without an end, and a plan says none.
EVENT_LASTS = timedelta(hours=1)
NAME_LIMIT = 100
NEUTRAL_NAME = "A date for this group"


class ActionEvents(commands.Cog):
    """Scheduled events of plans."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client
        self._turns = Turns()
        self._follower = Follower("plans", self._follow_all)

    @presses("action.event", organiser=True)
    async def event(self, interaction: Interaction, press: Press) -> None:
        """Warn that an event is public, before one is made."""
        action = await self._plan_of(interaction, press)
        await reply(
            interaction,
            Card("Add it to Discord's events?")
            .text(
                "Everyone in the server sees the event, and **everyone sees who presses Interested**. If people could be targeted, "
                "don't make one: *Sign up privately* under the posts shows nobody.\n"
                "If you move or cancel the plan, Postbag does the same with the event."
            )
            .buttons(
                Act("Make the event", "action.event.make", (int(action.action_id),), style=discord.ButtonStyle.danger),
                Act("Back to the plan", "action.show", (int(action.action_id),)),
            ),
        )

    @presses("action.event.make", organiser=True)
    async def make_event(self, interaction: Interaction, press: Press) -> None:
        """Make the scheduled event, or say what Discord wants for it."""
        await begin(interaction, in_place=False)
        async with self._turns.of(press.arg(0)):
            await self._make(interaction, await self._plan_of(interaction, press))

    async def _make(self, interaction: Interaction, action: Action) -> None:
        service = self.client.services.actions
        group = require_group(interaction)
        guild = self.client.get_guild(group)
        if not action.state(london_today(self.client.services.clock)).is_planned:
            raise Refused("This plan isn't running.", "Approve it first: /action list.")
        starts = service.event_time(action, await self.client.services.guilds.settings(group))
        if action.event_id is not None:
            await reply(interaction, Card("The event already exists").text("See it under the server's Events."))
            return
        if guild is None or not guild.me.guild_permissions.create_events:
            raise Refused(
                "Postbag doesn't have permission to make events in this server.",
                "Give its role *Create Events*: Server settings → Roles → Postbag. Then press again.",
            )
        name = await self._name(action)
        made = await self._made(guild, name, starts)
        self.client.services.writes.happened()
        await service.held_event(group, action.action_id, made.id, await person_of(interaction))
        card = Card("Postbag has made the event").text(f"**{plain(name)}**, {discord.utils.format_dt(starts)}.")
        if await service.is_neutral(action):
            card.text("Your group chose neutral wording, so the event doesn't name the plan.")
        await reply(
            interaction,
            card.small("If you move or cancel the plan, Postbag does the same with the event. Only you can see this."),
        )

    @commands.Cog.listener()
    async def on_group_changed(self, group: GuildId) -> None:
        """Let the events of a group's plans follow them, after its organisers changed something."""
        await self._follower.changed(group)

    async def _follow_all(self, group: GuildId) -> BaseException | None:
        today, failed = london_today(self.client.services.clock), None
        for action in await self.client.services.actions.plans(group):
            if action.event_id is not None and action.centre_on >= today:
                try:
                    await self._follow(action, action.event_id)
                except DISCORD_FAULTS as fault:
                    failed = fault
                    log.info("the event of action %d did not follow it: %s", action.action_id, type(fault).__name__)
                except PostbagError as error:
                    log.info("the event of action %d did not follow it: %s", action.action_id, error.message)
        return failed

    async def _follow(self, action: Action, event_id: int) -> None:
        guild = self.client.get_guild(action.guild_id)
        if guild is None:
            return
        try:
            event = await guild.fetch_scheduled_event(event_id, with_counts=False)
        except discord.NotFound:
            return  # somebody deleted it on Discord
        if event.status is not discord.EventStatus.scheduled:
            return
        if action.stored is ActionState.CANCELLED:
            await event.cancel(reason="The plan was cancelled")
            return
        if not action.stored.is_open:
            return
        starts = self.client.services.actions.event_time(
            action, await self.client.services.guilds.settings(action.guild_id)
        )
        name = await self._name(action)
        if event.start_time != starts or event.name != name:
            await event.edit(
                name=name,
                start_time=starts,
                end_time=starts + EVENT_LASTS,
                reason="The plan has changed",
            )

    async def _name(self, action: Action) -> str:
        """Give what the event is called: everybody in the server reads it, and whoever looks over their shoulder."""
        neutral = await self.client.services.actions.is_neutral(action)
        return NEUTRAL_NAME if neutral else action.title[:NAME_LIMIT]

    async def _made(self, guild: discord.Guild, name: str, starts: datetime) -> discord.ScheduledEvent:
        try:
            return await self._create(guild, name, starts)
        except discord.Forbidden:
            raise Refused("Discord didn't let Postbag make an event.", "Give its role *Create Events*.") from None
        except DISCORD_FAULTS as fault:
            if surely_not_done(fault):
                raise Unavailable(
                    "Discord couldn't make the event just now.", "Please try again in a minute."
                ) from None
            found = await self._event_like(guild, name, starts)
            if found is not None:
                return found
            raise Unavailable(
                "Discord may have made the event.", "Check the server's Events before you press again."
            ) from None

    async def _event_like(self, guild: discord.Guild, name: str, starts: datetime) -> discord.ScheduledEvent | None:
        """Look for the event that Discord may have made without saying so."""
        try:
            held = await guild.fetch_scheduled_events(with_counts=False)
        except DISCORD_FAULTS:
            return None
        for event in held:
            ours = self.client.user is not None and event.creator_id == self.client.user.id
            if ours and event.name == name and event.start_time == starts:
                return event
        return None

    async def _create(self, guild: discord.Guild, name: str, starts: datetime) -> discord.ScheduledEvent:
        return await guild.create_scheduled_event(
            name=name,
            start_time=starts,
            end_time=starts + EVENT_LASTS,
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
            location="See this group's plan",
            description="A date for this group. Everyone can see who presses Interested.",
        )

    async def _plan_of(self, interaction: Interaction, press: Press) -> Action:
        number = press.arg(0)
        if not number.isdecimal() or len(number) > 18:
            raise NotFound("Your group doesn't have that plan.", "See them all with /action list.")
        return await self.client.services.actions.get(require_group(interaction), ActionId(int(number)))
