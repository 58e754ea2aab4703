"""A step of a plan that is posted now: asked first, with the very words."""

from __future__ import annotations

from bot.chat.answers import begin
from bot.chat.cards.actions import post_now_card
from bot.chat.client import Interaction
from bot.chat.cogs.actions import CHANGED_SINCE, Actions
from bot.chat.common import number_in, person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import reply
from bot.chat.views.plan_cog import PlanCog
from bot.domain.errors import Overtaken
from bot.domain.identity import ActionId


class ActionForward(PlanCog):
    """Post a step that is still to come at once."""

    @presses("action.now", organiser=True)
    async def ask(self, interaction: Interaction, press: Press) -> None:
        """Show the step as it goes out, and ask."""
        await begin(interaction)
        group, action_id = require_group(interaction), _id(press)
        await reply(interaction, post_now_card(await self.service.forward.preview(group, action_id, press.arg(1))))

    @presses("action.now.sure", organiser=True)
    async def post(self, interaction: Interaction, press: Press) -> None:
        """Post it, as it was seen. Where the plan changed since, show what would go out now, and ask again."""
        await begin(interaction)
        group, action_id, key = require_group(interaction), _id(press), press.arg(2)
        seen, person = _number(press.arg(1)), await person_of(interaction)
        try:
            changed = await self.service.forward.post(group, action_id, seen, person, key)
        except Overtaken:
            now = await self.service.forward.preview(group, action_id, key)
            await reply(interaction, post_now_card(now, CHANGED_SINCE))
            return
        plans = self.client.get_cog(Actions.__name__)
        assert isinstance(plans, Actions)
        await plans.show_plan(interaction, changed, f"“{changed.step(key).title}” is being posted.")


def _id(press: Press) -> ActionId:
    return ActionId(_number(press.arg(0)))


def _number(text: str) -> int:
    return number_in(text, "Your group doesn't have that plan.", "See them all with /action list.")
