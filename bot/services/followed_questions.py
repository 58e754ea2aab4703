"""Follow a written question until it's answered: looked at with the daily searches, and told to organisers once for each change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from bot.clock import Clock
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, PostbagError, Refused, Unavailable
from bot.domain.follow_ups import FollowUp
from bot.domain.followed_questions import (
    MOST_FOLLOWED,
    WAITING,
    FollowedQuestion,
    QuestionChange,
    as_of_session,
    followed,
    in_turn,
    is_news,
    named_together,
    told_together,
    turns,
)
from bot.domain.identity import GuildId, PersonId
from bot.domain.reminders import Reminder
from bot.domain.reports import long_date
from bot.domain.said import STATE_LABELS, AnswerState, Said, SaidKind, question_named
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.organiser_notices import NoticeService
from bot.services.ports.groups import GuildStore
from bot.services.ports.said import QuestionSource

log = logging.getLogger(__name__)

TEMPLATE = "question-news"
MOST_NAMED = 8
MOST_LOOKED_AT = 100
"""Questions in one look, those that waited longest first, however many groups follow them."""


class PrivateQuestions(Protocol):
    """The questions that people follow for themselves, with a letter of theirs."""

    async def questions(self) -> Mapping[str, Sequence[FollowUp]]: ...
    async def tell_of(self, letters: Sequence[FollowUp], said: Said) -> int: ...


class QuestionClocks(Protocol):
    """The clocks of groups that wait for answers to questions."""

    async def follows(self, guild_id: GuildId, said: Said) -> bool: ...
    async def start(self, guild_id: GuildId, by: PersonId, said: Said) -> Deadline: ...
    async def settle(self, guild_id: GuildId, said: Said) -> bool: ...
    async def is_settled(self, guild_id: GuildId, said: Said) -> bool: ...
    async def move(self, guild_id: GuildId, said: Said) -> bool: ...


class FollowedRows(Protocol):
    """Where it is held which group follows what."""

    async def put(self, found: FollowedQuestion, now: datetime) -> bool: ...
    async def drop(self, guild_id: GuildId, key: str) -> bool: ...
    async def all(self, guild_id: GuildId | None = None) -> Sequence[FollowedQuestion]: ...
    async def note_look(self, keys: Sequence[str], now: datetime) -> None: ...
    async def tell(
        self,
        before: FollowedQuestion,
        after: FollowedQuestion,
        word: Reminder | None,
        now: datetime,
        covered: Sequence[tuple[FollowedQuestion, FollowedQuestion]] = (),
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at the followed questions found: how many were read, told of, and could not be read or told of."""

    read: int = 0
    told: int = 0
    failed: int = 0


class FollowedQuestionService:
    """Follow, list, look. ``source`` None: the operator turned searching off."""

    def __init__(
        self,
        store: FollowedRows,
        source: QuestionSource | None,
        guilds: GuildStore,
        notices: NoticeService,
        clock: Clock,
        wake: Callable[[], None],
        audit: TakesNotes = UNNOTED,
        *,
        private: PrivateQuestions,
        clocks: QuestionClocks,
        ended_on: Callable[[], date | None] = lambda: None,
    ) -> None:
        self._private = private
        self.clocks = clocks
        self._ended_on = ended_on
        self._store = store
        self._source = source
        self._guilds = guilds
        self._notices = notices
        self._clock = clock
        self._wake = wake
        self._audit = audit
        self._private_looks: dict[str, datetime] = {}
        """When the questions of people were last asked about. Held in memory alone: after a start they are first in turn."""
        self._rounds: dict[str, int] = {}

    async def find(self, text: str) -> tuple[Said, ...]:
        """Find the questions of a number or a link, newest first: a number comes again in another session.

        Refused: it is neither. NotFound: there is none. Unavailable: the service does not answer, or is turned off.
        """
        named = question_named(text)
        if named is None:
            raise Refused("That isn't a question's number or link.", "Give the number (12345), or paste its link.")
        found = [as_of_session(said, self._ended_on()) for said in await self._asked().numbered(*named)]
        if not found:
            raise NotFound(
                "Parliament has no written question with that number.",
                "Check the number, or paste the question's link.",
            )
        return tuple(found)

    async def read(self, key: str) -> Said:
        """Read one question as it stands now. NotFound: there is none. Unavailable: the service does not answer."""
        if not key.isdecimal() or len(key) > 18:
            raise NotFound("Postbag can't find that question.", "Look for it again with /deadlines question.")
        return as_of_session(await self._asked().question(key), self._ended_on())

    async def start_clock(self, guild_id: GuildId, key: str, by: PersonId) -> tuple[Said, Deadline]:
        """Add the question's day to the group's dates, with the group's reminders. Refused: it waits for no answer."""
        said = await self.read(key)
        if said.due_on is None or said.state not in (AnswerState.OPEN, AnswerState.HOLDING):
            raise Refused(
                "Parliament gives no date for an answer to that question.", "Look at it with /deadlines question."
            )
        return said, await self.clocks.start(guild_id, by, said)

    async def follow(self, guild_id: GuildId, key: str, by: PersonId) -> Said:
        """Follow a question to its answer; give it as it stands. Refused: the group follows too many."""
        held = await self._store.all(guild_id)
        if key not in {one.key for one in held} and len(held) >= MOST_FOLLOWED:
            raise Refused(f"Your group already follows {len(held)} questions.", "Stop following one of them first.")
        said = await self.read(key)
        if await self._store.put(followed(guild_id, said), self._clock.now()):
            await self._audit.note(guild_id, by, f"Follows the written question {said.number}")
        return said

    async def stop(self, guild_id: GuildId, key: str, by: PersonId) -> None:
        """Follow a question no longer. NotFound: the group did not."""
        if not await self._store.drop(guild_id, key):
            raise NotFound("Your group doesn't follow that question.", "Nothing was changed.")
        await self._audit.note(guild_id, by, "No longer follows a written question")

    async def of_group(self, guild_id: GuildId) -> Sequence[FollowedQuestion]:
        """List what a group follows, as last read."""
        return await self._store.all(guild_id)

    async def look(self) -> Looked:
        """Read the followed questions that are due, each once for all who follow it, and tell each group of a change once.

        A look that fails changes nothing: it is never taken as "not answered". What does not fit in one look is first in the next.
        """
        if self._source is None:
            return Looked()
        by_key: dict[str, list[FollowedQuestion]] = {}
        for one in await self._store.all():
            by_key.setdefault(one.key, []).append(one)
        private = await self._private.questions()
        now = self._clock.now()
        waits = [
            (key, state, self._private_looks.get(key)) for key, letters in private.items() for state in _known(letters)
        ]
        waiting = turns([one for held in by_key.values() for one in held], waits)
        waiting.sort(key=lambda one: self._rounds.get(one.key, 0))  # two looks can fall on the same instant
        due = in_turn(waiting, now)
        chosen = [one.key for one in due[:MOST_LOOKED_AT]]
        self._private_looks = {key: at for key, at in self._private_looks.items() if key in private}
        self._rounds = {one.key: self._rounds.get(one.key, 0) + (one.key in chosen) for one in waiting}
        self._private_looks.update({key: now for key in chosen if key in private})
        # Noted before anything is read: one that can never be read must not be first in every look.
        await self._store.note_look(chosen, now)
        read = told = failed = 0
        changes: dict[GuildId, list[QuestionChange]] = {}
        for key in chosen:
            groups = by_key.get(key, [])
            try:
                said = await self.read(key)
            except PostbagError as error:
                log.info("a followed question could not be read: %s", error.message)
                failed += 1
                continue
            read += 1
            for before in groups:
                try:
                    await self.clocks.move(before.guild_id, said)
                except Exception:  # it is tried again with the next look; what is to be told is told all the same
                    log.exception("the clock of a followed question could not follow its day")
                after = followed(before.guild_id, said)
                after = after if after.body else replace(after, body=before.body)
                change = QuestionChange(before, after, said)
                if is_news(before, after) or (change.is_transferred and after.state in WAITING):
                    changes.setdefault(before.guild_id, []).append(change)
                elif before.body != after.body:
                    await self._store.tell(before, after, None, now)
            try:
                told += await self._private.tell_of(private.get(key, ()), said)
            except Exception:
                log.exception("a person could not be told of a question")
                failed += 1
        for together in (one for of_group in changes.values() for one in told_together(of_group)):
            try:
                told += await self._tell(together)
            except Exception:  # nothing of it was noted, so the next look tells it; other groups don't wait for that
                log.exception("a group could not be told of a question")
                failed += 1
        if told:
            self._wake()
        return Looked(read, told, failed)

    async def behind(self) -> int:
        """Count the questions of groups that have waited longer for their look than they should."""
        if self._source is None:
            return 0
        now = self._clock.now()
        return sum(1 for one in turns(await self._store.all()) if one.is_behind(now))

    async def _tell(self, together: Sequence[QuestionChange]) -> int:
        """Tell a group once of what one answer answers, and give how many were told of it.

        A question on whose answer a clock of its waits is told of in its channel, by the clock, which speaks of that one alone. Of the
        others its organisers hear in one word.
        """
        told, untold = 0, []
        for change in together:
            if await self._told_by_clock(change):
                told += await self._store.tell(change.before, change.after, None, self._clock.now())
            else:
                untold.append(change)
        if untold:
            first, *covered = untold
            rest = [(change.before, change.after) for change in covered]
            word = await self._word(named_together(first, together))
            told += await self._store.tell(first.before, first.after, word, self._clock.now(), rest)
        return told

    async def _told_by_clock(self, change: QuestionChange) -> bool:
        """Close the clock that waits for an answer. False: there is none, so nobody was told."""
        guild_id, said = change.before.guild_id, change.said
        if await self.clocks.settle(guild_id, said):
            return True
        return change.before.state in WAITING and await self.clocks.is_settled(guild_id, said)

    async def _word(self, change: QuestionChange) -> Reminder | None:
        """Plan what organisers are told of a change. None: nobody set the group up, so nobody would hear; its list shows it."""
        before, said = change.before, change.said
        settings = await self._guilds.get(before.guild_id)
        fields = {
            "neutral": settings.high_risk,
            "number": said.number,
            "heading": said.heading,
            "member": said.member,
            "state": _told(change),
            "together": _together(change.others),
            "url": said.url,
        }
        try:
            return await self._notices.plan(before.guild_id, TEMPLATE, fields)
        except Refused:
            return None

    def _asked(self) -> QuestionSource:
        if self._source is None:
            raise Unavailable(
                "Whoever runs this Postbag has turned searching in Parliament off.", "Look at the question's own page."
            )
        return self._source


def _known(letters: Sequence[FollowUp]) -> set[AnswerState]:
    """Give the states in which people know a question that they follow; open where that is not known."""
    return {one.question.state for one in letters if one.question is not None} or {AnswerState.OPEN}


def _together(others: Sequence[str]) -> str:
    """Name the other questions that the same answer covers."""
    named = [*others[:MOST_NAMED], *([f"{len(others) - MOST_NAMED} more"] if len(others) > MOST_NAMED else [])]
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named)


def _the(body: str) -> str:
    return body if body.startswith(("HM ", "The ")) else f"the {body}"


def _told(change: QuestionChange) -> str:
    """Say in words how a question stands, with the day."""
    said = change.said
    assert said.kind is SaidKind.QUESTION
    if not is_news(change.before, change.after):
        due = f". The answer is due by {long_date(said.due_on)}" if said.due_on is not None else ""
        return f"was transferred from {_the(change.before.body)} to {_the(said.body)}{due}"
    day: date | None = said.corrected_on or said.answered_on
    on = f" on {long_date(day)}" if day is not None else ""
    if said.state is AnswerState.HOLDING:
        return f"has a holding answer{on}, which promises an answer, but isn't one"
    if said.state is AnswerState.CORRECTED:
        return f"has a corrected answer{on}"
    if said.state is AnswerState.WITHDRAWN:
        return "was withdrawn, so it won't be answered"
    if said.state is AnswerState.LAPSED:
        return "lapsed when the session of Parliament ended. It can be asked again in the next one"
    return f"is {STATE_LABELS[said.state]}{on}"
