"""Lines for people at a terminal: whole words, wrapped to its width; a line that goes on is set in under its beginning."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 30


def say_lines(out: Console, text: str, *, style: str = "") -> None:
    """Print a text as it is, its lines wrapped at whole words. An address or a path stays whole, however long it is.

    Only a terminal has a width: elsewhere lines stay as they are, for whatever reads them.
    """
    shown = wrapped_lines(text, out.width) if out.is_terminal else text
    out.print(shown, style=style or None, markup=False, soft_wrap=True)


def wrapped_lines(text: str, width: int) -> str:
    """Wrap each line of a text at whole words."""
    width = max(width, NARROWEST)
    return "\n".join(part for line in text.split("\n") for part in _parts(line, width))


def _parts(line: str, width: int) -> list[str]:
    if len(line) <= width or " " not in line.strip():
        return [line]
    begins = len(line) - len(line.lstrip())
    further = " " * (begins + 2 if begins or line.startswith(("- ", "* ")) else 0)
    return wrap(line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False) or [line]
