"""A paper's name in Parliament's record, taken apart in every way in which the record writes it."""

from __future__ import annotations

import pytest

from bot.domain.paper_names import paper_number, papers_of, session_words, short_title, take_name_apart


@pytest.mark.parametrize(
    ("description", "ordinal", "title", "session"),
    [
        ("First Report - Street trees", "First Report", "Street trees", ""),
        ("First Report – Street trees: who waters them?", "First Report", "Street trees: who waters them?", ""),
        ("1st Report - Street trees", "1st Report", "Street trees", ""),
        ("Twenty-first Report - Street trees", "Twenty-first Report", "Street trees", ""),
        ("Forty Second Report - Street trees", "Forty Second Report", "Street trees", ""),
        ("Fifth Special Report - Street trees: Response", "Fifth Special Report", "Street trees: Response", ""),
        ("Second Report of Session 2021–22 - Street trees", "Second Report", "Street trees", "2021–22"),
        ("Second Report of the Session 2021-2022: Street trees", "Second Report", "Street trees", "2021–22"),
        ("second report - Street trees", "Second Report", "Street trees", ""),
        ("First Report", "", "First Report", ""),
        ("Street trees", "", "Street trees", ""),
        ("First Reports of flooding - what we heard", "", "First Reports of flooding - what we heard", ""),
        ("Report on first aid", "", "Report on first aid", ""),
        ("  First  Report  -  Street   trees ", "First Report", "Street trees", ""),
    ],
)
def test_a_description_is_taken_apart(description: str, ordinal: str, title: str, session: str) -> None:
    found = take_name_apart(description)
    assert (found.ordinal, found.title, found.session) == (ordinal, title, session)


@pytest.mark.parametrize(
    ("number", "lords", "paper"),
    [
        ("HC 429", False, "HC 429"),
        ("429", False, "HC 429"),
        ("HC429", False, "HC 429"),
        ("hc 0429", False, "HC 429"),
        ("HC 429-II", False, "HC 429-II"),
        ("HC 429–ii", False, "HC 429-II"),
        ("HC 12 (2024-25)", False, "HC 12"),
        ("HL 12", True, "HL Paper 12"),
        ("HL Paper 12", True, "HL Paper 12"),
        ("Paper 12", True, "HL Paper 12"),
        ("12", True, "HL Paper 12"),
        ("", False, ""),
        ("to be announced", False, ""),
    ],
)
def test_a_paper_number_is_written_in_one_way(number: str, lords: bool, paper: str) -> None:
    assert paper_number(number, lords=lords) == paper


def test_a_session_and_a_short_title() -> None:
    assert [session_words(t) for t in ("2024-25", "2019–2021", "Session 2021/22", "39", "")] == [
        "2024–25", "2019–21", "2021–22", "", "",
    ]  # fmt: skip
    assert short_title("Street trees: who waters them?") == "Street trees"
    assert short_title("Who waters the trees? A second look") == "Who waters the trees?"
    assert short_title("Street trees – a second look") == "Street trees"
    assert short_title("Well-kept trees") == "Well-kept trees"
    long = short_title("Appointment of the Chief Regulator of the Office of Street Trees and Benches in the Country")
    assert len(long) <= 60
    assert long.endswith("…")


def test_papers_of_both_houses_are_compared_one_by_one() -> None:
    assert papers_of("HL Paper 159, HC 633") == papers_of("HC 633 / HL 159") == {"hl159", "hc633"}
    assert papers_of("HC 198 (invented)") == {"hc198"}
    assert not papers_of("")
