"""What comes again: the next time of a private reminder is planned in the transaction that claims the one before it.

It is worked out from what its owner set and is unique by its day, so that a crash at any point neither loses it nor
plans it twice.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.dates.repeats import count_missed, next_time
from bot.domain.private_reminders import PrivateReminder, planned_time
from bot.domain.reminders import Owner, Reminder
from storage.database import Database
from storage.installation_facts import insert_for
from storage.private_reminders import WITH_CHOICE, personal_of
from storage.reminders.rows import Sealer, reminder_values
from storage.schema import personal_reminders, reminders

log = logging.getLogger(__name__)

Series = Mapping[int, PrivateReminder]


class Repeated:
    """Plan the next times of private reminders."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._sealer = sealer
        self._once: Any = insert_for(database, reminders).on_conflict_do_nothing()

    async def series(self, connection: AsyncConnection, ids: Collection[int]) -> Series:
        """Read what the owners set, by its number; nobody changes it before the claim is written."""
        if not ids:
            return {}
        rows = await connection.execute(
            WITH_CHOICE.where(personal_reminders.c.id.in_(ids))
            .order_by(personal_reminders.c.id)
            .with_for_update(of=personal_reminders)
        )
        return {row.id: personal_of(row, (), self._sealer) for row in rows}

    def left_out(self, reminder: Reminder, series: Series, now: datetime) -> int:
        """Count the later times for which a late reminder stands."""
        owned = series.get(reminder.personal_id or 0)
        if owned is None or owned.done_at is not None:
            return 0
        try:
            return count_missed(owned.first, owned.repeat, reminder.due_at, now, owned.until)
        except (ValueError, KeyError, OverflowError):
            return 0

    async def plan_next(
        self, connection: AsyncConnection, claimed: Collection[Reminder], series: Series, now: datetime
    ) -> None:
        """Plan the next time of each claimed reminder that repeats, where it is not planned yet."""
        values = []
        for reminder in claimed:
            owned = series.get(reminder.personal_id or 0)
            if owned is None or owned.done_at is not None:
                continue
            try:
                civil = next_time(owned.first, owned.repeat, now, owned.until)
                if civil is not None:
                    owner = Owner(personal_id=owned.personal_id)
                    planned = planned_time(owned, civil).as_reminder(owner, person_id=owned.person_id)
                    values.append(reminder_values(planned, now, self._sealer))
            except (ValueError, KeyError, OverflowError):  # one that cannot be reckoned must not hold up the others
                log.exception("private reminder %d cannot be repeated", owned.personal_id)
        if values:
            await connection.execute(self._once, values)
