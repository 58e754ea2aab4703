"""/privacy: what is kept, what is held about me, take it with me, erase it. Works everywhere, also after leaving a server."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.cards.privacy import about_card, forget_card, forgotten_card, held_card
from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, reply
from bot.domain.identity import UserId
from bot.services.people import PeopleService


class Privacy(commands.Cog):
    """Privacy. Every answer is private and about the one who asks."""

    privacy: app_commands.Group = everywhere(
        app_commands.Group(name="privacy", description="What Postbag keeps about me: see it, download it, erase it")
    )

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> PeopleService:
        return self.client.services.people

    @privacy.command(name="about", description="What Postbag keeps, for how long, and who is responsible for it")
    async def about(self, interaction: Interaction) -> None:
        """Show the privacy notice on one screen."""
        await reply(interaction, about_card(self.client.services.operator))

    @privacy.command(name="show", description="What Postbag keeps about me")
    async def show(self, interaction: Interaction) -> None:
        """List what is held about the person who asks."""
        await begin(interaction)
        await self._show(interaction)

    @privacy.command(name="export", description="Download everything kept about me")
    async def export(self, interaction: Interaction) -> None:
        """Give what is held as a JSON file."""
        await begin(interaction)
        await self._export(interaction)

    @privacy.command(name="forget-me", description="Erase everything kept about me")
    async def forget_me(self, interaction: Interaction) -> None:
        """Ask once, then erase."""
        await reply(interaction, forget_card())

    @presses("privacy.show")
    async def show_pressed(self, interaction: Interaction, press: Press) -> None:
        """List what is held about the person who asks."""
        await begin(interaction, in_place=False)
        await self._show(interaction)

    @presses("privacy.export")
    async def export_pressed(self, interaction: Interaction, press: Press) -> None:
        """Give what is held as a JSON file."""
        await begin(interaction, in_place=False)
        await self._export(interaction)

    @presses("privacy.forget")
    async def forget_pressed(self, interaction: Interaction, press: Press) -> None:
        """Ask once before erasing."""
        await reply(interaction, forget_card())

    @presses("privacy.forgotten")
    async def forget_confirmed(self, interaction: Interaction, press: Press) -> None:
        """Erase everything of the person who asks."""
        await begin(interaction, in_place=False)
        await reply(interaction, forgotten_card(await self.service.forget(UserId(interaction.user.id))))

    async def _show(self, interaction: Interaction) -> None:
        await reply(interaction, held_card(await self.service.held(UserId(interaction.user.id))))

    async def _export(self, interaction: Interaction) -> None:
        file = await self.service.export(UserId(interaction.user.id))
        card = Card("What Postbag keeps about you").text("The file has every row, readable, as JSON.")
        await reply(interaction, card.small("Only you can see this."), files=[file])
