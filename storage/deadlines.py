"""Deadlines of groups, and the ladders of reminders that hang on them: always changed together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NoReturn

from sqlalchemy import Row, Select, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deadlines import Deadline, DeadlineKind, Fact, NoteKind, OwnLadder, Recorded, facts_of
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import DeadlineId, GuildId, PersonId, ReportSlug
from bot.domain.reminders import Owner, PlannedReminder
from bot.domain.rules import rule_of
from storage.database import Database
from storage.failures import refuse_stale
from storage.installation_facts import insert_for
from storage.people import if_known
from storage.reminders.planner import Planner
from storage.schema import deadline_facts, deadlines, people

DATES = ("due_on", "started_on", "promised_on", "partly_on", "received_on", "withdrawn_on", "lapsed_on")
TEXTS = ("title", "source_title", "source_url", "promised_url", "partly_url", "received_url", "note")


class Deadlines:
    """The ``deadlines`` table, and the rows of ``reminders`` that belong to it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._planner = Planner()
        self._insert = (
            insert_for(database, deadlines)
            .values(person_id=if_known())
            .on_conflict_do_nothing()
            .returning(deadlines.c.id)
        )
        self._facts = select(*(deadlines.c[f"{fact.value}_on"] for fact in Fact)).where(
            deadlines.c.id == bindparam("wanted")
        )
        self._update = (
            update(deadlines)
            .where(
                deadlines.c.id == bindparam("wanted"),
                deadlines.c.guild_id == bindparam("of_guild"),
                deadlines.c.revision == bindparam("known"),
            )
            .values(person_id=if_known())
            .returning(deadlines.c.created_at)
        )

    async def add(self, deadline: Deadline, reminders: Sequence[PlannedReminder], now: datetime) -> Deadline:
        """Store a new deadline with its ladder in one transaction; give it with its id. Refused: that clock is there already."""
        values = _values(deadline) | {
            "guild_id": deadline.guild_id,
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
        async with self._database.writing() as connection:
            made = (await connection.execute(self._insert, values)).scalar_one_or_none()
            if made is None:
                raise Refused("Your group already watches that deadline.", "See it with /deadlines list.")
            stored = replace(deadline, deadline_id=DeadlineId(made), revision=1, created_at=now, updated_at=now)
            await _note(connection, stored, {}, now, own=deadline.set_by is not None)
            await self._planner.replace(connection, _owner(stored), reminders, now, guild_id=stored.guild_id)
        return stored

    async def save(
        self,
        deadline: Deadline,
        reminders: Sequence[PlannedReminder],
        now: datetime,
        *,
        own: bool = True,
        same: bool = False,
    ) -> tuple[Deadline, int]:
        """Store a changed deadline and put its ladder in place of the old one, in one transaction.

        Each fact that changed is noted, with who recorded it (``own``: an organiser, not Postbag by itself). ``same``: only its
        ladder is planned again, so its revision stays, and with it every form that is open.

        Gives the deadline with its new revision, and how many reminders were being sent. Refused: somebody saved meanwhile.
        """
        stored = deadline if same else replace(deadline, revision=deadline.revision + 1)
        keys = {"wanted": deadline.deadline_id, "of_guild": deadline.guild_id, "known": deadline.revision}
        values = _values(stored) | {"revision": stored.revision, "updated_at": now}
        async with self._database.writing() as connection:
            row = (await connection.execute(self._facts, {"wanted": deadline.deadline_id})).mappings().one_or_none()
            before = {fact: row[f"{fact.value}_on"] for fact in Fact} if row is not None else {}
            created_at = (await connection.execute(self._update, values | keys)).scalar_one_or_none()
            if created_at is None:
                await self._refuse(connection, deadline)
            await _note(connection, stored, before, now, own=own)
            sending = await self._planner.replace(connection, _owner(stored), reminders, now, guild_id=stored.guild_id)
        return replace(stored, created_at=created_at, updated_at=now), sending

    async def _refuse(self, connection: AsyncConnection, deadline: Deadline) -> NoReturn:
        await refuse_stale(
            connection,
            deadlines,
            deadline.deadline_id,
            deadline.guild_id,
            NotFound("Your group doesn't have that deadline.", "Use /deadlines list to see them all."),
            Refused(
                "This date changed a moment ago, so nothing was overwritten.",
                "Look at it with /deadlines show, then make your change.",
            ),
        )

    async def get(self, guild_id: GuildId, deadline_id: DeadlineId) -> Deadline | None:
        """Give one deadline of a group."""
        found = await self._read(
            select(deadlines).where(deadlines.c.id == deadline_id, deadlines.c.guild_id == guild_id)
        )
        return found[0] if found else None

    async def recorded(self, guild_id: GuildId, deadline_id: DeadlineId) -> Sequence[Recorded]:
        """List what was recorded of a deadline, oldest first."""
        query = (
            select(deadline_facts)
            .join(deadlines, deadlines.c.id == deadline_facts.c.deadline_id)
            .where(deadlines.c.guild_id == guild_id, deadline_facts.c.deadline_id == deadline_id)
            .order_by(deadline_facts.c.id)
        )
        async with self._database.reading() as connection:
            return [
                Recorded(
                    Fact(row.fact),
                    date.fromisoformat(row.on_date) if row.on_date else None,
                    row.at,
                    PersonId(row.person_id) if row.person_id is not None else None,
                    bool(row.own),
                )
                for row in await connection.execute(query)
            ]

    async def of_guild(self, guild_id: GuildId) -> Sequence[Deadline]:
        """List a group's deadlines, open and closed, by date."""
        return await self._read(
            select(deadlines).where(deadlines.c.guild_id == guild_id).order_by(deadlines.c.due_on, deadlines.c.id)
        )

    async def of_report(self, guild_id: GuildId, report: ReportSlug) -> Deadline | None:
        """Give the clock of a report in a group: that of the Government's response where there are several."""
        found = await self._read(
            select(deadlines)
            .where(deadlines.c.guild_id == guild_id, deadlines.c.report == report)
            .order_by((deadlines.c.kind == DeadlineKind.GOVERNMENT_RESPONSE.value).desc(), deadlines.c.id)
            .limit(1)
        )
        return found[0] if found else None

    async def everyone(self) -> Sequence[Deadline]:
        """List every deadline that is neither answered, withdrawn nor lapsed, of every group."""
        return await self._read(
            select(deadlines)
            .where(
                deadlines.c.received_on.is_(None),
                deadlines.c.withdrawn_on.is_(None),
                deadlines.c.lapsed_on.is_(None),
            )
            .order_by(deadlines.c.id)
        )

    async def _read(self, query: Select[Any]) -> list[Deadline]:
        async with self._database.reading() as connection:
            return [deadline_of(row) for row in await connection.execute(query)]


def _owner(deadline: Deadline) -> Owner:
    return Owner(deadline_id=deadline.deadline_id)


def deadline_of(row: Row[Any]) -> Deadline:
    """Read a row that has the columns of ``deadlines``."""
    held = row._mapping
    dates: dict[str, Any] = {name: date.fromisoformat(held[name]) for name in DATES if held[name] is not None}
    return Deadline(
        deadline_id=held["id"],
        guild_id=held["guild_id"],
        kind=DeadlineKind(held["kind"]),
        rule=rule_of(held["rule"]),
        report=held["report"],
        revision=held["revision"],
        set_by=PersonId(held["person_id"]) if held["person_id"] is not None else None,
        created_at=held["created_at"],
        updated_at=held["updated_at"],
        ladder=_ladder_of(held["ladder"]),
        note_kind=NoteKind(held["note_kind"]),
        **{name: held[name] for name in TEXTS},
        **dates,
    )


def _values(deadline: Deadline) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(deadline, name) for name in TEXTS}
    for name in DATES:
        day: date | None = getattr(deadline, name)
        values[name] = day.isoformat() if day is not None else None
    return values | {
        "kind": deadline.kind.value,
        "rule": deadline.rule.code,
        "report": deadline.report,
        "ladder": _ladder_json(deadline.ladder),
        "note_kind": deadline.note_kind.value,
        "known_person": deadline.set_by,
    }


def _ladder_of(written: str | None) -> OwnLadder | None:
    if written is None:
        return None
    held = json.loads(written)
    return OwnLadder(tuple(held["days"]), held["monthly"], held.get("aloud", False))


def _ladder_json(ladder: OwnLadder | None) -> str | None:
    if ladder is None:
        return None
    return json.dumps(
        {"days": list(ladder.days), "monthly": ladder.monthly, "aloud": ladder.aloud}, separators=(",", ":")
    )


async def _note(
    connection: AsyncConnection, stored: Deadline, before: Mapping[Fact, str | None], now: datetime, *, own: bool
) -> None:
    """Note each fact that changed, and who recorded it."""
    person = select(people.c.id).where(people.c.id == stored.set_by).scalar_subquery()
    for fact, day in facts_of(stored).items():
        written = day.isoformat() if day is not None else None
        if written != before.get(fact):
            await connection.execute(
                insert(deadline_facts).values(
                    deadline_id=stored.deadline_id,
                    fact=fact.value,
                    on_date=written,
                    own=int(own),
                    person_id=person if own else None,
                    at=now,
                )
            )
