"""A letter as a PDF, set like a letter. The only module that knows typst; it is loaded when the first one is made."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from bot.documents.fonts import ARABIC, HAN, font_files
from bot.documents.page import Page, breakable, has_arabic, has_han, has_others, is_right_to_left
from bot.domain.errors import Unavailable
from bot.resources import templates_folder
from bot.services.ports.files import File

if TYPE_CHECKING:
    import typst

SERIF = "Libertinus Serif"
SIZES = (11.0, 10.5, 10.0)
"""Sizes of type, in points, tried until the letter fits one page; one that does not fit runs on in the first."""


class PdfMaker:
    """Set letters, one at a time: typst's compiler is not safe across threads, so one is held behind a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._compiler: typst.Compiler | None = None
        self._families: frozenset[str] = frozenset()
        self._source = b""

    async def make(self, page: Page) -> tuple[File, tuple[str, ...]]:
        """Set a page in a worker thread; give the file, and notes for the writer. Unavailable: it cannot be set."""
        return await asyncio.to_thread(self._make, page)

    def _make(self, page: Page) -> tuple[File, tuple[str, ...]]:
        import typst

        with self._lock:
            if self._compiler is None:
                self._open()
            assert self._compiler is not None
            content, pages = b"", 0
            for size in (*SIZES, SIZES[0]):
                data = json.dumps(self._data(page, size))
                try:
                    made = self._compiler.compile(self._source, format="pdf", sys_inputs={"page": data})
                except typst.TypstError:
                    raise Unavailable(
                        "Postbag couldn't make the PDF.", "The text and the other files have everything."
                    ) from None
                assert isinstance(made, bytes)
                content, pages = made, max(map(int, re.findall(rb"/Count (\d+)", made)), default=1)
                if pages == 1:
                    break
        return File("letter.pdf", "application/pdf", content), (*self._missing(page), *_long(pages))

    def _open(self) -> None:
        import typst

        self._source = (templates_folder() / "documents" / "letter.typ").read_bytes()
        # Fonts are read when they are first used, so their folder is there as long as the compiler.
        linked = Path(tempfile.mkdtemp(prefix="postbag-fonts-"))
        weakref.finalize(self, shutil.rmtree, linked, ignore_errors=True)
        try:
            for path in font_files():
                (linked / path.name).symlink_to(path)
            fonts = typst.Fonts(include_system_fonts=False, font_paths=[linked])
        except OSError:  # Windows lets only some people make links
            fonts = typst.Fonts(include_system_fonts=True)
        self._families = frozenset(fonts.families())
        # An empty root: nothing that a template names can be read from this machine.
        with tempfile.TemporaryDirectory() as empty:
            self._compiler = typst.Compiler(root=empty, font_paths=fonts, package_path=empty, package_cache_path=empty)

    def _data(self, page: Page, size: float) -> dict[str, object]:
        found = (next((name for name in names if name in self._families), None) for names in (ARABIC, HAN))
        return {
            "sender": [*map(breakable, page.sender)],
            "date": page.date,
            "to": [*map(breakable, page.to)],
            "subject": breakable(page.subject),
            "paragraphs": [
                {"lines": breakable(text).split("\n"), "rtl": is_right_to_left(text)} for text in page.paragraphs
            ],
            "name": breakable(page.name),
            "note": page.note,
            "letter": page.is_letter,
            "fonts": [SERIF, *filter(None, found)],
            "size": size,
        }

    def _missing(self, page: Page) -> tuple[str, ...]:
        text = "\n".join((*page.sender, *page.to, *page.paragraphs, page.name))
        notes = []
        for script, is_there, names in (("Uyghur or Arabic", has_arabic, ARABIC), ("Chinese", has_han, HAN)):
            if is_there(text) and not self._families.intersection(names):
                notes.append(
                    f"The computer that Postbag runs on has no font for {script} letters, so the PDF can't show them: use the "
                    "Word document or the text."
                )
        if has_others(text):
            notes.append(
                "The PDF may show empty boxes instead of emoji and letters of other alphabets: check it before you print it. "
                "The Word document and the text show everything."
            )
        return tuple(notes)


def _long(pages: int) -> tuple[str, ...]:
    return (f"The letter is long: the PDF has {pages} pages. One page is more likely to be read.",) if pages > 1 else ()
