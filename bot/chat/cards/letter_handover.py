"""The hand-over of a letter: what to do, in order, which way is closed, and what the files are for. All of it is private."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.cards.letters import PRIVATE, addressed, said
from bot.chat.ui import Act, Card, Link
from bot.chat.views.letters import shown
from bot.domain.letter_checks import Weight
from bot.domain.letters import WRITE_TO_THEM, FrameKind, Recipient, Standing
from bot.services.letter_drafts import Draft
from bot.services.letters import Finished
from bot.services.ports import File

FILES = {
    "txt": "opens anywhere",
    "docx": "is for Word, to change or print",
    "pdf": "is ready to print and sign",
    "eml": "opens in a mail program, not sent yet",
}


def finished_card(draft: Draft, finished: Finished) -> Card:
    """Hand the letter over: what to do, in order, and which way is closed."""
    letter = finished.letter
    kind = letter.frame.kind
    title = {FrameKind.CALL: "Your phone script is ready", FrameKind.BRIEF: "Your notes are ready"}
    card = Card(title.get(kind, "Your letter is ready")).text(f"**To:** {shown(addressed(letter.recipient))}")
    card.text("\n".join(f"{number}. {step}" for number, step in enumerate(_steps(finished), 1)))
    if letter.is_too_alike:
        card.text(
            "**Not by WriteToThem yet.** Your letter is still mostly shared text, and WriteToThem may block it, so Postbag "
            f"doesn't open it. Press *Edit* above and add about {letter.wanting} words, or send it by email or post now."
        )
    for check in finished.checks:
        if check.weight is Weight.WARN and check.slug != "too-alike":
            card.text(said(check))
    if len(finished.files) > 1:
        card.text("**Files:** " + " · ".join(_kinds(finished.files)))
    for note in finished.notes:
        card.text(f"**Note:** {shown(note)}")
    controls: list[Act | Link] = [Link("Open WriteToThem", WRITE_TO_THEM)] if finished.may_write_to_them else []
    if kind is FrameKind.LETTER:
        if letter.recipient.standing is not Standing.VACANT:
            seat = letter.recipient.constituency_id
            controls.append(Act("I sent it", "followup.sent", (draft.topic, "" if seat is None else seat)))
        controls.append(Act("Add my name and address", "letter.sign", (draft.token,)))
    if controls:
        card.buttons(*controls)
    card.small(f"Postbag sends nothing: you do. {PRIVATE}")
    if finished.link:  # last, since it is long and most people need it least
        card.text(
            f"**Or as a link:** copy this into the address bar of your browser, and your mail program opens.\n```\n{finished.link}\n```"
        )
    return card


def _steps(finished: Finished) -> Iterator[str]:
    letter = finished.letter
    to = letter.recipient
    if letter.frame.kind is FrameKind.CALL:
        yield _number_to_ring(to)
        yield "Say it in your own voice; the text follows in the next message. Whoever answers takes a note."
        yield "They will ask for your name, address and postcode, to see that you are a constituent."
        return
    if letter.frame.kind is FrameKind.BRIEF:
        yield "Print the notes or keep them on your phone, and take them to the surgery."
        yield "Book a place with the office first: they will ask for your name, address and postcode."
        return
    if finished.texts:
        yield "The text follows in the next message, to copy."
    else:
        yield "The letter is long, so its text is in the file."
    if to.standing is Standing.VACANT:
        yield "Keep the text or a file until the by-election: there is no MP to send it to yet."
    elif finished.may_write_to_them:
        yield "Open WriteToThem, give your postcode there, and put the text in."
    else:
        yield "Send it by e-mail or post: the files have the address of the House of Commons."
    if to.member is not None and to.member.email:
        yield f"Or open `letter.eml`: it is addressed to {shown(to.member.email)}, as the directory of Members states it."
    yield (
        "The office will want your full name, address and postcode: add them there, under the letter, or press *Add my name and "
        "address* for files that have them."
    )


def _number_to_ring(to: Recipient) -> str:
    if to.member is not None and to.member.phone:
        return f"Ring your MP's office: {shown(to.member.phone)} (from the directory of Members)."
    return "Ring your MP's office: its number is on your MP's page at members.parliament.uk."


def _kinds(files: tuple[File, ...]) -> Iterator[str]:
    for file in files:
        yield f"`{file.name}` {FILES.get(file.name.rpartition('.')[2], '')}".strip()


def signed_card(finished: Finished) -> Card:
    """Hand over the files with the writer's name and address."""
    card = Card("With your name and address").text(
        "Save the files you want, then dismiss this message. Postbag has already forgotten your name and address."
    )
    card.text("**Files:** " + " · ".join(_kinds(finished.files)))
    for note in finished.notes:
        card.text(f"**Note:** {shown(note)}")
    return card.small(f"Postbag sends nothing: you do. {PRIVATE}")


def outside_card(files: tuple[File, ...], *, has_words: bool) -> Card:
    """Hand over a letter with blanks, to be written where Discord does not see it."""
    card = Card("To write outside Discord").text(
        "These files hold the letter with its facts and sources, and blanks where your words go. Write them on your own "
        "device: neither Postbag nor Discord will see them."
    )
    card.text("**Files:** " + " · ".join(_kinds(files)))
    if has_words:
        card.text(
            "What you wrote here already is not in them. Discord has seen that; Postbag forgets it within the hour."
        )
    return card.small(
        "On your own computer `postbag letter` does all of this without Discord. WriteToThem: "
        f"<{WRITE_TO_THEM}>\nOnly you can see this. It holds nothing about you."
    )
