"""What putting a draft beside a report amounts to: the changes, the questions still open, and an organiser's word on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.drafts import Doubt, DraftItem
from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.report_words import words_changed
from bot.domain.reports import Report


class Change(StrEnum):
    """What a draft does to one item. The value is the word people read."""

    NEW = "new"
    FILLED = "filled in"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MISSING = "not on these pages, so unchanged"
    HELD_BACK = "waiting for your answer"


class Fit(StrEnum):
    """What an organiser says of a held ask and an item of the page."""

    SAME = "the same"
    PART = "a part of it"
    NONE = "none of these"


@dataclass(frozen=True, slots=True)
class Decision:
    """An organiser's word on one question. ``place`` is the item's place in the draft, from 0; unused with ``NONE``.

    ``further`` are the places of the other items that the row covers, where it is the same as several together.
    """

    fit: Fit
    place: int = -1
    further: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after: ``number``, ``paragraphs``, ``official words`` or ``part of``."""

    field: str
    before: str
    after: str

    @property
    def shown(self) -> str:
        """Give it as a line to show; for words that were there before, only what differs."""
        if self.field == "official words" and self.before:
            return f"{self.field}: {words_changed(self.before, self.after)}"
        return f"{self.field}: {self.before or 'none'} → {self.after or 'none'}"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What happens to one item. ``key`` is the item's in the report, empty while held back; ``place`` None: not on the page."""

    change: Change
    key: str
    theme: str
    place: int | None = None
    label: str = ""
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item of the page that may be a held ask. ``score`` is 0 to 1."""

    place: int
    item: DraftItem
    score: float


@dataclass(frozen=True, slots=True)
class Question:
    """Ask an organiser which item of the page, if any, a held item is: the best candidate first.

    ``both``: the row seems to cover two items of the page, the best candidate and the one at this place.
    """

    key: ItemKey
    asks: str
    why: str
    candidates: tuple[Candidate, ...]
    may_be_part: bool = True
    both: int | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """A proposal: the report as it would be (``after``), the diff, the questions still open, and doubts about the whole."""

    slug: ReportSlug
    after: Report
    changes: tuple[ItemChange, ...]
    questions: tuple[Question, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_change(self) -> bool:
        """Tell whether applying it would alter the report at all."""
        return any(c.change in (Change.NEW, Change.FILLED, Change.CHANGED) for c in self.changes)

    @property
    def counts(self) -> Mapping[Change, int]:
        """Count the items by what happens to them."""
        return Counter(c.change for c in self.changes)
