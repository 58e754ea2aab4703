"""A letter as a plain text file that opens anywhere."""

from __future__ import annotations

from bot.domain.letters import FrameKind, Letter, Signature
from bot.domain.plain_text import seen
from bot.services.ports import File


def letter_as_text(letter: Letter, signature: Signature | None = None, hints: tuple[str, ...] = ()) -> File:
    """Give the letter as UTF-8 text: whom it goes to, then the letter, then where its facts can be checked."""
    by = signature or Signature()
    lines = [*by.lines, ""] if by.lines else []
    if letter.frame.kind is FrameKind.LETTER:
        lines += [*letter.recipient.envelope, "", f"Subject: {letter.subject}", ""]
    lines += [seen(letter.text), ""]
    lines += [by.signed, ""] if by.signed else []
    if letter.citations or hints:
        lines += ["", "----", "For you, not part of the letter.", *hints]
    if letter.citations:
        lines += ["Where its facts can be checked:"]
        lines += [f"{title}: {url}" for title, url in letter.citations]
    # The byte-order mark makes Windows' Notepad read it as UTF-8.
    return File("letter.txt", "text/plain", "\ufeff".encode() + "\r\n".join("\n".join(lines).splitlines()).encode())
