"""Something wrong? A person tells the organisers, privately and without a name, that a card is not right."""

from __future__ import annotations

from collections import deque

from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.client import Interaction, PostbagClient
from bot.chat.permissions import group_of
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, Option, form, plain, reply, select_field, text_field, without_markdown
from bot.chat.viewing import reports_for
from bot.domain.editions import edition
from bot.domain.errors import PostbagError, Refused
from bot.domain.identity import GuildId, UserId
from bot.domain.references import Found
from bot.domain.shares import What
from bot.services.turns import Turns

WHAT = {
    "words": "The recommendation's words are wrong",
    "number": "The number or paragraph is wrong",
    "answer": "The Government's answer is wrong or missing",
    "since": "What's happened since is wrong or missing",
    "link": "A link doesn't work",
    "other": "Something else",
}
MOST_WORDS = 500
MOST_REMEMBERED = 64
"""Forms of which is known, by a short hash in memory, that they were sent already."""


class Doubts(commands.Cog):
    """Pass a person's doubt on to the organisers of the group. Who it was is neither said nor kept."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client
        self._turns = Turns()
        self._told: deque[str] = deque(maxlen=MOST_REMEMBERED)

    @presses("doubt.open")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Ask what is wrong, or outside a server say who can be told."""
        found = reports_for(interaction).find(press.arg(0))
        if group_of(interaction) is None:
            operator = self.client.services.operator
            reach = f": {plain(operator.name)}, {plain(operator.contact)}" if operator.contact else ""
            raise Refused(
                "There are no organisers to tell here.",
                f"Press this in your group's server, or tell whoever runs this Postbag{reach}.",
            )
        await show_form(
            interaction,
            form(
                "Something wrong?",
                "doubt.send",
                select_field("what", "What is wrong?", [Option(label, key) for key, label in WHAT.items()]),
                text_field(
                    "words",
                    "What should it say, and where did you see that?",
                    description="A link helps most",
                    long=True,
                    least=5,
                    most=MOST_WORDS,
                ),
                args=(found.value,),
                note="Your group's organisers will read this. They won't be told who wrote it, so leave out anything about yourself.",
            ),
        )

    @presses("doubt.send")
    async def send(self, interaction: Interaction, press: Press) -> None:
        """Tell the organisers. Where that fails, the words are handed back."""
        words = press.text("words").strip()
        await begin(interaction, in_place=False)
        try:
            found = reports_for(interaction).find(press.arg(0))
            await self._tell(interaction, found, press.text("what"), words)
        except PostbagError as error:
            quoted = "\n".join(f"> {plain(line)}" for line in words.splitlines())
            await reply(
                interaction,
                Card("The organisers haven't been told")
                .text(f"{without_markdown(error.message)} {without_markdown(error.next_step)}".strip())
                .text(f"Your words, so you don't lose them:\n{quoted}"),
            )
            return
        await reply(
            interaction,
            Card("Postbag has told the organisers")
            .text(f"They can read what you wrote about {plain(found.item.heading)}, but not who wrote it.")
            .small("Postbag keeps your words only until it has delivered them. Only you can see this."),
        )

    async def _tell(self, interaction: Interaction, found: Found, what: str, words: str) -> None:
        group = group_of(interaction)
        if group is None:
            raise Refused("There are no organisers to tell here.", "Press this in your group's server.")
        same = edition(interaction.user.id, group, found.value, what, words, self.client.services.clock.now().date())
        async with self._turns.of(same):  # a form that is sent twice tells once
            if same not in self._told:
                await self._tell_once(interaction, group, found, what, words)
                self._told.append(same)

    async def _tell_once(self, interaction: Interaction, group: GuildId, found: Found, what: str, words: str) -> None:
        self.client.services.shares.take(What.DOUBT, UserId(interaction.user.id), group)
        lines = [line.strip() for line in words.splitlines() if line.strip()]
        fields = {
            "report": found.report.short_title,
            "heading": f"{found.item.heading}: {found.item.theme}",
            "what": WHAT.get(what, WHAT["other"]),
            "lines": lines,
        }
        await self.client.services.notices.tell(group, "doubt", fields)
