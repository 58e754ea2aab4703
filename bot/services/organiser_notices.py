"""Words to a group's organisers: in its notice channel, else privately to whoever last saved its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.clock import Clock
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ReminderId
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.reminders import Reminder, ReminderKind
from bot.services.ports.files import Templates
from bot.services.ports.groups import GuildStore

USE = timedelta(days=14)
"""How long such a word is of use to somebody."""


class AddsReminders(Protocol):
    """What is asked of the reminders: to take one more."""

    async def add(self, reminder: Reminder, now: datetime) -> Reminder: ...


class NoticeService:
    """Plan words to organisers, delivered and kept track of like any reminder. ``wake`` tells the alarm clock."""

    def __init__(
        self, guilds: GuildStore, reminders: AddsReminders, templates: Templates, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._guilds = guilds
        self._reminders = reminders
        self._templates = templates
        self._clock = clock
        self._wake = wake

    async def tell(self, guild_id: GuildId, template: str, fields: Mapping[str, Any]) -> Reminder:
        """Tell a group's organisers what a message template says. Refused: nobody has set the group up, so nobody would hear."""
        stored = await self._reminders.add(await self.plan(guild_id, template, fields), self._clock.now())
        self._wake()
        return stored

    async def plan(self, guild_id: GuildId, template: str, fields: Mapping[str, Any]) -> Reminder:
        """Write such a word without storing it, for now or the end of the group's quiet hours. Refused: nobody would hear it."""
        settings = await self._guilds.get(guild_id)
        channel = settings.notice_channel_id
        if channel is None and settings.owner is None:
            raise Refused(
                "No organiser has set Postbag up in this server, so nobody would get your message.",
                "Tell an organiser yourself; they can run /admin setup.",
            )
        text = self._templates.message(template, fields)
        now = self._clock.now()
        civil = out_of_quiet(now, settings)
        due = max(now, civil.instant())
        return Reminder(
            reminder_id=ReminderId(0),
            kind=ReminderKind.NOTICE,
            rung=template,
            due_at=due,
            civil=civil,
            guild_id=guild_id,
            channel_id=channel,
            person_id=settings.owner if channel is None else None,
            text=text,
            expires_at=due + USE,
            neutral=bool(fields.get("neutral")),
        )
