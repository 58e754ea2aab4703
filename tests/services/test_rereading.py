"""What another process changed is read again by whoever holds it, one group's alone where one is named."""

from __future__ import annotations

import pytest

from bot.domain.changes import Kind
from bot.domain.identity import GuildId
from bot.services.rereading import rereading


class Held:
    """Something of each group in memory, which notes what is read again."""

    def __init__(self, name: str, read: list[str]) -> None:
        self.name, self.read = name, read

    async def load(self) -> None:
        self.read.append(f"{self.name} of all")

    async def reload(self, guild_id: GuildId) -> None:
        self.read.append(f"{self.name} of {guild_id}")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("kind", "scope", "expected"),
    [
        (Kind.MEMBERS, "", ["members of all"]),
        (Kind.REPORTS, "", ["reports of all"]),
        (Kind.RECORDS, "7", ["reports of 7"]),
        (Kind.RECORDS, "", ["reports of all"]),
        (Kind.LETTERS, "7", ["letters of 7"]),
        (Kind.LETTERS, "", ["letters of all"]),
        (Kind.WAITING, "7", ["who waits"]),
        (Kind.SETTINGS, "7", ["settings of 7"]),
        (Kind.SETTINGS, "", ["settings of None"]),
        (Kind.PROCESSES, "", ["processes"]),
        (Kind.FACTS, "a list", ["lists of all"]),
        (Kind.FACTS, "record: try", ["records of all"]),
        (Kind.FACTS, "anything else", []),
        (Kind.FORGOTTEN, "3:ab", ["forgotten 3:ab"]),
        (Kind.FORGOTTEN, "", ["forgotten "]),
        (Kind.FACTS, "", ["lists of all", "records of all"]),
    ],
)
async def test_each_kind_is_read_by_whoever_holds_it(kind: Kind, scope: str, expected: list[str]) -> None:
    read: list[str] = []
    lists, records = Held("lists", read), Held("records", read)

    async def forgotten(told: str) -> None:
        read.append(f"forgotten {told}")

    table = rereading(
        members=Held("members", read).load,
        reports=Held("reports", read),
        letters=Held("letters", read),
        waiting=lambda: read.append("who waits"),
        settings=lambda group: read.append(f"settings of {group}"),
        processes=lambda: read.append("processes"),
        forgotten=forgotten,
        facts=(("a list", lists.load), ("record: look", records.load), ("record: try", records.load)),
    )
    assert set(table) == set(Kind)
    await table[kind](scope)
    assert read == expected
