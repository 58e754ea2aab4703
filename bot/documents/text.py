"""A letter as a plain text file that opens anywhere."""

from __future__ import annotations

from bot.domain.letters import Letter
from bot.services.ports import File


def letter_as_text(letter: Letter) -> File:
    """Give the letter as UTF-8 text: whom it goes to, then the letter, then where its facts can be checked."""
    lines = [*letter.recipient.envelope, "", f"Subject: {letter.subject}", "", letter.text, ""]
    if letter.citations:
        lines += ["", "----", "For you, not part of the letter. Where its facts can be checked:"]
        lines += [f"{title}: {url}" for title, url in letter.citations]
    # The byte-order mark makes Windows' Notepad read it as UTF-8.
    return File("letter.txt", "text/plain", "\ufeff".encode() + "\r\n".join("\n".join(lines).splitlines()).encode())
