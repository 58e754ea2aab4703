"""A minister's letter in prose: which number each paragraph answers, where an answer ends, and what is left to a person."""

from __future__ import annotations

import pytest

from bot.domain.drafts import DraftAnswers, SavedPage
from bot.sources.report_pages import read_answers

HEAD = (
    "<!DOCTYPE html><html lang='en-GB'><head><meta charset='utf-8'><title>Government response</title></head><body>"
    "<p>Rt Hon Desmond Ayre MP</p><p>Chair, Inland Waterways Committee</p><p>3 July 2026</p><p>Dear Desmond,</p>"
    "<p>I am writing in response to the Committee’s report on footbridges.</p>"
)
TAIL = "<p>Yours ever,</p><p>Ottoline Farrow</p><p>Minister of State</p></body></html>"
FIRST = "On recommendation 1, the Government agrees that a register of footbridges is needed and will draw one up."
SECOND = "On recommendation 2, the Government does not agree that a review of housing is needed at this time."
FIFTH = "On recommendation 5, the Government partly agrees and will consult on long closures in the summer."


def read(*paragraphs: str) -> DraftAnswers:
    page = HEAD + "".join(f"<p>{one}</p>" for one in paragraphs) + TAIL
    return read_answers([SavedPage("letter.html", page.encode())])


def labels(draft: DraftAnswers) -> list[str]:
    return [", ".join(answer.labels) for answer in draft.answers]


def doubts(draft: DraftAnswers) -> list[str]:
    """Give the doubts, but for the one that a letter always raises: it repeats no recommendation."""
    found = [*draft.doubts, *(doubt for answer in draft.answers for doubt in answer.doubts)]
    return [str(doubt) for doubt in found if "doesn't repeat" not in doubt.what]


@pytest.mark.parametrize(
    "said",
    [
        "The Department met the spirit of that recommendation 12 months ago, and has since repaired forty bridges.",
        "The Government implemented the Committee’s recommendation 18 months ago. It agrees with the aim.",
        "As the Committee’s conclusion 10 years ago foresaw, closures have grown longer.",
        "The Department met that recommendation 6 or so weeks ago.",
        "The Agency acted on the recommendation 30 working days later.",
        "Officials carried out the recommendation 3 summers ago.",
        "The Agency met this recommendation 18 months before the Committee’s report.",
    ],
)
def test_a_number_that_counts_time_is_no_recommendation(said: str) -> None:
    draft = read(FIRST, SECOND, said, FIFTH)
    assert labels(draft) == ["1", "2", "5"]
    assert said in draft.answers[1].text


@pytest.mark.parametrize(
    "said",
    [
        "Recommendation 3 of the Harcourt Review has been carried out in full, and its author was thanked.",
        "On recommendation 14 of the Public Accounts Committee’s report, the Department has written to that committee.",
        "The Department accepted the Public Accounts Committee’s recommendation 14 in May.",
        "The Government has also met recommendation 3 from the Harcourt Inquiry.",
        "Recommendation 3 by the Climate Change Committee was met in May.",
        "Recommendation 3 in the National Bridges Strategy was met in May.",
        "Sir Giles Harcourt’s recommendation 3 was met in May.",
        "The Harcourt Review recommendation 3 was met in May.",
        "PAC recommendation 14 was met in May.",
        "Recommendation 7 of Lord Harcourt was met in May.",
        "The Department will fund recommendation 1,200 bridges at a time.",
        "The Government agrees with recommendation 3.2 and will act on it.",
        "The Government set aside for that recommendation 40 million pounds.",
    ],
)
def test_a_number_that_is_somebody_elses_heads_no_answer_and_is_doubted(said: str) -> None:
    draft = read(FIRST, SECOND, said, FIFTH)
    assert labels(draft) == ["1", "2", "5"]
    assert said in draft.answers[1].text
    assert any("may not be this report" in doubt for doubt in doubts(draft)), doubts(draft)


@pytest.mark.parametrize(
    "said",
    [
        "Recommendation 3 of the Committee’s report asks for lights. We agree.",
        "Recommendation 3 of your report asks for lights. We agree.",
        "Recommendation 3 in the report asks for lights. We agree.",
        "Recommendation 3 of the Inland Waterways Committee’s report asks for lights. We agree.",
        "The Inland Waterways Committee’s recommendation 3 asks for lights. We agree.",
        "The Committee’s recommendation 3 asks for lights. We agree.",
        "Your Committee’s recommendation 3 asks for lights. We agree.",
        "The Government accepts recommendation 3 in full.",
        "The Government accepts recommendation 3 in principle, in the light of the Harcourt Review.",
        "Recommendation 3 of the 12 in the report asks for lights. We agree.",
        "In response to recommendation 3, the Government will light every bridge.",
        "In reply to recommendation 3, the Government will light every bridge.",
        "Under recommendation 3 the Committee asks for lights. We agree.",
        "Our response to recommendation 3 is that every bridge will be lit.",
        "The Government’s response to recommendation 3 is that every bridge will be lit.",
        "With regard to recommendation 3, every bridge will be lit.",
        "On recommendation 3 ministers agree that every bridge should be lit.",
        "The Government accepts recommendation 3, and will act within 12 months.",
    ],
)
def test_a_number_of_this_report_heads_its_answer_however_it_is_named(said: str) -> None:
    draft = read(FIRST, SECOND, said, FIFTH)
    assert labels(draft) == ["1", "2", "3", "5"]
    assert draft.answers[2].text == said
    assert doubts(draft) == []


@pytest.mark.parametrize(
    "said",
    [
        "Recommendation 3 of your last report asked for lights. We agree.",
        "Recommendation 3 of the Committee’s 2019 report asked for lights. We agree.",
        "Recommendation 3 of the Committee’s Third Report asked for lights. We agree.",
        "In its recommendation 3, the Harcourt Review asked for lights.",
        "The Harcourt Review, in recommendation 3, asked for lights.",
        "Recommendation 3 (Harcourt Review) has been met.",
    ],
)
def test_a_number_that_may_be_of_an_earlier_report_is_doubted(said: str) -> None:
    draft = read(FIRST, SECOND, said, FIFTH)
    assert doubts(draft)


def test_a_letter_all_in_response_to_is_read() -> None:
    draft = read(
        "In response to recommendation 1, the Government will draw up a register.",
        "It will be ready by May.",
        "In response to recommendation 2, the Government does not agree.",
        "In reply to recommendation 5, a consultation will open in May.",
    )
    assert labels(draft) == ["1", "2", "5"]
    assert draft.answers[0].text.endswith("It will be ready by May.")
    assert doubts(draft) == []


@pytest.mark.parametrize(
    "said",
    [
        "This also meets part of recommendation 2, which we turn to in a moment.",
        "This also meets recommendation 2.",
        "These steps answer some of recommendation 2 as well.",
        "Our answer to recommendation 2 says more of this.",
        "As in recommendation 2, housing is a matter for councils.",
    ],
)
def test_a_number_that_is_named_in_passing_heads_no_answer_and_is_doubted(said: str) -> None:
    draft = read(FIRST, said, SECOND, FIFTH)
    assert labels(draft) == ["1", "2", "5"]
    assert said in draft.answers[0].text
    assert any("name 2 too" in doubt for doubt in doubts(draft))


@pytest.mark.parametrize(
    "said",
    [
        "Recommendation 2 builds on recommendation 1, and the Government does not agree that a review is needed.",
        "Building on recommendation 1, recommendation 2 asks for a review. The Government does not agree.",
        "Recommendation 2 and then recommendation 1 ask for a review. The Government does not agree.",
    ],
)
def test_a_sentence_that_names_two_is_headed_by_the_one_it_is_about_and_doubted(said: str) -> None:
    draft = read(FIRST, said, "It has asked the Agency for advice instead.", FIFTH)
    assert labels(draft) == ["1", "2", "5"]
    assert draft.answers[1].text == f"{said}\nIt has asked the Agency for advice instead."
    assert any("name 1 too" in doubt for doubt in doubts(draft))


@pytest.mark.parametrize(
    "said",
    [
        "Thanks to the £20 million fund, forty bridges have been mended.",
        "I hope this register will be complete by June.",
        "We are placing a new duty on the Agency to inspect every bridge each year.",
        "We are sending inspectors to every county before Easter.",
        "I am grateful to the Agency for its work on the register.",
        "I look forward to publishing the register in May.",
        "Once again, the Agency will report on it.",
        "In conclusion, the Government sees no need for more.",
        "We are copying the Scottish register.",
    ],
)
def test_no_paragraph_before_the_last_answer_ends_one(said: str) -> None:
    draft = read(FIRST, said, "The first inspections are in May.", SECOND)
    assert labels(draft) == ["1", "2"]
    assert draft.answers[0].text == f"{FIRST}\n{said}\nThe first inspections are in May."
    assert doubts(draft) == []
    last = read(FIRST, SECOND, said, "The first inspections are in May.")
    assert last.answers[1].text == f"{SECOND}\n{said}\nThe first inspections are in May."


@pytest.mark.parametrize(
    "said",
    [
        "Thank you for the Committee’s work on this.",
        "Thank you once again for your report.",
        "I would like to thank the Committee for its report.",
        "I am grateful to the Committee for its work.",
        "I hope this letter is helpful.",
        "I hope that this response reassures the Committee.",
        "I look forward to working with you.",
        "I look forward to hearing the Committee’s views.",
        "I am copying this letter to the Chair of the Liaison Committee.",
        "I am placing a copy of this letter in the Libraries of both Houses.",
        "We are sending a copy of this letter to the Speaker.",
    ],
)
def test_what_plainly_ends_a_letter_ends_its_last_answer(said: str) -> None:
    draft = read(FIRST, SECOND, said)
    assert [answer.text for answer in draft.answers] == [FIRST, SECOND]
    assert doubts(draft) == []


@pytest.mark.parametrize(
    "said",
    ["I look forward to publishing the register in May.", "In conclusion, the Government sees no need for more."],
)
def test_what_may_end_a_letter_or_belong_to_its_last_answer_is_kept_and_doubted(said: str) -> None:
    draft = read(FIRST, SECOND, said)
    assert draft.answers[1].text == f"{SECOND}\n{said}"
    assert any("may end before" in doubt for doubt in doubts(draft))


def test_what_is_left_out_is_told() -> None:
    behind = read(FIRST, SECOND, "Thank you for your report.", "The Department will also light every bridge by 2028.")
    assert behind.answers[1].text == SECOND
    assert any("left out “The Department will also light every…”" in doubt for doubt in doubts(behind))
    before = read("Recommendation 3 of the Harcourt Review has been carried out.", FIRST, SECOND)
    assert labels(before) == ["1", "2"]
    assert any("left out “Recommendation 3 of the Harcourt Review…”" in doubt for doubt in doubts(before))
