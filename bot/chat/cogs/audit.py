"""What organisers changed and when, for organisers: never what members did. The command is /admin audit."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.cards.audit import SHOWN, audit_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, reply
from bot.domain.identity import PersonId, UserId
from bot.services.audit import MOST_LINES, audit_file


class AuditDesk(commands.Cog):
    """Pages of the list of changes, and the list as a file."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    async def show(self, interaction: Interaction, before: int | None = None) -> None:
        """Show one page: the newest lines, or those before a line."""
        services = self.client.services
        found = await services.audit.lines(require_group(interaction), before=before, limit=SHOWN + 1)
        people: dict[PersonId, UserId | None] = {}
        for person_id in {line.by for line in found if line.by is not None}:
            people[person_id] = await services.people.user_of(person_id)
        await reply(interaction, audit_card(found[:SHOWN], people, before=before, more=len(found) > SHOWN))

    @presses("audit.page", organiser=True)
    async def page(self, interaction: Interaction, press: Press) -> None:
        """Turn to the lines before one, or back to the newest, in the same message."""
        await begin(interaction)
        number = press.arg(0)
        await self.show(interaction, int(number) if number.isdecimal() and len(number) < 18 else None)

    @presses("audit.file", organiser=True)
    async def file(self, interaction: Interaction, press: Press) -> None:
        """Hand over the whole list as a table, without names."""
        await begin(interaction, in_place=False)
        lines = await self.client.services.audit.lines(require_group(interaction), limit=MOST_LINES)
        card = Card("What organisers changed").text(f"{len(lines)} lines, newest first, without who changed it.")
        await reply(interaction, card.small("Only you can see this."), files=[audit_file(lines)])
