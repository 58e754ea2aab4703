"""Record what became of deliveries. Attempts and posted messages of one moment share one transaction and its statements."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import DeliveryId, MessageId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import LEASE, ReminderState, Target
from bot.services.ports import Marked
from storage.database import Database
from storage.reminders import mark_statements as statements
from storage.reminders.rows import Sealer, ledger_values, notice_values
from storage.schema import deliveries, delivery_reminders, guilds, ledger, reminders

TOGETHER = 64
"""Marks that share one transaction at most: it runs on the event loop's own thread."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    delivery_id: DeliveryId
    token: str
    now: datetime
    afresh: bool


@dataclass(frozen=True, slots=True)
class _Posted:
    delivery_id: DeliveryId
    token: str
    now: datetime
    message_id: MessageId | None
    detail: str
    notice: str


class Marks:
    """The marking half of the reminders' store."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._queue: list[tuple[_Attempt | _Posted, asyncio.Future[Any]]] = []
        self._flush: asyncio.Task[None] | None = None

    async def attempting(self, delivery_id: DeliveryId, token: str, now: datetime, *, afresh: bool = False) -> bool:
        """Renew the lease and record that an attempt begins."""
        done: bool = await self._mark(_Attempt(delivery_id, token, now, afresh))
        return done

    async def mark_sent(
        self,
        delivery_id: DeliveryId,
        token: str,
        message_id: MessageId | None,
        now: datetime,
        *,
        detail: str = "",
        notice: str = "",
    ) -> Marked:
        """Record that a delivery was posted."""
        marked: Marked = await self._mark(_Posted(delivery_id, token, now, message_id, detail, notice))
        return marked

    async def _mark(self, mark: _Attempt | _Posted) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append((mark, future))
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(self._flushed(), name="reminder-marks")
        return await future

    async def _flushed(self) -> None:
        await asyncio.sleep(0)
        while self._queue:
            together, self._queue = self._queue[:TOGETHER], self._queue[TOGETHER:]
            try:
                results = await self._apply([mark for mark, _ in together])
            except Exception as error:
                if len(together) == 1:
                    _settle(together[0][1], error)
                    continue
                for mark, future in together:  # one bad mark must not cost the others theirs
                    try:
                        _settle(future, (await self._apply([mark]))[0])
                    except Exception as own:
                        _settle(future, own)
            else:
                for (_, future), result in zip(together, results, strict=True):
                    _settle(future, result)

    async def _apply(self, marks: Sequence[_Attempt | _Posted]) -> list[Any]:
        async def work(connection: AsyncConnection) -> list[Any]:
            return await connection.run_sync(self._write, marks)

        return await self._database.batched(work)

    def _write(self, connection: Connection, marks: Sequence[_Attempt | _Posted]) -> list[Any]:
        posted = [mark for mark in marks if isinstance(mark, _Posted)]
        begun = _begun(connection, [mark for mark in marks if isinstance(mark, _Attempt)])
        known: dict[int, Row[Any]] = {}
        if posted:
            ids = sorted({mark.delivery_id for mark in posted})
            known = {row.id: row for row in connection.execute(statements.HELD, {"ids": ids})}
            posted = [mark for mark in posted if _holds(known.get(mark.delivery_id), mark)]
        changed = self._posted(connection, posted, known) if posted else {}
        done = {id(mark) for mark in posted}
        return [
            (mark.delivery_id, mark.token) in begun
            if isinstance(mark, _Attempt)
            else Marked(id(mark) in done, tuple(changed.get(mark.delivery_id, ())))
            for mark in marks
        ]

    def _posted(
        self, connection: Connection, posted: Sequence[_Posted], known: dict[int, Row[Any]]
    ) -> dict[DeliveryId, list[Any]]:
        links: dict[int, list[Row[Any]]] = defaultdict(list)
        for link in connection.execute(statements.LINKS, {"ids": sorted(mark.delivery_id for mark in posted)}):
            links[link.of_delivery].append(link)
        changed: dict[DeliveryId, list[Any]] = defaultdict(list)
        sent: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        for mark in posted:
            row = known[mark.delivery_id]
            for link in links[mark.delivery_id]:
                if link.expired:
                    continue
                same = link.delivery_id == mark.delivery_id and link.state == "sending"
                if not same or link.revision != link.frozen:
                    changed[mark.delivery_id].append(link.reminder_id)
                if same:
                    again = link.revision != link.frozen and link.due_at > mark.now
                    sent.append(_sent_values(mark, link.reminder_id, again=again))
            lines.append(
                ledger_values(
                    mark.now,
                    "sent",
                    mark.delivery_id,
                    [link.reminder_id for link in links[mark.delivery_id]],
                    guild_id=row.guild_id,
                    person_id=row.person_id,
                    detail=mark.detail,
                    late_seconds=max(0, int((mark.now - row.due_at).total_seconds())),
                    attempt=row.attempts + 1,
                )
            )
        statements.DELIVERED(
            connection, [{"wanted": m.delivery_id, "at": m.now, "posted_as": m.message_id} for m in posted]
        )
        if sent:
            statements.SENT(connection, sent)
        statements.LINES(connection, lines)
        works = {known[m.delivery_id].guild_id for m in posted if known[m.delivery_id].route == "channel"} - {None}
        if works:
            connection.execute(statements.WORKS, {"ids": sorted(works)})
        for mark in posted:
            if changed.get(mark.delivery_id) and mark.notice:
                self._tell_organisers(connection, known[mark.delivery_id].guild_id, mark.notice, mark.now)
        return changed

    def _tell_organisers(self, connection: Connection, guild_id: int | None, text: str, now: datetime) -> None:
        """Post a word in the group's notice channel where it has one, else privately to the settings' owner."""
        row = connection.execute(statements.GUILD, {"wanted": guild_id}).one_or_none() if guild_id is not None else None
        if row is None or (row.notice_channel_id is None and row.person_id is None):
            return
        channel_id = row.notice_channel_id
        person_id = row.person_id if channel_id is None else None
        values = notice_values(
            text, now, self._sealer, guild_id=row.guild_id, channel_id=channel_id, person_id=person_id
        )
        connection.execute(insert(reminders), values)

    # One at a time

    async def retry_later(
        self,
        delivery_id: DeliveryId,
        token: str,
        retry_at: datetime,
        reason: str,
        now: datetime,
        *,
        maybe_posted: bool,
        counts: bool = True,
    ) -> bool:
        """Release a delivery for another try of the same message."""

        def write(connection: Connection) -> bool:
            row = _held(connection, delivery_id, token)
            if row is None:
                return False
            attempts = row.attempts + int(counts)
            first = row.first_failed_at or now if counts else row.first_failed_at
            change: dict[str, Any] = {
                "state": "waiting",
                "retry_at": retry_at,
                "reason": reason,
                "attempts": attempts,
                "first_failed_at": first,
                "token": None,
                "lease_until": None,
            }
            if not maybe_posted:
                change["attempted_at"] = None
            connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**change))
            _release(connection, delivery_id, now, {"state": "scheduled", "attempts": attempts, "reason": reason})
            _note(connection, row, now, "to be tried again", reason, attempts)
            return True

        return await self._one(write)

    async def reroute(
        self,
        delivery_id: DeliveryId,
        token: str,
        route: str,
        target: Target,
        message: OutgoingMessage,
        reason: str,
        now: datetime,
    ) -> bool:
        """Point a delivery at its fallback with the message that goes there."""

        def write(connection: Connection) -> bool:
            row = _held(connection, delivery_id, token)
            if row is None:
                return False
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery_id)
                .values(
                    route=route,
                    guild_id=target.guild_id,
                    channel_id=target.channel_id,
                    person_id=target.person_id,
                    sealed_message=self._sealer.seal(message.to_bytes()),
                    digest=message.digest,
                    attempted_at=None,
                    lease_until=now + LEASE,
                    reason=reason,
                )
            )
            _note(connection, row, now, "sent to the notice channel instead", reason, row.attempts + 1)
            return True

        return await self._one(write)

    async def give_up(
        self,
        delivery_id: DeliveryId,
        token: str,
        state: ReminderState,
        reason: str,
        now: datetime,
        *,
        notice: str = "",
    ) -> bool:
        """End a delivery as undeliverable or unknown, with its reason."""
        if state not in (ReminderState.UNDELIVERABLE, ReminderState.UNKNOWN):
            raise ValueError(f"a delivery cannot end as {state}")

        def write(connection: Connection) -> bool:
            row = _held(connection, delivery_id, token)
            if row is None:
                return False
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery_id)
                .values(state=state.value, reason=reason, token=None, lease_until=None, sealed_message=None)
            )
            _release(connection, delivery_id, now, {"state": state.value, "reason": reason})
            _note(connection, row, now, state.value, reason, row.attempts + 1)
            if notice and row.guild_id is not None:
                self._tell_owner(connection, row.guild_id, notice, now)
            return True

        return await self._one(write)

    def _tell_owner(self, connection: Connection, guild_id: int, text: str, now: datetime) -> None:
        """Tell the settings' owner of a problem, once until the channel works again or the settings are saved."""
        row = connection.execute(statements.GUILD, {"wanted": guild_id}).one_or_none()
        if row is None or row.person_id is None:
            return
        if row.channel_problem_at is not None and row.channel_problem_at >= row.updated_at:
            return
        connection.execute(update(guilds).where(guilds.c.guild_id == guild_id).values(channel_problem_at=now))
        values = notice_values(text, now, self._sealer, guild_id=guild_id, channel_id=None, person_id=row.person_id)
        connection.execute(insert(reminders), values)

    async def _one(self, write: Any) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            done: bool = await connection.run_sync(write)
            return done

        return await self._database.batched(work)


def _begun(connection: Connection, attempts: Sequence[_Attempt]) -> set[tuple[int, str]]:
    """Record attempts that begin together, as of the first of them; give those that may go ahead."""
    found: set[tuple[int, str]] = set()
    for token in {mark.token for mark in attempts}:
        mine = [mark for mark in attempts if mark.token == token]
        now = min(mark.now for mark in mine)
        values = {
            "ids": sorted({mark.delivery_id for mark in mine}),
            "afresh": sorted({mark.delivery_id for mark in mine if mark.afresh}),
            "held_by": token,
            "until": now + LEASE,
            "since": now,
        }
        found |= {(row.id, token) for row in connection.execute(statements.ATTEMPT, values)}
    return found


def _holds(row: Row[Any] | None, mark: _Posted) -> bool:
    return row is not None and row.token == mark.token and row.state == "sending"


def _sent_values(mark: _Posted, reminder_id: int, *, again: bool) -> dict[str, Any]:
    return {
        "wanted": reminder_id,
        "becomes": (ReminderState.SCHEDULED if again else ReminderState.SENT).value,
        "held_by": None if again else mark.delivery_id,
        "posted_at": None if again else mark.now,
        "posted_as": None if again else mark.message_id,
        "at": mark.now,
    }


def _held(connection: Connection, delivery_id: DeliveryId, token: str) -> Row[Any] | None:
    row = connection.execute(statements.HELD, {"ids": [delivery_id]}).one_or_none()
    return row if row is not None and row.token == token and row.state == "sending" else None


def _release(connection: Connection, delivery_id: DeliveryId, now: datetime, change: dict[str, Any]) -> None:
    """Change the reminders that are still this delivery's own."""
    connection.execute(
        update(reminders)
        .where(reminders.c.delivery_id == delivery_id, reminders.c.state == "sending")
        .values(**change, updated_at=now)
    )


def _note(connection: Connection, row: Row[Any], now: datetime, event: str, detail: str, attempt: int) -> None:
    told = connection.execute(
        select(delivery_reminders.c.reminder_id)
        .where(delivery_reminders.c.delivery_id == row.id)
        .order_by(delivery_reminders.c.reminder_id)
    ).scalars()
    line = ledger_values(
        now,
        event,
        row.id,
        list(told),
        guild_id=row.guild_id,
        person_id=row.person_id,
        detail=detail,
        attempt=attempt,
    )
    connection.execute(insert(ledger), line)


def _settle(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
