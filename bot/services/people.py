"""People: what is held about one, in plain words or as a file, and how to be forgotten."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.clock import Clock
from bot.domain.errors import Unavailable
from bot.domain.identity import PersonId, UserId
from bot.domain.people import RETENTION, Kept
from bot.services.ports.files import File
from bot.services.ports.people import PeopleStore

SEALED = "(encrypted)"


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of thing held about a person, and its rows."""

    kept: Kept
    rows: tuple[Mapping[str, object], ...]


class RemembersPeople(Protocol):
    """Something that holds people in memory alone, by their Discord user id."""

    def forget(self, user_id: UserId, /) -> None: ...
    def people_held(self) -> set[UserId]: ...


class PeopleService:
    """Know a person by their Discord user id, and let them see and erase what is held.

    Whoever asks to be forgotten is told to the other processes by a number, one more each time, and a keyed hash. By the numbers
    a process knows afterwards whether it missed one while it could not listen.
    """

    def __init__(self, store: PeopleStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._memories: list[RemembersPeople] = []
        self._known_until = 0
        self._known: set[int] = set()
        self._doubted: set[int] = set()

    def also_forgets(self, memory: RemembersPeople) -> None:
        """Let something that remembers people in memory forget with the database."""
        self._memories.append(memory)

    async def load(self) -> None:
        """See how many were forgotten until now, before anything is held of anybody."""
        self._known_until = await self._store.forgotten_so_far()

    async def forgotten_elsewhere(self, told: str) -> None:
        """Forget in memory whom another process forgot. Nothing told: words may have been missed, then everybody where one was."""
        number, _, hashed = told.partition(":")
        if hashed:
            self._known.add(int(number))
            self._drop({one for one in self._held_in_memory() if self._store.hash_of(one) == hashed})
            return
        until = await self._store.forgotten_so_far()
        missed = set(range(self._known_until + 1, until + 1)) - self._known
        if not missed <= self._doubted:
            self._doubted |= missed
            raise Unavailable("Another process's word is still on its way.", "Postbag looks again in a moment.")
        self._doubted = set()
        if missed or until < self._known_until:
            self._drop(self._held_in_memory())
        self._known_until, self._known = until, {one for one in self._known if one > until}

    def _held_in_memory(self) -> set[UserId]:
        return {one for memory in self._memories for one in memory.people_held()}

    def _drop(self, people: set[UserId]) -> None:
        for memory in self._memories:
            for one in people:
                memory.forget(one)

    async def person_for(self, user_id: UserId) -> PersonId:
        """Give the person of a user, making one. Only for a user who asked for something that must be kept."""
        return await self._store.person(user_id, self._clock.now())

    async def find(self, user_id: UserId) -> PersonId | None:
        """Give the person of a user, or None where nothing is held. Nothing is made."""
        return await self._store.find(user_id)

    async def user_of(self, person_id: PersonId) -> UserId | None:
        """Give the Discord user id of a person, where they are still known."""
        return await self._store.user_id(person_id)

    async def held(self, user_id: UserId) -> Sequence[Held]:
        """List what is held about a user, by kind, in the order of the retention table. Empty: nothing is held."""
        person_id = await self._store.find(user_id)
        if person_id is None:
            return ()
        rows = await self._store.held(person_id)
        known = {kept.table: kept for kept in RETENTION}
        tables = [*(t for t in known if rows.get(t)), *(t for t in rows if t not in known and rows[t])]
        return [Held(known.get(t) or Kept(t, t, "you use /privacy forget-me"), tuple(rows[t])) for t in tables]

    async def export(self, user_id: UserId) -> File:
        """Write everything held about a user as a JSON file."""
        held = await self.held(user_id)
        content = {
            "from": "Postbag",
            "made_at": self._clock.now().isoformat(),
            "held": [
                {
                    "table": kind.kept.table,
                    "what": kind.kept.what,
                    "kept_until": kind.kept.until,
                    "rows": [{name: _value(value) for name, value in row.items()} for row in kind.rows],
                }
                for kind in held
            ],
        }
        text = json.dumps(content, ensure_ascii=False, indent=2)
        return File("postbag-what-is-held-about-me.json", "application/json", text.encode())

    async def forget(self, user_id: UserId) -> int:
        """Erase or unlink everything of a user; give the number of rows touched. 0: nothing was held."""
        self._drop({user_id})
        # Told first, and for everybody: a letter can be in another process's memory where nothing is stored of its writer.
        self._known.add(await self._store.tell_forgotten(user_id))
        person_id = await self._store.find(user_id)
        if person_id is None:
            return 0
        return await self._store.forget(person_id, self._clock.now())


def _value(value: object) -> object:
    if isinstance(value, bytes):
        return SEALED
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)
