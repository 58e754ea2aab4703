"""Words that many cards share: a text made harmless and short, a source as a link, the small print."""

from __future__ import annotations

from bot.chat.ui import plain
from bot.domain.plain_text import ELLIPSIS, cut
from bot.domain.reports import Report, Source, long_date

SPARE = 100
"""Characters and bytes kept free for what shortening and small print add."""


def shorten(text: str, most: int, most_bytes: int | None = None) -> str:
    """Make a text harmless and no longer than so many characters and bytes of UTF-8, marks included."""
    safe = plain(" ".join(text.split()))
    room = most_bytes if most_bytes is not None else most * 3
    kept = cut(safe, most, room)
    return kept if kept is safe else kept.removesuffix(ELLIPSIS).rstrip("\\") + ELLIPSIS


def source_link(source: Source) -> str:
    """Write a source as a link."""
    return f"[{label_text(source.title, 80, 200)}](<{source.url.replace('>', '%3E')}>)"


def label_text(text: str, most: int, most_bytes: int) -> str:
    return shorten(text.replace("[", "(").replace("]", ")"), most, most_bytes)


def small_print(report: Report, *lines: str) -> str:
    """Write the lines that end every card: as-of date, licence, no endorsement."""
    licence = (
        f"[{label_text(report.licence, 150, 350)}](<{report.licence_url}>)"
        if report.licence_url
        else shorten(report.licence, 150, 350)
    )
    invented = ("This report is invented, for practice.",) if report.invented else ()
    return "\n".join((*invented, *lines, f"As of {long_date(report.as_of)}. {licence} Not endorsed by Parliament."))
