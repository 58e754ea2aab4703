"""How much of Postbag one person, and one group, may use at a time. One person's share is a part of their group's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class What(StrEnum):
    """What is counted."""

    COMMAND = "command"
    SUGGESTION = "suggestion"
    REMINDER = "reminder"
    IMPORT = "import"
    DOUBT = "doubt"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Share:
    """At most ``person`` for one person and ``group`` for all of a group together, within ``span``. ``words`` say what was many."""

    person: int
    group: int
    span: timedelta
    words: str


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHARES = {
    What.COMMAND: Share(60, 600, MINUTE, "used Postbag very often"),
    What.SUGGESTION: Share(300, 3_000, MINUTE, "typed very fast"),
    What.REMINDER: Share(40, 800, HOUR, "set many reminders"),
    What.IMPORT: Share(10, 30, HOUR, "imported many pages"),
    What.DOUBT: Share(3, 30, HOUR, "told the organisers several times"),
    What.TEST: Share(3, 6, timedelta(minutes=10), "asked for several tests"),
}
