"""Letters in the making: drafts in memory for an hour, set into a frame, checked and handed over. Nothing is stored."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import UserId
from bot.domain.letter_asks import ASKS, Ask, fitting
from bot.domain.letter_facts import Topic, citations, facts_for, overdue_since, subject
from bot.domain.letters import Check, FrameKind, Letter, LetterFrame, Recipient, Standing, Weight, in_parts
from bot.domain.members import Constituency, Directory, Dissolution, fold
from bot.domain.own_words import OWN_AIM, Part
from bot.domain.people import DRAFT_KEPT
from bot.domain.references import Found
from bot.domain.reports import Report, long_date
from bot.services.ports import File

FIRST_FRAME = "raise-a-recommendation"
MOST_DRAFTS = 5_000
ANSWER_LIMIT = 4_000
TYPED_LIMIT = 100
TEXT_PARTS = 3
"""So many messages of text are handed over at most; a longer letter comes as a file only."""


class LetterTemplates(Protocol):
    """The frames of letters."""

    @property
    def frames(self) -> Mapping[str, LetterFrame]: ...
    def letter(self, slug: str, facts: Mapping[str, str], own: Mapping[str, str]) -> tuple[Part, ...]: ...


class HeldReports(Protocol):
    """What is asked of the reports held."""

    def report(self, slug: str) -> Report: ...
    def find(self, number_text: str, report: str | None = None) -> Found: ...


class Seats(Protocol):
    """What is asked of the House of Commons."""

    @property
    def directory(self) -> Directory: ...
    @property
    def dissolution(self) -> Dissolution: ...
    def as_of_line(self, now: datetime) -> str: ...
    def near(self, text: str, limit: int = 25) -> Sequence[Constituency]: ...


class Unfinished(Refused):
    """The letter is not the writer's own yet. ``check`` says what it lacks."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.message, check.next_step)
        self.check = check


class DraftGone(NotFound):
    """The draft is no longer in memory."""

    def __init__(self) -> None:
        super().__init__(
            "This draft is no longer in memory: drafts are kept for 60 minutes and never stored.",
            "Start again with /letter write. Words that you can still see here can be copied into it.",
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter in the making. Only ``owner`` may go on with it. It is kept in memory until ``until``."""

    token: str
    owner: UserId
    frame: str
    until: datetime
    topic: str = ""
    recipient: Recipient | None = field(default=None, repr=False)
    ask: str = ""
    own: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """A letter ready to be sent by its writer: text in parts for a chat message, a file, and which way is open."""

    letter: Letter
    texts: tuple[str, ...] = field(repr=False)
    file: File = field(repr=False)
    may_write_to_them: bool = True


class LetterService:
    """Help a person write to their own MP. ``as_text`` makes the text file."""

    def __init__(
        self,
        templates: LetterTemplates,
        reports: HeldReports,
        members: Seats,
        clock: Clock,
        as_text: Callable[[Letter], File],
    ) -> None:
        self._templates = templates
        self._reports = reports
        self._members = members
        self._clock = clock
        self._as_text = as_text
        self._drafts: dict[str, Draft] = {}

    # What there is ----------------------------------------------------------------------------------------------

    def frames(self) -> tuple[LetterFrame, ...]:
        """List what can be written, in the order in which it is offered."""
        return tuple(self._templates.frames.values())

    def frame(self, slug: str) -> LetterFrame:
        """Give a frame by its slug or title. NotFound: there is none of that name."""
        wanted = slug.strip().casefold()
        for frame in self.frames():
            if wanted in (frame.slug, frame.title.casefold()):
                return frame
        titles = ", ".join(frame.title for frame in self.frames())
        raise NotFound("There is no letter of that name.", f"There are: {titles}.")

    def topic(self, value: str) -> Topic:
        """Read what a letter is about: ``never-again/3``, ``never-again``, or anything that finds one recommendation."""
        text = value.strip()
        try:
            return Topic(self._reports.report(text))
        except NotFound:
            return Topic.of(self._reports.find(text))

    def refuse_in_dissolution(self) -> None:
        """Refused: Parliament stands dissolved, and nobody is an MP."""
        dissolution = self._members.dissolution
        if dissolution.dissolved_on is not None and dissolution.in_force(london_today(self._clock)):
            raise Refused(
                f"Parliament was dissolved on {long_date(dissolution.dissolved_on)}, so nobody is an MP until the election.",
                "Letters pause until the new Parliament has met. You can still read the recommendations.",
            )

    # To whom ----------------------------------------------------------------------------------------------------

    @property
    def is_directory_empty(self) -> bool:
        return not self._members.directory.constituencies

    @property
    def as_of_line(self) -> str:
        """Say of when the data about Members is, and whether it is out of date."""
        return self._members.as_of_line(self._clock.now())

    def recipient(self, constituency: str) -> Recipient | None:
        """Give the MP of a constituency named exactly, or None."""
        seat = self._members.directory.exactly(constituency)
        return recipient_of(seat) if seat is not None else None

    def recipient_in(self, seat_id: str) -> Recipient | None:
        """Give the MP of a seat by its id, as a control carries it, or None."""
        seat = self._members.directory.by_id(int(seat_id)) if seat_id.isdecimal() else None
        return recipient_of(seat) if seat is not None else None

    def near(self, text: str, limit: int = 25) -> tuple[Recipient, ...]:
        """List the seats that a text may mean, by constituency or Member, best first. Maybe none."""
        return tuple(recipient_of(seat) for seat in self._members.near(text, limit)) if fold(text) else ()

    @staticmethod
    def typed(constituency: str, name: str = "") -> Recipient:
        """Give a recipient as typed, not checked. Refused: no constituency was given."""
        seat, name = (" ".join(text.split())[:TYPED_LIMIT] for text in (constituency, name))
        if not seat:
            raise Refused("Which constituency do you live in? Nothing was typed.", "Type its name, or part of it.")
        return Recipient(seat, Standing.NOT_CHECKED, typed_name=name)

    # Drafts -----------------------------------------------------------------------------------------------------

    def start(
        self, owner: UserId, *, frame: str = "", topic: Topic | None = None, recipient: Recipient | None = None
    ) -> Draft:
        """Begin a draft. Refused: Parliament is dissolved, or the letter does not fit the report."""
        self.refuse_in_dissolution()
        self._tidy()
        while len(self._drafts) >= MOST_DRAFTS:
            self._drafts.pop(next(iter(self._drafts)))
        chosen = self.frame(frame or FIRST_FRAME)
        draft = Draft(_token(), owner, chosen.slug, self._until(), recipient=recipient)
        return self._keep(self._about(draft, topic) if topic is not None else draft)

    def draft(self, token: str, owner: UserId) -> Draft:
        """Give a draft to its owner. DraftGone: it is older than an hour, or somebody else's, which is not told."""
        self._tidy()
        draft = self._drafts.get(token)
        if draft is None or draft.owner != owner:
            raise DraftGone
        return draft

    def about(self, draft: Draft, topic: Topic) -> Draft:
        """Say what the letter is about. Refused: the letter does not fit it."""
        return self._keep(self._about(draft, topic))

    def fits(self, draft: Draft, topic: Topic) -> bool:
        """Tell whether the letter can be about this."""
        try:
            self._about(draft, topic)
        except Refused:
            return False
        return True

    def to(self, draft: Draft, recipient: Recipient) -> Draft:
        """Say whom the letter goes to. An ask that does not fit their post is taken back."""
        ask = draft.ask if draft.ask in {a.slug for a in self._asks(draft.frame, recipient)} else ""
        return self._keep(replace(draft, recipient=recipient, ask=ask))

    def written(self, draft: Draft, ask: str, own: Mapping[str, str]) -> Draft:
        """Take down the writer's ask and words, as they are. Refused: the ask does not fit; the words are kept."""
        names = [question.name for question in self.frame(draft.frame).questions]
        words = {name: own.get(name, "").strip()[:ANSWER_LIMIT] for name in names}
        draft = self._keep(replace(draft, own=words))
        if ask not in {a.slug for a in self.asks(draft)}:
            raise Refused("Choose one thing to ask your MP for.", "Open the form again: your words are still in it.")
        return self._keep(replace(draft, ask=ask))

    def rebuilt(
        self,
        token: str,
        owner: UserId,
        *,
        frame: str,
        topic: str,
        recipient: Recipient | None,
        ask: str = "",
        own: Mapping[str, str] | None = None,
    ) -> Draft:
        """Make a draft again from what its owner's private message carries. DraftGone: that does not hold any more."""
        self.refuse_in_dissolution()
        if token in self._drafts and self._drafts[token].owner != owner:
            token = _token()
        try:
            known = Draft(token, owner, self.frame(frame).slug, self._until(), own=own or {})
            known = self._about(known, self.topic(topic)) if topic else known
        except NotFound:
            raise DraftGone from None
        fits = recipient is not None and ask in {a.slug for a in self._asks(frame, recipient)}
        return self._keep(replace(known, recipient=recipient, ask=ask if fits else ""))

    def asks(self, draft: Draft) -> tuple[Ask, ...]:
        """List the asks that fit the letter and the recipient's post."""
        return self._asks(draft.frame, draft.recipient)

    def topic_of(self, draft: Draft) -> Topic | None:
        return self.topic(draft.topic) if draft.topic else None

    # The letter -------------------------------------------------------------------------------------------------

    def letter(self, draft: Draft) -> Letter:
        """Set the letter. Refused: something was not chosen yet, or Parliament is dissolved."""
        self.refuse_in_dissolution()
        frame, topic, recipient = self.frame(draft.frame), self.topic_of(draft), draft.recipient
        if topic is None or recipient is None or draft.ask not in ASKS:
            raise Refused(
                "This letter is not complete yet.", "Choose what it is about, whom it goes to and what you ask."
            )
        return self._set(frame, topic, recipient, ASKS[draft.ask], draft.own)

    def sample(self, slug: str, topic: Topic, recipient: Recipient | None = None) -> Letter:
        """Set a template's made-up sample, about something real, to an MP without a name."""
        frame = self.frame(slug)
        to = recipient or Recipient("[your constituency]", Standing.NOT_CHECKED)
        return self._set(frame, topic, to, self._asks(slug, to)[0], frame.sample, sample=True)

    def _set(
        self,
        frame: LetterFrame,
        topic: Topic,
        recipient: Recipient,
        ask: Ask,
        own: Mapping[str, str],
        *,
        sample: bool = False,
    ) -> Letter:
        """Set a letter in the longest frame that leaves it mostly its writer's; a frame shrinks where little is written."""
        today = london_today(self._clock)
        for roomy in (True, False):
            facts = facts_for(frame, topic, recipient, ask, today, roomy=roomy, sample=sample)
            parts = self._templates.letter(frame.slug, facts, own)
            letter = Letter(frame, recipient, parts, subject(topic), citations(topic))
            if "roomy" not in frame.needs or (letter.share >= OWN_AIM and not letter.is_too_alike):
                break
        return letter

    def finish(self, draft: Draft) -> Finished:
        """Hand the letter over. Unfinished: it has too few words of its writer's own."""
        letter = self.letter(draft)
        for check in letter.checks():
            if check.weight is Weight.STOP:
                raise Unfinished(check)
        texts = in_parts(letter.text)
        return Finished(
            letter,
            texts if len(texts) <= TEXT_PARTS else (),
            self._as_text(letter),
            may_write_to_them=(
                letter.frame.kind is FrameKind.LETTER
                and not letter.is_too_alike
                and letter.recipient.standing is not Standing.VACANT
            ),
        )

    def _asks(self, frame: str, recipient: Recipient | None) -> tuple[Ask, ...]:
        if recipient is None:
            return ()
        return fitting(self.frame(frame).asks, recipient.role)

    def _about(self, draft: Draft, topic: Topic) -> Draft:
        frame = self.frame(draft.frame)
        if "expected_by" in frame.needs:
            overdue_since(topic.report, london_today(self._clock))
        if frame.is_about_one and topic.item is None:
            return replace(draft, topic="")
        about = topic if frame.is_about_one else Topic(topic.report)
        return replace(draft, topic=about.value)

    def _until(self) -> datetime:
        return self._clock.now() + DRAFT_KEPT

    def _keep(self, draft: Draft) -> Draft:
        draft = replace(draft, until=self._until())
        self._drafts.pop(draft.token, None)
        self._drafts[draft.token] = draft
        return draft

    def _tidy(self) -> None:
        now = self._clock.now()
        for token in [token for token, draft in self._drafts.items() if draft.until <= now]:
            del self._drafts[token]


def recipient_of(seat: Constituency) -> Recipient:
    """Give the recipient that a seat of the directory stands for."""
    standing = Standing.VACANT if seat.member is None else Standing.IN_OFFICE
    return Recipient(seat.name, standing, seat.constituency_id, seat.member)


def _token() -> str:
    return secrets.token_urlsafe(8)
