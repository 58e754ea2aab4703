"""Claim deliveries: the one transaction in which reminders that are due become frozen messages under a lease."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Update, bindparam, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deadlines import Deadline
from bot.domain.group_events import GroupEvent
from bot.domain.guilds import GuildSettings
from bot.domain.messages import OutgoingMessage
from bot.domain.private_reminders import event_words
from bot.domain.quiet_hours import end_of_use
from bot.domain.reminders import LEASE, WAITS_FOR_MORNING, ReminderKind, ReminderState, Target
from bot.services.ports.deliveries import Delivery, DeliveryPlan, DueReminder, Freeze, Waits
from storage.database import Database
from storage.deadlines import deadline_of
from storage.follow_ups import not_to_be_named
from storage.guilds import COLUMNS as GUILD_COLUMNS
from storage.guilds import settings_of
from storage.reminders.event_times import EventTimes, time_reminded_of
from storage.reminders.mention_limits import pings_left
from storage.reminders.next_time import Repeated, Series
from storage.reminders.plan_subjects import plans_at_risk, subjects_of
from storage.reminders.rows import FREE, SCHEDULED, Sealer, becomes, ledger_values, reminder_of
from storage.reminders.take_over import TakeOvers
from storage.schema import deadlines, deliveries, delivery_reminders, guilds, ledger, reminders

log = logging.getLogger(__name__)

JOINED = 25
"""Reminders that one message tells of at most."""

CLAIMED = 200
"""Reminders that one transaction claims at most, so that nothing else waits long for it."""

YIELD_EVERY = 8
"""Messages planned, and rendered, before other work of the event loop gets a turn."""

# Twenty characters of base64: with the two that another route adds it is within the 25 that Discord takes as a nonce.
KEY_BYTES = 15
_AS_CHOSEN_NOW = (ReminderKind.PERSONAL, ReminderKind.FOLLOW_UP)
"""What may speak or not as its person or group has chosen by the time that it is sent, whatever they chose when it was set."""
_ALONE = (ReminderKind.ACTION.value, ReminderKind.EVENT.value)


def _claimed(then: ReminderState) -> Update:
    """Give the statement by which a claim takes reminders, made once so that it is compiled once."""
    return (
        becomes(then, ReminderState.SCHEDULED)
        .where(reminders.c.id == bindparam("wanted"))
        .values(delivery_id=bindparam("now_in"), updated_at=bindparam("at"))
    )


_FREE = (SCHEDULED, FREE)
_GUILD = case(
    (or_(reminders.c.person_id.is_(None), reminders.c.kind == ReminderKind.NOTICE.value), reminders.c.guild_id)
).label("to_guild")
"""A word to an organiser stays its group's in their direct messages: they may no longer organise when it is sent."""
_CHANNEL = case((reminders.c.person_id.is_(None), func.coalesce(reminders.c.channel_id, guilds.c.channel_id))).label(
    "to_channel"
)
_STILL_HERE = or_(reminders.c.person_id.is_not(None), guilds.c.left_at.is_(None))
_WITH_GUILD = reminders.outerjoin(guilds, guilds.c.guild_id == reminders.c.guild_id)


KEPT: Any = (
    update(reminders)
    .where(SCHEDULED, reminders.c.id == bindparam("wanted"))
    .values(delivery_id=bindparam("now_in"), updated_at=bindparam("at"), reason=WAITS_FOR_MORNING)
)
"""What waits for the morning stays as it is, in the delivery that wakes a sweep then."""

TAKEN_UP = _claimed(ReminderState.SENDING)
EXPIRED = _claimed(ReminderState.EXPIRED)


class Claims:
    """The claiming half of the reminders' store."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._take_overs = TakeOvers(database, sealer)
        self._repeated = Repeated(database, sealer)
        self._event_times = EventTimes()

    def know_days_off(self, days_off: Callable[[str], Collection[date]]) -> None:
        """Take what gives the bank holidays of a division, by which the reminders of events are planned on."""
        self._event_times = EventTimes(days_off)

    async def claim(
        self,
        now: datetime,
        *,
        limit: int,
        token: str,
        freeze: Freeze,
        skip: Collection[Target] = (),
        waits: Waits | None = None,
    ) -> Sequence[Delivery]:
        """Claim what is due as at most ``limit`` deliveries; see the port."""
        async with self._database.writing() as connection:
            again = await self._take_overs.waiting(connection, now, token, limit)
            fresh: list[Delivery] = []
            if len(again) < limit:
                room = limit - len(again)
                fresh = await self._fresh(connection, now, token, room, freeze, frozenset(skip), waits)
        return (*again, *fresh)

    # What is due now

    async def _fresh(
        self,
        connection: AsyncConnection,
        now: datetime,
        token: str,
        limit: int,
        freeze: Freeze,
        skip: frozenset[Target],
        waits: Waits | None,
    ) -> list[Delivery]:
        targets = await self._targets(connection, now, limit, skip)
        if not targets:
            return []
        plans, series, events = await self._plans(connection, now, targets)
        rows: list[dict[str, Any]] = []
        frozen: list[tuple[DeliveryPlan, OutgoingMessage]] = []
        for index, plan in enumerate(plans):
            if index % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
            message = freeze(plan)
            until = waits(plan) if waits is not None else None
            frozen.append((plan, message))
            rows.append(self._row(plan, message, now, token, until))
        if not rows:
            return []
        await self._tried_before(connection, plans, rows)
        made = await connection.execute(insert(deliveries).returning(deliveries.c.id, deliveries.c.key), rows)
        ids = {row.key: row.id for row in made}
        await self._link(
            connection, [(ids[p.key], p, row["retry_at"] is not None) for p, row in zip(plans, rows, strict=True)], now
        )
        if series:
            claimed = [found.reminder for plan in plans for found in (*plan.due, *plan.expired)]
            await self._repeated.plan_next(connection, claimed, series, now)
        if events:
            await self._event_times.plan_on(connection, plans, now)
        return [
            Delivery(
                delivery_id=ids[plan.key],
                key=plan.key,
                target=plan.target,
                message=message,
                reminders=tuple((f.reminder.reminder_id, f.reminder.revision) for f in (*plan.due, *plan.expired)),
                due_at=row["due_at"],
                created_at=now,
                token=token,
                attempts=row["attempts"],
                first_failed_at=row["first_failed_at"],
                digest=row["digest"],
            )
            for (plan, message), row in zip(frozen, rows, strict=True)
            if row["retry_at"] is None
        ]

    async def _tried_before(
        self, connection: AsyncConnection, plans: Sequence[DeliveryPlan], rows: Sequence[dict[str, Any]]
    ) -> None:
        """Go on counting the tries of what waited through a night, so that it is given up in its time."""
        tried = {f.reminder.reminder_id for plan in plans for f in plan.due if f.reminder.attempts}
        if not tried:
            return
        before = (
            select(
                delivery_reminders.c.reminder_id,
                func.max(deliveries.c.attempts).label("tries"),
                func.min(deliveries.c.first_failed_at).label("since"),
            )
            .join_from(delivery_reminders, deliveries, deliveries.c.id == delivery_reminders.c.delivery_id)
            .where(
                delivery_reminders.c.reminder_id.in_(tried),
                deliveries.c.state == "cancelled",
                deliveries.c.reason == WAITS_FOR_MORNING,
            )
            .group_by(delivery_reminders.c.reminder_id)
        )
        known = {row.reminder_id: row for row in await connection.execute(before)}
        for plan, row in zip(plans, rows, strict=True):
            found = [known[f.reminder.reminder_id] for f in plan.due if f.reminder.reminder_id in known]
            row["attempts"] = max((one.tries for one in found), default=0)
            row["first_failed_at"] = min((one.since for one in found if one.since is not None), default=None)

    async def _targets(
        self, connection: AsyncConnection, now: datetime, limit: int, skip: frozenset[Target]
    ) -> list[Target]:
        """Choose whose turn it is: the longest due first, and of those the ones with least to say."""
        due = (
            select(_GUILD, _CHANNEL, reminders.c.person_id, func.count().label("waiting"))
            .select_from(_WITH_GUILD)
            .where(*_FREE, reminders.c.due_at <= now, _STILL_HERE)
            .group_by("to_guild", "to_channel", reminders.c.person_id)
            .order_by(func.min(reminders.c.due_at), func.count())
            .limit(limit + len(skip))
        )
        chosen: list[Target] = []
        room = CLAIMED
        for row in await connection.execute(due):
            target = Target(row.to_guild, row.to_channel, row.person_id)
            if target in skip:
                continue
            room -= min(row.waiting, JOINED)
            if chosen and (room < 0 or len(chosen) == limit):
                break
            chosen.append(target)
        return chosen

    async def _plans(
        self, connection: AsyncConnection, now: datetime, targets: Sequence[Target]
    ) -> tuple[list[DeliveryPlan], Series, dict[int, GroupEvent]]:
        of_guilds = {target.guild_id for target in targets if target.guild_id is not None}
        of_people = {target.person_id for target in targets if target.person_id is not None}
        place = func.row_number().over(
            partition_by=(_GUILD, _CHANNEL, reminders.c.person_id), order_by=(reminders.c.due_at, reminders.c.id)
        )
        ranked = (
            select(reminders.c.id, _CHANNEL, place.label("place"))
            .select_from(_WITH_GUILD)
            .where(
                *_FREE,
                reminders.c.due_at <= now,
                or_(reminders.c.guild_id.in_(of_guilds), reminders.c.person_id.in_(of_people)),
            )
            .subquery()
        )
        rows: Any = await connection.execute(
            select(*reminders.c, ranked.c.to_channel)
            .join_from(reminders, ranked, ranked.c.id == reminders.c.id)
            .where(ranked.c.place <= JOINED, *_FREE)
            .order_by(reminders.c.due_at, reminders.c.id)
            .with_for_update(of=reminders, skip_locked=True)
        )
        mine: dict[Target, list[Row[Any]]] = {target: [] for target in targets}
        for row in rows:
            of_group = row.person_id is None or row.kind == ReminderKind.NOTICE.value
            guild_id = row.guild_id if of_group else None
            found = mine.get(Target(guild_id, row.to_channel, row.person_id))
            if found is not None:
                found.append(row)
        mine = {target: _rows_of_one_message(found, now) for target, found in mine.items()}
        chosen = [row for found in mine.values() for row in found]
        own = {row.personal_id for row in chosen if row.personal_id is not None}
        series = await self._repeated.series(connection, own)
        dates = [row.deadline_id for row in chosen] + [owned.deadline_id for owned in series.values()]
        known = await self._deadlines(connection, {deadline_id for deadline_id in dates if deadline_id is not None})
        marked = {owned.event.group_event_id for owned in series.values() if owned.event is not None}
        events = await self._event_times.events_of(
            connection, ({row.group_event_id for row in chosen} - {None}) | marked
        )
        asked = await subjects_of(connection, {row.action_id for row in chosen if row.person_id is None} - {None})
        unnamed = await not_to_be_named(connection, {row.follow_up_id for row in chosen} - {None})
        hushed = await plans_at_risk(connection, {row.action_id for row in chosen} - {None})
        settings = await self._settings(connection, of_guilds)
        left = await pings_left(connection, settings.values(), now)
        plans = []
        for index, (target, found) in enumerate(mine.items()):
            if index % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
            if found:
                plan = self._plan(
                    target,
                    found,
                    now,
                    known,
                    series,
                    events,
                    asked,
                    unnamed,
                    hushed,
                    settings.get(target.guild_id or 0) if target.person_id is None else None,
                )
                remaining = left.get(target.guild_id or 0, 0)
                left[target.guild_id or 0] = remaining - plan.calls_people
                chosen_by = settings.get(target.guild_id or 0)
                at_risk = chosen_by.high_risk if chosen_by is not None else True
                plans.append(replace(plan, may_ping=remaining > 0, at_risk=at_risk))
        return plans, series, events

    def _plan(
        self,
        target: Target,
        rows: Iterable[Row[Any]],
        now: datetime,
        known: dict[int, Deadline],
        series: Series,
        events: dict[int, GroupEvent],
        asked: dict[int, tuple[str, ...]],
        unnamed: Collection[int],
        hushed: Collection[int],
        settings: GuildSettings | None,
    ) -> DeliveryPlan:
        due: list[DueReminder] = []
        expired: list[DueReminder] = []
        for row in rows:
            reminder = reminder_of(row, self._sealer)
            owned = series.get(row.personal_id)
            if reminder.kind in _AS_CHOSEN_NOW:
                neutral = owned.neutral if owned is not None else row.follow_up_id in unnamed
                reminder = replace(reminder, neutral=neutral)
            deadline = known.get(row.deadline_id if owned is None else owned.deadline_id or 0)
            event = events.get(row.group_event_id or 0)
            missed = self._repeated.left_out(reminder, series, now)
            mark = owned.event if owned is not None else None
            beside = events.get(mark.group_event_id) if mark is not None else None
            set_on = (beside.title, event_words(mark, beside, now)) if mark is not None and beside is not None else None
            day = mark.for_day if mark is not None else reminder.for_day
            about = event or beside
            here = time_reminded_of(about, reminder.kind, reminder.rung, day) if about is not None and day else None
            ends = end_of_use(reminder.kind, reminder.expires_at, here, now)
            found = DueReminder(
                reminder,
                deadline,
                missed,
                event,
                asked=asked.get(row.action_id or 0, ()),
                set_on=set_on,
                hushed=row.action_id in hushed,
                ends=ends,
            )
            (due if _of_use(row, now) else expired).append(found)
        return DeliveryPlan(target, tuple(due), settings, tuple(expired), secrets.token_urlsafe(KEY_BYTES))

    async def _deadlines(self, connection: AsyncConnection, ids: Collection[int]) -> dict[int, Deadline]:
        if not ids:
            return {}
        rows = await connection.execute(select(deadlines).where(deadlines.c.id.in_(ids)))
        found = {}
        for row in rows:
            try:
                found[row.id] = deadline_of(row)
            except (ValueError, KeyError):  # one that cannot be read must not hold up everybody's reminders
                log.exception("deadline %d cannot be read; its reminders go out in plain words", row.id)
        return found

    async def _settings(self, connection: AsyncConnection, ids: Collection[int]) -> dict[int, GuildSettings]:
        if not ids:
            return {}
        rows = await connection.execute(select(*GUILD_COLUMNS).where(guilds.c.guild_id.in_(ids)))
        return {row.guild_id: settings_of(row) for row in rows}

    def _row(
        self, plan: DeliveryPlan, message: OutgoingMessage, now: datetime, token: str, until: datetime | None
    ) -> dict[str, Any]:
        return {
            "key": plan.key,
            "guild_id": plan.target.guild_id,
            "channel_id": plan.target.channel_id,
            "person_id": plan.target.person_id,
            "route": "channel",
            "state": "sending" if until is None else "waiting",
            "sealed_message": self._sealer.seal(message.to_bytes()),
            "digest": message.digest,
            "pinged": int(message.ping_role is not None and until is None),
            "due_at": min((found.reminder.due_at for found in plan.due), default=now),
            "created_at": now,
            "token": token if until is None else None,
            "lease_until": now + LEASE if until is None else None,
            "retry_at": until,
            "reason": "" if until is None else WAITS_FOR_MORNING,
            "attempts": 0,
            "first_failed_at": None,
        }

    async def _link(
        self, connection: AsyncConnection, plans: Sequence[tuple[int, DeliveryPlan, bool]], now: datetime
    ) -> None:
        links: list[dict[str, Any]] = []
        claimed: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
        kept: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        for delivery_id, plan, waiting in plans:
            told = [*((f, False) for f in plan.due), *((f, not waiting) for f in plan.expired)]
            for found, expired in told:
                reminder = found.reminder
                links.append(
                    {
                        "delivery_id": delivery_id,
                        "reminder_id": reminder.reminder_id,
                        "revision": reminder.revision,
                        "expired": int(expired),
                    }
                )
                into = kept if waiting else claimed[expired]
                into.append({"wanted": reminder.reminder_id, "now_in": delivery_id, "at": now})
            if waiting:
                lines.append(
                    ledger_values(
                        now,
                        "to be tried again",
                        delivery_id,
                        [found.reminder.reminder_id for found, _ in told],
                        guild_id=plan.target.guild_id,
                        person_id=plan.target.person_id,
                        detail=WAITS_FOR_MORNING,
                    )
                )
            elif plan.expired:
                lines.append(
                    ledger_values(
                        now,
                        "expired",
                        delivery_id,
                        [found.reminder.reminder_id for found in plan.expired],
                        guild_id=plan.target.guild_id,
                        person_id=plan.target.person_id,
                        detail="not sent in time to be useful; the next message says so",
                    )
                )
        for statement, rows in (
            (insert(delivery_reminders), links),
            (KEPT, kept),
            (TAKEN_UP, claimed[False]),
            (EXPIRED, claimed[True]),
            (insert(ledger), lines),
        ):
            if rows:
                await connection.execute(statement, rows)


def _rows_of_one_message(rows: list[Row[Any]], now: datetime) -> list[Row[Any]]:
    """Give what one message tells of: a step of a plan stands alone, as it was rehearsed, and so does an event with its
    place and time: it says what its own earlier reminders would have said. The rest is joined."""
    steps = [row for row in rows if row.kind in _ALONE and _of_use(row, now)]
    others = [row for row in rows if row not in steps]
    first = steps[0] if steps else None
    if first is None:
        return others
    event = first.group_event_id
    past = [row for row in others if event is not None and row.group_event_id == event and not _of_use(row, now)]
    others = [row for row in others if row not in past]
    if others and (others[0].due_at, others[0].id) < (first.due_at, first.id):
        return others
    return [*past, first]


def _of_use(row: Row[Any], now: datetime) -> bool:
    return row.expires_at is None or row.expires_at > now
