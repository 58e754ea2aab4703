"""What an interaction is here: one whose client has the services. Everything else in ``chat`` may stand on this."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import discord
from discord.ext import commands

if TYPE_CHECKING:
    from bot.services.container import Services


class ServingBot(commands.Bot):
    """A bot that can do what the services can."""

    services: Services


Interaction: TypeAlias = "discord.Interaction[ServingBot]"
