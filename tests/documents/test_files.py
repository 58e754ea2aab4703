"""The files of a letter hold the letter, the whole letter, and nothing that was not asked for."""

from __future__ import annotations

import asyncio
import io
import threading
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import docx
import pytest
import typst
from pypdf import PdfReader

from bot.documents.docx import page_as_docx
from bot.documents.fonts import font_files
from bot.documents.mail import letter_as_mail, mailto
from bot.documents.maker import LetterMaker
from bot.documents.page import Page, is_right_to_left, page_of
from bot.documents.pdf import PdfMaker
from bot.documents.text import page_as_text
from bot.domain.errors import Unavailable
from bot.domain.letters import Letter, LetterFrame, Recipient, Signature, Standing
from bot.domain.members import Member
from bot.domain.own_words import Part

HOSTILE = '#eval("1+1") $x$ @ref \\u202e *bold* `raw` <label> // gone? #read("/etc/passwd") ŵ ŷ Ŵ'


def letter(own: str, email: str = "") -> Letter:
    member = Member(1, "Amina Thackwell", "Amina Thackwell MP", "Ms Thackwell", "", "", "Tarning", email=email)
    frame = LetterFrame("x", "X", "", "", (), (), ())
    to = Recipient("Tarning", Standing.IN_OFFICE, 1, member)
    text = (Part("Dear Ms Thackwell,\n\n"), Part(own, "why"), Part("\n\nWill you write?\n\nYours sincerely,"))
    return Letter(frame, to, text, "An invented report")


def read(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.mark.asyncio
async def test_a_pdf_holds_the_letter_and_hostile_markup_as_it_was_typed() -> None:
    page = page_of(letter(HOSTILE), "2 March 2026", Signature("Pia #Example", "1 *Invented* Lane\nTarning"))
    file, notes = await PdfMaker().make(page)
    text = read(file.content)
    for expected in (*page.paragraphs, *page.to, *page.sender, page.name, page.date, page.subject):
        assert " ".join(expected.split()) in text
    assert len(PdfReader(io.BytesIO(file.content)).pages) == 1
    assert notes == ()


MIXED = "Ŵyl y tŷ, dŵr.\n\nمەن خەت يازدىم (HC 198)\n\n我写信给议员"


@pytest.mark.asyncio
async def test_three_scripts_are_set_with_fonts_of_this_computer() -> None:
    maker = PdfMaker()
    file, notes = await maker.make(page_of(letter(MIXED), "2 March 2026"))
    if notes:
        pytest.skip(f"fonts are wanting: {notes}")
    text = read(file.content)
    assert "Ŵyl y tŷ, dŵr." in text
    assert "我写信给议员" in text
    assert any("\u0600" <= ch <= "\u06ff" or "\ufe70" <= ch <= "\ufefc" for ch in text)
    assert "\ufffd" not in text
    assert len(PdfReader(io.BytesIO(file.content)).pages) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("words", ["I was there 😀.", "நான் எழுதுகிறேன்", "བོད", "Rare: 𠀋"])
async def test_emoji_and_letters_that_no_font_was_looked_for_are_said(words: str) -> None:
    _, notes = await PdfMaker().make(page_of(letter(words), "2 March 2026"))
    assert any("empty boxes" in note for note in notes)


@pytest.mark.asyncio
async def test_a_very_long_word_stays_on_the_paper() -> None:
    long = "Wolfeschlegelsteinhausen" * 4
    page = page_of(letter(f"See https://invented.example/{long} and {long}."), "2 March 2026", Signature(long, long))
    file, _ = await PdfMaker().make(replace(page, to=(long, *page.to)))
    (sheet,) = PdfReader(io.BytesIO(file.content)).pages
    text = sheet.extract_text(extraction_mode="layout")
    assert long not in text, "in one line it would run over the edge"
    assert "".join(text.replace("\u200b", "").split()).count(long) == 5


@pytest.mark.asyncio
async def test_without_fonts_welsh_is_set_and_the_rest_is_said_plainly() -> None:
    maker = PdfMaker()
    await maker.make(page_of(letter("Warm."), "2 March 2026"))
    maker._families = frozenset()
    file, notes = await maker.make(page_of(letter(MIXED), "2 March 2026"))
    assert "Ŵyl y tŷ, dŵr." in read(file.content)
    assert [("Uyghur" in note, "Chinese" in note) for note in notes] == [(True, False), (False, True)]
    assert all("use the Word document or the text" in note for note in notes)


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_made_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    maker = LetterMaker()

    async def broken(page: Page) -> None:
        raise Unavailable("no", "no")

    monkeypatch.setattr(maker._pdf, "make", broken)
    files, notes = await maker.files(letter("Short."), date(2026, 3, 2))
    assert [file.name for file in files] == ["letter.txt", "letter.docx", "letter.eml", "sources.txt"]
    assert notes == ("Postbag couldn't make the PDF. The other files have the whole letter.",)
    await maker.warm()


@pytest.mark.asyncio
async def test_a_signature_is_in_every_file_and_in_none_without_it() -> None:
    signature = Signature("Pia\u202e Example", "1 Invented Lane\nTarning")
    signed, _ = await LetterMaker().files(letter("Short."), date(2026, 3, 2), signature)
    plain, _ = await LetterMaker().files(letter("Short."), date(2026, 3, 2))
    for wanted, files in ((True, signed), (False, plain)):
        text, word, pdf, mail, sources = files
        assert "Pia" not in sources.content.decode("utf-8-sig")
        words = "\n".join(p.text for p in docx.Document(io.BytesIO(word.content)).paragraphs)
        body = message_from_bytes(mail.content, policy=default).get_content()
        for said in (text.content.decode("utf-8-sig"), words, read(pdf.content), body):
            assert ("Pia Example" in said) is wanted
            assert ("Invented Lane" in said) is wanted
    assert "Pia" not in repr(signature)


@pytest.mark.asyncio
async def test_a_long_letter_runs_on_and_says_so() -> None:
    file, notes = await PdfMaker().make(page_of(letter("Words upon words. " * 500), "2 March 2026"))
    pages = len(PdfReader(io.BytesIO(file.content)).pages)
    assert pages > 1
    assert f"{pages} pages" in notes[0]


@pytest.mark.asyncio
async def test_pdfs_are_made_off_the_event_loop_one_at_a_time() -> None:
    maker, page = PdfMaker(), page_of(letter("Short."), "2 March 2026")
    where: set[int] = set()
    real = maker._make
    maker._make = lambda page: (where.add(threading.get_ident()), real(page))[1]  # type: ignore[method-assign]
    made = await asyncio.gather(*(maker.make(page) for _ in range(4)))
    assert threading.get_ident() not in where
    assert all("Short." in read(file.content) for file, _ in made)


def test_marks_that_turn_words_round_and_control_characters_are_left_out() -> None:
    page = page_of(letter("One\u202etwo\x00three"), "2 March 2026")
    assert page.paragraphs[1] == "Onetwothree"
    assert page.sender == ("[your address and postcode]",)
    assert page.name == "[your full name]"


def test_the_direction_of_a_paragraph_is_that_of_its_first_letter() -> None:
    assert is_right_to_left("2018 – مەن")
    assert not is_right_to_left("I heard مەن")


@pytest.mark.parametrize(
    ("stated", "to"), [("", None), ("a@example.test", "a@example.test"), ("a@b.test, c@d.test", None)]
)
def test_a_mail_draft_is_unsent_and_names_only_a_stated_address(stated: str, to: str | None) -> None:
    words = "ŵ ئۇيغۇر 维吾尔 #x"
    mail = message_from_bytes(letter_as_mail(letter(words, stated)).content, policy=default)
    assert mail["X-Unsent"] == "1"
    assert mail["From"] is None
    assert mail["To"] == to
    said = mail.get_content().replace("\r\n", "\n").strip()
    assert said == f"{letter(words).text}\n\n[your full name]\n[your address and postcode]"


def test_a_link_is_short_and_needs_an_address() -> None:
    link = mailto(letter("word " * 500, "a@example.test"))
    assert link.startswith("mailto:a@example.test?subject=")
    assert parse_qs(urlsplit(link).query) == {"subject": ["An invented report"]}
    assert len(link) < 200
    assert mailto(letter("Short.")) == ""


def test_a_text_file_has_its_date_and_is_only_the_letter() -> None:
    page = page_of(
        letter("Short."), "2 March 2026", Signature("Pia Example", "1 Invented Lane\nTarning", by_email=True)
    )
    said = page_as_text(page).content.decode("utf-8-sig").replace("\r\n", "\n")
    assert said == (
        "1 Invented Lane\nTarning\n\n2 March 2026\n\nAmina Thackwell MP\nHouse of Commons\nLondon\nSW1A 0AA\n\nDear Ms Thackwell,\n\n"
        "An invented report\n\nShort.\n\nWill you write?\n\nYours sincerely,\n\nPia Example\n\nI would like a reply by email."
    )


def test_a_word_document_holds_the_letter_with_its_direction_and_no_author() -> None:
    page = page_of(letter(f"{HOSTILE}\n\nمەن خەت يازدىم\n\n我写信"), "2 March 2026", Signature("Pia Example"))
    opened = docx.Document(io.BytesIO(page_as_docx(page).content))
    texts = [paragraph.text for paragraph in opened.paragraphs]
    assert [text for text in texts if text in page.paragraphs] == list(page.paragraphs)
    assert texts[-1] == "Pia Example"
    turned = [p.text for p in opened.paragraphs if p._p.xpath("./w:pPr/w:bidi")]
    assert turned == ["مەن خەت يازدىم"]
    assert opened.core_properties.author == ""


def test_the_best_font_of_a_script_is_found_by_its_file(tmp_path: Path) -> None:
    for name in (
        "x/NotoNaskhArabic-Regular.ttf", "x/NotoNaskhArabic-Bold.ttf", "x/NotoNaskhArabicUI-Regular.ttf", "y/DejaVuSans.ttf",
        "y/wqy-microhei.ttc", "y/arial.txt",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in font_files([tmp_path])] == [
        "NotoNaskhArabic-Bold.ttf",
        "NotoNaskhArabic-Regular.ttf",
        "wqy-microhei.ttc",
    ]
    assert font_files([tmp_path / "nothing"]) == ()


def test_a_template_cannot_read_this_computer(tmp_path: Path) -> None:
    maker = PdfMaker()
    maker._open()
    (tmp_path / "secret.txt").write_text("secret")
    assert maker._compiler is not None
    for path in (tmp_path / "secret.txt", "/etc/hostname", "../../../../etc/hostname"):
        with pytest.raises(typst.TypstError):
            maker._compiler.compile(f'#read("{path}")'.encode(), format="pdf")
