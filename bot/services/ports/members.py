"""What is needed of the directory of Members and of where it comes from, and of postcodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.identity import GuildId
from bot.domain.members import Directory, Member
from bot.domain.reminders import Reminder


class MemberStore(Protocol):
    """The directory of Members: replaced as a whole or not at all."""

    async def load(self) -> Directory: ...
    async def replace(self, directory: Directory, news: Callable[[Directory], Sequence[str]]) -> None:
        """Put a directory in place of the stored one, which ``news`` is given. What is new waits, in the same transaction, to be told."""
        ...

    async def news(self) -> MemberNews | None:
        """Give the news that was last stored, told or not."""
        ...

    async def tell(self, news: MemberNews, guild_id: GuildId, word: Reminder, now: datetime) -> bool:
        """Plan the word that tells a group, and note that it was told, in one transaction. False: it was told already."""
        ...


class PostcodeTable(Protocol):
    """An operator's own table of postcodes, asked before any service is. It may not be there."""

    async def as_of(self) -> date | None: ...
    async def seats(self, postcode: str) -> Sequence[str]:
        """List the constituencies that a postcode touches, by name; none where it is not in the table."""
        ...


@dataclass(frozen=True, slots=True)
class MemberNews:
    """What changed in the House at a refresh, in lines, and which groups were told."""

    as_of: datetime
    lines: tuple[str, ...]
    told: tuple[GuildId, ...] = ()


class PageStage(Protocol):
    """Pages of a list that is being fetched, kept until the list is published, so that a stopped fetch goes on."""

    async def pages(self, name: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """Give the pages of a list in their order, each with the time at which it came; none where one is older than ``since``."""
        ...

    async def add(self, name: str, number: int, at: datetime, page: str) -> None: ...
    async def clear(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PostcodeAnswer:
    """The seats that a postcode may lie in, best first. More than one: the person must choose. ``warning`` says why."""

    constituencies: tuple[str, ...]
    warning: str = ""


class MemberSource(Protocol):
    """Where the directory of Members comes from (the Members API, or an operator's file)."""

    async def directory(self, progress: Callable[[int, int], None] | None = None) -> Directory:
        """Fetch every seat of the House. Unavailable: it could not be read whole."""
        ...

    async def forget_fetched_pages(self) -> None:
        """Hear that the directory was taken over: nothing that was fetched for it is needed any more."""
        ...

    async def contact(self, member: Member) -> Member:
        """Give the member with the contacts that the source states."""
        ...

    async def by_postcode(self, postcode: str) -> PostcodeAnswer:
        """Find the seats of a valid full postcode. NotFound: unknown, withdrawn or outside the House's seats."""
        ...
