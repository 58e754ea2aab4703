"""What an MP themselves asked or moved on the subject of a letter, as one cited sentence that the letter may hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.letter_checks import Check, Weight
from bot.domain.letters import FrameKind, Letter, Recipient
from bot.domain.own_words import ASKED, Part
from bot.domain.reports import long_date
from bot.domain.said import AnswerState, Said, SaidKind

MOST_OFFERED = 10
PARAGRAPH = "\n\n"


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """One question or motion of the letter's own MP, on what the letter is about.

    ``ref`` names it in a control, ``about`` is the value of the topic that it was found for, ``sentence`` what the letter says.
    """

    ref: str
    about: str
    member_id: int
    sentence: str
    title: str
    url: str

    def fits(self, about: str, recipient: Recipient) -> bool:
        """Tell whether it is still this MP's, and the letter still about the same."""
        return recipient.member is not None and recipient.member.member_id == self.member_id and about == self.about


def asked_before(said: Said, about: str, member_id: int | None = None) -> AskedBefore | None:
    """Give the sentence for one thing said. None: no Member is named, it was withdrawn, or it is neither question nor motion.

    ``member_id`` is the MP it is offered for, where that may be one who signed another's motion.
    """
    if said.member_id is None or said.state is AnswerState.WITHDRAWN or not said.number or not said.url:
        return None
    signed = next((one for one in said.signed if one.member_id == member_id), None)
    if signed is not None and member_id != said.member_id:
        on = f" on {long_date(signed.on)}" if signed.on is not None else ""
        sentence, cited = f"You signed a motion about this{on} (EDM {said.number}).", f"EDM {said.number}"
        ref = f"{said.kind}-{said.key}"
        return AskedBefore(ref, about, signed.member_id, sentence, f"{cited}, {long_date(said.on)}", said.url)
    day = long_date(said.on)
    if said.kind is SaidKind.QUESTION:
        sentence, cited = f"You asked about this on {day} (UIN {said.number}).", f"Written question {said.number}"
    elif said.kind is SaidKind.MOTION:
        sentence, cited = f"You tabled a motion about this on {day} (EDM {said.number}).", f"EDM {said.number}"
    else:
        return None
    return AskedBefore(f"{said.kind}-{said.key}", about, said.member_id, sentence, f"{cited}, {day}", said.url)


def with_sentence(parts: Sequence[Part], mention: AskedBefore | None) -> tuple[Part, ...]:
    """Put the sentence at the end of the paragraph that says what was asked: shared text, measured as such.

    A letter without such a paragraph stays as it is.
    """
    if mention is None:
        return tuple(parts)
    found: list[Part] = []
    has_asked = is_in = False
    for part in parts:
        has_asked = has_asked or part.fact == ASKED
        before, gap, after = part.text.partition(PARAGRAPH)
        if has_asked and not is_in and not part.is_own and not part.fact and gap:
            part = Part(f"{before} {mention.sentence}{gap}{after}")
            is_in = True
        found.append(part)
    return tuple(found)


def set_with(
    mention: AskedBefore | None, about: str, recipient: Recipient, make: Callable[[AskedBefore | None], Letter]
) -> Letter:
    """Set a letter with the sentence, or without it where it does not fit or would close WriteToThem's door."""
    if mention is not None and mention.fits(about, recipient):
        letter = make(mention)
        if letter.frame.kind is FrameKind.LETTER and not letter.is_too_alike:
            return letter
    return make(None)


def left_out(mention: AskedBefore | None, letter: Letter) -> tuple[Check, ...]:
    """Say that a sentence which was chosen is not in the letter."""
    if mention is None or mention.sentence in letter.text:
        return ()
    return (
        Check(
            "mention-left-out",
            Weight.NOTE,
            "The sentence about what your MP asked isn't in the letter: with it, too much of the text would be shared.",
            "Add a sentence or two of your own, and it comes back.",
        ),
    )
