"""Members of the House of Commons and their constituencies.

Facts come from the Members API or an operator's file, with the day they were fetched. A name, title or address that
the source does not give is left empty: nothing is derived from another field.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.names import addressed_as

STALE_AFTER = timedelta(days=30)
"""Age from which data about Members is called out of date on every card."""

HOUSE_OF_COMMONS = ("House of Commons", "London", "SW1A 0AA")


class MemberRole(StrEnum):
    """What a Member's post lets them do for a constituent."""

    BACKBENCHER = "backbencher"
    MINISTER = "minister"
    WHIP = "whip"
    SPEAKER = "speaker"
    ABSTAINING = "abstaining"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Member:
    """A sitting Member of the House of Commons.

    ``display_as`` is for lists ("Ms Amina Example"), ``full_title`` for an envelope ("Rt Hon Amina Example MP"),
    ``address_as`` for "Dear …" ("Ms Example"); the two last may be empty. ``member_id`` is the Members API's id, or a
    negative number for an entry from an operator's file without one.
    """

    member_id: int
    display_as: str
    full_title: str
    address_as: str
    list_as: str
    party: str
    constituency: str
    role: MemberRole = MemberRole.UNKNOWN
    post: str = ""
    email: str = ""
    phone: str = ""

    @property
    def salutation(self) -> str:
        """Give the opening of a letter: "Dear Ms Example,"; where that form is not stated, by the title in the name."""
        return f"Dear {self.called or '[name of the MP]'},"

    @property
    def called(self) -> str:
        """Give what follows "Dear"."""
        return self.address_as.strip() or addressed_as(self.display_as or self.full_title)

    @property
    def envelope_name(self) -> str:
        return self.full_title.strip() or self.display_as.strip()


@dataclass(frozen=True, slots=True)
class Constituency:
    """A seat in the House of Commons. ``member`` is None while it is vacant."""

    constituency_id: int
    name: str
    member: Member | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """All seats of the House as known at ``as_of`` from ``source``. Empty before the first refresh."""

    constituencies: tuple[Constituency, ...] = ()
    as_of: datetime | None = None
    source: str = ""
    invented: bool = False

    def is_stale(self, now: datetime) -> bool:
        """Tell whether the data is older than thirty days, or absent."""
        return self.as_of is None or now - self.as_of > STALE_AFTER

    def exactly(self, name: str) -> Constituency | None:
        """Find the one constituency of that name; accents, apostrophes, case and spaces do not matter. Never a near match."""
        wanted = fold(name)
        return next((c for c in self.constituencies if fold(c.name) == wanted), None)

    def by_id(self, constituency_id: int) -> Constituency | None:
        return next((c for c in self.constituencies if c.constituency_id == constituency_id), None)


@dataclass(frozen=True, slots=True)
class Dissolution:
    """The dates between which nobody is an MP. ``opened_on`` None: the next Parliament has not met yet."""

    dissolved_on: date | None = None
    opened_on: date | None = None

    def in_force(self, day: date) -> bool:
        """Tell whether Parliament stands dissolved on a day."""
        if self.dissolved_on is None or day < self.dissolved_on:
            return False
        return self.opened_on is None or day < self.opened_on


def fold(name: str) -> str:
    """Reduce a name to the letters and digits by which two spellings of it are the same."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    kept = "".join(ch if ch.isalnum() else " " for ch in plain if not unicodedata.combining(ch) and ch not in "'’‘`")
    return " ".join(kept.split())
