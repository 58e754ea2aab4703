"""A database that was put back from a copy: what fell due in between may have gone out, and the copy does not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much the clocks of this machine and of Discord may differ."""


@dataclass(frozen=True, slots=True)
class Restored:
    """When the copy was made, and when it was put to use.

    ``unread``: people of the copy, or entries of the list of who asked to be forgotten since, that could not be compared;
    ``is_listed`` False: there was no such list.
    """

    copied_at: datetime
    restored_at: datetime
    unread: int = 0
    is_listed: bool = True

    @property
    def looked_for_since(self) -> datetime:
        return self.copied_at - CLOCKS_DIFFER

    def doubts(self, due_at: datetime, attempted_at: datetime | None) -> bool:
        """Say whether something due then may have been posted without this database knowing."""
        return due_at <= self.restored_at and (attempted_at is None or attempted_at < self.restored_at)
