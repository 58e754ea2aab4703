"""The text of a writer's own earlier letter: plain text, a Word document, a PDF or a saved mail. ``foreign.py`` reads it apart."""

from __future__ import annotations

import re
import zipfile
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from io import BytesIO

from bot.domain.drafts import SavedPage
from bot.domain.errors import Refused
from bot.domain.own_letters import HINT, MOST_BYTES, OwnLetter, reply_refused, taken_from
from bot.sources.page_html import lines_of_html
from bot.sources.pdf_text import pages_of_pdf

MOST_UNPACKED = 30 * 1024 * 1024
MOST_PARTS = 100
"""Parts inside parts that a mail names at most: reading one part deeper costs more for every part around it."""
_PLAIN = frozenset(("txt", "text", "md", "eml", "doc"))
"""Endings of a name under which plain text is looked for; a name without an ending is plain text too."""
_PAGE = re.compile(rb"(?i)(?<!\s)\s*+<(?:!doctype\s++html|html|head|body)\b")
_FROM_PARLIAMENT = re.compile(r"(?i)@(?:[\w-]+\.)*parliament\.uk\b")
_MARKUP = (b"{\\rtf", b"<?xml", b'{"', b"[{", b"BEGIN:V")


def read_own_letter(saved: SavedPage) -> OwnLetter:
    """Take the day and one sentence from a letter that its writer hands back. Refused: it is no letter that can be read."""
    content = saved.content
    if len(content) > MOST_BYTES:
        raise Refused(f"That file is too large. The limit is {MOST_BYTES // 1024} KB.", HINT)
    if content[:1024].lstrip().startswith(b"%PDF"):
        pages = pages_of_pdf(content)
        if isinstance(pages, str):
            raise Refused("Postbag couldn't read that PDF.", HINT)
        return taken_from("\n".join(pages))
    if content.startswith(b"PK"):
        return taken_from(_text_of_word(content))
    if saved.name.casefold().endswith(".eml"):
        return _of_mail(content)
    ending = _ending_of(saved.name)
    start = content[:1024].removeprefix(b"\xef\xbb\xbf")
    if ending in ("html", "htm") or _PAGE.match(start):
        return taken_from(_text_of_page(_decoded(content)))
    if start.lstrip().startswith(_MARKUP) or (ending and ending not in _PLAIN):
        raise Refused("Postbag can't read a letter in a file of that kind.", HINT)
    return taken_from(_decoded(content))


def _ending_of(name: str) -> str:
    """Give the ending of a file's name in small letters. A day in a name ("letter 3.10.26") is no ending."""
    ending = name.casefold().rpartition(".")[2] if "." in name else ""
    return "" if ending.isdecimal() or " " in ending else ending


def _text_of_page(text: str) -> str:
    return "\n\n".join(line.text for line in lines_of_html(text)[0])


def _text_of_word(content: bytes) -> str:
    import docx

    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise Refused("That document is far longer than a letter.", HINT)
        document = docx.Document(BytesIO(content))
    except (Refused, MemoryError):
        raise
    except Exception:
        raise Refused("Postbag couldn't read that document.", HINT) from None
    return "\n\n".join(paragraph.text for paragraph in document.paragraphs)


def _of_mail(content: bytes) -> OwnLetter:
    small = content.lower()
    if small.count(b"multipart/") + small.count(b"message/") > MOST_PARTS:
        raise Refused("That email has far more parts than a letter.", HINT)
    try:
        mail = BytesParser(policy=policy.default).parsebytes(content)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain", "html"))
        text = str(body.get_content()) if body is not None else ""
        if body is not None and body.get_content_type() == "text/html":
            text = _text_of_page(text)
    except (ValueError, LookupError, AssertionError, AttributeError, TypeError):
        raise Refused("Postbag couldn't read that email.", HINT) from None
    if _FROM_PARLIAMENT.search(str(mail["From"] or "")):
        raise reply_refused()
    sent_on = None
    try:
        if mail["Date"]:
            sent_on = parsedate_to_datetime(str(mail["Date"])).date()
    except (ValueError, TypeError, OverflowError):
        sent_on = None  # the letter may say its day itself
    return taken_from(text, sent_on)


def _decoded(content: bytes) -> str:
    for mark, code in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"), (b"", "cp1252")):
        if not content.startswith(mark):
            continue
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Refused("That file isn't a text, a Word document, a PDF or a saved email.", HINT)
