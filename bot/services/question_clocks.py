"""The clock of a written question that a group follows: an answer that is expected, with the group's own reminders."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.deadlines import Deadline, DeadlineKind, Fact
from bot.domain.errors import Refused
from bot.domain.identity import DeadlineId, GuildId, PersonId
from bot.domain.plain_text import cut
from bot.domain.said import AnswerState, Said
from bot.services.deadline_writing import Change

log = logging.getLogger(__name__)
MOST_TITLE = 150


class RecordsFacts(Protocol):
    """What is asked of what is recorded about a clock."""

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
    ) -> Change: ...
    async def withdraw(
        self, guild_id: GuildId, deadline_id: DeadlineId, person_id: PersonId | None, *, revision: int | None = None
    ) -> Change: ...


class HoldsClocks(Protocol):
    """What is asked of a group's dates."""

    @property
    def facts(self) -> RecordsFacts: ...

    async def ever(self, guild_id: GuildId) -> Sequence[Deadline]: ...
    async def add(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        title: str,
        *,
        due_on: date | None = None,
        kind: DeadlineKind | None = None,
        source_url: str = "",
    ) -> Deadline: ...
    async def edit(
        self, guild_id: GuildId, deadline_id: DeadlineId, person_id: PersonId | None, *, due_on: date | None = None
    ) -> Change: ...


class QuestionClocks:
    """Start and close such clocks. A clock and its question know each other by the question's own page."""

    def __init__(self, deadlines: HoldsClocks, clock: Clock) -> None:
        self._deadlines = deadlines
        self._clock = clock

    async def follows(self, guild_id: GuildId, said: Said) -> bool:
        """Tell whether a clock of the group waits for this answer."""
        return await self._open(guild_id, said) is not None

    async def start(self, guild_id: GuildId, by: PersonId, said: Said) -> Deadline:
        """Add the day that Parliament gives for the answer; pressed twice, the clock that is there. Refused: it gives none."""
        known = await self._open(guild_id, said)
        if known is not None:
            return known
        if said.due_on is None:
            raise Refused("Parliament gives no day for this answer.", "Add a day of your own with /deadlines add.")
        title = cut(f"Answer to written question {said.number}: {said.heading or 'no heading'}", MOST_TITLE)
        return await self._deadlines.add(
            guild_id, by, title, due_on=said.due_on, kind=DeadlineKind.WRITTEN_QUESTION, source_url=said.url
        )

    async def move(self, guild_id: GuildId, said: Said) -> bool:
        """Follow the service's own day where it changed, as after a transfer: the group hears of the new day once. False: it is right."""
        if said.due_on is None or said.state not in (AnswerState.OPEN, AnswerState.HOLDING):
            return False
        known = await self._open(guild_id, said)
        if known is None or known.due_on == said.due_on:
            return False
        try:
            await self._deadlines.edit(guild_id, known.deadline_id, None, due_on=said.due_on)
        except Refused as error:
            log.info("the clock of a question could not follow its day: %s", error.message)
            return False
        return True

    async def settle(self, guild_id: GuildId, said: Said) -> bool:
        """Close the group's clock with what became of the question, which tells the group once. False: no clock, or not over.

        A holding answer leaves it running: it is no answer.
        """
        known = await self._open(guild_id, said)
        if known is None:
            return False
        if said.state in (AnswerState.ANSWERED, AnswerState.CORRECTED):
            on = min(said.answered_on or london_today(self._clock), london_today(self._clock))
            await self._deadlines.facts.record(Fact.RECEIVED, guild_id, known.deadline_id, None, on, said.url)
            return True
        if said.state in (AnswerState.WITHDRAWN, AnswerState.LAPSED):
            await self._deadlines.facts.withdraw(guild_id, known.deadline_id, None)
        return False

    async def is_settled(self, guild_id: GuildId, said: Said) -> bool:
        """Tell whether this very answer closed a clock of the group already: it was told then, though nobody noted it after."""
        if said.state is not AnswerState.ANSWERED:
            return False
        return any(d.received_on is not None and d.received_url == said.url for d in await self._mine(guild_id, said))

    async def _open(self, guild_id: GuildId, said: Said) -> Deadline | None:
        today = london_today(self._clock)
        return next((d for d in await self._mine(guild_id, said) if d.state(today).is_open), None)

    async def _mine(self, guild_id: GuildId, said: Said) -> Sequence[Deadline]:
        held = await self._deadlines.ever(guild_id)
        return [d for d in held if d.kind is DeadlineKind.WRITTEN_QUESTION and d.source_url == said.url and said.url]
