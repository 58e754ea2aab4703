"""What a group's letters came to, in numbers that say nothing of one person: whole cells only, released in batches.

A number is given only where enough different people stand behind it, and behind what it leaves over from its total. New
numbers are released at most once in a while, and only once enough people reported something new: two reports are either the
same, or at least that many people apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

# With fewer people behind a number, the others in a small group can tell whose it is.
FEWEST = 5
FEWEST_AT_RISK = 10
EVERY = timedelta(days=1)
EVERY_AT_RISK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Care:
    """How carefully a group counts: people behind every number and every release, and the least time between two."""

    fewest: int = FEWEST
    every: timedelta = EVERY
    seats: bool = True


def care_of(high_risk: bool) -> Care:
    """Give how carefully a group counts. Where members could be targeted no constituency is named at all."""
    return Care(FEWEST_AT_RISK, EVERY_AT_RISK, seats=False) if high_risk else Care()


@dataclass(frozen=True, slots=True)
class Reported:
    """One letter, as it is counted. ``person`` only tells people apart; it is in nothing that leaves this module."""

    person: int
    item: str
    kind: str
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """Letters by one question. ``rest``: those of all answers that cannot be told apart without pointing at somebody."""

    shown: tuple[tuple[str, int], ...] = ()
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was released. ``fewest`` is the number of people that stood behind each number."""

    released_at: datetime
    fewest: int
    letters: int
    kinds: Cells
    items: Cells
    seats: Cells

    def as_json(self) -> str:
        """Write it down."""
        return json.dumps({**asdict(self), "released_at": self.released_at.astimezone(UTC).isoformat()})


def read_figures(text: str) -> Figures:
    """Read what ``as_json`` wrote."""
    held = json.loads(text)
    cells = {name: Cells(tuple((k, n) for k, n in held[name]["shown"]), held[name]["rest"]) for name in CELLS}
    return Figures(datetime.fromisoformat(held["released_at"]), held["fewest"], held["letters"], **cells)


CELLS = ("kinds", "items", "seats")


def figures_of(letters: Sequence[Reported], care: Care, now: datetime) -> Figures:
    """Count letters. Too few people among them: nothing is said at all."""
    if len({letter.person for letter in letters}) < care.fewest:
        return Figures(now, care.fewest, 0, Cells(), Cells(), Cells())
    return Figures(
        released_at=now,
        fewest=care.fewest,
        letters=len(letters),
        kinds=cells(letters, lambda letter: letter.kind, care.fewest),
        items=cells(letters, lambda letter: letter.item, care.fewest),
        seats=cells(letters, lambda letter: "" if letter.seat is None else str(letter.seat), care.fewest)
        if care.seats
        else Cells(),
    )


def cells(letters: Iterable[Reported], by: Callable[[Reported], str], fewest: int) -> Cells:
    """Count letters by an answer. What is left over has enough people behind it too, or there is nothing left over."""
    groups: dict[str, list[Reported]] = {}
    for letter in letters:
        groups.setdefault(by(letter), []).append(letter)
    people = {name: len({letter.person for letter in held}) for name, held in groups.items()}
    shown = sorted((n for n in groups if n and people[n] >= fewest), key=lambda n: (-len(groups[n]), n))
    rest = [letter for name, held in groups.items() if name not in shown for letter in held]
    while rest and shown and len({letter.person for letter in rest}) < fewest:
        rest += groups[shown.pop()]
    return Cells(tuple((name, len(groups[name])) for name in shown), len(rest))


@dataclass(frozen=True, slots=True)
class GroupReport:
    """What organisers read. ``figures`` None: too few people so far. ``unused``: recommendations with none or too few letters."""

    figures: Figures | None
    care: Care
    kinds: Cells
    items: Cells
    seats: Cells
    unused: tuple[str, ...]
    coming: tuple[tuple[date, str], ...]
    today: date
