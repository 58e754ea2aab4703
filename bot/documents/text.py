"""A letter as a plain text file that opens anywhere, and its sources as another."""

from __future__ import annotations

from bot.documents.page import Page
from bot.domain.letters import Letter
from bot.services.ports.files import File


def page_as_text(page: Page) -> File:
    """Give the letter as UTF-8 text: who writes, when and to whom, then the letter, and nothing else."""
    lines = list(page.paragraphs[:1]) if page.is_letter else []
    rest = page.paragraphs[1:] if page.is_letter else page.paragraphs
    body = "\n\n".join([*lines, *([page.subject] if page.is_letter else []), *rest])
    head = "\n\n".join(
        "\n".join(part) for part in (page.sender, (page.date,) if page.is_letter else (), page.to) if part
    )
    return _file("letter.txt", "\n\n".join(filter(None, (head, body, page.name, page.note))))


def sources_as_text(letter: Letter, hints: tuple[str, ...] = ()) -> File:
    """Give where the facts of a letter can be checked, for its writer."""
    lines = ["For you, not part of the letter.", "", *hints]
    lines += ["Where its facts can be checked:"] if letter.citations else []
    lines += [f"{title}: {url}" for title, url in letter.citations]
    return _file("sources.txt", "\n".join(lines))


def _file(name: str, text: str) -> File:
    # The byte-order mark makes Windows' Notepad read it as UTF-8.
    return File(name, "text/plain", "\ufeff".encode() + "\r\n".join(f"{text}\n".splitlines()).encode())
