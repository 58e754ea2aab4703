"""A letter as it is set and handed over: how far its frame may grow, ready, or not the writer's own yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.letter_asks import ASKS
from bot.domain.letter_checks import Check, Weight
from bot.domain.letter_facts import Topic
from bot.domain.letters import FrameKind, Letter, LetterFrame
from bot.domain.own_words import GROWS_BELOW, GROWS_FROM, MOST_SHARED, SCORE_CLOSES
from bot.services.ports.files import File

BLANK_HINTS = (
    "Write your own words where you see [square brackets], and delete what you don't need.",
    "Ask for one thing only. About fifty words of your own are enough: two or three sentences.",
    "Add your name and address, then send it by post, by email or with https://www.writetothem.com/",
    "",
)


@dataclass(frozen=True, slots=True)
class Finished:
    """A letter ready to be sent by its writer: text in parts for a chat message, files, and which ways are open.

    ``link`` is a short ``mailto:`` link, or empty; ``notes`` say what a file lacks; ``gaps`` are places still to be filled in.
    """

    letter: Letter
    checks: tuple[Check, ...] = field(repr=False)
    texts: tuple[str, ...] = field(repr=False)
    files: tuple[File, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    link: str = field(default="", repr=False)
    may_write_to_them: bool = True
    gaps: tuple[str, ...] = ()


def like_another(likeness: float) -> Sequence[Check]:
    if likeness < SCORE_CLOSES:
        return ()
    return (
        Check(
            "like-another",
            Weight.WARN,
            "This letter is nearly the same as another one finished in this server. WriteToThem may block it, so Postbag doesn't "
            "open it.",
            "Press Edit above and use your own words, or send it by email or post.",
        ),
    )


def has_room(letter: Letter) -> bool:
    """Tell whether a letter in a longer frame is still short and mostly its writer's."""
    is_own = letter.share >= GROWS_FROM and (letter.frame.kind is FrameKind.CALL or letter.score < GROWS_BELOW)
    return is_own and letter.shared_words <= MOST_SHARED and letter.words <= letter.frame.kind.most_words


def shown_to_writer(frame: LetterFrame, topic: Topic, minister: str) -> tuple[str, ...]:
    """List the texts that a writer sees and may copy."""
    asks = (
        text for slug in frame.asks for text in (ASKS[slug].said(minister), ASKS[slug].said(minister, is_short=True))
    )
    questions = (f"{question.label} {question.hint}" for question in frame.questions)
    item = topic.item
    shown = (item.summary, item.letter_line or "", *item.wordings) if item is not None else ()
    return (*frame.sample.values(), *asks, *questions, *shown)
