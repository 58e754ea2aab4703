"""A written question that a group follows to its answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain.identity import GuildId
from bot.domain.said import AnswerState, Said

MOST_FOLLOWED = 25


@dataclass(frozen=True, slots=True)
class FollowedQuestion:
    """A question by its service's own id, and how it stood when the group was last told: ``changed_on`` is the day of that.

    ``body`` is the department that was to answer then (empty: not known).
    """

    guild_id: GuildId
    key: str
    number: str
    tabled_on: date
    state: AnswerState
    changed_on: date | None = None
    looked_at: datetime | None = field(default=None, compare=False)
    body: str = ""


def followed(guild_id: GuildId, said: Said) -> FollowedQuestion:
    """Give a question as it stands now, as a group follows it."""
    changed_on = said.corrected_on or said.answered_on
    return FollowedQuestion(guild_id, said.key, said.number, said.on, said.state, changed_on, body=said.body)


def as_of_session(said: Said, ended_on: date | None) -> Said:
    """Give a question as it stands once its session has ended: what was not answered by then has lapsed.

    No new session takes an old one's questions over; a Member who still wants an answer asks again.
    """
    is_waiting = said.state in (AnswerState.OPEN, AnswerState.HOLDING)
    if ended_on is None or not is_waiting or said.on > ended_on:
        return said
    return replace(said, state=AnswerState.LAPSED)


OVER = frozenset({AnswerState.WITHDRAWN, AnswerState.LAPSED})
"""States after which no answer comes any more."""

WAITING = frozenset({AnswerState.OPEN, AnswerState.HOLDING})
"""States in which an answer is still to come."""

AGAIN_AFTER = timedelta(days=7)
"""An answer may be corrected later, which is rare: so often it is looked at again."""

BEHIND_AFTER = timedelta(days=2)
"""Questions are looked at several times a day where all of them fit in a look."""


@dataclass(frozen=True, slots=True)
class QuestionTurn:
    """When a question was last asked about, for all who follow it (None: not since Postbag began), and in which states they know it."""

    key: str
    states: frozenset[AnswerState]
    looked_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still waits for an answer."""
        return bool(self.states & WAITING)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more comes, for anybody."""
        return self.states <= OVER

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be looked at: every time while an answer is to come, later once a week."""
        if self.is_over:
            return False
        return self.is_open or self.looked_at is None or now - self.looked_at >= AGAIN_AFTER

    def is_behind(self, now: datetime) -> bool:
        """Tell whether it has waited longer for its look than it should have."""
        waits = BEHIND_AFTER if self.is_open else AGAIN_AFTER + BEHIND_AFTER
        return not self.is_over and self.looked_at is not None and now - self.looked_at >= waits


def turns(
    held: Collection[FollowedQuestion], private: Collection[tuple[str, AnswerState, datetime | None]] = ()
) -> list[QuestionTurn]:
    """Give each followed question once. Those of people come without anybody's name: a key, a state, and the last look."""
    states: dict[str, set[AnswerState]] = {}
    looked: dict[str, datetime | None] = {}
    rows = [(one.key, one.state, one.looked_at) for one in held]
    for key, state, at in (*rows, *private):
        states.setdefault(key, set()).add(state)
        known = looked.get(key)
        looked[key] = max(known, at) if known is not None and at is not None else known or at
    return [QuestionTurn(key, frozenset(states[key]), looked[key]) for key in states]


def in_turn(waiting: Collection[QuestionTurn], now: datetime) -> list[QuestionTurn]:
    """List what is due, questions without an answer first, and among these the one that has waited longest.

    So none is kept from its look by others, however many groups follow how many.
    """
    first = datetime.min.replace(tzinfo=now.tzinfo)
    due = [one for one in waiting if one.is_due(now)]
    return sorted(due, key=lambda one: (not one.is_open, one.looked_at or first))


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question that one person follows to its answer, for a letter of theirs. ``changed_on``: as last told."""

    key: str
    number: str
    tabled_on: date
    state: AnswerState
    changed_on: date | None = None

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more is waited for; a correction is still told of."""
        return self.state in OVER


def own_question(said: Said) -> OwnQuestion:
    """Give a question as it stands now, as a person follows it."""
    return OwnQuestion(said.key, said.number, said.on, said.state, said.corrected_on or said.answered_on)


def is_own_news(before: OwnQuestion, after: OwnQuestion) -> bool:
    """Tell whether a person should hear of it, as ``is_news`` does for a group."""
    return (before.state, before.changed_on) != (after.state, after.changed_on) and after.state is not AnswerState.OPEN


def is_news(before: FollowedQuestion, after: FollowedQuestion) -> bool:
    """Tell whether a group should hear of it: another state, or another answer or correction on another day."""
    return (before.state, before.changed_on) != (after.state, after.changed_on) and after.state is not AnswerState.OPEN


def is_transferred(before: FollowedQuestion, after: FollowedQuestion) -> bool:
    """Tell whether another department is to answer than the group was told. A name that is missing is no transfer."""
    return bool(before.body and after.body) and before.body.casefold() != after.body.casefold()


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """What a group is to hear of one question: how it was and is, and which others the same answer covers, by number."""

    before: FollowedQuestion
    after: FollowedQuestion
    said: Said
    others: tuple[str, ...] = ()

    @property
    def is_transferred(self) -> bool:
        return is_transferred(self.before, self.after)


def told_together(changes: Sequence[QuestionChange]) -> list[tuple[QuestionChange, ...]]:
    """Put what one answer answers together.

    A minister answers several questions at once ("grouped"): each then has the same answer on the same day.
    """
    found: dict[object, list[QuestionChange]] = {}
    for change in changes:
        said = change.said
        is_one = said.state in (AnswerState.ANSWERED, AnswerState.CORRECTED) and said.answer
        found.setdefault((said.state, change.after.changed_on, said.answer) if is_one else said.key, []).append(change)
    return [tuple(together) for together in found.values()]


def named_together(change: QuestionChange, together: Sequence[QuestionChange]) -> QuestionChange:
    """Give a change with the numbers of the other questions that its answer covers."""
    grouped = (number for one in together for number in (one.said.number, *one.said.grouped))
    return replace(change, others=tuple(sorted({number for number in grouped if number} - {change.said.number})))
