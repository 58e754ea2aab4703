"""In Parliament: what is said there on a recommendation, kept as evidence by organisers, who also choose the words to look for.

Every press here reads what Postbag holds. None makes a request to Parliament's services.
"""

from __future__ import annotations

from discord.ext import commands

from bot.chat.answers import begin, show_form, stay
from bot.chat.cards.house_actors import NOT_AGAINST, acted_card
from bot.chat.cards.records import preview_card
from bot.chat.cards.said import FIELDS, SEARCH, said_card, tried_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import person_of
from bot.chat.permissions import is_organiser, require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, reply
from bot.chat.viewing import group_meant, reports_for
from bot.chat.views.deadlines import typed_before, typed_card
from bot.chat.views.said import words_form
from bot.domain.errors import NotFound, PostbagError
from bot.domain.records import RecordKind
from bot.domain.references import Found
from bot.domain.said_evidence import evidence_words
from bot.services.house_actors import actors_file
from bot.services.records import Typed
from bot.services.said import SaidService


class SaidInParliament(commands.Cog):
    """Answers the presses around what is said in Parliament. Every answer is private."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> SaidService:
        return self.client.services.said

    @presses("said.list")
    async def list_pressed(self, interaction: Interaction, press: Press) -> None:
        """Show a page of what Parliament says on a recommendation, newest first."""
        found = reports_for(interaction).find(press.arg(0))
        await begin(interaction, in_place=False)
        await self._show(interaction, found, _page(press.arg(1)))

    @presses("said.keep", organiser=True)
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Draft one thing said as evidence: its preview is kept, changed or dropped like any other."""
        found = reports_for(interaction).find(press.arg(0))
        kind, _, key = (press.values[0] if press.values else press.arg(1)).partition(":")
        await begin(interaction, in_place=False)
        said = await self.service.one(require_group(interaction), found, kind, key)
        if said is None:
            raise NotFound("Postbag no longer has that.", "Open *In Parliament* again and choose another.")
        typed = Typed(on=said.newest, words=evidence_words(said), url=said.url)
        records = self.client.services.records
        drafted = await records.draft(require_group(interaction), found.value, RecordKind.EVIDENCE, typed)
        await reply(interaction, preview_card(drafted, second=await records.waits_for_second(drafted)))

    @presses("said.words", organiser=True)
    async def words(self, interaction: Interaction, press: Press) -> None:
        """Open the form with the words that are looked for now."""
        found = reports_for(interaction).find(press.arg(0))
        words, _ = await self.service.words(require_group(interaction), found)
        await show_form(interaction, words_form(found, ", ".join(words.must), ", ".join(words.terms)))

    @presses("said.again", organiser=True)
    async def again(self, interaction: Interaction, press: Press) -> None:
        """Open the form with what was typed before."""
        found = reports_for(interaction).find(press.arg(0))
        must, terms = typed_before(interaction.message, len(FIELDS))
        await show_form(interaction, words_form(found, must, terms))

    @presses("said.try", organiser=True)
    async def tried(self, interaction: Interaction, press: Press) -> None:
        """Show what typed words find in what is held. Nothing is saved, and nothing goes out."""
        found = reports_for(interaction).find(press.arg(0))
        typed = tuple(press.text(name) for name in FIELDS)
        await begin(interaction, in_place=False)
        try:
            words = self.service.read_words(*typed)
        except PostbagError as error:
            again = Act("Try again", "said.again", (found.value,))
            await reply(interaction, typed_card(error, FIELDS, typed, again))
            return
        group = require_group(interaction)
        tried = await self.service.try_words(group, found, words)
        waits = await self.service.are_new(group, found, words)
        asks = await self.service.asks_first(group, found, words)
        await reply(interaction, tried_card(found, tried, waits=waits, asks_first=asks))

    @presses("said.save", organiser=True)
    async def save(self, interaction: Interaction, press: Press) -> None:
        """Save the words of the card that was pressed; where people could be targeted, search for them only if that was chosen."""
        found = reports_for(interaction).find(press.arg(0))
        words = self.service.read_words(*typed_before(interaction.message, len(FIELDS)))
        await stay(interaction)
        group, person = require_group(interaction), await person_of(interaction)
        await self.service.save_words(group, found, words, person, search=press.arg(1) == SEARCH)
        await self._show(interaction, found, 0)

    @presses("said.reset", organiser=True)
    async def reset(self, interaction: Interaction, press: Press) -> None:
        """Go back to the report's own words."""
        found = reports_for(interaction).find(press.arg(0))
        await stay(interaction)
        await self.service.reset_words(require_group(interaction), found, await person_of(interaction))
        await self._show(interaction, found, 0)

    @presses("said.house", organiser=True)
    async def house(self, interaction: Interaction, press: Press) -> None:
        """List who in the House has acted on a report's words."""
        report = reports_for(interaction).report(press.arg(0))
        await begin(interaction, in_place=False)
        acted = await self.client.services.house_actors.acted_on(require_group(interaction), report)
        await reply(interaction, acted_card(acted, _page(press.arg(1))))

    @presses("said.house.csv", organiser=True)
    async def house_table(self, interaction: Interaction, press: Press) -> None:
        """Hand the same list over as a table."""
        report = reports_for(interaction).report(press.arg(0))
        await begin(interaction, in_place=False)
        acted = await self.client.services.house_actors.acted_on(require_group(interaction), report)
        card = Card("Who has acted, as a table").text(f"{len(acted.actors)} Members, as on the card.")
        await reply(interaction, card.small(NOT_AGAINST), files=[actors_file(acted)])

    async def _show(self, interaction: Interaction, found: Found, page: int) -> None:
        result = await self.service.on(group_meant(interaction), found)
        await reply(interaction, said_card(found, result, page, organiser=await is_organiser(interaction)))


def _page(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0
