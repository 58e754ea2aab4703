"""An attempt to deliver: that it begins, and what became of it.

What begins or was posted in one moment shares one transaction and its statements, made here once, so that SQLAlchemy
compiles each of them once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.identity import DeliveryId, MessageId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import LEASE, ReminderState, Target
from bot.services.ports.deliveries import Marked
from storage.database import Database
from storage.reminders.rows import Sealer, becomes, ledger_values, notice_values
from storage.schema import deliveries, delivery_reminders, guilds, ledger, reminders

HELD: Any = (
    select(
        deliveries.c.id,
        deliveries.c.token,
        deliveries.c.state,
        deliveries.c.guild_id,
        deliveries.c.person_id,
        deliveries.c.route,
        deliveries.c.due_at,
        deliveries.c.attempts,
        deliveries.c.attempted_at,
        deliveries.c.first_failed_at,
    )
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.id)
    .with_for_update()
)
LINKS: Any = (
    select(
        delivery_reminders.c.delivery_id.label("of_delivery"),
        delivery_reminders.c.reminder_id,
        delivery_reminders.c.revision.label("frozen"),
        delivery_reminders.c.expired,
        reminders.c.delivery_id,
        reminders.c.state,
        reminders.c.revision,
        reminders.c.due_at,
    )
    .join_from(delivery_reminders, reminders, reminders.c.id == delivery_reminders.c.reminder_id)
    .where(delivery_reminders.c.delivery_id.in_(bindparam("ids", expanding=True)))
    .order_by(reminders.c.id)
    .with_for_update(of=reminders)
)
ATTEMPT: Any = (
    update(deliveries)
    .where(
        deliveries.c.id.in_(bindparam("ids", expanding=True)),
        deliveries.c.token == bindparam("held_by"),
        deliveries.c.state == "sending",
    )
    .values(
        lease_until=bindparam("until"),
        attempted_at=case(
            (
                deliveries.c.id.in_(bindparam("afresh", expanding=True)),
                bindparam("since", type_=deliveries.c.attempted_at.type),
            ),
            else_=func.coalesce(deliveries.c.attempted_at, bindparam("since", type_=deliveries.c.attempted_at.type)),
        ),
    )
    .returning(deliveries.c.id)
)
DELIVERED: Any = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("wanted"))
    .values(
        state="sent",
        sent_at=bindparam("at"),
        message_id=bindparam("posted_as"),
        sealed_message=None,
        token=None,
        lease_until=None,
        retry_at=None,
    )
)
SENT: Any = (
    becomes(ReminderState.SENT, ReminderState.SENDING)
    .where(reminders.c.id == bindparam("wanted"))
    .values(
        sent_at=bindparam("posted_at"),
        message_id=bindparam("posted_as"),
        updated_at=bindparam("posted_at"),
        reason="",
        sealed_text=None,  # words are kept until they are delivered, and no longer: what is private keeps its own
    )
)
AGAIN: Any = (
    becomes(ReminderState.SCHEDULED, ReminderState.SENDING)
    .where(reminders.c.id == bindparam("wanted"))
    .values(delivery_id=None, updated_at=bindparam("at"), reason="")
)
"""What was moved to a later time while it went out comes again then."""

WORKS = (
    update(guilds)
    .where(guilds.c.guild_id.in_(bindparam("ids", expanding=True)), guilds.c.channel_problem_at.is_not(None))
    .values(channel_problem_at=None)
)
GUILD: Any = (
    select(
        guilds.c.guild_id,
        guilds.c.notice_channel_id,
        guilds.c.person_id,
        guilds.c.channel_problem_at,
        guilds.c.updated_at,
    )
    .where(guilds.c.guild_id == bindparam("wanted"))
    .with_for_update()
)


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


class Attempts:
    """The attempting part of the reminders' store: an attempt begins, and what became of it."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def attempting(self, delivery_id: DeliveryId, token: str, now: datetime, *, afresh: bool = False) -> bool:
        """Renew the lease and record that an attempt begins."""
        done: bool = await self._database.batched_together(self._write, _Attempt(delivery_id, token, now, afresh))
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
        posted = _Posted(delivery_id, token, now, message_id, detail, notice)
        marked: Marked = await self._database.batched_together(self._write, posted)
        return marked

    def _write(self, connection: Connection, marks: Sequence[_Attempt | _Posted]) -> list[Any]:
        posted = [mark for mark in marks if isinstance(mark, _Posted)]
        begun = _begun(connection, [mark for mark in marks if isinstance(mark, _Attempt)])
        known: dict[int, Row[Any]] = {}
        if posted:
            ids = sorted({mark.delivery_id for mark in posted})
            known = {row.id: row for row in connection.execute(HELD, {"ids": ids})}
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
        for link in connection.execute(LINKS, {"ids": sorted(mark.delivery_id for mark in posted)}):
            links[link.of_delivery].append(link)
        changed: dict[DeliveryId, list[Any]] = defaultdict(list)
        sent: list[dict[str, Any]] = []
        again: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        for mark in posted:
            row = known[mark.delivery_id]
            for link in links[mark.delivery_id]:
                if link.expired:
                    continue
                same = link.delivery_id == mark.delivery_id and link.state == "sending"
                if not same or link.revision != link.frozen:
                    changed[mark.delivery_id].append(link.reminder_id)
                if same and link.revision != link.frozen and link.due_at > mark.now:
                    again.append({"wanted": link.reminder_id, "at": mark.now})
                elif same:
                    sent.append({"wanted": link.reminder_id, "posted_at": mark.now, "posted_as": mark.message_id})
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
        delivered = [{"wanted": m.delivery_id, "at": m.now, "posted_as": m.message_id} for m in posted]
        for statement, rows in ((DELIVERED, delivered), (SENT, sent), (AGAIN, again), (insert(ledger), lines)):
            if rows:
                connection.execute(statement, rows)
        told = [known[m.delivery_id] for m in posted if known[m.delivery_id].route == "channel"]
        works = {row.guild_id for row in told if row.person_id is None} - {None}
        if works:
            connection.execute(WORKS, {"ids": sorted(works)})
        for mark in posted:
            if changed.get(mark.delivery_id) and mark.notice:
                self._tell_organisers(connection, known[mark.delivery_id].guild_id, mark.notice, mark.now)
        return changed

    def _tell_organisers(self, connection: Connection, guild_id: int | None, text: str, now: datetime) -> None:
        """Post a word in the group's notice channel where it has one, else privately to the settings' owner."""
        row = connection.execute(GUILD, {"wanted": guild_id}).one_or_none() if guild_id is not None else None
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
            row = _own_delivery(connection, delivery_id, token)
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
            _release(connection, delivery_id, now, ReminderState.SCHEDULED, {"attempts": attempts, "reason": reason})
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
            row = _own_delivery(connection, delivery_id, token)
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
            row = _own_delivery(connection, delivery_id, token)
            if row is None:
                return False
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery_id)
                .values(state=state.value, reason=reason, token=None, lease_until=None, sealed_message=None)
            )
            _release(connection, delivery_id, now, state, {"reason": reason})
            _note(connection, row, now, state.value, reason, row.attempts + 1)
            if notice and row.guild_id is not None:
                self._tell_owner(connection, row.guild_id, notice, now)
            return True

        return await self._one(write)

    async def hold(self, delivery_id: DeliveryId, token: str, reason: str, now: datetime) -> bool:
        """End a word to an organiser that did not reach them: its words wait, with nobody's name, for whoever organises then."""

        def write(connection: Connection) -> bool:
            row = _own_delivery(connection, delivery_id, token)
            if row is None:
                return False
            ended = {"state": "undeliverable", "reason": reason, "token": None, "lease_until": None}
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery_id)
                .values(**ended, sealed_message=None, person_id=None)
            )
            _release(connection, delivery_id, now, ReminderState.UNDELIVERABLE, {"reason": reason, "person_id": None})
            _note(connection, row, now, ReminderState.UNDELIVERABLE.value, reason, row.attempts + 1)
            return True

        return await self._one(write)

    def _tell_owner(self, connection: Connection, guild_id: int, text: str, now: datetime) -> None:
        """Tell the settings' owner of a problem, once until the channel works again or the settings are saved."""
        row = connection.execute(GUILD, {"wanted": guild_id}).one_or_none()
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
        found |= {(row.id, token) for row in connection.execute(ATTEMPT, values)}
    return found


def _holds(row: Row[Any] | None, mark: _Posted) -> bool:
    return row is not None and row.token == mark.token and row.state == "sending"


def _own_delivery(connection: Connection, delivery_id: DeliveryId, token: str) -> Row[Any] | None:
    row = connection.execute(HELD, {"ids": [delivery_id]}).one_or_none()
    return row if row is not None and row.token == token and row.state == "sending" else None


def _release(
    connection: Connection, delivery_id: DeliveryId, now: datetime, state: ReminderState, change: dict[str, Any]
) -> None:
    """Change the reminders that are still this delivery's own."""
    releasing = becomes(state, ReminderState.SENDING).where(reminders.c.delivery_id == delivery_id)
    connection.execute(releasing.values(**change, updated_at=now))


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
