"""From the bytes of a file to its page: what kind it is, how it is encoded, and what is refused before anything is read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from bot.domain.drafts import SavedPage
from bot.domain.errors import Refused
from bot.sources.page_html import lines_of_html
from bot.sources.page_lines import MOST_LINES, Page, clean, lines_of_text, without_running_lines, without_trail
from bot.sources.page_words import GATE, LINK
from bot.sources.pdf_layout import lines_of_drawn
from bot.sources.pdf_text import drawn_pages_of_pdf

MOST_FILES = 10
MOST_BYTES = 20 * 1024 * 1024
MOST_BYTES_IN_ALL = 40 * 1024 * 1024
MOST_TEXT = 12_000_000
SAVE_IT = (
    "Open the report in your browser, go to its page “Conclusions and recommendations”, and save it "
    "(Ctrl+S, or ⌘S on a Mac; “Web page, HTML only”). Then give Postbag that file."
)
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*+=\s*+[\"']?+\s*+([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_TAGS = re.compile(
    r"<(?:!doctype html|html|head|body|p|div|ol|ul|li|h[1-6]|table|span|br|meta|main|article|title)\b[^<]{0,2000}>",
    re.IGNORECASE,
)
_PACK = re.compile(r"^schema\s*=\s*\d+\s*$", re.MULTILINE)
_ARCHIVE = re.compile(r"^\s*+(?:MIME-Version|From|Subject|Content-Type|Snapshot-Content-Location):", re.IGNORECASE)
_KINDS = (
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ\x00", "a compressed file"),
    (b"(\xb5/\xfd", "a compressed file"),
    (b"7z\xbc\xaf'\x1c", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"bplist00", "a web archive of one browser"),
)
_WHY_NO_PDF = {
    "encrypted": ("is locked with a password", "Print it to a new PDF without a password, or copy and paste its text."),
    "broken": ("is damaged, or is not really a PDF", "Download it again, or copy and paste the text of the list."),
    "long": ("is far longer than any report", "Give only the pages with the list of recommendations."),
}


def check_sizes(pages: Sequence[SavedPage]) -> None:
    """Refuse too many or too large files before any of them is looked into."""
    if not pages:
        raise Refused("There's nothing to read.", SAVE_IT)
    if len(pages) > MOST_FILES:
        raise Refused(
            f"That is {len(pages)} files. You can send up to {MOST_FILES}.", "Only the pages with the list are needed."
        )
    for page in pages:
        if len(page.content) > MOST_BYTES:
            raise Refused(
                f"{shown_name(page.name)} is {_megabytes(len(page.content))}; the limit is {_megabytes(MOST_BYTES)} for "
                "one file.",
                "Save the page as “HTML only”, without its pictures.",
            )
    whole = sum(len(page.content) for page in pages)
    if whole > MOST_BYTES_IN_ALL:
        raise Refused(
            f"Together the files are {_megabytes(whole)}; the limit is {_megabytes(MOST_BYTES_IN_ALL)}.",
            "Only the pages with the list of recommendations are needed.",
        )


def page_of(saved: SavedPage) -> Page:
    """Read a file into lines. Refused: it is no page, no PDF and no text, or holds none; the words say what to do."""
    name, content = shown_name(saved.name), saved.content
    if b"%PDF-" in content[:1024]:
        return _pdf(name, content)
    for magic, kind in _KINDS:
        if content.startswith(magic):
            raise Refused(f"{name} is {kind}, not a page.", f"Postbag doesn't open those. {SAVE_IT}")
    text = decode(content)
    if not text.strip(" \0\t\r\n\f\v"):
        raise Refused(f"{name} is empty.", SAVE_IT)
    if len(text) > MOST_TEXT:
        raise Refused(f"{name} has far more text than any report.", SAVE_IT)
    odd = sum(1 for c in text[:20_000] if c == "\ufffd" or (c < " " and c not in "\t\n\r\f\v\0"))
    if odd * 20 > len(text[:20_000]):
        raise Refused(f"{name} is not text.", SAVE_IT)
    if _link_only(text):
        raise Refused(
            "That's a link. Postbag doesn't open links that people give it: they could lead anywhere, "
            "and Parliament's sites turn programs away.",
            SAVE_IT,
        )
    if _PACK.search(text[:4000]) and "[report]" in text:
        raise Refused(
            f"{name} is a report pack, not a page.",
            "A pack includes answers and sources, so only whoever runs this Postbag can import it, for "
            "everyone: postbag reports import, and the file's name. For your server alone, give the report's own page.",
        )
    if _ARCHIVE.match(text):
        raise Refused(f"{name} is a web archive (MHTML), which Postbag can't open.", SAVE_IT)
    if len(_TAGS.findall(text[:200_000])) >= 2 or re.match(r"(?<!\s)\s*+<(?:!doctype|html|\?xml)", text, re.IGNORECASE):
        lines, title = lines_of_html(text)
        page = Page(name, lines, title)
    else:
        page = Page(name, without_trail(lines_of_text(text)))
    words = " ".join([page.title, *(line.text for line in page.lines[:30])])
    if GATE.search(words[:3000]) and sum(len(line.text) for line in page.lines) < 5000:
        raise Refused(
            f"{name} is the website's “are you a person?” page, not the report.",
            "Wait until your browser shows the report itself, then save it.",
        )
    if len(page.lines) > MOST_LINES:
        raise Refused(
            f"{name} has far more lines than any report.", "Give only the page with the list of recommendations."
        )
    if not page.lines:
        raise Refused(
            f"{name} has no text that Postbag can read.", f"The page may need scripts to show its text. {SAVE_IT}"
        )
    return page


def decode(content: bytes) -> str:
    """Decode text by its byte-order mark, by what it says of itself where that is true, else as UTF-8 or Windows-1252."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    sample = content[:4000]
    if len(sample) >= 4 and sample.count(0) * 10 >= len(sample) * 3:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) > 4 * min(even, odd):
            return content.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    said = _META.search(content[:4096])
    name = said.group(1).decode("ascii").casefold() if said else ""
    if name in ("utf-8", "utf8") and _mostly_utf8(content):
        return content.decode("utf-8", "replace")
    if name in ("", "utf-8", "utf8", "latin-1", "latin1", "iso-8859-1", "us-ascii", "ascii", "windows-1252", "utf-16"):
        return _windows(content)
    try:
        found = codecs.lookup(name)
        return str(codecs.decode(content, name, "replace")) if found._is_text_encoding else _windows(content)
    except (LookupError, ValueError, AttributeError):
        return _windows(content)


def _mostly_utf8(content: bytes) -> bool:
    sample = content[:400_000].decode("utf-8", "replace")
    return sample.count("\ufffd") * 10 < sum(c > "\x7f" for c in sample)


def _windows(content: bytes) -> str:
    """Decode as Windows-1252, with the five bytes that it leaves open taken as the controls they then are."""
    return codecs.decode(content, "cp1252", "postbag-latin")


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("postbag-latin", _as_latin)


def _pdf(name: str, content: bytes) -> Page:
    drawn = drawn_pages_of_pdf(content)
    if isinstance(drawn, str):
        what, to_do = _WHY_NO_PDF.get(drawn, _WHY_NO_PDF["broken"])
        raise Refused(f"{name} {what}.", to_do)
    found = [[line.text for line in page] for page in drawn]
    if sum(len(line.strip()) for page in found for line in page) < 20 * max(1, min(len(found), 5)):
        raise Refused(
            f"{name} has pictures of pages, not text.",
            "Postbag doesn't guess words from pictures. Save the report's HTML page instead, or paste its text.",
        )
    lines = lines_of_drawn(drawn)
    return Page(name, lines_of_text("\n".join(without_running_lines(found))) if lines is None else without_trail(lines))


def _link_only(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= 30
        and bool(LINK.match(words[0].strip("<>[]()\"'")))
        and len(LINK.findall(text)) * 3 >= len(words)
    )


def shown_name(name: str) -> str:
    """Write a file's name so that it is safe to show."""
    kept = clean(name.replace("\\", "/").rsplit("/", 1)[-1])
    return kept[:80] or "the file"


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB"
