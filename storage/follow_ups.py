"""What is kept of letters: that a person says they sent one. No text, no name and no address is in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.follow_ups import FollowUp, Outcome
from bot.domain.followed_questions import OwnQuestion
from bot.domain.identity import FollowUpId, GuildId, PersonId
from bot.domain.reminders import Owner, PlannedReminder, ReminderState
from bot.domain.said import AnswerState
from storage.database import Database
from storage.reminders.planner import Planner
from storage.reminders.rows import Sealer
from storage.schema import count_releases, follow_ups, guilds, people, reminders

_UNDELIVERED = (ReminderState.UNDELIVERABLE.value, ReminderState.UNKNOWN.value)


class FollowUps:
    """The ``follow_ups`` table, with the reminders of each letter in the same transaction."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._planner = Planner(sealer)

    async def add(self, letter: FollowUp, checks: Sequence[PlannedReminder], now: datetime) -> FollowUp:
        """Store a letter with its checks; give it with its id. One told of twice is given as it is."""
        same = (
            follow_ups.c.person_id == letter.person_id,
            follow_ups.c.recommendation == letter.recommendation,
            follow_ups.c.constituency_id.is_not_distinct_from(letter.constituency_id),
            follow_ups.c.sent_on == letter.sent_on.isoformat(),
        )
        async with self._database.writing() as connection:
            # Where several may write at once, the second of two presses waits here for the first.
            await connection.execute(select(people.c.id).where(people.c.id == letter.person_id).with_for_update())
            known = (await connection.execute(select(follow_ups).where(*same).limit(1))).one_or_none()
            if known is not None:
                return _letter(known)
            row = (await connection.execute(insert(follow_ups).returning(*follow_ups.c), _values(letter))).one()
            stored = _letter(row)
            await self._replan(connection, stored, checks, now)
        return stored

    async def save(self, letter: FollowUp, checks: Sequence[PlannedReminder], now: datetime) -> bool:
        """Store a changed letter and put its checks in place of those not asked yet. False: it has gone."""
        async with self._database.writing() as connection:
            done = await connection.execute(
                update(follow_ups)
                .where(follow_ups.c.id == letter.follow_up_id, follow_ups.c.person_id == letter.person_id)
                .values(**_values(letter))
            )
            if done.rowcount == 0:
                return False
            await self._replan(connection, letter, checks, now)
        return True

    async def remove(self, letter: FollowUp, now: datetime) -> bool:
        """Delete a letter; its checks are cancelled. False: it was no longer in Postbag."""
        gone = delete(follow_ups).where(
            follow_ups.c.id == letter.follow_up_id, follow_ups.c.person_id == letter.person_id
        )
        async with self._database.writing() as connection:
            await self._replan(connection, letter, (), now)
            return (await connection.execute(gone)).rowcount == 1

    async def get(self, follow_up_id: FollowUpId, person_id: PersonId) -> FollowUp | None:
        """Give a person's own letter."""
        found = await self._read(follow_ups.c.id == follow_up_id, follow_ups.c.person_id == person_id)
        return found[0] if found else None

    async def of_person(self, person_id: PersonId) -> Sequence[FollowUp]:
        """List a person's letters, the newest first."""
        return await self._read(follow_ups.c.person_id == person_id)

    async def with_questions(self) -> Sequence[FollowUp]:
        """List the letters, of everybody, whose question is followed."""
        return await self._read(follow_ups.c.question != "")

    async def missed_letters(self, person_id: PersonId) -> Sequence[FollowUp]:
        """List a person's letters of which a check could not be delivered."""
        return await self._read(follow_ups.c.person_id == person_id, or_(follow_ups.c.missed == 1, _undelivered()))

    async def put(self, follow_up_id: FollowUpId) -> None:
        """Note that an undelivered check was put to its person at a visit instead: it is not put again."""
        async with self._database.writing() as connection:
            await connection.execute(update(follow_ups).where(follow_ups.c.id == follow_up_id).values(missed=0))
            await connection.execute(
                delete(reminders).where(reminders.c.follow_up_id == follow_up_id, reminders.c.state.in_(_UNDELIVERED))
            )

    async def tidy(self, today: date) -> int:
        """Delete letters past their time, and note what could not be delivered before its reminder is deleted."""
        over = follow_ups.c.keep_until < today.isoformat()
        old = delete(follow_ups).where(over)
        counted = select(func.count()).where(
            over, follow_ups.c.counted.is_not(None), follow_ups.c.guild_id == count_releases.c.guild_id
        )
        fewer = update(count_releases).values(letters=count_releases.c.letters - counted.scalar_subquery())
        async with self._database.writing() as connection:
            await connection.execute(fewer)
            await connection.execute(update(follow_ups).where(_undelivered()).values(missed=1))
            return (await connection.execute(old)).rowcount

    async def _replan(
        self, connection: AsyncConnection, letter: FollowUp, checks: Sequence[PlannedReminder], now: datetime
    ) -> None:
        owner = Owner(follow_up_id=letter.follow_up_id)
        await self._planner.replace(connection, owner, checks, now, person_id=letter.person_id)

    async def _read(self, *wanted: Any) -> Sequence[FollowUp]:
        query = select(follow_ups).where(*wanted).order_by(follow_ups.c.sent_on.desc(), follow_ups.c.id.desc())
        async with self._database.reading() as connection:
            return [_letter(row) for row in await connection.execute(query)]


async def not_to_be_named(connection: AsyncConnection, ids: Collection[int]) -> set[int]:
    """Give those of some letters of which a message may not speak as things are now: unless a group said that nobody is at risk."""
    if not ids:
        return set()
    said_no = exists().where(guilds.c.guild_id == follow_ups.c.guild_id, guilds.c.high_risk == 0)
    found = await connection.execute(select(follow_ups.c.id).where(follow_ups.c.id.in_(ids), ~said_no))
    return set(found.scalars())


def _undelivered() -> Any:
    return exists().where(reminders.c.follow_up_id == follow_ups.c.id, reminders.c.state.in_(_UNDELIVERED))


def _values(letter: FollowUp) -> dict[str, Any]:
    return {
        "person_id": letter.person_id,
        "guild_id": letter.guild_id,
        "constituency_id": letter.constituency_id,
        "recommendation": letter.recommendation,
        "sent_on": letter.sent_on.isoformat(),
        "checks": ",".join(day.isoformat() for day in letter.checks),
        "outcome": letter.outcome.value,
        "outcome_on": _day_text(letter.outcome_on),
        "promised_on": _day_text(letter.promised_on),
        "missed": int(letter.missed),
        **_question_values(letter.question),
        "keep_until": letter.keep_until.isoformat(),
    }


def _letter(row: Row[Any]) -> FollowUp:
    return FollowUp(
        follow_up_id=FollowUpId(row.id),
        person_id=PersonId(row.person_id),
        recommendation=row.recommendation,
        sent_on=date.fromisoformat(row.sent_on),
        constituency_id=row.constituency_id,
        guild_id=GuildId(row.guild_id) if row.guild_id is not None else None,
        checks=tuple(date.fromisoformat(day) for day in row.checks.split(",") if day),
        outcome=Outcome(row.outcome),
        outcome_on=_day(row.outcome_on),
        promised_on=_day(row.promised_on),
        missed=bool(row.missed),
        question=_question(row),
    )


def _question_values(asked: OwnQuestion | None) -> dict[str, Any]:
    return {
        "question": asked.key if asked is not None else "",
        "question_number": asked.number if asked is not None else "",
        "question_on": asked.tabled_on.isoformat() if asked is not None else None,
        "question_state": asked.state.value if asked is not None else "",
        "question_changed_on": _day_text(asked.changed_on) if asked is not None else None,
    }


def _question(row: Row[Any]) -> OwnQuestion | None:
    if not row.question:
        return None
    return OwnQuestion(
        row.question,
        row.question_number,
        date.fromisoformat(row.question_on),
        AnswerState(row.question_state),
        _day(row.question_changed_on),
    )


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written is not None else None
