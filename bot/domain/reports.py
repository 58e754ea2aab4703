"""Reports of select committees: recommendations, answers, evidence, and the words for their states.

Rows are facts, and every fact names its sources. What the Government said (``Answer``) and what happened since
(``Evidence``) are kept apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.identity import ItemKey, ReportSlug


class AnswerStatus(StrEnum):
    """What the Government said to one recommendation. The value is the word in a pack; ``label`` is the word people read."""

    AGREED = "agreed"
    PARTLY_AGREED = "partly agreed"
    NOTED = "noted"
    NOT_AGREED = "not agreed"
    NOT_YET_ANSWERED = "not yet answered"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class SinceStatus(StrEnum):
    """What has happened since, whatever was said."""

    DONE = "done"
    PART_DONE = "part done"
    UNDER_WAY = "under way"
    NO_EVIDENCE_FOUND = "no evidence found"
    OVERTAKEN = "overtaken"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Confidence(StrEnum):
    """How well a fact is known. Facts known from memory alone are never published, so there is no word for them here."""

    READ = "read"
    REPORTED = "reported"
    DERIVED = "derived"
    RECORDED = "recorded"

    @property
    def label(self) -> str:
        return {
            Confidence.READ: "read at the source",
            Confidence.REPORTED: "reported by a secondary source",
            Confidence.DERIVED: "worked out from other facts",
            Confidence.RECORDED: "recorded by a group's organisers, from the link",
        }[self]


class House(StrEnum):
    """The House whose committee made a report; ``JOINT`` is a committee of both. The value is the word in a pack."""

    COMMONS = "Commons"
    LORDS = "Lords"
    JOINT = "Joint"

    @property
    def words(self) -> str:
        """Name it in a line about a report: ``House of Commons``, ``Joint committee of both Houses``."""
        return "Joint committee of both Houses" if self is House.JOINT else f"House of {self.value}"

    @classmethod
    def named(cls, text: str) -> House | None:
        """Read how Parliament's record names it, or None where it names none."""
        return next((house for house in cls if house.value.casefold() == text.strip().casefold()), None)


class RowKind(StrEnum):
    """What a row is: something asked of the Government, something asked of others, or a conclusion that asks for nothing."""

    RECOMMENDATION = "recommendation"
    ASKED_OF_OTHERS = "asked of others"
    CONCLUSION = "conclusion"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact can be checked. ``url`` is https."""

    key: str
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a government said to one recommendation: who, when, in our own words, with sources (keys of ``Source``).

    ``when`` is set where the source gives no day ("October 2025"); ``on`` is then the last day that it can have been.
    """

    status: AnswerStatus
    by: str = ""
    on: date | None = None
    text: str = ""
    note: str = ""
    confidence: Confidence | None = None
    sources: tuple[str, ...] = ()
    when: str = ""

    @property
    def said(self) -> str:
        """Give status, speaker and day in one line: ``Not agreed, by the Government of 2021, 1 November 2021``."""
        parts = [self.status.label]
        if self.status not in (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED):
            if self.by:
                parts.append(f"by {self.by}")
            if self.on:
                parts.append(self.when or long_date(self.on))
        return ", ".join(parts)

    def said_the_same(self, status: str, on: date | None, text: str) -> bool:
        """Tell whether it amounts to the same, on the same day and in the same words."""
        return (self.status.value, self.on, self.text) == (status, on, text)


@dataclass(frozen=True, slots=True)
class UnreadAnswer(Answer):
    """That the response was received, but nobody could read yet what it says."""


UNKNOWN_ANSWER = Answer(AnswerStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One dated thing that happened after the report, with its sources. ``status`` is None where it only informs.

    ``when`` is set where the source gives no day ("September 2022"); ``on`` is then the last day that it can have been.
    """

    on: date
    text: str
    status: SinceStatus | None = None
    confidence: Confidence = Confidence.READ
    sources: tuple[str, ...] = ()
    when: str = ""

    @property
    def dated(self) -> str:
        """Give the date as people read it, never more exact than the source."""
        return self.when or long_date(self.on)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a report. ``paragraphs`` is a range in words ("12–31"); ``source`` a key of ``Source`` or empty."""

    key: str
    title: str
    paragraphs: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A family of recommendations from which a newcomer starts: a plain title over some chapters (keys of ``Chapter``)."""

    key: str
    title: str
    summary: str
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FurtherItem:
    """A further item of the committee's list that one row covers: its number where that is confirmed, and its words."""

    number: str | None = None
    paragraphs: str = ""
    official: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation or ask of a report.

    ``number`` is the committee's own number, or None where it is not confirmed (the key is then ours, "T-12").
    ``summary`` is written for Postbag; ``official`` is the committee's wording. Either may be empty, never both.
    ``part_of`` is the number of the committee's item that this ask is only a part of, where that is confirmed.
    ``chapter_note`` is set where the chapter is not confirmed, and then names the possible ones.
    ``letter_line`` continues "asked the Government to ..." in our own words, for readers who have not seen the report.
    ``answered_by`` is the key of the department that answers on it today, where that is not plain from ``addressees``.
    ``subjects`` are names of the list shared by all packs. ``follows`` names earlier rows that ask much the same
    (``never-again/T-18``). ``further`` are other items of the committee's list that this row covers too. ``former_keys`` are
    those of rows that turned out to be this one: buttons and links go on naming them. ``read_on`` is the day on which the
    committee's words were read in Parliament's record to complete the pack, which does not have them.
    """

    key: ItemKey
    theme: str
    summary: str
    chapter: str
    paragraphs: str = ""
    number: str | None = None
    official: str = ""
    addressees: tuple[str, ...] = ()
    note: str = ""
    confidence: Confidence = Confidence.READ
    sources: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    answer: Answer = UNKNOWN_ANSWER
    evidence: tuple[Evidence, ...] = ()
    chapter_note: str = ""
    part_of: str = ""
    letter_line: str | None = None
    answered_by: str = ""
    subjects: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    kind: RowKind = RowKind.RECOMMENDATION
    further: tuple[FurtherItem, ...] = ()
    former_keys: tuple[str, ...] = ()
    read_on: date | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """List the committee's own numbers that are confirmed for it: one, none, or several where it covers several items."""
        return tuple(number for number in (self.number, *(item.number for item in self.further)) if number)

    @property
    def names(self) -> tuple[str, ...]:
        """List everything it answers to: its key, the numbers of its items, and the keys of rows that became it."""
        return (self.key, *self.numbers, *self.former_keys)

    @property
    def name(self) -> str:
        """Name it in a word: ``3``, ``3 and 4``, or its key where no number is confirmed."""
        return and_list(self.numbers) or self.key

    @property
    def whole_paragraphs(self) -> str:
        """Give the paragraphs of all its items: ``13, 17``."""
        return ", ".join(dict.fromkeys(filter(None, (self.paragraphs, *(item.paragraphs for item in self.further)))))

    @property
    def wordings(self) -> tuple[str, ...]:
        """List the committee's words, for each of its items that are here."""
        return tuple(words for words in (self.official, *(item.official for item in self.further)) if words)

    @property
    def worded_items(self) -> tuple[str, ...]:
        """List the committee's words of its items, each behind its number where there are several."""
        if not self.further:
            return (self.official,) if self.official else ()
        every = (FurtherItem(self.number, self.paragraphs, self.official), *self.further)
        return tuple(f"{i.number}. {i.official}" if i.number else i.official for i in every if i.official)

    @property
    def whole_official(self) -> str:
        """Give the committee's words of all its items in one text."""
        return "\n".join(self.worded_items)

    @property
    def heading(self) -> str:
        """Name it as people should: ``Recommendation 3``, ``T-12 (number not confirmed)``, ``T-12 (part of 3)``."""
        if self.numbers:
            word = "Conclusion" if self.kind is RowKind.CONCLUSION else "Recommendation"
            return f"{word}{'s' if len(self.numbers) > 1 else ''} {self.name}"
        return f"{self.key} (part of {self.part_of})" if self.part_of else f"{self.key} (number not confirmed)"

    @property
    def gist(self) -> str:
        """Give what it asks for where one wording must do: our summary, else the official words."""
        return self.summary or self.whole_official

    @property
    def since(self) -> SinceStatus | None:
        """Give the newest status of what happened since, or None where nothing says."""
        dated = [e for e in self.evidence if e.status is not None]
        return max(dated, key=lambda e: e.on).status if dated else None

    def as_known_on(self, day: date) -> Recommendation:
        """Give it as it stood on a day: an answer or evidence dated later is not known yet."""
        answer = self.answer
        if answer.on is not None and answer.on > day:
            answer = Answer(AnswerStatus.NOT_YET_ANSWERED)
        evidence = tuple(e for e in self.evidence if e.on <= day)
        if answer is self.answer and len(evidence) == len(self.evidence):
            return self
        return replace(self, answer=answer, evidence=evidence)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A dated event in the life of a report."""

    on: date
    text: str
    confidence: Confidence = Confidence.READ
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """What is known of the Government's response to a whole report. ``expected`` False: none is due to such a report.

    ``due_on`` is set only where an official source prints a date; otherwise the two-month rule gives it. ``public_on``:
    the day from which anyone could read it, where that is later than the day it was received. ``received_when`` is set where
    no source gives the day ("October 2025"); ``received_on`` is then the last day that it can have been.
    """

    expected: bool = True
    due_on: date | None = None
    received_on: date | None = None
    public_on: date | None = None
    title: str = ""
    url: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()
    received_when: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A select committee report with everything held of it. ``addressees_confidence``: how it is known who must act.

    ``ordinal`` is which report of its session it is: "First Report", "Fifth Special Report".
    ``looked_until``: the day up to which somebody looked for what happened since, of every row; None: nobody says so.
    ``look_for``: the report's own words, one of which stands in whatever Parliament's searches find for it.
    """

    slug: ReportSlug
    title: str
    short_title: str
    committee: str
    house: House
    paper: str
    session: str
    published_on: date
    url: str
    as_of: date
    licence: str
    chapters: tuple[Chapter, ...]
    doors: tuple[Door, ...]
    recommendations: tuple[Recommendation, ...]
    sources: tuple[Source, ...]
    timeline: tuple[TimelineEvent, ...] = ()
    response: ResponseFacts = ResponseFacts()
    note: str = ""
    publication_id: int | None = None
    invented: bool = False
    licence_url: str = ""
    addressees_confidence: Confidence = Confidence.DERIVED
    ordinal: str = ""
    looked_until: date | None = None
    look_for: tuple[str, ...] = ()

    def since(self, item: Recommendation) -> SinceStatus | None:
        """Give what has become of a row: its newest status, or that nothing was found where all rows were looked for."""
        looked = self.looked_until is not None and item.kind is RowKind.RECOMMENDATION
        if item.since is None and not item.evidence and looked:
            return SinceStatus.NO_EVIDENCE_FOUND
        return item.since

    def source(self, key: str) -> Source | None:
        """Find a source by its key, or None."""
        return next((s for s in self.sources if s.key == key), None)

    def chapter(self, key: str) -> Chapter | None:
        """Find a chapter by its key, or None."""
        return next((c for c in self.chapters if c.key == key), None)

    def recommendation(self, key: str) -> Recommendation | None:
        """Find a recommendation by key or official number, whatever the case, or None."""
        wanted = key.strip().casefold()
        for item in self.recommendations:
            if wanted in (item.key.casefold(), (item.number or "").casefold() or None):
                return item
        others = (i for i in self.recommendations if i.further or i.former_keys)
        return next((i for i in others if wanted in map(str.casefold, i.names)), None)

    def behind(self, door: Door) -> tuple[Recommendation, ...]:
        """List the recommendations behind a door, in the report's order."""
        return tuple(r for r in self.recommendations if r.chapter in door.chapters)

    def as_known_on(self, day: date) -> Report:
        """Give the report as it stood on a day: later answers, evidence and events are not known yet.

        Until the response is received, no item is answered: not even those whose answer is unknown today.
        """
        response = self.response
        items = tuple(r.as_known_on(day) for r in self.recommendations)
        if response.received_on is not None and response.received_on > day:
            response = replace(response, received_on=None, received_when="", title="", url="", note="", sources=())
            items = tuple(replace(r, answer=Answer(AnswerStatus.NOT_YET_ANSWERED)) for r in items)
        elif response.public_on is not None and response.public_on > day:
            # When it was received is known, what it said is not: neither the words nor those who later reported them.
            received = long_date(response.received_on or day)
            note = f"Postbag doesn't know yet what the response says on this. The committee received it on {received}."
            unread = UnreadAnswer(AnswerStatus.UNKNOWN, note=note)
            response = replace(response, note="")
            items = tuple(replace(r, answer=unread) for r in items)
        return replace(
            self,
            as_of=min(self.as_of, day),
            recommendations=items,
            timeline=tuple(e for e in self.timeline if e.on <= day),
            response=response,
            looked_until=self.looked_until if self.looked_until is not None and self.looked_until <= day else None,
        )


def and_list(words: Sequence[str]) -> str:
    """List words as people do: ``3``, ``3 and 4``, ``3, 4 and 5``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def long_date(day: date) -> str:
    """Write a date as people in Britain do: ``8 September 2021``."""
    return f"{day.day} {day:%B %Y}"
