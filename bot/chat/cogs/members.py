"""/mp: who sits for a constituency, found by its name or by a postcode. Every answer is private."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.members import PICKER, SAID_PICKER, ask_card, member_card
from bot.chat.cards.said import member_said_card
from bot.chat.cards.seats import FIELD, picked_card, picker_note, seat_field, unpicked_card
from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.lengths import Name
from bot.chat.permissions import group_of
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, choices, form, reply
from bot.chat.viewing import group_meant
from bot.domain.errors import NotFound, PostbagError, Refused
from bot.domain.members import Constituency
from bot.services.members import How, MemberService


@everywhere
class Members(commands.GroupCog, group_name="mp", group_description="Find your Member of Parliament"):
    """MPs by constituency and by postcode."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def members(self) -> MemberService:
        return self.client.services.members

    @app_commands.command(name="find", description="The MP of a constituency, with date and source of the data")
    @app_commands.describe(constituency="Your town or constituency, or your MP's name")
    async def find(self, interaction: Interaction, constituency: Name = "") -> None:
        """Show the MP of a constituency, or ask which one."""
        await self._found(interaction, constituency)

    @find.autocomplete("constituency")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Suggest constituencies by their name or their Member's, from memory."""
        return choices(self.members.complete(current, 25))

    @app_commands.command(name="postcode", description="Find your MP by postcode; Postbag doesn't keep or show it")
    async def postcode(self, interaction: Interaction) -> None:
        """Open the form, which takes a postcode. Refused: this server takes none."""
        if not await takes_postcodes(self.client, interaction):
            raise Refused(
                "This server doesn't use postcodes, to protect its members.",
                "Use /mp find with your town or constituency.",
            )
        await self._ask(interaction)

    @app_commands.command(name="show", description="What an MP has asked or said about the reports your group follows")
    @app_commands.describe(constituency="Your town or constituency, or your MP's name")
    async def show(self, interaction: Interaction, constituency: Name) -> None:
        """Show what the MP of a constituency said, from what Postbag holds; nobody is asked for it."""
        await begin(interaction, in_place=False)
        picked = await self.members.pick(constituency, postcodes=await takes_postcodes(self.client, interaction))
        if picked.how is How.NAME:
            await self._show_said(interaction, picked.seats[0], 0)
        else:
            await reply(interaction, picked_card(picked, SAID_PICKER, self._as_of))

    @show.autocomplete("constituency")
    async def complete_show(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Suggest constituencies by their name or their Member's, from memory."""
        return choices(self.members.complete(current, 25))

    @presses("mp.said")
    async def said(self, interaction: Interaction, press: Press) -> None:
        """Show a page of what the MP of a constituency said."""
        page = int(press.arg(1)) if press.arg(1).isdecimal() and len(press.arg(1)) < 4 else 0
        await begin(interaction, in_place=False)
        await self._show_said(interaction, self._seat(press.values[0] if press.values else press.arg(0)), page)

    async def _show_said(self, interaction: Interaction, seat: Constituency, page: int) -> None:
        dissolved = self.members.dissolution_line()
        if dissolved:
            raise Refused("There are no MPs just now.", dissolved)
        if seat.member is None:
            raise Refused("This seat is vacant, so there's no MP.", "Look again after the by-election.")
        said = self.client.services.said
        result = await said.by_member(group_meant(interaction), seat.member.member_id)
        as_of, seats = await self.client.services.house_posts.seats()
        mine = seats.get(seat.member.member_id)
        await reply(interaction, member_said_card(seat, result, page, seats=mine, seats_as_of=as_of))

    def _seat(self, number: str) -> Constituency:
        seat = self.members.directory.by_id(int(number)) if number.isdecimal() and len(number) < 18 else None
        if seat is None:
            raise NotFound("That constituency is no longer in the list.", "Look for yours again with /mp find.")
        return seat

    @presses("mp.find")
    async def ask(self, interaction: Interaction, press: Press) -> None:
        """Ask for a postcode, a place, a constituency or a name in one form."""
        await self._ask(interaction)

    @presses("mp.named")
    async def named(self, interaction: Interaction, press: Press) -> None:
        """Look up what was typed."""
        await self._found(interaction, press.text(FIELD))

    @presses("mp.seat")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Show the MP of the constituency that was chosen."""
        await self._show(interaction, self._seat(press.values[0] if press.values else press.arg(0)))

    @property
    def _as_of(self) -> str:
        return self.members.as_of_line(self.client.services.clock.now())

    async def _found(self, interaction: Interaction, typed: str) -> None:
        if not typed.strip():
            dissolved = self.members.dissolution_line()
            postcodes = await takes_postcodes(self.client, interaction)
            card = ask_card(as_of=self._as_of, postcodes=postcodes, dissolved=dissolved)
            await reply(interaction, card)
            return
        await begin(interaction, in_place=False)
        picked = None
        try:
            picked = await self.members.pick(typed, postcodes=await takes_postcodes(self.client, interaction))
        except PostbagError as error:
            card = unpicked_card(error, PICKER, self._as_of)
        else:
            card = picked_card(picked, PICKER, self._as_of)
        if picked is not None and picked.how is How.NAME:
            await self._show(interaction, picked.seats[0])
        else:
            await reply(interaction, card)

    async def _show(self, interaction: Interaction, seat: Constituency) -> None:
        if not interaction.response.is_done():
            await begin(interaction, in_place=False)
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

    async def _ask(self, interaction: Interaction) -> None:
        if self.members.dissolution_line():
            raise Refused("There are no MPs just now.", self.members.dissolution_line())
        postcodes = await takes_postcodes(self.client, interaction)
        note = picker_note(await self.members.postcodes_here() is not None) if postcodes else ""
        await show_form(interaction, form("Who is your MP?", "mp.named", seat_field(postcodes=postcodes), note=note))


async def takes_postcodes(client: PostbagClient, interaction: Interaction) -> bool:
    """Tell whether a postcode may be typed here: not in a server with the high-risk preset."""
    group = group_of(interaction)
    return group is None or not (await client.services.guilds.settings(group)).high_risk
