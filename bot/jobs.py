"""Postbag, open, and what it does by itself: the sweep, the night's work, what is read again by day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.config import Settings
from bot.domain.errors import PostbagError
from bot.services.container import Services
from bot.services.ports.groups import GuildStore
from storage.backup import backup, prune_backups
from storage.database import Database
from storage.forgotten import Forgotten
from storage.people import People

if TYPE_CHECKING:
    from bot.chat.client import PostbagClient

log = logging.getLogger(__name__)

EXPIRES_BEFORE = timedelta(hours=1)
"""So long before its time what is kept for a number of days goes: it is looked at every hour, and never kept for longer."""

# Less than a day, as for the searches: the job rings every eight hours, and one of the three must find it due.
REFRESH_AFTER = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class App:
    """Postbag, open: its services, and a Discord client that has not logged in."""

    settings: Settings
    clock: Clock
    database: Database
    services: Services
    client: PostbagClient
    groups: GuildStore
    people: People
    forgotten: Forgotten

    async def sweep(self) -> None:
        """Send what is due. Private reminders whose date has moved are moved first; that failing holds nothing up."""
        reminders = self.services.private_reminders
        try:
            await reminders.follow_dates()
        except PostbagError as error:
            log.info("private reminders could not be moved with their dates: %s", error.message)
        except Exception:
            log.exception("private reminders could not be moved with their dates; tried again at the next sweep")
        try:
            await self.services.guilds.apply_due()
        except PostbagError as error:
            log.info("what waited for a second organiser could not be settled: %s", error.message)
        except Exception:
            log.exception("what waited for a second organiser could not be settled; tried again at the next sweep")
        report = await self.services.delivery.sweep()
        if report.undeliverable or report.unknown:
            reminders.look_again()

    @property
    def leads(self) -> bool:
        """Tell whether this process does what one of several does for all."""
        return self.services.processes.leads

    async def recompute(self) -> None:
        """Take over what is newly known about deadlines, and plan what they now call for."""
        if self.database.path is None:
            await self.services.reports.load()  # another process may have saved newer facts a moment ago
        with self.services.processes.under_lease():
            await self.services.deadlines.recompute()
            await self.services.group_events.recompute()
            self.services.private_reminders.dates_changed()
            await self.services.actions.upkeep.recompute()
            await self.services.this_week.plan_posts()

    async def tidy(self) -> None:
        """Make the night's backup, then let go of what has been kept for its time. No step waits for another to succeed."""
        services, now = self.services, self.clock.now()
        steps: tuple[tuple[str, Callable[[], Awaitable[object]]], ...] = (
            ("the backup", self.back_up),
            ("plans", services.actions.upkeep.tidy),
            ("follow-ups", services.follow_ups.tidy),
            ("sketches", services.sketches.tidy),
            ("deliveries", services.delivery.tidy),
            ("groups that Postbag has left", services.departures.tidy),
            ("people", lambda: self.people.tidy(now)),
            ("records", services.records.tidy),
            ("what organisers changed", services.audit.tidy),
            ("imports", services.imports.tidy),
        )
        for name, step in steps if self.leads else ():
            try:
                with services.processes.under_lease():
                    await step()
            except PostbagError as error:
                log.warning("the nightly step for %s failed: %s It is tried again tomorrow", name, error.message)
            except Exception:
                log.exception("the nightly step for %s failed; it is tried again tomorrow", name)

    async def back_up(self) -> None:
        """Copy a SQLite database into the data folder. A server's own tools copy its databases."""
        if self.database.path is not None:
            await backup(self.database, self.settings.data / "backups", self.clock.now(), prune=False)

    async def expire(self) -> None:
        """Delete copies before they are older than people are promised, and then what is kept for as long as copies; every hour.

        Also where the database is on a server now: copies from before it was moved there lie in the data folder too.
        """
        now = self.clock.now()
        await asyncio.to_thread(prune_backups, self.settings.data / "backups", now, EXPIRES_BEFORE)
        await asyncio.to_thread(self.forgotten.tidy, now, EXPIRES_BEFORE)

    async def refresh(self) -> None:
        """Look at Parliament's record, and read the directory of Members again where it is a day old.

        A failure is logged and said in health; what was known is kept.
        """
        with self.services.processes.under_lease():
            await self._refresh()

    async def _refresh(self) -> None:
        await self.services.days_off.read_if_due()
        await self.services.publications.look_if_due()
        await self.services.completions.look()
        looks = (
            ("what Parliament says", self.services.said.look_if_due),
            ("what is coming up", self.services.coming_up.look_if_due),
            ("who sits on which committee", self.services.house_posts.look_if_due),
            ("followed questions", self.services.followed_questions.look),
        )
        for name, look in looks:
            try:
                await look()
            except Exception as error:  # one outside service must not keep the others from being read
                log.warning("the look at %s ended early: %s", name, type(error).__name__)
        directory = self.services.members.directory
        if directory.as_of is not None and self.clock.now() - directory.as_of < REFRESH_AFTER:
            await self.services.member_news.tell()
            return
        try:
            await self.services.members.refresh()
        except PostbagError as error:
            worth = logging.WARNING if directory.is_stale(self.clock.now()) else logging.INFO
            log.log(worth, "the directory of Members was not refreshed: %s", error.message)
        await self.services.member_news.tell()
