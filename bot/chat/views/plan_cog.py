"""What every cog of plans has at hand."""

from __future__ import annotations

from datetime import date

from discord.ext import commands

from bot.chat.client import PostbagClient
from bot.clock import london_today
from bot.services.actions import ActionService


class PlanCog(commands.Cog):
    """Commands and presses of plans: their service, and London's day."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> ActionService:
        return self.client.services.actions

    @property
    def today(self) -> date:
        return london_today(self.client.services.clock)
