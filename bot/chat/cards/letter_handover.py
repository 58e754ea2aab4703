"""The hand-over of a letter: two ways to send it, what is still missing, and what the files are for. All of it is private."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.cards.letters import PRIVATE, finding_words, recipient_line
from bot.chat.ui import Act, Card, Link
from bot.chat.views.letters import as_shown_by_discord
from bot.domain.letter_checks import Weight
from bot.domain.letters import ADDRESS_PLACE, NAME_PLACE, WRITE_TO_THEM, FrameKind, Recipient, Standing
from bot.services.letter_drafts import Draft
from bot.services.letter_finishing import Finished
from bot.services.ports.files import File

FILES = {
    "txt": "opens anywhere",
    "docx": "is for Word, to change or print",
    "pdf": "is ready to print and sign",
    "eml": "opens in a mail program, ready to send",
    "sources.txt": "says where each fact can be checked",
}
TITLES = {
    FrameKind.LETTER: "Your letter is ready",
    FrameKind.CALL: "Your phone script is ready",
    FrameKind.BRIEF: "Your notes are ready",
}


def finished_card(draft: Draft, finished: Finished) -> Card:
    """Hand the letter over: the ways to send it, which way is closed, and what is still to be filled in."""
    letter = finished.letter
    kind = letter.frame.kind
    card = Card(TITLES[kind]).text(f"**To:** {as_shown_by_discord(recipient_line(letter.recipient))}")
    for way in _ways(finished):
        card.text(way)
    if finished.gaps:
        card.text(_missing(finished.gaps))
    for check in finished.checks:
        if check.weight is Weight.WARN and check.slug != "too-alike":
            card.text(finding_words(check))
    for note in finished.notes:
        card.text(f"**Note:** {as_shown_by_discord(note)}")
    controls: list[Act | Link] = [Link("Open WriteToThem", WRITE_TO_THEM)] if finished.may_write_to_them else []
    if kind is FrameKind.LETTER:
        controls.append(Act("Add my name and address", "letter.sign", (draft.token,)))
    if letter.recipient.standing is not Standing.VACANT:
        seat = letter.recipient.constituency_id
        controls.append(Act(SENT[kind], "followup.sent", (draft.topic, "" if seat is None else seat)))
    if controls:
        card.buttons(*controls)
    other = "Also here, for print and post: " if kind is FrameKind.LETTER else "Files: "
    return card.small(f"{other}{' · '.join(_kinds(finished.files))}\nYou send it yourself: Postbag doesn't. {PRIVATE}")


SENT = {FrameKind.LETTER: "I sent it", FrameKind.CALL: "I rang", FrameKind.BRIEF: "I went to the surgery"}


def _ways(finished: Finished) -> Iterator[str]:
    letter = finished.letter
    to = letter.recipient
    match letter.frame.kind:
        case FrameKind.CALL:
            yield f"**Ring** {_number(to)}. Say it in your own words; the script is in the next message. Whoever answers will take a note."
            yield "**They'll ask** for your name, address and postcode, to check that you're a constituent."
            return
        case FrameKind.BRIEF:
            yield "**Book a place first.** The office will ask for your name, address and postcode."
            yield "**Take the notes along**, printed or on your phone."
            return
    if to.standing is Standing.VACANT:
        yield "**Keep the letter until the by-election.** There's no MP to send it to yet."
        return
    if finished.may_write_to_them:
        copied = "paste in the text from the next message" if finished.texts else "paste in the text from the file"
        yield (
            f"**With WriteToThem:** open it, give your postcode and {copied}. It then emails you a link: **nothing goes to your MP "
            "until you press that link.**"
        )
    elif letter.is_too_alike:
        yield (
            "**Don't use WriteToThem yet.** Your letter is still mostly shared text, and WriteToThem may block it, so Postbag "
            f"doesn't open it. Press *Edit* above and add about {letter.wanting} words, or send it by email or post now."
        )
    yield f"**With your own email:** {_by_email(finished)} Some MPs answer only email that comes from your own address."


def _by_email(finished: Finished) -> str:
    to = finished.letter.recipient
    if to.member is None or not to.member.email:
        return "open `letter.eml`, and add your MP's address from their page at members.parliament.uk."
    link = f" Or paste `{finished.link}` into your browser's address bar." if finished.link else ""
    return f"open `letter.eml`. It's addressed to {as_shown_by_discord(to.member.email)}, the address in the directory of MPs.{link}"


def _missing(gaps: Sequence[str]) -> str:
    own = {NAME_PLACE, ADDRESS_PLACE} & set(gaps)
    lines = []
    if own:
        lines.append(
            "**Still missing: your full name, address and postcode.** The office needs them. Press *Add my name and address*, or "
            "fill in the marked places. WriteToThem asks for them itself."
        )
    others = [gap for gap in gaps if gap not in (NAME_PLACE, ADDRESS_PLACE)]
    if others:
        lines.append(f"**Still to fill in:** {as_shown_by_discord(', '.join(others))}")
    return "\n".join(lines)


def _number(to: Recipient) -> str:
    if to.member is not None and to.member.phone:
        return f"your MP's office on {as_shown_by_discord(to.member.phone)} (from the directory of MPs)"
    return "your MP's office: the number is on your MP's page at members.parliament.uk"


def _kinds(files: tuple[File, ...]) -> Iterator[str]:
    for file in files:
        use = FILES.get(file.name) or FILES.get(file.name.rpartition(".")[2], "")
        yield f"`{file.name}` {use}".strip()


def signed_card(finished: Finished) -> Card:
    """Hand over the files and the text of a mail with the writer's name and address."""
    card = Card("With your name and address").text(
        "Save the files you want, or copy the text below into an email. Then dismiss these messages. Postbag has already "
        "forgotten your name and address."
    )
    if finished.gaps:
        card.text(_missing(finished.gaps))
    card.text("**Files:** " + " · ".join(_kinds(finished.files)))
    for note in finished.notes:
        card.text(f"**Note:** {as_shown_by_discord(note)}")
    return card.small(f"You send it yourself: Postbag doesn't. {PRIVATE}")


def outside_card(files: tuple[File, ...], *, has_words: bool) -> Card:
    """Hand over a letter with blanks, to be written where Discord does not see it."""
    card = Card("To write outside Discord").text(
        "These files have the letter, with what the committee asked and blanks for your words. Write on your own device: neither "
        "Postbag nor Discord will see it."
    )
    card.text("**Files:** " + " · ".join(_kinds(files)))
    if has_words:
        card.text(
            "What you've already written here isn't in them. Discord has seen it; Postbag forgets it within the hour."
        )
    return card.small(
        "On your own computer `postbag letter` does all of this without Discord. WriteToThem: "
        f"<{WRITE_TO_THEM}>\nOnly you can see this. It says nothing about you."
    )
