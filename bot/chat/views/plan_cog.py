"""What every cog of plans has at hand."""

from __future__ import annotations

from bot.chat.common import DatedCog
from bot.services.actions import ActionService


class PlanCog(DatedCog):
    """Commands and presses of plans: their service, and London's day."""

    @property
    def service(self) -> ActionService:
        return self.client.services.actions
