"""Through whose eyes a person looks: the group of the server they are in, or the one that a control belongs to.

A plan, a follow-up or a letter of a group may be opened in a direct message, or in another server. It still speaks of that
group's reports and letters. So the row that knows its group says so when its card is drawn, every control of that card carries
the group in its custom_id, and an answer to such a control carries it on.
"""

from __future__ import annotations

import discord

from bot.chat.answers import show_form
from bot.chat.interaction import Interaction
from bot.chat.permissions import group_of
from bot.chat.presses import group_pressed, with_group
from bot.domain.identity import GuildId
from bot.services.reports import ReportView


def group_meant(interaction: Interaction) -> GuildId | None:
    """Give the group whose reports and letters are meant: that of the control that was pressed, else that of the server.

    What a control says of its group is signed, so that nobody can name a group whose cards they were never shown.
    """
    return group_pressed(interaction) or group_of(interaction)


def reports_for(interaction: Interaction) -> ReportView:
    """Give the reports as they are meant here."""
    return interaction.client.services.reports.for_group(group_meant(interaction))


async def open_form(interaction: Interaction, form: discord.ui.Modal, group: GuildId | None = None) -> None:
    """Open a form whose answer belongs to the same group as the control that was pressed, or to the one that is given."""
    meant = group or group_meant(interaction)
    if meant is not None and meant != group_of(interaction):
        form.custom_id = with_group(form.custom_id, meant, interaction.client.services.sign)
    await show_form(interaction, form)
