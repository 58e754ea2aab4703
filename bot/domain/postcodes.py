"""Postcodes of the United Kingdom: their strict form. What was typed never appears in an error or a log."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import product

from bot.domain.errors import NotFound, Refused

# The shapes and the letters allowed in each place are those of Royal Mail's Programmers' Guide to the Postcode Address
# File: the area never begins with Q, V or X nor goes on with I, J or Z; the inward part never uses C, I, K, M, O or V.
_OUTWARD = r"[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY])"
_FULL = re.compile(rf"(?P<outward>{_OUTWARD}|GIR)(?P<inward>[0-9][ABD-HJLNP-UW-Z]{{2}})")
_OUTWARD_ONLY = re.compile(_OUTWARD)

OUTSIDE_THE_HOUSE = {"GY": "Guernsey", "JE": "Jersey", "IM": "the Isle of Man"}


_ALIKE = {"O": "O0", "0": "0O", "I": "I1", "L": "L1", "1": "1I"}
"""Signs that are typed for one another."""
_GIBRALTAR = re.compile(r"GX[1IL]{2}[0-9A-Z]{0,4}")
_FORCES = re.compile(r"BF(?:PO)?[0-9]{1,4}|BF[1IL][0-9OIL][A-Z]{2}|BFP[O0].*")
MOST_READ = 200
LONGEST_POSTCODE = 10
BY_NAME = "Type the name of your constituency, your town or your MP instead."


@dataclass(frozen=True, slots=True)
class Postcode:
    """A full postcode of a valid form. It may still not exist."""

    outward: str = field(repr=False)
    inward: str = field(repr=False)

    @classmethod
    def read(cls, typed: str) -> Postcode:
        """Read what a person typed; case, spaces, invisible characters and the letter O for 0 do not matter.

        Refused: not a full postcode, or one that leads to no constituency.
        """
        joined = _without_gaps(typed)
        inside = _inside(typed)
        if not _reads_whole(joined) and inside:
            # A sentence with one postcode in it means that one; with two nobody can tell which.
            joined = inside[0] if len(set(inside)) == 1 else ""
        found = _FULL.fullmatch(joined)
        if found is not None and not _leads_nowhere(joined):
            return cls(found["outward"], found["inward"])
        if _FORCES.fullmatch(joined):
            raise Refused(
                "A BFPO address isn't in any constituency.",
                "Type the UK postcode where you're registered to vote, or the name of your constituency.",
            )
        if _GIBRALTAR.fullmatch(joined):
            raise Refused(
                "Gibraltar has no MP in the House of Commons.",
                "If you're registered to vote in the UK, type that postcode or the name of your constituency.",
            )
        meant = _meant(joined)
        if meant is not None:
            return meant
        if _OUTWARD_ONLY.fullmatch(joined):
            raise Refused(
                "That's only the first half of a postcode, and it can cover several constituencies.",
                f"Type the whole postcode. Or: {BY_NAME[0].lower()}{BY_NAME[1:]}",
            )
        raise Refused(
            "That doesn't look like a full UK postcode.",
            f"A postcode has two parts, such as SW1A 0AA. {BY_NAME}",
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
        "Its own parliament or assembly is the place to write to. Postbag can't help with that letter.",
    )


def looks_like_postcode(typed: str) -> bool:
    """Tell whether a text is a postcode, half of one, or was meant as one: then it is looked up, or refused, but never shown.

    No constituency and no name has a figure in it, so every short text with one counts.
    """
    joined = _without_gaps(typed)
    has_figure = any(ch.isdigit() for ch in joined) and joined.isalnum()
    short = has_figure and len(joined) <= LONGEST_POSTCODE
    return short or _leads_nowhere(joined) or bool(_inside(typed)) or _FULL.search(joined) is not None


def _without_gaps(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed[:MOST_READ]).upper()
    return "".join(ch for ch in plain if not ch.isspace() and unicodedata.category(ch) != "Cf" and ch not in ".-–,")


def _leads_nowhere(joined: str) -> bool:
    return bool(_FORCES.fullmatch(joined) or _GIBRALTAR.fullmatch(joined))


def _reads_whole(joined: str) -> bool:
    return bool(_FULL.fullmatch(joined) or _leads_nowhere(joined) or _meant(joined) or _OUTWARD_ONLY.fullmatch(joined))


def _inside(typed: str) -> list[str]:
    """List the postcodes that stand among other words, joined; where there is no whole one, the halves. Maybe none."""
    plain = unicodedata.normalize("NFKC", typed[:MOST_READ]).upper()
    words = re.findall(r"[A-Z0-9]+", "".join(ch for ch in plain if unicodedata.category(ch) != "Cf"))
    nowhere = [word for word in words if _leads_nowhere(word)]
    if nowhere:
        return nowhere[:1]
    for many in range(1, LONGEST_POSTCODE):
        runs = ("".join(words[start : start + many]) for start in range(len(words) - many + 1))
        whole = [meant.outward + meant.inward for run in runs if (meant := _meant(run)) is not None]
        if whole:
            return whole
    return [word for word in words if _OUTWARD_ONLY.fullmatch(word)]


def _meant(joined: str) -> Postcode | None:
    """Read a postcode in which signs that look alike were mixed up, where that can mean one postcode only."""
    if not 5 <= len(joined) <= 7 or not any(ch.isdigit() for ch in joined):
        return None
    ways = ("".join(signs) for signs in product(*(_ALIKE.get(ch, ch) for ch in joined)))
    found = [match for way in ways if (match := _FULL.fullmatch(way)) is not None]
    return Postcode(found[0]["outward"], found[0]["inward"]) if len(found) == 1 else None
