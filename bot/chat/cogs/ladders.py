"""When reminders come: a ladder is typed, shown as dates, and only then kept; for the group or for one clock."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.ladders import kept_card, ladder_code, proposed_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Option, form, reply, select_field, text_field
from bot.chat.views.deadlines import typed_before, typed_card
from bot.domain.deadlines import Deadline, OwnLadder
from bot.domain.errors import NotFound, Overtaken, PostbagError
from bot.domain.guilds import DAYS_OFF
from bot.domain.identity import DeadlineId, GuildId
from bot.domain.ladders import LONGEST_LADDER, read_ladder, write_ladder
from bot.domain.plain_text import within_sentence
from bot.services.deadlines import ladder_edition

FIELDS = ("days",)


class Ladders(commands.Cog):
    """Buttons and a form under /admin setup and under each clock; organisers alone, asked again at every press."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @presses("ladder.edit", organiser=True)
    async def edit(self, interaction: Interaction, press: Press) -> None:
        """Open the form, filled with what is held or was typed."""
        group = require_group(interaction)
        deadline = await self._deadline(group, press)
        typed = typed_before(interaction.message, len(FIELDS))[0] if press.arg(1) == "typed" else press.arg(1)
        held = await self._present_ladder(group, deadline)
        opened = press.arg(3) or ladder_edition(held)
        monthly = press.arg(2) in ("1", "3") if press.arg(2) else held.monthly
        aloud = press.arg(2) in ("2", "3") if press.arg(2) else held.aloud
        await show_form(
            interaction,
            form(
                "When to remind",
                "ladder.check",
                text_field(
                    "days",
                    "Days from the date",
                    description="Use minus for days before, 0 for the day and plus for after: -21, -7, 0, +1",
                    value=typed or write_ladder(held.days),
                    most=LONGEST_LADDER,
                ),
                select_field(
                    "monthly",
                    "After the last day",
                    [
                        Option("Every month, while it is overdue", "1", chosen=monthly),
                        Option("No more reminders", "0", chosen=not monthly),
                    ],
                ),
                select_field(
                    "aloud",
                    "Before the day",
                    [
                        Option("Show the post silently", "0", "Nobody gets a notification", chosen=not aloud),
                        Option("Notify people", "1", "As on the day itself", chosen=aloud),
                    ],
                    required=False,
                ),
                args=(press.arg(0, "0"), opened),
            ),
        )

    @presses("ladder.check", organiser=True)
    async def check(self, interaction: Interaction, press: Press) -> None:
        """Show what was typed as dates. What cannot be read is given back."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        typed, monthly, aloud = press.text("days"), press.text("monthly") != "0", press.text("aloud") == "1"
        try:
            await self._propose(interaction, group, press, OwnLadder(read_ladder(typed), monthly, aloud))
        except PostbagError as error:
            again = Act(
                "Try again", "ladder.edit", (press.arg(0, "0"), "typed", int(monthly) + 2 * int(aloud), press.arg(1))
            )
            await reply(interaction, typed_card(error, FIELDS, (typed,), again))

    @presses("ladder.keep", organiser=True)
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Keep a ladder that was shown."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        deadline = await self._deadline(group, press)
        person = await person_of(interaction)
        ladder = OwnLadder(read_ladder(press.arg(1)), press.arg(2) in ("1", "3"), press.arg(2) in ("2", "3"))
        services, opened = self.client.services, press.arg(3)
        try:
            if deadline is None:
                await services.guilds.change(
                    group, person, opened=opened, ladder=ladder.days, monthly=ladder.monthly, aloud=ladder.aloud
                )
            else:
                await services.deadlines.own_ladder(group, deadline.deadline_id, person, ladder, opened=opened)
        except Overtaken as error:
            again = Act("Correct it", "ladder.edit", (press.arg(0, "0"), "typed", ladder_code(ladder), error.edition))
            await reply(interaction, typed_card(error, FIELDS, (write_ladder(ladder.days),), again))
            return
        await reply(interaction, kept_card(ladder, deadline))

    @presses("ladder.group", organiser=True)
    async def as_the_group(self, interaction: Interaction, press: Press) -> None:
        """Let a clock follow its group's ladder again."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        deadline = await self._deadline(group, press)
        if deadline is None:
            raise NotFound("Your group doesn't have that deadline.", "Use /deadlines list to see them all.")
        await self.client.services.deadlines.own_ladder(group, deadline.deadline_id, await person_of(interaction), None)
        settings = await self.client.services.guilds.settings(group)
        await reply(interaction, kept_card(OwnLadder(settings.ladder, settings.monthly, settings.aloud), deadline))

    async def _propose(self, interaction: Interaction, group: GuildId, press: Press, ladder: OwnLadder) -> None:
        services = self.client.services
        deadline = await self._deadline(group, press)
        number = deadline.deadline_id if deadline is not None else None
        planned = await services.deadlines.if_laddered(group, ladder, number)
        off = (await services.guilds.settings(group)).days_off
        said = f"Posted on: {within_sentence(DAYS_OFF[off])}." if off else ""
        await reply(interaction, proposed_card(ladder, planned, deadline, days_words=said, opened=press.arg(1)))

    async def _present_ladder(self, group: GuildId, deadline: Deadline | None) -> OwnLadder:
        if deadline is not None and deadline.ladder is not None:
            return deadline.ladder
        settings = await self.client.services.guilds.settings(group)
        return OwnLadder(settings.ladder, settings.monthly, settings.aloud)

    async def _deadline(self, group: GuildId, press: Press) -> Deadline | None:
        number = press.arg(0, "0")
        if not number.isdecimal() or len(number) > 18:
            raise NotFound("Your group doesn't have that deadline.", "Use /deadlines list to see them all.")
        return await self.client.services.deadlines.get(group, DeadlineId(int(number))) if int(number) else None
