"""``postbag invite``: the link that brings the bot into a server, with the least permissions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.commands.printing import say_lines
from bot.config import discord_token, load_settings
from bot.domain.errors import Refused

out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]


def invite(config: Config = None) -> None:
    """Print the link that invites the bot into a server, and why it asks for each permission."""
    from bot.chat.inspection import application_of
    from bot.chat.permissions import NEEDED, REASONS, invite_link

    token = discord_token(load_settings(config))
    if token is None:
        raise Refused(
            "There's no bot token yet, so Postbag can't tell which bot to invite.",
            "Set DISCORD_TOKEN, or discord.token_file in the settings.",
        )
    link = invite_link(asyncio.run(application_of(token)))
    lines = [
        "Open this link as someone who can manage the server:",
        "",
        link,
        "",
        "It asks for:",
        *(f"- {name}: {REASONS[permission]}" for permission, name in NEEDED.items()),
        "",
        "For Discord's own events Postbag also needs Create Events, which you can give later. To mention a role, let",
        "Discord's settings of that role allow anyone to mention it.",
    ]
    for line in lines:
        say_lines(out, line)
