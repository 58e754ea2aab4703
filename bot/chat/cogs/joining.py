"""What everybody can do with a plan: open it, join unseen, leave, write, take its days away. Every answer is private."""

from __future__ import annotations

from bot.chat.answers import begin
from bot.chat.cards.actions import open_card
from bot.chat.client import Interaction
from bot.chat.cogs.letters import Letters
from bot.chat.common import cog_of, number_in
from bot.chat.permissions import is_organiser, require_group
from bot.chat.post_buttons import CHASER
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, Option, reply
from bot.chat.viewing import group_meant
from bot.chat.views.deadline_files import offer_calendar, who_asked
from bot.chat.views.plan_cog import PlanCog
from bot.domain.actions import Action, ActionState
from bot.domain.errors import NotFound
from bot.domain.identity import ActionId, UserId


class Joining(PlanCog):
    """Joining and leaving a plan are each person's own, and shown to nobody."""

    @presses("action.open")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Show a plan to one who may see it."""
        await begin(interaction, in_place=False)
        await self._open(interaction, await self._visible(interaction, press))

    @presses("action.join")
    async def join(self, interaction: Interaction, press: Press) -> None:
        """Let a person join, privately."""
        await begin(interaction, in_place=False)
        group = group_meant(interaction) or require_group(interaction)
        action, fresh = await self.service.joining.join(
            group, ActionId(_number(press.arg(0))), UserId(interaction.user.id)
        )
        card = Card("You've signed up, privately" if fresh else "You'd already signed up")
        card.text(
            "Postbag will send you a direct message when each step is due. The first is on its way. If your direct messages "
            "are closed, you'll see it next time you use Postbag."
        )
        card.buttons(
            Act("Open the plan", "action.open", (int(action.action_id),)),
            Act("Leave", "action.leave", (int(action.action_id),)),
        )
        await reply(
            interaction, card.small("Nobody can see that you signed up, not even organisers. /privacy show lists it.")
        )

    @presses("action.leave")
    async def leave(self, interaction: Interaction, press: Press) -> None:
        """Let a person go."""
        await begin(interaction, in_place=False)
        gone = await self.service.joining.leave(ActionId(_number(press.arg(0))), UserId(interaction.user.id))
        await reply(
            interaction,
            Card("You've left the plan" if gone else "You hadn't signed up for that plan").text(
                "Postbag won't message you about it again, and has erased that you signed up."
            ),
        )

    @presses("action.write")
    async def write(self, interaction: Interaction, press: Press) -> None:
        """Begin a letter about what the plan is about."""
        action = await self._visible(interaction, press)
        late = await self.service.changes.report_of(action) if press.arg(1) == CHASER and action.deadline_id else None
        if late is not None:
            letters = self.client.get_cog(Letters.__name__)
            assert isinstance(letters, Letters)
            await letters.begin(interaction, action.guild_id, about=late, frame=CHASER)
            return
        if len(action.items) > 1:
            rows = [Option(label, item) for item, label in zip(action.items, self.service.labels(action), strict=True)]
            card = Card("Write about which one?").select(
                "action.letter", rows, args=(int(action.action_id),), placeholder="Which one?"
            )
            await reply(interaction, card, group=action.guild_id)
            return
        await self._letter(interaction, action, action.items[0] if action.items else "")

    @presses("action.letter")
    async def letter(self, interaction: Interaction, press: Press) -> None:
        """Begin a letter about the recommendation that was picked."""
        await self._letter(interaction, await self._visible(interaction, press, first=True), press.chosen)

    @presses("action.ics")
    async def calendar(self, interaction: Interaction, press: Press) -> None:
        """Hand over the plan's days as a calendar file."""
        await begin(interaction, in_place=False)
        action = await self._visible(interaction, press)
        titles, alarms = press.arg(1) == "titles", press.arg(2) == "alarms"
        asked = "" if titles else await who_asked(interaction, group_at_risk=await self.service.is_neutral(action))
        file = await self.service.calendar(action, neutral=bool(asked), alarms=alarms)
        card = Card("Calendar file").text(
            "Open it with your calendar. Download it again if dates change: your calendar then updates the steps, "
            "and cancels any that were removed."
        )
        made = offer_calendar(card, "action.ics", (int(action.action_id),), asked, titles=titles, alarms=alarms)
        await reply(interaction, made, files=(file,), group=action.guild_id)

    async def _letter(self, interaction: Interaction, action: Action, item: str) -> None:
        letters = cog_of(self.client, Letters)
        await letters.begin(interaction, action.guild_id, about=item, frame=action.template)

    async def _open(self, interaction: Interaction, action: Action) -> None:
        joined = await self.service.joining.joined(action.action_id, UserId(interaction.user.id)) is not None
        card = open_card(action, self.today, self.service.labels(action), joined=joined)
        await reply(interaction, card, group=action.guild_id)

    async def _visible(self, interaction: Interaction, press: Press, *, first: bool = False) -> Action:
        """Give a plan to somebody in its server, or to one who joined it. NotFound: anybody else, and drafts."""
        named = press.arg(0) or (press.values[0] if press.values else "")
        action_id = ActionId(_number(named))
        group = group_meant(interaction)
        found: Action | None = None
        if group is not None:
            found = await self.service.get(group, action_id)
        else:
            found = await self.service.joining.joined(action_id, UserId(interaction.user.id))
        if found is None or (found.stored is ActionState.DRAFT and not await is_organiser(interaction)):
            raise NotFound("That plan has gone.", "It was archived, or you left it.")
        return found


def _number(text: str) -> int:
    return number_in(text, "That plan has gone.", "It was archived, or you left it.")
