"""Events of groups, and the reminders that hang on them: always changed together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, NoReturn

from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import BECAME_EVENT, Deadline, NoteKind
from bot.domain.errors import NotFound, Refused
from bot.domain.group_events import GroupEvent, GroupEventKind, Moved
from bot.domain.identity import GroupEventId, GuildId, PersonId
from bot.domain.reminders import Owner, PlannedReminder
from storage.database import Database
from storage.failures import refuse_stale
from storage.installation_facts import insert_for
from storage.people import if_known
from storage.reminders.planner import Planner
from storage.schema import actions, deadlines, group_events, personal_reminders, reminders

TEXTS = ("title", "place", "url", "words")


class GroupEvents:
    """The ``group_events`` table, and the rows of ``reminders`` that belong to it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._planner = Planner()
        self._insert = (
            insert_for(database, group_events)
            .values(person_id=if_known())
            .on_conflict_do_nothing()
            .returning(group_events.c.id)
        )

    async def add(
        self,
        event: GroupEvent,
        planned: Sequence[PlannedReminder],
        now: datetime,
        *,
        draft: str | None = None,
        instead_of: Deadline | None = None,
    ) -> tuple[GroupEvent, bool]:
        """Store a new event with its reminders in one transaction; give it with its id, and whether it is new.

        ``draft`` names the form it is kept from: one form is kept once, and a second time gives the event as it is now.
        ``instead_of``: the date that turned out to be an event. It is withdrawn in the same transaction, and what hung on
        it hangs on its own day from now on. Refused: that date changed meanwhile.
        """
        values = _values(event) | {
            "guild_id": event.guild_id,
            "draft_key": draft,
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
        async with self._database.writing() as connection:
            made = (await connection.execute(self._insert, values)).scalar_one_or_none()
            if made is None:
                held = select(group_events).where(
                    group_events.c.guild_id == event.guild_id, group_events.c.draft_key == draft
                )
                return event_of((await connection.execute(held)).one()), False
            stored = replace(event, group_event_id=GroupEventId(made), revision=1, created_at=now, updated_at=now)
            if instead_of is not None:
                await self._withdraw(connection, instead_of, stored, now)
            await self._planner.replace(connection, _owner(stored), planned, now, guild_id=stored.guild_id)
        return stored, True

    async def _withdraw(
        self, connection: AsyncConnection, deadline: Deadline, event: GroupEvent, now: datetime
    ) -> None:
        local = now.date().isoformat()
        withdrawn = (
            update(deadlines)
            .where(
                deadlines.c.id == deadline.deadline_id,
                deadlines.c.guild_id == deadline.guild_id,
                deadlines.c.revision == deadline.revision,
                deadlines.c.withdrawn_on.is_(None),
            )
            .values(
                withdrawn_on=local,
                note=BECAME_EVENT,
                note_kind=NoteKind.BECAME_EVENT.value,
                revision=deadline.revision + 1,
                updated_at=now,
            )
        )
        if (await connection.execute(withdrawn)).rowcount != 1:
            raise Refused(
                "This date changed a moment ago, so nothing was overwritten.",
                "Look at it with /deadlines show, then choose again what it is.",
            )
        await self._planner.replace(
            connection, Owner(deadline_id=deadline.deadline_id), (), now, guild_id=deadline.guild_id
        )
        of_date = {"deadline_id": None, "group_event_id": event.group_event_id}
        await connection.execute(
            update(personal_reminders)
            .where(personal_reminders.c.deadline_id == deadline.deadline_id)
            .values(
                deadline_id=None,
                lead_days=None,
                group_event_id=event.group_event_id,
                event_day=event.on.isoformat(),
                event_starts=event.on.isoformat(),
            )
        )
        await connection.execute(update(actions).where(actions.c.deadline_id == deadline.deadline_id).values(of_date))

    async def save(
        self, event: GroupEvent, planned: Sequence[PlannedReminder], now: datetime, *, same: bool = False
    ) -> tuple[GroupEvent, int]:
        """Store a changed event and put its reminders in place of those still to come, in one transaction.

        ``same``: only its reminders are planned again, so that its revision stays, and with it every form that is open.

        Gives the event with its new revision, and how many reminders were being sent. Refused: somebody saved meanwhile.
        """
        stored = event if same else replace(event, revision=event.revision + 1)
        values = _values(stored) | {"revision": stored.revision, "updated_at": now}
        known_person = values.pop("known_person")
        changing = (
            update(group_events)
            .where(
                group_events.c.id == event.group_event_id,
                group_events.c.guild_id == event.guild_id,
                group_events.c.revision == event.revision,
            )
            .values(person_id=if_known(), **values)
            .returning(group_events.c.created_at)
        )
        async with self._database.writing() as connection:
            # Its reminders are locked before it is: a claim locks one of them, then reads the event, and plans on by it.
            mine = reminders.c.group_event_id == event.group_event_id
            await connection.execute(select(reminders.c.id).where(mine).order_by(reminders.c.id).with_for_update())
            row = (await connection.execute(changing, {"known_person": known_person})).one_or_none()
            if row is None:
                await self._refuse(connection, event)
            sending = await self._planner.replace(connection, _owner(stored), planned, now, guild_id=stored.guild_id)
        return replace(stored, created_at=row.created_at, updated_at=now), sending

    async def _refuse(self, connection: AsyncConnection, event: GroupEvent) -> NoReturn:
        await refuse_stale(
            connection,
            group_events,
            event.group_event_id,
            event.guild_id,
            NotFound("Your group doesn't have that event.", "Use /deadlines list to see them all."),
            Refused(
                "This event changed a moment ago, so nothing was overwritten.",
                "Look at it with /deadlines show, then make your change.",
            ),
        )

    async def get(self, guild_id: GuildId, group_event_id: GroupEventId) -> GroupEvent | None:
        """Give one event of a group."""
        found = await self._read(
            select(group_events).where(group_events.c.id == group_event_id, group_events.c.guild_id == guild_id)
        )
        return found[0] if found else None

    async def of_guild(self, guild_id: GuildId) -> Sequence[GroupEvent]:
        """List a group's events, those that are over among them, by their first day."""
        return await self._read(
            select(group_events)
            .where(group_events.c.guild_id == guild_id)
            .order_by(group_events.c.local_date, group_events.c.id)
        )

    async def everyone(self) -> Sequence[GroupEvent]:
        """List every event of every group that was not called off."""
        return await self._read(select(group_events).where(group_events.c.off_on.is_(None)).order_by(group_events.c.id))

    async def scheduled_id_of(self, event: GroupEvent) -> int | None:
        """Give the id of the event in Discord's own list that was made for it, or None."""
        async with self._database.reading() as connection:
            query = select(group_events.c.scheduled_event_id).where(group_events.c.id == event.group_event_id)
            return (await connection.execute(query)).scalar_one_or_none()

    async def note_scheduled(self, event: GroupEvent, scheduled_id: int | None) -> None:
        """Note which event in Discord's own list was made for it."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(group_events)
                .where(group_events.c.id == event.group_event_id, group_events.c.guild_id == event.guild_id)
                .values(scheduled_event_id=scheduled_id)
            )

    async def _read(self, query: Select[Any]) -> list[GroupEvent]:
        async with self._database.reading() as connection:
            return [event_of(row) for row in await connection.execute(query)]


def _owner(event: GroupEvent) -> Owner:
    return Owner(group_event_id=event.group_event_id)


def event_of(row: Row[Any]) -> GroupEvent:
    """Read a row that has the columns of ``group_events``."""
    held = row._mapping
    return GroupEvent(
        group_event_id=held["id"],
        guild_id=held["guild_id"],
        kind=GroupEventKind(held["kind"]),
        on=date.fromisoformat(held["local_date"]),
        at=time.fromisoformat(held["local_time"]) if held["local_time"] else None,
        zone=held["zone"],
        minutes=held["minutes"],
        by_clock=bool(held["by_clock"]),
        repeat=Repeat(held["repeat"]),
        until=_day(held["until"]),
        moved=_moved(held["moved"]),
        days=tuple(json.loads(held["days"])) if held["days"] is not None else None,
        aloud=bool(held["aloud"]),
        off_on=_day(held["off_on"]),
        revision=held["revision"],
        set_by=PersonId(held["person_id"]) if held["person_id"] is not None else None,
        created_at=held["created_at"],
        updated_at=held["updated_at"],
        **{name: held[name] for name in TEXTS},
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _values(event: GroupEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in TEXTS} | {
        "kind": event.kind.value,
        "local_date": event.on.isoformat(),
        "local_time": event.at.isoformat(timespec="minutes") if event.at is not None else None,
        "zone": event.zone,
        "minutes": event.minutes,
        "by_clock": int(event.by_clock),
        "repeat": event.repeat.value,
        "until": event.until.isoformat() if event.until is not None else None,
        "moved": _moves_json(event.moved),
        "days": json.dumps(list(event.days)) if event.days is not None else None,
        "aloud": int(event.aloud),
        "off_on": event.off_on.isoformat() if event.off_on is not None else None,
        "known_person": event.set_by,
    }


def _moved(written: str) -> tuple[Moved, ...]:
    if not written:
        return ()
    return tuple(
        Moved(date.fromisoformat(day), _day(on), time.fromisoformat(at) if at else None)
        for day, on, at in json.loads(written)
    )


def _moves_json(moved: Sequence[Moved]) -> str:
    if not moved:
        return ""
    rows = [
        [
            move.for_day.isoformat(),
            move.on.isoformat() if move.on is not None else None,
            move.at.isoformat(timespec="minutes") if move.at is not None else None,
        ]
        for move in moved
    ]
    return json.dumps(rows, separators=(",", ":"))
