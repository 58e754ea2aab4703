"""Which committees? Organisers choose those whose reports the group wants to know of, and start a clock the same day."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.committees import chosen_card, committees_card, found_card
from bot.chat.cards.reports import followed_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import form, reply, text_field
from bot.clock import london_today
from bot.domain.errors import Refused
from bot.services.publications import CHOICES, PublicationService


class Committees(commands.Cog):
    """Choose committees, and follow what they have published. Every answer is private, every press for organisers."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> PublicationService:
        return self.client.services.publications

    @presses("watch.open", organiser=True)
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Show what is chosen."""
        await begin(interaction, in_place=False)
        await self.show(interaction)

    @presses("watch.ask", organiser=True)
    async def ask(self, interaction: Interaction, press: Press) -> None:
        """Ask for a word of a committee's name."""
        await show_form(
            interaction,
            form(
                "Add a committee",
                "watch.find",
                text_field(
                    "words", "A word from its name", description="For example foreign, health, public accounts", most=80
                ),
            ),
        )

    @presses("watch.find", organiser=True)
    async def find(self, interaction: Interaction, press: Press) -> None:
        """Offer the committees that fit."""
        await begin(interaction, in_place=False)
        words = press.text("words").strip()
        await reply(interaction, found_card(words, await self.service.find(words), CHOICES))

    @presses("watch.add", organiser=True)
    async def add(self, interaction: Interaction, press: Press) -> None:
        """Choose a committee, and show which of its reports await a response."""
        await begin(interaction, in_place=False)
        committee, awaited = await self.service.choose(
            require_group(interaction), _number(press), await person_of(interaction)
        )
        await reply(interaction, chosen_card(committee, awaited, london_today(self.client.services.clock)))

    @presses("watch.drop", organiser=True)
    async def drop(self, interaction: Interaction, press: Press) -> None:
        """Look out for a committee no longer."""
        await begin(interaction, in_place=False)
        await self.service.drop(require_group(interaction), _number(press), await person_of(interaction))
        await self.show(interaction, "Postbag no longer follows that committee. Reminders already set carry on.")

    @presses("watch.follow", organiser=True)
    async def follow_pressed(self, interaction: Interaction, press: Press) -> None:
        """Watch the clock of a report that was picked."""
        await begin(interaction, in_place=False)
        await self.follow(interaction, _number(press))

    async def show(self, interaction: Interaction, problem: str = "") -> None:
        """Answer with the committees that are chosen."""
        await reply(interaction, committees_card(await self.service.chosen(require_group(interaction)), problem))

    async def follow(self, interaction: Interaction, publication_id: int) -> None:
        """Follow a publication for this group, and say what that brings."""
        guild_id = require_group(interaction)
        services = self.client.services
        person = await person_of(interaction)
        slug = await self.service.take_up(guild_id, publication_id, person)
        clock = await services.deadlines.following.follow(guild_id, slug, person)
        settings = await services.guilds.settings(guild_id)
        report = services.reports.for_group(require_group(interaction)).report(slug)
        today = london_today(services.clock)
        await reply(interaction, followed_card(report, clock, today, channel_set=settings.channel_id is not None))


def _number(press: Press) -> int:
    written = press.values[0] if press.values else press.arg(0)
    if not written.isdecimal() or len(written) > 9:
        raise Refused("You haven't chosen anything.", "Choose one from the list.")
    return int(written)
