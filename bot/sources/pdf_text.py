"""The text of a PDF. A broken or hostile file may cost much time and memory: ``foreign.py`` reads them in a process apart."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, TypeVar

MOST_PAGES = 600
MOST_CHARACTERS = 6_000_000
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_JOINED = ("-", "\u00ad", "\u2010", "”", "’", ".”", ".’")
_ITALIC = re.compile(r"italic|oblique", re.IGNORECASE)


@dataclass(slots=True)
class DrawnLine:
    """A line as a PDF draws it: its words, where it begins, how large it is, and how many of its letters are bold or italic.

    ``parts`` are the places in the text at which something is drawn anew, each with how far from the left that is; ``last`` is
    the height of what was drawn last.
    """

    text: str = ""
    left: float = 0.0
    height: float = 0.0
    size: float = 0.0
    letters: int = 0
    bold: int = 0
    italic: int = 0
    parts: list[tuple[int, float]] = field(default_factory=list)
    last: float = 0.0


def pages_of_pdf(content: bytes) -> list[str] | str:
    """Give the text of each page; or one word on why there is none: encrypted, broken, long."""
    return _read(content, lambda page: (str(text := page.extract_text()), len(text)))


def drawn_pages_of_pdf(content: bytes) -> list[list[DrawnLine]] | str:
    """Give the lines of each page with how they are drawn, or one word as above."""
    return _read(content, _drawn)


_Page = TypeVar("_Page")


def _read(content: bytes, read: Callable[[Any], tuple[_Page, int]]) -> list[_Page] | str:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return "encrypted"
        if len(reader.pages) > MOST_PAGES:
            return "long"
        pages: list[_Page] = []
        whole = 0
        for page in reader.pages:
            found, size = read(page)
            pages.append(found)
            whole += size
            if whole > MOST_CHARACTERS:
                return "long"
    except MemoryError:
        raise
    except DependencyError:
        return "encrypted"
    except Exception:
        return "broken"
    return pages


def _drawn(page: Any) -> tuple[list[DrawnLine], int]:
    lines = [DrawnLine()]
    fonts: dict[str, tuple[bool, bool]] = {}

    def visit(text: str, user: list[float], placed: list[float], font: dict[str, Any] | None, size: float) -> None:
        if not text:
            return
        left, height, scale = _place(user, placed)
        name = str(font.get("/BaseFont", "")) if font else ""
        if name not in fonts:
            fonts[name] = bool(_BOLD.search(name)), bool(_ITALIC.search(name))
        bold, italic = fonts[name]
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append(DrawnLine())
            if part.strip():
                if lines[-1].letters and abs(lines[-1].last - height) > max(0.5 * abs(size * scale), 4):
                    lines.append(DrawnLine())  # two cells of a row, or two lines of one, stand at different heights
                _draw(lines[-1], part, left, height, abs(size * scale), bold=bold, italic=italic)
            else:
                lines[-1].text += part

    text = str(page.extract_text(visitor_text=visit))
    told = "".join(line.text for line in lines)
    if "".join(told.split()) != "".join(text.split()):
        lines = [
            DrawnLine(line) for line in text.split("\n")
        ]  # something was drawn of which nobody was told: words alone count
    return lines, len(text)


def _draw(line: DrawnLine, part: str, left: float, height: float, size: float, *, bold: bool, italic: bool) -> None:
    if part.strip() in _JOINED:  # drawn by itself, it is no word by itself
        line.text, part = line.text.rstrip(), part.strip()
    letters = sum(not char.isspace() for char in part)
    if not line.letters:
        line.left, line.height = left, height
    line.last = height
    line.parts.append((len(line.text), left))
    line.text += part
    line.size = (line.size * line.letters + size * letters) / (line.letters + letters)
    line.letters += letters
    line.bold += letters if bold else 0
    line.italic += letters if italic else 0


def _place(user: list[float], placed: list[float]) -> tuple[float, float, float]:
    """Give the place of a piece of text on its page and by how much it is enlarged; noughts where the file gives no numbers."""
    try:
        left = placed[4] * user[0] + placed[5] * user[2] + user[4]
        height = placed[4] * user[1] + placed[5] * user[3] + user[5]
        scale = math.hypot(placed[2], placed[3]) * math.hypot(user[2], user[3])
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return 0.0, 0.0, 0.0
    found = float(left), float(height), float(scale)
    return found if all(math.isfinite(one) and abs(one) < 1e6 for one in found) else (0.0, 0.0, 0.0)
