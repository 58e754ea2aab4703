"""What repeats goes on: the next reminders of an event are planned in the transaction that claims one of it.

They are worked out from the event as it is held then, and are unique by the day they are for, so that a crash at any point
neither loses them nor plans them twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.group_events import GroupEvent, GroupEventKind, Occurrence, day_of, plan_event
from bot.domain.guilds import GuildSettings
from bot.domain.reminders import Owner, ReminderKind
from bot.services.ports.deliveries import DeliveryPlan
from storage.group_events import event_of
from storage.reminders.planner import Planner
from storage.schema import group_events

log = logging.getLogger(__name__)


class EventTimes:
    """Plan the next reminders of events. ``days_off`` gives the bank holidays of a division."""

    def __init__(self, days_off: Callable[[str], Collection[date]] = lambda division: ()) -> None:
        self._days_off = days_off
        self._planner = Planner()

    async def events_of(self, connection: AsyncConnection, ids: Collection[Any]) -> dict[int, GroupEvent]:
        """Read events by their numbers. Whoever changes one has locked its reminders first, so what is claimed fits it."""
        if not ids:
            return {}
        found = {}
        for row in await connection.execute(select(group_events).where(group_events.c.id.in_(ids))):
            try:
                found[row.id] = event_of(row)
            except (ValueError, KeyError):  # one that cannot be read must not hold up everybody's reminders
                log.exception("event %d cannot be read; its reminders go out in plain words", row.id)
        return found

    async def plan_on(self, connection: AsyncConnection, plans: Sequence[DeliveryPlan], now: datetime) -> None:
        """Plan what comes next of each event that was claimed, beside what is planned of it already."""
        done: set[int] = set()
        for plan in plans:
            for found in (*plan.due, *plan.expired):
                event = found.event
                if event is None or not event.repeats or event.group_event_id in done:
                    continue
                done.add(event.group_event_id)
                settings = plan.settings or GuildSettings(event.guild_id)
                try:
                    off = self._days_off(settings.days_off) if settings.days_off else None
                    wanted = plan_event(event, settings, now, off)
                except (ValueError, KeyError, OverflowError):  # one that cannot be reckoned must not hold up the others
                    log.exception("event %d cannot be repeated", event.group_event_id)
                    continue
                owner = Owner(group_event_id=event.group_event_id)
                await self._planner.replace(connection, owner, wanted, now, guild_id=event.guild_id, beside=True)


def time_reminded_of(event: GroupEvent, kind: ReminderKind, rung: str, day: date) -> Occurrence | None:
    """Give the time of an event that a reminder is about, where it is now: of a post, which reminds of nothing, none.

    ``day``: the one that the rung is for; of a private reminder the day by the event's rule.
    """
    try:
        if event.kind is GroupEventKind.POST or event.off_on is not None:
            return None
        return event.time_of(day) if kind is ReminderKind.PERSONAL else event.occurrence_on(day_of(rung, day))
    except (ValueError, KeyError, OverflowError):  # one that cannot be reckoned must not hold up the others
        log.info("the time of event %d cannot be reckoned", event.group_event_id, exc_info=True)
        return None
