"""A written question that a group follows to its answer."""

from __future__ import annotations

from dataclasses import dataclass
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


def is_news(before: FollowedQuestion, after: FollowedQuestion) -> bool:
    """Tell whether a group should hear of it: another state, or another answer or correction on another day."""
    return (before.state, before.changed_on) != (after.state, after.changed_on) and after.state is not AnswerState.OPEN
