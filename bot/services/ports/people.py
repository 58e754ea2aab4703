"""What is needed of the one place that holds a Discord user id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.identity import PersonId, UserId


class PeopleStore(Protocol):
    """The only place that holds a Discord user id."""

    async def person(self, user_id: UserId, now: datetime) -> PersonId:
        """Give the person id of a user, creating it."""
        ...

    async def find(self, user_id: UserId) -> PersonId | None: ...
    async def user_id(self, person_id: PersonId) -> UserId | None: ...
    async def held(self, person_id: PersonId) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """List every row that refers to a person, by table."""
        ...

    def hash_of(self, user_id: UserId) -> str:
        """Give the keyed hash of a user as text."""
        ...

    async def tell_forgotten(self, user_id: UserId) -> int:
        """Tell other processes by a keyed hash who is forgotten. Gives the number of this word: one more each time."""
        ...

    async def forgotten_so_far(self) -> int:
        """Give the number of the last such word."""
        ...

    async def forget(self, person_id: PersonId, now: datetime) -> int:
        """Delete or unlink every row of a person, and the person. Gives the number of rows touched."""
        ...
