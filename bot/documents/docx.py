"""A letter as a Word document. The only module that knows python-docx; it is loaded when the first one is made."""

from __future__ import annotations

import io
from typing import Any

from bot.documents.page import Page, is_right_to_left
from bot.services.ports.files import File

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONTS = {"ascii": "Cambria", "hAnsi": "Cambria", "eastAsia": "SimSun", "cs": "Arial"}
SIGNATURE_ROOM = 44
"""Points left free for a signature."""


def page_as_docx(page: Page) -> File:
    """Set a page. It takes some 20 ms: call it in a worker thread."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(27)
    section.top_margin = section.bottom_margin = Mm(22)
    style: Any = document.styles["Normal"]
    style.font.size = Pt(11)
    style.paragraph_format.space_after = Pt(9)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script, name in FONTS.items():
        fonts.set(qn(f"w:{script}"), name)
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title = page.subject[:255]

    def put(text: str, *, right: bool = False, bold: bool = False) -> None:
        paragraph = document.add_paragraph()
        run = paragraph.add_run(text)
        run.bold = bold or None
        if is_right_to_left(text):
            # In a right-to-left paragraph "start", which is the default, is the right-hand side.
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
            run.font.rtl = True
        elif right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    if page.sender:
        put("\n".join(page.sender), right=True)
    put(page.date, right=True)
    if page.to:
        put("\n".join(page.to))
    for index, text in enumerate(page.paragraphs):
        if index == 1 and page.is_letter:
            put(page.subject, bold=True)
        put(text)
    if page.is_letter:
        document.paragraphs[-1].paragraph_format.space_after = Pt(SIGNATURE_ROOM)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        put("\n".join(filter(None, (page.name, page.note))))
    out = io.BytesIO()
    document.save(out)
    return File("letter.docx", MEDIA_TYPE, out.getvalue())
