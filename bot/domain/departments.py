"""Who answers today: what became of the departments that a report names, and what their ministers are called.

Departments are renamed and merged, so a letter about an old report must not be sent to one that is no more. The table is
data (``storage/facts/departments.toml``); here is only how it is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.reports import Recommendation

OLD = timedelta(days=548)
"""A line that was last seen so long ago is said to be old: about as long as a minister stays."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Department:
    """A department of today. ``also``: other names and bodies for which it answers; ``seen_on``: the day of the source."""

    key: str
    name: str
    minister_short: str
    minister_full: str
    source: str
    url: str
    seen_on: date
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a department that is no more. ``now`` is the key of one of today."""

    was: str
    now: str
    on: date
    source: str
    url: str
    also: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers on a recommendation today.

    ``minister_short`` stands in a sentence ("the Foreign Secretary"), ``minister_full`` in a written question ("the
    Secretary of State for the Home Department"). ``source`` and ``url``: where that was last seen, on ``as_of``. ``was``: the
    department named in the report, where it is another one; ``changed`` says what became of it. ``also``: its other names.
    """

    key: str
    department: str
    minister_short: str
    minister_full: str
    source: str
    url: str
    as_of: date
    was: str = ""
    changed: Became | None = None
    also: tuple[str, ...] = ()

    def is_old(self, today: date) -> bool:
        """Tell whether this was last seen so long ago that it should be checked before it is used."""
        return today - self.as_of > OLD

    def warning(self, today: date) -> str:
        """Say that this should be checked, or nothing where it is fresh enough."""
        if not self.is_old(today):
            return ""
        return f"Check that {self.minister_short} still answers on this: Postbag last saw it in {self.as_of:%B %Y}."


@dataclass(frozen=True, slots=True)
class Departments:
    """The table of departments of today and of what became of others."""

    today: tuple[Department, ...] = ()
    became: tuple[Became, ...] = ()

    def department(self, key: str) -> Department | None:
        """Find a department of today by its key, or None."""
        return next((found for found in self.today if found.key == key), None)

    def answering_for(self, name: str) -> tuple[Department, Became | None] | None:
        """Find who answers today for a department or body as a report names it, and what became of it; None: not known."""
        wanted = _plain(name)
        for found in self.today:
            if wanted in map(_plain, (found.name, *found.also)):
                return found, None
        for changed in self.became:
            if wanted in map(_plain, (changed.was, *changed.also)):
                found_now = self.department(changed.now)
                return (found_now, changed) if found_now is not None else None
        return None

    def old(self, today: date) -> tuple[Department, ...]:
        """List the departments that were last seen too long ago."""
        return tuple(found for found in self.today if today - found.seen_on > OLD)


def responsible_today(item: Recommendation, table: Departments) -> Responsible | None:
    """Give who answers on a recommendation today: as its row says, else by the first addressee whose successor is known.

    None: neither says, as with an imported row that names nobody.
    """
    named = item.addressees[0] if item.addressees else ""
    stated = table.department(item.answered_by) if item.answered_by else None
    if stated is not None:
        before = table.answering_for(named)
        changed = before[1] if before is not None else None
        return _responsible(stated, named, changed)
    for name in item.addressees:
        found = table.answering_for(name)
        if found is not None:
            return _responsible(found[0], name, found[1])
    return None


def _responsible(now: Department, named: str, changed: Became | None) -> Responsible:
    was = named if named and _plain(named) not in map(_plain, (now.name, *now.also)) else ""
    return Responsible(
        now.key,
        now.name,
        now.minister_short,
        now.minister_full,
        now.source,
        now.url,
        now.seen_on,
        was,
        changed,
        now.also,
    )


def _plain(name: str) -> str:
    return " ".join(_WORD.findall(name.casefold().replace("&", " and ")))
