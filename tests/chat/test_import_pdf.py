"""A report and its response as PDFs, the whole way: read, confirmed, gone through, and read on the card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import typst

from benchmarks.report_shapes import EXPECTED, pdf, response_headed
from bot.rehearsal.reading import buttons_of, text_of
from bot.sources.page_files import page_of
from tests.chat.test_imports import LINK, slugs, submit

HEAD = '#set page(paper: "a5", numbering: "1", header: [Government Response to Dark Lanes #h(1fr) 3])\n#set text(size: 10pt)\n'
KINDS = ("headings", "bold labels", "columns of short lines")


def written(text: str) -> str:
    """Write a text so that typst takes nothing in it for a mark."""
    return "".join(f"\\{char}" if char in "\\#$*_`<>@=-+/~[]" else char for char in text)


def response_pdf(kind: str) -> bytes:
    """Set the invented response as a PDF in one of three ways."""
    source = [HEAD]
    for line in page_of(response_headed()[0]).lines:
        text = written(line.text)
        if line.heading and kind == "headings":
            source.append(f"{'=' * line.heading} {text}")
        else:
            source.append(f"*{text}*" if line.heading else text)
    width = "#set page(width: 10cm)\n" if kind == "columns of short lines" else ""
    return bytes(typst.compile((width + "\n\n".join(source)).encode()))


async def gone_through(group: Any, shown: Any, words: Sequence[str]) -> tuple[Any, int]:
    presses = 0
    while "You've decided every answer" not in text_of(shown.response):
        label = words[presses % len(words)] if "Agreed" in buttons_of(shown.response) else "Leave it out"
        shown = await group.organiser.click(shown.response, label=label)
        presses += 1
        assert presses < 40
    return shown, presses


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_a_pdf_of_a_report_and_one_of_its_response_do_the_whole_way(group: Any, kind: str) -> None:
    draft = await submit(group, group.organiser, files=[(page.name, page.content) for page in pdf()])
    if "Fill it in" in buttons_of(draft.response):
        form = await group.organiser.click(draft.response, label="Fill it in")
        given = {"title": "Dark Lanes", "committee": "Lantern Committee", "date": "1 March 2024", "link": LINK}
        draft = await group.organiser.submit_modal(form, given)
    kept = await group.organiser.click(draft.response, label="Confirm")
    assert "Imported" in text_of(kept.response)
    (mine,) = [slug for slug in await slugs(group, group.member) if slug != "never-again"]
    report = group.app.services.reports.for_group(group.guild_id).report(mine)
    assert [item.number for item in report.recommendations] == [item.label for item in EXPECTED]
    listed = await submit(
        group, group.organiser, what=["response"], of=[mine], files=[("response.pdf", response_pdf(kind))]
    )
    form = await group.organiser.click(listed.response, label="Go through them one by one")
    shown = await group.organiser.submit_modal(form, {"date": "1 May 2024", "link": "https://www.example.org/response"})
    assert "Answer 1 of" in text_of(shown.response)
    _, presses = await gone_through(group, shown, ("Agreed", "Noted", "Not agreed"))
    report = group.app.services.reports.for_group(group.guild_id).report(mine)
    decided = [item for item in report.recommendations if item.answer.status.label in ("Agreed", "Noted", "Not agreed")]
    assert len(decided) >= 4
    assert presses <= len(report.recommendations) + 2
    card = text_of((await group.member.slash(group.channel, "recommendations show", number=f"{mine}/1")).response)
    assert "In the committee's words" in card
    assert "The Government's answer: Agreed" in card
