"""What this process holds in memory of what is stored, by the kind of change that makes it old."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A kind of stored thing that processes hold in memory. Each says what its scope names."""

    MEMBERS = "members"
    """The directory of Members. It has no scope."""
    REPORTS = "reports"
    """Reports that everybody holds, and who follows which. It has no scope: each is laid over the others."""
    RECORDS = "records"
    """What a group imported and recorded. Its scope is the group."""
    LETTERS = "letters"
    """The letters that a group made. Its scope is the group."""
    WAITING = "waiting"
    """What waits for a second organiser. Its scope is the group."""
    SETTINGS = "settings"
    """A group's settings, of which the last changes can be undone. Its scope is the group."""
    PROCESSES = "processes"
    """Which processes there are. It has no scope."""
    FACTS = "facts"
    """Small facts of the installation. Its scope is the fact's name."""
    FORGOTTEN = "forgotten"
    """Somebody who asked to be forgotten, of whom others hold something in memory alone. Its scope is a number and a keyed hash."""
