"""A new plan with the steps, words and recommendations of an earlier one: what it counts back from is asked first."""

from __future__ import annotations

from bot.chat.answers import begin
from bot.chat.client import Interaction
from bot.chat.cogs.actions import Actions
from bot.chat.common import number_in, person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import plain
from bot.chat.views.plan_cog import PlanCog
from bot.domain.actions import TITLE_LIMIT
from bot.domain.group_events import GroupEvent
from bot.domain.identity import ActionId


class ActionCopies(PlanCog):
    """Copy a plan to another deadline or event. To a day that is typed: see the forms of plans."""

    @presses("action.copy", organiser=True)
    async def ask(self, interaction: Interaction, press: Press) -> None:
        """Ask what the copy counts back from."""
        await begin(interaction, in_place=False)
        known = await self.service.get(require_group(interaction), _id(press))
        await self._plans.ask_what_from(interaction, known)

    @presses("action.copy.from", organiser=True)
    async def copy(self, interaction: Interaction, press: Press) -> None:
        """Draft a copy back from the deadline or the event that was chosen."""
        await begin(interaction)
        group = require_group(interaction)
        known = await self.service.get(group, _id(press))
        wanted = await self._plans.named_date(interaction, press.values[0] if press.values else press.arg(1))
        person, title = await person_of(interaction), wanted.title[:TITLE_LIMIT]
        if isinstance(wanted, GroupEvent):
            day = wanted.coming(self.client.services.clock.now())[0].on
            made, notes = await self.service.copy(group, person, known, title, on=day, event=wanted.group_event_id)
        else:
            made, notes = await self.service.copy(group, person, known, title, deadline_id=wanted.deadline_id)
        await self._plans.show_plan(interaction, made, "\n".join(map(plain, notes)))

    @property
    def _plans(self) -> Actions:
        plans = self.client.get_cog(Actions.__name__)
        assert isinstance(plans, Actions)
        return plans


def _id(press: Press) -> ActionId:
    return ActionId(number_in(press.arg(0), "Your group doesn't have that plan.", "See them all with /action list."))
