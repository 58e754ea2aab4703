"""What was frozen before, claimed again: it goes out as it was, unless its reminders have changed under it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Refused
from bot.domain.group_events import GroupEvent
from bot.domain.quiet_hours import DueMoment, end_of_use
from bot.domain.reminders import LEASE, WAITS_FOR_MORNING, ReminderKind, ReminderState
from bot.services.ports.deliveries import Delivery
from storage.database import Database
from storage.reminders.event_times import EventTimes, time_reminded_of
from storage.reminders.rows import SCHEDULED, UNDER_WAY, WAITING, Sealer, becomes, delivery_of, ledger_values
from storage.removed_groups import here
from storage.schema import deliveries, delivery_reminders, ledger, personal_reminders, reminders

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Linked:
    """A reminder as an earlier delivery of it finds it now."""

    reminder_id: int
    frozen: int
    expired: bool
    mine: bool
    state: str
    revision: int
    of_use: bool
    moment: DueMoment


class TakeOvers:
    """Claim deliveries again that were claimed before: left by a process that ended, or waiting for another try."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._event_times = EventTimes()

    async def take_over(self, now: datetime, *, token: str, every_lease: bool) -> Sequence[Delivery]:
        """Claim deliveries whose lease ran out; every leased one where ``every_lease``."""
        overdue: tuple[ColumnElement[bool], ...] = () if every_lease else (deliveries.c.lease_until <= now,)
        taking = (
            update(deliveries)
            .where(UNDER_WAY, *overdue, here(deliveries))
            .values(token=token, lease_until=now + LEASE)
            .returning(*deliveries.c)
        )
        async with self._database.writing() as connection:
            rows = (await connection.execute(taking)).all()
            return await self._restored(connection, rows, now, token, "picked up after an interruption")

    async def waiting(self, connection: AsyncConnection, now: datetime, token: str, limit: int) -> list[Delivery]:
        """Claim, in a claim's own transaction, deliveries whose time for another try has come."""
        wanted = (
            select(deliveries.c.id)
            .where(WAITING, deliveries.c.retry_at <= now, here(deliveries))
            .order_by(deliveries.c.retry_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taking = (
            update(deliveries)
            .where(deliveries.c.id.in_(wanted.scalar_subquery()), WAITING)
            .values(state="sending", token=token, lease_until=now + LEASE, retry_at=None)
            .returning(*deliveries.c)
        )
        return await self._restored(connection, (await connection.execute(taking)).all(), now, token, "")

    async def _restored(
        self, connection: AsyncConnection, rows: Sequence[Row[Any]], now: datetime, token: str, event: str
    ) -> list[Delivery]:
        """Give deliveries as they were frozen, but for those whose reminders have changed under them."""
        if not rows:
            return []
        linked = await self._links(connection, [row.id for row in rows], now)
        kept: list[Delivery] = []
        cancelled: list[Row[Any]] = []
        for row in sorted(rows, key=lambda row: (row.due_at, row.id)):
            links = linked[row.id]
            if not _stands(row, links):
                cancelled.append(row)
                continue
            try:
                pairs = [(link.reminder_id, link.frozen) for link in links]
                changed = any(link.frozen != link.revision for link in links if not link.expired)
                # what is due decides whether it may wait; where it only lists what was missed, that does
                moments = [link.moment for link in links if not link.expired] or [link.moment for link in links]
                kept.append(delivery_of(row, token, pairs, self._sealer, changed=changed, told=moments))
            except (Refused, ValueError, TypeError):
                log.error("delivery %d cannot be read again; its reminders are claimed anew", row.id)
                cancelled.append(row)
        going = [link.reminder_id for d in kept for link in linked[d.delivery_id] if link.mine and not link.expired]
        if going:
            resuming = becomes(ReminderState.SENDING, ReminderState.SCHEDULED).where(reminders.c.id.in_(going))
            await connection.execute(resuming.values(updated_at=now))
        for row in cancelled:
            await self._dissolve(connection, row, linked[row.id], now)
        if event:
            told = [(d.delivery_id, d.target, d.attempts) for d in kept]
            lines = [
                ledger_values(
                    now,
                    event,
                    delivery_id,
                    [link.reminder_id for link in linked[delivery_id]],
                    guild_id=target.guild_id,
                    person_id=target.person_id,
                    attempt=attempts,
                )
                for delivery_id, target, attempts in told
            ]
            if lines:
                await connection.execute(insert(ledger), lines)
        return kept

    async def _links(
        self, connection: AsyncConnection, delivery_ids: Sequence[int], now: datetime
    ) -> dict[int, list[_Linked]]:
        found: dict[int, list[_Linked]] = defaultdict(list)
        rows = (
            await connection.execute(
                select(
                    delivery_reminders.c.delivery_id.label("of_delivery"),
                    delivery_reminders.c.reminder_id,
                    delivery_reminders.c.revision.label("frozen"),
                    delivery_reminders.c.expired,
                    reminders.c.delivery_id,
                    reminders.c.state,
                    reminders.c.revision,
                    reminders.c.due_at,
                    reminders.c.expires_at,
                    reminders.c.kind,
                    reminders.c.rung,
                    reminders.c.for_day,
                    reminders.c.zone,
                    reminders.c.group_event_id,
                    personal_reminders.c.group_event_id.label("set_on"),
                    personal_reminders.c.event_day,
                )
                .join_from(delivery_reminders, reminders, reminders.c.id == delivery_reminders.c.reminder_id)
                .outerjoin(personal_reminders, personal_reminders.c.id == reminders.c.personal_id)
                .where(delivery_reminders.c.delivery_id.in_(delivery_ids))
                .order_by(reminders.c.due_at, reminders.c.id)
                .with_for_update(of=reminders)
            )
        ).all()
        ids = {row.group_event_id for row in rows} | {row.set_on for row in rows}
        events = await self._event_times.events_of(connection, ids - {None})
        for row in rows:
            overtaken = row.expires_at is not None and row.expires_at <= now
            found[row.of_delivery].append(
                _Linked(
                    reminder_id=row.reminder_id,
                    frozen=row.frozen,
                    expired=bool(row.expired),
                    mine=row.delivery_id == row.of_delivery,
                    state=row.state,
                    revision=row.revision,
                    of_use=row.revision == row.frozen or (row.due_at <= now and not overtaken),
                    moment=_moment(row, events, now),
                )
            )
        return found

    async def _dissolve(
        self, connection: AsyncConnection, row: Row[Any], links: Sequence[_Linked], now: datetime
    ) -> None:
        """End a delivery that no longer says what its reminders do. Those still wanted are free to be claimed again."""
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.id == row.id)
            .values(state="cancelled", token=None, lease_until=None, sealed_message=None, attempted_at=None)
        )
        live = [link for link in links if link.mine and link.state in ("scheduled", "sending")]
        overtaken = [link.reminder_id for link in live if not link.of_use and link.revision != link.frozen]
        free = [link.reminder_id for link in live if link.reminder_id not in overtaken]
        change = {"delivery_id": None, "updated_at": now}
        if live:
            # What comes only later comes then; what is no longer of use does not come at all.
            over = and_(reminders.c.id.in_(overtaken), reminders.c.due_at <= now)
            cancelling = becomes(ReminderState.CANCELLED, ReminderState.SCHEDULED, ReminderState.SENDING)
            await connection.execute(cancelling.where(over).values(**change))
            of_it = reminders.c.id.in_([*free, *overtaken])
            releasing = becomes(ReminderState.SCHEDULED, ReminderState.SENDING)
            await connection.execute(releasing.where(of_it).values(**change))
            waited = {"reason": row.reason} if row.attempted_at is None and row.reason == WAITS_FOR_MORNING else {}
            await connection.execute(update(reminders).where(SCHEDULED, of_it).values(**change, **waited))
        detail = "its reminders were changed or cancelled before it was sent"
        if row.attempted_at is None and row.reason == WAITS_FOR_MORNING:
            detail = "the quiet hours are over, so Postbag is writing it again"
        if row.attempted_at is not None:
            detail = "its reminders were changed or cancelled; an earlier attempt may have been posted"
        line = ledger_values(
            now,
            "cancelled",
            row.id,
            [link.reminder_id for link in links],
            guild_id=row.guild_id,
            person_id=row.person_id,
            detail=detail,
        )
        await connection.execute(insert(ledger), line)


def _moment(row: Any, events: Mapping[int, GroupEvent], now: datetime) -> DueMoment:
    kind = ReminderKind(row.kind)
    event = events.get(row.group_event_id or row.set_on or 0)
    day = row.event_day or row.for_day
    here = time_reminded_of(event, kind, row.rung, date.fromisoformat(day)) if event is not None and day else None
    ends = None if row.expired else end_of_use(kind, row.expires_at, here, now)
    return DueMoment(kind, row.due_at, row.zone, ends)


def _stands(row: Row[Any], links: Sequence[_Linked]) -> bool:
    """Tell whether a frozen delivery may still go out.

    One that may have been posted already goes out as it is, while anything in it is still of use. One that surely was
    not goes out only if nothing of it was changed, and it has not waited through the night; unless it lists what was missed,
    which only it can tell.
    """
    wanted = [
        link.mine and (link.expired or (link.state in ("scheduled", "sending") and link.of_use)) for link in links
    ]
    if row.attempted_at is not None:
        return any(wanted)
    unchanged = all(link.expired or link.frozen == link.revision for link in links)
    as_written = row.reason != WAITS_FOR_MORNING or any(link.expired for link in links)
    return bool(links) and all(wanted) and unchanged and as_written
