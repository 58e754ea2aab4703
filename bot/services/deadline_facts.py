"""What an organiser records of a deadline: a promise, a part of the answer, the answer; or that nobody waits any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.clock import Clock, london_today
from bot.domain.deadline_checks import (
    has_come,
    not_before_publication,
    sensible_day,
    source_of,
    still_open,
    still_to_come,
)
from bot.domain.deadlines import DeadlineKind, Fact, facts_of, link_of, with_fact
from bot.domain.identity import DeadlineId, GuildId, PersonId
from bot.domain.reminders import ReminderKind
from bot.services.deadline_writing import Change, DeadlineWriter


class DeadlineFacts:
    """Record facts. The same again changes nothing. Overtaken: something else was recorded since ``revision``."""

    def __init__(self, writer: DeadlineWriter, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def record(
        self,
        fact: Fact,
        guild_id: GuildId,
        deadline_id: DeadlineId,
        person_id: PersonId | None,
        on: date,
        url: str = "",
        *,
        revision: int | None = None,
    ) -> Change:
        """Record a promised date, to which the reminders move; a part of the answer, for which they pause; or the answer.

        The answer closes the clock, and the group is told once; a corrected day of it is announced as a correction.
        """
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, deadline_id)
            today = london_today(self._clock)
            # An answer can be corrected once recorded, and may come after a dissolution: only a withdrawn clock takes none.
            must_be_open = fact is not Fact.RECEIVED or known.withdrawn_on is not None
            if must_be_open and revision is None:
                still_open(known, today)
            link = source_of(known, url)
            before, linked = facts_of(known)[fact], link_of(known, fact)
            if (before, linked) == (on, link or linked):
                return Change(known)
            self._writer.require_unchanged(known, revision)
            if must_be_open:
                still_open(known, today)
            day = still_to_come(sensible_day(on, today), today) if fact is Fact.PROMISED else has_come(on, today)
            changed = replace(with_fact(known, fact, not_before_publication(known, day), link), set_by=person_id)
            announce = _announcement(fact, before) if before != on else None
            return await self._writer.save(known, changed, announce=announce, by=person_id)

    async def is_answer(
        self, guild_id: GuildId, deadline_id: DeadlineId, person_id: PersonId | None, *, revision: int | None = None
    ) -> Change:
        """Record that a date of the group's own is one by which an answer is expected, and no event."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, deadline_id)
            if not known.is_unsaid:
                return Change(known)
            self._writer.require_unchanged(known, revision)
            changed = replace(known, kind=DeadlineKind.EXPECTED_ANSWER, set_by=person_id)
            return await self._writer.save(known, changed, by=person_id)

    async def withdraw(
        self, guild_id: GuildId, deadline_id: DeadlineId, person_id: PersonId | None, *, revision: int | None = None
    ) -> Change:
        """Stop watching a date: its reminders are cancelled and its history kept. Again without harm.

        The group is told where it was told of the date before.
        """
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, deadline_id)
            if known.withdrawn_on is not None:
                return Change(known)
            self._writer.require_unchanged(known, revision)
            today = london_today(self._clock)
            told = known.state(today).is_open and await self._writer.ladders.was_told(known)
            announce = ReminderKind.ANSWERED if told else None
            return await self._writer.save(
                known, replace(known, withdrawn_on=today, set_by=person_id), announce=announce, by=person_id
            )


def _announcement(fact: Fact, before: date | None) -> ReminderKind:
    if fact is Fact.PROMISED:
        return ReminderKind.PROMISED
    return ReminderKind.CORRECTED if fact is Fact.RECEIVED and before is not None else ReminderKind.ANSWERED
