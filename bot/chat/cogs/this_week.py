"""This week, and what is coming up in Parliament: for organisers, privately. The Monday post is off until one asks for it."""

from __future__ import annotations

from datetime import timedelta

from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.cards.coming_up import coming_card, made_card, week_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.cogs.admin import Admin
from bot.chat.common import cog_of, person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import reply
from bot.clock import london_today


class ThisWeek(commands.Cog):
    """Answers the presses around a week and what it brings."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @presses("week.on", organiser=True)
    async def turn_on(self, interaction: Interaction, press: Press) -> None:
        """Post each Monday what the week holds."""
        await cog_of(self.client, Admin).choose(interaction, "done", lambda: {"weekly": True})

    @presses("week.off", organiser=True)
    async def turn_off(self, interaction: Interaction, press: Press) -> None:
        """Post it no longer."""
        await cog_of(self.client, Admin).choose(interaction, "done", lambda: {"weekly": False})

    @presses("week.see", organiser=True)
    async def see(self, interaction: Interaction, press: Press) -> None:
        """Show what the post of this week says, without posting it."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        services = self.client.services
        settings = await services.guilds.settings(group)
        today = london_today(services.clock)
        words = await services.this_week.words(settings, today - timedelta(days=today.weekday()))
        await reply(interaction, week_card(words, weekly=settings.weekly))

    @presses("coming.list", organiser=True)
    async def coming(self, interaction: Interaction, press: Press) -> None:
        """List what is coming up that touches the followed reports."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        await reply(interaction, coming_card(await self.client.services.coming_up.to_group(group)))

    @presses("coming.event", organiser=True)
    async def make_event(self, interaction: Interaction, press: Press) -> None:
        """Make an event of one of them, to plan back from."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        ref = press.values[0] if press.values else press.arg(0)
        event = await self.client.services.coming_up.make_event(group, ref, await person_of(interaction))
        await reply(interaction, made_card(event))
