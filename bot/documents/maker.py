"""Every file of a letter, made in memory and off the event loop; libraries are loaded when the first one is made."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.documents.docx import page_as_docx
from bot.documents.mail import letter_as_mail, mailto
from bot.documents.page import Page, page_of
from bot.documents.pdf import PdfMaker
from bot.documents.text import page_as_text, sources_as_text
from bot.domain.errors import Unavailable
from bot.domain.letters import FrameKind, Letter, Signature
from bot.domain.reports import long_date
from bot.services.ports.files import File

log = logging.getLogger(__name__)


class LetterMaker:
    """Make files of letters. Nothing of a letter is kept between two of them."""

    def __init__(self) -> None:
        self._pdf = PdfMaker()
        self._one = asyncio.Semaphore()
        """One file at a time: several threads at work would share out the interpreter, and the event loop would wait for each."""

    async def warm(self) -> None:
        """Load what the first letter would have to wait for."""
        page = Page((), "1 January 2026", (), "A first page", ("Dear reader,", "A first page."), "")
        try:
            await self._word(page)
            await self._pdf.make(page)
        except (Unavailable, ImportError) as error:
            log.warning("letters will have fewer files than usual: %s", type(error).__name__)

    async def files(
        self, letter: Letter, day: date, signature: Signature | None = None
    ) -> tuple[tuple[File, ...], tuple[str, ...]]:
        """Give the files of a letter, and notes on what one of them lacks. A file that cannot be made is left out, and said."""
        page, notes = page_of(letter, long_date(day), signature), list[str]()
        made = [page_as_text(page)]
        if letter.frame.kind is FrameKind.CALL:
            return (*_with_names(made, letter.frame.kind), sources_as_text(letter)), ()
        try:
            made.append(await self._word(page))
        except (ImportError, OSError, ValueError) as error:
            log.warning("a Word document could not be made: %s", type(error).__name__)
            notes.append("Postbag couldn't make the Word document. The other files have the whole letter.")
        try:
            async with self._one:
                pdf, said = await self._pdf.make(page)
            made.append(pdf)
            notes += said
        except (Unavailable, ImportError) as error:
            log.warning("a PDF could not be made: %s", type(error).__name__)
            notes.append("Postbag couldn't make the PDF. The other files have the whole letter.")
        if letter.frame.kind is FrameKind.LETTER:
            made.append(letter_as_mail(letter, signature))
        return (*_with_names(made, letter.frame.kind), sources_as_text(letter)), tuple(notes)

    async def blank(self, letter: Letter, day: date, hints: tuple[str, ...]) -> tuple[File, ...]:
        """Give a letter with blanks as a text and a Word document, and what to do with it beside its sources."""
        page = page_of(letter, long_date(day))
        made = [page_as_text(page), await self._word(page)]
        return (*_with_names(made, letter.frame.kind), sources_as_text(letter, hints))

    async def _word(self, page: Page) -> File:
        async with self._one:
            return await asyncio.to_thread(page_as_docx, page)

    def link(self, letter: Letter) -> str:
        """Give a short ``mailto:`` link with address and subject, or nothing where no address is stated."""
        return mailto(letter)


def _with_names(files: Sequence[File], kind: FrameKind) -> tuple[File, ...]:
    """Name files for what they are: only a letter is called one."""
    name = {FrameKind.LETTER: "letter", FrameKind.CALL: "phone-script", FrameKind.BRIEF: "notes"}[kind]
    return tuple(replace(file, name=f"{name}.{file.name.rpartition('.')[2]}") for file in files)
