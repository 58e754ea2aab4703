"""Who reads again what another process changed: one table, by the kind of change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bot.domain.changes import Kind
from bot.domain.identity import GuildId
from bot.services.changes import Reread

Load = Callable[[], Awaitable[object]]


class ReadsOfGroups(Protocol):
    """What holds something of each group in memory."""

    async def load(self) -> None: ...
    async def reload(self, guild_id: GuildId) -> None: ...


def rereading(
    *,
    members: Load,
    reports: ReadsOfGroups,
    letters: ReadsOfGroups,
    waiting: Callable[[], None],
    settings: Callable[[GuildId | None], None],
    processes: Callable[[], None],
    forgotten: Reread,
    facts: Sequence[tuple[str, Load]],
) -> Mapping[Kind, Reread]:
    """Give who reads each kind again. ``facts`` are told apart by how their names begin."""

    async def again_facts(name: str) -> None:
        # Each once, however many of its facts there are: all of them are read together.
        for load in dict.fromkeys(load for start, load in facts if not name or name.startswith(start)):
            await load()

    return {
        Kind.MEMBERS: lambda _: members(),
        Kind.REPORTS: lambda _: reports.load(),
        Kind.RECORDS: _of_groups(reports),
        Kind.LETTERS: _of_groups(letters),
        Kind.WAITING: _at_once(lambda _: waiting()),
        Kind.SETTINGS: _at_once(lambda group: settings(GuildId(int(group)) if group else None)),
        Kind.PROCESSES: _at_once(lambda _: processes()),
        Kind.FACTS: again_facts,
        Kind.FORGOTTEN: forgotten,
    }


def _of_groups(held: ReadsOfGroups) -> Reread:
    """Read again what one group holds, or what all do where none is named."""

    async def again(group: str) -> None:
        await (held.reload(GuildId(int(group))) if group else held.load())

    return again


def _at_once(note: Callable[[str], None]) -> Reread:
    """Note it, where nothing is read before somebody asks."""

    async def again(scope: str) -> None:
        note(scope)

    return again
