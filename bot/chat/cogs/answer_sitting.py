"""Going through the answers of a response, one press for each. The list opens from /reports import."""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import show_form, stay
from bot.chat.cards.answer_sitting import sitting_card
from bot.chat.cards.writing import shorten
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import number_in, person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, reply
from bot.chat.views.deadlines import add_form, typed_card
from bot.chat.views.imports import response_form
from bot.clock import london_today
from bot.domain.answer_targets import last_day
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.deadlines import DeadlineKind
from bot.domain.errors import PostbagError, Refused
from bot.domain.links import is_web_address
from bot.domain.reports import long_date
from bot.services.answer_sitting import AnswerSittings, Sitting

NO_DRAFT = ("That draft has gone.", "Somebody saved or cancelled it, or it was more than a day old: /reports import")


class AnswerSitting(commands.Cog):
    """Answers the presses of a sitting. Organisers only; every answer is private."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> AnswerSittings:
        return self.client.services.sittings

    @presses("sitting.begin", organiser=True)
    async def begin(self, interaction: Interaction, press: Press) -> None:
        """Open the first answer; ask for the day and address of the response first where its pages do not say."""
        group, number = require_group(interaction), _number(press, 0)
        sitting = await self.service.show(group, number)
        day, link = self.service.day_of(sitting.draft), self.service.link_of(sitting.draft)
        if day is None or not link:
            await show_form(interaction, response_form(number, day, link))
            return
        await stay(interaction)
        await self._show(interaction, sitting)

    @presses("sitting.source", organiser=True)
    async def source(self, interaction: Interaction, press: Press) -> None:
        """Take the day and address of the response."""
        await stay(interaction)
        number = _number(press, 0)
        typed = [press.text("date"), press.text("link")]
        try:
            if not is_web_address(typed[1].strip()):
                raise Refused(
                    "That link isn't a full web address.", "Copy it from your browser, beginning with https://"
                )
            day = read_day(typed[0], london_today(self.client.services.clock), lean=Lean.BACK)
            await self._show(
                interaction, await self.service.source(require_group(interaction), number, day, typed[1].strip())
            )
        except PostbagError as error:
            await reply(
                interaction, typed_card(error, ("date", "link"), typed, Act("Try again", "sitting.begin", (number,)))
            )

    @presses("sitting.say", organiser=True)
    async def say(self, interaction: Interaction, press: Press) -> None:
        """Record what the answer amounts to, and show the next."""
        await stay(interaction)
        group, person = require_group(interaction), await person_of(interaction)
        place = _number(press, 1)
        await self._show(
            interaction, await self.service.say(group, _number(press, 0), place, press.arg(2), press.arg(3), person)
        )

    @presses("sitting.confirm", organiser=True)
    async def confirm(self, interaction: Interaction, press: Press) -> None:
        """Confirm what another organiser proposed, and show the next."""
        await stay(interaction)
        group, person = require_group(interaction), await person_of(interaction)
        await self._show(
            interaction,
            await self.service.confirm(group, _number(press, 0), _number(press, 1), _number(press, 2), person),
        )

    @presses("sitting.none", organiser=True)
    async def none(self, interaction: Interaction, press: Press) -> None:
        """Take it that the answer is not to this item."""
        await stay(interaction)
        group = require_group(interaction)
        await self._show(
            interaction, await self.service.none(group, _number(press, 0), _number(press, 1), _number(press, 2))
        )

    @presses("sitting.next", organiser=True)
    async def next(self, interaction: Interaction, press: Press) -> None:
        """Leave an answer for later, and show the next."""
        await stay(interaction)
        await self._show(
            interaction, await self.service.show(require_group(interaction), _number(press, 0), _number(press, 1))
        )

    @presses("sitting.target", organiser=True)
    async def target(self, interaction: Interaction, press: Press) -> None:
        """Open the form of a date, filled with what the Government says it will do and by when."""
        sitting = await self.service.show(require_group(interaction), _number(press, 0), _number(press, 1))
        answer = sitting.proposed.answer
        day, today = last_day(answer.target), london_today(self.client.services.clock)
        about = sitting.item.theme if sitting.item else sitting.draft.report.short_title
        title = f"The Government's own target, {shorten(answer.target, 40)}: {shorten(about, 80, 120)}"
        values = (title, long_date(day) if day and day > today else "", "", self.service.link_of(sitting.draft))
        await show_form(interaction, add_form(values, kind=DeadlineKind.EXPECTED_ANSWER.value))

    async def _show(self, interaction: Interaction, sitting: Sitting) -> None:
        mine = False
        if sitting.waiting is not None:
            mine = sitting.waiting.recorded_by == await person_of(interaction)
        await reply(interaction, sitting_card(sitting, mine))


def _number(press: Press, place: int) -> int:
    return number_in(press.arg(place), *NO_DRAFT)
