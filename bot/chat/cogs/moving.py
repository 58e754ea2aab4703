"""A group's set-up out of a server and into one. The commands are /admin export and /admin import. For organisers."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.moving import ask_file, export_card, shown_card, taken_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, reply
from bot.chat.uploads import uploaded_file
from bot.domain.errors import Refused
from bot.domain.identity import UserId
from bot.domain.moving import LARGEST
from bot.domain.shares import What
from bot.services.moving import MovingService, Shown

HINT = "Choose the file from /admin export."


class MovingDesk(commands.Cog):
    """Hand a group's set-up over as a file; take one in after showing what it would bring."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> MovingService:
        return self.client.services.moving

    async def export(self, interaction: Interaction) -> None:
        """Hand over the file, privately."""
        file = await self.service.export(require_group(interaction))
        await reply(interaction, export_card(), files=[file])

    async def ask(self, interaction: Interaction) -> None:
        """Ask for a file."""
        await show_form(interaction, ask_file())

    @presses("moving.file", organiser=True)
    async def given(self, interaction: Interaction, press: Press) -> None:
        """Read the file and say what it would bring."""
        await begin(interaction, in_place=False)
        group = require_group(interaction)
        self.client.services.shares.take(What.IMPORT, UserId(interaction.user.id), group)
        content = await uploaded_file(self.client, press, "file", largest=LARGEST, hint=HINT)
        if content is None:
            raise Refused("You haven't chosen a file.", HINT)
        shown = await self.service.show(group, content)
        await reply(interaction, shown_card(shown))

    @presses("moving.take", organiser=True)
    async def take(self, interaction: Interaction, press: Press) -> None:
        """Import the file that was shown."""
        await begin(interaction, in_place=False)
        person = await self.client.services.people.person_for(UserId(interaction.user.id))
        done = await self.service.take(require_group(interaction), person, press.arg(0))
        await reply(interaction, shown_card(done) if isinstance(done, Shown) else taken_card(done))

    @presses("moving.drop", organiser=True)
    async def drop(self, interaction: Interaction, press: Press) -> None:
        """Forget the file that was shown."""
        self.service.drop(press.arg(0))
        await reply(interaction, Card("Not imported").text("Nothing was changed."), update=True)
