"""What can be written: the kinds of letter, each with a made-up sample, and the recommendations that a message is about."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.cards.letters import MAIN, PRIVATE
from bot.chat.ui import CHOICE_LIMIT, Act, Card, Option, clip
from bot.chat.views.letters import as_shown_by_discord
from bot.domain.letters import FrameKind, Letter, LetterFrame, for_reading
from bot.domain.references import Found
from bot.services.report_names import label

WORTH = {FrameKind.LETTER: "a letter", FrameKind.CALL: "a phone script", FrameKind.BRIEF: "notes"}
"""Each kind in a sentence."""


def templates_card(frames: Sequence[LetterFrame]) -> Card:
    """List the kinds of letter; one is chosen to see its sample."""
    card = Card("What you can write").text(
        "\n\n".join(
            f"**{as_shown_by_discord(frame.title)}** ({_for(frame)}): {as_shown_by_discord(frame.summary)}"
            for frame in frames
        )
    )
    options = [Option(frame.title, frame.slug, frame.summary) for frame in frames[:CHOICE_LIMIT]]
    card.select("letter.sample", options, placeholder="See one, with a sample")
    return card.small(
        "Each says what the committee asked, with its source, and makes one request. The rest is yours to write."
    )


def _for(frame: LetterFrame) -> str:
    return "your group's own" if frame.by_group else as_shown_by_discord(frame.audience)


def sample_card(frame: LetterFrame, letter: Letter) -> Card:
    """Show a kind of letter with a made-up writer's words, marked apart from the text that all share."""
    card = Card(frame.title).text(
        f"{as_shown_by_discord(frame.summary)}\n**For:** {as_shown_by_discord(frame.audience)}"
    )
    card.text(
        f"A sample by a made-up writer. The words marked *theirs* are what make {WORTH[frame.kind]} worth reading."
    )
    card.line()
    labels = {question.name: question.label for question in frame.questions}
    for part in for_reading(letter.parts):
        if part.is_own:
            card.text(f"**Theirs: {as_shown_by_discord(labels[part.field])}**\n{as_shown_by_discord(part.text)}")
        elif part.text.strip():
            title = "Shared text: the reason they picked" if part.picked else "Shared text"
            card.text(
                f"**{title}**\n"
                + "\n".join(f"> {line}" for line in as_shown_by_discord(part.text.strip()).splitlines())
            )
    card.line()
    card.buttons(
        Act("Write one of these", "letter.start", ("", "", frame.slug), MAIN), Act("All kinds", "letter.sample")
    )
    return card.small(
        f"Own words in the sample: {letter.share:.0%}. Please don't copy them: they're someone else's.\n{PRIVATE}"
    )


def mentioned_card(found: Sequence[Found]) -> Card:
    """Offer to write about what a message named, or seemed to be about."""
    if not found:
        return (
            Card("Write to my MP about this")
            .text("Postbag found no recommendation in that message.")
            .buttons(Act("Choose one", "letter.start", (), MAIN))
            .small(NOT_KEPT)
        )
    card = Card("Write to my MP about this")
    if len(found) == 1:
        (one,) = found
        card.text(f"**{as_shown_by_discord(label(one))}**\n{as_shown_by_discord(clip(one.item.summary.strip(), 600))}")
        card.buttons(Act("Write about this", "letter.start", (one.value,), MAIN), Act("Another one", "letter.start"))
        return card.small(NOT_KEPT)
    card.text("Which of these would your letter be about?")
    options = [Option(label(one), one.value, clip(one.item.summary.strip(), 100)) for one in found[:CHOICE_LIMIT]]
    card.select("letter.start", options, args=("", "", ""), placeholder="Choose a recommendation")
    card.buttons(Act("Another one", "letter.start"))
    return card.small(NOT_KEPT)


NOT_KEPT = "Only you can see this. Postbag read the message once, to find what it's about, and didn't keep it."
