"""The store of reminders, deliveries and their ledger: claimed, attempted, taken over and counted next door, read and kept here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, or_, select, union_all, update

from bot.domain.identity import DeadlineId, GroupEventId, PersonId, ReminderId
from bot.domain.people import (
    LEDGER_KEPT,
    LEDGER_PEOPLE_KEPT,
    NOTICE_WORDS_KEPT,
    PERSONAL_REMINDER_KEPT,
    UNDELIVERED_KEPT,
)
from bot.domain.reminders import Reminder, ReminderState, Target
from bot.services.ports.deliveries import DeliveryRecord, DueReminder, Told
from storage.database import Database
from storage.deadlines import deadline_of
from storage.private_reminders import NOT_SEEN
from storage.reminders.attempt import Attempts
from storage.reminders.claim import Claims
from storage.reminders.ledger import Ledger
from storage.reminders.rows import (
    FREE,
    SCHEDULED,
    UNDER_WAY,
    WAITING,
    Sealer,
    becomes,
    entry_of,
    reminder_of,
    reminder_values,
)
from storage.reminders.take_over import TakeOvers
from storage.reminders.told import steps_behind, told_of
from storage.removed_groups import here
from storage.schema import deadlines, deliveries, delivery_reminders, ledger, personal_reminders, reminders

_ENDED = tuple(state.value for state in ReminderState if state not in (ReminderState.SCHEDULED, ReminderState.SENDING))


class Reminders(Claims, TakeOvers, Attempts, Ledger):
    """The tables ``reminders``, ``deliveries``, ``delivery_reminders`` and ``ledger``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        Claims.__init__(self, database, sealer)
        TakeOvers.__init__(self, database, sealer)
        Attempts.__init__(self, database, sealer)
        Ledger.__init__(self, database, sealer)

    async def add(self, reminder: Reminder, now: datetime) -> Reminder:
        """Store a reminder that belongs to a person, or a word to a group; give it with its id."""
        values = reminder_values(reminder, now, self._sealer)
        async with self._database.writing() as connection:
            made = (await connection.execute(insert(reminders).returning(*reminders.c), values)).one()
        return reminder_of(made, self._sealer)

    async def get(self, reminder_id: ReminderId) -> Reminder | None:
        """Give one reminder."""
        found = await self._read(select(reminders).where(reminders.c.id == reminder_id))
        return found[0] if found else None

    async def strangers(self, keys: Collection[str]) -> frozenset[str]:
        """Give those keys that no delivery here has."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(deliveries.c.key).where(deliveries.c.key.in_(keys)))
            return frozenset(keys) - set(found.scalars())

    async def of_deadline(self, deadline_id: DeadlineId) -> Sequence[Reminder]:
        """List the reminders of a deadline by time."""
        return await self._read(
            select(reminders).where(reminders.c.deadline_id == deadline_id).order_by(reminders.c.due_at, reminders.c.id)
        )

    async def of_group_event(self, group_event_id: GroupEventId) -> Sequence[Reminder]:
        """List the reminders of an event by time."""
        mine = reminders.c.group_event_id == group_event_id
        return await self._read(select(reminders).where(mine).order_by(reminders.c.due_at, reminders.c.id))

    async def of_person(self, person_id: PersonId) -> Sequence[Reminder]:
        """List a person's reminders by time."""
        return await self._read(
            select(reminders).where(reminders.c.person_id == person_id).order_by(reminders.c.due_at, reminders.c.id)
        )

    async def cancel(self, reminder_id: ReminderId, now: datetime) -> bool:
        """Cancel a scheduled reminder. False: it was no longer scheduled."""
        async with self._database.writing() as connection:
            done = await connection.execute(
                becomes(ReminderState.CANCELLED, ReminderState.SCHEDULED)
                .where(reminders.c.id == reminder_id)
                .values(revision=reminders.c.revision + 1, updated_at=now)
            )
        return done.rowcount == 1

    # What is next, and what became of it

    async def next_due(self) -> datetime | None:
        """Give the earliest time at which something is due, waiting for a retry, or past its lease."""
        async with self._database.reading() as connection:
            found: datetime | None = (await connection.execute(_NEXT)).scalar_one_or_none()
        return found

    async def delivery(self, key: str) -> DeliveryRecord | None:
        """Find a delivery by its key, with its reminders and ledger lines, for *Why this message?*."""
        async with self._database.reading(snapshot=True) as connection:
            row = (await connection.execute(select(deliveries).where(deliveries.c.key == key))).one_or_none()
            if row is None:
                return None
            lines = await connection.execute(
                select(ledger).where(ledger.c.delivery_id == row.id).order_by(ledger.c.at, ledger.c.id)
            )
            told: Any = await connection.execute(
                select(*reminders.c, delivery_reminders.c.expired)
                .join_from(delivery_reminders, reminders, reminders.c.id == delivery_reminders.c.reminder_id)
                .where(delivery_reminders.c.delivery_id == row.id)
                .order_by(reminders.c.due_at, reminders.c.id)
            )
            found = [(line, bool(line.expired)) for line in told]
            plans = await steps_behind(connection, [line for line, _ in found], private=row.person_id is not None)
            wanted = {line.deadline_id for line, _ in found if line.deadline_id is not None}
            wanted |= {clock for _, clock in plans.values() if clock is not None}
            known = {
                held.id: deadline_of(held)
                for held in await connection.execute(select(deadlines).where(deadlines.c.id.in_(wanted)))
            }
            entries = tuple(entry_of(line) for line in lines)
            events = await self._event_times.events_of(connection, {line.group_event_id for line, _ in found} - {None})
        listed = [
            (
                DueReminder(
                    reminder_of(line, self._sealer),
                    known.get(line.deadline_id or plans.get(line.id, (None, None))[1]),
                    event=events.get(line.group_event_id or 0),
                    step=plans[line.id][0] if line.id in plans else None,
                ),
                expired,
            )
            for line, expired in found
        ]
        return DeliveryRecord(
            delivery_id=row.id,
            key=row.key,
            state=row.state,
            route=row.route,
            target=Target(row.guild_id, row.channel_id, row.person_id),
            due_at=row.due_at,
            created_at=row.created_at,
            sent_at=row.sent_at,
            reason=row.reason,
            due=tuple(told for told, expired in listed if not expired),
            expired=tuple(told for told, expired in listed if expired),
            ledger=entries,
        )

    async def told(self, ids: Sequence[ReminderId]) -> Mapping[ReminderId, Told]:
        """Name reminders as a line of the ledger does; those that are no longer in Postbag are left out."""
        async with self._database.reading() as connection:
            return await told_of(connection, ids)

    async def tidy(self, now: datetime) -> int:
        """Apply retention: private reminders a week after they are done, people in the ledger, the ledger itself."""
        old = now - LEDGER_KEPT
        over = and_(~UNDER_WAY, ~WAITING)
        changes: tuple[Any, ...] = (
            delete(reminders).where(
                reminders.c.person_id.is_not(None),
                reminders.c.state.in_(_ENDED),
                reminders.c.updated_at < now - PERSONAL_REMINDER_KEPT,
                or_(~NOT_SEEN, reminders.c.updated_at < now - UNDELIVERED_KEPT),
            ),
            update(reminders)
            .where(
                reminders.c.sealed_text.is_not(None),
                reminders.c.state.in_(_ENDED),
                reminders.c.person_id.is_(None),
                reminders.c.updated_at < now - NOTICE_WORDS_KEPT,
            )
            .values(sealed_text=None),
            delete(personal_reminders).where(
                personal_reminders.c.updated_at < now - PERSONAL_REMINDER_KEPT,
                ~exists().where(reminders.c.personal_id == personal_reminders.c.id),
            ),
            update(deliveries)
            .where(deliveries.c.person_id.is_not(None), over, deliveries.c.created_at < now - LEDGER_PEOPLE_KEPT)
            .values(person_id=None),
            update(ledger)
            .where(ledger.c.person_id.is_not(None), ledger.c.at < now - LEDGER_PEOPLE_KEPT)
            .values(person_id=None),
            delete(ledger).where(ledger.c.at < old),
            delete(deliveries).where(over, deliveries.c.created_at < old),
        )
        touched = 0
        async with self._database.writing() as connection:
            for change in changes:
                touched += (await connection.execute(change)).rowcount
        return touched

    async def _read(self, query: Select[Any]) -> Sequence[Reminder]:
        async with self._database.reading() as connection:
            return [reminder_of(row, self._sealer) for row in await connection.execute(query)]


def _earliest() -> Any:
    firsts = (
        select(reminders.c.due_at.label("at"))
        .where(SCHEDULED, FREE, here(reminders))
        .order_by(reminders.c.due_at)
        .limit(1),
        select(deliveries.c.retry_at.label("at"))
        .where(WAITING, here(deliveries))
        .order_by(deliveries.c.retry_at)
        .limit(1),
        select(deliveries.c.lease_until.label("at"))
        .where(UNDER_WAY, here(deliveries))
        .order_by(deliveries.c.lease_until)
        .limit(1),
    )
    return select(func.min(union_all(*(select(first.subquery().c.at) for first in firsts)).subquery().c.at))


_NEXT = _earliest()
