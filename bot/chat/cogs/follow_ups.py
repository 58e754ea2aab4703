"""*I sent it*, and what came back: private to the letter's sender, from the first press to the last check."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.cards.follow_ups import (
    again_card,
    answered_card,
    kept_card,
    letter_edition,
    list_card,
    moved_form,
    open_card,
    outcome_of,
    promised_form,
    question_form,
    removed_card,
    sent_form,
    tabled_card,
    visit_card,
)
from bot.chat.cards.followed_questions import which_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import number_in
from bot.chat.faults import DISCORD_FAULTS
from bot.chat.permissions import is_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, reply
from bot.chat.viewing import group_meant, open_form
from bot.clock import london_today
from bot.domain.correspondence import record_of
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.editions import require_edition
from bot.domain.errors import PostbagError, Refused
from bot.domain.follow_ups import Outcome, require_promise, require_sent
from bot.domain.identity import FollowUpId, UserId
from bot.domain.letter_facts import subject
from bot.domain.reports import long_date
from bot.domain.said import Said
from bot.services.follow_ups import FollowUpService, Letter

log = logging.getLogger(__name__)


class FollowUps(commands.Cog):
    """Letters a person said they sent."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> FollowUpService:
        return self.client.services.follow_ups

    @presses("followup.sent")
    async def ask_when(self, interaction: Interaction, press: Press) -> None:
        """Say what would be kept, and ask for the day: what the letter is about and its seat's id are in the button."""
        today = long_date(london_today(self.client.services.clock))
        await open_form(interaction, sent_form(press.arg(0), press.arg(1), today))

    @presses("followup.kept")
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Keep that the letter was sent."""
        try:
            sent_on = require_sent(self._day(press.text("sent")), london_today(self.client.services.clock))
        except Refused as refused:
            await reply(interaction, again_card(refused, "followup.sent", press.args))
            return
        group = group_meant(interaction)
        about = self.client.services.letters.topic(press.arg(0), group)
        seat = self.client.services.members.directory.by_id(int(press.arg(1))) if press.arg(1).isdecimal() else None
        letter = await self.service.sent(
            UserId(interaction.user.id),
            recommendation=about.value,
            constituency_id=seat.constituency_id if seat is not None else None,
            guild_id=group,
            sent_on=sent_on,
        )
        await self._show(interaction, letter, kept_card(letter, self._about(letter)), update=False)

    @presses("followup.list")
    async def list_pressed(self, interaction: Interaction, press: Press) -> None:
        """List the letters."""
        await self.show_list(interaction)

    @presses("followup.pick")
    async def pick(self, interaction: Interaction, press: Press) -> None:
        """Open the letter that was chosen from the list."""
        await self._open(interaction, press.values[0] if press.values else "")

    @presses("followup.open")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Ask what came back of a letter."""
        await self._open(interaction, press.arg(0))

    @presses("followup.said")
    async def said(self, interaction: Interaction, press: Press) -> None:
        """Take down what came back; a promised date is asked for first."""
        outcome = outcome_of(press.arg(1))
        if outcome is None:
            raise Refused("That isn't one of the choices.", "Open the letter again with /letter follow-ups.")
        if outcome is Outcome.PROMISED:
            letter = await self._letter(interaction, press.arg(0))
            await open_form(interaction, promised_form(letter))
            return
        if outcome is Outcome.TABLED:
            letter = await self._letter(interaction, press.arg(0))
            await open_form(interaction, question_form(letter))
            return
        await self._answered(interaction, press.arg(0), outcome)

    @presses("followup.tabled")
    async def tabled(self, interaction: Interaction, press: Press) -> None:
        """Look up the question that the MP tabled, and follow it to its answer for this person."""
        typed = press.text("question")
        letter = await self._letter(interaction, press.arg(0))
        said = f"sent on {long_date(letter.held.sent_on)}, {letter.held.outcome.label.lower()}"
        require_edition(press.arg(1), letter_edition(letter), "That letter", said)
        await begin(interaction, in_place=_private(interaction))
        try:
            found = await self.client.services.followed_questions.find(typed)
        except PostbagError as error:
            again = again_card(error, "followup.said", (press.arg(0), "tabled"), typed)
            await reply(interaction, again, update=_private(interaction))
            return
        if len(found) > 1:
            card = which_card(found, "followup.question", (letter.held.follow_up_id,))
            await self._show(interaction, letter, card)
            return
        await self._follow(interaction, press.arg(0), found[0])

    @presses("followup.question")
    async def question(self, interaction: Interaction, press: Press) -> None:
        """Follow the question that was chosen by its day of tabling."""
        await begin(interaction, in_place=_private(interaction))
        said = await self.client.services.followed_questions.read(press.values[0] if press.values else press.arg(1))
        await self._follow(interaction, press.arg(0), said)

    async def _follow(self, interaction: Interaction, number: str, said: Said) -> None:
        letter = await self.service.keep_question(UserId(interaction.user.id), _number(number), said)
        card = tabled_card(letter, self._about(letter), said, organiser=await is_organiser(interaction))
        await self._show(interaction, letter, card)

    @presses("followup.promised")
    async def promised(self, interaction: Interaction, press: Press) -> None:
        """Take down by when an answer was promised."""
        today = london_today(self.client.services.clock)
        try:
            day = require_promise(read_day(press.text("promised"), today), today)
            await self._as_seen(interaction, press, day, lambda letter: letter.held.promised_on)
        except Refused as refused:
            again = again_card(refused, "followup.said", (press.arg(0), "promised"), press.text("promised"))
            await reply(interaction, again)
            return
        letter = await self.service.answered(
            UserId(interaction.user.id), _number(press.arg(0)), Outcome.PROMISED, promised_on=day
        )
        await self._show(interaction, letter, answered_card(letter, self._about(letter)))

    @presses("followup.date")
    async def ask_date(self, interaction: Interaction, press: Press) -> None:
        """Ask for another day of sending."""
        await open_form(interaction, moved_form(await self._letter(interaction, press.arg(0))))

    @presses("followup.redated")
    async def redated(self, interaction: Interaction, press: Press) -> None:
        """Change the day of sending."""
        try:
            day = require_sent(self._day(press.text("sent")), london_today(self.client.services.clock))
            await self._as_seen(interaction, press, day, lambda letter: letter.held.sent_on)
        except Refused as refused:
            await reply(interaction, again_card(refused, "followup.date", press.args[:1], press.text("sent")))
            return
        letter = await self.service.moved(UserId(interaction.user.id), _number(press.arg(0)), day)
        await self._show(interaction, letter, kept_card(letter, self._about(letter)))

    @presses("followup.remove")
    async def remove(self, interaction: Interaction, press: Press) -> None:
        """Take a letter off the list."""
        await self.service.remove(UserId(interaction.user.id), _number(press.arg(0)))
        await reply(interaction, removed_card(), update=_private(interaction))

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu
    ) -> None:
        """Put a check that could not be delivered to its person, now that they are here and were answered."""
        if command.qualified_name in ("letter follow-ups", "privacy forget-me"):
            return
        try:
            letter = await self.service.waiting_at_visit(UserId(interaction.user.id))
            if letter is not None:
                card = visit_card(letter, self._about(letter), self._seat(letter))
                await self._show(interaction, letter, card, update=False)
        except (*DISCORD_FAULTS, PostbagError) as failure:
            log.info("a check could not be put to its person at a visit: %s", type(failure).__name__)

    async def show_list(self, interaction: Interaction) -> None:
        """Show the letters that the person said they sent."""
        letters = await self.service.letters(UserId(interaction.user.id))
        card: Card = list_card([(letter, self._about(letter), self._seat(letter)) for letter in letters])
        await reply(interaction, card, update=_private(interaction))

    async def _open(self, interaction: Interaction, number: str) -> None:
        letter = await self._letter(interaction, number)
        await self._show(interaction, letter, open_card(letter, self._about(letter), self._seat(letter)))

    async def _show(self, interaction: Interaction, letter: Letter, card: Card, *, update: bool = True) -> None:
        """Show a card of a letter. Its controls belong to the letter's group, wherever its sender reads it."""
        await reply(interaction, card, update=update and _private(interaction), group=letter.held.guild_id)

    async def _answered(self, interaction: Interaction, number: str, outcome: Outcome) -> None:
        letter = await self.service.answered(UserId(interaction.user.id), _number(number), outcome)
        await self._show(interaction, letter, answered_card(letter, self._about(letter), self._record(letter)))

    async def _as_seen(
        self, interaction: Interaction, press: Press, day: date, held: Callable[[Letter], date | None]
    ) -> None:
        """Overtaken: the letter is not what the form was opened on, and does not say already what was typed."""
        letter = await self._letter(interaction, press.arg(0))
        if held(letter) != day:
            said = f"sent on {long_date(letter.held.sent_on)}, {letter.held.outcome.label.lower()}"
            require_edition(press.arg(1), letter_edition(letter), "That letter", said)

    async def _letter(self, interaction: Interaction, number: str) -> Letter:
        return await self.service.letter(UserId(interaction.user.id), _number(number))

    def _day(self, typed: str) -> date:
        return read_day(typed, london_today(self.client.services.clock), lean=Lean.BACK)

    def _about(self, letter: Letter) -> str:
        """Name what a letter is about; a report that is no longer in Postbag has only its short name."""
        try:
            return subject(self.client.services.letters.topic(letter.held.recommendation, letter.held.guild_id))
        except PostbagError:
            return letter.held.recommendation

    def _record(self, letter: Letter) -> str:
        """Say how often the department that answers on it answered MPs in time, as last published."""
        try:
            office = self.client.services.letters.office(
                self.client.services.letters.topic(letter.held.recommendation, letter.held.guild_id)
            )
        except PostbagError:
            return record_of("", "")
        return record_of(office.key, office.department)

    def _seat(self, letter: Letter) -> str:
        number = letter.held.constituency_id
        seat = self.client.services.members.directory.by_id(number) if number is not None else None
        return seat.name if seat is not None else ""


def _number(text: str) -> FollowUpId:
    return FollowUpId(
        number_in(text, "That letter is no longer on your list.", "See your list with /letter follow-ups.")
    )


def _private(interaction: Interaction) -> bool:
    """Tell whether the message of a press is a private card, which the next one may replace."""
    return interaction.message is not None and interaction.message.flags.ephemeral
