"""How deliveries stand: the ledger's lines, counts and problems, sweeps and outages, and what organisers decide of the unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import DeliveryId, GuildId, ReminderId
from bot.domain.reminders import LATE_AFTER, Reminder, ReminderKind, ReminderState
from bot.services.ports.deliveries import LedgerEntry, ReminderHealth
from storage.database import Database
from storage.installation_facts import insert_for
from storage.reminders.rows import FREE, SCHEDULED, Sealer, becomes, entry_of, ledger_values, reminder_of
from storage.schema import deliveries, delivery_reminders, kept, ledger, reminders

LAST_SWEEP = "last sweep"
PROBLEMS_SHOWN = 25
LINES_SHOWN = 5
WEEK = timedelta(days=7)
OUTAGE_AFTER = timedelta(minutes=5)
"""How long nothing was looked for before that is an outage: a sweep follows the one before within a minute."""

OUTAGE = "outage"

HELD_WORD: Any = and_(
    reminders.c.kind == ReminderKind.NOTICE.value,
    reminders.c.state == ReminderState.UNDELIVERABLE.value,
    reminders.c.person_id.is_(None),
    reminders.c.channel_id.is_(None),
)
"""A word to an organiser that could not be sent to them, or who no longer organised the group when it was to be sent."""
_SEEN_HELD_WORD: Any = and_(HELD_WORD, reminders.c.shown_at.is_not(None))
_OF_GROUPS = or_(reminders.c.person_id.is_(None), reminders.c.kind == ReminderKind.NOTICE.value)
"""What people asked for privately is nobody else's to see, not even as a number."""

_PROBLEMS = (ReminderState.UNDELIVERABLE.value, ReminderState.UNKNOWN.value)


class Ledger:
    """The reading half of the reminders' store."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        put = insert_for(database, kept)
        self._swept = put.on_conflict_do_update(index_elements=["name"], set_={"value": put.excluded.value})

    async def note_sweep(self, now: datetime, began: datetime | None = None) -> None:
        """Note that a sweep has ended; and that there was an outage where the one before it ended long before this began."""

        async def work(connection: AsyncConnection) -> None:
            before = (await connection.execute(select(kept.c.value).where(kept.c.name == LAST_SWEEP))).scalar()
            last = datetime.fromisoformat(before) if before is not None else None
            if last is not None and began is not None and began - last > OUTAGE_AFTER:
                why = "Postbag was off, the machine slept, or its clock was moved"
                await connection.execute(insert(ledger), _outage(last, began, why))
            await connection.execute(self._swept, {"name": LAST_SWEEP, "value": now.isoformat()})

        await self._database.batched(work)

    async def outage(self, since: datetime, until: datetime, why: str) -> None:
        """Note a time in which nothing could be sent."""
        async with self._database.writing() as connection:
            await connection.execute(insert(ledger), _outage(since, until, why))

    async def health(self, guild_id: GuildId | None = None, now: datetime | None = None) -> ReminderHealth:
        """Count reminders by state, with what is next and what could not be delivered; of one group or of all.

        ``now``: also what was sent in the week before it, how late, and what is waiting longer than it should.
        """
        mine = (reminders.c.guild_id == guild_id, _OF_GROUPS) if guild_id is not None else ()
        counted = select(reminders.c.state, func.count().label("counted")).where(*mine).group_by(reminders.c.state)
        problems = (
            select(reminders)
            .where(*mine, reminders.c.state.in_(_PROBLEMS), ~_SEEN_HELD_WORD)
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
            lately = await self._lately(connection, guild_id, now) if now is not None else {}
        return ReminderHealth(
            counts=counts,
            next_due=earliest,
            last_sweep=datetime.fromisoformat(swept) if swept is not None else None,
            problems=listed,
            duplicates=duplicates,
            **lately,
        )

    async def _lately(self, connection: AsyncConnection, guild_id: GuildId | None, now: datetime) -> dict[str, Any]:
        mine = (ledger.c.guild_id == guild_id,) if guild_id is not None else ()
        late = ledger.c.late_seconds > int(LATE_AFTER.total_seconds())
        sent = (*mine, ledger.c.event == "sent", ledger.c.at >= now - WEEK)
        row = (
            await connection.execute(
                select(
                    func.count().label("sent"),
                    func.coalesce(func.sum(case((late, 1), else_=0)), 0).label("late"),
                    func.coalesce(func.max(ledger.c.late_seconds), 0).label("worst"),
                ).where(*sent)
            )
        ).one()
        ours = (reminders.c.guild_id == guild_id, _OF_GROUPS) if guild_id is not None else ()
        waiting = select(func.min(reminders.c.due_at)).where(*ours, SCHEDULED, FREE, reminders.c.due_at <= now)
        newest = (ledger.c.at.desc(), ledger.c.id.desc())
        lines = select(ledger).where(*sent, late).order_by(*newest).limit(LINES_SHOWN)
        outages = select(ledger).where(ledger.c.event == OUTAGE).order_by(*newest).limit(LINES_SHOWN)
        return {
            "sent_lately": row.sent,
            "late_lately": int(row.late),
            "worst_late": int(row.worst),
            "waiting_since": (await connection.execute(waiting)).scalar_one_or_none(),
            "late": [entry_of(line) for line in await connection.execute(lines)],
            "outages": [entry_of(line) for line in await connection.execute(outages)],
        }

    async def ledger(self, guild_id: GuildId | None = None, *, limit: int = 50) -> Sequence[LedgerEntry]:
        """List the newest lines of the delivery ledger, of all groups or of one, whose list has the outages too."""
        mine = (or_(ledger.c.guild_id == guild_id, ledger.c.event == OUTAGE),) if guild_id is not None else ()
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(ledger).where(*mine).order_by(ledger.c.at.desc(), ledger.c.id.desc()).limit(limit)
            )
            return [entry_of(row) for row in rows]

    async def held_words(self, guild_id: GuildId) -> Sequence[Reminder]:
        """List the words to organisers that wait for one, by time."""
        query = select(reminders).where(
            reminders.c.guild_id == guild_id,
            HELD_WORD,
            reminders.c.sealed_text.is_not(None),
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(reminders.c.due_at, reminders.c.id))
            return [reminder_of(row, self._sealer) for row in rows]

    async def saw_held_words(self, guild_id: GuildId, ids: Sequence[ReminderId], now: datetime) -> None:
        """Let go of words that an organiser has seen."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(reminders)
                .where(reminders.c.guild_id == guild_id, reminders.c.id.in_(ids), HELD_WORD)
                .values(shown_at=now, sealed_text=None, updated_at=now)
            )

    async def decide(self, delivery_id: DeliveryId, guild_id: GuildId, *, posted: bool, now: datetime) -> int:
        """Settle a group's delivery that ended as unknown, or was undeliverable: it is there, or it is to be sent again.

        Gives the number of reminders settled; 0 where there is nothing (more) to settle. What was undeliverable is surely
        not there. To be sent again they are claimed anew, as late as they are.
        """
        changing = becomes(ReminderState.SENT, ReminderState.UNKNOWN)
        of_it = (
            reminders.c.delivery_id == delivery_id,
            reminders.c.guild_id == guild_id,
            reminders.c.person_id.is_(None),
            ~HELD_WORD,  # nobody chose a channel for it, and it is not for the group's
        )
        change: dict[str, Any] = {"sent_at": now, "reason": ""}
        if not posted:
            changing = becomes(ReminderState.SCHEDULED, ReminderState.UNKNOWN, ReminderState.UNDELIVERABLE)
            change = {
                "delivery_id": None,
                "revision": reminders.c.revision + 1,
                "attempts": 0,
                "expires_at": None,
                "reason": "",
            }
        async with self._database.writing() as connection:
            settled = (
                await connection.execute(
                    changing.where(*of_it).values(**change, updated_at=now).returning(reminders.c.id)
                )
            ).scalars()
            ids = sorted(settled)
            if ids:
                ended = {"state": "sent", "sent_at": now} if posted else {"state": "cancelled"}
                await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**ended))
                event = "marked as sent" if posted else "to be sent again"
                detail = "an organiser checked and decided"
                line = ledger_values(now, event, delivery_id, ids, guild_id=guild_id, person_id=None, detail=detail)
                await connection.execute(insert(ledger), line)
        return len(ids)


def _outage(since: datetime, until: datetime, why: str) -> dict[str, Any]:
    seconds = int((until - since).total_seconds())
    line = ledger_values(until, OUTAGE, 0, [], guild_id=None, person_id=None, detail=why, late_seconds=seconds)
    return line | {"delivery_id": None}
