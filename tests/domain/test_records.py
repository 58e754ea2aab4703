"""What may be recorded, and how a group's records lie over a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ItemKey, RecordId, ReportSlug
from bot.domain.records import (
    Record,
    RecordKind,
    RecordState,
    answer_status,
    changes_status,
    check_record,
    since_status,
    with_records,
)
from bot.domain.reports import AnswerStatus, Confidence, Report, SinceStatus
from storage.packs import read_pack, shipped_packs

TODAY = date(2026, 3, 2)
PUBLISHED = date(2021, 7, 8)


@pytest.fixture(scope="module")
def report() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


def answer(**changes: object) -> Record:
    record = Record(
        RecordId(1),
        GuildId(7),
        ReportSlug("never-again"),
        ItemKey("T-12"),
        RecordKind.ANSWER,
        "noted",
        "the Government of 2021",
        date(2021, 11, 1),
        "It said so.",
        "https://example.org/answer",
        state=RecordState.CONFIRMED,
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def evidence(**changes: object) -> Record:
    told = answer(kind=RecordKind.EVIDENCE, status="part done", by="", record_id=RecordId(2), on=date(2023, 5, 4))
    return replace(told, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (answer(on=None), "You haven't given a date"),
        (answer(url=""), "You haven't given a link"),
        (answer(on=date(2026, 3, 3)), "is in the future"),
        (answer(on=date(2021, 7, 7)), "before the report was published"),
        (answer(words="x" * 1001), "too long"),
        (answer(by="x" * 121), "too long"),
        (evidence(words=" "), "You haven't said what happened"),
        (evidence(on=None), "You haven't given a date"),
        (evidence(url=""), "You haven't given a link"),
        (evidence(url="javascript:alert(1)"), "isn't a full web address"),
        (evidence(url="ftp://example.org/x"), "isn't a full web address"),
        (evidence(url="https://user:pw@example.org/"), "isn't a full web address"),
        (evidence(url="https://example.org/a b"), "isn't a full web address"),
        (evidence(url="example.org/a"), "isn't a full web address"),
        (evidence(url="https://[::1"), "isn't a full web address"),
        (evidence(url="https://" + "x" * 600 + ".org/"), "isn't a full web address"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(record: Record, words: str) -> None:
    with pytest.raises(Refused) as caught:
        check_record(record, PUBLISHED, TODAY)
    assert words in caught.value.message
    assert caught.value.next_step


def test_what_nobody_said_needs_no_date_or_link() -> None:
    kept = check_record(answer(status="unknown", on=None, url="", by="the Government of 2021"), PUBLISHED, TODAY)
    assert (kept.by, kept.on, kept.url) == ("", None, "")


def test_the_government_is_named_by_its_year_where_it_is_left_out() -> None:
    assert check_record(answer(by=""), PUBLISHED, TODAY).by == "the Government of 2021"
    assert check_record(answer(by=" the Cabinet\nOffice "), PUBLISHED, TODAY).by == "the Cabinet Office"


def test_a_word_outside_the_list_is_refused_with_the_list() -> None:
    with pytest.raises(Refused) as caught:
        answer_status("accepted-ish")
    assert (
        caught.value.next_step == "Choose one of: Agreed, Partly agreed, Noted, Not agreed, Not yet answered, Unknown."
    )
    assert answer_status(" NOT  agreed ") is AnswerStatus.NOT_AGREED
    with pytest.raises(Refused) as caught:
        since_status("finished")
    assert "Part done" in caught.value.next_step
    assert since_status("none") is None


def test_records_lie_over_the_report_and_the_report_stays_as_it_is(report: Report) -> None:
    before = report.recommendation("T-12")
    seen = with_records(report, [answer(), evidence()])
    item = seen.recommendation("T-12")
    assert item is not None
    assert before is not None
    assert item.answer.status is AnswerStatus.NOTED
    assert item.answer.confidence is Confidence.RECORDED
    assert len(item.evidence) == len(before.evidence) + 1
    ours = next(event for event in item.evidence if event.on == date(2023, 5, 4))
    assert ours.status is SinceStatus.PART_DONE
    for key in (*item.answer.sources, *ours.sources):
        source = seen.source(key)
        assert source is not None
        assert source.url == "https://example.org/answer"
    assert report.recommendation("T-12") == before
    others = [i for i in report.recommendations if i.key != "T-12"]
    assert [i for i in seen.recommendations if i.key != "T-12"] == others


def test_the_latest_answer_counts_and_only_what_is_confirmed(report: Report) -> None:
    second = answer(record_id=RecordId(3), status="agreed")
    seen = with_records(report, [answer(), second]).recommendation("T-12")
    assert seen is not None
    assert seen.answer.status is AnswerStatus.AGREED
    for state in (RecordState.DRAFT, RecordState.PROPOSED, RecordState.UNDONE):
        assert with_records(report, [answer(state=state)]) is report
    assert with_records(report, [answer(item=ItemKey("99")), answer(report=ReportSlug("other"))]) is report


def test_which_records_change_a_status(report: Report) -> None:
    item = report.recommendation("1")
    assert item is not None
    assert changes_status(item, answer(status="agreed"))
    assert not changes_status(item, answer(status="not agreed"))
    assert changes_status(item, evidence())
    assert not changes_status(item, evidence(status=""))
