"""The pages of ``pages_unseen`` as people also have them: pasted as text, pasted from a narrow window, and printed to a PDF."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import typst

from bot.domain.drafts import SavedPage
from bot.sources.page_files import page_of
from bot.sources.page_lines import Line
from tests.sources.unseen import EXPECTED, FOLDER, Outcome, outcome_of

NARROW = 90


def pasted(lines: tuple[Line, ...]) -> bytes:
    """Write the lines as a browser gives them to a clipboard: a blank line between paragraphs."""
    return "\n".join(("\n" if line.gap else "") + _marked(line) for line in lines).lstrip().encode()


def narrow(lines: tuple[Line, ...]) -> bytes:
    """Write them broken by hand."""
    found: list[str] = []
    for line in lines:
        found += ["", *textwrap.wrap(_marked(line), NARROW)] if line.gap else textwrap.wrap(_marked(line), NARROW)
    return "\n".join(found).encode()


def printed(lines: tuple[Line, ...]) -> bytes:
    """Print them to a PDF, whose text shows no paragraphs."""
    source = ['#set page(paper: "a4", numbering: "1")\n#set par(justify: true)\n#set text(size: 11pt)']
    for line in lines:
        text = "".join(f"\\{char}" if char in "\\#$*_`<>@=-+/~[]\"'" else char for char in _marked(line, bullets=False))
        text = f"#[]{text}" if text[:1].isdigit() else text
        source.append(f"*{text}*" if line.heading or line.bold else text)
    return bytes(typst.compile("\n\n".join(source).encode()))


def _marked(line: Line, *, bullets: bool = True) -> str:
    return f"{line.mark} {line.text}" if line.mark and (bullets or line.mark != "•") else line.text


BUILDS: dict[str, tuple[Callable[[tuple[Line, ...]], bytes], str]] = {
    "pasted": (pasted, "txt"),
    "narrow": (narrow, "txt"),
    "printed": (printed, "pdf"),
}


def sums_of(build: str) -> dict[str, Outcome]:
    """Give what comes of all pages in one build, reports and responses apart."""
    make, kind = BUILDS[build]
    sums = {"reports": Outcome(), "responses": Outcome()}
    for name, expected in EXPECTED.items():
        lines = page_of(SavedPage(name, (FOLDER / name).read_bytes())).lines
        made = SavedPage(f"page.{kind}", make(lines))
        sums["reports" if "items" in expected else "responses"].add(outcome_of(name, made))
    return sums
