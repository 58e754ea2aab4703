"""An event of a group among Discord's own events, where organisers want it: made with a warning, moved and called off with it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

import discord
from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.client import Interaction, PostbagClient
from bot.chat.cogs.action_events import EVENT_LASTS, NAME_LIMIT, NEUTRAL_NAME
from bot.chat.common import number_in
from bot.chat.faults import DISCORD_FAULTS, surely_not_done
from bot.chat.following import Follower
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, plain, reply
from bot.domain.errors import PostbagError, Refused, Unavailable
from bot.domain.group_events import GroupEvent, Occurrence
from bot.domain.identity import GroupEventId, GuildId
from bot.services.turns import Turns

log = logging.getLogger(__name__)

PLACE_LIMIT = 100
SOMEWHERE = "Ask your group"
"""Discord wants a place of every event."""


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    starts: datetime
    ends: datetime
    place: str


class GroupEventListing(commands.Cog):
    """Discord's own list of events, with a group's in it."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client
        self._turns = Turns()
        self._follower = Follower("events", self._follow_all)

    @presses("event.list", organiser=True)
    async def ask(self, interaction: Interaction, press: Press) -> None:
        """Warn that an event in Discord's list is public, before one is made."""
        await begin(interaction, in_place=False)
        event = await self._event_of(interaction, press)
        await reply(
            interaction,
            Card("Add it to Discord's events?")
            .text(
                "Everyone in the server sees the event, and **everyone sees who presses Interested**. "
                "It moves when you change the event here, and disappears when you call it off."
            )
            .buttons(
                Act("Make the event", "event.list.make", (int(event.group_event_id),)),
                Act("Back", "deadlines.show", (f"event {event.group_event_id}",)),
            ),
        )

    @presses("event.list.make", organiser=True)
    async def make(self, interaction: Interaction, press: Press) -> None:
        """Make it for the next time of the event, once."""
        await begin(interaction, in_place=False)
        group = require_group(interaction)
        async with self._turns.of(group):
            event = await self._event_of(interaction, press)
            here = self._next(event)
            guild = self.client.get_guild(group)
            if (await self.client.services.guilds.settings(group)).high_risk:
                raise Refused(
                    "Your group chose neutral wording, so Postbag won't add this to Discord's events, where everyone can read its name.",
                    "You can still post about it yourself.",
                )
            if here is None or guild is None:
                raise Refused(
                    "Discord only lists events that haven't started, and this one has no more times to come.",
                    "Change the event first, or post about it yourself.",
                )
            if not guild.me.guild_permissions.create_events:
                raise Refused(
                    "Postbag doesn't have permission to make events in this server.",
                    "Give its role *Create Events*: Server settings → Roles → Postbag. Then press again.",
                )
            made = await self._listed_event(guild, event) or await self._made(guild, event, here)
            self.client.services.writes.happened()
            await self.client.services.group_events.listed(event, made.id)
        card = Card("It's in Discord's events").text(
            f"**{plain(made.name)}**, {discord.utils.format_dt(made.start_time)}."
        )
        await reply(
            interaction,
            card.small("It moves with the event, and disappears when you call it off. Only you can see this."),
        )

    @commands.Cog.listener()
    async def on_group_changed(self, group: GuildId) -> None:
        """Let what is in Discord's list follow the group's events, after its organisers changed something."""
        await self._follower.changed(group)

    async def _follow_all(self, group: GuildId) -> BaseException | None:
        guild, failed = self.client.get_guild(group), None
        if guild is None:
            return None
        for event in await self.client.services.group_events.list(group):
            try:
                await self._follow(guild, event)
            except DISCORD_FAULTS as fault:
                failed = fault
                log.info("event %d in Discord's list did not follow: %s", event.group_event_id, type(fault).__name__)
            except PostbagError as error:
                log.info("event %d in Discord's list did not follow: %s", event.group_event_id, error.message)
        return failed

    async def _follow(self, guild: discord.Guild, event: GroupEvent) -> None:
        held = await self._listed_event(guild, event)
        if held is None:
            return
        here = self._next(event)
        if event.off_on is not None or here is None:
            await held.cancel(reason="It was called off")
            return
        wanted = _facts(event, here)
        if (await self.client.services.guilds.settings(event.guild_id)).high_risk:
            # It was listed before the group said that people could be targeted; everybody in the server reads it.
            wanted = replace(wanted, name=NEUTRAL_NAME, place=SOMEWHERE)
        if (held.name, held.start_time, held.location) != (wanted.name, wanted.starts, wanted.place):
            await held.edit(
                name=wanted.name,
                start_time=wanted.starts,
                end_time=wanted.ends,
                location=wanted.place,
                reason="It was changed",
            )

    async def _listed_event(self, guild: discord.Guild, event: GroupEvent) -> discord.ScheduledEvent | None:
        """Give what is in Discord's list of it and has not begun, or None."""
        number = await self.client.services.group_events.listed_as(event)
        if number is None:
            return None
        try:
            held = await guild.fetch_scheduled_event(number, with_counts=False)
        except discord.NotFound:
            return None  # somebody deleted it on Discord
        return held if held.status is discord.EventStatus.scheduled else None

    async def _made(self, guild: discord.Guild, event: GroupEvent, here: Occurrence) -> discord.ScheduledEvent:
        wanted = _facts(event, here)
        try:
            return await guild.create_scheduled_event(
                name=wanted.name,
                start_time=wanted.starts,
                end_time=wanted.ends,
                location=wanted.place,
                entity_type=discord.EntityType.external,
                privacy_level=discord.PrivacyLevel.guild_only,
                description="An event for this group. Everyone can see who presses Interested.",
            )
        except discord.Forbidden:
            raise Refused("Discord didn't let Postbag make an event.", "Give its role *Create Events*.") from None
        except DISCORD_FAULTS as fault:
            if surely_not_done(fault):
                raise Unavailable(
                    "Discord couldn't make the event just now.", "Please try again in a minute."
                ) from None
            raise Unavailable(
                "Discord may have made the event.", "Look under the server's Events before you press again."
            ) from None

    def _next(self, event: GroupEvent) -> Occurrence | None:
        """Give the first time that has still to begin, at an hour that Discord can show."""
        now = self.client.services.clock.now()
        return next((here for here in event.coming(now, 5) if here.starts > now), None)

    async def _event_of(self, interaction: Interaction, press: Press) -> GroupEvent:
        number = number_in(press.arg(0), "Your group doesn't have that event.", "Use /deadlines list to see them all.")
        return await self.client.services.group_events.get(require_group(interaction), GroupEventId(number))


def _facts(event: GroupEvent, here: Occurrence) -> _Listed:
    ends = here.ends if event.minutes or here.at is None else here.starts + EVENT_LASTS
    return _Listed(event.title[:NAME_LIMIT], here.starts, ends, (event.place or SOMEWHERE)[:PLACE_LIMIT])
