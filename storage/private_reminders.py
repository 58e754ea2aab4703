"""Private reminders: what their owner set, with the one time that is planned; only ever touched in their owner's name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import DeadlineId, GroupEventId, GuildId, PersonalId, PersonId
from bot.domain.private_reminders import (
    MOST_ACTIVE,
    SNOOZE,
    TIME,
    EventMark,
    Missed,
    PersonSettings,
    PrivateReminder,
    moved_with,
    planned_time,
)
from bot.domain.quiet_hours import moved_moment
from bot.domain.reminders import CivilTime, Owner, PlannedReminder, Reminder, ReminderKind, ReminderState
from storage.database import Database
from storage.deadlines import deadline_of
from storage.group_events import event_of
from storage.installation_facts import insert_for
from storage.reminders.planner import Planner
from storage.reminders.rows import SCHEDULED, UNREADABLE, Sealer, reminder_of
from storage.schema import deadlines, group_events, guilds, person_settings, personal_reminders, reminders

UNDER_WAY = (ReminderState.SCHEDULED.value, ReminderState.SENDING.value)
NOT_SEEN: ColumnElement[bool] = and_(
    reminders.c.person_id.is_not(None),
    reminders.c.kind == ReminderKind.PERSONAL.value,
    reminders.c.state.in_((ReminderState.UNDELIVERABLE.value, ReminderState.UNKNOWN.value)),
    reminders.c.shown_at.is_(None),
)
"""A private reminder that its person may not have had. (Of letters they are asked by ``services/follow_ups``; a word to organisers
waits for whoever organises then: ``storage/reminders/ledger.HELD_WORD``.)"""

NEUTRAL_NOW: ColumnElement[bool] = or_(
    personal_reminders.c.neutral == 1,
    exists().where(person_settings.c.person_id == personal_reminders.c.person_id, person_settings.c.neutral == 1),
    and_(
        personal_reminders.c.guild_id.is_not(None),
        ~exists().where(guilds.c.guild_id == personal_reminders.c.guild_id, guilds.c.high_risk == 0),
    ),
)
"""Whether a message may not say what it is about, as its owner and its group chose by now: a group that has not answered whether
its members could be targeted is taken to have said yes. The column ``neutral`` is for what outlives such a group."""

WITH_CHOICE = select(personal_reminders, case((NEUTRAL_NOW, 1), else_=0).label("neutral_now"))

_WAITING = select(reminders.c.personal_id).where(
    reminders.c.personal_id.is_not(None),
    reminders.c.state == ReminderState.SCHEDULED.value,
    reminders.c.rung == TIME,
)
GONE = NotFound(
    "That reminder has gone.",
    "Postbag keeps reminders for 7 days after they're done. Set it again with /remind me.",
)


class PrivateReminders:
    """The tables ``personal_reminders`` and ``person_settings``, and the planned times in ``reminders``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._planner = Planner(sealer)
        put = insert_for(database, person_settings)
        keep = insert_for(database, personal_reminders)
        self._keep = keep.on_conflict_do_nothing().returning(personal_reminders.c.id)
        chosen = {name: put.excluded[name] for name in ("zone", "time_of_day", "lead_days", "neutral", "updated_at")}
        self._settle = put.on_conflict_do_update(index_elements=["person_id"], set_=chosen)

    async def add(self, wanted: PrivateReminder, now: datetime, draft: str | None = None) -> PrivateReminder:
        """Store a private reminder with its first time, in one transaction. Refused: the person has too many.

        ``draft`` names what it is kept from. One draft is kept once: a second time gives the first reminder, as it is now.
        """
        async with self._database.writing() as connection:
            if draft is not None and (held := await self._kept_from(connection, wanted.person_id, draft)):
                return held
            active = (
                select(func.count(func.distinct(reminders.c.personal_id)))
                .where(reminders.c.person_id == wanted.person_id, reminders.c.personal_id.is_not(None))
                .where(reminders.c.state.in_(UNDER_WAY))
            )
            if (await connection.execute(active)).scalar_one() >= MOST_ACTIVE:
                raise Refused(
                    f"You have {MOST_ACTIVE} reminders to come, which is the most one person can have.",
                    "Cancel some with /remind list, then set this one.",
                )
            values = self._values(wanted, now) | {"person_id": wanted.person_id, "created_at": now, "draft_key": draft}
            made = (await connection.execute(self._keep, values)).scalar_one_or_none()
            if made is None:  # another process kept that draft in this very moment
                held = await self._kept_from(connection, wanted.person_id, draft or "")
                assert held is not None
                return held
            kept = replace(wanted, personal_id=PersonalId(made), next_time=wanted.first)
            await self._replan(connection, kept, [planned_time(kept, kept.first)], now)
        return kept

    async def of_person(self, person_id: PersonId) -> Sequence[PrivateReminder]:
        """List a person's reminders: those to come by time, then those that are over, newest first."""
        async with self._database.reading(snapshot=True) as connection:
            found = await self._read(connection, personal_reminders.c.person_id == person_id)
        return sorted(
            found, key=lambda r: (r.next_time.instant().timestamp() if r.next_time else float("inf"), -r.personal_id)
        )

    async def get(self, person_id: PersonId, personal_id: PersonalId) -> PrivateReminder:
        """Give one reminder of a person. NotFound: there is none, or it is somebody else's."""
        async with self._database.reading(snapshot=True) as connection:
            return await self._mine(connection, person_id, personal_id)

    async def change(self, changed: PrivateReminder, now: datetime) -> tuple[PrivateReminder, bool]:
        """Store a changed reminder and plan it anew from its first time. True: it was just going out as it was before.

        Refused: it was changed meanwhile. NotFound: it is gone, or somebody else's.
        """
        async with self._database.writing() as connection:
            held = await self._mine(connection, changed.person_id, changed.personal_id)
            if _is_kept_already(held, changed):
                return held, False
            held = await self._locked(connection, changed.person_id, changed.personal_id)
            if held.revision != changed.revision:
                raise Refused("That reminder has changed since you opened it.", "Open it again with /remind list.")
            kept = replace(changed, revision=held.revision + 1, done_at=None, next_time=changed.first)
            await connection.execute(
                update(personal_reminders)
                .where(personal_reminders.c.id == kept.personal_id)
                .values(**self._values(kept, now))
            )
            sending = await self._replan(connection, kept, [planned_time(kept, kept.first)], now)
        return kept, bool(sending)

    async def done(self, person_id: PersonId, personal_id: PersonalId, now: datetime, *, stop: bool) -> PrivateReminder:
        """Mark a reminder done: a snoozed time is taken back; one that repeats goes on unless ``stop``."""
        async with self._database.writing() as connection:
            held = await self._locked(connection, person_id, personal_id)
            over = stop or held.repeat is Repeat.ONCE
            await self._replan(connection, held, (), now, rungs=() if over else (SNOOZE,))
            if over:
                await connection.execute(
                    update(personal_reminders)
                    .where(personal_reminders.c.id == personal_id)
                    .values(done_at=now, updated_at=now)
                )
            return await self._mine(connection, person_id, personal_id)

    async def snooze(
        self, person_id: PersonId, personal_id: PersonalId, again: CivilTime, now: datetime
    ) -> PrivateReminder:
        """Let a reminder come once more at a time, instead of at an earlier snoozed one."""
        async with self._database.writing() as connection:
            held = await self._locked(connection, person_id, personal_id)
            held = replace(held, snoozes=held.snoozes + 1)
            await connection.execute(
                update(personal_reminders)
                .where(personal_reminders.c.id == personal_id)
                .values(snoozes=held.snoozes, done_at=None, updated_at=now)
            )
            goes_on = held.repeat is not Repeat.ONCE
            wanted = [planned_time(held, again, SNOOZE)]
            await self._replan(connection, held, wanted, now, rungs=(SNOOZE,) if goes_on else ())
            return await self._mine(connection, person_id, personal_id)

    # What did not reach its person

    async def not_seen_by_anyone_yet(self) -> frozenset[PersonId]:
        """List the people for whom something waits to be shown."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(reminders.c.person_id).where(NOT_SEEN).distinct())
            return frozenset(PersonId(row.person_id) for row in rows)

    async def not_seen(self, person_id: PersonId) -> Sequence[Missed]:
        """List what did not reach a person, by time."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(reminders)
                .where(NOT_SEEN, reminders.c.person_id == person_id)
                .order_by(reminders.c.due_at, reminders.c.id)
            )
            found = [reminder_of(row, self._sealer) for row in rows]
        return [
            Missed(r.reminder_id, r.personal_id, r.text, r.due_at, r.reason, r.state is ReminderState.UNKNOWN)
            for r in found
        ]

    async def shown(self, person_id: PersonId, reminder_ids: Sequence[int], now: datetime) -> None:
        """Note that what had not reached a person was shown to them."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(reminders)
                .where(reminders.c.person_id == person_id, reminders.c.id.in_(reminder_ids), NOT_SEEN)
                .values(shown_at=now, updated_at=now)
            )

    # A person's own settings

    async def settings(self, person_id: PersonId) -> PersonSettings:
        """Give what a person chose."""
        async with self._database.reading() as connection:
            row = (
                await connection.execute(select(person_settings).where(person_settings.c.person_id == person_id))
            ).one_or_none()
        if row is None:
            return PersonSettings()
        at = time.fromisoformat(row.time_of_day) if row.time_of_day is not None else None
        return PersonSettings(row.zone, at, row.lead_days, bool(row.neutral))

    async def save_settings(self, person_id: PersonId, chosen: PersonSettings, now: datetime) -> None:
        """Store what a person chose."""
        at = chosen.time_of_day.isoformat(timespec="minutes") if chosen.time_of_day is not None else None
        async with self._database.writing() as connection:
            await connection.execute(
                self._settle,
                {
                    "person_id": person_id,
                    "zone": chosen.zone,
                    "time_of_day": at,
                    "lead_days": chosen.lead_days,
                    "neutral": int(chosen.neutral),
                    "updated_at": now,
                },
            )
            await connection.execute(written_anew(personal_reminders.c.person_id == person_id).values(updated_at=now))

    # Dates that moved

    async def follow_dates(self, now: datetime) -> int:
        """Move the reminders that count from a date or an event that moved; give how many. One whose new time is past comes at once."""
        async with self._database.writing() as connection:
            return await self._follow_deadlines(connection, now) + await self._follow_events(connection, now)

    async def _follow_events(self, connection: AsyncConnection, now: datetime) -> int:
        own = personal_reminders.c
        marked = select(own.id, own.person_id, own.group_event_id).where(
            own.group_event_id.is_not(None), own.repeat == Repeat.ONCE.value, own.id.in_(_WAITING)
        )
        rows = (await connection.execute(marked)).all()
        if not rows:
            return 0
        found = await connection.execute(
            select(group_events).where(group_events.c.id.in_({row.group_event_id for row in rows}))
        )
        known = {row.id: event_of(row) for row in found}
        touched = 0
        for row in rows:
            held = await self._mine(connection, row.person_id, row.id)
            wanted = moved_with(held, known[row.group_event_id])
            if wanted is not held:
                touched += 1
                here = known[row.group_event_id].time_of(wanted.event.for_day) if wanted.event is not None else None
                await self._move(connection, wanted, now, here.starts if here is not None else None)
        return touched

    async def _move(
        self, connection: AsyncConnection, wanted: PrivateReminder, now: datetime, starts: datetime | None = None
    ) -> None:
        held = await self._locked(connection, wanted.person_id, wanted.personal_id)
        moved = replace(held, first=wanted.first, event=wanted.event, revision=held.revision + 1)
        await self._replan(connection, moved, [planned_time(moved, moved_moment(moved.first, now, starts))], now)
        await connection.execute(
            update(personal_reminders)
            .where(personal_reminders.c.id == held.personal_id)
            .values(**self._values(moved, now))
        )

    async def _follow_deadlines(self, connection: AsyncConnection, now: datetime) -> int:
        touched = 0
        counting = (
            await connection.execute(
                select(personal_reminders.c.id, personal_reminders.c.person_id, personal_reminders.c.deadline_id)
                .where(personal_reminders.c.deadline_id.is_not(None), personal_reminders.c.lead_days.is_not(None))
                .where(personal_reminders.c.id.in_(_WAITING))
            )
        ).all()
        if not counting:
            return 0
        dates = await connection.execute(
            select(deadlines).where(deadlines.c.id.in_({row.deadline_id for row in counting}))
        )
        known = {row.id: deadline_of(row) for row in dates}
        for row in counting:
            held = await self._mine(connection, row.person_id, row.id)
            wanted = counted_from(held, known[row.deadline_id])
            if wanted == held.first:
                continue
            touched += 1
            await self._move(connection, replace(held, first=wanted), now)
        return touched

    # Rows

    def _values(self, reminder: PrivateReminder, now: datetime) -> dict[str, Any]:
        return {
            "sealed_text": self._sealer.seal(reminder.text.encode()),
            "about": reminder.about,
            "guild_id": reminder.guild_id,
            "deadline_id": reminder.deadline_id,
            "lead_days": reminder.lead_days,
            **_mark_values(reminder.event),
            "repeat": reminder.repeat.value,
            "local_date": reminder.first.on.isoformat(),
            "local_time": reminder.first.at.isoformat(timespec="minutes"),
            "zone": reminder.first.zone,
            "until": reminder.until.isoformat() if reminder.until is not None else None,
            "snoozes": reminder.snoozes,
            "done_at": reminder.done_at,
            "revision": reminder.revision,
            "updated_at": now,
        }

    async def _replan(
        self,
        connection: AsyncConnection,
        held: PrivateReminder,
        wanted: Sequence[PlannedReminder],
        now: datetime,
        *,
        rungs: Collection[str] = (),
    ) -> int:
        owner = Owner(personal_id=held.personal_id)
        return await self._planner.replace(connection, owner, wanted, now, person_id=held.person_id, rungs=rungs)

    async def _locked(
        self, connection: AsyncConnection, person_id: PersonId, personal_id: PersonalId
    ) -> PrivateReminder:
        """Give a reminder that nobody else changes until the end of the transaction.

        The planned times are locked before the reminder itself, as a claim does, so that the two never wait for each other.
        """
        await self._mine(connection, person_id, personal_id)
        times = select(reminders.c.id).where(reminders.c.personal_id == personal_id).with_for_update()
        await connection.execute(times)
        await connection.execute(
            select(personal_reminders.c.id).where(personal_reminders.c.id == personal_id).with_for_update()
        )
        return await self._mine(connection, person_id, personal_id)

    async def _kept_from(self, connection: AsyncConnection, person_id: PersonId, draft: str) -> PrivateReminder | None:
        own = personal_reminders.c
        found = await self._read(connection, own.person_id == person_id, own.draft_key == draft)
        return found[0] if found else None

    async def _mine(self, connection: AsyncConnection, person_id: PersonId, personal_id: PersonalId) -> PrivateReminder:
        found = await self._read(
            connection, personal_reminders.c.person_id == person_id, personal_reminders.c.id == personal_id
        )
        if not found:
            raise GONE
        return found[0]

    async def _read(self, connection: AsyncConnection, *which: ColumnElement[bool]) -> list[PrivateReminder]:
        rows = (await connection.execute(WITH_CHOICE.where(*which))).all()
        times: dict[int, list[Reminder]] = {row.id: [] for row in rows}
        if rows:
            planned = await connection.execute(
                select(reminders)
                .where(reminders.c.personal_id.in_(times), reminders.c.state != ReminderState.CANCELLED.value)
                .order_by(reminders.c.due_at, reminders.c.id)
            )
            for row in planned:
                told = reminder_of(row, self._sealer)
                assert told.personal_id is not None
                times[told.personal_id].append(told)
        return [personal_of(row, times[row.id], self._sealer) for row in rows]


def written_anew(which: ColumnElement[bool]) -> Update:
    """Give the UPDATE by which private messages that wait for another try are put into words again: how they may speak has changed."""
    of_these = select(personal_reminders.c.id).where(which)
    waiting = (SCHEDULED, reminders.c.delivery_id.is_not(None), reminders.c.personal_id.in_(of_these))
    return update(reminders).where(*waiting).values(revision=reminders.c.revision + 1)


def _is_kept_already(held: PrivateReminder, changed: PrivateReminder) -> bool:
    """Tell whether this very change was just made: its button was pressed twice, or again after a lost answer."""
    meant = replace(changed, revision=changed.revision + 1)
    told_apart = (
        "text",
        "first",
        "repeat",
        "until",
        "about",
        "deadline_id",
        "lead_days",
        "event",
        "revision",
        "person_id",
    )
    return held.is_active and all(getattr(held, name) == getattr(meant, name) for name in told_apart)


def personal_of(row: Row[Any], times: Sequence[Reminder], sealer: Sealer) -> PrivateReminder:
    """Read a row of ``WITH_CHOICE``, with the times that were not cancelled."""
    held = row._mapping
    own = personal_reminders.c
    try:
        text = sealer.open(held[own.sealed_text]).decode()
    except Refused:
        text = UNREADABLE
    planned = [t for t in times if t.state is ReminderState.SCHEDULED]
    past = [t for t in times if t.state is not ReminderState.SCHEDULED]
    last = past[-1] if past else None
    return PrivateReminder(
        personal_id=PersonalId(held[own.id]),
        person_id=PersonId(held[own.person_id]),
        text=text,
        first=CivilTime(
            date.fromisoformat(held[own.local_date]), time.fromisoformat(held[own.local_time]), held[own.zone]
        ),
        repeat=Repeat(held[own.repeat]),
        until=date.fromisoformat(held[own.until]) if held[own.until] is not None else None,
        about=held[own.about],
        guild_id=GuildId(held[own.guild_id]) if held[own.guild_id] is not None else None,
        deadline_id=DeadlineId(held[own.deadline_id]) if held[own.deadline_id] is not None else None,
        lead_days=held[own.lead_days],
        event=_mark(held[own.group_event_id], held[own.event_day], held[own.event_starts]),
        neutral=bool(row.neutral_now),
        snoozes=held[own.snoozes],
        done_at=held[own.done_at],
        revision=held[own.revision],
        next_time=planned[0].civil if planned else None,
        snoozed=bool(planned) and planned[0].rung == SNOOZE,
        state=last.state if last is not None else None,
        state_at=(last.sent_at or last.due_at) if last is not None else None,
    )


def _mark_values(mark: EventMark | None) -> dict[str, Any]:
    if mark is None:
        return {"group_event_id": None, "event_day": None, "event_starts": None}
    at = f"T{mark.at:%H:%M}" if mark.at is not None else ""
    return {
        "group_event_id": mark.group_event_id,
        "event_day": mark.for_day.isoformat(),
        "event_starts": f"{mark.on.isoformat()}{at}",
    }


def _mark(group_event_id: int | None, day: str | None, starts: str | None) -> EventMark | None:
    if group_event_id is None or day is None or starts is None:
        return None
    on, _, at = starts.partition("T")
    begins = time.fromisoformat(at) if at else None
    return EventMark(GroupEventId(group_event_id), date.fromisoformat(day), date.fromisoformat(on), begins)


def counted_from(reminder: PrivateReminder, deadline: Deadline) -> CivilTime:
    """Give the time that a reminder has now by its deadline's date. Of one that is closed it comes as planned, and says so."""
    is_open = deadline.received_on is None and deadline.withdrawn_on is None and deadline.lapsed_on is None
    if not is_open or reminder.lead_days is None:
        return reminder.first
    return replace(reminder.first, on=deadline.watch_on - timedelta(days=reminder.lead_days))
