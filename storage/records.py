"""What groups record about recommendations: drafts, what is proposed, confirmed and undone, and who did it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ItemKey, PersonId, RecordId, ReportSlug
from bot.domain.records import Record, RecordEvent, RecordKind, RecordState, RecordStep
from storage.database import Database
from storage.people import if_known
from storage.schema import record_steps, records

DRAFT_KEPT = timedelta(hours=24)
MOST_OF_A_GROUP = 5_000
MOST_DRAFTS = 50


class Records:
    """The tables ``records`` and ``record_steps``. Every question names the group: nothing of another is ever given."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft(self, record: Record, now: datetime) -> Record:
        """Keep a preview for a day; give it with its id. Refused: this group has too many already."""
        async with self._database.writing() as connection:
            await self._room(connection, record.guild_id)
            made = await connection.execute(
                insert(records)
                .values(
                    guild_id=record.guild_id,
                    report=record.report,
                    item=record.item,
                    kind=record.kind,
                    state=RecordState.DRAFT,
                    status=record.status,
                    said_by=record.by,
                    dated_on=record.on.isoformat() if record.on else None,
                    words=record.words,
                    url=record.url,
                    was=record.was,
                    created_at=now,
                )
                .returning(records.c.id)
            )
            return replace(record, record_id=RecordId(made.scalar_one()), state=RecordState.DRAFT)

    async def drop(self, guild_id: GuildId, record_id: RecordId) -> bool:
        """Throw a draft away. False: it is no draft any more."""
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(records).where(*_one(guild_id, record_id, RecordState.DRAFT)))
            return bool(gone.rowcount)

    async def keep(
        self, guild_id: GuildId, record_id: RecordId, state: RecordState, was: str, person_id: PersonId, now: datetime
    ) -> bool:
        """Keep a draft as proposed or confirmed, with what stood there before. False: it is no draft any more."""
        change = {"state": state, "was": was, "kept_at": now}
        return await self._move(
            _one(guild_id, record_id, RecordState.DRAFT), record_id, change, RecordEvent.RECORDED, person_id, now
        )

    async def confirm(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime) -> bool:
        """Confirm what was proposed. False: it is not proposed any more."""
        change = {"state": RecordState.CONFIRMED, "kept_at": now}
        return await self._move(
            _one(guild_id, record_id, RecordState.PROPOSED), record_id, change, RecordEvent.CONFIRMED, person_id, now
        )

    async def undo(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime) -> bool:
        """Undo what was proposed or confirmed. False: it is neither."""
        where = _one(guild_id, record_id, RecordState.PROPOSED, RecordState.CONFIRMED)
        return await self._move(where, record_id, {"state": RecordState.UNDONE}, RecordEvent.UNDONE, person_id, now)

    async def ask_undo(
        self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime, since: datetime
    ) -> tuple[bool, bool]:
        """Keep that a person wants something undone. Gives whether another person had asked since then, and whether this is new.

        Somebody who asked and was forgotten since is nobody: who asks after them may be the same person, so it begins anew.
        """
        asked = (
            select(record_steps.c.person_id)
            .join(records, records.c.id == record_steps.c.record_id)
            .where(
                records.c.guild_id == guild_id,
                record_steps.c.record_id == record_id,
                record_steps.c.event == RecordEvent.UNDO_ASKED,
                record_steps.c.at > since,
                record_steps.c.person_id.is_not(None),
            )
        )
        async with self._database.writing() as connection:
            await connection.execute(select(records.c.id).where(records.c.id == record_id).with_for_update())
            people = set((await connection.execute(asked)).scalars())
            if people - {person_id}:
                return True, False
            if not people:
                step = insert(record_steps).values(
                    record_id=record_id, event=RecordEvent.UNDO_ASKED, at=now, person_id=if_known()
                )
                await connection.execute(step, {"known_person": person_id})
            return False, not people

    async def get(self, guild_id: GuildId, record_id: RecordId) -> Record | None:
        """Give one record of a group, a draft too."""
        found = await self._read(records.c.guild_id == guild_id, records.c.id == record_id)
        return found[0] if found else None

    async def of_guild(
        self, guild_id: GuildId, report: ReportSlug | None = None, item: ItemKey | None = None, *, limit: int = 200
    ) -> Sequence[Record]:
        """List what a group kept, newest first: of one report or item, or all. Drafts are left out."""
        where = [records.c.guild_id == guild_id, records.c.state != RecordState.DRAFT]
        where += [records.c.report == report] if report is not None else []
        where += [records.c.item == item] if item is not None else []
        return await self._read(*where, newest=limit)

    async def confirmed(self, guild_id: GuildId | None = None) -> Sequence[Record]:
        """List what is confirmed, in the order in which it was: of one group, or of all."""
        where = [records.c.state == RecordState.CONFIRMED]
        where += [records.c.guild_id == guild_id] if guild_id is not None else []
        return await self._read(*where, steps=False)

    async def tidy(self, now: datetime) -> int:
        """Throw away the drafts of more than a day. Gives their number."""
        old = delete(records).where(records.c.state == RecordState.DRAFT, records.c.created_at < now - DRAFT_KEPT)
        async with self._database.writing() as connection:
            return (await connection.execute(old)).rowcount

    async def _room(self, connection: AsyncConnection, guild_id: GuildId) -> None:
        counted = select(records.c.state, func.count()).where(records.c.guild_id == guild_id).group_by(records.c.state)
        counts: dict[str, int] = {row[0]: row[1] for row in await connection.execute(counted)}
        if counts.get(RecordState.DRAFT, 0) >= MOST_DRAFTS:
            raise Refused("Your group has too many previews open.", "Save or cancel one of them, or wait a day.")
        if sum(counts.values()) >= MOST_OF_A_GROUP:
            raise Refused(
                f"Your group has recorded {MOST_OF_A_GROUP:,} facts, which is the most one group can.",
                "Ask whoever runs this Postbag to add them to a report pack.",
            )

    async def _move(
        self,
        where: Sequence[ColumnElement[bool]],
        record_id: RecordId,
        change: dict[str, Any],
        event: RecordEvent,
        person_id: PersonId,
        now: datetime,
    ) -> bool:
        step = insert(record_steps).values(record_id=record_id, event=event, at=now, person_id=if_known())
        async with self._database.writing() as connection:
            moved = await connection.execute(update(records).where(*where).values(**change))
            if moved.rowcount:
                await connection.execute(step, {"known_person": person_id})
            return bool(moved.rowcount)

    async def _read(
        self, *where: ColumnElement[bool], newest: int | None = None, steps: bool = True
    ) -> Sequence[Record]:
        chosen = select(records).where(*where)
        if newest is not None:
            chosen = chosen.order_by(records.c.id.desc()).limit(newest)
        else:
            chosen = chosen.order_by(records.c.kept_at, records.c.id)
        async with self._database.reading(snapshot=True) as connection:
            found = [_record(row) for row in await connection.execute(chosen)]
            if not steps or not found:
                return found
            ids = [record.record_id for record in found]
            taken = select(record_steps).where(record_steps.c.record_id.in_(bindparam("ids", expanding=True)))
            rows = list(await connection.execute(taken.order_by(record_steps.c.id), {"ids": ids}))
        return _with_steps(found, rows)


def _one(guild_id: GuildId, record_id: RecordId, *states: RecordState) -> Sequence[ColumnElement[bool]]:
    return (records.c.guild_id == guild_id, records.c.id == record_id, records.c.state.in_(states))


def _record(row: Row[Any]) -> Record:
    return Record(
        record_id=row.id,
        guild_id=row.guild_id,
        report=ReportSlug(row.report),
        item=ItemKey(row.item),
        kind=RecordKind(row.kind),
        status=row.status,
        by=row.said_by,
        on=date.fromisoformat(row.dated_on) if row.dated_on else None,
        words=row.words,
        url=row.url,
        was=row.was,
        state=RecordState(row.state),
    )


def _with_steps(found: Iterable[Record], rows: Iterable[Row[Any]]) -> Sequence[Record]:
    taken: dict[int, list[RecordStep]] = {}
    for row in rows:
        taken.setdefault(row.record_id, []).append(RecordStep(RecordEvent(row.event), row.at, row.person_id))
    return [replace(record, steps=tuple(taken.get(record.record_id, ()))) for record in found]
