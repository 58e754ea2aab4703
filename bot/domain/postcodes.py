"""Postcodes of the United Kingdom: their strict form. What was typed never appears in an error or a log."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from bot.domain.errors import NotFound, Refused

# The shapes and the letters allowed in each place are those of Royal Mail's Programmers' Guide to the Postcode Address
# File: the area never begins with Q, V or X nor goes on with I, J or Z; the inward part never uses C, I, K, M, O or V.
_OUTWARD = r"[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY])"
_FULL = re.compile(rf"(?P<outward>{_OUTWARD}|GIR)(?P<inward>[0-9][ABD-HJLNP-UW-Z]{{2}})")
_OUTWARD_ONLY = re.compile(_OUTWARD)

OUTSIDE_THE_HOUSE = {"GY": "Guernsey", "JE": "Jersey", "IM": "the Isle of Man"}


@dataclass(frozen=True, slots=True)
class Postcode:
    """A full postcode of a valid form. It may still not exist."""

    outward: str = field(repr=False)
    inward: str = field(repr=False)

    @classmethod
    def read(cls, typed: str) -> Postcode:
        """Read what a person typed; case, spaces and invisible characters do not matter. Refused: not a full postcode."""
        plain = unicodedata.normalize("NFKC", typed[:200]).upper()
        joined = "".join(ch for ch in plain if not ch.isspace() and unicodedata.category(ch) != "Cf" and ch not in ".-")
        found = _FULL.fullmatch(joined)
        if found is not None:
            return cls(found["outward"], found["inward"])
        if _OUTWARD_ONLY.fullmatch(joined):
            raise Refused(
                "That is only the first half of a postcode, and it can lie in several constituencies.",
                "Type the whole postcode, or choose your constituency by name with /mp find.",
            )
        raise Refused(
            "That does not look like a full UK postcode.",
            "A postcode has two parts, such as SW1A 0AA. You can also choose your constituency by name with /mp find.",
        )

    @property
    def written(self) -> str:
        """Write it in the usual form, with its one space."""
        return f"{self.outward} {self.inward}"

    def require_a_seat(self) -> None:
        """Refuse the islands that send no Member to the House. NotFound says which."""
        island = OUTSIDE_THE_HOUSE.get(self.outward[:2])
        if island is not None:
            raise no_seat(island)


def no_seat(place: str) -> NotFound:
    """Say that a place has no MP."""
    return NotFound(
        f"{place[0].upper()}{place[1:]} has no Member of the House of Commons.",
        "Its own parliament or assembly is the place to write to; Postbag cannot help with that letter.",
    )
