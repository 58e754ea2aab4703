from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.report_gist import FEW, LINE_LIMIT, asked_words, gist_of
from bot.domain.reports import (
    Answer,
    AnswerStatus,
    Chapter,
    Confidence,
    Door,
    Evidence,
    Recommendation,
    Report,
    RowKind,
    SinceStatus,
)
from tests.builders import recommendation, report

CHAPTERS = (Chapter("one", "Dykes"), Chapter("two", "Birds"))
DOORS = (Door("dykes", "Dykes", "", ("one",)), Door("birds", "Birds", "", ("two",)))


def marsh(*rows: Recommendation) -> Report:
    return report(recommendations=rows, chapters=CHAPTERS, doors=DOORS)


def lined(number: int, chapter: str = "one", **changes: object) -> Recommendation:
    return recommendation(number, chapter=chapter, letter_line=f"mend dyke {number} on the salt marshes", **changes)


def names(found: Report, *chosen: str) -> list[str]:
    return [line.name for line in gist_of(found, chosen).asked]


def test_each_family_of_a_report_is_named_before_a_second_of_one() -> None:
    found = marsh(lined(1), lined(2), lined(3), lined(4, "two"), lined(5, "two"))
    assert names(found) == ["recommendation 1", "recommendation 2", "recommendation 4"]
    assert gist_of(found).more
    assert not gist_of(marsh(lined(1))).more


def test_what_a_group_chose_comes_instead_in_its_order() -> None:
    found = marsh(*(lined(number) for number in range(1, 8)))
    assert names(found, "7", "2") == ["recommendation 7", "recommendation 2"]
    assert names(found, *"7654321") == [f"recommendation {n}" for n in (7, 6, 5)]
    assert names(found, "99") == ["recommendation 1", "recommendation 2", "recommendation 3"]


def test_what_is_over_what_others_were_asked_and_conclusions_are_left_out() -> None:
    over = Evidence(date(2027, 2, 2), "The dyke was sold.", SinceStatus.OVERTAKEN)
    rows = (
        lined(1, evidence=(over,)),
        lined(2, kind=RowKind.CONCLUSION),
        lined(3, kind=RowKind.ASKED_OF_OTHERS),
        lined(4),
    )
    assert names(marsh(*rows)) == ["recommendation 4"]
    assert names(marsh(rows[0])) == ["recommendation 1"], "a report that is over is still about something"
    assert gist_of(marsh()).asked == ()


def test_a_row_without_a_line_is_said_by_the_first_sentence_that_is_here() -> None:
    bare = recommendation(1, summary="Mend the dyke at Tarn. It leaks.")
    assert asked_words(bare) == "Mend the dyke at Tarn"
    assert asked_words(replace(bare, summary="", official="We recommend, e.g. at Tarn, repairs.")) == (
        "We recommend, e.g. at Tarn, repairs"
    )
    long = asked_words(replace(bare, summary="mend " * 200))
    assert len(long) <= LINE_LIMIT + 1
    assert long.endswith("mend…")
    assert asked_words(lined(1)) == "Mend dyke 1 on the salt marshes"


def test_a_key_of_ours_is_never_called_a_recommendation_number() -> None:
    assert names(marsh(replace(lined(1), number=None, key="T-01"))) == ["T-01"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED), ""),
        ((AnswerStatus.AGREED, AnswerStatus.UNKNOWN), "1 agreed; 1 not recorded yet"),
        ((AnswerStatus.NOT_AGREED, AnswerStatus.AGREED, AnswerStatus.NOT_AGREED), "1 agreed, 2 not agreed"),
    ],
)
def test_answers_are_counted_and_what_is_not_known_is_said_to_be(statuses: tuple[AnswerStatus, ...], said: str) -> None:
    rows = [lined(n, answer=Answer(status)) for n, status in enumerate(statuses, 1)]
    assert gist_of(marsh(*rows), answered=True).answers == said


def test_an_answer_known_from_the_press_alone_is_said_to_be() -> None:
    heard = lined(1, answer=Answer(AnswerStatus.AGREED, confidence=Confidence.REPORTED))
    read = lined(2, answer=Answer(AnswerStatus.AGREED, confidence=Confidence.READ))
    assert gist_of(marsh(heard), answered=True).is_reported
    assert not gist_of(marsh(heard, read), answered=True).is_reported
    assert gist_of(marsh(heard)).answers == "", "before the answer came nothing was answered"
    assert len(gist_of(marsh(*(lined(n) for n in range(9))), answered=True).asked) == FEW
