"""The group's report as a picture and as a table. It is opened with /action report. For organisers."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.cards.actions import plans_card
from bot.chat.cards.counts import counts_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, reply, without_markdown
from bot.clock import london_today
from bot.domain.errors import Unavailable
from bot.services.counts import counts_file


class Counts(commands.Cog):
    """Numbers of a group, which say nothing of anybody."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @presses("counts.picture", organiser=True)
    async def picture(self, interaction: Interaction, press: Press) -> None:
        """Draw the report, beside the same in words."""
        await begin(interaction, in_place=False)
        report = await self.client.services.counts.report(require_group(interaction))
        card = counts_card(report, controls=False)
        files = []
        try:
            files.append(await self.client.services.counts.picture(report))
        except Unavailable as error:
            card.text(f"{without_markdown(error.message)} {without_markdown(error.next_step)}")
        await reply(interaction, card, files=files)

    @presses("counts.csv", organiser=True)
    async def table(self, interaction: Interaction, press: Press) -> None:
        """Hand over the report as a table."""
        await begin(interaction, in_place=False)
        report = await self.client.services.counts.report(require_group(interaction))
        card = Card("The report as a table").text("The same numbers as on the card, and nothing else.")
        await reply(interaction, card.small("It names nobody. Only you can see this."), files=[counts_file(report)])

    @presses("counts.plans", organiser=True)
    async def plans(self, interaction: Interaction, press: Press) -> None:
        """List the plans, to record what came of one."""
        await begin(interaction, in_place=False)
        plans = await self.client.services.actions.plans(require_group(interaction))
        await reply(interaction, plans_card(plans, london_today(self.client.services.clock)))
