"""/mp: who sits for a constituency, found by its name or by a postcode. Every answer is private."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.chat.cards.members import ask_card, member_card, near_card, postcode_card
from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.lengths import Name
from bot.chat.permissions import group_of
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, choices, form, reply, text_field
from bot.domain.errors import NotFound, Refused
from bot.domain.members import Constituency
from bot.services.members import MemberService

POSTCODE_NOTE = (
    "The postcode goes to postcodes.io and to Parliament's Members API to find the constituency, without your name or "
    "anything else about you. Postbag does not keep, show or log it."
)

OWN_TABLE_NOTE = (
    "The postcode is looked up in a table on this Postbag's own computer. Only if it is not in there, it goes to "
    "postcodes.io and to Parliament's Members API, without your name or anything else about you. Postbag does not keep, "
    "show or log it."
)


@everywhere
class Members(commands.GroupCog, group_name="mp", group_description="Find your Member of Parliament"):
    """MPs by constituency and by postcode."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def members(self) -> MemberService:
        return self.client.services.members

    @app_commands.command(name="find", description="The MP of a constituency, with date and source of the data")
    @app_commands.describe(constituency="Part of the constituency's name, or of the MP's")
    async def find(self, interaction: Interaction, constituency: Name = "") -> None:
        """Show the MP of a constituency, or ask which one."""
        await self._found(interaction, constituency)

    @find.autocomplete("constituency")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Suggest constituencies by their name or their Member's, from memory."""
        return choices(self.members.complete(current, 25))

    @app_commands.command(name="postcode", description="Find your MP by a postcode, which is not kept or shown")
    async def postcode(self, interaction: Interaction) -> None:
        """Open the form for a postcode."""
        await self._ask_postcode(interaction)

    @presses("mp.find")
    async def ask(self, interaction: Interaction, press: Press) -> None:
        """Ask for a constituency in a form."""
        field = text_field("constituency", "Your constituency", description="Part of its name is enough", most=100)
        await interaction.response.send_modal(form("Find my MP", "mp.named", field))

    @presses("mp.named")
    async def named(self, interaction: Interaction, press: Press) -> None:
        """Look up the constituency that was typed."""
        await self._found(interaction, press.text("constituency"))

    @presses("mp.seat")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Show the MP of the constituency that was chosen."""
        number = press.values[0] if press.values else press.arg(0)
        seat = self.members.directory.by_id(int(number)) if number.isdecimal() else None
        if seat is None:
            raise NotFound("That constituency is no longer in the list.", "Look for yours again with /mp find.")
        await self._show(interaction, seat)

    @presses("mp.postcode")
    async def postcode_instead(self, interaction: Interaction, press: Press) -> None:
        """Open the form for a postcode."""
        await self._ask_postcode(interaction)

    @presses("mp.located")
    async def located(self, interaction: Interaction, press: Press) -> None:
        """Look up a postcode and ask for confirmation."""
        await self._require_postcodes(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self.members.by_postcode(press.text("postcode"))
        card = postcode_card(found.constituencies, warning=found.warning, as_of=self._as_of, source=found.source)
        await reply(interaction, card)

    @property
    def _as_of(self) -> str:
        return self.members.as_of_line(self.client.services.clock.now())

    async def _found(self, interaction: Interaction, typed: str) -> None:
        if not typed.strip():
            dissolved = self.members.dissolution_line()
            card = ask_card(as_of=self._as_of, postcodes=await self._postcodes(interaction), dissolved=dissolved)
            await reply(interaction, card)
            return
        try:
            seat = self.members.find(typed)
        except NotFound:
            near = self.members.near(typed)
            card = near_card(typed, near, as_of=self._as_of, postcodes=await self._postcodes(interaction))
            await reply(interaction, card)
            return
        await self._show(interaction, seat)

    async def _show(self, interaction: Interaction, seat: Constituency) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        dissolved = self.members.dissolution_line()
        if not dissolved:
            seat = await self.members.with_contact(seat)
        card: Card = member_card(
            seat,
            as_of=self._as_of,
            dissolved=dissolved,
            doubtful=self.members.suspects_dissolution,
            invented=self.members.directory.invented,
            contact_read=self.members.has_read_contact(seat),
        )
        await reply(interaction, card)

    async def _ask_postcode(self, interaction: Interaction) -> None:
        if self.members.dissolution_line():
            raise Refused("Nobody is an MP just now.", self.members.dissolution_line())
        await self._require_postcodes(interaction)
        field = text_field("postcode", "Your postcode", description="The whole of it, such as SW1A 0AA", most=20)
        note = POSTCODE_NOTE if await self.members.postcodes_here() is None else OWN_TABLE_NOTE
        await interaction.response.send_modal(form("Find my MP", "mp.located", field, note=note))

    async def _postcodes(self, interaction: Interaction) -> bool:
        """Tell whether a postcode may be typed here: not in a server with the high-risk preset."""
        group = group_of(interaction)
        return group is None or not (await self.client.services.guilds.settings(group)).high_risk

    async def _require_postcodes(self, interaction: Interaction) -> None:
        if not await self._postcodes(interaction):
            raise Refused(
                "Postcodes are not asked for in this server, to protect its members.",
                "Choose your constituency by name with /mp find.",
            )
