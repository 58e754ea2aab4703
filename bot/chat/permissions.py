"""Who may do what: organisers, servers where the bot is, and what the bot itself may do in a channel."""

from __future__ import annotations

import discord

from bot.chat.interaction import Interaction
from bot.domain.errors import Refused
from bot.domain.identity import ChannelId, GuildId, RoleId
from bot.services.ports.sending import ChannelCheck

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""What Postbag needs where it posts, with the names that Discord shows to people."""
REASONS = {
    "view_channel": "to find the channel that your group chooses",
    "send_messages": "to post reminders there, and cards that somebody shows to everyone",
    "embed_links": "to show where a link leads",
    "attach_files": "to add calendar files and pictures",
    "read_message_history": "to check whether a reminder has been posted, so it never posts one twice",
}
"""Why each is needed, for whoever invites the bot."""

LOST_WITH = {
    "view_channel": ("send_messages", "embed_links", "attach_files", "read_message_history"),
    "send_messages": ("embed_links", "attach_files"),
}
"""What discord.py counts as denied wherever another permission is: Discord's implicit permissions."""


def invite_link(application_id: int) -> str:
    """Give the link that invites the bot with what it needs, and nothing else."""
    return discord.utils.oauth_url(
        application_id,
        permissions=discord.Permissions(**dict.fromkeys(NEEDED, True)),
        scopes=("bot", "applications.commands"),
    )


def invite_of(client: discord.Client) -> str:
    """Give the invite link of this bot; "" before Discord said who it is."""
    return invite_link(client.application_id) if client.application_id else ""


def group_of(interaction: Interaction) -> GuildId | None:
    """Give the server of an interaction, if the bot is a member of it. None: a direct message, or a server without the bot."""
    if interaction.guild_id is None or interaction.client.get_guild(interaction.guild_id) is None:
        return None
    return GuildId(interaction.guild_id)


def require_group(interaction: Interaction) -> GuildId:
    """Give the server of an interaction. Refused: this is not one where the bot is a member."""
    group = group_of(interaction)
    if group is None:
        raise Refused(
            "This only works in a server.", "Use it in your group's server, once an organiser has added Postbag."
        )
    return group


async def is_organiser(interaction: Interaction) -> bool:
    """Tell whether the person may organise here and now: Manage Server, or the role chosen at set-up."""
    group = group_of(interaction)
    if group is None or not isinstance(interaction.user, discord.Member):
        return False
    if interaction.permissions.manage_guild or interaction.permissions.administrator:
        return True
    settings = await interaction.client.services.guilds.settings(group)
    return has_role(interaction.user, settings.organiser_role_id)


def has_role(member: discord.Member, role_id: RoleId | None) -> bool:
    """Tell whether a member holds a role. @everyone, whose id is the server's, never counts."""
    return role_id is not None and role_id != member.guild.id and member.get_role(role_id) is not None


async def require_organiser(interaction: Interaction) -> None:
    """Let organisers pass. Refused: anyone else, kindly. Asked at every command and again at every press."""
    require_group(interaction)
    if not await is_organiser(interaction):
        raise Refused(
            "This is for organisers of your group.",
            "Organisers have the role chosen at set-up, or Manage Server. Ask one of them.",
        )


def missing_permissions(allowed: discord.Permissions) -> tuple[str, ...]:
    """Name what must be allowed, as Discord shows it to people.

    Whoever may not see a channel may do nothing in it, and whoever may not write there may attach nothing: what is lost
    with another permission comes back with it, and is not named.
    """
    missing = [flag for flag in NEEDED if not getattr(allowed, flag)]
    for first, lost_with_it in LOST_WITH.items():
        if first in missing:
            missing = [flag for flag in missing if flag not in lost_with_it]
    return tuple(NEEDED[flag] for flag in missing)


def check_channel(guild: discord.Guild, channel_id: ChannelId) -> ChannelCheck:
    """Look at what the bot may do in a channel."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        return ChannelCheck(channel_id, exists=False)
    return ChannelCheck(channel_id, exists=True, missing=missing_permissions(channel.permissions_for(guild.me)))
