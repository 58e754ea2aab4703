"""The forms in which departments answer: each answer under its recommendation, the Government's own verdict word kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.answer_match import propose_answers
from bot.domain.answer_verdicts import stated_verdict
from bot.domain.drafts import DraftAnswer, DraftAnswers, DraftItem, DraftReport, SavedPage
from bot.domain.errors import Refused
from bot.domain.report_new import report_from
from bot.sources.report_pages import read_answers
from tests.sources.answer_forms import NO_ANSWERS, OAKS, PATHS, RESPONSES, Response

REPORT = report_from(
    DraftReport(
        (DraftItem("1", OAKS, "24"), DraftItem("2", PATHS, "30")), "Trees", "Parks Committee", None, "HC 12", "2024–25",
        date(2025, 3, 4), "https://trees.example/",
    ),
    as_of=date(2025, 4, 1),
)  # fmt: skip


@pytest.mark.parametrize("response", RESPONSES, ids=lambda r: r.name)
def test_a_form_of_response_is_read_answer_by_answer(response: Response) -> None:
    found = read_answers([SavedPage("response", response.text.encode())]).answers
    assert [(a.label or a.paragraphs, a.text, a.verdict or "") for a in found] == list(response.answers)
    if response.targets:
        assert tuple(a.target for a in found) == response.targets
    if response.restated:
        assert tuple(a.restated for a in found) == response.restated


@pytest.mark.parametrize("text", NO_ANSWERS)
def test_what_holds_no_answers_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_answers([SavedPage("page", text.encode())])


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Agreed", "agreed"),
        ("Accepted in full.", "agreed"),
        ("Accept in principle", "partly agreed"),
        ("Partially agree", "partly agreed"),
        ("Not accepted", "not agreed"),
        ("Does not accept", "not agreed"),
        ("Government position: Disagree", "not agreed"),
        ("Noted. We say more below.", "noted"),
        ("The Government accepts this recommendation.", "agreed"),
        ("The Government partially accepts the Committee's recommendation and will act.", "partly agreed"),
        ("We do not accept the recommendation.", "not agreed"),
        ("DEFRA agrees with this recommendation.", "agreed"),
        ("The Government notes the Committee’s conclusion.", "noted"),
        ("The Government accepts in part the recommendation.", "partly agreed"),
        ("The Government agrees that trees matter.", ""),
        ("We have accepted money for trees.", ""),
        ("Trees are not agreed to be costly.", ""),
        ("The Committee recommends trees. The Government accepts this recommendation.", ""),
        ("", ""),
        ("The Government accepts in full this recommendation.", "agreed"),
        ("The Government does not accept that a further body is needed.", "not agreed"),
        ("The Government does not agree that fees should be published.", "not agreed"),
        ("The Government agrees that lamps are useful, and has others in mind.", ""),
    ],
)
def test_a_verdict_is_taken_only_where_it_is_stated(text: str, verdict: str) -> None:
    assert (stated_verdict(text) or "") == verdict


def test_a_repeated_recommendation_is_told_apart_by_the_held_words() -> None:
    draft = DraftAnswers((DraftAnswer("2", f"{PATHS}\nWe will do so in May.\nIt is paid for.", labels=("2",)),))
    (found,) = propose_answers(REPORT, draft)
    assert found.keys[0] == "2"
    assert (found.answer.restated, found.answer.text) == (PATHS, "We will do so in May.\nIt is paid for.")
    (whole,) = propose_answers(REPORT, DraftAnswers((DraftAnswer("2", PATHS, labels=("2",)),)))
    assert whole.answer.text == PATHS


def test_the_paragraph_is_as_good_a_key_as_a_number() -> None:
    answer = DraftAnswer(
        "", "We will.", "The Department should mend the paths between the trees every year.", paragraphs="30"
    )
    (found,) = propose_answers(REPORT, DraftAnswers((answer,)))
    assert (found.keys[0], found.sure) == ("2", True)
    (other,) = propose_answers(REPORT, DraftAnswers((replace(answer, restated="", text="Quite other words."),)))
    assert (other.keys[0], other.sure, other.why) == ("2", False, "only the paragraph agrees")
