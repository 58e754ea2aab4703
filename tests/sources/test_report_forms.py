"""The forms in which committees print their lists, read as text and as pages: nothing invented, no number wrong."""

from __future__ import annotations

import pytest

from bot.domain.drafts import DraftReport, SavedPage
from bot.domain.errors import Refused
from bot.sources.report_pages import read_report
from tests.sources.report_forms import FACTS, NEGATIVE, POSITIVE, Form, in_paragraphs


def read(text: str) -> DraftReport:
    return read_report([SavedPage("page", text.encode())])


@pytest.mark.parametrize("form", POSITIVE, ids=lambda f: f.name)
def test_a_form_is_read_item_by_item(form: Form) -> None:
    for text in (form.text,) if form.is_html else (form.text, in_paragraphs(form)):
        draft = read(text)
        assert tuple((item.label, item.paragraphs) for item in draft.items) == form.items
        if form.words:
            assert tuple(item.text for item in draft.items)[: len(form.words)] == form.words
        if form.kinds:
            assert "".join(item.kind.value[0] for item in draft.items) == form.kinds
    if form.themes:
        assert tuple(item.theme for item in read(form.text).items) == form.themes


@pytest.mark.parametrize("form", NEGATIVE, ids=lambda f: f.name)
def test_what_is_no_list_is_refused(form: Form) -> None:
    for text in (form.text, in_paragraphs(form)):
        with pytest.raises(Refused):
            read(text)


@pytest.mark.parametrize(("text", "committee", "house", "paper"), FACTS)
def test_facts_are_taken_from_above_the_list_alone(text: str, committee: str, house: str | None, paper: str) -> None:
    draft = read(text)
    assert (draft.committee, draft.house.value if draft.house else None, draft.paper) == (committee, house, paper)


def test_a_chapter_is_not_called_a_response_because_it_speaks_of_one() -> None:
    chapter = (
        "The Government's response to the flood\n\n12. Oaks are planted in autumn.\n\n13. Elms are planted in spring."
    )
    with pytest.raises(Refused) as refused:
        read(chapter)
    assert "looks like the Government's response" not in refused.value.message
    with pytest.raises(Refused, match="looks like the Government's response"):
        read("Government response to the Committee's Third Report\n\nThank you for your letter.")
