"""The menu command of a message: write to my MP about this. The message is read once; nothing of it is kept or logged."""

from __future__ import annotations

from collections.abc import Iterator

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.cards.letter_samples import mentioned_card
from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.common import parts_of
from bot.chat.presses import read_custom_id
from bot.chat.ui import reply
from bot.chat.viewing import reports_for
from bot.domain.errors import NotFound
from bot.domain.references import Found
from bot.services.letter_mentions import mentioned_rows
from bot.services.reports import ReportView

NAME = "Write to my MP about this"


class LetterFromMessage(commands.Cog):
    """Begin a letter from what somebody said."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client
        self.menu = everywhere(app_commands.ContextMenu(name=NAME, callback=self.write_about))

    async def cog_load(self) -> None:
        self.client.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        self.client.tree.remove_command(self.menu.name, type=self.menu.type)

    async def write_about(self, interaction: Interaction, message: discord.Message) -> None:
        """Offer the recommendations that a message is about."""
        await reply(interaction, mentioned_card(self._found(interaction, message)))

    def _found(self, interaction: Interaction, message: discord.Message) -> tuple[Found, ...]:
        reports = reports_for(interaction)
        if message.author.id == self.client.application_id:
            ours = dict.fromkeys(_on_our_card(message, reports))
            if ours:
                return tuple(ours)
        said = "\n".join((message.content, *_texts(message)))
        return mentioned_rows(reports, said, reports.default_now())


def _on_our_card(message: discord.Message, reports: ReportView) -> Iterator[Found]:
    for component in parts_of(message.components):
        found = read_custom_id(getattr(component, "custom_id", None) or "")
        if found is not None and found[0] == "letter.start" and found[1][:1] and "/" in found[1][0]:
            try:
                yield reports.find(found[1][0])
            except NotFound:
                continue


def _texts(message: discord.Message) -> Iterator[str]:
    for embed in message.embeds:
        yield from (text for text in (embed.title, embed.description) if text)
    for component in parts_of(message.components):
        if isinstance(component, discord.TextDisplay):
            yield component.content
