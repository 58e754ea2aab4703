"""What is recorded of a deadline from its card: a promise, a part of the answer, the answer, or that it is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.deadlines import changed_card, withdraw_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import plain, reply
from bot.chat.views.deadlines import FACT, deadline_number, fact_form, keep_or_hand_back, revision_in, try_again
from bot.clock import london_today
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.deadlines import Deadline, Fact, facts_of
from bot.domain.errors import Overtaken, Refused
from bot.domain.identity import DeadlineId


class DeadlineFacts(commands.Cog):
    """Buttons and forms under each clock; organisers alone, asked again at every press."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @presses("deadlines.promised", organiser=True)
    async def promised_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form for a promise."""
        await show_form(interaction, fact_form("promised", await self._deadline_of(interaction, press)))

    @presses("deadlines.received", organiser=True)
    async def received_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form for an answer."""
        await show_form(interaction, fact_form("received", await self._deadline_of(interaction, press)))

    @presses("deadlines.partly", organiser=True)
    async def partly_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form for an interim answer."""
        await show_form(interaction, fact_form("partly", await self._deadline_of(interaction, press)))

    @presses("deadlines.withdraw", organiser=True)
    async def withdraw_pressed(self, interaction: Interaction, press: Press) -> None:
        """Ask once before withdrawing."""
        await begin(interaction, in_place=False)
        found = await self._deadline_of(interaction, press)
        await reply(interaction, withdraw_card(found, london_today(self.client.services.clock)))

    @presses("deadlines.withdrawn", organiser=True)
    async def withdraw_confirmed(self, interaction: Interaction, press: Press) -> None:
        """Withdraw a deadline."""
        await begin(interaction, in_place=False)
        found = await self._deadline_of(interaction, press)
        deadlines, today = self.client.services.deadlines, london_today(self.client.services.clock)
        try:
            change = await deadlines.facts.withdraw(
                found.guild_id, found.deadline_id, await person_of(interaction), revision=revision_in(press, 1)
            )
        except Overtaken as error:
            card = withdraw_card(await deadlines.get(found.guild_id, found.deadline_id), today)
            await reply(interaction, card.text(f"**{plain(error.message)}**"))
            return
        await reply(interaction, changed_card(change, today, await deadlines.ladder(change.deadline)))

    @presses("deadlines.promised.keep", organiser=True)
    async def promised_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the promise of a submitted form."""
        await self._fact_sent(interaction, "promised", press)

    @presses("deadlines.received.keep", organiser=True)
    async def received_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the answer of a submitted form."""
        await self._fact_sent(interaction, "received", press)

    @presses("deadlines.partly.keep", organiser=True)
    async def partly_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the interim answer of a submitted form."""
        await self._fact_sent(interaction, "partly", press)

    async def _fact_sent(self, interaction: Interaction, fact: str, press: Press) -> None:
        typed = tuple(press.text(name) for name in FACT)
        await record_fact(interaction, fact, deadline_number(press.arg(0)), revision_in(press, 1), typed)

    async def _deadline_of(self, interaction: Interaction, press: Press) -> Deadline:
        return await self.client.services.deadlines.get(require_group(interaction), deadline_number(press.arg(0)))


async def record_fact(
    interaction: Interaction,
    kind: str,
    deadline_id: DeadlineId,
    revision: int | None,
    typed: Sequence[str],
) -> None:
    """Record a fact. ``revision`` None: a command that saw nothing, so it replaces nothing that is recorded already."""
    group = require_group(interaction)
    services = interaction.client.services
    today = london_today(services.clock)
    fact = Fact(kind)

    async def work() -> None:
        if not typed[0].strip():
            raise Refused("You haven't given a date.", "Give the day, for example: today, or 8 September 2027.")
        on = read_day(typed[0], today, lean=Lean.FORWARD if fact is Fact.PROMISED else Lean.BACK)
        held = await services.deadlines.get(group, deadline_id)
        before = facts_of(held)[fact]
        seen = revision if revision is not None or before is None else 0
        person = await person_of(interaction)
        change = await services.deadlines.facts.record(fact, group, deadline_id, person, on, typed[1], revision=seen)
        await reply(interaction, changed_card(change, today, await services.deadlines.ladder(change.deadline), (on,)))

    await keep_or_hand_back(interaction, work, FACT, typed, try_again(fact, deadline_id, revision))
