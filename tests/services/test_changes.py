"""What is held in memory is read again when another process changed it: each thing once, and again until it could be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.domain.changes import Kind
from bot.services import changes as module
from bot.services.changes import Memory


class Feed:
    """Hears what the test says."""

    def __init__(self, *, is_shared: bool = True) -> None:
        self.is_shared = is_shared
        self.followed = 0

    async def follow(self, heard: Callable[[Kind, str], None], again: Callable[[], None]) -> None:
        self.followed += 1
        await asyncio.Event().wait()


class Reader:
    """Reads again, and counts it; ``broken`` kinds cannot be read."""

    def __init__(self) -> None:
        self.read: list[tuple[Kind, str]] = []
        self.broken: set[Kind] = set()
        self.happened = asyncio.Event()

    def of(self, kind: Kind) -> Callable[[str], object]:
        async def again(scope: str) -> None:
            self.happened.set()
            if kind in self.broken:
                self.broken.discard(kind)
                raise OSError("the disk is away")
            self.read.append((kind, scope))

        return again

    async def until(self, count: int) -> None:
        while len(self.read) < count:
            self.happened.clear()
            await asyncio.wait_for(self.happened.wait(), 60)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setattr(module, "TOGETHER", 0.0)
    monkeypatch.setattr(module, "AGAIN_AFTER", 0.0)
    return Reader()


def memory(reader: Reader, feed: Feed) -> Memory:
    return Memory(feed, {kind: reader.of(kind) for kind in Kind})  # type: ignore[misc]


def test_every_kind_has_who_reads_it_again(reader: Reader) -> None:
    with pytest.raises(ValueError, match="nobody reads again"):
        Memory(Feed(), {})


@pytest.mark.asyncio
async def test_on_sqlite_nobody_listens(reader: Reader) -> None:
    feed = Feed(is_shared=False)
    held = memory(reader, feed)
    held.start()
    await asyncio.sleep(0)
    await held.stop()
    assert feed.followed == 0


@pytest.mark.asyncio
async def test_every_word_that_nothing_stored_says_again_is_heard_even_with_everything(reader: Reader) -> None:
    held = memory(reader, Feed())
    for kind in (Kind.FORGOTTEN, Kind.SETTINGS):
        for scope in ("1:ab", "", "2:cd"):
            held.changed(kind, scope)
    held.start()
    await reader.until(4)
    await held.stop()
    assert reader.read == [
        (Kind.FORGOTTEN, "2:cd"),
        (Kind.FORGOTTEN, "1:ab"),
        (Kind.FORGOTTEN, ""),
        (Kind.SETTINGS, ""),
    ]


@pytest.mark.asyncio
async def test_many_changes_of_one_thing_are_read_once_and_everything_covers_the_rest(reader: Reader) -> None:
    held = memory(reader, feed := Feed())
    for scope in ("7", "7", "9"):
        held.changed(Kind.RECORDS, scope)
    held.changed(Kind.LETTERS, "3")
    held.changed(Kind.LETTERS, "")
    held.start()
    held.start()
    await reader.until(3)
    assert sorted(reader.read) == sorted([(Kind.RECORDS, "7"), (Kind.RECORDS, "9"), (Kind.LETTERS, "")])
    assert feed.followed == 1
    held.everything()
    await reader.until(3 + len(Kind))
    assert {kind for kind, scope in reader.read[3:] if not scope} == set(Kind)
    await held.stop()


@pytest.mark.asyncio
async def test_what_could_not_be_read_is_read_again_and_keeps_nothing_else_waiting(reader: Reader) -> None:
    reader.broken = {Kind.REPORTS}
    held = memory(reader, Feed())
    held.changed(Kind.REPORTS, "")
    held.changed(Kind.MEMBERS, "")
    held.start()
    await reader.until(2)
    await held.stop()
    assert set(reader.read) == {(Kind.REPORTS, ""), (Kind.MEMBERS, "")}
