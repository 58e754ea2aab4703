"""Letters to one's own MP: the frame's shared text and the writer's own words, kept apart.

A letter is plain text. Nothing of it is ever stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.letter_asks import ROLE_NOTES
from bot.domain.members import HOUSE_OF_COMMONS, Member, MemberRole
from bot.domain.messages import MESSAGE_LIMIT
from bot.domain.names import addressed_as
from bot.domain.own_words import (
    SCORE_CLOSES,
    Part,
    count_words,
    own_share,
    own_word_count,
    pieces,
    sibling_score,
)
from bot.domain.plain_text import without_invisible_signs

LEAST_OWN_WORDS = 20
"""A letter with fewer words of the writer's own is not finished."""
MOST_WORDS = 350
"""A letter longer than this is seldom read to its end."""

LETTERS_A_WORD = 4
"""Letters in an ordinary English word, and a little less: an estimate of words wanted is rather too high than too low."""

WRITE_TO_THEM = "https://www.writetothem.com/?a=westminstermp&message_type=campaigning"
"""WriteToThem's page for campaigners. It asks for the postcode itself; the text cannot be filled in beforehand."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a writer may pick instead of writing. Its ``text`` goes into the letter as shared text; maybe none."""

    slug: str
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the writer can say, or pick from ``choices``.

    ``label`` has at most 45 characters, ``hint`` and ``example`` at most 100.
    """

    name: str
    label: str
    hint: str = ""
    example: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()

    def picked(self, answer: str) -> Choice | None:
        """Find what was picked, by its slug or its text, or None."""
        wanted = answer.strip()
        return next((one for one in self.choices if wanted and wanted in (one.slug, one.text)), None)


class FrameKind(StrEnum):
    """What a frame makes: a letter to send, words to say on the telephone, or notes to take along."""

    LETTER = "letter"
    CALL = "call"
    BRIEF = "brief"

    @property
    def most_words(self) -> int:
        """Give the length up to which it is heard or read to its end; a minute on the telephone holds 140 words."""
        return {FrameKind.LETTER: MOST_WORDS, FrameKind.CALL: 140, FrameKind.BRIEF: 300}[self]

    @property
    def least_own_words(self) -> int:
        return LEAST_OWN_WORDS if self is FrameKind.LETTER else 8


@dataclass(frozen=True, slots=True)
class LetterFrame:
    """What every letter of a kind has in common. ``needs`` are the facts its text uses; ``asks`` are slugs of asks.

    ``by_group``: a group wrote it for itself. ``quotes_earlier``: it may begin with a sentence of the writer's earlier letter.
    """

    slug: str
    title: str
    audience: str
    summary: str
    needs: tuple[str, ...]
    asks: tuple[str, ...]
    questions: tuple[Question, ...]
    sample: Mapping[str, str] = field(default_factory=dict)
    order: int = 100
    kind: FrameKind = FrameKind.LETTER
    is_short: bool = False
    by_group: bool = False
    quotes_earlier: bool = False

    @property
    def written(self) -> tuple[Question, ...]:
        """List the questions that are answered in the writer's own words."""
        return tuple(question for question in self.questions if not question.choices)

    @property
    def is_about_one(self) -> bool:
        """Tell whether the letter is about one recommendation; otherwise it is about a report as a whole."""
        return self.is_about_any and "expected_by" not in self.needs

    @property
    def is_about_any(self) -> bool:
        """Tell whether it can say what one recommendation asks."""
        return bool({"asked", "call", "place", "gist", "reference", "tabled", "question"} & set(self.needs))


class Standing(StrEnum):
    """How sure we are whom a letter goes to."""

    IN_OFFICE = "in office"
    VACANT = "vacant"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Recipient:
    """The MP a letter goes to: a Member of the directory, an empty seat, or what the writer typed and nobody checked."""

    constituency: str
    standing: Standing
    constituency_id: int | None = None
    member: Member | None = None
    typed_name: str = ""

    @property
    def name(self) -> str:
        """Give the name for people to read, or an empty text."""
        return self.member.display_as if self.member is not None else self.typed_name

    @property
    def spoken_name(self) -> str:
        """Give the name as it is said to somebody else, or an empty text."""
        return self.member.called if self.member is not None else addressed_as(self.typed_name)

    @property
    def role(self) -> MemberRole:
        return self.member.role if self.member is not None else MemberRole.UNKNOWN

    @property
    def role_note(self) -> str:
        """Say why the asks offered are what they are, or nothing."""
        if self.standing is Standing.VACANT:
            return ""
        return ROLE_NOTES.get(self.role, "")

    @property
    def salutation(self) -> str:
        """Give the opening; where the name is not known the gap is there to be seen."""
        if self.member is not None:
            return self.member.salutation
        return f"Dear {addressed_as(self.typed_name) or NAME_GAP},"

    @property
    def envelope(self) -> tuple[str, ...]:
        """Give the lines of the address."""
        name = self.member.envelope_name if self.member is not None else self.typed_name
        return (name or NAME_GAP, *HOUSE_OF_COMMONS)


NAME_GAP = "[name of the MP]"
SEAT_GAP = "[your constituency]"
DEPARTMENT_GAP = "[department]"
VOICEMAIL = "voicemail"
"""The fact of a phone script that is for a machine that answers."""


NAME_PLACE, ADDRESS_PLACE = "[your full name]", "[your address and postcode]"
"""Where a writer who gave no name and address writes them in."""
BY_EMAIL = "I would like a reply by email."


@dataclass(frozen=True, slots=True)
class Signature:
    """What the writer wants above and under the letter. It is used in memory and never kept. What is not given is a marked place."""

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    by_email: bool = False

    @property
    def signed(self) -> str:
        """Give the name as it stands under the letter."""
        return " ".join(without_invisible_signs(self.name).split()) or NAME_PLACE

    @property
    def lines(self) -> tuple[str, ...]:
        """Give the sender's lines at the head of the page."""
        return tuple(line for line in map(str.strip, without_invisible_signs(self.address).splitlines()) if line) or (
            ADDRESS_PLACE,
        )

    @property
    def under(self) -> tuple[str, ...]:
        """Give what stands under a mail."""
        return (self.signed, *self.lines, *(("", BY_EMAIL) if self.by_email else ()))

    @property
    def gaps(self) -> tuple[str, ...]:
        """List the marked places that are still to be filled in."""
        return tuple(place for place in (self.signed, *self.lines) if place in (NAME_PLACE, ADDRESS_PLACE))


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished text for one MP, as parts. ``citations`` are (title, https address) of what it states.

    ``known`` are texts that its writer was shown and may have copied: the sample, the other asks, the summary. What is
    measured is measured once: a card and its checks ask for the same figures many times.
    """

    frame: LetterFrame
    recipient: Recipient
    parts: tuple[Part, ...]
    subject: str
    citations: tuple[tuple[str, str], ...] = ()
    known: tuple[str, ...] = field(default=(), repr=False)
    _measured: dict[str, int | float] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def own_text(self) -> str:
        """Give what the writer wrote, and nothing that is shared."""
        return "\n".join(part.text for part in self.parts if part.is_own)

    @property
    def words(self) -> int:
        """Count the words that are read or said; what is only for a machine that answers is not among them."""
        return count_words("".join(part.text for part in self.parts if part.fact != VOICEMAIL))

    @property
    def shared_words(self) -> int:
        return count_words("".join(part.text for part in self.parts if not part.is_own))

    @property
    def own_words(self) -> int:
        """Count the words that are the writer's own; what repeats the frame or a sample is not."""
        if "own_words" not in self._measured:
            self._measured["own_words"] = own_word_count(self.parts, self.known)
        return int(self._measured["own_words"])

    @property
    def gaps(self) -> tuple[str, ...]:
        """List the places in the shared text that are still to be filled in, such as the MP's name."""
        shared = "".join(part.text for part in self.parts if not part.is_own)
        return tuple(place for place in (NAME_GAP, SEAT_GAP, DEPARTMENT_GAP) if place in shared)

    def as_mail(self, signature: Signature | None = None) -> str:
        """Give the text of a mail, which names its writer; WriteToThem asks for that itself."""
        return "\n".join((without_invisible_signs(self.text).strip(), "", *(signature or Signature()).under))

    @property
    def share(self) -> float:
        """Give the writer's own words over all words, 0 to 1."""
        return own_share(self.parts, own_words=self.own_words)

    @property
    def score(self) -> float:
        """Give the likeness to an imagined other letter of the same frame, 0 to 1."""
        if "score" not in self._measured:
            self._measured["score"] = sibling_score(self.parts)
        return self._measured["score"]

    @property
    def is_too_alike(self) -> bool:
        """Tell whether WriteToThem would take this letter and another of the same frame for copies."""
        return self.frame.kind is FrameKind.LETTER and self.score >= SCORE_CLOSES

    @property
    def wanting(self) -> int:
        """Estimate how many more own words would keep WriteToThem from taking the letter for a copy."""
        if not self.is_too_alike:
            return 0
        length = len(pieces(self.text))
        return max(1, -(-int((2 * self.score - 1) * length + 1) // LETTERS_A_WORD))


def for_reading(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Join neighbouring stretches of shared text, which are kept apart only to be measured."""
    joined: list[Part] = []
    for part in parts:
        plain = not part.is_own and not part.picked
        if plain and joined and not joined[-1].is_own and not joined[-1].picked:
            joined[-1] = Part(joined[-1].text + part.text)
        else:
            joined.append(Part(part.text) if plain else part)
    return tuple(joined)


def in_parts(text: str, most: int = MESSAGE_LIMIT) -> tuple[str, ...]:
    """Cut a text into parts of at most so many characters: between paragraphs, else sentences, else words."""
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > most:
        cut = rest.rfind("\n\n", 0, most)
        if cut < most // 4:
            cut = max(rest.rfind(mark, 0, most - 1) + 1 for mark in (". ", "? ", "! ", "\n"))
        if cut < most // 4:
            cut = rest.rfind(" ", 0, most)
        if cut < most // 4:
            cut = most
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*parts, rest) if rest else tuple(parts)
