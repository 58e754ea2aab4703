"""Letters in the making: each its owner's alone, in memory, for an hour."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.clock import Clock
from bot.domain.asked_before import AskedBefore
from bot.domain.errors import DraftGone
from bot.domain.identity import GuildId, UserId
from bot.domain.letters import Recipient
from bot.domain.people import DRAFT_KEPT

# They are held in memory alone. At an hour each, more than five thousand people would have to be writing at once.
MOST_DRAFTS = 5_000
MOST_OF_ONE = 20
"""Of one person; beyond it their own oldest goes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter in the making. Only ``owner`` may go on with it. It is kept in memory until ``until``.

    ``guild_id`` is the group as whose member it is written, wherever it is written: its reports and letters are meant. ``mention``
    is what the writer chose to mention of what this MP asked.
    """

    token: str
    owner: UserId
    frame: str
    until: datetime
    topic: str = ""
    recipient: Recipient | None = field(default=None, repr=False)
    ask: str = ""
    own: Mapping[str, str] = field(default_factory=dict, repr=False)
    guild_id: GuildId | None = None
    mention: AskedBefore | None = None


class Drafts:
    """Hold drafts. There is room for so many; beyond that the one that was touched longest ago goes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, Draft] = {}

    def begin(self, owner: UserId, frame: str, *, token: str = "") -> Draft:
        """Give a new draft, not held yet. A token that is held by somebody else is not taken over."""
        if token in self._held and self._held[token].owner != owner:
            token = ""
        return Draft(token or secrets.token_urlsafe(8), owner, frame, self._clock.now() + DRAFT_KEPT)

    def keep(self, draft: Draft) -> Draft:
        """Hold a draft for another hour."""
        self._tidy()
        draft = replace(draft, until=self._clock.now() + DRAFT_KEPT)
        self._held.pop(draft.token, None)
        mine = [token for token, held in self._held.items() if held.owner == draft.owner]
        while len(mine) >= MOST_OF_ONE or (mine and len(self._held) >= MOST_DRAFTS):
            del self._held[mine.pop(0)]  # one's own goes first: nobody pushes out another's
        while len(self._held) >= MOST_DRAFTS:
            self._held.pop(next(iter(self._held)))
        self._held[draft.token] = draft
        return draft

    def get(self, token: str, owner: UserId) -> Draft:
        """Give a draft to its owner. DraftGone: it is older than an hour, or somebody else's, which is not told."""
        self._tidy()
        draft = self._held.get(token)
        if draft is None or draft.owner != owner:
            raise DraftGone
        return draft

    def forget(self, owner: UserId) -> None:
        """Let go of everything that a person has begun."""
        for token in [token for token, draft in self._held.items() if draft.owner == owner]:
            del self._held[token]

    def people_held(self) -> set[UserId]:
        """Give those who have begun something."""
        return {draft.owner for draft in self._held.values()}

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[str]:
        """List the tokens, the one touched longest ago first."""
        return iter(self._held)

    def _tidy(self) -> None:
        now = self._clock.now()
        for token in [token for token, draft in self._held.items() if draft.until <= now]:
            del self._held[token]
