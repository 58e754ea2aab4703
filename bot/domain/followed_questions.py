"""A written question that a group follows to its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.domain.identity import GuildId
from bot.domain.said import AnswerState, Said

MOST_FOLLOWED = 25


@dataclass(frozen=True, slots=True)
class FollowedQuestion:
    """A question by its service's own id, and how it stood when the group was last told: ``changed_on`` is the day of that."""

    guild_id: GuildId
    key: str
    number: str
    tabled_on: date
    state: AnswerState
    changed_on: date | None = None


def followed(guild_id: GuildId, said: Said) -> FollowedQuestion:
    """Give a question as it stands now, as a group follows it."""
    return FollowedQuestion(guild_id, said.key, said.number, said.on, said.state, said.corrected_on or said.answered_on)


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
