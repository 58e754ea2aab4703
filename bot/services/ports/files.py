"""What is needed of texts and of files for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.domain.identity import GuildId
from bot.domain.moving import GroupFile


class GroupFileReader(Protocol):
    """Reads the file of a group's set-up, apart from the bot as pages are."""

    async def group_file(self, group: GuildId | None, content: bytes) -> GroupFile:
        """Read it. Refused: it is no such file, something in it cannot be right, or it takes too much time or memory."""
        ...


class Templates(Protocol):
    """Texts under ``templates/``. Every method renders with strict undefined fields: a missing one is an error."""

    def message(self, name: str, fields: Mapping[str, Any]) -> str:
        """Render ``templates/messages/<name>.md.j2``."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    """A file for a person, in memory. ``alt`` says in words what a picture shows."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    alt: str = ""
