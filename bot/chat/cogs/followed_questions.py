"""/deadlines question: follow a written question to its answer. The command itself stands with the other deadlines."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.cards.followed_questions import clock_card, followed_card, question_card, which_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import reply
from bot.domain.identity import GuildId
from bot.domain.said import Said
from bot.services.followed_questions import FollowedQuestionService


class FollowedQuestions(commands.Cog):
    """Answers the command and its presses, for organisers, privately."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> FollowedQuestionService:
        return self.client.services.followed_questions

    async def show_question(self, interaction: Interaction, number: str) -> None:
        """Show the question of a number or link, ask which, or list what is followed where none is given."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        held = await self.service.of_group(group)
        if not number.strip():
            await reply(interaction, followed_card(held))
            return
        found = await self.service.find(number)
        if len(found) > 1:
            await reply(interaction, which_card(found))
            return
        await self._show(interaction, group, found[0], follows=found[0].key in {one.key for one in held})

    async def _show(self, interaction: Interaction, group: GuildId, said: Said, *, follows: bool) -> None:
        has_clock = follows and await self.service.clocks.follows(group, said)
        await reply(interaction, question_card(said, follows=follows, has_clock=has_clock))

    @presses("question.follow", organiser=True)
    async def follow(self, interaction: Interaction, press: Press) -> None:
        """Follow a question."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        key = press.values[0] if press.values else press.arg(0)
        said = await self.service.follow(group, key, await person_of(interaction))
        await self._show(interaction, group, said, follows=True)

    @presses("question.clock", organiser=True)
    async def start_clock(self, interaction: Interaction, press: Press) -> None:
        """Add the day for the answer to the group's dates, with its reminders."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        said, deadline = await self.service.start_clock(group, press.arg(0), await person_of(interaction))
        await reply(interaction, clock_card(said, deadline))

    @presses("question.stop", organiser=True)
    async def stop(self, interaction: Interaction, press: Press) -> None:
        """Follow a question no longer."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        key = press.values[0] if press.values else press.arg(0)
        await self.service.stop(group, key, await person_of(interaction))
        await reply(interaction, followed_card(await self.service.of_group(group)))
