"""Letters that people say they sent: asked after privately, at most twice, and what the answers lead to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.clock import Clock, london_today
from bot.domain.errors import NotFound, Refused
from bot.domain.follow_ups import (
    MOST_LETTERS,
    FollowUp,
    Outcome,
    first_checks,
    later_checks,
    moved_checks,
    planned_checks,
    question_news,
    require_promise,
    require_sent,
)
from bot.domain.followed_questions import is_own_news, own_question
from bot.domain.identity import FollowUpId, GuildId, UserId
from bot.domain.rules import MEMBERS_LETTERS, WHITEHALL
from bot.domain.said import Said
from bot.services.people import PeopleService
from bot.services.ports.letters import FollowUpStore


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter on its sender's list. ``next_check``: when Postbag asks next. ``asks_now``: a check waits for an answer."""

    held: FollowUp
    next_check: date | None
    asks_now: bool


class FollowUpService:
    """Keep what a person says of the letters they sent. Everything here is their own: nobody else's row is ever given."""

    def __init__(
        self,
        store: FollowUpStore,
        people: PeopleService,
        clock: Clock,
        wake: Callable[[], None],
        bank_holidays: Callable[[str], Collection[date]] = lambda division: (),
    ) -> None:
        self._bank_holidays = bank_holidays
        self._store = store
        self._people = people
        self._clock = clock
        self._wake = wake

    async def sent(
        self,
        user_id: UserId,
        *,
        recommendation: str,
        constituency_id: int | None,
        guild_id: GuildId | None,
        sent_on: date | None = None,
    ) -> Letter:
        """Keep that a person sent a letter, today or on an earlier day, and plan when to ask. Refused: no possible day."""
        today, now = london_today(self._clock), self._clock.now()
        day = require_sent(sent_on or today, today)
        person_id = await self._people.person_for(user_id)
        if len(await self._store.of_person(person_id)) >= MOST_LETTERS:
            raise Refused(f"Your list already has {MOST_LETTERS} letters.", "Remove old ones with /letter follow-ups.")
        letter = FollowUp(
            FollowUpId(0), person_id, recommendation, day, constituency_id, guild_id, first_checks(day, now)
        )
        checks = planned_checks(letter, now)
        stored = await self._store.add(letter, checks, now)
        self._wake()
        return self._shown(stored)

    async def letters(self, user_id: UserId) -> Sequence[Letter]:
        """List the letters a person said they sent: those that wait for an answer first, then the newest."""
        person_id = await self._people.find(user_id)
        if person_id is None:
            return ()
        found = [self._shown(held) for held in await self._store.of_person(person_id)]
        return sorted(found, key=lambda letter: not letter.asks_now)

    async def letter(self, user_id: UserId, follow_up_id: FollowUpId) -> Letter:
        """Give a person's own letter. NotFound: it is no longer in Postbag, or somebody else's, which is not told."""
        return self._shown(await self._own(user_id, follow_up_id))

    async def answered(
        self, user_id: UserId, follow_up_id: FollowUpId, outcome: Outcome, promised_on: date | None = None
    ) -> Letter:
        """Keep what came back, and plan what is left to ask. Refused: the promised date cannot be meant."""
        held, now, today = await self._own(user_id, follow_up_id), self._clock.now(), london_today(self._clock)
        if outcome is Outcome.PROMISED:
            if promised_on is None:
                raise Refused("When was an answer promised for?", "Give the date.")
            require_promise(promised_on, today)
        elif outcome is Outcome.PASSED:
            promised_on = MEMBERS_LETTERS.due(today, self._bank_holidays(WHITEHALL))
        else:
            promised_on = None
        changed = replace(
            held,
            outcome=outcome,
            outcome_on=today,
            promised_on=promised_on,
            checks=later_checks(held, outcome, now, promised_on),
            missed=False,
            question=None if outcome is Outcome.CLOSED else held.question,
        )
        return await self._saved(changed)

    async def keep_question(self, user_id: UserId, follow_up_id: FollowUpId, said: Said) -> Letter:
        """Keep that the MP tabled a question, and follow it to its answer; nothing more is asked."""
        held, today = await self._own(user_id, follow_up_id), london_today(self._clock)
        outcome = Outcome.TABLED
        checks = later_checks(held, outcome, self._clock.now())
        changed = replace(held, outcome=outcome, outcome_on=today, promised_on=None, checks=checks, missed=False)
        return await self._saved(replace(changed, question=own_question(said)))

    async def questions(self) -> Mapping[str, Sequence[FollowUp]]:
        """List the letters whose question may still change, by the question's key."""
        found: dict[str, list[FollowUp]] = {}
        for letter in await self._store.with_questions():
            if letter.question is not None and not letter.question.has_ended:
                found.setdefault(letter.question.key, []).append(letter)
        return found

    async def tell_of(self, letters: Sequence[FollowUp], said: Said) -> int:
        """Tell the senders of letters how their question stands, where that is news. Gives how many were told."""
        now, told = self._clock.now(), 0
        for held in letters:
            after = own_question(said)
            if held.question is None or not is_own_news(held.question, after):
                continue
            changed = replace(held, question=after)
            planned = (*planned_checks(changed, now), question_news(changed, after, now))
            told += await self._store.save(changed, planned, now)
        return told

    async def moved(self, user_id: UserId, follow_up_id: FollowUpId, sent_on: date) -> Letter:
        """Change the day on which a letter was sent. Refused: no possible day."""
        held = await self._own(user_id, follow_up_id)
        day = require_sent(sent_on, london_today(self._clock))
        return await self._saved(replace(held, sent_on=day, checks=moved_checks(held, day, self._clock.now())))

    async def remove(self, user_id: UserId, follow_up_id: FollowUpId) -> None:
        """Take a letter off the list; nothing of it is kept."""
        held = await self._own(user_id, follow_up_id)
        await self._store.remove(held, self._clock.now())

    async def waiting_at_visit(self, user_id: UserId) -> Letter | None:
        """Give the letter whose check could not be delivered, once: it is put to the person now that they are here."""
        person_id = await self._people.find(user_id)
        if person_id is None:
            return None
        now = self._clock.now()
        for held in await self._store.missed_letters(person_id):
            await self._store.put(held.follow_up_id)
            if held.awaits_an_answer(now):
                return self._shown(held)
        return None

    async def tidy(self) -> int:
        """Delete letters past their time. Gives their number."""
        return await self._store.tidy(london_today(self._clock))

    async def _saved(self, changed: FollowUp) -> Letter:
        now = self._clock.now()
        checks = planned_checks(changed, now)
        if not await self._store.save(changed, checks, now):
            raise _gone()
        self._wake()
        return self._shown(changed)

    async def _own(self, user_id: UserId, follow_up_id: FollowUpId) -> FollowUp:
        person_id = await self._people.find(user_id)
        held = await self._store.get(follow_up_id, person_id) if person_id is not None else None
        if held is None:
            raise _gone()
        return held

    def _shown(self, held: FollowUp) -> Letter:
        now = self._clock.now()
        return Letter(held, held.next_check(now), held.awaits_an_answer(now))


def _gone() -> NotFound:
    return NotFound(
        "That letter is no longer on your list.",
        "It was removed, or has expired. See your list with /letter follow-ups.",
    )
