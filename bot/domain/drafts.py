"""What was read from a saved page, before anybody confirmed it: items, answers, and what the reading is unsure of.

A draft holds the page's own words and nothing else: no number, date, status or match that the page does not state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.answer_verdicts import stated_verdict
from bot.domain.reports import AnswerStatus, House

TO_BE_READ = "to be read by a person"
"""The only status that an answer has as long as it is a draft. What it amounts to is never guessed."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A file or a pasted text as it came. ``name`` is shown to its owner: a file name, ``pasted text``, or an API document."""

    name: str
    content: bytes = field(repr=False)


class ItemKind(StrEnum):
    """What the words of an item show it to be. ``UNKNOWN`` wherever they do not show it plainly."""

    CONCLUSION = "conclusion"
    RECOMMENDATION = "recommendation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something the reading is unsure of: where ("item 7", "page two.html"), what, and what a person can do about it."""

    where: str
    what: str
    to_do: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.to_do}".strip()


@dataclass(frozen=True, slots=True)
class DraftItem:
    """One item of a list of conclusions and recommendations.

    ``label`` is the page's own number or letter ("7", "b", "R3"); empty where it prints none. ``paragraphs`` is in the
    words of a pack: "13", "13–15", "13, 17"; empty where the page names none. ``text`` is the official wording: lines of
    a list inside it are lines that begin with "• " or with their own mark. ``theme`` is the heading above the item.
    """

    label: str
    text: str = field(repr=False)
    paragraphs: str = ""
    theme: str = ""
    kind: ItemKind = ItemKind.UNKNOWN
    doubts: tuple[Doubt, ...] = ()

    @property
    def name(self) -> str:
        """Name it for people: ``item 7``, or by its opening words where it has no number."""
        return f"item {self.label}" if self.label else f"the item “{' '.join(self.text.split()[:6])} …”"


@dataclass(frozen=True, slots=True)
class DraftReport:
    """A report as read from its pages. Empty texts and None: the pages do not say.

    ``session`` is "2021–22"; ``paper`` "HC 198" or "HL Paper 12"; ``sources`` the names of the pages read, in order.
    ``ordinal`` is which report of its session it is, "First Report". ``publication_id`` and ``url`` are set where it came
    from the Committees API.
    """

    items: tuple[DraftItem, ...]
    title: str = ""
    committee: str = ""
    house: House | None = None
    paper: str = ""
    session: str = ""
    published_on: date | None = None
    url: str = ""
    publication_id: int | None = None
    doubts: tuple[Doubt, ...] = ()
    sources: tuple[str, ...] = ()
    ordinal: str = ""

    @property
    def every_doubt(self) -> tuple[Doubt, ...]:
        """List the doubts about the whole, then those of each item."""
        return self.doubts + tuple(doubt for item in self.items for doubt in item.doubts)


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """What the Government wrote under one heading of its response.

    ``label`` is the number that the *response* gives: it need not be the report's. ``labels`` lists all of them where one
    answer is to several ("Recommendations 3 and 4"). ``restated`` is the recommendation as the response repeats or
    shortens it; empty where it does not. ``text`` is the Government's words. ``target`` is when it says that the thing will
    be done, in its words ("Spring 2027").
    """

    label: str
    text: str = field(repr=False)
    restated: str = ""
    labels: tuple[str, ...] = ()
    paragraphs: str = ""
    theme: str = ""
    doubts: tuple[Doubt, ...] = ()
    target: str = ""

    @property
    def verdict(self) -> AnswerStatus | None:
        """Give the verdict that the Government's own words state, to be confirmed by a person; None where they state none."""
        return stated_verdict(self.text)

    @property
    def status(self) -> str:
        """Give the status of a draft, always the same: a person has to read it."""
        return TO_BE_READ

    @property
    def name(self) -> str:
        """Name it for people: ``answer 7``, or by its opening words where it has no number."""
        said = self.restated or self.text
        return f"answer {self.label}" if self.label else f"the answer “{' '.join(said.split()[:6])} …”"


@dataclass(frozen=True, slots=True)
class DraftAnswers:
    """A Government response as read from its pages; ``paper``, ``published_on``, ``title`` are the response's own."""

    answers: tuple[DraftAnswer, ...]
    title: str = ""
    committee: str = ""
    paper: str = ""
    session: str = ""
    published_on: date | None = None
    url: str = ""
    publication_id: int | None = None
    doubts: tuple[Doubt, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def every_doubt(self) -> tuple[Doubt, ...]:
        """List the doubts about the whole, then those of each answer."""
        return self.doubts + tuple(doubt for answer in self.answers for doubt in answer.doubts)
