"""Reports: words for their states, what was known on a day, and how people name a recommendation."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.references import Reference, comparable, covers, in_ranges, is_named, read_reference
from bot.domain.reports import (
    Answer,
    AnswerStatus,
    Chapter,
    Door,
    Evidence,
    House,
    Recommendation,
    Report,
    ResponseFacts,
    SinceStatus,
    TimelineEvent,
)

AGREED = Answer(AnswerStatus.AGREED, "the Government of 2024", date(2024, 6, 1), "Yes.", sources=("A",))
MENDED = Evidence(date(2025, 1, 1), "Mended.", SinceStatus.DONE, sources=("A",))
STARTED = Evidence(date(2024, 9, 1), "Begun.", SinceStatus.UNDER_WAY, sources=("A",))
NUMBERED = Recommendation(ItemKey("3"), "Walls", "Mend.", "1", "13", "3", answer=AGREED, evidence=(STARTED, MENDED))
ASK = Recommendation(ItemKey("T-12"), "Paint", "Paint.", "2", "26–31")
REPORT = Report(
    slug=ReportSlug("harbours"),
    title="Harbours and their walls",
    short_title="Harbours",
    committee="Harbour Committee",
    house=House.COMMONS,
    paper="HC 1",
    session="2023–24",
    published_on=date(2024, 3, 1),
    url="https://example.org/report",
    as_of=date(2025, 6, 1),
    licence="A licence.",
    chapters=(Chapter("1", "Walls"), Chapter("2", "Paint")),
    doors=(Door("walls", "Walls", "", ("1",)),),
    recommendations=(NUMBERED, ASK),
    sources=(),
    timeline=(TimelineEvent(date(2024, 3, 1), "Published."), TimelineEvent(date(2024, 6, 1), "Answered.")),
    response=ResponseFacts(received_on=date(2024, 6, 1), title="Reply", url="https://example.org/r", note="Late."),
)


def test_what_was_said_names_who_and_when() -> None:
    assert AGREED.said == "Agreed, by the Government of 2024, 1 June 2024"
    assert Answer(AnswerStatus.UNKNOWN, "someone", date(2024, 6, 1)).said == "Unknown"
    assert (NUMBERED.heading, ASK.heading) == ("Recommendation 3", "T-12 (number not confirmed)")


def test_the_newest_status_counts_and_a_date_is_no_more_exact_than_its_source() -> None:
    assert NUMBERED.since is SinceStatus.DONE
    assert ASK.since is None
    assert Evidence(date(2022, 9, 30), "x", when="September 2022").dated == "September 2022"
    assert MENDED.dated == "1 January 2025"


def test_before_the_response_nothing_is_answered_not_even_what_is_unknown_today() -> None:
    known = REPORT.as_known_on(date(2024, 5, 31))
    assert {i.answer.status for i in known.recommendations} == {AnswerStatus.NOT_YET_ANSWERED}
    assert known.recommendations[0].evidence == ()
    assert (known.response.received_on, known.response.note, known.response.url) == (None, "", "")
    assert [e.text for e in known.timeline] == ["Published."]
    assert known.as_of == date(2024, 5, 31)


def test_from_the_day_of_the_response_its_answers_are_known() -> None:
    known = REPORT.as_known_on(date(2024, 9, 1))
    assert known.recommendations[0].answer == AGREED
    assert known.recommendations[1].answer.status is AnswerStatus.UNKNOWN
    assert known.recommendations[0].evidence == (STARTED,)
    assert REPORT.as_known_on(date(2026, 1, 1)) == REPORT


def test_a_report_finds_its_rows() -> None:
    assert REPORT.recommendation("t-12") is ASK
    assert REPORT.recommendation("3") is NUMBERED
    assert REPORT.recommendation("") is None
    assert REPORT.behind(REPORT.doors[0]) == (NUMBERED,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", Reference(number="3")),
        (" Recommendation 3 ", Reference(number="3")),
        ("rec. 03", Reference(number="3")),
        ("No. 3", Reference(number="3")),
        ("#3", Reference(number="3")),
        ("T-12", Reference(number="t12")),
        ("t12", Reference(number="t12")),
        ("T 012", Reference(number="t12")),
        ("12a", Reference(number="12a")),
        ("para 13", Reference(paragraph=13)),
        ("Paragraph 13", Reference(paragraph=13)),
        ("¶13", Reference(paragraph=13)),
        ("harbours/3", Reference(number="3", report="harbours")),
        ("never-again/T-01", Reference(number="t1", report="never-again")),
        ("cotton", None),
        ("cotton 3", None),
        ("", None),
        ("norway", None),
        ("https://example.org/3", None),
        ("and/or cotton", None),
    ],
)
def test_how_people_name_a_recommendation(text: str, expected: Reference | None) -> None:
    assert read_reference(text) == expected


def test_a_number_is_not_a_key_of_ours() -> None:
    assert is_named(ASK, comparable("T-12"))
    assert not is_named(ASK, comparable("12"))
    assert is_named(NUMBERED, comparable("003"))


def test_paragraph_ranges() -> None:
    assert [n for n in range(20, 40) if covers(ASK, n)] == [26, 27, 28, 29, 30, 31]
    assert covers(NUMBERED, 13)
    assert not covers(Recommendation(ItemKey("9"), "x", "x", "1"), 13)
    assert in_ranges(["1", "2", "3", "9", "11", "10", "4a"]) == "1–3, 9–11, 4a"
