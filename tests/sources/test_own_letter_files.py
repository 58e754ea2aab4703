"""A letter that its writer hands back, in each form in which people keep one; read in a process of its own."""

from __future__ import annotations

import zipfile
from datetime import date
from email.message import EmailMessage
from io import BytesIO

import docx
import pytest
import typst

from bot.domain.drafts import SavedPage
from bot.domain.errors import Refused
from bot.domain.identity import UserId
from bot.domain.own_letters import MOST_BYTES, OwnLetter
from bot.sources.foreign import OWN_LETTER, ForeignReader, read_apart
from bot.sources.own_letter_files import read_own_letter

LINES = (
    "3 March 2026",
    "Dear Ms Thackwell,",
    "Please will you write to the Foreign Secretary about this?",
    "Yours sincerely,",
)
TAKEN = OwnLetter(LINES[2], date(2026, 3, 3))
TEXT = "\n\n".join(LINES)
PAGE = f"<html><body>{''.join(f'<p>{line}</p>' for line in LINES)}</body></html>"


def word() -> bytes:
    document, file = docx.Document(), BytesIO()
    for line in LINES:
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()


def mail(*, html: bool = False, dated: bool = True) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Lamps"
    if dated:
        message["Date"] = "Tue, 03 Mar 2026 21:14:00 +0000"
    body = "\n\n".join(LINES[1:])
    if html:
        message.set_content("".join(f"<p>{line}</p>" for line in LINES[1:]), subtype="html")
    else:
        message.set_content(body)
    return message.as_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.txt", TEXT.encode()),
        ("letter.txt", TEXT.replace("\n", "\r\n").encode("utf-8-sig")),
        ("letter.txt", TEXT.encode("utf-16")),
        ("letter.docx", word()),
        ("letter.pdf", typst.compile(TEXT.encode())),
        ("letter.eml", mail()),
        ("letter.EML", mail(html=True)),
        ("letter.html", PAGE.encode()),
        ("letter.txt", b"<!DOCTYPE html>" + PAGE.encode()),
        ("letter 3.10.26", TEXT.encode()),
    ],
    ids=[
        "text",
        "Windows text",
        "UTF-16",
        "Word",
        "PDF",
        "mail",
        "HTML mail",
        "page",
        "page by another name",
        "a day in the name",
    ],
)
def test_each_form_gives_the_day_and_the_sentence(name: str, content: bytes) -> None:
    assert read_apart(OWN_LETTER, [SavedPage(name, content)], OwnLetter) == TAKEN


def test_a_mail_that_was_never_sent_has_no_day() -> None:
    assert read_own_letter(SavedPage("letter.eml", mail(dated=False))).written_on is None


RTF = rb"{\rtf1\ansi Dear Ms Thackwell,\par Please will you write to her about it?\par}"
DEEP = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + (
    b"--a\r\nContent-Type:\r\n Multipart/mixed; boundary=a\r\n\r\n" * 18_000
)


def test_a_mail_of_thousands_of_parts_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sources.own_letter_files.BytesParser", None)
    with pytest.raises(Refused, match="far more parts"):
        read_own_letter(SavedPage("letter.eml", DEEP))


def bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 40_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.docx", b"PK\x03\x04 and nothing more"),
        ("letter.docx", bomb()),
        ("letter.pdf", b"%PDF-1.7\nbroken"),
        ("letter.eml", b""),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("letter.rtf", RTF),
        ("letter.doc", RTF),
        ("letter.txt", RTF),
        ("letter.csv", b"asked,when\nPlease will you write to her?,May\n"),
        ("letter.json", b'{"letter": "Please will you write to her?"}'),
        ("letter.xml", b"<letter>Please will you write to her?</letter>"),
        ("letter.eml", b"From: a.member.mp@parliament.uk\n\nDear Pia,\n\nPlease will you ring my office?"),
        ("letter.eml", DEEP),
        ("letter.txt", b""),
        ("letter.txt", b"Please will you write to her? " * 40_000),
    ],
    ids=[
        "a broken document",
        "a bomb",
        "a broken PDF",
        "an empty mail",
        "a picture",
        "rich text",
        "rich text as a document",
        "rich text as text",
        "a table",
        "data",
        "markup",
        "an MP's mail",
        "a deep mail",
        "nothing",
        "too large",
    ],
)
def test_what_is_no_letter_is_refused_kindly(name: str, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_apart(OWN_LETTER, [SavedPage(name, content)], OwnLetter)
    assert "type the sentence yourself" in refused.value.next_step
    assert MOST_BYTES == 1024 * 1024


@pytest.mark.asyncio
async def test_one_writer_is_never_taken_for_a_group_or_another_writer() -> None:
    reader = ForeignReader()
    try:
        assert await reader.own_letter(UserId(7), SavedPage("letter.txt", TEXT.encode())) == TAKEN
        reader._groups.add("writer 7")
        with pytest.raises(Refused, match="still reading your last file"):
            await reader.own_letter(UserId(7), SavedPage("letter.txt", TEXT.encode()))
        assert await reader.own_letter(UserId(8), SavedPage("letter.txt", TEXT.encode())) == TAKEN
    finally:
        reader.close()
