"""Go through the answers of a response in one sitting: each beside its item, each decided by a person with one press."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.clock import Clock, london_today
from bot.domain.answer_match import ProposedAnswer
from bot.domain.drafts import DraftAnswer, DraftAnswers
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import GuildId, ItemKey, PersonId, RecordId
from bot.domain.records import UNSAID, WORDS_LIMIT, Record, RecordKind, in_words
from bot.domain.reports import Answer, AnswerStatus, Recommendation
from bot.domain.staged import Given
from bot.services.imports import AnswersDraft, ImportService
from bot.services.records import RecordService, Typed

CANDIDATES = 3
"""Items that an answer is offered for, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One answer of the list. ``item`` None: nothing here is like it. ``waiting`` is what another organiser proposed for it.

    ``place`` is its place in the draft; ``candidate`` which of its items is shown; ``open`` the places still to be decided.
    """

    draft: AnswersDraft
    place: int
    candidate: int
    item: Recommendation | None
    waiting: Record | None
    open: tuple[int, ...]

    @property
    def proposed(self) -> ProposedAnswer:
        return self.draft.proposed[self.place]

    @property
    def items(self) -> tuple[Recommendation, ...]:
        """List the items that one press decides on: the one shown, or all that the response answers together."""
        report, together = self.draft.report, self.proposed.together
        if self.item is None or self.item.key not in together:
            return (self.item,) if self.item is not None else ()
        return tuple(item for key in together if (item := report.recommendation(key)) is not None)

    @property
    def has_answer_before(self) -> bool:
        """Tell whether another answer of this response is recorded for the item shown: this one is put beside it."""
        return self.item is not None and bool(_recorded_before(self.draft, self.place, self.item.answer))

    @property
    def is_over(self) -> bool:
        """Tell whether every answer is decided."""
        return not self.open


class AnswerSittings:
    """Decide answer by answer. What is pressed twice is decided once."""

    def __init__(self, imports: ImportService, records: RecordService, clock: Clock) -> None:
        self._imports = imports
        self._records = records
        self._clock = clock
        self._deciding: set[tuple[GuildId, int, int]] = set()

    async def show(self, guild_id: GuildId, staged_id: int, place: int = 0, candidate: int = 0) -> Sitting:
        """Give the answer at a place, or the next after it that is still open; after the last, the first one left for later."""
        found = await self._imports.answers_draft(guild_id, staged_id)
        waiting = await self._records.proposed(guild_id, found.report.slug)
        still = tuple(n for n in range(len(found.proposed)) if self._is_open(found, n, waiting))
        at = next((n for n in still if n >= place), still[0] if still else 0)
        keys = found.proposed[at].keys[:CANDIDATES] if found.proposed else ()
        candidate = candidate if at == place and candidate < len(keys) else 0
        together = found.proposed[at].together if found.proposed and not candidate else ()
        shown = next((key for key in together if key in waiting), keys[candidate] if keys else None)
        item = found.report.recommendation(shown) if shown is not None else None
        return Sitting(found, at, candidate, item, waiting.get(item.key) if item else None, still)

    def _is_open(self, found: AnswersDraft, place: int, waiting: Mapping[ItemKey, Record]) -> bool:
        keys = found.proposed[place].keys[:CANDIDATES]
        return place not in found.staged.settled or any(key in waiting for key in keys)

    def day_of(self, found: AnswersDraft) -> date | None:
        """Give the day of the response: what was said, else what its pages or the report say. None: somebody must say."""
        return found.staged.given.published_on or found.draft.published_on or found.report.response.received_on

    def link_of(self, found: AnswersDraft) -> str:
        """Give where the response can be read, or nothing: somebody must say."""
        return found.staged.given.url or found.draft.url or found.report.response.url

    async def source(self, guild_id: GuildId, staged_id: int, on: date, url: str) -> Sitting:
        """Take the day and the address of the response, for all of its answers."""
        if on > london_today(self._clock):
            raise Refused("That day is in the future.", "Give the day of the response.")
        found = await self._imports.answers_draft(guild_id, staged_id)
        if on < found.report.published_on:
            raise Refused("That day is before the report was published.", "Give the day of the response.")
        await self._imports.amend(guild_id, staged_id, given=Given(published_on=on, url=url))
        return await self.show(guild_id, staged_id)

    async def say(
        self, guild_id: GuildId, staged_id: int, place: int, key: str, status: str, person: PersonId
    ) -> Sitting:
        """Record what an answer amounts to, and give the next. Pressed again, or by two at once, it is recorded once."""
        turn = (guild_id, staged_id, place)
        found = await self._imports.answers_draft(guild_id, staged_id)
        if place >= len(found.proposed) or not isinstance(found.draft, DraftAnswers):
            raise NotFound("This draft has no such answer.", "Open the list again: /reports import")
        if turn in self._deciding or place in found.staged.settled:
            return await self.show(guild_id, staged_id, place)
        self._deciding.add(turn)
        try:
            first = not await self._records.proposed(guild_id, found.report.slug)
            answer = found.proposed[place].answer
            typed = Typed(status, self.day_of(found), in_words(answer.text), self.link_of(found))
            together = found.proposed[place].together
            for number, item in enumerate(together if key in together else (key,)):
                stands = found.report.recommendation(item)
                if number and stands is not None and stands.answer.said_the_same(status, typed.on, typed.words):
                    continue
                value = f"{found.report.slug}/{item}"
                given = typed if stands is None else _beside_first(found, place, stands.answer, typed)
                drafted = await self._records.draft(guild_id, value, RecordKind.ANSWER, given)
                await self._records.keep(guild_id, drafted.record.record_id, person, tells=first and not number)
            await self._imports.settle(guild_id, staged_id, place)
        finally:
            self._deciding.discard(turn)
        return await self.show(guild_id, staged_id, place + 1)

    async def confirm(self, guild_id: GuildId, staged_id: int, place: int, record_id: int, person: PersonId) -> Sitting:
        """Confirm what another organiser said of an answer, and give the next."""
        found = await self._imports.answers_draft(guild_id, staged_id)
        waiting = await self._records.proposed(guild_id, found.report.slug)
        await self._records.confirm(guild_id, RecordId(record_id), person)
        for key in found.proposed[place].together if place < len(found.proposed) else ():
            other = waiting.get(key)
            if other is not None and other.record_id != record_id:
                await self._records.confirm(guild_id, other.record_id, person)
        return await self.show(guild_id, staged_id, place + 1)

    async def none(self, guild_id: GuildId, staged_id: int, place: int, candidate: int) -> Sitting:
        """Take it that an answer is not to the item shown: offer the next likely item, after the last go on."""
        found = await self._imports.answers_draft(guild_id, staged_id)
        if place < len(found.proposed) and candidate + 1 < len(found.proposed[place].keys[:CANDIDATES]):
            return await self.show(guild_id, staged_id, place, candidate + 1)
        await self._imports.settle(guild_id, staged_id, place)
        return await self.show(guild_id, staged_id, place + 1)


def _beside_first(found: AnswersDraft, place: int, stands: Answer, typed: Typed) -> Typed:
    """Put an answer beside one of the same response that is recorded for its row: both with their numbers, neither over the other."""
    answers = [proposed.answer for proposed in found.proposed]
    before = _recorded_before(found, place, stands)
    if not before or stands.on != typed.on:
        return typed
    now = AnswerStatus(typed.status)
    first = stands.text if len(before) > 1 else _with_number(answers[before[0]], stands.status, stands.text, before[0])
    words = f"{first} {_with_number(answers[place], now, typed.words, place)}"
    return replace(
        typed, status=(now if now is stands.status else AnswerStatus.PARTLY_AGREED).value, words=in_words(words)
    )


def _recorded_before(found: AnswersDraft, place: int, stands: Answer) -> list[int]:
    """Name the other answers of this response that a row's answer holds already, by their places."""
    if stands.status in UNSAID:
        return []
    settled = [n for n in found.staged.settled if n != place and n < len(found.proposed)]
    return [n for n in settled if _held_in(stands.text, found.proposed[n].answer)]


def _held_in(words: str, answer: DraftAnswer) -> bool:
    said = in_words(answer.text)
    return bool(said) and said[:HALF] in words


def _with_number(answer: DraftAnswer, status: AnswerStatus, words: str, place: int) -> str:
    name = ", ".join(answer.labels) or answer.label or f"answer {place + 1}"
    said = words if len(words) <= HALF else words[: HALF - 1].rsplit(" ", 1)[0] + "…"
    return f"On {name}: {status.label}. {said}"


HALF = WORDS_LIMIT // 2 - 40
"""Letters of each of two answers that one record holds."""


def keys_of(proposed: ProposedAnswer) -> tuple[ItemKey, ...]:
    """List the items that an answer is offered for."""
    return proposed.keys[:CANDIDATES]
