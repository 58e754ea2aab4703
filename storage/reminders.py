"""Reminders, deliveries and their ledger: claimed in ``storage.claims``, marked in ``storage.marks``, read and kept here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import DeadlineId, GuildId, PersonId, ReminderId
from bot.domain.people import LEDGER_KEPT, LEDGER_PEOPLE_KEPT, PERSONAL_REMINDER_KEPT, UNDELIVERED_KEPT
from bot.domain.reminders import Reminder, ReminderState, Target
from bot.services.ports import DeliveryRecord, DueReminder, LedgerEntry, ReminderHealth
from storage.claims import Claims
from storage.database import Database
from storage.deadlines import deadline_of
from storage.departed import here
from storage.kept import insert_for
from storage.marks import Marks
from storage.personal_reminders import NOT_SEEN
from storage.reminder_rows import FREE, SCHEDULED, UNDER_WAY, WAITING, Sealer, entry_of, reminder_of, reminder_values
from storage.schema import deadlines, deliveries, delivery_reminders, kept, ledger, personal_reminders, reminders

LAST_SWEEP = "last sweep"
PROBLEMS_SHOWN = 25

_ENDED = tuple(state.value for state in ReminderState if state not in (ReminderState.SCHEDULED, ReminderState.SENDING))


class Reminders(Claims, Marks):
    """The tables ``reminders``, ``deliveries``, ``delivery_reminders`` and ``ledger``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        Claims.__init__(self, database, sealer)
        Marks.__init__(self, database, sealer)
        put = insert_for(database, kept)
        self._swept = put.on_conflict_do_update(index_elements=["name"], set_={"value": put.excluded.value})

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

    async def of_deadline(self, deadline_id: DeadlineId) -> Sequence[Reminder]:
        """List the reminders of a deadline by time."""
        return await self._read(
            select(reminders).where(reminders.c.deadline_id == deadline_id).order_by(reminders.c.due_at, reminders.c.id)
        )

    async def of_person(self, person_id: PersonId) -> Sequence[Reminder]:
        """List a person's reminders by time."""
        return await self._read(
            select(reminders).where(reminders.c.person_id == person_id).order_by(reminders.c.due_at, reminders.c.id)
        )

    async def cancel(self, reminder_id: ReminderId, now: datetime) -> bool:
        """Cancel a scheduled reminder. False: it was no longer scheduled."""
        async with self._database.writing() as connection:
            done = await connection.execute(
                update(reminders)
                .where(reminders.c.id == reminder_id, SCHEDULED)
                .values(state=ReminderState.CANCELLED.value, revision=reminders.c.revision + 1, updated_at=now)
            )
        return done.rowcount == 1

    # The ledger and the health of it all

    async def next_due(self) -> datetime | None:
        """Give the earliest time at which something is due, waiting for a retry, or past its lease."""
        async with self._database.reading() as connection:
            found: datetime | None = (await connection.execute(_NEXT)).scalar_one_or_none()
        return found

    async def swept(self, now: datetime) -> None:
        """Note that a sweep has ended."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(self._swept, {"name": LAST_SWEEP, "value": now.isoformat()})

        await self._database.batched(work)

    async def health(self, guild_id: GuildId | None = None) -> ReminderHealth:
        """Count reminders by state, with what is next and what could not be delivered; of one group or of all."""
        mine = (reminders.c.guild_id == guild_id,) if guild_id is not None else ()
        state = func.count().label("counted")
        counted = select(reminders.c.state, state).where(*mine).group_by(reminders.c.state)
        problems = (
            select(reminders)
            .where(*mine, reminders.c.state.in_((ReminderState.UNDELIVERABLE.value, ReminderState.UNKNOWN.value)))
            .order_by(reminders.c.updated_at.desc(), reminders.c.id.desc())
            .limit(PROBLEMS_SHOWN)
        )
        doubled = (
            select(delivery_reminders.c.reminder_id)
            .join_from(delivery_reminders, deliveries, deliveries.c.id == delivery_reminders.c.delivery_id)
            .join(reminders, reminders.c.id == delivery_reminders.c.reminder_id)
            .where(*mine, deliveries.c.state == "sent", delivery_reminders.c.expired == 0)
            .group_by(delivery_reminders.c.reminder_id, delivery_reminders.c.revision)
            .having(func.count() > 1)
            .subquery()
        )
        next_due = select(func.min(reminders.c.due_at)).where(*mine, SCHEDULED)
        async with self._database.reading(snapshot=True) as connection:
            counts = {ReminderState(row.state): row.counted for row in await connection.execute(counted)}
            listed = [reminder_of(row, self._sealer) for row in await connection.execute(problems)]
            duplicates = (await connection.execute(select(func.count()).select_from(doubled))).scalar_one()
            earliest = (await connection.execute(next_due)).scalar_one_or_none()
            swept = (
                await connection.execute(select(kept.c.value).where(kept.c.name == LAST_SWEEP))
            ).scalar_one_or_none()
        return ReminderHealth(
            counts=counts,
            next_due=earliest,
            last_sweep=datetime.fromisoformat(swept) if swept is not None else None,
            problems=listed,
            duplicates=duplicates,
        )

    async def ledger(self, guild_id: GuildId | None = None, *, limit: int = 50) -> Sequence[LedgerEntry]:
        """List the newest lines of the delivery ledger, of one group or of all."""
        mine = (ledger.c.guild_id == guild_id,) if guild_id is not None else ()
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(ledger).where(*mine).order_by(ledger.c.at.desc(), ledger.c.id.desc()).limit(limit)
            )
            return [entry_of(row) for row in rows]

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
            wanted = {line.deadline_id for line, _ in found if line.deadline_id is not None}
            known = {
                held.id: deadline_of(held)
                for held in await connection.execute(select(deadlines).where(deadlines.c.id.in_(wanted)))
            }
            entries = tuple(entry_of(line) for line in lines)
        listed = [
            (DueReminder(reminder_of(line, self._sealer), known.get(line.deadline_id)), expired)
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
